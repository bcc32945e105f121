#include "docker/merge.h"

#include <string.h>

static void want(struct entry *e, enum want how)
{
	if (e->want < how)
		e->want = (unsigned char)how;
	e->inspected = false;
}

static bool has_ended(enum container_state state)
{
	return state == CONTAINER_EXITED || state == CONTAINER_DEAD;
}

/* What others should be told of a container that was `before` and is now e. */
static struct merged compare(struct entry *e, const struct container *before)
{
	struct merged m = {.entry = e, .changed = true, .what = CONTAINER_CHANGED};
	const struct container *c = &e->c;
	if (has_ended(c->state) && container_is_up(before))
		m.what = CONTAINER_DIED;
	else if (c->state != before->state)
		m.what = CONTAINER_CHANGED;
	else if (c->health != before->health)
		m.what = CONTAINER_HEALTH_CHANGED;
	else if (strcmp(c->name, before->name) != 0)
		m.what = CONTAINER_RENAMED;
	else
		m.changed = c->exit_code != before->exit_code || c->oom_killed != before->oom_killed ||
			    c->restart_count != before->restart_count || c->started_at_s != before->started_at_s ||
			    c->finished_at_s != before->finished_at_s || c->stale != before->stale ||
			    c->memory_limit_bytes != before->memory_limit_bytes ||
			    strcmp(c->image, before->image) != 0 || strcmp(c->project, before->project) != 0;
	return m;
}

static void set_state(struct entry *e, enum container_state state)
{
	if (e->c.state == state)
		return;
	e->c.state = state;
	e->changes++;
	if (state != CONTAINER_RUNNING && state != CONTAINER_PAUSED) {
		e->c.health = HEALTH_NONE; /* the engine keeps the last one; for people it means nothing any more */
		stats_forget(&e->c, &e->sample);
		e->usage_due_ms = 0;
		e->usage_begun = false;
	}
}

/* ---- the list ---- */

static void copy_item(struct containers *cs, struct entry *e, const struct wire_item *item, bool after_gap)
{
	bool moved = e->c.state != item->c.state;
	if (strcmp(e->c.name, item->c.name) != 0)
		containers_rename(cs, e, item->c.name);
	memcpy(e->c.image, item->c.image, sizeof e->c.image);
	memcpy(e->c.project, item->c.project, sizeof e->c.project);
	set_state(e, item->c.state);
	e->c.health = e->c.state == CONTAINER_RUNNING || e->c.state == CONTAINER_PAUSED ? item->c.health : HEALTH_NONE;
	e->has_health = e->has_health || item->c.health != HEALTH_NONE;
	if (item->exit_known)
		e->c.exit_code = item->c.exit_code;
	e->c.stale = false;
	e->listed = true;
	if (moved || item->young || after_gap || !e->inspected)
		want(e, moved ? WANT_SOON : WANT_SOMETIME);
}

struct merged merge_item(struct containers *cs, const struct wire_item *item, bool after_gap)
{
	struct entry *e = containers_by_id_or_name(cs, item->c.id, item->c.name);
	struct entry *evicted = NULL;
	bool is_new = !e;
	if (is_new)
		e = containers_add(cs, item->c.id, item->c.name, &evicted);
	if (!e)
		return (struct merged){0};
	struct container before = e->c;
	copy_item(cs, e, item, after_gap);
	if (is_new)
		return (struct merged){.entry = e, .evicted = evicted, .changed = true, .what = CONTAINER_APPEARED};
	return compare(e, &before);
}

static void count_oom_kill(struct entry *e)
{
	e->c.oom_kills += e->c.oom_kills < UINT16_MAX;
}

/* ---- a description ---- */

static bool is_as_before(const struct container *c, const struct container *before)
{
	return c->state == before->state && c->stale == before->stale && c->exit_code == before->exit_code &&
	       c->oom_killed == before->oom_killed;
}

/* A description tells of the same end again and again, and of the one before ddc was there; that is not one more. */
static bool is_another_oom_kill(const struct container *before, const struct wire_details *d)
{
	if (before->restart_count < 0 && !before->finished_at_s)
		return false;
	return !before->oom_killed || d->finished_at_s - before->finished_at_s > MERGE_OOM_WINDOW_S;
}

struct merged merge_details(struct containers *cs, struct entry *e, const struct wire_details *d)
{
	struct container before = e->c;
	if (d->name[0] && strcmp(d->name, e->c.name) != 0)
		containers_rename(cs, e, d->name);
	set_state(e, d->state);
	if (d->state == CONTAINER_RUNNING || d->state == CONTAINER_PAUSED)
		e->c.health = d->health;
	e->has_health = d->health != HEALTH_NONE;
	e->c.exit_code = d->exit_code;
	/* Engines on cgroup v1 often say false although they sent the event: what the event said stays. While
	 * it runs the field is that of this run, and ours that of the last end. */
	if (has_ended(d->state) && d->oom_killed) {
		if (is_another_oom_kill(&before, d))
			count_oom_kill(e);
		e->c.oom_killed = true;
	}
	e->c.restart_count = d->restart_count;
	e->c.started_at_s = d->started_at_s;
	e->c.finished_at_s = d->finished_at_s;
	e->c.memory_limit_bytes = d->memory_limit_bytes;
	e->stop_timeout_s = d->stop_timeout_s;
	e->tty = d->tty;
	e->tty_known = true;
	e->c.stale = false;
	e->inspected = true;
	e->want = WANT_NOTHING;
	struct merged m = compare(e, &before);
	if (m.changed && m.what == CONTAINER_CHANGED && is_as_before(&e->c, &before))
		m.what = CONTAINER_DESCRIBED;
	return m;
}

