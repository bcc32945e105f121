/* All containers at once: what would be done is shown first, then done a few at a time, and told with every
 * reason. */
#include "feature/control/bulk_plan.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	BULK_AT_ONCE = 3,    /* the queue of pending actions has room left for people */
	BULK_CONFIRM_S = 60, /* the confirmation is good for so long */
	TEXT_BYTES_MAX = PLAN_TEXT_BYTES_MAX
};

enum item_state { WAITING, RUNNING, DONE, FAILED, SKIPPED };

struct item {
	struct bulk *bulk;
	char name[CONTAINER_NAME_BYTES];
	enum item_state state;
	unsigned number; /* of pending, while RUNNING; else 0 */
	char *reason;	 /* of FAILED and SKIPPED; may be NULL */
};

/* One run. Its items are the containers that were to be acted on when it was confirmed: at most as many as
 * are configured. */
struct bulk {
	struct control *c;
	enum docker_action action;
	ticket reply;
	enum tr_lang lang;
	struct policy_subject who; /* each container is asked for again as it comes */
	uint64_t *roles;	   /* who's; owned */
	char user[PENDING_USER_BYTES];
	int64_t since_s;
	struct item *items;
	unsigned count, next, running;
	bool accepted; /* Discord has taken the answer to the confirmation: before that nothing begins */
	bool stepping;
};

static const char *record_name(enum docker_action a)
{
	return a == DOCKER_STOP ? "bulk_stop" : "bulk_restart";
}

static void bulk_free(struct bulk *b)
{
	if (!b)
		return;
	for (unsigned i = 0; i < b->count; i++)
		mem_free(b->items[i].reason);
	mem_free(b->items);
	mem_free(b->roles);
	mem_free(b);
}

/* ---- asking ---- */

/* False: answered with what stands in the way. */
static bool is_possible(const struct turn *t, enum docker_action action)
{
	const struct bulk *b = t->c->bulk;
	struct buf text, part;
	char when[48];

	if (!turn_may(t, VERB_BULK, NULL, STR("")))
		return false;
	if (!b && docker_link_of(t->c->parts.docker) == DOCKER_UP)
		return true;
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_init(&part, MEM_CONTROL, TEXT_BYTES_MAX);
	if (b) {
		view_add_text(&part, str_of(b->user), CONTROL_NAME_CHARS_MAX, false);
		snprintf(when, sizeof when, "<t:%" PRId64 ":R>", b->since_s);
		TR_ADD(&text, t->lang, TR_CONTROL_BULK_BUSY, {"user", buf_view(&part)}, {"when", str_of(when)});
	} else {
		message_escape(&part, str_of(docker_link_error(t->c->parts.docker)->text));
		TR_ADD(&text, t->lang, TR_CONTROL_ENGINE_DOWN, {"why", buf_view(&part)});
	}
	turn_say(t, buf_view(&text));
	turn_record(t, record_name(action), STR(""), "refused",
		b ? STR("another bulk run is under way") : STR("the engine is not reachable"), 0);
	buf_clear(&text);
	buf_clear(&part);
	return false;
}

static void write_plan(
	const struct turn *t, struct message *m, enum docker_action action, const struct plan *plan, bool changed)
{
	bool stop = action == DOCKER_STOP;
	struct buf text;

	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	if (changed)
		buf_printf(&text, "%s\n\n", tr(t->lang, TR_CONTROL_BULK_CHANGED));
	if (plan->acts) {
		tr_count(&text, t->lang, stop ? TR_CONTROL_BULK_STOP_ONE : TR_CONTROL_BULK_RESTART_ONE, plan->acts);
		buf_add_char(&text, '\n');
		plan_add_names(&text, plan, t->lang);
	} else {
		buf_add_str(&text, tr(t->lang, TR_CONTROL_BULK_NOTHING));
	}
	if (plan->left_out.length)
		buf_add_char(&text, '\n');
	buf_add_view(&text, buf_view(&plan->left_out));
	if (plan->not_up) {
		buf_add_str(&text, "\n-# ");
		tr_count(&text, t->lang, TR_CONTROL_BULK_NOT_UP_ONE, plan->not_up);
	}
	message_embed(m, str_of(tr(t->lang, stop ? TR_CONTROL_BULK_STOP_TITLE : TR_CONTROL_BULK_RESTART_TITLE)),
		view_tone_colour(TONE_WARN));
	message_text(m, buf_view(&text));
	buf_clear(&text);
}

