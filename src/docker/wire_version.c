#include "docker/version.h"
#include "docker/wire.h"

enum { V_ALL, V_ENGINE, V_MAX, V_MIN };

static const char *const version_fields[] = {
	[V_ALL] = "",
	[V_ENGINE] = ".Version",
	[V_MAX] = ".ApiVersion",
	[V_MIN] = ".MinAPIVersion",
};

static bool on_json(const struct json_event *ev, void *arg)
{
	struct wire_version *v = arg;
	if (ev->field == V_ALL)
		return ev->type == JSON_OBJECT || ev->type == JSON_OBJECT_END;
	if (ev->type != JSON_STRING)
		return true;
	if (ev->field == V_ENGINE)
		wire_copy_text(v->engine, sizeof v->engine, ev->text);
	else
		version_parse(ev->text, ev->field == V_MAX ? &v->api_max : &v->api_min);
	return true;
}

void wire_version_init(struct wire_version *v)
{
	*v = (struct wire_version){.wire.what = "version"};
	json_reader_init(&v->wire.reader, MEM_DOCKER, version_fields, sizeof version_fields / sizeof version_fields[0],
		64, on_json, v);
}
