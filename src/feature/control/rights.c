/* /rights: what may I, why, and why not; and where its buttons lead. Everything is asked of policy.c for
 * every container and right, so what is told is what will happen. */
#include "feature/control/rights_desk.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/snowflake.h"
#include "feature/control/commands/commands.h"
#include "feature/control/components/components.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_CHARS_MAX = 300, OWN_GRANTS_CHARS_MAX = 900, OUTCOMES_MAX = RIGHT_COUNT };

/* ---- small things ---- */

void rights_button(struct message *m, enum tr_lang lang, enum button_style style, const char *emoji, enum tr_key label,
	const char *act, struct str rest)
{
	char id[CUSTOM_ID_BYTES];

	custom_id_format(id, ID_RIGHTS, str_of(act), rest, STR(""));
	message_button(m, style, emoji, str_of(tr(lang, label)), id, false);
}

static void page_button(struct message *m, const char *emoji, const char *act, unsigned page, bool disabled)
{
	char id[CUSTOM_ID_BYTES], number[12];

	snprintf(number, sizeof number, "%u", page);
	custom_id_format(id, ID_RIGHTS, str_of(act), str_of(number), STR(""));
	message_button(m, BUTTON_SECONDARY, emoji, STR(""), id, disabled);
}

void rights_pages(struct message *m, const char *act, unsigned page, unsigned pages)
{
	if (pages < 2)
		return;
	page_button(m, "◀️", act, page ? page - 1 : pages, page == 0);
	page_button(m, "▶️", act, page + 1, page + 1 == pages);
}

ticket rights_begin(const struct turn *t, struct message *m, enum tr_key title, enum view_tone tone, struct str text)
{
	ticket reply = respond_begin(t->c->respond, &t->in->ref, turn_as(t));

	panels_leave(t->c, t->in);
	respond_message(t->c->respond, reply, m);
	message_embed(m, str_of(tr(t->lang, title)), view_tone_colour(tone));
	message_text(m, text);
	return reply;
}

void rights_end(const struct turn *t, ticket reply, struct message *m)
{
	respond_send(t->c->respond, reply, m);
}

void rights_ask_again(const struct turn *t, enum tr_key title, struct str text, enum tr_key yes, const char *act,
	struct str rest, const char *back)
{
	int64_t until_s = clock_wall_s() + RIGHTS_CONFIRM_S;
	char what[CUSTOM_ID_BYTES], when[48];
	struct message m;
	struct buf whole;
	ticket reply;

