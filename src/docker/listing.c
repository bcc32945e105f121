/* Reading the whole list: after every gap, and every DOCKER_POLL_MS where events are refused. */
#include "docker/docker_inside.h"

void docker_report(struct docker *d, const struct merged *m)
{
	struct entry *e = m->entry;
	if (!e || !m->changed)
		return;
	if (d->listener.on_container)
		d->listener.on_container(&e->c, m->what, d->arg);
	if (m->what == CONTAINER_GONE) {
		containers_remove(&d->containers, e);
		listing_refill(d);
	}
}

void docker_tell_gone(struct docker *d, struct entry *e)
{
	if (!e)
		return;
	if (d->listener.on_container)
		d->listener.on_container(&e->c, CONTAINER_GONE, d->arg);
	mem_free(e);
}

/* A machine that makes and removes containers all day must not fill the log: fewer than were told are no news. */
void docker_tell_beyond(struct docker *d)
{
	struct docker_beyond b = docker_beyond_of(d);
	bool other = b.wanted != d->told_wanted;
	if (d->list_call || (!other && b.count <= d->told_beyond))
		return;
	d->told_beyond = b.count;
	d->told_wanted = b.wanted;
	if (d->listener.on_beyond)
		d->listener.on_beyond(&b, d->arg);
}

/* Behind a gap "look at everything again" says it all; between two lists each change is told by itself. */
static bool tells_changes(const struct docker *d)
{
	return d->state == LINK_POLLING;
}

static void on_item(const struct wire_item *item, void *arg)
{
	struct docker *d = arg;
	struct merged m = merge_item(&d->containers, item, !tells_changes(d));
	if (tells_changes(d)) {
		docker_report(d, &m);
		docker_tell_gone(d, m.evicted);
	} else {
		mem_free(m.evicted);
	}
}

/* True: places became free. */
static bool sweep(struct docker *d)
{
	struct containers *cs = &d->containers;
	unsigned before = cs->count;
	for (unsigned i = cs->count; i-- > 0;) {
		struct entry *e = cs->at[i];
		if (e->listed)
			continue;
		if (tells_changes(d) && d->listener.on_container)
			d->listener.on_container(&e->c, CONTAINER_GONE, d->arg);
		containers_remove(cs, e);
	}
	containers_list_end(cs, true);
	return cs->count < before;
}

static void on_body(struct str bytes, void *arg)
{
	struct docker *d = arg;
	struct err why;
	if (!docker_wire_feed(&d->list.wire, bytes, &why))
		link_fail(d, &why);
}

static void on_end(const struct err *err, int status, void *arg)
{
	struct docker *d = arg;
	struct err why;
	d->list_call = NULL;
	if (err && link_renegotiate(d, err, status)) {
		listing_start(d);
		return;
	}
	if (err && err->code == ERR_FORBIDDEN) {
		err_set(&why, ERR_FORBIDDEN, "the engine or its proxy refuses the list of containers: %.120s",
			err->text);
		err = &why;
	} else if (!err && !docker_wire_finish(&d->list.wire, &why)) {
		err = &why;
	}
	if (err) {
		link_fail(d, err);
		return;
	}
	docker_wire_clear(&d->list.wire);
	bool freed = sweep(d), again = d->list_again;
	link_on_list(d);
	if (again && !d->list_call && d->state >= LINK_READY)
		listing_start(d);
	else if (freed && !d->list_call)
		listing_refill(d); /* what did not fit comes in */
	docker_tell_beyond(d);
}

void listing_start(struct docker *d)
{
	static const struct call_handler handler = {.on_body = on_body, .on_end = on_end};
	struct err why;
	listing_stop(d); /* one that was asked for before the gap tells nothing of it, and there is one reader */
	if (d->state == LINK_POLLING)
		timer_stop(d->link_timer); /* until this one is complete */
	containers_list_begin(&d->containers);
	d->list_again = false;
	wire_list_init(&d->list, on_item, d);
	struct call_request r = {.method = "GET",
		.path = "/containers/json?all=1",
		.head_timeout_ms = DOCKER_LIST_MS,
		.idle_timeout_ms = DOCKER_ANSWER_MS};
	d->list_call = call_start(d, &r, &handler, d, &why);
	if (!d->list_call)
		link_fail(d, &why);
}

void listing_stop(struct docker *d)
{
	call_cancel(d->list_call);
	d->list_call = NULL;
	containers_list_end(&d->containers, false);
	timer_stop(d->refill_timer);
	docker_wire_clear(&d->list.wire);
}

void listing_again(struct docker *d)
{
	if (d->list_call)
		d->list_again = true;
	else if (d->state == LINK_READY || d->state == LINK_POLLING)
		listing_start(d);
}

void listing_refill(struct docker *d)
{
	const struct left_out *out = &d->containers.out;
	if (out->wanted)
		listing_again(d);
	else if (out->count && d->state == LINK_READY)
		timer_set_sooner(d->refill_timer, DOCKER_REFILL_MS);
}

static void on_refill_due(void *arg)
{
	listing_again(arg);
}

bool listing_init(struct docker *d)
{
	d->refill_timer = timer_new(d->loop, on_refill_due, d);
	return d->refill_timer;
}

void listing_clear(struct docker *d)
{
	listing_stop(d);
	timer_free(d->refill_timer);
}
