/* Who is admin, by name or by role: shown, added, removed. */
#include "feature/control/rights_desk.h"

#include "base/clock.h"
#include "base/snowflake.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The first id that Discord gave away, as the original has it: 28 February 2015. */
#define FIRST_ID UINT64_C(21154535154122752)

enum { PER_PAGE = 20, ID_CHARS_MAX = 20 };

/* ---- the dialog ---- */

void admin_ask(const struct turn *t, struct str typed)
{
	char id[CUSTOM_ID_BYTES];
	const struct modal_field f[] = {
		{.kind = MODAL_MENTIONABLE, .custom_id = "who", .label = str_of(tr(t->lang, TR_ADMINS_FIELD_WHO))},
		/* as long as the original's, so that more than an id is told apart from one */
		{.custom_id = "id",
			.label = str_of(tr(t->lang, TR_ADMINS_FIELD_ID)),
			.description = str_of(tr(t->lang, TR_ADMINS_FIELD_ID_HINT)),
			.value = utf8_prefix(typed, ID_CHARS_MAX),
			.max_chars = ID_CHARS_MAX},
	};

	if (!turn_may(t, VERB_ADD_ADMIN, NULL, STR("")))
		return;
	custom_id_format(id, ID_RIGHTS_GO, STR("admin"), STR(""), STR(""));
	respond_modal(t->c->respond, respond_begin(t->c->respond, &t->in->ref, RESPOND_PRIVATE), id,
		str_of(tr(t->lang, TR_ADMINS_DIALOG_TITLE)), f, 2);
}