	snprintf(what, sizeof what, "%" PRId64 ":%.*s", until_s, STR_ARG(rest));
	snprintf(when, sizeof when, "<t:%" PRId64 ":R>", until_s);
	buf_init(&whole, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_add_view(&whole, text);
	buf_add_str(&whole, "\n\n-# ");
	TR_ADD(&whole, t->lang, TR_RIGHTS_ASK_UNTIL, {"when", str_of(when)});
	reply = rights_begin(t, &m, title, TONE_WARN, buf_view(&whole));
	message_row(&m);
	rights_button(&m, t->lang, BUTTON_DANGER, "⚠️", yes, act, str_of(what));
	rights_button(&m, t->lang, BUTTON_SECONDARY, "✖️", TR_CONTROL_BULK_CANCEL, back, STR("0"));
	rights_end(t, reply, &m);
	buf_clear(&whole);
}

bool rights_in_time(const struct turn *t, struct str text, struct str *ret_rest)
{
	struct str until = str_split(text, ':', ret_rest);
	int64_t until_s, now_s = clock_wall_s();

	if (str_to_int(until, 0, INT64_MAX, &until_s) && until_s >= now_s && until_s <= now_s + RIGHTS_CONFIRM_S)
		return true;
	turn_say_key(t, TR_CONTROL_BULK_EXPIRED);
	return false;
}

bool rights_who(const struct turn *t, struct str value, uint64_t *ret_id, bool *ret_is_role, struct str *ret_name)
{
	const struct interaction_resolved *r;
	uint64_t id;

	*ret_id = 0;
	*ret_is_role = false;
	*ret_name = STR("");
	r = snowflake_parse(value, &id) ? interaction_resolved_of(t->in, id) : NULL;
	if (!r)
		return false;
	*ret_id = id;
	*ret_is_role = r->is_role;
	*ret_name = r->name;
	return true;
}

void rights_add_mention(struct buf *out, uint64_t id, bool is_role)
{
	buf_printf(out, is_role ? "<@&%" PRIu64 ">" : "<@%" PRIu64 ">", id);
}

/* ---- what somebody may ---- */

static const enum policy_verb verbs[RIGHT_COUNT] = {
	[RIGHT_SEE] = VERB_PICK,
	[RIGHT_LOGS] = VERB_SEE_LOGS,
	[RIGHT_STATS] = VERB_SEE_STATS,
	[RIGHT_INFO] = VERB_EDIT_INFO,
	[RIGHT_START] = VERB_START,
	[RIGHT_STOP] = VERB_STOP,
	[RIGHT_RESTART] = VERB_RESTART,
	[RIGHT_PAUSE] = VERB_PAUSE,
	[RIGHT_KILL] = VERB_KILL,
	[RIGHT_BULK] = VERB_BULK,
};

/* One line of the answer: rights with which it stands alike. */
struct outcome {
	unsigned rights;	  /* 1 << enum right */
	unsigned may, of;	  /* containers */
	struct policy_decision d; /* of one that is allowed, if any is, else of the first */
	uint64_t hash;		  /* of which containers */
};

struct asked {
	const struct turn *t;
	struct policy_subject who;
	bool is_own, is_role;
	uint64_t id;				  /* of the person or role */
	const struct config_container *container; /* NULL: all */
	struct outcome outcomes[OUTCOMES_MAX];
	unsigned count;
};

static struct policy_decision decide(const struct asked *a, enum right right, const struct config_container *k)
{
	const struct control *c = a->t->c;

	return policy_decide(
		c->config, &a->who, verbs[right], k, k ? docker_find(c->parts.docker, str_of(k->name)) : NULL);
}

static bool counts(const struct asked *a, unsigned i)
{
	const struct config_container *k = &a->t->c->config->containers[i];

	return a->container ? k == a->container : k->active;
}

static struct outcome look(const struct asked *a, enum right right)
{
	struct outcome o = {.rights = 1u << right, .hash = HASH_SEED};

	if (right == RIGHT_BULK) {
		o.d = decide(a, right, NULL);
		o.of = 1;
		o.may = o.d.allowed;
		return o;
	}
	for (unsigned i = 0; i < a->t->c->config->container_count; i++) {
		struct policy_decision d;

		if (!counts(a, i))
			continue;
		d = decide(a, right, &a->t->c->config->containers[i]);
		if (!o.of++ || (d.allowed && !o.may))
			o.d = d;
		o.may += d.allowed;
		o.hash = hash_bytes(o.hash, &d.allowed, sizeof d.allowed);
	}
	if (!o.of) /* nothing is set up: the place and the person still decide */
		o.d = decide(a, right, NULL);
	return o;
}

static bool alike(const struct outcome *a, const struct outcome *b)
{
	return a->d.rule == b->d.rule && a->d.grant == b->d.grant && a->may == b->may && a->of == b->of &&
	       a->hash == b->hash;
}

static void look_at_all(struct asked *a)
{
	for (unsigned r = 0; r < RIGHT_COUNT; r++) {
		struct outcome o = look(a, (enum right)r);
		unsigned i = 0;

		while (i < a->count && !alike(&a->outcomes[i], &o))
			i++;
		if (i < a->count)
			a->outcomes[i].rights |= o.rights;
		else
			a->outcomes[a->count++] = o;
	}
}

/* ---- in words ---- */

static void add_names(const struct asked *a, struct buf *out, enum right right)
{
	const struct config *config = a->t->c->config;
	unsigned more = 0;
	bool any = false;

	for (unsigned i = 0; i < config->container_count; i++) {
		if (!counts(a, i) || !decide(a, right, &config->containers[i]).allowed)
			continue;
		if (utf8_count(buf_view(out)) > NAMES_CHARS_MAX) {
			more++;
			continue;
		}
		buf_add_str(out, any ? ", **" : "**");
		view_add_text(out, str_of(config->containers[i].display_name), CONTROL_NAME_CHARS_MAX, false);
		buf_add_str(out, "**");
		any = true;
	}
	if (more) {
		buf_add_char(out, ' ');
		tr_count(out, a->t->lang, TR_CONTROL_BULK_MORE_ONE, more);
	}
}

static void add_why(const struct asked *a, struct buf *out, const struct outcome *o)
{
	enum tr_lang lang = a->t->lang;

	if (o->d.grant)
		TR_ADD(out, lang, TR_RIGHTS_WHY_GRANT, {"grant", str_of(o->d.grant->id)});
	else
		buf_add_str(out, tr(lang, policy_is_admin(a->t->c->config, &a->who) ? TR_RIGHTS_WHY_ADMIN
										    : TR_RIGHTS_WHY_CHANNEL));
}

static enum right first_of(unsigned rights)
{
	unsigned r = 0;

