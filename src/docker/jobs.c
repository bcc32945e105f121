/*
 * What somebody waits for: actions, a fresh description, a fresh reading. Each has a ticket; whoever forgets
 * it hears nothing, and the engine does it all the same.
 */
#include "base/bug.h"
#include "docker/docker_inside.h"

#include <stdio.h>

struct job {
	struct list link; /* in docker.waiting, while an action waits for its turn */
	struct docker *d;
	ticket ticket;
	docker_done_fn *on_done; /* NULL once forgotten */
	void *arg;
	char id[CONTAINER_ID_BYTES];
	struct call *call;
	struct timer *timer; /* between two readings */
	bool is_action, at_engine, second_reading;
	enum docker_action action;
	int stop_timeout_s; /* -1: the container's own */
	unsigned timeout_ms;
};

enum {
	ACTION_TIMEOUT_MS = 120000,
	STOP_TIMEOUT_S = 10,	      /* Docker's own default */
	READING_FRESH_MS = 1000,      /* a figure this young is "now" */
	READING_COMPARABLE_MS = 30000 /* an average over more than this is not "now" any more */
};

static const struct {
	const char *name;
	const char *refusal; /* "refuses to …" */
	bool stops;
} actions[DOCKER_ACTION_COUNT] = {
	[DOCKER_START] = {"start", "start containers", false},
	[DOCKER_STOP] = {"stop", "stop containers", true},
	[DOCKER_RESTART] = {"restart", "restart containers", true},
	[DOCKER_PAUSE] = {"pause", "pause containers", false},
	[DOCKER_UNPAUSE] = {"unpause", "continue paused containers", false},
	[DOCKER_KILL] = {"kill", "kill containers", false},
};

const char *docker_action_name(enum docker_action a)
{
	return actions[a].name;
}

bool docker_action_parse(struct str name, enum docker_action *ret_action)
{
	for (int a = 0; a < DOCKER_ACTION_COUNT; a++) {
		if (str_is_nocase(name, actions[a].name)) {
			*ret_action = (enum docker_action)a;
			return true;
		}
	}
	return false;
}

static void start_waiting(struct docker *d);

static void job_free(struct job *j)
{
	struct docker *d = j->d;
	ticket_redeem(&d->jobs, j->ticket);
	call_cancel(j->call);
	timer_free(j->timer);
	list_remove(&j->link);
	if (j->is_action)
		d->actions--;
	if (j->at_engine)
		d->actions_at_engine--;
	mem_free(j);
}

static void job_done(const struct err *err, void *arg)
{
	struct job *j = arg;
	struct docker *d = j->d;
	docker_done_fn *on_done = j->on_done;
	void *done_arg = j->arg;
	struct err why = err ? *err : (struct err){0};
	job_free(j);
	start_waiting(d);
	if (on_done)
		on_done(err ? &why : NULL, done_arg);
}

static struct job *job_new(struct docker *d, const struct entry *e, docker_done_fn *on_done, void *arg, struct err *err)
{
	struct job *j = mem_zalloc(MEM_DOCKER, sizeof *j);
	if (!j) {
		err_set(err, ERR_MEMORY, "no memory to ask the engine");
		return NULL;
	}
	*j = (struct job){.d = d, .on_done = on_done, .arg = arg};
	list_init(&j->link);
	str_copy(j->id, sizeof j->id, str_of(e->c.id));
	j->ticket = ticket_issue(&d->jobs, j);
	if (j->ticket)
		return j;
	err_set(err, ERR_LIMIT, "%d requests to the engine are already under way", DOCKER_JOBS_MAX);
	mem_free(j);
	return NULL;
}

struct entry *docker_need(struct docker *d, struct str name, struct err *err)
{
	if (d->link != DOCKER_UP) {
		link_try_soon(d);
		if (d->why.code)
			err_set(err, d->why.code, "the Docker engine is not available: %.150s", d->why.text);
		else
			err_set(err, ERR_UNREACHABLE, "the Docker engine has not answered yet");
		return NULL;
	}
	struct entry *e = containers_find(&d->containers, name);
	int length = (int)(name.n < CONTAINER_NAME_BYTES ? name.n : CONTAINER_NAME_BYTES);
	if (!e && docker_state_of(d, name) == CONTAINER_BEYOND)
		err_set(err, ERR_LIMIT, "%.*s lies beyond the %u containers that are kept: raise DDC_MAX_CONTAINERS",
			length, name.p, d->containers.max);
	else if (!e)
		err_set(err, ERR_NOT_FOUND, "No such container: %.*s", length, name.p);
	return e;
}

