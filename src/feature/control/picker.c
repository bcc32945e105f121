/* The private list of containers to choose from: 25 a page as Discord's selects hold, and a search by typing.
 */
#include "feature/control/turn.h"

#include <stdio.h>

enum { PER_PAGE = SELECT_OPTIONS_MAX, OPTION_BYTES_MAX = 1024, TEXT_BYTES_MAX = 2048, SEARCH_CHARS_MAX = 30 };

/* Only what this person may open from here. */
static bool is_hit(const struct turn *t, const struct config_container *c, struct str search)
{
	const struct container *engine = docker_find(t->c->parts.docker, str_of(c->name));

	return (str_contains_nocase(str_of(c->display_name), search) || str_contains_nocase(str_of(c->name), search)) &&
	       policy_decide(t->c->config, &t->who, VERB_PICK, c, engine).allowed;
}

static unsigned count_hits(const struct turn *t, struct str search)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->c->config->container_count; i++)
		n += is_hit(t, &t->c->config->containers[i], search);
	return n;
}

static void write_option(const struct turn *t, struct message *m, const struct config_container *c)
{
	struct view v =
		view_of(t->c->parts.docker, str_of(c->name), c, pending_find(t->c->parts.pending, str_of(c->name)));
	struct buf label, state;

	buf_init(&label, MEM_CONTROL, OPTION_BYTES_MAX);
	buf_init(&state, MEM_CONTROL, OPTION_BYTES_MAX);
	view_add_text(&label, v.name, SELECT_TEXT_CHARS_MAX - 1, true);
	view_add_state(&state, &v, t->lang);
	message_option(m, buf_view(&label), str_of(c->name), buf_view(&state), view_icon(&v), false);
	buf_clear(&label);
	buf_clear(&state);
}

static void write_select(const struct turn *t, struct message *m, unsigned page, struct str search)
{
	const struct config *config = t->c->config;
	char id[CUSTOM_ID_BYTES];
	unsigned n = 0;

	message_row(m);
	message_select(m, custom_id_plain(id, ID_OPEN), str_of(tr(t->lang, TR_CONTROL_PICKER_CHOOSE)), 1, 1);
	for (unsigned i = 0; i < config->container_count && n < (page + 1) * PER_PAGE; i++) {
		if (!is_hit(t, &config->containers[i], search))
			continue;
		if (n++ >= page * PER_PAGE)
			write_option(t, m, &config->containers[i]);
	}
}

static void write_buttons(const struct turn *t, struct message *m, unsigned page, unsigned pages, struct str search)
{
	char id[CUSTOM_ID_BYTES];

	message_row(m);
	if (pages > 1) {
		message_button(m, BUTTON_SECONDARY, "◀️", STR(""),
			custom_id_numbered(id, ID_PICK_PAGE, page ? page - 1 : pages, search), page == 0);
		message_button(m, BUTTON_SECONDARY, "▶️", STR(""),
			custom_id_numbered(id, ID_PICK_PAGE, page + 1, search), page + 1 == pages);
	}
	message_button(m, BUTTON_SECONDARY, "🔎", str_of(tr(t->lang, TR_CONTROL_PICKER_SEARCH)),
		custom_id_plain(id, ID_SEARCH), false);
	if (search.n)
		message_button(m, BUTTON_SECONDARY, "📋", str_of(tr(t->lang, TR_CONTROL_PICKER_ALL)),
			custom_id_plain(id, ID_PICK), false);
}

static void write_text(
	const struct turn *t, struct message *m, unsigned hits, unsigned page, unsigned pages, struct str search)
{
	struct buf text, what;
	char at[12], of[12];

	snprintf(at, sizeof at, "%u", page + 1);
	snprintf(of, sizeof of, "%u", pages);
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_init(&what, MEM_CONTROL, TEXT_BYTES_MAX);
	view_add_text(&what, search, SEARCH_CHARS_MAX, false);
	if (!hits && search.n)
		TR_ADD(&text, t->lang, TR_CONTROL_PICKER_NO_HIT, {"what", buf_view(&what)});
	else if (!hits)
		buf_add_str(&text, tr(t->lang, TR_CONTROL_PICKER_EMPTY));
	else if (search.n)
		TR_ADD(&text, t->lang, TR_CONTROL_PICKER_HITS, {"what", buf_view(&what)});
	else
		buf_add_str(&text, tr(t->lang, TR_CONTROL_PICKER_INTRO));
	if (hits) {
		buf_add_str(&text, "\n-# ");
		tr_count(&text, t->lang, TR_CONTROL_PICKER_COUNT_ONE, hits);
	}
	if (pages > 1) {
		buf_add_str(&text, " · ");
		TR_ADD(&text, t->lang, TR_CONTROL_PAGE, {"page", str_of(at)}, {"pages", str_of(of)});
	}
	message_text(m, buf_view(&text));
	buf_clear(&text);
	buf_clear(&what);
}

void picker_show(const struct turn *t, unsigned page, struct str search)
{
	struct respond *r = t->c->respond;
	ticket reply = respond_begin(r, &t->in->ref, turn_as(t));
	struct message m;
	unsigned hits, pages;

	search = utf8_prefix(str_trim(search), SEARCH_CHARS_MAX);
	if (search.n > CUSTOM_ID_SEARCH_BYTES_MAX) /* long characters: a shorter part of the name finds more,
						      never less */
		search = utf8_prefix(search, CUSTOM_ID_SEARCH_BYTES_MAX / 4);
	hits = count_hits(t, search);
	pages = hits ? (hits + PER_PAGE - 1) / PER_PAGE : 1;
	if (page >= pages) /* containers were taken out since the button was made */
		page = pages - 1;
	panels_leave(t->c, t->in);
	doctor_note(t, reply);
	respond_message(r, reply, &m);
	message_embed(&m, str_of(tr(t->lang, TR_CONTROL_PICKER_TITLE)), view_tone_colour(TONE_BUSY));
	write_text(t, &m, hits, page, pages, search);
	if (hits)
		write_select(t, &m, page, search);
	if (hits || search.n)
		write_buttons(t, &m, page, pages, search);
	respond_send(r, reply, &m);
}

void picker_ask(const struct turn *t)
{
	struct respond *r = t->c->respond;
	char id[CUSTOM_ID_BYTES];
	const struct modal_field field = {
		.custom_id = "name",
		.label = str_of(tr(t->lang, TR_CONTROL_PICKER_FIELD)),
		.placeholder = str_of(tr(t->lang, TR_CONTROL_PICKER_FIELD_HINT)),
		.min_chars = 1,
		.max_chars = SEARCH_CHARS_MAX,
		.required = true,
	};

	respond_modal(r, respond_begin(r, &t->in->ref, RESPOND_PRIVATE), custom_id_plain(id, ID_SEARCH_GO),
		str_of(tr(t->lang, TR_CONTROL_PICKER_SEARCH_TITLE)), &field, 1);
}
