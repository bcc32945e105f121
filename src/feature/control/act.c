/* Acts on one container: asked for by a button or a command, begun when Discord has accepted our answer, recorded when they
 * end. Earlier would be wrong: a press that is delivered twice, or once more after a restart, would act again. */
#include "feature/control/panel.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CONFIRM_S = 60, TEXT_BYTES_MAX = PANEL_TEXT_BYTES_MAX };

/* One act that was asked for: what its record needs besides what pending keeps. */
struct act {
	struct list link;
	struct control *c;
	unsigned number; /* of pending: of what it is, or of what it cancels */
	uint64_t user_id, channel_id;
	const char *source;
	enum docker_action action;
	bool button; /* which table of cooldowns counts */
	bool cancels;
	char name[CONTAINER_NAME_BYTES], user[PENDING_USER_BYTES];
	char grant[GRANT_ID_BYTES]; /* by which it was allowed; "": none was needed */
};

static void act_free(struct act *a)
{
	list_remove(&a->link);
	mem_free(a);
}

static struct act *act_new(const struct turn *t, struct str container, enum docker_action action)
{
	struct act *a = mem_zalloc(MEM_CONTROL, sizeof *a);

	if (!a)
		return NULL;
	*a = (struct act){.c = t->c,
		.user_id = t->in->user_id,
		.channel_id = t->in->channel_id,
		.source = t->source,
		.action = action,
		.button = t->in->type != INTERACTION_COMMAND};
	str_copy(a->name, sizeof a->name, container);
	str_copy(a->user, sizeof a->user, turn_user(t));
	list_append(&t->c->acts, &a->link);
	return a;
}

static void record(const struct act *a, const char *name, const char *result, const char *reason, uint32_t took_ms)
{
	const struct audit_record r = {
		.user_id = a->user_id,
		.user = str_of(a->user),
		.action = docker_action_name(a->action),
		.target = str_of(name),
		.source = a->source,
		.channel_id = a->channel_id,
		.result = result,
		.reason = str_of(reason),
		.took_ms = took_ms,
	};
	audit_write(a->c->parts.audit, &r);
}

const char *act_cut_off(const struct control *c, unsigned number, const char **ret_reason, uint32_t *ret_took_ms)
{
	static const struct {
		const char *result, *reason;
	} words[] = {
		[PENDING_NOT_ASKED] = {"interrupted", "ddc was stopped before its turn came; nothing was done"},
		[PENDING_ASKED] = {"interrupted",
			"ddc was stopped before it was over; the engine may have done it all the same"},
		[PENDING_SETTLING] = {"done", ""},
	};
	enum pending_stage stage = pending_stage_of(c->parts.pending, number, ret_took_ms);

	*ret_reason = words[stage].reason;
	return words[stage].result;
}

void acts_end(struct control *c)
{
	list_each_safe (at, &c->acts) {
		struct act *a = list_item(at, struct act, link);
		const char *reason, *result;
		uint32_t took_ms;

		result = act_cut_off(c, a->number, &reason, &took_ms);
		if (!a->cancels) /* what it would have cancelled has a record of its own */
			record(a, a->name, result, reason, took_ms);
		act_free(a);
	}
}

const char *act_result(enum pending_outcome outcome)
{
	static const char *const results[] = {
		[PENDING_REACHED] = "done",
		[PENDING_FAILED] = "failed",
		[PENDING_TIMED_OUT] = "timed_out",
		[PENDING_CANCELLED] = "cancelled",
	};
	return results[outcome];
}

static void on_act_done(const struct pending_action *p, enum pending_outcome outcome, const struct err *err,
	uint32_t took_ms, void *arg)
{
	struct act *a = arg;
	struct control *c = a->c;

	record(a, p->name, act_result(outcome), err->text, took_ms);
	act_free(a);
	panels_note_end(c, p, outcome, err, took_ms);
}

/* ---- Discord has, or has not, accepted the answer ---- */