static void refuse(const struct turn *t, enum tr_key key, struct str typed)
{
	struct message m;
	struct buf text, shown;
	char first[SNOWFLAKE_BYTES];
	ticket reply;

	snprintf(first, sizeof first, "%" PRIu64, FIRST_ID);
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_init(&shown, MEM_CONTROL, 512);
	message_escape(&shown, utf8_prefix(typed, ID_CHARS_MAX));
	buf_add_str(&text, "⚠️ ");
	TR_ADD(&text, t->lang, key, {"id", buf_view(&shown)}, {"first", str_of(first)});
	reply = rights_begin(t, &m, TR_ADMINS_TITLE, TONE_WARN, buf_view(&text));
	message_row(&m);
	rights_button(
		&m, t->lang, BUTTON_PRIMARY, "✏️", TR_RIGHTS_DIALOG_AGAIN, "add", utf8_prefix(typed, ID_CHARS_MAX));
	rights_end(t, reply, &m);
	buf_clear(&text);
	buf_clear(&shown);
	turn_record(t, "add admin", typed, "refused", STR("a field was not as it must be"), 0);
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static void add_typed_id(const struct turn *t, struct str typed)
{
	uint64_t id;

	if (!is_number(typed) || typed.n < 17 || typed.n > ID_CHARS_MAX)
		refuse(t, TR_ADMINS_BAD_ID, typed);
	else if (!snowflake_parse(typed, &id) || id < FIRST_ID)
		refuse(t, TR_ADMINS_NO_SUCH_ID, typed);
	else
		admin_add(t, id, false, STR(""));
}

void admin_typed(const struct turn *t)
{
	struct str typed = str_trim(interaction_field_value(t->in, "id"));
	struct str name;
	uint64_t id = 0;
	bool is_role, chosen = rights_who(t, interaction_field_value(t->in, "who"), &id, &is_role, &name);

	if (!turn_may(t, VERB_ADD_ADMIN, NULL, STR("")))
		return;
	if (chosen && typed.n)
		refuse(t, TR_ADMINS_ONE_AT_A_TIME, typed);
	else if (chosen)
		admin_add(t, id, is_role, name);
	else if (typed.n)
		add_typed_id(t, typed);
	else
		refuse(t, TR_ADMINS_NOBODY, STR(""));
}

/* ---- adding ---- */

void admin_add(const struct turn *t, uint64_t id, bool is_role, struct str name)
{
	const struct interaction_resolved *r = interaction_resolved_of(t->in, id);
	struct change_order order = {.kind = CHANGE_ADD_ADMIN, .id = id, .is_role = is_role};

	if (!turn_may(t, VERB_ADD_ADMIN, NULL, name))
		return;
	if (is_role && id == t->in->guild_id)
		refuse(t, TR_ADMINS_EVERYONE, STR(""));
	else if (r && r->is_bot)
		refuse(t, TR_ADMINS_BOT, STR(""));
	else {
		str_copy(order.name, sizeof order.name, name);
		change_run(t, &order);
	}
}

/* ---- removing ---- */

static unsigned count(const struct config *config)
{
	return config->admin_count + (config->rights ? config->rights->admin_role_count : 0);
}

/* The one who asks would no longer be admin. */
static bool is_own(const struct turn *t, uint64_t id, bool is_role)
{
	bool listed = config_is_admin(t->c->config, t->in->user_id);

	if (!is_role)
		return id == t->in->user_id &&
		       !rights_is_admin_role(t->c->config->rights, t->who.roles, t->who.role_count);
	for (unsigned i = 0; !listed && i < t->who.role_count; i++)
		if (t->who.roles[i] == id)
			return true;
	return false;
}

static void remove_now(const struct turn *t, uint64_t id, bool is_role, bool asked)
{
	struct change_order order = {.kind = CHANGE_REMOVE_ADMIN, .id = id, .is_role = is_role, .last_too = asked};
	const struct interaction_resolved *r = interaction_resolved_of(t->in, id);

	if (r)
		str_copy(order.name, sizeof order.name, r->name);
	change_run(t, &order);
}

static bool is_listed(const struct turn *t, uint64_t id, bool is_role)
{
	return is_role ? rights_is_admin_role(t->c->config->rights, &id, 1) : config_is_admin(t->c->config, id);
}

void admin_remove(const struct turn *t, uint64_t id, bool is_role)
{
	bool last = count(t->c->config) == 1;
	struct buf text, who;
	char what[SNOWFLAKE_BYTES + 1];

	if (!turn_may(t, VERB_REMOVE_ADMIN, NULL, STR("")))
		return;
	if (!is_listed(t, id, is_role) || (!last && !is_own(t, id, is_role))) {
		remove_now(t, id, is_role, false); /* or says that it is not there */
		return;
	}
	snprintf(what, sizeof what, "%c%" PRIu64, last ? (is_role ? 'R' : 'U') : is_role ? 'r' : 'u', id);
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_init(&who, MEM_CONTROL, 64);
	rights_add_mention(&who, id, is_role);
	TR_ADD(&text, t->lang, last ? TR_ADMINS_ASK_LAST : TR_ADMINS_ASK_OWN, {"who", buf_view(&who)});
	rights_ask_again(t, TR_ADMINS_TITLE, buf_view(&text), TR_ADMINS_REMOVE, "removego", str_of(what), "admins");
	buf_clear(&text);
	buf_clear(&who);
}

/* Which of the two questions was asked stands in the letter: a yes to one is none to the other. */
void admin_removed(const struct turn *t, struct str text)
{
	struct str what;
	uint64_t id;

	if (!turn_may(t, VERB_REMOVE_ADMIN, NULL, STR("")) || !rights_in_time(t, text, &what))
		return;
	if (what.n > 1 && memchr("urUR", what.p[0], 4) && snowflake_parse((struct str){what.p + 1, what.n - 1}, &id))
		remove_now(t, id, what.p[0] == 'r' || what.p[0] == 'R', what.p[0] == 'U' || what.p[0] == 'R');
	else
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
}

void admins_pick(const struct turn *t)
{
	struct str what = t->in->value_count ? t->in->values[0] : STR("");
	uint64_t id;

	if (what.n > 1 && snowflake_parse((struct str){what.p + 1, what.n - 1}, &id))
		admin_remove(t, id, what.p[0] == 'r');
	else
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
}

/* ---- the list ---- */

static void add_line(const struct turn *t, struct buf *out, unsigned n)
{
	const struct config *config = t->c->config;
	bool is_role = n >= config->admin_count;
	uint64_t id = is_role ? config->rights->admin_roles[n - config->admin_count] : config->admins[n];
	const char *note = is_role ? "" : config_admin_note(config, id);

	buf_add_str(out, "\n• ");
	rights_add_mention(out, id, is_role);
	if (!*note)
		return;
	buf_add_str(out, " · ");
	message_escape(out, str_of(note));
}

static void add_option(const struct turn *t, struct message *m, unsigned n)
{
	const struct config *config = t->c->config;
	bool is_role = n >= config->admin_count;
	uint64_t id = is_role ? config->rights->admin_roles[n - config->admin_count] : config->admins[n];
	const char *note = is_role ? tr(t->lang, TR_ADMINS_A_ROLE) : config_admin_note(config, id);
	char value[SNOWFLAKE_BYTES + 1];
	struct buf label;

	snprintf(value, sizeof value, "%c%" PRIu64, is_role ? 'r' : 'u', id);
	buf_init(&label, MEM_CONTROL, 1024);
	view_add_text(&label, str_of(*note ? note : value + 1), SELECT_TEXT_CHARS_MAX - 1, true);
	message_option(m, buf_view(&label), str_of(value), *note ? str_of(value + 1) : STR(""),
		is_role ? "🏷️" : "👤", false);
	buf_clear(&label);
}

static void add_buttons(const struct turn *t, struct message *m, unsigned page, unsigned pages)
{
	message_row(m);
	rights_pages(m, "admins", page, pages);
	rights_button(m, t->lang, BUTTON_SUCCESS, "➕", TR_ADMINS_ADD, "add", STR(""));
	rights_button(m, t->lang, BUTTON_SECONDARY, "📜", TR_RIGHTS_LIST, "list", STR("0"));
}

void admins_show(const struct turn *t, unsigned page)
{
	unsigned all = count(t->c->config), pages = all ? (all + PER_PAGE - 1) / PER_PAGE : 1;
	struct message m;
	struct buf text;
	char id[CUSTOM_ID_BYTES];
	ticket reply;

	if (!turn_may(t, VERB_REMOVE_ADMIN, NULL, STR("")))
		return;
	if (page >= pages)
		page = pages - 1;
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_add_str(&text, tr(t->lang, TR_ADMINS_INTRO));
	for (unsigned i = page * PER_PAGE; i < all && i < (page + 1) * PER_PAGE; i++)
		add_line(t, &text, i);
	reply = rights_begin(t, &m, TR_ADMINS_TITLE, TONE_BUSY, buf_view(&text));
	message_row(&m);
	custom_id_format(id, ID_RIGHTS, STR("unadmin"), STR(""), STR(""));
	message_select(&m, id, str_of(tr(t->lang, TR_ADMINS_CHOOSE)), 1, 1);
	for (unsigned i = page * PER_PAGE; i < all && i < (page + 1) * PER_PAGE; i++)
		add_option(t, &m, i);
	add_buttons(t, &m, page, pages);
	rights_end(t, reply, &m);
	buf_clear(&text);
}
