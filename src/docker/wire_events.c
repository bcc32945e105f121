#include "docker/status.h"
#include "docker/wire.h"

#include <string.h>

enum {
	E_ALL,
	E_ACTION,
	E_ID,
	E_NAME,
	E_IMAGE,
	E_EXIT_CODE,
	E_EXIT_CODE_PODMAN,
	E_HEALTH_PODMAN,
	E_PROJECT,
	E_TIME,
	E_TIME_NS
};

static const char *const event_fields[] = {
	[E_ALL] = "",
	[E_ACTION] = ".Action",
	[E_ID] = ".Actor.ID",
	[E_NAME] = ".Actor.Attributes.name",
	[E_IMAGE] = ".Actor.Attributes.image",
	[E_EXIT_CODE] = ".Actor.Attributes.exitCode",
	[E_EXIT_CODE_PODMAN] = ".Actor.Attributes.containerExitCode",
	[E_HEALTH_PODMAN] = ".HealthStatus",
	[E_PROJECT] = ".Actor.Attributes.com.docker.compose.project",
	[E_TIME] = ".time",
	[E_TIME_NS] = ".timeNano",
};

#define TIME_S_MAX INT64_C(253402300799) /* the last second that a date can be written of */

static const struct {
	const char *word;
	enum wire_action action;
} actions[] = {
	{"create", WIRE_CREATE},
	{"start", WIRE_START},
	{"restart", WIRE_RESTART},
	{"die", WIRE_DIE},
	{"died", WIRE_DIE},
	{"stop", WIRE_STOP},
	{"kill", WIRE_KILL},
	{"oom", WIRE_OOM},
	{"pause", WIRE_PAUSE},
	{"unpause", WIRE_UNPAUSE},
	{"rename", WIRE_RENAME},
	{"update", WIRE_UPDATE},
	{"destroy", WIRE_DESTROY},
	{"remove", WIRE_DESTROY},
};

/* With "health_status" in it the engine compares by prefix ("health_status: healthy"); no other word here is
 * the beginning of an event that comes often. */
const char *wire_events_filter(void)
{
	return "%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B%22create%22%2C%22start%22%2C%"
	       "22restart%22%2C"
	       "%22die%22%2C%22oom%22%2C%22pause%22%2C%22unpause%22%2C%22health_status%22%2C%22rename%22%2C%"
	       "22update%22"
	       "%2C%22destroy%22%5D%7D";
}

static void take_action(struct wire_event *e, struct str word)
{
	struct str value, name = str_split(word, ':', &value);
	if (str_is(name, "health_status")) {
		e->action = WIRE_HEALTH;
		e->health = status_health(str_trim(value));
		e->health_known = e->health_known || e->health != HEALTH_NONE;
		return;
	}
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (str_is(word, actions[i].word))
			e->action = actions[i].action;
}

static void take_text(struct wire_event *e, const struct json_event *ev)
{
	int64_t code;
	switch (ev->field) {
	case E_ACTION: take_action(e, ev->text); return;
	case E_ID: str_copy(e->id, sizeof e->id, ev->text); return;
	case E_NAME: wire_copy_text(e->name, sizeof e->name, ev->text); return;
	case E_IMAGE: wire_copy_text(e->image, sizeof e->image, ev->text); return;
	case E_PROJECT: wire_copy_text(e->project, sizeof e->project, ev->text); return;
	case E_HEALTH_PODMAN:
		e->health = status_health(ev->text);
		e->health_known = e->health != HEALTH_NONE;
		return;
	case E_EXIT_CODE:
	case E_EXIT_CODE_PODMAN:
		if (str_to_int(ev->text, -1, 4096, &code)) {
			e->exit_code = (int)code;
			e->exit_known = true;
		}
		return;
	}
}

static bool on_json(const struct json_event *ev, void *arg)
{
	struct wire_events *e = arg;
	if (ev->field == E_ALL)
		return ev->type == JSON_OBJECT || ev->type == JSON_OBJECT_END;
	if (ev->type == JSON_STRING)
		take_text(&e->now, ev);
	else if (ev->type == JSON_NUMBER && ev->field == E_TIME)
		str_to_int(ev->text, 0, TIME_S_MAX, &e->now.time_s);
	else if (ev->type == JSON_NUMBER && ev->field == E_TIME_NS)
		str_to_int(ev->text, 0, INT64_MAX, &e->now.time_ns);
	return true;
}

void wire_events_init(struct wire_events *e, bool (*on_event)(const struct wire_event *event, void *arg), void *arg)
{
	*e = (struct wire_events){.on_event = on_event, .arg = arg, .wire.what = "event stream"};
	json_reader_init(&e->wire.reader, MEM_DOCKER, event_fields, sizeof event_fields / sizeof event_fields[0], 128,
		on_json, e);
}

/* Each document ends with a line break, and JSON has none inside: the pieces are one document each, at most.
 */
bool wire_events_feed(struct wire_events *e, struct str bytes, struct err *err)
{
	while (bytes.n) {
		const char *end = memchr(bytes.p, '\n', bytes.n);
		size_t n = end ? (size_t)(end - bytes.p) + 1 : bytes.n;
		if (!docker_wire_feed(&e->wire, (struct str){bytes.p, n}, err))
			return false;
		if (end && json_reader_done(&e->wire.reader)) { /* with its end of line: what follows on it
								   belongs to it */
			struct wire_event event = e->now;
			e->now = (struct wire_event){0};
			json_reader_reset(&e->wire.reader);
			if (!e->on_event(&event, e->arg))
				return false;
		}
		bytes.p += n;
		bytes.n -= n;
	}
	return true;
}