/* ---- actions ---- */

static void on_inspected(const struct err *err, void *arg)
{
	job_done(NULL, arg); /* the action itself succeeded, and that is what was asked for */
}

static void action_failed(struct job *j, const struct err *err, int status)
{
	struct err why = *err;
	if (status == 403)
		err_set(&why, ERR_FORBIDDEN, "the engine or its proxy refuses to %s: %.120s",
			actions[j->action].refusal, err->text);
	else if (err->code == ERR_TIMEOUT)
		err_set(&why, ERR_TIMEOUT, "the engine has not answered to \"%s\" within %u s; it may still do it",
			actions[j->action].name, j->timeout_ms / 1000);
	link_renegotiate(j->d, err, status);
	job_done(&why, j);
}

static void on_action_end(const struct err *err, int status, void *arg)
{
	struct job *j = arg;
	struct docker *d = j->d;
	j->call = NULL;
	if (err) {
		action_failed(j, err, status);
		return;
	}
	/* Not done before the cache shows it: whoever looks next must not see the state of before. */
	struct entry *e = containers_by_id(&d->containers, j->id);
	if (!e || !inspect_start(d, e, on_inspected, j, NULL)) {
		listing_again(d);
		job_done(NULL, j);
	}
}

static bool action_send(struct job *j, struct err *err)
{
	static const struct call_handler handler = {.on_end = on_action_end};
	char path[CONTAINER_ID_BYTES + 64], timeout[24] = "";
	if (actions[j->action].stops && j->stop_timeout_s >= 0)
		snprintf(timeout, sizeof timeout, "?t=%d", j->stop_timeout_s);
	snprintf(path, sizeof path, "/containers/%s/%s%s", j->id, actions[j->action].name, timeout);
	struct call_request r = {
		.method = "POST", .path = path, .head_timeout_ms = j->timeout_ms, .idle_timeout_ms = DOCKER_ANSWER_MS};
	j->call = call_start(j->d, &r, &handler, j, err);
	if (!j->call)
		return false;
	j->at_engine = true;
	j->d->actions_at_engine++;
	return true;
}

/* The next ones in line. One that cannot be sent ends with its reason, from the loop as promised. */
static void start_waiting(struct docker *d)
{
	while (d->actions_at_engine < DOCKER_ACTIONS_AT_ENGINE_MAX && !list_empty(&d->waiting)) {
		struct job *j = list_item(list_first(&d->waiting), struct job, link);
		struct err why;
		list_remove(&j->link);
		if (!action_send(j, &why)) {
			job_done(&why, j);
			return; /* job_done() has gone on with the others */
		}
	}
}

static unsigned action_deadline_ms(
	const struct docker *d, const struct entry *e, enum docker_action action, int timeout_s)
{
	if (!actions[action].stops)
		return d->action_timeout_ms;
	int s = timeout_s >= 0 ? timeout_s : e->stop_timeout_s >= 0 ? e->stop_timeout_s : STOP_TIMEOUT_S;
	return d->action_timeout_ms + (unsigned)s * 1000;
}

ticket docker_act(struct docker *d, struct str name, enum docker_action action, int stop_timeout_s,
	docker_done_fn *on_done, void *arg, struct err *err)
{
	struct entry *e = docker_need(d, name, err);
	if (!e)
		return TICKET_NONE;
	if (d->actions >= DOCKER_ACTIONS_MAX) {
		err_set(err, ERR_LIMIT, "%d actions are already under way", DOCKER_ACTIONS_MAX);
		return TICKET_NONE;
	}
	struct job *j = job_new(d, e, on_done, arg, err);
	if (!j)
		return TICKET_NONE;
	j->is_action = true;
	j->action = action;
	j->stop_timeout_s = stop_timeout_s > 86400 ? 86400 : stop_timeout_s;
	j->timeout_ms = action_deadline_ms(d, e, action, j->stop_timeout_s);
	d->actions++;
	if (d->actions_at_engine >= DOCKER_ACTIONS_AT_ENGINE_MAX) {
		list_append(&d->waiting, &j->link);
		return j->ticket;
	}
	if (action_send(j, err))
		return j->ticket;
	job_free(j);
	return TICKET_NONE;
}

