#include "feature/control/pending.h"

#include "base/bug.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/loop.h"

#include <inttypes.h>
#include <string.h>

enum {
	/* A container that dies so soon after its start has not been started: the person is told why. */
	SETTLE_MS = 3000
};

enum state {
	RESERVED,    /* Discord has not accepted our answer yet: nothing has begun */
	WAITING,     /* for its turn */
	ASKED,	     /* the engine has not answered yet */
	ENGINE_DONE, /* it said yes; the state is still to come */
	GOAL	     /* the state is there; a started container must stay up for a moment. Panels see it as over. */
};
static const char *const state_names[] = {[RESERVED] = "reserved",
	[WAITING] = "waiting",
	[ASKED] = "asked",
	[ENGINE_DONE] = "engine done",
	[GOAL] = "goal"};

struct action {
	struct list link;
	struct pending_action a; /* first what others see */
	struct pending *owner;
	enum state state;
	int stop_timeout_s;
	char id[CONTAINER_ID_BYTES]; /* of the container, for when it is renamed meanwhile; "" if unknown */
	int64_t started_before_s;    /* a restart's goal is a newer start than this */
	bool was_down;		     /* seen not running since the action began */
	bool refreshed;		     /* inspected after the engine's yes: what is known now is what came of it */
	unsigned round;		     /* of pending_on_resync() */
	uint64_t begun_ms, reached_ms, deadline_ms; /* monotonic; deadline 0: the engine client keeps it */
	ticket engine;				    /* of docker_act(), later of docker_refresh() */
	pending_done_fn *on_done;
	void *arg;
};

struct pending {
	struct docker *docker;
	struct timer *timer;
	struct list actions;
	unsigned max, round, numbers;
	bool pumping;
	struct pending_stats stats;
	pending_changed_fn *on_changed;
	void *arg;
};

static void on_deadline(void *arg);
static void pump(struct pending *p);

struct pending *pending_new(
	struct loop *loop, struct docker *docker, unsigned max, pending_changed_fn *on_changed, void *arg)
{
	struct pending *p = mem_zalloc(MEM_CONTROL, sizeof *p);

	if (!p)
		return NULL;
	*p = (struct pending){.docker = docker, .on_changed = on_changed, .arg = arg};
	list_init(&p->actions);
	pending_set_max(p, max);
	p->timer = timer_new(loop, on_deadline, p);
	if (!p->timer) {
		mem_free(p);
		return NULL;
	}
	return p;
}

static void action_free(struct action *a)
{
	if (a->engine != TICKET_NONE)
		docker_forget(a->owner->docker, a->engine);
	list_remove(&a->link);
	mem_free(a);
}

void pending_free(struct pending *p)
{
	if (!p)
		return;
	list_each_safe (at, &p->actions)
		action_free(list_item(at, struct action, link));
	timer_free(p->timer);
	mem_free(p);
}

struct pending_stats pending_stats_of(const struct pending *p)
{
	return p->stats;
}

const char *pending_outcome_name(enum pending_outcome o)
{
	static const char *const names[] = {[PENDING_REACHED] = "reached",
		[PENDING_FAILED] = "failed",
		[PENDING_TIMED_OUT] = "timed_out",
		[PENDING_CANCELLED] = "cancelled"};
	return names[o];
}

void pending_set_max(struct pending *p, unsigned max)
{
	p->max = max ? max : PENDING_MAX_DEFAULT;
}

unsigned pending_max(const struct pending *p)
{
	return p->max;
}

/* ---- the goal ---- */

static bool is_up(enum container_state s)
{
	return s == CONTAINER_RUNNING || s == CONTAINER_PAUSED || s == CONTAINER_RESTARTING;
}

static bool must_stay_up(const struct action *a)
{
	return a->a.action == DOCKER_START || a->a.action == DOCKER_RESTART;
}

/* started_at has whole seconds only, so a container that was restarted in the second of its start shows no
 * newer one. */
