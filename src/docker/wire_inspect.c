#include "base/clock.h"
#include "docker/status.h"
#include "docker/wire.h"

enum {
	I_ALL,
	I_NAME,
	I_STATUS,
	I_EXIT_CODE,
	I_OOM,
	I_STARTED,
	I_FINISHED,
	I_HEALTH,
	I_HEALTH_PODMAN,
	I_RESTARTS,
	I_TTY,
	I_STOP_TIMEOUT,
	I_MEMORY
};

static const char *const inspect_fields[] = {
	[I_ALL] = "",
	[I_NAME] = ".Name",
	[I_STATUS] = ".State.Status",
	[I_EXIT_CODE] = ".State.ExitCode",
	[I_OOM] = ".State.OOMKilled",
	[I_STARTED] = ".State.StartedAt",
	[I_FINISHED] = ".State.FinishedAt",
	[I_HEALTH] = ".State.Health.Status",
	[I_HEALTH_PODMAN] = ".State.Healthcheck.Status",
	[I_RESTARTS] = ".RestartCount",
	[I_TTY] = ".Config.Tty",
	[I_STOP_TIMEOUT] = ".Config.StopTimeout",
	[I_MEMORY] = ".HostConfig.Memory",
};

static void take_text(struct wire_details *d, const struct json_event *ev)
{
	struct str name = ev->text;
	switch (ev->field) {
	case I_NAME:
		if (name.n && name.p[0] == '/')
			name = (struct str){name.p + 1, name.n - 1};
		wire_copy_text(d->name, sizeof d->name, name);
		return;
	case I_STATUS:
		d->state = status_state(ev->text);
		d->valid = d->state != CONTAINER_UNKNOWN;
		return;
	case I_STARTED:
		d->started_at_s = clock_parse_rfc3339_s(ev->text.p);
		return; /* the reader terminates its text */
	case I_FINISHED: d->finished_at_s = clock_parse_rfc3339_s(ev->text.p); return;
	case I_HEALTH:
	case I_HEALTH_PODMAN: d->health = status_health(ev->text); return;
	}
}

static void take_number(struct wire_details *d, const struct json_event *ev)
{
	int64_t n;
	if (!str_to_int(ev->text, INT64_MIN, INT64_MAX, &n))
		return;
	switch (ev->field) {
	case I_EXIT_CODE: d->exit_code = (int)n; return;
	case I_RESTARTS: d->restart_count = n > INT32_MAX ? INT32_MAX : (int)n; return;
	case I_STOP_TIMEOUT: d->stop_timeout_s = n < -1 ? -1 : n > 86400 ? 86400 : (int)n; return;
	case I_MEMORY: d->memory_limit_bytes = n > 0 ? (uint64_t)n : 0; return;
	}
}

static bool on_json(const struct json_event *ev, void *arg)
{
	struct wire_inspect *i = arg;
	if (ev->field == I_ALL)
		return ev->type == JSON_OBJECT || ev->type == JSON_OBJECT_END;
	if (ev->type == JSON_STRING)
		take_text(&i->now, ev);
	else if (ev->type == JSON_NUMBER)
		take_number(&i->now, ev);
	else if (ev->field == I_OOM)
		i->now.oom_killed = ev->type == JSON_TRUE;
	else if (ev->field == I_TTY)
		i->now.tty = ev->type == JSON_TRUE;
	return true;
}

void wire_inspect_init(struct wire_inspect *i)
{
	*i = (struct wire_inspect){.wire.what = "description of a container", .now.stop_timeout_s = -1};
	json_reader_init(&i->wire.reader, MEM_DOCKER, inspect_fields, sizeof inspect_fields / sizeof inspect_fields[0],
		128, on_json, i);
}