/* ---- a fresh description, a fresh reading ---- */

ticket docker_refresh(struct docker *d, struct str name, docker_done_fn *on_done, void *arg, struct err *err)
{
	struct entry *e = docker_need(d, name, err);
	struct job *j = e ? job_new(d, e, on_done, arg, err) : NULL;
	if (!j)
		return TICKET_NONE;
	if (inspect_start(d, e, job_done, j, err))
		return j->ticket;
	job_free(j);
	return TICKET_NONE;
}

static void on_second_due(void *arg)
{
	struct job *j = arg;
	struct err why = {0};
	struct entry *e = containers_by_id(&j->d->containers, j->id);
	if (!e || e->c.state != CONTAINER_RUNNING)
		err_set(&why, ERR_CONFLICT, "the container has ended");
	if (why.code || !reading_start(j->d, e, job_done, j, &why))
		job_done(&why, j);
}

static void on_first_reading(const struct err *err, void *arg)
{
	struct job *j = arg;
	if (err)
		job_done(err, j);
	else
		timer_set(j->timer, DOCKER_STATS_PAIR_MS);
}

/* What is known is young enough to be told again. */
static void on_fresh(void *arg)
{
	job_done(NULL, arg);
}

static struct entry *need_readable(struct docker *d, struct str name, struct err *err)
{
	struct entry *e = docker_need(d, name, err);
	if (!e)
		return NULL;
	usage_forget_old(d, e);
	if (e->c.state != CONTAINER_RUNNING)
		err_set(err, ERR_CONFLICT, "Container %s is not running", e->c.name);
	else if (usage_is_fresh(d, e) || !d->may_read_usage || d->may_read_usage(d->may_read_usage_arg))
		return e;
	else
		err_set(err, ERR_MEMORY, "ddc's memory is short: no figures are read until there is some again");
	return NULL;
}

ticket docker_read_usage(struct docker *d, struct str name, docker_done_fn *on_done, void *arg, struct err *err)
{
	struct entry *e = need_readable(d, name, err);
	struct job *j = e ? job_new(d, e, on_done, arg, err) : NULL;
	if (!j)
		return TICKET_NONE;
	uint64_t age_ms = loop_now_ms(d->loop) - e->sample.at_ms;
	bool comparable = e->sample.at_ms && age_ms >= READING_FRESH_MS && age_ms < READING_COMPARABLE_MS;
	j->timer = timer_new(d->loop, usage_is_fresh(d, e) ? on_fresh : on_second_due, j);
	if (!j->timer)
		err_set(err, ERR_MEMORY, "no memory to read a container's usage");
	else if (usage_is_fresh(d, e)) {
		timer_set(j->timer, 0);
		return j->ticket;
	} else if (e->sample.at_ms &&
		   age_ms < READING_FRESH_MS) { /* too young to compare with: one more, a second later */
		timer_set(j->timer, DOCKER_STATS_PAIR_MS);
		return j->ticket;
	} else if (reading_start(d, e, comparable ? job_done : on_first_reading, j, err)) {
		return j->ticket;
	}
	job_free(j);
	return TICKET_NONE;
}

/* ---- life ---- */

void docker_forget(struct docker *d, ticket t)
{
	struct job *j = ticket_item(&d->jobs, t);
	if (j)
		j->on_done = NULL;
}

void jobs_init(struct docker *d)
{
	ticket_table_init(&d->jobs, MEM_DOCKER, DOCKER_JOBS_MAX);
	list_init(&d->waiting);
	if (!d->action_timeout_ms)
		d->action_timeout_ms = ACTION_TIMEOUT_MS;
}

static void clear_job(ticket t, void *item, void *arg)
{
	job_free(item);
}

void jobs_clear(struct docker *d)
{
	ticket_each(&d->jobs, clear_job, NULL);
	ticket_table_clear(&d->jobs);
}
