/* The event stream. What it says while a list is read is held back: the list may be older or newer than any
 * of it. */
#include "base/clock.h"
#include "docker/docker_inside.h"

#include <stdio.h>

enum { AHEAD_MS_MAX = 24 * 60 * 60 * 1000 /* no clock is that wrong: asking for events since then would get none */ };

static void apply(struct docker *d, const struct wire_event *ev)
{
	struct merged m = merge_event(&d->containers, ev);
	bool place_wasted = m.entry && m.what == CONTAINER_RENAMED && !m.entry->wanted;
	d->stats.events++;
	if (ev->time_ns > d->last_event_ns && ev->time_ns / 1000000 <= clock_wall_ms() + AHEAD_MS_MAX)
		d->last_event_ns = ev->time_ns;
	docker_report(d, &m);
	docker_tell_gone(d, m.evicted);
	if (m.unknown)
		listing_again(d);
	else if (place_wasted && d->containers.out.wanted)
		listing_refill(d);
	docker_tell_beyond(d);
}

static void hold(struct docker *d, const struct wire_event *ev)
{
	if (d->held_count == d->held_capacity && d->held_capacity < DOCKER_HELD_EVENTS_MAX) {
		unsigned capacity = d->held_capacity ? d->held_capacity * 2 : 8;
		struct wire_event *held = mem_realloc(MEM_DOCKER, d->held, capacity * sizeof *held);
		if (held) {
			d->held = held;
			d->held_capacity = capacity;
		}
	}
	if (d->held_count < d->held_capacity)
		d->held[d->held_count++] = *ev;
	else
		d->list_again = true;
}

static void drop_held(struct docker *d)
{
	mem_free(d->held);
	d->held = NULL;
	d->held_count = d->held_capacity = 0;
}

void events_release(struct docker *d)
{
	/* The listener may make us ask for another list meanwhile; nothing is held before the next event
	 * comes in. */
	for (unsigned i = 0; i < d->held_count; i++)
		apply(d, &d->held[i]);
	drop_held(d);
}

static bool on_event(const struct wire_event *ev, void *arg)
{
	struct docker *d = arg;
	if (ev->action == WIRE_OTHER || !ev->id[0])
		return true;
	if (d->list_call)
		hold(d, ev);
	else
		apply(d, ev);
	return d->event_call; /* the link may have failed meanwhile, and then this reader is gone */
}

static void on_head(struct call *c, void *arg)
{
	struct docker *d = arg;
	if (d->state == LINK_EVENTS)
		link_on_stream(d);
}

static void on_body(struct str bytes, void *arg)
{
	struct docker *d = arg;
	struct err why = {0};
	if (!wire_events_feed(&d->events, bytes, &why) && why.code) {
		link_fail(d, &why);
		return;
	}
	if (d->event_call && !d->list_call) {
		inspect_pump(d);
		usage_plan(d);
	}
}

static void on_end(const struct err *err, int status, void *arg)
{
	struct docker *d = arg;
	struct err why = {.code = ERR_UNREACHABLE, .text = "the engine ended the event stream"};
	d->event_call = NULL;
	if (err && link_is_refusal(err, status)) {
		link_on_stream_refused(d);
	} else if (err && link_renegotiate(d, err, status)) {
		events_open(d);
	} else {
		if (err && status == 400) /* it may be our "since" that it does not take */
			d->last_event_ns = 0;
		link_on_stream_end(d, err ? err : &why, loop_now_ms(d->loop) - d->stream_since_ms >= DOCKER_SETTLED_MS);
	}
}

void events_open(struct docker *d)
{
	static const struct call_handler handler = {.on_head = on_head, .on_body = on_body, .on_end = on_end};
	char path[400], since[48] = "";
	struct err why;
	if (link_is_refused(d, ENDPOINT_EVENTS)) {
		link_on_stream(d);
		return;
	}
	long long from = d->last_event_ns + 1;
	if (d->last_event_ns) /* the engine remembers the last 256: the reasons for what happened in the gap
				 come too */
		snprintf(since, sizeof since, "&since=%lld.%09lld", from / 1000000000, from % 1000000000);
	snprintf(path, sizeof path, "/events?filters=%s%s", wire_events_filter(), since);
	docker_wire_clear(&d->events.wire);
	wire_events_init(&d->events, on_event, d);
	drop_held(d);
	struct call_request r = {.method = "GET", .path = path};
	d->stream_since_ms = loop_now_ms(d->loop);
	d->event_call = call_start(d, &r, &handler, d, &why);
	if (!d->event_call)
		link_fail(d, &why);
}

void events_close(struct docker *d)
{
	call_cancel(d->event_call);
	d->event_call = NULL;
	docker_wire_clear(&d->events.wire);
	drop_held(d);
}
