/*
 * The connection to the engine as a state machine: which version, event stream first, then the list, then in
 * step by events. The stream is opened before the list is read, so that nothing falls between the two.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "docker/docker_inside.h"

#include <stdio.h>
#include <string.h>

static void link_enter(struct docker *d, enum link_state state);

/* ---- telling ---- */

/* What is missing because of a refusal, for a person. */
static const char *const refusals[ENDPOINT_COUNT] = {
	[ENDPOINT_EVENTS] = "events (the list is read every 30 s instead)",
	[ENDPOINT_INSPECT] = "inspect (start time and restart count unknown)",
	[ENDPOINT_STATS] = "stats (CPU and memory unknown)",
};

static const struct err *note_of(struct docker *d)
{
	char names[ERR_TEXT_BYTES] = "";
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		size_t n = strlen(names);
		if (d->refused & 1u << i)
			snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "", refusals[i]);
	}
	if (!names[0])
		return NULL;
	err_set(&d->note, ERR_FORBIDDEN, "the engine or its proxy refuses: %.150s", names);
	return &d->note;
}

static void tell_link(struct docker *d, enum docker_link link, const struct err *why)
{
	d->link = link;
	d->why = why && link != DOCKER_UP ? *why : (struct err){0};
	if (d->listener.on_link)
		d->listener.on_link(link, why, d->arg);
}

bool link_is_refused(const struct docker *d, enum endpoint what)
{
	return d->refused & 1u << what;
}

void link_refused(struct docker *d, enum endpoint what)
{
	if (link_is_refused(d, what))
		return;
	d->refused |= 1u << what;
	if (d->link == DOCKER_UP)
		tell_link(d, DOCKER_UP, note_of(d));
}

void docker_heard(struct docker *d)
{
	d->heard_ms = loop_now_ms(d->loop);
}

/* ---- failing ---- */

void link_fail(struct docker *d, const struct err *why)
{
	struct err copy = *why; /* it may live in what is freed now */
	uint64_t now = loop_now_ms(d->loop);
	d->stats.reconnects += d->state == LINK_READY || d->state == LINK_POLLING;
	listing_stop(d);
	events_close(d);
	inspect_stop_unasked(d);
	if (d->ready_since_ms && now - d->ready_since_ms >= DOCKER_SETTLED_MS)
		d->retry_ms = DOCKER_RETRY_MIN_MS;
	d->ready_since_ms = 0;
	bool was_down = d->link == DOCKER_DOWN;
	if (!was_down)
		d->down_since_s = clock_wall_s();
	containers_set_stale(&d->containers);
	link_enter(d, LINK_WAITING);
	if (!was_down || copy.code != d->why.code || strcmp(copy.text, d->why.text) != 0)
		tell_link(d, DOCKER_DOWN, &copy);
	usage_plan(d);
}

bool link_renegotiate(struct docker *d, const struct err *err, int status)
{
	unsigned version = d->api;
	if (status != 400 || !version_from_refusal(str_of(err->text), &d->engine_min, &d->engine_max))
		return false;
	if (!version_choose(d->engine_min, d->engine_max, &version, NULL) || version == d->api)
		return false;
	d->api = version;
	version_format(d->api, d->api_text);
	return true;
}

/* ---- which version ---- */

static void settle_version(struct docker *d)
{
	struct err why = {0};
	if (!version_choose(d->engine_min, d->engine_max, &d->api, &why)) {
		link_fail(d, &why);
		return;
	}
	version_format(d->api, d->api_text);
	link_enter(d, LINK_EVENTS);
}

static bool is_refusal(int status) /* a proxy that lets only some paths through; the others may work */
{
	return status == 401 || status == 403 || status == 404 || status == 405 || status == 501;
}

/* Docker: "No such container: x"; Podman: "no container with name or ID \"x\" found: no such container". */
bool link_is_refusal(const struct err *err, int status)
{
	return is_refusal(status) &&
	       !(status == 404 && str_contains_nocase(str_of(err->text), STR("no such container")));
}