static void write_confirmation(
	const struct turn *t, struct message *m, enum docker_action action, const struct plan *plan)
{
	char id[CUSTOM_ID_BYTES], until[24], hash[24], when[48];
	int64_t until_s = clock_wall_s() + BULK_CONFIRM_S;
	struct buf text;

	snprintf(until, sizeof until, "%" PRId64, until_s);
	snprintf(hash, sizeof hash, "%016" PRIx64, plan->hash);
	snprintf(when, sizeof when, "<t:%" PRId64 ":R>", until_s);
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_add_str(&text, "\n\n");
	TR_ADD(&text, t->lang, TR_CONTROL_BULK_ASK, {"when", str_of(when)});
	message_text(m, buf_view(&text));
	buf_clear(&text);
	custom_id_format(id, ID_BULK_GO, str_of(docker_action_name(action)), str_of(until), str_of(hash));
	message_row(m);
	message_button(m, BUTTON_DANGER, "⚠️", str_of(tr(t->lang, action_key(action))), id, false);
	message_button(m, BUTTON_SECONDARY, "✖️", str_of(tr(t->lang, TR_CONTROL_BULK_CANCEL)),
		custom_id_plain(id, ID_BULK_CANCEL), false);
}

static void show_plan(const struct turn *t, enum docker_action action, const struct plan *plan, bool changed)
{
	struct respond *r = t->c->respond;
	ticket reply = respond_begin(r, &t->in->ref, turn_as(t));
	struct message m;

	respond_message(r, reply, &m);
	write_plan(t, &m, action, plan, changed);
	if (plan->acts)
		write_confirmation(t, &m, action, plan);
	respond_send(r, reply, &m);
}

void bulk_ask(const struct turn *t, enum docker_action action)
{
	struct plan plan;

	if (!is_possible(t, action))
		return;
	plan_make(t, action, &plan);
	show_plan(t, action, &plan, false);
	plan_clear(&plan);
}

/* Instead of the question: why it is over. */
static void show_end(const struct turn *t, enum tr_key key)
{
	struct respond *r = t->c->respond;
	ticket reply = respond_begin(r, &t->in->ref, turn_as(t));
	struct message m;

	respond_message(r, reply, &m);
	message_content(&m, str_of(tr(t->lang, key)));
	respond_send(r, reply, &m);
}

void bulk_cancel(const struct turn *t)
{
	show_end(t, TR_CONTROL_BULK_CANCELLED);
}

/* ---- doing ---- */

static void add_items(const struct bulk *b, struct buf *out, enum item_state state, const char *icon)
{
	unsigned left_out = 0;

	for (unsigned i = 0; i < b->count; i++) {
		const struct item *item = &b->items[i];
		const struct config_container *settings;

		if (item->state != state)
			continue;
		if (utf8_count(buf_view(out)) > 2 * PLAN_LIST_CHARS_MAX) {
			left_out++;
			continue;
		}
		settings = config_find_container(b->c->config, str_of(item->name));
		buf_printf(out, "\n%s **", icon);
		view_add_text(
			out, str_of(settings ? settings->display_name : item->name), CONTROL_NAME_CHARS_MAX, false);
		buf_add_str(out, "** ");
		if (state == FAILED) /* the engine's words; the reasons for leaving one out are ours */
			message_escape(out, str_of(item->reason));
		else
			buf_add_view(out, str_of(item->reason));
	}
	if (!left_out)
		return;
	buf_add_char(out, '\n');
	tr_count(out, b->lang, TR_CONTROL_BULK_MORE_ONE, left_out);
}

static unsigned count_of(const struct bulk *b, enum item_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->count; i++)
		n += b->items[i].state == state;
	return n;
}

static bool is_over(const struct bulk *b)
{
	return b->next == b->count && !b->running;
}

