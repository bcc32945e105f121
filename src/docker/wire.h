/*
 * The engine's answers, read as streams: each wire_… takes bytes as they come and hands out values. Nothing
 * here knows a connection. What is larger than expected is cut, what is missing stays zero, what is not JSON
 * ends in an error sentence.
 */
#ifndef DOCKER_WIRE_H
#define DOCKER_WIRE_H

#include "base/err.h"
#include "base/json_reader.h"
#include "docker/container.h"
#include "docker/stats.h"

/* Copies s so that it can stand in a line: control characters become blanks, cut between characters. */
void wire_copy_text(char *to, size_t size, struct str s);

/* Whatever is read with one table of fields. `what` names it in error sentences ("list of containers"). */
struct docker_wire {
	struct json_reader reader;
	const char *what;
};
/* False: err says what is wrong with the answer. */
bool docker_wire_feed(struct docker_wire *w, struct str bytes, struct err *err);
bool docker_wire_finish(struct docker_wire *w, struct err *err);
void docker_wire_clear(struct docker_wire *w);

/* ---- GET /containers/json ---- */
struct wire_item {
	struct container c; /* id, name, image, project, state, health, exit_code */
	bool exit_known, young;
	bool valid; /* has an id and a name that may be used */
};
struct wire_list {
	struct docker_wire wire;
	struct wire_item now;
	bool name_is_own; /* names of links ("/other/alias") do not replace it */
	void (*on_item)(const struct wire_item *item, void *arg);
	void *arg;
};
void wire_list_init(struct wire_list *l, void (*on_item)(const struct wire_item *item, void *arg), void *arg);

/* ---- GET /containers/ID/json ---- */
struct wire_details {
	char name[CONTAINER_NAME_BYTES];
	enum container_state state;
	enum container_health health;
	bool oom_killed, tty, valid;
	int exit_code, restart_count;
	int stop_timeout_s; /* -1: not set */
	int64_t started_at_s, finished_at_s;
	uint64_t memory_limit_bytes;
};
struct wire_inspect {
	struct docker_wire wire;
	struct wire_details now;
};
void wire_inspect_init(struct wire_inspect *i);

/* ---- GET /events: one JSON document after the other ---- */
enum wire_action {
	WIRE_OTHER,
	WIRE_CREATE,
	WIRE_START,
	WIRE_RESTART,
	WIRE_DIE,
	WIRE_STOP,
	WIRE_KILL,
	WIRE_OOM,
	WIRE_PAUSE,
	WIRE_UNPAUSE,
	WIRE_HEALTH,
	WIRE_RENAME,
	WIRE_UPDATE,
	WIRE_DESTROY
};
struct wire_event {
	enum wire_action action;
	enum container_health health; /* of WIRE_HEALTH */
	int exit_code;		      /* of WIRE_DIE */
	bool exit_known, health_known;
	int64_t time_s, time_ns;
	char id[CONTAINER_ID_BYTES];
	char name[CONTAINER_NAME_BYTES];
	char image[CONTAINER_IMAGE_BYTES];
	char project[CONTAINER_PROJECT_BYTES];
};
struct wire_events {
	struct docker_wire wire;
	struct wire_event now;
	/* False ends the reading (the reader may be gone). */
	bool (*on_event)(const struct wire_event *event, void *arg);
	void *arg;
};
void wire_events_init(struct wire_events *e, bool (*on_event)(const struct wire_event *event, void *arg), void *arg);
/* False: stopped by on_event (err untouched) or not JSON (err says so). */
bool wire_events_feed(struct wire_events *e, struct str bytes, struct err *err);
/* The value of filters=, URL-encoded: only the events above, or health checks' "exec_…" would wake us all
 * day. */
const char *wire_events_filter(void);

/* ---- GET /containers/ID/stats ---- */
struct wire_stats {
	struct docker_wire wire;
	struct stats_reading now;
};
void wire_stats_init(struct wire_stats *s);

/* ---- GET /version ---- */
enum { WIRE_ENGINE_BYTES = 32 };
struct wire_version {
	struct docker_wire wire;
	unsigned api_max, api_min; /* 0: not given */
	char engine[WIRE_ENGINE_BYTES];
};
void wire_version_init(struct wire_version *v);

/* ---- an answer of 400 and above ---- */
enum { WIRE_ERROR_RAW_BYTES = 512 };
struct wire_error {
	struct docker_wire wire;
	struct buf raw; /* the beginning, in case it is not JSON: old engines and proxies answer with text or
			   a page */
	char message[ERR_TEXT_BYTES];
};
void wire_error_init(struct wire_error *e);
void wire_error_feed(struct wire_error *e, struct str bytes);
/* The engine's own words if it said any, and the class that goes with the status. */
void wire_error_finish(struct wire_error *e, int status, struct err *ret_err);
void wire_error_clear(struct wire_error *e);

#endif