	while (!(rights >> r & 1))
		r++;
	return (enum right)r;
}

static void add_words(struct buf *out, unsigned rights)
{
	bool any = false;

	for (unsigned r = 0; r < RIGHT_COUNT; r++) {
		if (!(rights >> r & 1))
			continue;
		buf_printf(out, "%s`%s`", any ? " " : "", right_name((enum right)r));
		any = true;
	}
}

static void add_outcome(const struct asked *a, struct buf *out, const struct outcome *o)
{
	enum right first = first_of(o->rights);
	bool one = !(o->rights & (o->rights - 1));
	struct buf names;

	buf_printf(out, "%s ", !o->may ? "❌" : o->may < o->of ? "🟡" : "✅");
	add_words(out, o->rights);
	if (!o->may) {
		buf_add_str(out, "\n-# ");
		if (one)
			policy_explain(out, a->t->lang, o->d, verbs[first], a->container);
		else
			policy_explain_rights(out, a->t->lang, o->d, o->rights, a->container);
		buf_add_char(out, '\n');
		return;
	}
	if (o->may < o->of) {
		buf_init(&names, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
		add_names(a, &names, first);
		buf_printf(out, " · %s", buf_text(&names));
		buf_clear(&names);
	}
	buf_add_str(out, "\n-# ");
	add_why(a, out, o);
	buf_add_char(out, '\n');
}

/* By what somebody is admin: the list, a role, or nothing. */
static void add_standing(const struct asked *a, struct buf *out)
{
	const struct config *config = a->t->c->config;
	const struct config_channel *channel = config_find_channel(config, a->who.channel_id);
	bool closed = config->rights && config->rights->control_by_grant;
	struct buf role;

	buf_init(&role, MEM_CONTROL, 64);
	for (unsigned i = 0; i < a->who.role_count && !role.length; i++)
		if (rights_is_admin_role(config->rights, &a->who.roles[i], 1))
			rights_add_mention(&role, a->who.roles[i], true);
	if (config_is_admin(config, a->who.user_id))
		buf_add_str(out, tr(a->t->lang, TR_RIGHTS_ADMIN_LISTED));
	else if (role.length)
		TR_ADD(out, a->t->lang, TR_RIGHTS_ADMIN_ROLE, {"role", buf_view(&role)});
	else
		buf_add_str(out, tr(a->t->lang, TR_RIGHTS_NO_ADMIN));
	buf_add_char(out, '\n');
	buf_add_str(out, tr(a->t->lang, !channel			  ? TR_RIGHTS_HERE_NOTHING
					: channel->kind == CHANNEL_STATUS ? TR_RIGHTS_HERE_STATUS
					: closed			  ? TR_RIGHTS_HERE_CLOSED
									  : TR_RIGHTS_HERE_CONTROL));
	buf_add_char(out, '\n');
	buf_clear(&role);
}

/* The grants that speak of the person, whether their conditions hold here or not. */
static void add_grants(const struct asked *a, struct buf *out)
{
	const struct config_rights *rights = a->t->c->config->rights;
	size_t begin = out->length;
	unsigned more = 0;

	for (unsigned i = 0; rights && i < rights->grant_count; i++) {
		const struct config_grant *g = &rights->grants[i];

		if (!grant_is_for(g, a->who.user_id, a->who.roles, a->who.role_count))
			continue;
		if (out->length - begin > OWN_GRANTS_CHARS_MAX) {
			more++;
			continue;
		}
		buf_add_str(out, "\n🗝️ ");
		grant_add_words(out, a->t->lang, g);
	}
	if (more) {
		buf_add_char(out, '\n');
		tr_count(out, a->t->lang, TR_CONTROL_BULK_MORE_ONE, more);
	}
}

static void add_head(const struct asked *a, struct buf *out)
{
	struct buf who, name;

	buf_init(&who, MEM_CONTROL, 64);
	buf_init(&name, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	rights_add_mention(&who, a->id, a->is_role);
	if (!a->is_own) {
		TR_ADD(out, a->t->lang, TR_RIGHTS_OF, {"who", buf_view(&who)});
		buf_add_char(out, '\n');
	}
	add_standing(a, out);
	if (a->container) {
		view_add_text(&name, str_of(a->container->display_name), CONTROL_NAME_CHARS_MAX, false);
		buf_add_char(out, '\n');
		TR_ADD(out, a->t->lang, TR_RIGHTS_ON, {"container", buf_view(&name)});
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
	buf_clear(&who);
	buf_clear(&name);
}

static void answer(struct asked *a)
{
	const struct turn *t = a->t;
	struct message m;
	struct buf text;
	ticket reply;

	look_at_all(a);
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX * 2);
	add_head(a, &text);
	for (unsigned i = 0; i < a->count; i++)
		add_outcome(a, &text, &a->outcomes[i]);
	add_grants(a, &text);
	reply = rights_begin(
		t, &m, a->is_own ? TR_RIGHTS_TITLE_OWN : TR_RIGHTS_TITLE, TONE_BUSY, str_trim(buf_view(&text)));
	if (policy_decide(t->c->config, &t->who, VERB_GRANT, NULL, NULL).allowed) {
		message_row(&m);
		rights_button(&m, t->lang, BUTTON_SECONDARY, "📜", TR_RIGHTS_LIST, "list", STR("0"));
		rights_button(&m, t->lang, BUTTON_SECONDARY, "➕", TR_RIGHTS_GRANT_NEW, "new", STR(""));
		rights_button(&m, t->lang, BUTTON_SECONDARY, "👑", TR_RIGHTS_ADMINS, "admins", STR("0"));
	}
	rights_end(t, reply, &m);
	buf_clear(&text);
}

/* ---- who is asked about ---- */

/* Of a role: what it gives by itself. */
static bool set_other(struct asked *a, const struct interaction_resolved *r)
{
	struct policy_subject *who = &a->who;

	a->id = r->id;
	a->is_role = r->is_role;
	who->user_id = r->is_role ? 0 : r->id;
	who->permissions = 0;
	who->roles = r->is_role ? &a->id : r->roles;
	who->role_count = r->is_role ? 1 : r->role_count;
	a->is_own = !r->is_role && r->id == a->t->in->user_id;
	return a->is_own || turn_may(a->t, VERB_GRANT, NULL, STR(""));
}

void rights_show(const struct turn *t, struct str who, struct str container)
{
	struct asked a = {.t = t, .who = t->who, .is_own = true, .id = t->in->user_id};
	uint64_t id;
	const struct interaction_resolved *r = snowflake_parse(who, &id) ? interaction_resolved_of(t->in, id) : NULL;
	bool is_command = t->in->type == INTERACTION_COMMAND; /* nobody waits on the way through the buttons */

	if (!turn_may(t, VERB_SEE_RIGHTS, NULL, STR("")))
		return;
	if (who.n && !r) {
		turn_say_key(t, TR_RIGHTS_NOBODY);
		return;
	}
	if (r && !set_other(&a, r))
		return;
	if (container.n) {
		a.container = config_find_container(t->c->config, container);
		if (!a.container || (!a.container->active && !policy_is_admin(t->c->config, &t->who))) {
			turn_refuse(t, RULE_CONTAINER_UNKNOWN, VERB_SEE_RIGHTS, NULL, container);
			return;
		}
	}
	if (is_command && !turn_is_free(t, VERB_SEE_RIGHTS, "rights", false, STR("")))
		return;
	answer(&a);
	if (is_command)
		turn_consume(t, "rights", false, STR(""));
}

/* ---- where the buttons and dialogs lead ---- */

static void act_list(const struct turn *t, struct str rest)
{
	grants_show(t, component_number(rest));
}

static void act_admins(const struct turn *t, struct str rest)
{
	admins_show(t, component_number(rest));
}

static void act_pick(const struct turn *t, struct str rest)
{
	(void)rest;
	grant_show(t, t->in->value_count ? t->in->values[0] : STR(""));
}

static void act_unadmin(const struct turn *t, struct str rest)
{
	(void)rest;
	admins_pick(t);
}

static void act_new(const struct turn *t, struct str rest)
{
	const struct grant_draft empty = {0};

	(void)rest;
	draft_ask(t, &empty);
}

static void act_everyone(const struct turn *t, struct str rest)
{
	(void)rest;
	draft_for_everyone(t);
}

static void act_control(const struct turn *t, struct str rest)
{
	(void)rest;
	control_ask(t);
}

static void act_groups(const struct turn *t, struct str rest)
{
	(void)rest;
	groups_show(t);
}

static void act_group(const struct turn *t, struct str rest)
{
	(void)rest;
	group_ask(t, t->in->value_count ? t->in->values[0] : STR(""));
}

static void act_doctor(const struct turn *t, struct str rest)
{
	(void)rest;
	command_doctor(t);
}

static void act_own(const struct turn *t, struct str rest)
{
	(void)rest;
	rights_show(t, STR(""), STR(""));
}

static void dialog_grant(const struct turn *t, struct str rest)
{
	draft_typed(t, rest);
}

static void dialog_admin(const struct turn *t, struct str rest)
{
	(void)rest;
	admin_typed(t);
}

static void dialog_group(const struct turn *t, struct str rest)
{
	(void)rest;
	group_typed(t);
}

static const struct act {
	const char *word;
	void (*run)(const struct turn *t, struct str rest);
} acts[] =
	{
		{"own", act_own},
		{"list", act_list},
		{"pick", act_pick},
		{"revoke", grant_ask_revoke},
		{"revokego", grant_revoke},
		{"new", act_new},
		{"draft", draft_again},
		{"everyone", act_everyone},
		{"admins", act_admins},
		{"add", admin_ask},
		{"unadmin", act_unadmin},
		{"removego", admin_removed},
		{"control", act_control},
		{"controlgo", control_switch},
		{"groups", act_groups},
		{"group", act_group},
		{"newgroup", act_group},
		{"doctor", act_doctor},
},
  dialogs[] = {
	  {"grant", dialog_grant},
	  {"admin", dialog_admin},
	  {"group", dialog_group},
};

static void run(const struct turn *t, const struct act *table, size_t count, struct str act, struct str rest)
{
	for (size_t i = 0; i < count; i++) {
		if (str_is(act, table[i].word)) {
			table[i].run(t, rest);
			return;
		}
	}
	turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
}

void rights_press(const struct turn *t, struct str act, struct str rest)
{
	run(t, acts, sizeof acts / sizeof acts[0], act, rest);
}

void rights_typed_in(const struct turn *t, struct str act, struct str rest)
{
	run(t, dialogs, sizeof dialogs / sizeof dialogs[0], act, rest);
}
