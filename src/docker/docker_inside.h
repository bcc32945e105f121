/*
 * What the files of this folder share of one engine: each owns its part below, and nobody outside looks in
 * here.
 */
#ifndef DOCKER_DOCKER_INSIDE_H
#define DOCKER_DOCKER_INSIDE_H

#include "base/list.h"
#include "docker/call.h"
#include "docker/containers.h"
#include "docker/docker.h"
#include "docker/merge.h"
#include "docker/version.h"
#include "docker/wire.h"

enum {
	DOCKER_ANSWER_MS = 10000, /* until a small answer begins, and between its pieces */
	DOCKER_STREAM_HEAD_MS = 3000,
	/* until the event stream's head: some proxies keep it back until the first event, and then we go on without it */
	DOCKER_LIST_MS = 30000,	      /* a thousand containers on a Raspberry Pi take their time */
	DOCKER_POLL_MS = 30000,	      /* between two lists where the event stream is refused */
	DOCKER_REFILL_MS = 60000,     /* until a free place is given to one that nobody asked for */
	DOCKER_CHECK_MS = 60000,      /* silence after which we ask whether the engine is still there */
	DOCKER_SETTLED_MS = 5000,     /* an event stream that lived this long deserves a reconnect without a word */
	DOCKER_HELD_EVENTS_MAX = 512, /* arriving while a list is read; more of them: the list is read again */
	DOCKER_INSPECTS_MAX = 2,      /* under way at once, besides those that somebody waits for */
	DOCKER_INSPECT_PACE_MS = 50,  /* between two inspects that nobody waits for */
	DOCKER_STATS_MAX = 2,	      /* readings under way at once, besides those that somebody waits for */
	DOCKER_STATS_PAIR_MS = 1000,  /* between the two readings of a first figure */
	DOCKER_ACTIONS_AT_ENGINE_MAX = 16, /* the others wait in line: stops of 10 s must not take every connection */
	DOCKER_JOBS_MAX = 256		   /* actions, refreshes and readings that somebody waits for */
};

enum link_state {
	LINK_WAITING, /* for the next try */
	LINK_PING,    /* asking for the API version */
	LINK_VERSION, /* the same at /version, where /_ping tells nothing */
	LINK_EVENTS,  /* opening the event stream */
	LINK_LISTING, /* reading the list, events are held back meanwhile */
	LINK_READY,   /* in step by events */
	LINK_POLLING, /* in step by lists every DOCKER_POLL_MS: events are refused */
	LINK_STATE_COUNT
};

/* What a socket proxy may refuse one by one. One bit each in docker.refused. */
enum endpoint { ENDPOINT_EVENTS, ENDPOINT_INSPECT, ENDPOINT_STATS, ENDPOINT_COUNT };

struct docker {
	struct loop *loop;
	struct http_peer *peer;
	struct docker_listener listener;
	void *arg;
	unsigned action_timeout_ms;
	bool (*may_read_usage)(void *arg);
	void *may_read_usage_arg;
	struct docker_stats stats;
	struct docker_limits limits;
	struct containers containers;
	struct list calls; /* every request under way */

	/* link.c */
	enum link_state state;
	enum docker_link link;
	struct err why;
	struct timer *link_timer; /* next try, next check or next list, by state */
	struct call *link_call;	  /* ping or version */
	struct wire_version version;
	unsigned api, engine_min, engine_max;
	char api_text[VERSION_BYTES];
	unsigned retry_ms;
	bool known; /* a list was complete at least once */
	char engine[WIRE_ENGINE_BYTES];
	int64_t down_since_s;
	uint64_t heard_ms, ready_since_ms;
	unsigned refused; /* bits of enum endpoint */
	struct err note;

	/* listing.c */
	struct call *list_call;
	struct wire_list list;
	bool list_again; /* something happened that this list cannot tell */
	struct timer *refill_timer;
	unsigned told_beyond, told_wanted; /* most that the listener was told; and the last */

