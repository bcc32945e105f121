/*
 * Describing containers one by one: what the list cannot tell (start time, restart count, limits, TTY). A few
 * at a time, those that just changed first; a thousand containers are described in the course of a minute,
 * not at once.
 */
#include "docker/docker_inside.h"

#include <stdio.h>

struct inspect {
	struct list link;
	struct docker *d;
	struct call *call;
	struct wire_inspect wire;
	char id[CONTAINER_ID_BYTES];
	uint32_t changes; /* of the entry when it was asked for */
	unsigned tries;
	docker_done_fn *on_done; /* NULL: for ourselves */
	void *arg;
	struct err err; /* found within the body */
};

enum { INSPECT_TRIES_MAX = 3 };

static bool ask(struct inspect *i, const struct entry *e, struct err *err);

static void inspect_free(struct inspect *i)
{
	struct entry *e = containers_by_id(&i->d->containers, i->id);
	if (e)
		e->inspecting = false;
	if (!i->on_done)
		i->d->inspects_unasked--;
	call_cancel(i->call);
	docker_wire_clear(&i->wire.wire);
	list_remove(&i->link);
	mem_free(i);
}

static void on_body(struct str bytes, void *arg)
{
	struct inspect *i = arg;
	if (!i->err.code)
		docker_wire_feed(&i->wire.wire, bytes, &i->err);
}

static bool is_whole(struct inspect *i)
{
	if (i->err.code || !docker_wire_finish(&i->wire.wire, &i->err))
		return false;
	if (i->wire.now.valid)
		return true;
	return err_set(&i->err, ERR_PROTOCOL, "the engine's description of a container tells no state");
}

/* Whether it is gone the list tells, asked once: who does not know a container that the list names would be asked without end. */
static void take_unknown(struct docker *d, struct entry *e)
{
	if (e->denied || d->link != DOCKER_UP)
		return;
	e->denied = true;
	listing_again(d);
}

static void take_failure(struct docker *d, struct entry *e, const struct err *err, int status)
{
	if (e)
		e->want = WANT_NOTHING; /* the next event or list wants it again */
	if (link_is_refusal(err, status))
		link_refused(d, ENDPOINT_INSPECT);
	else if (status == 404 && e)
		take_unknown(d, e);
}

static void on_end(const struct err *err, int status, void *arg)
{
	struct inspect *i = arg;
	struct docker *d = i->d;
	struct entry *e = containers_by_id(&d->containers, i->id);
	i->call = NULL;
	if (!err && !is_whole(i))
		err = &i->err;
	if (!err && e && e->changes != i->changes && ++i->tries < INSPECT_TRIES_MAX && ask(i, e, NULL))
		return; /* an event overtook the answer */
	struct err why = err ? *err : (struct err){0};
	docker_done_fn *on_done = i->on_done;
	void *done_arg = i->arg;
	struct wire_details details = i->wire.now;
	inspect_free(i);
	if (err) {
		link_renegotiate(d, &why, status);
		take_failure(d, e, &why, status);
	} else if (e) {
		e->denied = false;
		struct merged m = merge_details(&d->containers, e, &details);
		docker_report(d, &m);
	}
	if (on_done)
		on_done(why.code ? &why : NULL, done_arg);
	inspect_pump(d);
	usage_plan(d);
}

static bool ask(struct inspect *i, const struct entry *e, struct err *err)
{
	static const struct call_handler handler = {.on_body = on_body, .on_end = on_end};
	char path[CONTAINER_ID_BYTES + 32];
	snprintf(path, sizeof path, "/containers/%s/json", i->id);
	i->changes = e->changes;
	i->err = (struct err){0};
	docker_wire_clear(&i->wire.wire);
	wire_inspect_init(&i->wire);
	struct call_request r = {
		.method = "GET", .path = path, .head_timeout_ms = DOCKER_LIST_MS, .idle_timeout_ms = DOCKER_ANSWER_MS};
	i->call = call_start(i->d, &r, &handler, i, err);
	return i->call;
}

struct inspect *inspect_start(
	struct docker *d, const struct entry *e, docker_done_fn *on_done, void *arg, struct err *err)
{
	if (link_is_refused(d, ENDPOINT_INSPECT)) {
		err_set(err, ERR_FORBIDDEN, "the engine or its proxy refuses to describe containers");
		return NULL;
	}
	struct inspect *i = mem_zalloc(MEM_DOCKER, sizeof *i);
	if (!i) {
		err_set(err, ERR_MEMORY, "no memory to ask for a container");
		return NULL;
	}
	*i = (struct inspect){.d = d, .on_done = on_done, .arg = arg};
	str_copy(i->id, sizeof i->id, str_of(e->c.id));
	list_append(&d->inspects, &i->link);
	if (!on_done)
		d->inspects_unasked++;
	if (ask(i, e, err))
		return i;
	inspect_free(i);
	return NULL;
}

static struct entry *next_wanted(const struct docker *d)
{
	struct entry *sometime = NULL;
	for (unsigned i = 0; i < d->containers.count; i++) {
		struct entry *e = d->containers.at[i];
		if (e->inspecting || e->want == WANT_NOTHING)
			continue;
		if (e->want == WANT_SOON)
			return e;
		if (!sometime)
			sometime = e;
	}
	return sometime;
}

void inspect_pump(struct docker *d)
{
	if (d->link != DOCKER_UP || d->list_call || link_is_refused(d, ENDPOINT_INSPECT))
		return;
	while (d->inspects_unasked < DOCKER_INSPECTS_MAX) {
		struct entry *e = next_wanted(d);
		bool hurry = e && e->want == WANT_SOON;
		if (!e || (!hurry && timer_pending(d->inspect_timer)))
			return;
		if (!inspect_start(d, e, NULL, NULL, NULL))
			return;
		e->inspecting = true;
		e->want = WANT_NOTHING;
		if (!hurry)
			timer_set(d->inspect_timer, DOCKER_INSPECT_PACE_MS);
	}
}

static void on_timer(void *arg)
{
	inspect_pump(arg);
}

bool inspect_init(struct docker *d)
{
	list_init(&d->inspects);
	d->inspect_timer = timer_new(d->loop, on_timer, d);
	return d->inspect_timer;
}

void inspect_stop_unasked(struct docker *d)
{
	list_each_safe (pos, &d->inspects) {
		struct inspect *i = list_item(pos, struct inspect, link);
		if (!i->on_done)
			inspect_free(i);
	}
	timer_stop(d->inspect_timer);
}

void inspect_clear(struct docker *d)
{
	list_each_safe (pos, &d->inspects)
		inspect_free(list_item(pos, struct inspect, link));
	timer_free(d->inspect_timer);
}