/* "Docker/20.10.24 (linux)", "Libpod/4.3.1 (linux)" */
static void take_server(struct docker *d, struct str server)
{
	struct str version, name = str_split(server, '/', &version), rest;
	version = str_split(version, ' ', &rest);
	if (str_is(name, "Docker"))
		wire_copy_text(d->engine, sizeof d->engine, version);
	else if (str_is(name, "Libpod"))
		snprintf(d->engine, sizeof d->engine, "Podman %.*s", STR_ARG(version));
}

static void on_ping_head(struct call *c, void *arg)
{
	struct docker *d = arg;
	version_parse(call_header(c, "api-version"), &d->engine_max);
	take_server(d, call_header(c, "server"));
}

static void on_ping_end(const struct err *err, int status, void *arg)
{
	struct docker *d = arg;
	d->link_call = NULL;
	if (err && !is_refusal(status))
		link_fail(d, err);
	else if (!err && d->engine_max && d->engine[0])
		settle_version(d);
	else
		link_enter(d, LINK_VERSION);
}

static void start_link_call(struct docker *d, const char *path, const struct call_handler *h)
{
	struct err why;
	struct call_request r = {.method = "GET",
		.path = path,
		.plain = true,
		.head_timeout_ms = DOCKER_ANSWER_MS,
		.idle_timeout_ms = DOCKER_ANSWER_MS};
	d->link_call = call_start(d, &r, h, d, &why);
	if (!d->link_call)
		link_fail(d, &why);
}

static void enter_ping(struct docker *d)
{
	static const struct call_handler handler = {.on_head = on_ping_head, .on_end = on_ping_end};
	d->engine_min = d->engine_max = 0;
	d->engine[0] = '\0';
	d->refused = 0;
	start_link_call(d, "/_ping", &handler);
}

static void on_version_body(struct str bytes, void *arg)
{
	struct docker *d = arg;
	struct err why;
	if (!docker_wire_feed(&d->version.wire, bytes, &why))
		link_fail(d, &why);
}

static void on_version_end(const struct err *err, int status, void *arg)
{
	struct docker *d = arg;
	struct err why;
	d->link_call = NULL;
	if (err && is_refusal(status) && !d->engine_max)
		d->engine_max = VERSION_LOWEST; /* nobody may tell: the oldest we can use is the best guess */
	if (err && !is_refusal(status)) {
		link_fail(d, err);
		return;
	}
	if (!err && !docker_wire_finish(&d->version.wire, &why)) {
		link_fail(d, &why);
		return;
	}
	if (!err) {
		d->engine_min = d->version.api_min;
		d->engine_max = d->version.api_max;
		memcpy(d->engine, d->version.engine, sizeof d->engine);
	}
	docker_wire_clear(&d->version.wire);
	settle_version(d);
}

static void enter_version(struct docker *d)
{
	static const struct call_handler handler = {.on_body = on_version_body, .on_end = on_version_end};
	docker_wire_clear(&d->version.wire);
	wire_version_init(&d->version);
	start_link_call(d, "/version", &handler);
}

/* ---- events, list, and in step ---- */

void link_on_stream(struct docker *d)
{
	link_enter(d, LINK_LISTING);
}

void link_on_stream_refused(struct docker *d)
{
	link_refused(d, ENDPOINT_EVENTS);
	if (d->state == LINK_EVENTS)
		link_enter(d, LINK_LISTING);
	else if (d->state == LINK_READY) /* it took its time to say so */
		link_enter(d, LINK_POLLING);
}

void link_on_stream_end(struct docker *d, const struct err *why, bool settled)
{
	if (d->state == LINK_READY && settled) {
		/* Proxies end long streams now and then: what we know is right if we are back at once. */
		d->stats.reconnects++;
		link_enter(d, LINK_EVENTS);
		return;
	}
	link_fail(d, why);
}