static bool is_restarted(const struct action *a, const struct container *c)
{
	return c->started_at_s > a->started_before_s || a->was_down ||
	       (a->state == ENGINE_DONE && c->started_at_s >= a->a.since_s - 1);
}

static bool is_reached(const struct action *a, enum container_state state, const struct container *c)
{
	switch (a->a.action) {
	case DOCKER_START:
	case DOCKER_UNPAUSE: return state == CONTAINER_RUNNING;
	case DOCKER_RESTART: return state == CONTAINER_RUNNING && c && is_restarted(a, c);
	case DOCKER_STOP:
	case DOCKER_KILL: return state != CONTAINER_UNKNOWN && state != CONTAINER_REMOVING && !is_up(state);
	case DOCKER_PAUSE: return state == CONTAINER_PAUSED;
	default: BUG("action %d", (int)a->a.action);
	}
}

/* It came up and is down again, between two looks of ours. */
static bool is_dead_on_start(const struct action *a, enum container_state state, const struct container *c)
{
	bool down = state == CONTAINER_EXITED || state == CONTAINER_DEAD || state == CONTAINER_RESTARTING;

	if (!must_stay_up(a) || !down || !c)
		return false;
	if (a->state == GOAL)
		return true;
	return a->state == ENGINE_DONE &&
	       (c->started_at_s > a->started_before_s || (a->refreshed && c->finished_at_s >= a->a.since_s));
}

/* ---- the end ---- */

static void arm(struct pending *p)
{
	uint64_t next = 0, now = clock_mono_ms();

	list_each (at, &p->actions) {
		uint64_t due = list_item(at, struct action, link)->deadline_ms;

		if (due && (!next || due < next))
			next = due;
	}
	if (next)
		timer_set(p->timer, next > now ? next - now : 0);
	else
		timer_stop(p->timer);
}

static void tell_changed(struct pending *p, const struct action *a)
{
	char name[CONTAINER_NAME_BYTES];

	memcpy(name, a->a.name, sizeof name);
	if (p->on_changed)
		p->on_changed(str_of(name), p->arg);
}

/* The record is taken off before anybody is told, so that whoever is told may begin the next action at once.
 */
static void finish(struct action *a, enum pending_outcome outcome, const struct err *err)
{
	struct pending *p = a->owner;
	struct action end = *a;
	bool seen = a->state != GOAL;
	uint64_t ended_ms = outcome == PENDING_REACHED && a->reached_ms ? a->reached_ms : clock_mono_ms();
	static const struct err none;

	p->stats.ended[end.a.action][outcome]++;

	action_free(a);
	arm(p);
	/* The one who asked first: what is drawn on the news then has the result in it already. */
	if (end.on_done)
		end.on_done(&end.a, outcome, err ? err : &none, (uint32_t)(ended_ms - end.begun_ms), end.arg);
	if (seen)
		tell_changed(p, &end);
	pump(p);
}

static void finish_dead(struct action *a, const struct container *c)
{
	struct err err;

	if (c->state != CONTAINER_RESTARTING && c->exit_code == 0 && !c->oom_killed) {
		finish(a, PENDING_REACHED, NULL); /* a job that is done: not a failure */
		return;
	}
	err_set(&err, ERR_CONFLICT, "it ended right after its start: exit code %d%s", c->exit_code,
		c->oom_killed ? " (out of memory)" : "");
	finish(a, PENDING_FAILED, &err);
}

static void enter(struct action *a, enum state state)
{
	log_debug("pending", "%s %s: %s -> %s", docker_action_name(a->a.action), a->a.name, state_names[a->state],
		state_names[state]);
	a->state = state;
	a->a.waiting = state == WAITING;
	a->deadline_ms = 0;
	if (state == ENGINE_DONE)
		a->deadline_ms = clock_mono_ms() + PENDING_GOAL_MS;
	if (state == GOAL)
		a->deadline_ms = clock_mono_ms() + SETTLE_MS;
	arm(a->owner);
}

