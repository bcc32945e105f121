/* What the owner wrote about the containers, privately: a list of all, and a card for each. The protected part is shown to those
 * who control the container, to others behind a password (info_dialogs.c). */
#include "feature/control/info_inside.h"

#include "discord/text.h"
#include "feature/info/address.h"

#include <stdio.h>

enum {
	PER_PAGE = 8 /* eight of the longest fit into one embed */,
	INFO_CHARS_MAX = 300,
	TEXT_CHARS_MAX = 1800, /* of a card: two texts fit into one embed */
	TEXT_BYTES_MAX = 16384
};

/* One answer, as far as it is known before the public address is. */
struct look {
	struct list link;
	struct control *c;
	ticket reply;
	enum tr_lang lang;
	char name[CONTAINER_NAME_BYTES]; /* "": the list */
	unsigned page;
	bool may_edit, may_see_all;
};

/* ---- life ---- */

static void look_free(struct look *l)
{
	respond_close(l->c->respond, l->reply);
	list_remove(&l->link);
	mem_free(l);
}

struct info *info_new(struct control *c)
{
	struct info *i = mem_zalloc(MEM_CONTROL, sizeof *i);

	if (!i)
		return NULL;
	i->c = c;
	list_init(&i->looks);
	list_init(&i->jobs);
	i->helper = helper_new(c->parts.loop);
	if (!i->helper) {
		mem_free(i);
		return NULL;
	}
	return i;
}

void info_free(struct info *i)
{
	if (!i)
		return;
	helper_free(i->helper);
	info_jobs_end(i);
	list_each_safe (at, &i->looks)
		look_free(list_item(at, struct look, link));
	mem_free(i);
}

/* ---- rights ---- */

bool info_may(const struct turn *t, enum policy_verb verb, const struct config_container *k)
{
	return policy_decide(t->c->config, &t->who, verb, k, docker_find(t->c->parts.docker, str_of(k->name))).allowed;
}

const struct config_container *info_find(const struct turn *t, enum policy_verb verb, struct str name)
{
	const struct config_container *k = config_find_container(t->c->config, name);

	if (!turn_may(t, verb, k, name))
		return NULL;
	if (!k)
		turn_refuse(t, RULE_CONTAINER_UNKNOWN, verb, NULL, name);
	return k;
}

/* ---- texts ---- */

static bool has_info(const struct config_container *c)
{
	return c->active && (c->info_enabled || c->info_protected);
}

/* While it is being looked up there is nothing; when nobody could tell, that is said. */
static void write_address(struct look *l, struct buf *out, const struct config_container *k, const struct public_ip *ip)
{
	struct buf text;
	bool invalid;

	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	if (address_add(&text, k, ip, &invalid))
		buf_printf(out, "\n🔗 %s", buf_text(&text));
	else if (invalid)
		buf_printf(out, "\n-# ⚠️ %s", tr(l->lang, TR_INFO_ADDRESS_INVALID));
	else if (k->info_show_ip)
		buf_printf(out, "\n-# ⚠️ %s", tr(l->lang, TR_INFO_ADDRESS_UNKNOWN));
	buf_clear(&text);
}

static void write_public(struct look *l, struct buf *out, const struct config_container *k, const struct public_ip *ip,
	unsigned chars_max)
{
	struct str text = str_trim(str_of(k->info_text));

	if (text.n) {
		buf_add_char(out, '\n');
		text_add_markdown(out, text, chars_max); /* the owner's own words */
	}
	write_address(l, out, k, ip);
}

/* ---- the list ---- */

static void write_one(struct look *l, struct buf *out, const struct config_container *k, const struct public_ip *ip)
{
	struct view v =
		view_of(l->c->parts.docker, str_of(k->name), k, pending_find(l->c->parts.pending, str_of(k->name)));

	buf_printf(out, "%s **", view_icon(&v));
	view_add_name(out, &v, CONTROL_NAME_CHARS_MAX);
	buf_add_str(out, "**");
	if (k->info_enabled)
		write_public(l, out, k, ip, INFO_CHARS_MAX);
	if (k->info_protected)
		buf_printf(out, "\n-# 🔐 %s", tr(l->lang, TR_INFO_HAS_PROTECTED));
	buf_add_str(out, "\n\n");
}

