/* Changes of who may what. Each is checked when it is asked for and once more by the helper process that
 * saves it, against the settings of that moment: two people may change the same thing at once. It begins when Discord
 * has accepted the first answer: what is delivered once more after a restart must not bring back a right that was
 * taken away since. When it is saved it is in force, before anybody is told. */
#include "feature/control/rights_desk.h"

#include "base/hash.h"
#include "config/save.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	USER_BYTES = 160,
	OWN_WORDS = '=' /* in front of a helper's sentence that is meant for the person as it is */
};

struct change {
	struct list link;
	struct control *c;
	ticket reply;
	enum tr_lang lang;
	bool begun; /* Discord has accepted the answer: it is with the helper */
	const char *source;
	struct policy_subject who; /* asked again by the helper process */
	uint64_t *roles;	   /* who's; owned */
	char user[USER_BYTES];
	struct buf was; /* what is revoked, in words */
	struct change_order order;
};

_Static_assert(sizeof(struct change) <= 4096, "so many of them wait: docs/memory.md has the budget");

static const struct {
	const char *action; /* in the record */
	enum policy_verb verb;
	enum tr_key title;
} kinds[CHANGE_COUNT] = {
	[CHANGE_ADD_ADMIN] = {"add admin", VERB_ADD_ADMIN, TR_ADMINS_TITLE},
	[CHANGE_REMOVE_ADMIN] = {"remove admin", VERB_REMOVE_ADMIN, TR_ADMINS_TITLE},
	[CHANGE_GRANT] = {"grant", VERB_GRANT, TR_RIGHTS_GRANTS_TITLE},
	[CHANGE_REVOKE] = {"revoke", VERB_GRANT, TR_RIGHTS_GRANTS_TITLE},
	[CHANGE_CONTROL] = {"control channels", VERB_GRANT, TR_RIGHTS_CONTROL_TITLE},
	[CHANGE_GROUP] = {"group", VERB_GRANT, TR_RIGHTS_GROUPS_TITLE},
};

/* ---- life ---- */

struct desk *desk_new(struct control *c)
{
	struct desk *d = mem_zalloc(MEM_CONTROL, sizeof *d);

	if (!d)
		return NULL;
	d->c = c;
	list_init(&d->changes);
	list_init(&d->drafts);
	d->helper = helper_new(c->parts.loop);
	if (d->helper)
		return d;
	mem_free(d);
	return NULL;
}

static void change_free(struct change *ch)
{
	respond_close(ch->c->respond, ch->reply);
	list_remove(&ch->link);
	buf_clear(&ch->was);
	mem_free(ch->roles);
	mem_free(ch);
}

/* ---- what stands in the way ---- */

const struct config_grant *rights_find_grant(const struct control *c, const char *id)
{
	const struct config_rights *rights = c->config->rights;

	for (unsigned i = 0; rights && i < rights->grant_count; i++)
		if (!strcmp(rights->grants[i].id, id))
			return &rights->grants[i];
	return NULL;
}

