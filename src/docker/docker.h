/*
 * One Docker Engine: a connection, everything known about its containers, and what can be done to them.
 *
 * It looks after itself: negotiates the API version (1.41 … what the engine offers), keeps the list in step by the event
 * stream, lists again after every gap, retries with back-off while the engine is away, and marks what it knows as stale
 * meanwhile. It knows nothing of Discord and nothing of configuration files.
 */
#ifndef DOCKER_DOCKER_H
#define DOCKER_DOCKER_H

#include "base/err.h"
#include "base/histogram.h"
#include "base/str.h"
#include "base/ticket.h"
#include "docker/container.h"
#include "net/net.h"

struct docker;

enum {
	DOCKER_CONTAINERS_MAX = 1024, /* default of options.containers_max: about 0.6 KiB each */
	DOCKER_ACTIONS_MAX = 64,      /* actions under way at once, at the engine */
	DOCKER_LOG_STREAMS_MAX = 8,
	DOCKER_RETRY_MIN_MS = 500,
	DOCKER_RETRY_MAX_MS = 30000,
	DOCKER_BEYOND_NAMES = 3
};

struct docker_options {
	const char *host;	 /* DOCKER_HOST: unix://, tcp://, http(s)://; NULL: unix:///var/run/docker.sock */
	const char *cert_path;	 /* DOCKER_CERT_PATH: folder of ca.pem, cert.pem, key.pem; NULL: no TLS */
	bool tls_verify;	 /* DOCKER_TLS_VERIFY */
	unsigned containers_max; /* 0: DOCKER_CONTAINERS_MAX. What lies beyond is counted and named, not kept */
	/* Does somebody ask for the container of this name? Where not all can be kept those are, before others. From the loop.
	 * NULL: all alike. */
	bool (*is_wanted)(struct str name, void *arg);
	void *wanted_arg;
	/* False: memory is short, nobody gets new figures; asked for each that docker_read_usage() would read. NULL: always true. */
	bool (*may_read_usage)(void *arg);
	void *may_read_usage_arg;
	unsigned
		action_timeout_ms; /* until the engine's answer to start, stop, …; 0: 120 s on top of the stop time-out */
};

enum docker_link {
	DOCKER_CONNECTING, /* nothing heard yet */
	DOCKER_UP,	   /* list complete, event stream open */
	DOCKER_DOWN	   /* not reachable, or it refuses; docker_link_error() says why; retrying */
};

/* What happened to one container. The panel needs only "changed"; cards and audit need the reason. */
enum container_event {
	CONTAINER_APPEARED,
	CONTAINER_CHANGED,
	CONTAINER_DIED,
	CONTAINER_OOM,
	CONTAINER_HEALTH_CHANGED,
	CONTAINER_RENAMED,
	CONTAINER_GONE,
	CONTAINER_USAGE,    /* new figures only */
	CONTAINER_DESCRIBED /* nothing happened: start time, restart count or limit of what is as it was are known now */
};

/* What the engine has and is not kept. */
struct docker_beyond {
	unsigned count;	 /* all of them */
	unsigned wanted; /* of these, by options.is_wanted */
	unsigned max;	 /* so many are kept */
	const char *names
		[DOCKER_BEYOND_NAMES]; /* the first of them, the wanted ones first; SHARED for the call, NULL: no more */
};

/* All from the loop; docker_free() is not allowed inside. Pointers to containers are valid during the call only. */
struct docker_listener {
	/* why: the reason while it is down (told again when it changes). With DOCKER_UP NULL, or ERR_FORBIDDEN with a
	 * sentence that names what a socket proxy refuses and what that costs: the rest works. */
	void (*on_link)(enum docker_link link, const struct err *why, void *arg);
	/* once per event, with the cache already up to date (CONTAINER_GONE: the last state known) */
	void (*on_container)(const struct container *c, enum container_event event, void *arg);
	/* a whole list was read after start or a gap: look at everything again (single changes are not reported then) */
	void (*on_resync)(void *arg);
	/* More lie beyond containers_max than was told before, or other than before of those that are wanted; never while a list is
	 * being read. NULL: nobody asks */
	void (*on_beyond)(const struct docker_beyond *beyond, void *arg);
};

/* COPIES options. Starts connecting on the loop. LENDS nothing afterwards. */
struct docker *docker_new(struct loop *loop, struct net *net, const struct docker_options *options,
	const struct docker_listener *listener, void *arg, struct err *err);
void docker_free(struct docker *d); /* ends everything without calling back; NULL is fine */

enum docker_link docker_link_of(const struct docker *d);
const struct err *docker_link_error(const struct docker *d); /* why it is down; code ERR_NONE if it is not */
const char *docker_engine_version(const struct docker *d);   /* "20.10.24", "" while unknown */
const char *docker_api_version(const struct docker *d);	     /* negotiated, "1.41" */
int64_t docker_down_since_s(const struct docker *d);	     /* 0 while up */