static void draw(struct bulk *b)
{
	bool stop = b->action == DOCKER_STOP;
	char done[12], failed[12], skipped[12], count[12];
	struct message m;
	struct buf text;

	snprintf(done, sizeof done, "%u", count_of(b, DONE));
	snprintf(failed, sizeof failed, "%u", count_of(b, FAILED));
	snprintf(skipped, sizeof skipped, "%u", count_of(b, SKIPPED));
	snprintf(count, sizeof count, "%u", b->count);
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	TR_ADD(&text, b->lang, is_over(b) ? TR_CONTROL_BULK_RESULT : TR_CONTROL_BULK_PROGRESS, {"done", str_of(done)},
		{"failed", str_of(failed)}, {"skipped", str_of(skipped)}, {"count", str_of(count)});
	add_items(b, &text, FAILED, "❌");
	add_items(b, &text, SKIPPED, "⏭️");
	if (!is_over(b))
		add_items(b, &text, RUNNING, "⏳");
	respond_message(b->c->respond, b->reply, &m);
	message_embed(&m, str_of(tr(b->lang, stop ? TR_CONTROL_BULK_STOP_TITLE : TR_CONTROL_BULK_RESTART_TITLE)),
		view_tone_colour(!is_over(b)	       ? TONE_BUSY
				 : count_of(b, FAILED) ? TONE_WARN
						       : TONE_GOOD));
	message_text(&m, buf_view(&text));
	respond_send(b->c->respond, b->reply, &m);
	buf_clear(&text);
}

static void end_item(struct item *item, enum item_state state, struct str reason)
{
	item->state = state;
	if (reason.n)
		item->reason = mem_strndup(MEM_CONTROL, reason.p, reason.n);
}

static void record_item(const struct bulk *b, const char *name, const char *result, struct str reason, uint32_t took_ms)
{
	const struct audit_record r = {
		.user_id = b->who.user_id,
		.user = str_of(b->user),
		.action = record_name(b->action),
		.target = str_of(name),
		.source = "bulk",
		.channel_id = b->who.channel_id,
		.result = result,
		.reason = reason,
		.took_ms = took_ms,
	};
	audit_write(b->c->parts.audit, &r);
}

static void on_item_done(const struct pending_action *a, enum pending_outcome outcome, const struct err *err,
	uint32_t took_ms, void *arg)
{
	struct item *item = arg;
	struct control *c = item->bulk->c;

	(void)a;
	item->bulk->running--;
	end_item(item, outcome == PENDING_REACHED ? DONE : FAILED, str_of(err->text));
	record_item(item->bulk, item->name, act_result(outcome), str_of(err->text), took_ms);
	bulk_go_on(c);
}

/* Why this one is left out now, or an empty text: things may have changed since the confirmation. */
static void add_why_not(const struct bulk *b, const char *name, struct policy_decision *ret_decision, struct buf *out)
{
	const struct config_container *settings = config_find_container(b->c->config, str_of(name));
	struct policy_decision d = {.rule = RULE_CONTAINER_UNKNOWN};
	enum fate fate = settings ? plan_fate_of(b->c, &b->who, b->action, settings, &d) : LEAVE_OUT;

	if (fate == NONE_OF_OURS)
		d = (struct policy_decision){.rule = RULE_CONTAINER_INACTIVE};
	if (pending_taken(b->c->parts.pending, str_of(name)))
		buf_add_str(out, tr(b->lang, TR_CONTROL_BULK_SKIP_BUSY));
	else if (fate == NOT_UP)
		buf_add_str(out, tr(b->lang, TR_CONTROL_BULK_SKIP_NOT_UP));
	else if (fate != ACT)
		policy_explain(out, b->lang, d, (enum policy_verb)b->action, settings);
	*ret_decision = d;
}

/* The same time-out as by the button of the container's own panel. */
static bool ask_engine(struct bulk *b, struct item *item, const char *grant, struct err *err)
{
	const struct config_container *settings = config_find_container(b->c->config, str_of(item->name));

	item->number = pending_begin(b->c->parts.pending, str_of(item->name), b->action,
		settings ? settings->stop_timeout_s : -1, b->who.user_id, str_of(b->user), on_item_done, item, err);
	if (!item->number)
		return false;
	log_begun(record_name(b->action), str_of(item->name), str_of(b->user), b->who.user_id);
	rights_use(b->c->usage, grant, b->who.user_id);
	return true;
}

/* False: there is no room at the moment; the same one is tried again when something has ended. */
static bool begin_item(struct bulk *b, struct item *item)
{
	struct policy_decision d;
	struct err err = {0};
	struct buf why;

	turn_now(b->c, &b->who);
	buf_init(&why, MEM_CONTROL, TEXT_BYTES_MAX);
	add_why_not(b, item->name, &d, &why);
	if (why.length) {
		end_item(item, SKIPPED, buf_view(&why));
	} else {
		item->state = RUNNING;
		b->running++;
		if (!ask_engine(b, item, d.grant ? d.grant->id : "", &err)) {
			b->running--;
			item->state = WAITING;
		}
	}
	buf_clear(&why);
	if (item->state == WAITING && err.code == ERR_LIMIT)
		return false;
	if (item->state == WAITING) {
		end_item(item, FAILED, str_of(err.text));
		record_item(b, item->name, "failed", str_of(err.text), 0);
	}
	return true;
}

