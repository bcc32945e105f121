/* What the owner wrote about the containers, privately: text, address, port. The protected part is never
 * shown here. */
#include "feature/control/turn.h"

#include <stdio.h>

enum {
	PER_PAGE = 8 /* eight of the longest fit into one embed */,
	INFO_CHARS_MAX = 300,
	PLACE_CHARS_MAX = 80,
	TEXT_BYTES_MAX = 16384
};

static bool has_info(const struct config_container *c)
{
	return c->active && c->info_enabled;
}

static bool is_port(struct str s)
{
	uint64_t port;

	return str_to_u64(s, &port) && port > 0 && port < 65536;
}

static void write_address(struct buf *out, const struct config_container *c)
{
	struct str ip = str_trim(str_of(c->info_ip)), port = str_trim(str_of(c->info_port));

	if (!c->info_show_ip || (!ip.n && !is_port(port)))
		return;
	buf_add_str(out, "\n🔗 ");
	view_add_text(out, ip, PLACE_CHARS_MAX, false);
	if (is_port(port))
		buf_printf(out, ":%.*s", STR_ARG(port));
}

static void write_one(const struct turn *t, struct buf *out, const struct config_container *c)
{
	struct view v = view_of(
		t->c->parts.docker, str_of(c->name), c, pending_find(t->c->parts.pending, str_of(c->name)));
	struct str text = str_trim(str_of(c->info_text));

	buf_printf(out, "%s **", view_icon(&v));
	view_add_name(out, &v, CONTROL_NAME_CHARS_MAX);
	buf_add_str(out, "**");
	if (text.n) {
		buf_add_char(out, '\n');
		buf_add_view(out,
			utf8_prefix(text, INFO_CHARS_MAX)); /* the owner's own words, Markdown included */
	}
	write_address(out, c);
	if (c->info_protected)
		buf_printf(out, "\n-# 🔐 %s", tr(t->lang, TR_CONTROL_INFO_PROTECTED));
	buf_add_str(out, "\n\n");
}

static void write_page(const struct turn *t, struct message *m, unsigned page, unsigned pages)
{
	const struct config *config = t->c->config;
	char at[12], of[12];
	struct buf text;
	unsigned n = 0;

	snprintf(at, sizeof at, "%u", page + 1);
	snprintf(of, sizeof of, "%u", pages);
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	for (unsigned i = 0; i < config->container_count && n < (page + 1) * PER_PAGE; i++)
		if (has_info(&config->containers[i]) && n++ >= page * PER_PAGE)
			write_one(t, &text, &config->containers[i]);
	if (!n)
		buf_add_str(&text, tr(t->lang, TR_CONTROL_INFO_EMPTY));
	message_text(m, str_trim(buf_view(&text)));
	buf_reset(&text);
	if (pages > 1) {
		TR_ADD(&text, t->lang, TR_CONTROL_PAGE, {"page", str_of(at)}, {"pages", str_of(of)});
		message_footer(m, buf_view(&text));
	}
	buf_clear(&text);
}

void info_show(const struct turn *t, unsigned page)
{
	struct respond *r = t->c->respond;
	ticket reply = respond_begin(r, &t->in->ref, turn_as(t));
	unsigned count = 0, pages;
	char id[CUSTOM_ID_BYTES];
	struct message m;

	for (unsigned i = 0; i < t->c->config->container_count; i++)
		count += has_info(&t->c->config->containers[i]);
	pages = count ? (count + PER_PAGE - 1) / PER_PAGE : 1;
	if (page >= pages)
		page = pages - 1;
	respond_message(r, reply, &m);
	message_embed(&m, str_of(tr(t->lang, TR_CONTROL_INFO_TITLE)), view_tone_colour(TONE_BUSY));
	write_page(t, &m, page, pages);
	if (pages > 1) {
		message_row(&m);
		message_button(&m, BUTTON_SECONDARY, "◀️", STR(""),
			custom_id_numbered(id, ID_INFO_PAGE, page ? page - 1 : pages, STR("")), page == 0);
		message_button(&m, BUTTON_SECONDARY, "▶️", STR(""),
			custom_id_numbered(id, ID_INFO_PAGE, page + 1, STR("")), page + 1 == pages);
	}
	respond_send(r, reply, &m);
}