uint64_t change_grant_hash(const struct config_grant *g)
{
	uint64_t hash;
	struct buf words;

	buf_init(&words, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	grant_add_words(&words, TR_EN, g);
	hash = hash_str(HASH_SEED, buf_view(&words));
	buf_clear(&words);
	return hash ? hash : 1;
}

static bool is_admin(const struct config *config, uint64_t id, bool is_role)
{
	return is_role ? rights_is_admin_role(config->rights, &id, 1) : config_is_admin(config, id);
}

static unsigned admins(const struct config *config)
{
	return config->admin_count + (config->rights ? config->rights->admin_role_count : 0);
}

static bool has_group(const struct config_rights *rights, const char *name)
{
	for (unsigned i = 0; rights && i < rights->group_count; i++)
		if (!strcmp(rights->groups[i].name, name))
			return true;
	return false;
}

/* False, and the key of the sentence. */
static bool admin_fits(const struct change_order *o, const struct config *config, enum tr_key *ret_why)
{
	bool is = is_admin(config, o->id, o->is_role), add = o->kind == CHANGE_ADD_ADMIN;
	unsigned most = o->is_role ? ADMIN_ROLES_MAX : ADMINS_MAX;
	unsigned count = !o->is_role ? config->admin_count : config->rights ? config->rights->admin_role_count : 0;

	*ret_why = add ? TR_ADMINS_ALREADY : TR_ADMINS_NOT_LISTED;
	if (is == add)
		return false;
	*ret_why = add ? TR_ADMINS_FULL : TR_ADMINS_LAST_BY_NOW;
	return add ? count < most : admins(config) > 1 || o->last_too;
}

static bool fits(const struct control *c, const struct change_order *o, enum tr_key *ret_why)
{
	const struct config_rights *rights = c->config->rights;
	const struct config_grant *g;

	switch (o->kind) {
	case CHANGE_ADD_ADMIN:
	case CHANGE_REMOVE_ADMIN: return admin_fits(o, c->config, ret_why);
	case CHANGE_GRANT: *ret_why = TR_RIGHTS_FULL; return !rights || rights->grant_count < GRANTS_MAX;
	case CHANGE_REVOKE:
		*ret_why = TR_RIGHTS_NO_GRANT;
		g = rights_find_grant(c, o->grant_id);
		return g && (!o->grant_hash || o->grant_hash == change_grant_hash(g));
	case CHANGE_CONTROL:
		*ret_why = o->by_grant ? TR_RIGHTS_CONTROL_IS_CLOSED : TR_RIGHTS_CONTROL_IS_OPEN;
		return !rights || rights->control_by_grant != o->by_grant;
	case CHANGE_GROUP:
		*ret_why = o->draft.containers[0] ? TR_RIGHTS_GROUPS_FULL : TR_RIGHTS_NO_GROUP;
		if (!o->draft.containers[0])
			return has_group(rights, o->name);
		return !rights || rights->group_count < GROUPS_MAX || has_group(rights, o->name);
	default: return true;
	}
}

static void add_problem(struct buf *out, enum tr_lang lang, const struct change_order *o, enum tr_key why)
{
	struct buf who;
	char count[12];

	snprintf(count, sizeof count, "%d",
		o->kind == CHANGE_GRANT	  ? GRANTS_MAX
		: o->kind == CHANGE_GROUP ? GROUPS_MAX
		: o->is_role		  ? ADMIN_ROLES_MAX
					  : ADMINS_MAX);
	buf_init(&who, MEM_CONTROL, 64);
	rights_add_mention(&who, o->id, o->is_role);
	TR_ADD(out, lang, why, {"who", buf_view(&who)}, {"grant", str_of(o->grant_id)}, {"count", str_of(count)},
		{"group", str_of(o->name)});
	buf_clear(&who);
}

/* ---- the record ---- */

static void add_target(struct buf *out, const struct change_order *o)
{
	switch (o->kind) {
	case CHANGE_ADD_ADMIN:
	case CHANGE_REMOVE_ADMIN:
		buf_printf(out, "%s %" PRIu64 "%s%s%s", o->is_role ? "role" : "user", o->id, o->name[0] ? " (" : "",
			o->name, o->name[0] ? ")" : "");
		break;
	case CHANGE_CONTROL: buf_add_str(out, o->by_grant ? "granted" : "open"); break;
	case CHANGE_GROUP: buf_add_str(out, o->name); break;
	default: buf_add_str(out, o->grant_id);
	}
}

static void record(const struct change *ch, const char *result, const char *reason)
{
	struct buf target;

	buf_init(&target, MEM_CONTROL, 512);
	add_target(&target, &ch->order);
	const struct audit_record r = {.user_id = ch->who.user_id,
		.user = str_of(ch->user),
		.action = kinds[ch->order.kind].action,
		.target = buf_view(&target),
		.source = ch->source,
		.channel_id = ch->who.channel_id,
		.result = result,
		.reason = str_of(reason)};
	audit_write(ch->c->parts.audit, &r);
	buf_clear(&target);
}

/* ---- the end of ddc ---- */

static void cut_off(struct change *ch)
{
	record(ch, "interrupted",
		ch->begun ? "ddc was stopped before it was known to be saved"
			  : "ddc was stopped before it was begun; nothing was changed");
	change_free(ch);
}

void desk_end(struct desk *d)
{
	if (!d)
		return;
	helper_free(d->helper);
	list_each_safe (at, &d->changes)
		cut_off(list_item(at, struct change, link));
	drafts_free(d);
	mem_free(d);
}

/* ---- in the helper process ---- */

static bool save_grant(const struct change *ch, const char *folder, char id[GRANT_ID_BYTES], struct err *err)
{
	struct config_grant g;
	struct buf targets, problems;
	char by[USER_BYTES + 32];
	bool ok;

	snprintf(by, sizeof by, "%s (%" PRIu64 ")", ch->user, ch->who.user_id);
	buf_init(&targets, MEM_CONTROL, GRANT_TARGETS_MAX * GRANT_TARGET_BYTES);
	buf_init(&problems, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	ok = draft_read(&ch->order.draft, &g, &targets, ch->lang, &problems)
		     ? config_save_grant(folder, &g, str_of(by), id, err)
		     : err_set(err, ERR_INPUT, "%s", buf_text(&problems));
	buf_clear(&targets);
	buf_clear(&problems);
	return ok;
}

static bool save_group(const struct change *ch, const char *folder, struct err *err)
{
	const char *typed = ch->order.draft.containers;
	struct buf targets, problems;
	bool ok;

	if (!*typed)
		return config_save_group(folder, ch->order.name, NULL, err);
	buf_init(&targets, MEM_CONTROL, GRANT_TARGETS_MAX * GRANT_TARGET_BYTES);
	buf_init(&problems, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	ok = draft_read_targets(str_of(typed), false, &targets, ch->lang, &problems)
		     ? config_save_group(folder, ch->order.name, buf_text(&targets), err)
		     : err_set(err, ERR_INPUT, "%s", buf_text(&problems));
	buf_clear(&targets);
	buf_clear(&problems);
	return ok;
}

static bool save_admin(const struct change *ch, const char *folder, struct err *err)
{
	const struct change_order *o = &ch->order;
	char note[RIGHTS_NAME_BYTES + USER_BYTES + 16];

	if (o->kind == CHANGE_REMOVE_ADMIN)
		return o->is_role ? config_remove_admin_role(folder, o->id, err)
				  : config_remove_admin(folder, o->id, err);
	if (o->is_role)
		return config_save_admin_role(folder, o->id, err);
	snprintf(note, sizeof note, "%s%sadded by %s", o->name, o->name[0] ? ", " : "", ch->user);
	return config_save_admin(folder, o->id, note, err);
}

static bool save(const struct change *ch, char text[HELPER_TEXT_BYTES], struct err *err)
{
	const char *folder = ch->c->parts.config_folder;

	switch (ch->order.kind) {
	case CHANGE_GRANT: return save_grant(ch, folder, text, err); /* the text begins with the id then */
	case CHANGE_REVOKE: return config_remove_grant(folder, ch->order.grant_id, err);
	case CHANGE_CONTROL: return config_save_control_by_grant(folder, ch->order.by_grant, err);
	case CHANGE_GROUP: return save_group(ch, folder, err);
	default: return save_admin(ch, folder, err);
	}
}

/* The process is a copy of ours: the settings in it are those in force when its turn came. */
static bool work(const void *input, char text[HELPER_TEXT_BYTES])
{
	const struct change *ch = *(struct change *const *)input;
	struct policy_decision d = policy_decide(ch->c->config, &ch->who, kinds[ch->order.kind].verb, NULL, NULL);
	enum tr_key why = TR_CONTROL_NO_MEMORY;
	struct err err = {0};
	struct buf words;
	bool ok = d.allowed && fits(ch->c, &ch->order, &why);

	if (ok) {
		ok = save(ch, text, &err);
		if (!ok)
			str_copy(text, HELPER_TEXT_BYTES, str_of(err.text));
		return ok;
	}
	buf_init(&words, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_add_char(&words, OWN_WORDS);
	if (!d.allowed)
		policy_explain(&words, ch->lang, d, kinds[ch->order.kind].verb, NULL);
	else
		add_problem(&words, ch->lang, &ch->order, why);
	str_copy(text, HELPER_TEXT_BYTES, buf_view(&words));
	buf_clear(&words);
	return false;
}

/* ---- back again ---- */

/* Names and patterns that fit nothing at the moment: they may be right all the same. */
static void warn_of_strangers(const struct change *ch, struct buf *out, const struct config_grant *g)
{
	const struct config *config = ch->c->config;
	struct str rest = str_of(g->targets);
	struct buf none;

	buf_init(&none, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	while (rest.n) {
		struct str target = str_split(rest, '\n', &rest);
		char one[GRANT_TARGET_BYTES];
		const struct config_grant only = {.targets = one};
		bool any = false;

		str_copy(one, sizeof one, target);
		for (unsigned i = 0; i < config->container_count && !any; i++) {
			const struct container *engine =
				docker_find(ch->c->parts.docker, str_of(config->containers[i].name));

			any = grant_covers(config->rights, &only, str_of(config->containers[i].name),
				str_of(engine ? engine->project : ""));
		}
		if (!any)
			buf_printf(&none, "%s`%s`", none.length ? ", " : "", one);
	}
	if (none.length) {
		buf_add_str(out, "\n⚠️ ");
		TR_ADD(out, ch->lang, TR_RIGHTS_NO_MATCH, {"containers", buf_view(&none)});
	}
	buf_clear(&none);
}

static void add_grant(const struct change *ch, struct buf *out)
{
	const struct config_grant *g = rights_find_grant(ch->c, ch->order.grant_id);
	struct buf words;

	if (!g) {
		buf_printf(out, "%s", tr(ch->lang, TR_RIGHTS_NOT_IN_FORCE));
		return;
	}
	buf_init(&words, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	grant_add_words(&words, ch->lang, g);
	TR_ADD(out, ch->lang, TR_RIGHTS_GRANTED, {"grant", buf_view(&words)});
	warn_of_strangers(ch, out, g);
	buf_clear(&words);
}

static void add_admin(const struct change *ch, struct buf *out)
{
	const struct change_order *o = &ch->order;
	bool add = o->kind == CHANGE_ADD_ADMIN;
	struct buf who;

	if (is_admin(ch->c->config, o->id, o->is_role) != add) {
		buf_add_str(out, tr(ch->lang, TR_RIGHTS_NOT_IN_FORCE));
		return;
	}
	buf_init(&who, MEM_CONTROL, 64);
	rights_add_mention(&who, o->id, o->is_role);
	TR_ADD(out, ch->lang,
		!add	     ? TR_ADMINS_REMOVED
		: o->is_role ? TR_ADMINS_ADDED_ROLE
			     : TR_ADMINS_ADDED,
		{"who", buf_view(&who)});
	buf_add_char(out, ' ');
	if (admins(ch->c->config))
		tr_count(out, ch->lang, TR_ADMINS_COUNT_ONE, admins(ch->c->config));
	else
		buf_add_str(out, tr(ch->lang, TR_ADMINS_NONE));
	buf_clear(&who);
}

static void add_done(const struct change *ch, struct buf *out)
{
	const struct change_order *o = &ch->order;

	switch (o->kind) {
	case CHANGE_GRANT: add_grant(ch, out); break;
	case CHANGE_REVOKE: TR_ADD(out, ch->lang, TR_RIGHTS_REVOKED, {"grant", buf_view(&ch->was)}); break;
	case CHANGE_CONTROL:
		buf_add_str(out, tr(ch->lang, o->by_grant ? TR_RIGHTS_CONTROL_CLOSED : TR_RIGHTS_CONTROL_OPENED));
		break;
	case CHANGE_GROUP:
		TR_ADD(out, ch->lang, o->draft.containers[0] ? TR_RIGHTS_GROUP_SAVED : TR_RIGHTS_GROUP_GONE,
			{"group", str_of(o->name)});
		break;
	default: add_admin(ch, out);
	}
}

static void add_buttons(const struct change *ch, struct message *m, bool ok)
{
	const struct change_order *o = &ch->order;

	message_row(m);
	if (!policy_decide(ch->c->config, &ch->who, VERB_GRANT, NULL, NULL).allowed)
		return; /* who gave up being one of them has no use for more buttons */
	if (ok && o->kind == CHANGE_GRANT)
		rights_button(m, ch->lang, BUTTON_DANGER, "🗑️", TR_RIGHTS_REVOKE, "revoke", str_of(o->grant_id));
	if (!ok && o->kind == CHANGE_GRANT)
		rights_button(m, ch->lang, BUTTON_PRIMARY, "✏️", TR_RIGHTS_DIALOG_AGAIN, "draft", STR(""));
	if (o->kind == CHANGE_ADD_ADMIN || o->kind == CHANGE_REMOVE_ADMIN)
		rights_button(m, ch->lang, BUTTON_SECONDARY, "👑", TR_RIGHTS_ADMINS, "admins", STR("0"));
	if (o->kind == CHANGE_GROUP)
		rights_button(m, ch->lang, BUTTON_SECONDARY, "📦", TR_RIGHTS_GROUPS, "groups", STR(""));
	rights_button(m, ch->lang, BUTTON_SECONDARY, "📜", TR_RIGHTS_LIST, "list", STR("0"));
}

static void answer(const struct change *ch, struct str text, bool ok)
{
	struct message m;

	respond_message(ch->c->respond, ch->reply, &m);
	message_embed(
		&m, str_of(tr(ch->lang, kinds[ch->order.kind].title)), view_tone_colour(ok ? TONE_GOOD : TONE_BAD));
	message_text(&m, text);
	add_buttons(ch, &m, ok);
	respond_send(ch->c->respond, ch->reply, &m);
}

static void fail(const struct change *ch, const char *why, struct buf *text)
{
	struct buf reason;

	if (*why == OWN_WORDS) {
		buf_printf(text, "🔒 %s", why + 1);
		record(ch, "refused", "it no longer fits what there is");
		return;
	}
	buf_init(&reason, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	message_escape(&reason, str_of(why));
	buf_add_str(text, "❌ ");
	TR_ADD(text, ch->lang, TR_RIGHTS_NOT_SAVED, {"reason", buf_view(&reason)});
	record(ch, "failed", why);
	buf_clear(&reason);
}

static void on_saved(bool ok, bool died, const char *words, void *arg)
{
	struct change *ch = arg;
	struct control *c = ch->c;
	struct buf text;

	if (ok && ch->order.kind == CHANGE_GRANT) {
		str_copy(ch->order.grant_id, sizeof ch->order.grant_id, str_of(words));
		draft_forget(c->desk, ch->who.user_id);
	}
	if (ok && c->parts.reload)
		c->parts.reload(c->parts.reload_arg);
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	if (ok) {
		add_done(ch, &text);
		record(ch, "done", "");
	} else {
		fail(ch, died ? "the helper process ended early" : words, &text);
	}
	answer(ch, buf_view(&text), ok);
	buf_clear(&text);
	change_free(ch);
}

/* ---- asking ---- */

static struct change *change_new(const struct turn *t, const struct change_order *order)
{
	struct change *ch = mem_zalloc(MEM_CONTROL, sizeof *ch);
	const struct config_grant *g = rights_find_grant(t->c, order->grant_id);

	if (!ch)
		return NULL;
	*ch = (struct change){.c = t->c, .lang = t->lang, .source = t->source, .who = t->who, .order = *order};
	ch->who.roles = ch->roles = turn_copy_roles(&t->who);
	if (!ch->roles)
		ch->who.role_count = 0;
	str_copy(ch->user, sizeof ch->user, turn_user(t));
	buf_init(&ch->was, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	if (g)
		grant_add_words(&ch->was, t->lang, g);
	ch->reply = respond_begin(t->c->respond, &t->in->ref, turn_as(t));
	respond_keep(t->c->respond, ch->reply);
	list_append(&t->c->desk->changes, &ch->link);
	return ch;
}

static void refuse(const struct turn *t, const struct change_order *o, enum tr_key why)
{
	struct buf text, target;

	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_init(&target, MEM_CONTROL, 512);
	buf_add_str(&text, "⚠️ ");
	add_problem(&text, t->lang, o, why);
	turn_say(t, buf_view(&text));
	add_target(&target, o);
	turn_record(t, kinds[o->kind].action, buf_view(&target), "refused", STR("it does not fit what there is"), 0);
	buf_clear(&text);
	buf_clear(&target);
}

/* Several changes in a row are work; the same one again and again is not: a cooldown goes by what is changed. */
static void add_key(struct buf *out, const struct change_order *o)
{
	add_target(out, o);
	buf_add_str(out, o->draft.containers);
	buf_printf(out, "%" PRIu64, o->draft.who_id);
}

static void give_up(struct change *ch)
{
	answer(ch, str_of(tr(ch->lang, TR_CONTROL_NO_MEMORY)), false);
	record(ch, "failed", "too many changes wait");
	change_free(ch);
}

static void on_answered(bool accepted, const char *why, void *arg)
{
	struct change *ch = arg;
	struct buf target;

	if (!accepted) {
		record(ch, "not_done", why);
		change_free(ch);
		return;
	}
	ch->begun = helper_run(ch->c->desk->helper, work, &ch, sizeof ch, on_saved, ch);
	if (!ch->begun) {
		give_up(ch);
		return;
	}
	buf_init(&target, MEM_CONTROL, 512);
	add_target(&target, &ch->order);
	log_begun(kinds[ch->order.kind].action, buf_view(&target), str_of(ch->user), ch->who.user_id);
	buf_clear(&target);
}

static void begin(const struct turn *t, const struct change_order *order, struct str key)
{
	struct change *ch = change_new(t, order);

	if (!ch) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	if (list_count(&t->c->desk->changes) > HELPER_WAITING_MAX) {
		give_up(ch);
		return;
	}
	turn_consume(t, "rights_change", false, key); /* now: the same once more must not slip in meanwhile */
	if (respond_on_first(t->c->respond, ch->reply, on_answered, ch))
		respond_defer(t->c->respond, ch->reply); /* ch may be gone after this */
	else
		on_answered(false, "no memory for an answer", ch);
}

void change_run(const struct turn *t, const struct change_order *order)
{
	enum policy_verb verb = kinds[order->kind].verb;
	enum tr_key why;
	struct buf key;

	if (!turn_may(t, verb, NULL, str_of(order->name)))
		return;
	buf_init(&key, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	add_key(&key, order);
	if (!fits(t->c, order, &why))
		refuse(t, order, why);
	else if (turn_is_free(t, verb, "rights_change", false, buf_view(&key)))
		begin(t, order, buf_view(&key));
	buf_clear(&key);
}