static void on_answered(bool accepted, const char *why, void *arg)
{
	struct act *a = arg;
	struct control *c = a->c;

	if (accepted) {
		cooldown_consume(c->parts.cooldowns, c->config, a->user_id, docker_action_name(a->action), a->button,
			str_of(a->name));
		log_begun(docker_action_name(a->action), str_of(a->name), str_of(a->user), a->user_id);
		pending_confirm(c->parts.pending, a->number); /* a ends with it */
		return;
	}
	pending_drop(c->parts.pending, a->number);
	rights_give_back(c->usage, a->grant, a->user_id);
	record(a, a->name, "not_done", why, 0);
	act_free(a);
	panels_follow(c, STR(""));
	bulk_go_on(c); /* it may have waited for this place */
}

static void on_cancel_answered(bool accepted, const char *why, void *arg)
{
	struct act *a = arg;

	(void)why;
	if (accepted)
		pending_cancel(a->c->parts.pending, a->number, str_of(a->user), a->user_id);
	act_free(a);
}

/* ---- asking ---- */

/* Two people at once: one action, and one explanation. */
static bool is_under_way(const struct turn *t, struct str container, enum docker_action action)
{
	const struct pending_action *other = pending_taken(t->c->parts.pending, container);
	struct buf text, user;
	char when[48];

	if (!other)
		return false;
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_init(&user, MEM_CONTROL, TEXT_BYTES_MAX);
	view_add_text(&user, str_of(other->user), CONTROL_NAME_CHARS_MAX, false);
	snprintf(when, sizeof when, "<t:%" PRId64 ":R>", other->since_s);
	TR_ADD(&text, t->lang, TR_CONTROL_UNDER_WAY, {"user", buf_view(&user)},
		{"action", str_of(tr(t->lang, action_key(other->action)))}, {"when", str_of(when)});
	turn_say(t, buf_view(&text));
	turn_record(t, docker_action_name(action), container, "refused", STR("an action is already under way"), 0);
	buf_clear(&text);
	buf_clear(&user);
	return true;
}

/* An old panel's button, or the state changed a moment ago: nothing is done, and the panel shows how it is
 * now. */
static bool fits(const struct turn *t, struct str container, enum docker_action action)
{
	struct view v = view_of(t->c->parts.docker, container, config_find_container(t->c->config, container), NULL);
	bool beyond = v.state == CONTAINER_BEYOND; /* the panel says so, and what would change it */
	struct panel *p;

	if (view_action_fits(&v, action))
		return true;
	turn_record(t, docker_action_name(action), container, "refused",
		beyond ? STR("beyond DDC_MAX_CONTAINERS") : STR("does not fit the state"), 0);
	p = panel_begin(t, container);
	if (!p)
		return false;
	if (docker_link_of(t->c->parts.docker) == DOCKER_UP && !beyond)
		TR_ADD(&p->note, p->lang, TR_CONTROL_DOES_NOT_FIT, {"action", str_of(tr(p->lang, action_key(action)))});
	panel_redraw(p);
	t->c->opening = NULL;
	return false;
}

static void say_no_room(const struct turn *t, struct str container, enum docker_action action, const struct err *err)
{
	struct pending *pending = t->c->parts.pending;
	struct buf text;

	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	if (err->code == ERR_LIMIT)
		tr_count(&text, t->lang, TR_CONTROL_QUEUE_FULL_ONE, pending_max(pending));
	else
		buf_add_str(&text, tr(t->lang, TR_CONTROL_NO_MEMORY));
	turn_say(t, buf_view(&text));
	turn_record(t, docker_action_name(action), container, "refused", str_of(err->text), 0);
	buf_clear(&text);
}

/* Shows the pending look as the answer; what is asked for begins when Discord has taken it. TAKES a. */
static void answer(const struct turn *t, struct act *a, respond_first_fn *on_first)
{
	struct control *c = t->c;
	struct panel *p = panel_begin(t, str_of(a->name));

	if (!p || !respond_on_first(c->respond, p->reply, on_first, a)) {
		on_first(false, "no memory for an answer", a);
	} else {
		p->act = a->number;
		panel_redraw(p); /* a may be gone after this */
	}
	c->opening = NULL;
}

/* ---- the second look ---- */

static bool is_dangerous(enum docker_action action)
{
	return action == DOCKER_KILL;
}