void bulk_go_on(struct control *c)
{
	struct bulk *b = c->bulk;

	if (!b || !b->accepted || b->stepping) /* beginning one is news itself, and comes back here */
		return;
	b->stepping = true;
	while (b->next < b->count && b->running < BULK_AT_ONCE && begin_item(b, &b->items[b->next]))
		b->next++;
	b->stepping = false;
	draw(b);
	if (!is_over(b))
		return;
	respond_close(c->respond, b->reply);
	c->bulk = NULL;
	bulk_free(b);
}

void bulk_end(struct bulk *b)
{
	const char *reason, *result;
	uint32_t took_ms;

	if (b && !b->accepted) {
		result = act_cut_off(b->c, 0, &reason, &took_ms);
		record_item(b, "", result, str_of(reason), took_ms);
	}
	for (unsigned i = 0; b && b->accepted && i < b->count; i++) {
		const struct item *item = &b->items[i];

		if (item->state != WAITING && item->state != RUNNING)
			continue;
		result = act_cut_off(b->c, item->number, &reason, &took_ms);
		record_item(b, item->name, result, str_of(reason), took_ms);
	}
	bulk_free(b);
}

static struct bulk *bulk_new(const struct turn *t, enum docker_action action, unsigned count)
{
	struct bulk *b = mem_zalloc(MEM_CONTROL, sizeof *b);
	struct policy_decision d;

	if (!b)
		return NULL;
	*b = (struct bulk){.c = t->c, .action = action, .lang = t->lang, .who = t->who, .since_s = clock_wall_s()};
	b->who.roles = b->roles = turn_copy_roles(&t->who);
	if (!b->roles)
		b->who.role_count = 0;
	str_copy(b->user, sizeof b->user, turn_user(t));
	b->items = mem_array(MEM_CONTROL, count, sizeof *b->items);
	if (!b->items) {
		mem_free(b->roles);
		mem_free(b);
		return NULL;
	}
	for (unsigned i = 0; i < t->c->config->container_count && b->count < count; i++) {
		const struct config_container *settings = &t->c->config->containers[i];
		struct item *item = &b->items[b->count];

		if (plan_fate_of(t->c, &t->who, action, settings, &d) != ACT)
			continue;
		item->bulk = b;
		str_copy(item->name, sizeof item->name, str_of(settings->name));
		b->count++;
	}
	return b;
}

static void on_answered(bool accepted, const char *why, void *arg)
{
	struct control *c = arg;
	struct bulk *b = c->bulk;

	if (accepted) {
		b->accepted = true;
		bulk_go_on(c);
		return;
	}
	record_item(b, "", "not_done", str_of(why), 0);
	respond_close(c->respond, b->reply);
	c->bulk = NULL;
	bulk_free(b);
}

static void run(const struct turn *t, enum docker_action action, unsigned count)
{
	struct bulk *b = bulk_new(t, action, count);

	if (!b) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	b->reply = respond_begin(t->c->respond, &t->in->ref, turn_as(t));
	respond_keep(t->c->respond, b->reply);
	t->c->bulk = b;
	if (respond_on_first(t->c->respond, b->reply, on_answered, t->c))
		draw(b); /* b may be gone after this */
	else
		on_answered(false, "no memory for an answer", t->c);
}

void bulk_go(const struct turn *t, const struct custom_id *id)
{
	enum docker_action action;
	struct plan plan;
	char hash[24];
	int64_t until;

	if (!docker_action_parse(id->args[0], &action) || (action != DOCKER_STOP && action != DOCKER_RESTART)) {
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
		return;
	}
	if (!is_possible(t, action))
		return;
	if (!str_to_int(id->args[1], 0, INT64_MAX, &until) || until < clock_wall_s() ||
		until > clock_wall_s() + BULK_CONFIRM_S) {
		show_end(t, TR_CONTROL_BULK_EXPIRED);
		return;
	}
	plan_make(t, action, &plan);
	snprintf(hash, sizeof hash, "%016" PRIx64, plan.hash);
	/* What was confirmed is what is done: if other containers are concerned by now, the question is asked
	 * again. */
	if (!plan.acts || !str_is(id->args[2], hash))
		show_plan(t, action, &plan, true);
	else
		run(t, action, plan.acts);
	plan_clear(&plan);
}