static void write_option(struct look *l, struct message *m, const struct config_container *k)
{
	struct buf label;

	buf_init(&label, MEM_CONTROL, 1024);
	view_add_text(&label, str_of(k->display_name), SELECT_TEXT_CHARS_MAX - 1, true);
	message_option(m, buf_view(&label), str_of(k->name), STR(""), k->info_protected ? "🔐" : "📋", false);
	buf_clear(&label);
	(void)l;
}

static unsigned write_page(struct look *l, struct message *m, unsigned pages, const struct public_ip *ip)
{
	const struct config *config = l->c->config;
	char at[12], of[12];
	struct buf text;
	unsigned n = 0;

	snprintf(at, sizeof at, "%u", l->page + 1);
	snprintf(of, sizeof of, "%u", pages);
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	for (unsigned i = 0; i < config->container_count && n < (l->page + 1) * PER_PAGE; i++)
		if (has_info(&config->containers[i]) && n++ >= l->page * PER_PAGE)
			write_one(l, &text, &config->containers[i], ip);
	if (!n)
		buf_add_str(&text, tr(l->lang, TR_CONTROL_INFO_EMPTY));
	message_text(m, str_trim(buf_view(&text)));
	buf_reset(&text);
	if (pages > 1) {
		TR_ADD(&text, l->lang, TR_CONTROL_PAGE, {"page", str_of(at)}, {"pages", str_of(of)});
		message_footer(m, buf_view(&text));
	}
	buf_clear(&text);
	return n;
}

static void write_choice(struct look *l, struct message *m)
{
	const struct config *config = l->c->config;
	char id[CUSTOM_ID_BYTES];
	unsigned n = 0;

	message_row(m);
	custom_id_format(id, ID_CARD, STR("pick"), STR(""), STR(""));
	message_select(m, id, str_of(tr(l->lang, TR_INFO_CHOOSE)), 1, 1);
	for (unsigned i = 0; i < config->container_count && n < (l->page + 1) * PER_PAGE; i++)
		if (has_info(&config->containers[i]) && n++ >= l->page * PER_PAGE)
			write_option(l, m, &config->containers[i]);
}

static void draw_list(struct look *l, struct message *m, const struct public_ip *ip)
{
	unsigned count = 0, pages;
	char id[CUSTOM_ID_BYTES];

	for (unsigned i = 0; i < l->c->config->container_count; i++)
		count += has_info(&l->c->config->containers[i]);
	pages = count ? (count + PER_PAGE - 1) / PER_PAGE : 1;
	if (l->page >= pages)
		l->page = pages - 1;
	message_embed(m, str_of(tr(l->lang, TR_CONTROL_INFO_TITLE)), view_tone_colour(TONE_BUSY));
	if (write_page(l, m, pages, ip))
		write_choice(l, m);
	if (pages > 1) {
		message_row(m);
		message_button(m, BUTTON_SECONDARY, "◀️", STR(""),
			custom_id_numbered(id, ID_INFO_PAGE, l->page ? l->page - 1 : pages, STR("")), l->page == 0);
		message_button(m, BUTTON_SECONDARY, "▶️", STR(""),
			custom_id_numbered(id, ID_INFO_PAGE, l->page + 1, STR("")), l->page + 1 == pages);
	}
}

/* ---- the card of one container ---- */

static void write_protected(struct look *l, struct buf *out, const struct config_container *k)
{
	struct str text = str_trim(str_of(k->info_protected_text));

	if (!k->info_protected)
		return;
	if (l->may_see_all) {
		buf_printf(out, "\n\n🔐 **%s**\n", tr(l->lang, TR_INFO_PROTECTED));
		text_add_markdown(out, text, TEXT_CHARS_MAX);
	} else if (*k->info_password) {
		buf_printf(out, "\n-# 🔐 %s", tr(l->lang, TR_INFO_HAS_PROTECTED));
	} else {
		buf_printf(out, "\n-# 🔐 %s", tr(l->lang, TR_INFO_PROTECTED_ELSEWHERE));
	}
}

static void card_button(struct look *l, struct message *m, enum button_style style, const char *emoji,
	enum tr_key label, const char *act)
{
	char id[CUSTOM_ID_BYTES];

	custom_id_format(id, ID_CARD, str_of(act), str_of(l->name), STR(""));
	message_button(m, style, emoji, str_of(tr(l->lang, label)), id, false);
}