/* ---- events ---- */

static struct merged told(struct entry *e, enum container_event what, enum want how)
{
	e->changes++;
	want(e, how);
	return (struct merged){.entry = e, .changed = true, .what = what};
}

static struct merged silent(struct entry *e, enum want how)
{
	if (how != WANT_NOTHING)
		want(e, how);
	return (struct merged){.entry = e};
}

static struct merged on_create(struct containers *cs, const struct wire_event *ev)
{
	struct entry *evicted = NULL, *e = ev->name[0] ? containers_add(cs, ev->id, ev->name, &evicted) : NULL;
	if (!e)
		return (struct merged){0};
	memcpy(e->c.image, ev->image, sizeof e->c.image);
	memcpy(e->c.project, ev->project, sizeof e->c.project);
	e->c.state = CONTAINER_CREATED;
	struct merged m = told(e, CONTAINER_APPEARED, WANT_SOMETIME);
	m.evicted = evicted;
	return m;
}

/* Of one that is not kept. */
static struct merged on_stranger(struct containers *cs, const struct wire_event *ev)
{
	if (ev->action == WIRE_DESTROY)
		left_out_remove(&cs->out, ev->id, ev->name);
	if (ev->action != WIRE_RENAME || !ev->name[0])
		return (struct merged){0};
	return (struct merged){.unknown = left_out_has_id(&cs->out, ev->id) || containers_wants(cs, ev->name)};
}

static struct merged on_start(struct entry *e, const struct wire_event *ev)
{
	set_state(e, CONTAINER_RUNNING);
	e->c.started_at_s = ev->time_s;
	e->c.health = e->has_health ? HEALTH_STARTING : HEALTH_NONE;
	e->oom_at_s = 0;
	return told(e, CONTAINER_CHANGED, WANT_SOON);
}

static struct merged on_die(struct entry *e, const struct wire_event *ev)
{
	set_state(e, CONTAINER_EXITED); /* "restarting" if its policy says so: the description tells, soon */
	if (ev->exit_known)
		e->c.exit_code = ev->exit_code;
	e->c.finished_at_s = ev->time_s;
	e->c.oom_killed = e->oom_at_s && ev->time_s - e->oom_at_s <= MERGE_OOM_WINDOW_S;
	if (e->c.oom_killed)
		count_oom_kill(e);
	e->oom_at_s = 0;
	return told(e, CONTAINER_DIED, WANT_SOON);
}

static struct merged on_oom(struct entry *e, const struct wire_event *ev)
{
	e->oom_at_s = ev->time_s;
	return (struct merged){.entry = e, .changed = true, .what = CONTAINER_OOM};
}

static struct merged on_pause(struct entry *e, enum container_state state)
{
	bool changed = e->c.state != state;
	set_state(e, state);
	e->changes++;
	return (struct merged){.entry = e, .changed = changed, .what = CONTAINER_CHANGED};
}

static struct merged on_health(struct entry *e, const struct wire_event *ev)
{
	if (!ev->health_known)
		return silent(e, WANT_SOON);
	bool changed = e->c.health != ev->health;
	e->has_health = true;
	e->c.health = ev->health;
	e->changes++;
	return (struct merged){.entry = e, .changed = changed, .what = CONTAINER_HEALTH_CHANGED};
}

static struct merged on_rename(struct containers *cs, struct entry *e, const struct wire_event *ev)
{
	if (!ev->name[0] || strcmp(e->c.name, ev->name) == 0)
		return (struct merged){.entry = e};
	containers_rename(cs, e, ev->name);
	e->changes++;
	return (struct merged){.entry = e, .changed = true, .what = CONTAINER_RENAMED};
}

struct merged merge_event(struct containers *cs, const struct wire_event *ev)
{
	struct entry *e = containers_by_id(cs, ev->id);
	if (!e && ev->action == WIRE_CREATE)
		return on_create(cs, ev);
	if (!e)
		return on_stranger(cs, ev);
	switch (ev->action) {
	case WIRE_START: return on_start(e, ev);
	case WIRE_DIE: return on_die(e, ev);
	case WIRE_OOM: return on_oom(e, ev);
	case WIRE_PAUSE: return on_pause(e, CONTAINER_PAUSED);
	case WIRE_UNPAUSE: return on_pause(e, CONTAINER_RUNNING);
	case WIRE_HEALTH: return on_health(e, ev);
	case WIRE_RENAME: return on_rename(cs, e, ev);
	case WIRE_UPDATE: return silent(e, WANT_SOON);
	case WIRE_DESTROY: return (struct merged){.entry = e, .changed = true, .what = CONTAINER_GONE};
	default: return (struct merged){.entry = e};
	}
}