void link_on_list(struct docker *d)
{
	bool follows_gap = d->state == LINK_LISTING;
	d->known = true;
	if (follows_gap) {
		d->stats.resyncs++;
		link_enter(d, link_is_refused(d, ENDPOINT_EVENTS) ? LINK_POLLING : LINK_READY);
		d->down_since_s = 0;
		if (d->link != DOCKER_UP)
			tell_link(d, DOCKER_UP, note_of(d));
	}
	if (d->state != LINK_POLLING || follows_gap) {
		if (d->listener.on_resync)
			d->listener.on_resync(d->arg);
	} else {
		timer_set(d->link_timer, DOCKER_POLL_MS);
	}
	events_release(d);
	inspect_pump(d);
	usage_plan(d);
}

/* ---- is it still there ---- */

static void on_check_end(const struct err *err, int status, void *arg)
{
	struct docker *d = arg;
	d->link_call = NULL;
	if (err && !status) /* no answer at all; a refusal is one */
		link_fail(d, err);
	else
		timer_set(d->link_timer, DOCKER_CHECK_MS);
}

/* An engine that hangs, or a host that vanished, ends no stream: silence is all there is to notice. */
static void check(struct docker *d)
{
	static const struct call_handler handler = {.on_end = on_check_end};
	uint64_t silent_ms = loop_now_ms(d->loop) - d->heard_ms;
	if (silent_ms + 1000 < DOCKER_CHECK_MS)
		timer_set(d->link_timer, DOCKER_CHECK_MS - silent_ms);
	else if (!d->link_call)
		start_link_call(d, "/_ping", &handler);
}

/* ---- the machine ---- */

static void enter_waiting(struct docker *d)
{
	timer_set(d->link_timer, d->retry_ms / 2 + rand_below(d->retry_ms / 2 + 1));
	d->retry_ms = d->retry_ms * 2 < DOCKER_RETRY_MAX_MS ? d->retry_ms * 2 : DOCKER_RETRY_MAX_MS;
}

static void enter_events(struct docker *d)
{
	timer_set(d->link_timer, DOCKER_STREAM_HEAD_MS);
	events_open(d);
}

static void enter_ready(struct docker *d)
{
	d->ready_since_ms = loop_now_ms(d->loop);
	timer_set(d->link_timer, DOCKER_CHECK_MS);
}

static void enter_polling(struct docker *d)
{
	d->ready_since_ms = loop_now_ms(d->loop);
	timer_set(d->link_timer, DOCKER_POLL_MS);
}

static const struct {
	const char *name;
	void (*enter)(struct docker *d);
} states[LINK_STATE_COUNT] = {
	[LINK_WAITING] = {"waiting", enter_waiting},
	[LINK_PING] = {"ping", enter_ping},
	[LINK_VERSION] = {"version", enter_version},
	[LINK_EVENTS] = {"events", enter_events},
	[LINK_LISTING] = {"listing", listing_start},
	[LINK_READY] = {"ready", enter_ready},
	[LINK_POLLING] = {"polling", enter_polling},
};

static void link_enter(struct docker *d, enum link_state state)
{
	log_debug("docker", "link: %s -> %s", states[d->state].name, states[state].name);
	d->state = state;
	timer_stop(d->link_timer);
	call_cancel(d->link_call); /* the question of the state that is left: a late answer would meet another one */
	d->link_call = NULL;
	states[state].enter(d);
}

static void on_timer(void *arg)
{
	struct docker *d = arg;
	switch (d->state) {
	case LINK_WAITING: link_enter(d, LINK_PING); return;
	case LINK_EVENTS: link_on_stream(d); return;
	case LINK_READY: check(d); return;
	case LINK_POLLING: listing_again(d); return;
	default: return; /* these wait for an answer, and a request has deadlines of its own */
	}
}

bool link_init(struct docker *d)
{
	d->retry_ms = DOCKER_RETRY_MIN_MS;
	d->api = VERSION_LOWEST;
	d->down_since_s = clock_wall_s();
	d->link_timer = timer_new(d->loop, on_timer, d);
	if (d->link_timer)
		timer_set(d->link_timer, 0);
	return d->link_timer;
}

void link_clear(struct docker *d)
{
	timer_free(d->link_timer);
	docker_wire_clear(&d->version.wire);
}

void link_try_soon(struct docker *d)
{
	if (d->state == LINK_WAITING)
		timer_set_sooner(d->link_timer, DOCKER_RETRY_MIN_MS / 2);
}