static void draw_card(struct look *l, struct message *m, const struct public_ip *ip)
{
	const struct config_container *k = config_find_container(l->c->config, str_of(l->name));
	char id[CUSTOM_ID_BYTES];
	struct buf text;

	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_add_str(&text, "📋 ");
	view_add_text(&text, k ? str_of(k->display_name) : str_of(l->name), CONTROL_NAME_CHARS_MAX, false);
	message_embed(m, buf_view(&text), view_tone_colour(TONE_BUSY));
	buf_reset(&text);
	if (k && k->info_enabled)
		write_public(l, &text, k, ip, TEXT_CHARS_MAX);
	if (k)
		write_protected(l, &text, k);
	if (!str_trim(buf_view(&text)).n)
		buf_add_str(&text, tr(l->lang, TR_INFO_NOTHING));
	message_text(m, str_trim(buf_view(&text)));
	buf_clear(&text);
	message_row(m);
	if (k && k->info_protected && *k->info_password && !l->may_see_all)
		card_button(l, m, BUTTON_PRIMARY, "🔐", TR_INFO_OPEN, "ask");
	if (k && l->may_edit) {
		card_button(l, m, BUTTON_SECONDARY, "📝", TR_INFO_EDIT, "edit");
		card_button(l, m, BUTTON_SECONDARY, "🔒", TR_INFO_EDIT_SECRET, "secret");
	}
	message_button(m, BUTTON_SECONDARY, "ℹ️", str_of(tr(l->lang, TR_INFO_ALL)),
		custom_id_numbered(id, ID_INFO_PAGE, 0, STR("")), false);
}

/* ---- both ---- */

static void draw(struct look *l, const struct public_ip *ip)
{
	struct message m;

	respond_message(l->c->respond, l->reply, &m);
	if (l->name[0])
		draw_card(l, &m, ip);
	else
		draw_list(l, &m, ip);
	respond_send(l->c->respond, l->reply, &m);
}

static bool needs_public(const struct look *l)
{
	const struct config *config = l->c->config;

	for (unsigned i = 0; i < config->container_count; i++) {
		const struct config_container *k = &config->containers[i];

		if (k->active && k->info_enabled && (!l->name[0] || str_is(str_of(l->name), k->name)) &&
			address_needs_public(k))
			return true;
	}
	return false;
}

/* Draws at once what needs no look-up; the rest waits for info_on_public_ip(). */
static void begin(const struct turn *t, struct look look)
{
	const struct control_parts *parts = &t->c->parts;
	struct public_ip ip = {0};
	struct look *l;

	look.c = t->c;
	look.lang = t->lang;
	panels_leave(t->c, t->in);
	look.reply = respond_begin(t->c->respond, &t->in->ref, turn_as(t));
	if (!needs_public(&look) || !parts->public_ip || parts->public_ip(&ip, parts->public_ip_arg) ||
		list_count(&t->c->info->looks) >= LOOKS_MAX || !(l = mem_alloc(MEM_CONTROL, sizeof *l))) {
		draw(&look, &ip);
		return;
	}
	*l = look;
	list_append(&t->c->info->looks, &l->link);
	respond_keep(t->c->respond, l->reply);
	respond_wait(t->c->respond, l->reply);
}

void control_on_public_ip(struct control *c, const struct public_ip *ip)
{
	list_each_safe (at, &c->info->looks) {
		struct look *l = list_item(at, struct look, link);

		draw(l, ip);
		look_free(l);
	}
}

void info_show(const struct turn *t, unsigned page)
{
	begin(t, (struct look){.page = page});
}

void info_show_card(const struct turn *t, struct str container)
{
	const struct config_container *k = info_find(t, VERB_SEE_INFO, container);
	struct look look = {0};

	if (!k)
		return;
	str_copy(look.name, sizeof look.name, container);
	look.may_edit = info_may(t, VERB_EDIT_INFO, k);
	look.may_see_all = info_may(t, VERB_SEE_PROTECTED, k);
	begin(t, look);
}

void info_press(const struct turn *t, struct str act, struct str container)
{
	if (str_is(act, "pick"))
		info_show_card(t, t->in->value_count ? t->in->values[0] : STR(""));
	else if (str_is(act, "show"))
		info_show_card(t, container);
	else if (str_is(act, "ask"))
		info_ask_password(t, container);
	else if (str_is(act, "edit") || str_is(act, "secret"))
		info_ask_edit(t, container, str_is(act, "secret"));
	else
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
}