static void reached(struct action *a)
{
	if (a->state == GOAL)
		return;
	a->reached_ms = clock_mono_ms();
	if (!must_stay_up(a)) {
		finish(a, PENDING_REACHED, NULL);
		return;
	}
	enter(a, GOAL);
	tell_changed(a->owner, a);
}

static void fail_gone(struct action *a)
{
	struct err err;

	err_set(&err, ERR_NOT_FOUND, "the container %s does not exist any more", a->a.name);
	finish(a, PENDING_FAILED, &err);
}

/* Looks at what is known now. True if that ended the action (a is gone then). */
static void look(struct action *a)
{
	const struct container *c = docker_find(a->owner->docker, str_of(a->a.name));
	enum container_state state = docker_state_of(a->owner->docker, str_of(a->a.name));

	if (a->state < ASKED)
		return; /* nothing has been asked for that could have come true */
	if (state == CONTAINER_UNKNOWN || (c && c->stale))
		return; /* "cannot tell" is neither success nor failure */
	if (is_dead_on_start(a, state, c))
		finish_dead(a, c);
	else if (is_reached(a, state, c))
		reached(a);
	else if (state == CONTAINER_MISSING && a->state == ENGINE_DONE)
		fail_gone(a);
	else if (!is_up(state))
		a->was_down = true;
}

static void on_deadline(void *arg)
{
	struct pending *p = arg;
	uint64_t now = clock_mono_ms();
	struct list due;

	/* Put aside first: whoever is told may begin new ones. */
	list_init(&due);
	list_each_safe (at, &p->actions) {
		struct action *a = list_item(at, struct action, link);

		if (a->deadline_ms && a->deadline_ms <= now) {
			list_remove(at);
			list_append(&due, at);
		}
	}
	while (list_first(&due)) {
		struct action *a = list_item(list_first(&due), struct action, link);
		struct err err;

		if (a->state == GOAL) {
			finish(a, PENDING_REACHED, NULL);
			continue;
		}
		err_set(&err, ERR_TIMEOUT, "the engine said yes, but the state did not change within %d s",
			PENDING_GOAL_MS / 1000);
		finish(a, PENDING_TIMED_OUT, &err);
	}
	arm(p);
}

/* ---- the engine's answers ---- */

static void on_refreshed(const struct err *err, void *arg)
{
	struct action *a = arg;

	a->engine = TICKET_NONE;
	if (err)
		return; /* the events or the deadline will tell */
	a->refreshed = true;
	look(a);
}

static void on_engine_done(const struct err *err, void *arg)
{
	struct action *a = arg;

	a->engine = TICKET_NONE;
	if (err && err->code != ERR_NONE) {
		struct err copy = *err;

		finish(a, PENDING_FAILED, &copy);
		return;
	}
	if (a->state == GOAL)
		return;
	enter(a, ENGINE_DONE);
	/* The events may still be on their way, and say less than an inspection. */
	a->engine = docker_refresh(a->owner->docker, str_of(a->a.name), on_refreshed, a, NULL);
	look(a);
}

/* ---- beginning ---- */

static struct action *find(const struct pending *p, struct str name, const char *id)
{
	list_each (at, &p->actions) {
		struct action *a = list_item(at, struct action, link);

		if (str_is(name, a->a.name) || (id && *id && !strcmp(id, a->id)))
			return a;
	}
	return NULL;
}

static struct action *find_number(const struct pending *p, unsigned number)
{
	list_each (at, &p->actions) {
		struct action *a = list_item(at, struct action, link);

		if (number && a->a.number == number)
			return a;
	}
	return NULL;
}

const struct pending_action *pending_find(const struct pending *p, struct str container)
{
	struct action *a = find(p, container, NULL);

	return a && a->state != GOAL && a->state != RESERVED ? &a->a : NULL;
}

const struct pending_action *pending_taken(const struct pending *p, struct str container)
{
	struct action *a = find(p, container, NULL);

	return a && a->state != GOAL ? &a->a : NULL;
}