/* The cache. SHARED until the next turn of the loop. NULL: the engine does not have it, it lies beyond containers_max, or nothing is
 * known at all: docker_state_of() tells these apart. */
const struct container *docker_find(const struct docker *d, struct str name);
enum container_state docker_state_of(
	const struct docker *d, struct str name); /* MISSING, BEYOND and UNKNOWN included */
unsigned docker_container_count(const struct docker *d);
const struct container *docker_container_at(const struct docker *d, unsigned index); /* sorted by name */
unsigned docker_containers_beyond_max(const struct docker *d);
struct docker_beyond docker_beyond_of(const struct docker *d);

/* ---- acting ---- */
enum docker_action {
	DOCKER_START,
	DOCKER_STOP,
	DOCKER_RESTART,
	DOCKER_PAUSE,
	DOCKER_UNPAUSE,
	DOCKER_KILL,
	DOCKER_ACTION_COUNT
};
const char *docker_action_name(enum docker_action a); /* "start" … */
bool docker_action_parse(struct str name, enum docker_action *ret_action);

/* Exactly once, from the loop: err NULL when the engine says it is done (304 "already so" counts as done; the cache shows
 * the new state by then, unless the engine does not let it be asked for), otherwise the
 * engine's own reason in err->text ("No such container: x", "driver failed programming external connectivity…"). */
typedef void docker_done_fn(const struct err *err, void *arg);

/* stop_timeout_s < 0: the container's own. TICKET_NONE: nothing was started, err says why. */
ticket docker_act(struct docker *d, struct str name, enum docker_action action, int stop_timeout_s,
	docker_done_fn *on_done, void *arg, struct err *err);
void docker_forget(struct docker *d, ticket t); /* no callback any more; the engine still does it */

/* Reads one container again (inspect: exit code, health, restart count); on_done as above, the cache is fresh then. */
ticket docker_refresh(struct docker *d, struct str name, docker_done_fn *on_done, void *arg, struct err *err);

/* ---- usage ---- */
/* Reads CPU and memory of all running containers every interval_ms, spread evenly over it (one-shot, API >= 1.41; the
 * previous sample is kept, so the first figure comes with the second reading, about 1 s later at the start). 0: never. */
void docker_watch_usage(struct docker *d, unsigned interval_ms);
/* Reads one container's usage now (two samples about a second apart if there is none to compare with). ERR_MEMORY: memory is short,
 * what is known is all there is. */
ticket docker_read_usage(struct docker *d, struct str name, docker_done_fn *on_done, void *arg, struct err *err);

/* ---- logs ---- */
enum docker_log_stream { DOCKER_STDOUT, DOCKER_STDERR };
struct docker_log_options {
	unsigned tail;	 /* last lines; 0: none of the old ones */
	int64_t since_s; /* 0: from the beginning */
	bool follow, timestamps;
};
struct docker_log_handler {
	/* one line at a time, without its line break, cut at DOCKER_LOG_LINE_BYTES_MAX (cut tells) */
	void (*on_line)(enum docker_log_stream stream, struct str line, bool cut, void *arg);
	void (*on_end)(const struct err *err, void *arg); /* exactly once, unless docker_logs_stop() */
};
enum { DOCKER_LOG_LINE_BYTES_MAX = 4096 };
ticket docker_logs(struct docker *d, struct str name, const struct docker_log_options *o,
	const struct docker_log_handler *h, void *arg, struct err *err);
void docker_logs_stop(struct docker *d, ticket t);

struct docker_stats {
	uint64_t requests, failures, reconnects, events, resyncs;
	uint32_t last_latency_ms;
	struct histogram durations; /* from a question to the head of its answer */
};
struct docker_stats docker_stats_of(const struct docker *d);

/* ---- limits: may change while it runs ---- */
struct docker_limits {
	unsigned containers_max; /* 0: DOCKER_CONTAINERS_MAX. Those beyond are let go of, and counted */
	unsigned figures_max;	 /* running containers that docker_watch_usage() reads, the first by name; 0: all */
	unsigned
		figures_ttl_s; /* older figures are not known any more (but not within twice the rhythm of reading); 0: never */
	unsigned figures_fresh_s; /* docker_read_usage() asks the engine only for older ones; 0: always */
	bool frugal;		  /* memory is short: no log is followed, no figures are read in the background */
};
void docker_set_limits(struct docker *d, const struct docker_limits *l);
void docker_ask_wanted(struct docker *d); /* options.is_wanted answers otherwise now: other settings */
struct docker_limits docker_limits_of(const struct docker *d);
unsigned docker_figures_beyond_max(const struct docker *d);
void docker_close_idle(struct docker *d); /* connections that nobody uses now are made again later */
void docker_trim(struct docker *d);	  /* room that was needed for more containers; not from within its callbacks */

#endif
