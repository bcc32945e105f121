#include "docker_act_fake.h"

#include <string.h>

struct docker_act_fake docker_act_fake;

static const char *const names[] = {"start", "stop", "restart", "pause", "unpause", "kill"};

const char *docker_action_name(enum docker_action a)
{
	return names[a];
}

bool docker_action_parse(struct str name, enum docker_action *ret_action)
{
	for (unsigned i = 0; i < DOCKER_ACTION_COUNT; i++) {
		if (str_is(name, names[i])) {
			*ret_action = (enum docker_action)i;
			return true;
		}
	}
	return false;
}

void docker_act_fake_clear(void)
{
	memset(&docker_act_fake, 0, sizeof docker_act_fake);
}

static ticket note(
	enum fake_call_kind kind, struct str name, enum docker_action action, docker_done_fn *on_done, void *arg)
{
	struct fake_call *c = &docker_act_fake.calls[docker_act_fake.count++];

	*c = (struct fake_call){.kind = kind,
		.stop_timeout_s = c->stop_timeout_s,
		.action = action,
		.ticket = docker_act_fake.count,
		.on_done = on_done,
		.arg = arg};
	str_copy(c->name, sizeof c->name, name);
	return c->ticket;
}

ticket docker_act(struct docker *d, struct str name, enum docker_action action, int stop_timeout_s,
	docker_done_fn *on_done, void *arg, struct err *err)
{
	(void)d;
	if (docker_act_fake.refuse.code != ERR_NONE) {
		if (err)
			*err = docker_act_fake.refuse;
		return TICKET_NONE;
	}
	docker_act_fake.calls[docker_act_fake.count].stop_timeout_s = stop_timeout_s;
	return note(FAKE_ACT, name, action, on_done, arg);
}

ticket docker_refresh(struct docker *d, struct str name, docker_done_fn *on_done, void *arg, struct err *err)
{
	(void)d, (void)err;
	return note(FAKE_REFRESH, name, DOCKER_ACTION_COUNT, on_done, arg);
}

ticket docker_read_usage(struct docker *d, struct str name, docker_done_fn *on_done, void *arg, struct err *err)
{
	(void)d;
	if (docker_act_fake.refuse_usage.code != ERR_NONE) {
		if (err)
			*err = docker_act_fake.refuse_usage;
		return TICKET_NONE;
	}
	return note(FAKE_USAGE, name, DOCKER_ACTION_COUNT, on_done, arg);
}

void docker_forget(struct docker *d, ticket t)
{
	(void)d;
	if (t && t <= docker_act_fake.count)
		docker_act_fake.calls[t - 1].on_done = NULL;
}

unsigned fake_acts(const char *name, enum docker_action action)
{
	unsigned n = 0;

	for (unsigned i = 0; i < docker_act_fake.count; i++) {
		const struct fake_call *c = &docker_act_fake.calls[i];

		n += c->kind == FAKE_ACT && c->action == action && (!name || !strcmp(name, c->name));
	}
	return n;
}

bool fake_answer(enum fake_call_kind kind, const char *name, const char *error_text)
{
	for (unsigned i = 0; i < docker_act_fake.count; i++) {
		struct fake_call *c = &docker_act_fake.calls[i];
		docker_done_fn *on_done = c->on_done;
		struct err err;

		if (c->kind != kind || strcmp(c->name, name) || !on_done)
			continue;
		c->on_done = NULL;
		err_set(&err, ERR_CONFLICT, "%s", error_text ? error_text : "");
		on_done(error_text ? &err : NULL, c->arg);
		return true;
	}
	return false;
}

ticket docker_logs(struct docker *d, struct str name, const struct docker_log_options *o,
	const struct docker_log_handler *h, void *arg, struct err *err)
{
	ticket t;

	(void)d;
	if (docker_act_fake.refuse.code != ERR_NONE) {
		*err = docker_act_fake.refuse;
		return TICKET_NONE;
	}
	t = note(FAKE_LOGS, name, DOCKER_ACTION_COUNT, NULL, arg);
	docker_act_fake.calls[t - 1].log_options = *o;
	docker_act_fake.calls[t - 1].log = *h;
	return t;
}

void docker_logs_stop(struct docker *d, ticket t)
{
	(void)d;
	if (t && t <= docker_act_fake.count)
		docker_act_fake.calls[t - 1].log.on_end = NULL;
}

struct fake_call *fake_log(const char *name)
{
	for (unsigned i = 0; i < docker_act_fake.count; i++) {
		struct fake_call *c = &docker_act_fake.calls[i];

		if (c->kind == FAKE_LOGS && c->log.on_end && !strcmp(c->name, name))
			return c;
	}
	return NULL;
}

void fake_log_line(struct fake_call *c, enum docker_log_stream stream, const char *line)
{
	c->log.on_line(stream, str_of(line), false, c->arg);
}

void fake_log_end(struct fake_call *c, enum err_code code, const char *error_text)
{
	void (*on_end)(const struct err *err, void *arg) = c->log.on_end;
	struct err err;

	c->log.on_end = NULL;
	err_set(&err, code, "%s", error_text ? error_text : "");
	on_end(error_text ? &err : NULL, c->arg);
}