const struct pending_action *pending_settling(const struct pending *p, struct str container, uint32_t *ret_took_ms)
{
	struct action *a = find(p, container, NULL);

	if (!a || a->state != GOAL)
		return NULL;
	*ret_took_ms = (uint32_t)(a->reached_ms - a->begun_ms);
	return &a->a;
}

const struct pending_action *pending_of(const struct pending *p, unsigned number)
{
	struct action *a = find_number(p, number);

	return a && a->state != GOAL ? &a->a : NULL;
}

enum pending_stage pending_stage_of(const struct pending *p, unsigned number, uint32_t *ret_took_ms)
{
	struct action *a = find_number(p, number);

	*ret_took_ms = a && a->state == GOAL ? (uint32_t)(a->reached_ms - a->begun_ms) : 0;
	if (!a || a->state < ASKED)
		return PENDING_NOT_ASKED;
	return a->state == GOAL ? PENDING_SETTLING : PENDING_ASKED;
}

unsigned pending_count(const struct pending *p)
{
	unsigned count = 0;

	list_each (at, &p->actions)
		count += list_item(at, struct action, link)->state != GOAL;
	return count;
}

static bool has_turn(const struct pending *p)
{
	unsigned count = 0;

	list_each (at, &p->actions) {
		enum state state = list_item(at, struct action, link)->state;

		count += state == ASKED || state == ENGINE_DONE;
	}
	return count < PENDING_AT_ENGINE_MAX;
}

static struct action *action_new(struct pending *p, struct str container, enum docker_action action)
{
	struct action *a = mem_zalloc(MEM_CONTROL, sizeof *a);
	const struct container *c = docker_find(p->docker, container);

	if (!a)
		return NULL;
	*a = (struct action){.owner = p, .begun_ms = clock_mono_ms(), .round = p->round};
	a->a.number = ++p->numbers ? p->numbers : ++p->numbers;
	a->a.action = action;
	a->a.since_s = clock_wall_s();
	str_copy(a->a.name, sizeof a->a.name, container);
	if (c)
		str_copy(a->id, sizeof a->id, str_of(c->id));
	list_init(&a->link);
	return a;
}

static bool may_begin(struct pending *p, struct str container, struct err *err)
{
	struct action *other = find(p, container, NULL);

	if (other && other->state == GOAL)
		finish(other, PENDING_REACHED, NULL); /* whoever acts again now has seen enough of it */
	else if (other)
		return err_set(err, ERR_CONFLICT, "%s is already under way on %s", docker_action_name(other->a.action),
			other->a.name);
	if (pending_count(p) >= p->max)
		return err_set(err, ERR_LIMIT,
			"%u actions are already under way; no more are taken on until one has ended", p->max);
	return true;
}

static struct action *reserve(struct pending *p, struct str container, enum docker_action action, int stop_timeout_s,
	uint64_t user_id, struct str user, pending_done_fn *on_done, void *arg, struct err *err)
{
	struct action *a;

	if (!may_begin(p, container, err))
		return NULL;
	a = action_new(p, container, action);
	if (!a) {
		err_set(err, ERR_MEMORY, "no memory for the action");
		return NULL;
	}
	a->stop_timeout_s = stop_timeout_s;
	a->a.user_id = user_id;
	str_copy(a->a.user, sizeof a->a.user, user);
	a->on_done = on_done;
	a->arg = arg;
	list_append(&p->actions, &a->link);
	return a;
}

/* Asks the engine. False: it could not be asked. */
static bool ask(struct action *a, struct err *err)
{
	const struct container *c = docker_find(a->owner->docker, str_of(a->a.name));

	a->was_down = false;
	if (c) {
		a->started_before_s = c->started_at_s;
		a->was_down = !c->stale && !is_up(c->state);
	}
	a->engine =
		docker_act(a->owner->docker, str_of(a->a.name), a->a.action, a->stop_timeout_s, on_engine_done, a, err);
	if (a->engine == TICKET_NONE)
		return false;
	enter(a, ASKED);
	return true;
}