static void ask_again(const struct turn *t, const struct config_container *settings, enum docker_action action)
{
	struct respond *r = t->c->respond;
	ticket reply = respond_begin(r, &t->in->ref, turn_as(t));
	char id[CUSTOM_ID_BYTES], until[24], when[48];
	int64_t until_s = clock_wall_s() + CONFIRM_S;
	struct buf text, name;
	struct message m;

	panels_leave(t->c, t->in);
	snprintf(until, sizeof until, "%" PRId64, until_s);
	snprintf(when, sizeof when, "<t:%" PRId64 ":R>", until_s);
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_init(&name, MEM_CONTROL, TEXT_BYTES_MAX);
	view_add_text(&name, str_of(settings->display_name), CONTROL_NAME_CHARS_MAX, false);
	TR_ADD(&text, t->lang, TR_CONTROL_KILL_ASK, {"container", buf_view(&name)}, {"when", str_of(when)});
	respond_message(r, reply, &m);
	message_embed(&m, str_of(tr(t->lang, action_key(action))), view_tone_colour(TONE_WARN));
	message_text(&m, buf_view(&text));
	message_row(&m);
	custom_id_format(id, ID_KILL_GO, str_of(until), str_of(settings->name), STR(""));
	message_button(&m, BUTTON_DANGER, "☠️", str_of(tr(t->lang, action_key(action))), id, false);
	message_button(&m, BUTTON_SECONDARY, "✖️", str_of(tr(t->lang, TR_CONTROL_BULK_CANCEL)),
		custom_id_named(id, ID_SHOW, str_of(settings->name)), false);
	respond_send(r, reply, &m);
	buf_clear(&text);
	buf_clear(&name);
}

/* ---- what is asked for ---- */

static void act(const struct turn *t, struct str container, enum docker_action action, bool confirmed)
{
	const struct config_container *settings = config_find_container(t->c->config, container);
	bool button = t->in->type != INTERACTION_COMMAND;
	struct err err = {ERR_MEMORY, "no memory"};
	char grant[GRANT_ID_BYTES];
	struct act *a;

	if (!turn_may_by(t, (enum policy_verb)action, settings, container, grant) ||
		!turn_is_free(t, (enum policy_verb)action, docker_action_name(action), button, container) ||
		is_under_way(t, container, action) || !fits(t, container, action))
		return;
	if (is_dangerous(action) && !confirmed) {
		ask_again(t, settings, action);
		return;
	}
	a = act_new(t, container, action);
	if (a)
		a->number = pending_reserve(t->c->parts.pending, container, action, settings->stop_timeout_s,
			t->in->user_id, turn_user(t), on_act_done, a, &err);
	if (a && a->number) {
		memcpy(a->grant, grant, sizeof a->grant);
		rights_use(t->c->usage, grant, t->in->user_id);
		answer(t, a, on_answered);
		return;
	}
	if (a)
		act_free(a);
	say_no_room(t, container, action, &err);
}

void act_press(const struct turn *t, struct str container, enum docker_action action)
{
	act(t, container, action, false);
}

void act_confirmed(const struct turn *t, struct str container, enum docker_action action, struct str until)
{
	int64_t until_s;

	if (str_to_int(until, 0, INT64_MAX, &until_s) && until_s >= clock_wall_s() &&
		until_s <= clock_wall_s() + CONFIRM_S)
		act(t, container, action, true);
	else
		act(t, container, action, false); /* too late: it is asked again */
}

/* Who asked may always take it back; others if they might have asked for it. */
void act_cancel(const struct turn *t, struct str container)
{
	const struct config_container *settings = config_find_container(t->c->config, container);
	const struct pending_action *p = pending_find(t->c->parts.pending, container);
	struct act *a;

	if (!turn_may(t, VERB_PICK, settings, container))
		return;
	if (!p || !p->waiting) {
		turn_say_key(t, TR_CONTROL_CANCEL_TOO_LATE);
		return;
	}
	if (p->user_id != t->in->user_id && !turn_may(t, (enum policy_verb)p->action, settings, container))
		return;
	a = act_new(t, container, p->action);
	if (!a) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	a->cancels = true;
	a->number = p->number; /* this one and no other that waits there by then: only this was asked of policy */
	answer(t, a, on_cancel_answered);
}
