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
		if (d->containers.beyond) /* there is room for one of those now */
			listing_again(d);
	}
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
	if (tells_changes(d))
		docker_report(d, &m);
}

static void sweep(struct docker *d)
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
	if (cs->count < before && cs->beyond)
		d->list_again = true; /* what did not fit comes into the places that became free */
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
	sweep(d);
	bool again = d->list_again;
	link_on_list(d);
	if (again && !d->list_call && d->state >= LINK_READY)
		listing_start(d);
}

void listing_start(struct docker *d)
{
	static const struct call_handler handler = {.on_body = on_body, .on_end = on_end};
	struct err why;
	listing_stop(d); /* one that was asked for before the gap tells nothing of it, and there is one reader */
	if (d->state == LINK_POLLING)
		timer_stop(d->link_timer); /* until this one is complete */
	for (unsigned i = 0; i < d->containers.count; i++)
		d->containers.at[i]->listed = false;
	d->containers.beyond = 0;
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
	docker_wire_clear(&d->list.wire);
}

void listing_again(struct docker *d)
{
	if (d->list_call)
		d->list_again = true;
	else if (d->state == LINK_READY || d->state == LINK_POLLING)
		listing_start(d);
}