static struct action *next_waiting(const struct pending *p)
{
	list_each (at, &p->actions) {
		struct action *a = list_item(at, struct action, link);

		if (a->state == WAITING)
			return a;
	}
	return NULL;
}

/* Whoever is told may begin and end others, so that it is looked from the beginning each time. */
static void pump(struct pending *p)
{
	struct action *a;

	if (p->pumping)
		return;
	p->pumping = true;
	while (has_turn(p) && (a = next_waiting(p))) {
		struct err err = {0};

		if (ask(a, &err))
			tell_changed(p, a);
		else
			finish(a, PENDING_FAILED, &err);
	}
	p->pumping = false;
}

unsigned pending_reserve(struct pending *p, struct str container, enum docker_action action, int stop_timeout_s,
	uint64_t user_id, struct str user, pending_done_fn *on_done, void *arg, struct err *err)
{
	struct action *a = reserve(p, container, action, stop_timeout_s, user_id, user, on_done, arg, err);

	if (!a && err->code == ERR_LIMIT)
		p->stats.refused++; /* somebody is told so; one of many that waits for room and comes again is not refused */
	return a ? a->a.number : 0;
}

void pending_confirm(struct pending *p, unsigned number)
{
	struct action *a = find_number(p, number);

	if (!a || a->state != RESERVED)
		return;
	/* In the order in which Discord accepted them. */
	list_remove(&a->link);
	list_append(&p->actions, &a->link);
	enter(a, WAITING);
	pump(p);
	a = find_number(p, number);
	if (a && a->state == WAITING)
		tell_changed(p, a);
}

void pending_drop(struct pending *p, unsigned number)
{
	struct action *a = find_number(p, number);

	if (a && a->state == RESERVED)
		action_free(a);
}

unsigned pending_begin(struct pending *p, struct str container, enum docker_action action, int stop_timeout_s,
	uint64_t user_id, struct str user, pending_done_fn *on_done, void *arg, struct err *err)
{
	struct action *a = reserve(p, container, action, stop_timeout_s, user_id, user, on_done, arg, err);
	unsigned number;

	if (!a)
		return 0;
	if (!has_turn(p)) {
		enter(a, WAITING);
	} else if (!ask(a, err)) {
		action_free(a);
		return 0;
	}
	number = a->a.number;
	tell_changed(p, a);
	return number;
}

bool pending_cancel(struct pending *p, unsigned number, struct str by, uint64_t by_id)
{
	struct action *a = find_number(p, number);
	struct err err;

	if (!a || a->state != WAITING)
		return false;
	err_set(&err, ERR_CANCELLED, "cancelled by %.*s (%" PRIu64 ")", STR_ARG(by), by_id);
	finish(a, PENDING_CANCELLED, &err);
	return true;
}

/* ---- news ---- */

void pending_on_container(struct pending *p, const struct container *c, enum container_event event)
{
	struct action *a = find(p, str_of(c->name), c->id);

	if (!a || event == CONTAINER_USAGE)
		return;
	if (event == CONTAINER_RENAMED)
		str_copy(a->a.name, sizeof a->a.name, str_of(c->name));
	if (event == CONTAINER_GONE && a->state > ASKED && must_stay_up(a)) {
		fail_gone(a);
		return;
	}
	if (event == CONTAINER_DIED && a->state == GOAL) {
		finish_dead(a, c);
		return;
	}
	if (event == CONTAINER_DIED)
		a->was_down = true;
	look(a);
}

static struct action *not_in_round(struct pending *p)
{
	list_each (at, &p->actions) {
		struct action *a = list_item(at, struct action, link);

		if (a->round != p->round)
			return a;
	}
	return NULL;
}

/* Whoever is told of an end may end and begin others: so no place in the list is kept across a look. */
void pending_on_resync(struct pending *p)
{
	struct action *a;

	p->round++;
	while ((a = not_in_round(p))) {
		a->round = p->round;
		look(a);
	}
}