	/* events.c */
	struct call *event_call;
	struct wire_events events;
	uint64_t stream_since_ms;
	int64_t last_event_ns;
	struct wire_event *held; /* events that came while a list is read */
	unsigned held_count, held_capacity;

	/* inspect.c */
	struct list inspects;
	struct timer *inspect_timer;
	unsigned inspects_unasked; /* under way, for ourselves */

	/* usage.c */
	struct list readings;
	struct timer *usage_timer;
	unsigned usage_interval_ms;
	unsigned readings_unasked;

	/* jobs.c */
	struct ticket_table jobs;
	unsigned actions, actions_at_engine;
	struct list waiting; /* actions in line */

	/* logs.c */
	struct ticket_table logs;
};

/* ---- limits.c ---- */
/* Figures older than limits.figures_ttl_s are not known any more: asked wherever a container is looked at, so that it takes no timer. */
void usage_forget_old(const struct docker *d, struct entry *e);
bool usage_is_fresh(const struct docker *d, const struct entry *e); /* no need to ask again */

/* ---- link.c ---- */
bool link_init(struct docker *d);
void link_clear(struct docker *d);
void link_try_soon(struct docker *d); /* somebody is waiting: do not sit out the whole back-off */
/* The connection is of no use any more: everything is stale from now on, and tried again by and by. */
void link_fail(struct docker *d, const struct err *why);
/* If the error is about the API version: chooses another one, and true if that is worth a new try. */
bool link_renegotiate(struct docker *d, const struct err *err, int status);
void link_refused(struct docker *d, enum endpoint what); /* a proxy refuses this one; said once a connection */
bool link_is_refused(const struct docker *d, enum endpoint what);
/* A proxy does not let this question through: the engine itself answers it with 404 only of a container that it does not have. Not for
 * actions: a start may miss a network. */
bool link_is_refusal(const struct err *err, int status);
void link_on_stream(struct docker *d); /* the event stream is open, or there is none */
void link_on_stream_refused(struct docker *d);
void link_on_stream_end(struct docker *d, const struct err *why, bool settled);
void link_on_list(struct docker *d); /* the list is complete */
void docker_heard(struct docker *d);

/* ---- listing.c ---- */
bool listing_init(struct docker *d);
void listing_clear(struct docker *d);
void listing_start(struct docker *d);
void listing_stop(struct docker *d);
void listing_again(struct docker *d);  /* as soon as may be */
void listing_refill(struct docker *d); /* there is room, or somebody has a place who needs it less */
/* Tells the listener, and drops the container if it is gone. */
void docker_report(struct docker *d, const struct merged *m);
void docker_tell_gone(struct docker *d, struct entry *e); /* out of the table already; frees e */
void docker_tell_beyond(struct docker *d);		  /* if it is news */

/* ---- events.c ---- */
void events_open(struct docker *d);
void events_close(struct docker *d);
void events_release(struct docker *d); /* applies what was held back */

/* ---- inspect.c ---- */
bool inspect_init(struct docker *d);
void inspect_clear(struct docker *d);
void inspect_pump(struct docker *d); /* starts what is wanted, within the limits */
void inspect_stop_unasked(struct docker *d);
struct inspect;
/* Describes e now; on_done once from the loop (may be NULL). NULL: nothing was started. */
struct inspect *inspect_start(
	struct docker *d, const struct entry *e, docker_done_fn *on_done, void *arg, struct err *err);

/* ---- usage.c ---- */
bool usage_init(struct docker *d);
void usage_clear(struct docker *d);
void usage_plan(struct docker *d); /* containers began or ended, or the link came up */
struct reading;
struct reading *reading_start(
	struct docker *d, const struct entry *e, docker_done_fn *on_done, void *arg, struct err *err);

/* ---- jobs.c ---- */
void jobs_init(struct docker *d);
void jobs_clear(struct docker *d);

/* ---- logs.c ---- */
void logs_init(struct docker *d);
void logs_clear(struct docker *d);

/* NULL, and err says whether it does not exist or cannot be reached. */
struct entry *docker_need(struct docker *d, struct str name, struct err *err);

#endif
