/* All grants, for admins: the list, one of them, and taking it back; whether control channels are open;
 * groups. */
#include "feature/control/rights_desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	PER_PAGE = 8,
	GRANT_CHARS_MAX = 440 /* of one in the list: eight fit into an embed */,
	GROUPS_CHARS_MAX = 3000,
	HASH_CHARS = 16
};

static const struct config_rights *rights_of(const struct turn *t)
{
	static const struct config_rights none;

	return t->c->config->rights ? t->c->config->rights : &none;
}

/* ---- the list ---- */

static void add_state(const struct turn *t, struct buf *out)
{
	unsigned admins = t->c->config->admin_count + rights_of(t)->admin_role_count;

	buf_add_str(out, tr(t->lang, rights_of(t)->control_by_grant ? TR_RIGHTS_STATE_CLOSED : TR_RIGHTS_STATE_OPEN));
	buf_add_char(out, '\n');
	tr_count(out, t->lang, TR_ADMINS_COUNT_ONE, admins);
	buf_add_char(out, '\n');
}

static void add_grant(const struct turn *t, struct buf *out, const struct config_grant *g, unsigned chars_max)
{
	struct buf words;

	buf_init(&words, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	grant_add_words(&words, t->lang, g);
	buf_add_str(out, "\n🗝️ ");
	buf_add_view(out, utf8_prefix(buf_view(&words), chars_max));
	if (utf8_count(buf_view(&words)) > chars_max)
		buf_add_str(out, " …");
	buf_clear(&words);
	if (!*g->note)
		return;
	buf_add_str(out, "\n-# ");
	message_escape(out, str_of(g->note));
}

static void add_select(const struct turn *t, struct message *m, unsigned first, unsigned end)
{
	struct buf label;
	char id[CUSTOM_ID_BYTES];

	message_row(m);
	custom_id_format(id, ID_RIGHTS, STR("pick"), STR(""), STR(""));
	message_select(m, id, str_of(tr(t->lang, TR_RIGHTS_CHOOSE)), 1, 1);
	for (unsigned i = first; i < end; i++) {
		buf_init(&label, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
		grant_add_label(&label, &rights_of(t)->grants[i]);
		message_option(m, buf_view(&label), str_of(rights_of(t)->grants[i].id), STR(""), "🗝️", false);
		buf_clear(&label);
	}
}

static void add_buttons(const struct turn *t, struct message *m, unsigned page, unsigned pages)
{
	bool closed = rights_of(t)->control_by_grant;

	message_row(m);
	rights_pages(m, "list", page, pages);
	rights_button(m, t->lang, BUTTON_SUCCESS, "➕", TR_RIGHTS_GRANT_NEW, "new", STR(""));
	rights_button(m, t->lang, BUTTON_SECONDARY, "👑", TR_RIGHTS_ADMINS, "admins", STR("0"));
	rights_button(m, t->lang, BUTTON_SECONDARY, "📦", TR_RIGHTS_GROUPS, "groups", STR(""));
	message_row(m);
	rights_button(m, t->lang, BUTTON_SECONDARY, closed ? "🔓" : "🔒",
		closed ? TR_RIGHTS_CONTROL_OPEN : TR_RIGHTS_CONTROL_CLOSE, "control", STR(""));
	rights_button(m, t->lang, BUTTON_SECONDARY, "🩺", TR_RIGHTS_DOCTOR, "doctor", STR(""));
	rights_button(m, t->lang, BUTTON_SECONDARY, "👤", TR_RIGHTS_OWN, "own", STR(""));
}

void grants_show(const struct turn *t, unsigned page)
{
	unsigned all = rights_of(t)->grant_count, pages = all ? (all + PER_PAGE - 1) / PER_PAGE : 1, end;
	struct message m;
	struct buf text;
	ticket reply;

	if (!turn_may(t, VERB_GRANT, NULL, STR("")))
		return;
	page = page < pages ? page : pages - 1;
	end = (page + 1) * PER_PAGE < all ? (page + 1) * PER_PAGE : all;
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	add_state(t, &text);
	for (unsigned i = page * PER_PAGE; i < end; i++)
		add_grant(t, &text, &rights_of(t)->grants[i], GRANT_CHARS_MAX);
	if (!all)
		buf_printf(&text, "\n%s", tr(t->lang, TR_RIGHTS_LIST_EMPTY));
	reply = rights_begin(t, &m, TR_RIGHTS_GRANTS_TITLE, TONE_BUSY, buf_view(&text));
	if (pages > 1) {
		char at[12], of[12];

		snprintf(at, sizeof at, "%u", page + 1);
		snprintf(of, sizeof of, "%u", pages);
		buf_reset(&text);
		TR_ADD(&text, t->lang, TR_CONTROL_PAGE, {"page", str_of(at)}, {"pages", str_of(of)});
		message_footer(&m, buf_view(&text));
	}
	if (all)
		add_select(t, &m, page * PER_PAGE, end);
	add_buttons(t, &m, page, pages);
	rights_end(t, reply, &m);
	buf_clear(&text);
}

/* ---- one of them ---- */

/* NULL: it is said that there is none. */
static const struct config_grant *find(const struct turn *t, struct str id)
{
	char name[GRANT_ID_BYTES];
	const struct config_grant *g;
	struct buf text, shown;

	str_copy(name, sizeof name, id);
	g = rights_find_grant(t->c, name);
	if (g)
		return g;
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_init(&shown, MEM_CONTROL, 512);
	message_escape(&shown, str_of(name));
	buf_add_str(&text, "⚠️ ");
	TR_ADD(&text, t->lang, TR_RIGHTS_NO_GRANT, {"grant", buf_view(&shown)});
	turn_say(t, buf_view(&text));
	buf_clear(&text);
	buf_clear(&shown);
	return NULL;
}

void grant_show(const struct turn *t, struct str id)
{
	const struct config_grant *g;
	struct message m;
	struct buf text;
	ticket reply;

	if (!turn_may(t, VERB_GRANT, NULL, id) || !(g = find(t, id)))
		return;
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	add_grant(t, &text, g, EMBED_DESCRIPTION_CHARS_MAX - 200);
	reply = rights_begin(t, &m, TR_RIGHTS_GRANTS_TITLE, TONE_BUSY, str_trim(buf_view(&text)));
	message_row(&m);
	rights_button(&m, t->lang, BUTTON_DANGER, "🗑️", TR_RIGHTS_REVOKE, "revoke", str_of(g->id));
	rights_button(&m, t->lang, BUTTON_SECONDARY, "◀️", TR_RIGHTS_LIST, "list", STR("0"));
	rights_end(t, reply, &m);
	buf_clear(&text);
}

void grant_ask_revoke(const struct turn *t, struct str id)
{
	const struct config_grant *g;
	struct buf text, words;
	char what[HASH_CHARS + 1 + GRANT_ID_BYTES];

	if (!turn_may(t, VERB_GRANT, NULL, id) || !(g = find(t, id)))
		return;
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_init(&words, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	grant_add_words(&words, t->lang, g);
	TR_ADD(&text, t->lang, TR_RIGHTS_ASK_REVOKE, {"grant", buf_view(&words)});
	snprintf(what, sizeof what, "%016" PRIx64 ":%s", change_grant_hash(g), g->id);
	rights_ask_again(
		t, TR_RIGHTS_GRANTS_TITLE, buf_view(&text), TR_RIGHTS_REVOKE, "revokego", str_of(what), "list");
	buf_clear(&text);
	buf_clear(&words);
}

/* What was looked at is what goes: the hash tells whether the grant of that id is still the same. */
void grant_revoke(const struct turn *t, struct str text)
{
	struct change_order order = {.kind = CHANGE_REVOKE};
	struct str what, hash;
	char digits[HASH_CHARS + 1];

	if (!turn_may(t, VERB_GRANT, NULL, STR("")) || !rights_in_time(t, text, &what))
		return;
	hash = str_split(what, ':', &what);
	str_copy(digits, sizeof digits, hash);
	if (hash.n != HASH_CHARS || !what.n || sscanf(digits, "%16" SCNx64, &order.grant_hash) != 1) {
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
		return;
	}
	str_copy(order.grant_id, sizeof order.grant_id, what);
	change_run(t, &order);
}

/* ---- control channels ---- */

void control_ask(const struct turn *t)
{
	bool closed = rights_of(t)->control_by_grant;

	if (!turn_may(t, VERB_GRANT, NULL, STR("")))
		return;
	rights_ask_again(t, TR_RIGHTS_CONTROL_TITLE,
		str_of(tr(t->lang, closed ? TR_RIGHTS_ASK_OPEN : TR_RIGHTS_ASK_CLOSE)),
		closed ? TR_RIGHTS_CONTROL_OPEN : TR_RIGHTS_CONTROL_CLOSE, "controlgo",
		closed ? STR("open") : STR("granted"), "list");
}

void control_switch(const struct turn *t, struct str text)
{
	struct change_order order = {.kind = CHANGE_CONTROL};
	struct str word;

	if (!turn_may(t, VERB_GRANT, NULL, STR("")) || !rights_in_time(t, text, &word))
		return;
	order.by_grant = str_is(word, "granted");
	if (order.by_grant || str_is(word, "open"))
		change_run(t, &order);
	else
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
}

/* ---- groups ---- */

static void add_group(struct buf *out, const struct config_group *g)
{
	struct str rest = str_of(g->targets);

	buf_printf(out, "\n📦 `group:%s`: ", g->name);
	for (bool any = false; rest.n; any = true) {
		struct str target = str_split(rest, '\n', &rest);

		buf_printf(out, "%s`%.*s`", any ? ", " : "", STR_ARG(target));
	}
}

static void add_group_select(const struct turn *t, struct message *m)
{
	char id[CUSTOM_ID_BYTES];

	message_row(m);
	custom_id_format(id, ID_RIGHTS, STR("group"), STR(""), STR(""));
	message_select(m, id, str_of(tr(t->lang, TR_RIGHTS_GROUPS_CHOOSE)), 1, 1);
	for (unsigned i = 0; i < rights_of(t)->group_count; i++)
		message_option(m, str_of(rights_of(t)->groups[i].name), str_of(rights_of(t)->groups[i].name), STR(""),
			"📦", false);
}

/* A select holds the first 25; any group can be changed by its name in the dialog. */
void groups_show(const struct turn *t)
{
	const struct config_rights *rights = rights_of(t);
	struct message m;
	struct buf text;
	ticket reply;

	if (!turn_may(t, VERB_GRANT, NULL, STR("")))
		return;
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX * 4);
	buf_add_str(&text, tr(t->lang, rights->group_count ? TR_RIGHTS_GROUPS_INTRO : TR_RIGHTS_GROUPS_EMPTY));
	for (unsigned i = 0; i < rights->group_count && utf8_count(buf_view(&text)) < GROUPS_CHARS_MAX; i++)
		add_group(&text, &rights->groups[i]);
	reply = rights_begin(t, &m, TR_RIGHTS_GROUPS_TITLE, TONE_BUSY, buf_view(&text));
	if (rights->group_count)
		add_group_select(t, &m);
	message_row(&m);
	rights_button(&m, t->lang, BUTTON_SUCCESS, "➕", TR_RIGHTS_GROUP_NEW, "newgroup", STR(""));
	rights_button(&m, t->lang, BUTTON_SECONDARY, "◀️", TR_RIGHTS_LIST, "list", STR("0"));
	rights_end(t, reply, &m);
	buf_clear(&text);
}
