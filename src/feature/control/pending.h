/*
 * Actions under way: one per container, from whatever path. It asks the engine, waits until the container has really reached the goal
 * (or the engine gave a reason, or the time is up), and tells everybody at once when it begins and when it ends.
 *
 * Who is asked by Discord reserves first, answers, and confirms when Discord has accepted the answer: an interaction that is dead,
 * replayed or served by somebody else already never acts. Only some actions are at the engine at once; the others wait in turn, and
 * can be cancelled meanwhile.
 */
#ifndef FEATURE_CONTROL_PENDING_H
#define FEATURE_CONTROL_PENDING_H

#include "docker/docker.h"

struct pending;

enum {
	PENDING_MAX_DEFAULT = 10, /* DDC_MAX_PENDING_ACTIONS; the guide's number */
	PENDING_AT_ENGINE_MAX =
		4, /* at the same time, so that a small machine does not stop and start everything at once */
	PENDING_GOAL_MS = 120000, /* the engine said yes, but the state does not come */
	PENDING_USER_BYTES = 40
};

struct pending_action {
	char name[CONTAINER_NAME_BYTES];
	enum docker_action action;
	unsigned number; /* never 0; no other one has it for four thousand million actions */
	bool waiting;	 /* for its turn: nothing was asked of the engine yet */
	int64_t since_s;
	uint64_t user_id;
	char user[PENDING_USER_BYTES]; /* display name */
};

enum pending_outcome { PENDING_REACHED, PENDING_FAILED /* err says why */, PENDING_TIMED_OUT, PENDING_CANCELLED };

/* Exactly once per begun action, from the loop. */
typedef void pending_done_fn(const struct pending_action *a, enum pending_outcome outcome, const struct err *err,
	uint32_t took_ms, void *arg);
/* An action began or ended on this container: panels show it at once. */
typedef void pending_changed_fn(struct str container, void *arg);

struct pending *pending_new(
	struct loop *loop, struct docker *docker, unsigned max, pending_changed_fn *on_changed, void *arg);
void pending_free(struct pending *p);
void pending_set_max(struct pending *p, unsigned max);

/* COPIES everything. Its number; 0: refused; ERR_CONFLICT if one is already under way there, ERR_LIMIT if there is no room for one more,
 * or what the engine client said. The caller has asked policy before. stop_timeout_s < 0: the container's own. */
unsigned pending_begin(struct pending *p, struct str container, enum docker_action action, int stop_timeout_s,
	uint64_t user_id, struct str user, pending_done_fn *on_done, void *arg, struct err *err);

/* The same in two steps. Takes the container's place, so that nobody else begins meanwhile, but begins nothing and tells nobody.
 * 0: refused as above. It must come to pending_confirm() or pending_drop(). */
unsigned pending_reserve(struct pending *p, struct str container, enum docker_action action, int stop_timeout_s,
	uint64_t user_id, struct str user, pending_done_fn *on_done, void *arg, struct err *err);
void pending_confirm(struct pending *p,
	unsigned number); /* it begins; what the engine client refuses comes to on_done, in the call */
void pending_drop(struct pending *p, unsigned number); /* without on_done; a number that has ended is fine */

/* Ends this one if it still waits for its turn: on_done in the call, PENDING_CANCELLED. False: it has begun, or ended. by: for the
 * reason. */
bool pending_cancel(struct pending *p, unsigned number, struct str by, uint64_t by_id);

const struct pending_action *pending_find(
	const struct pending *p, struct str container); /* NULL: none; reserved ones are none */
const struct pending_action *pending_taken(const struct pending *p, struct str container); /* reserved ones too */
/* It has come up just now and is being watched for a moment; *ret_took_ms: from its beginning to then. NULL: nothing of the kind. */
const struct pending_action *pending_settling(const struct pending *p, struct str container, uint32_t *ret_took_ms);
const struct pending_action *pending_of(const struct pending *p, unsigned number); /* until it has reached its goal */
/* How far that one has come, for whoever tells of it before its end; *ret_took_ms: to its goal, else 0. */
enum pending_stage {
	PENDING_NOT_ASKED, /* reserved, or waiting for its turn; a number that is not known, too */
	PENDING_ASKED,	   /* of the engine */
	PENDING_SETTLING   /* has reached its goal, and is being watched for a moment */
};
enum pending_stage pending_stage_of(const struct pending *p, unsigned number, uint32_t *ret_took_ms);
unsigned pending_count(const struct pending *p); /* reserved and waiting ones too */
unsigned pending_max(const struct pending *p);

enum { PENDING_OUTCOME_COUNT = PENDING_CANCELLED + 1 };
const char *pending_outcome_name(enum pending_outcome o); /* "reached" … */
struct pending_stats {
	uint64_t ended[DOCKER_ACTION_COUNT][PENDING_OUTCOME_COUNT];
	uint64_t refused; /* by pending_reserve(), because there was no room */
};
struct pending_stats pending_stats_of(const struct pending *p);

/* News from the engine, handed on by the composition. */
void pending_on_container(struct pending *p, const struct container *c, enum container_event event);
void pending_on_resync(struct pending *p);

#endif
