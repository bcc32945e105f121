/*
 * Reading usage. With `one-shot` the engine answers at its next tick (a second at most) instead of waiting
 * for two, and gives no earlier figures: the earlier reading is kept here. Readings are spread over the
 * interval, so that the engine never has fifty of them at once. Source: Docker Engine API, "ContainerStats".
 */
#include "base/clock.h"
#include "docker/docker_inside.h"

#include <stdio.h>

enum { FIRST_GAP_MS = 40 /* between the first readings of all containers */ };

struct reading {
	struct list link;
	struct docker *d;
	struct call *call;
	struct wire_stats wire;
	char id[CONTAINER_ID_BYTES];
	docker_done_fn *on_done; /* NULL: for ourselves */
	void *arg;
	struct err err;
};

static void reading_free(struct reading *r)
{
	if (!r->on_done)
		r->d->readings_unasked--;
	call_cancel(r->call);
	docker_wire_clear(&r->wire.wire);
	list_remove(&r->link);
	mem_free(r);
}

static void on_body(struct str bytes, void *arg)
{
	struct reading *r = arg;
	if (!r->err.code)
		docker_wire_feed(&r->wire.wire, bytes, &r->err);
}

static void take(struct docker *d, struct entry *e, const struct stats_reading *now)
{
	if (e->c.state != CONTAINER_RUNNING) /* it ended meanwhile: the answer is of zeros */
		return;
	stats_apply(&e->c, &e->sample, now, loop_now_ms(d->loop), clock_wall_s());
	docker_report(d, &(struct merged){.entry = e, .changed = true, .what = CONTAINER_USAGE});
}

static void on_end(const struct err *err, int status, void *arg)
{
	struct reading *r = arg;
	struct docker *d = r->d;
	r->call = NULL;
	if (!err && (r->err.code || !docker_wire_finish(&r->wire.wire, &r->err)))
		err = &r->err;
	struct err why = err ? *err : (struct err){0};
	struct entry *e = containers_by_id(&d->containers, r->id);
	docker_done_fn *on_done = r->on_done;
	void *done_arg = r->arg;
	struct stats_reading now = r->wire.now;
	reading_free(r);
	if (why.code && link_is_refusal(&why, status))
		link_refused(d, ENDPOINT_STATS);
	if (!why.code && e)
		take(d, e, &now);
	if (on_done)
		on_done(why.code ? &why : NULL, done_arg);
	usage_plan(d);
}

struct reading *reading_start(
	struct docker *d, const struct entry *e, docker_done_fn *on_done, void *arg, struct err *err)
{
	static const struct call_handler handler = {.on_body = on_body, .on_end = on_end};
	char path[CONTAINER_ID_BYTES + 48];
	if (link_is_refused(d, ENDPOINT_STATS)) {
		err_set(err, ERR_FORBIDDEN, "the engine or its proxy refuses to tell CPU and memory");
		return NULL;
	}
	struct reading *r = mem_zalloc(MEM_DOCKER, sizeof *r);
	if (!r) {
		err_set(err, ERR_MEMORY, "no memory to read a container's usage");
		return NULL;
	}
	*r = (struct reading){.d = d, .on_done = on_done, .arg = arg};
	str_copy(r->id, sizeof r->id, str_of(e->c.id));
	wire_stats_init(&r->wire);
	list_append(&d->readings, &r->link);
	if (!on_done)
		d->readings_unasked++;
	snprintf(path, sizeof path, "/containers/%s/stats?stream=false&one-shot=true", r->id);
	struct call_request q = {.method = "GET",
		.path = path,
		.head_timeout_ms = DOCKER_ANSWER_MS,
		.idle_timeout_ms = DOCKER_ANSWER_MS};
	r->call = call_start(d, &q, &handler, r, err);
	if (r->call)
		return r;
	reading_free(r);
	return NULL;
}

/* Each container has its own place in the interval, by its place in the table. */
static uint64_t next_due(const struct docker *d, unsigned index, uint64_t now)
{
	struct entry *e = d->containers.at[index];
	uint64_t interval = d->usage_interval_ms;
	if (!e->usage_begun) {
		e->usage_begun = true;
		return now + (interval < DOCKER_STATS_PAIR_MS ? interval : DOCKER_STATS_PAIR_MS);
	}
	uint64_t due = now - now % interval + interval * index / d->containers.count;
	while (due < now + interval / 4)
		due += interval;
	return due;
}

/* The one that waits longest, so that an engine too slow for the interval still comes round to each. */
static struct entry *most_overdue(const struct docker *d, uint64_t now, unsigned *ret_index)
{
	struct entry *first = NULL;
	for (unsigned i = 0; i < d->containers.count; i++) {
		struct entry *e = d->containers.at[i];
		if (e->c.state != CONTAINER_RUNNING || !e->usage_due_ms || e->usage_due_ms > now)
			continue;
		if (first && first->usage_due_ms <= e->usage_due_ms)
			continue;
		first = e;
		*ret_index = i;
	}
	return first;
}

static void read_due(struct docker *d, uint64_t now)
{
	struct entry *e;
	unsigned index;
	/* At the limit the end of one of them plans again. */
	while (d->readings_unasked < DOCKER_STATS_MAX && (e = most_overdue(d, now, &index))) {
		e->usage_due_ms = next_due(d, index, now);
		if (!reading_start(d, e, NULL, NULL, NULL))
			return;
	}
}

static bool is_watching(const struct docker *d)
{
	return d->usage_interval_ms && !d->limits.frugal && d->link == DOCKER_UP && !link_is_refused(d, ENDPOINT_STATS);
}

void usage_plan(struct docker *d)
{
	uint64_t now = loop_now_ms(d->loop), first = 0, fresh = 0;
	unsigned running = 0;
	if (!is_watching(d)) {
		timer_stop(d->usage_timer);
		return;
	}
	for (unsigned i = 0; i < d->containers.count; i++) {
		struct entry *e = d->containers.at[i];
		if (e->c.state != CONTAINER_RUNNING)
			continue;
		if (d->limits.figures_max && ++running > d->limits.figures_max) {
			e->usage_due_ms = 0;
			continue;
		}
		if (!e->usage_due_ms)
			e->usage_due_ms = now + FIRST_GAP_MS * fresh++;
		if (!first || e->usage_due_ms < first)
			first = e->usage_due_ms;
	}
	if (!first || d->readings_unasked >= DOCKER_STATS_MAX)
		timer_stop(d->usage_timer);
	else
		timer_set(d->usage_timer, first > now ? first - now : 0);
}

static void on_timer(void *arg)
{
	struct docker *d = arg;
	if (is_watching(d))
		read_due(d, loop_now_ms(d->loop));
	usage_plan(d);
}

void docker_watch_usage(struct docker *d, unsigned interval_ms)
{
	if (interval_ms == d->usage_interval_ms)
		return;
	d->usage_interval_ms = interval_ms;
	for (unsigned i = 0; i < d->containers.count; i++)
		d->containers.at[i]->usage_due_ms = 0;
	usage_plan(d);
}

bool usage_init(struct docker *d)
{
	list_init(&d->readings);
	d->usage_timer = timer_new(d->loop, on_timer, d);
	return d->usage_timer;
}

void usage_clear(struct docker *d)
{
	list_each_safe (pos, &d->readings)
		reading_free(list_item(pos, struct reading, link));
	timer_free(d->usage_timer);
}
