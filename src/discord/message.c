#include "discord/message.h"

#include "base/bug.h"
#include "base/hash.h"
#include "discord/text.h"

#include <string.h>

/* What is open in the JSON text, from outside to inside. */
enum part {
	PART_TOP,    /* the object itself */
	PART_EMBED,  /* "embeds":[{ and its description is still being collected */
	PART_FIELDS, /* "fields":[ of that embed */
	PART_TAIL,   /* the embed behind its fields or footer */
	PART_ROWS,   /* "components":[ */
	PART_ROW,    /* {"type":1,"components":[ */
	PART_SELECT, /* "options":[ of a select in it */
	PART_DONE
};

enum { TYPE_ROW = 1, TYPE_BUTTON = 2, TYPE_SELECT = 3, TYPE_TEXT_INPUT = 4, TYPE_LABEL = 18 };
enum { BUTTON_LINK = 5, URL_CHARS_MAX = 512, EMOJI_CHARS_MAX = 32, PLACEHOLDER_CHARS_MAX = 100 };

static const char invisible[] = "\xE2\x80\x8B"; /* a space of no width, for names and values that may not be empty */
static const char dash[] = "\xE2\x80\x93";	/* for labels, where Discord does not take the invisible one */

/* Writes value, cut; `empty` instead of nothing (NULL: leave the key out). Returns the characters written. */
static size_t put_text(struct json_writer *w, const char *key, struct str value, size_t max_chars, const char *empty)
{
	struct buf cut;
	if (!value.n && empty)
		value = str_of(empty);
	if (!value.n || !max_chars)
		return 0;
	buf_init(&cut, w->out->owner, max_chars * 4 + 16);
	size_t chars = text_add_cut(&cut, value, max_chars);
	if (cut.overflow)
		w->out->overflow = true;
	json_string(w, key, buf_view(&cut));
	buf_clear(&cut);
	return chars;
}

static void put_emoji(struct json_writer *w, const char *emoji)
{
	if (!emoji || !*emoji)
		return;
	json_begin_object(w, "emoji");
	json_string(w, "name", utf8_prefix(str_of(emoji), EMOJI_CHARS_MAX));
	json_end_object(w);
}

/* ---- opening and closing ---- */

void message_init(struct message *m, enum mem_owner owner)
{
	memset(m, 0, sizeof *m);
	buf_init(&m->body, owner, MESSAGE_BODY_BYTES_MAX);
	buf_init(&m->text, owner, EMBED_DESCRIPTION_CHARS_MAX * 4 + 16);
	m->w = json_writer_on(&m->body);
	m->chars_left = EMBED_TOTAL_CHARS_MAX;
	json_begin_object(&m->w, NULL);
}

void message_clear(struct message *m)
{
	buf_clear(&m->body);
	buf_clear(&m->text);
	m->part = PART_DONE;
}

/* m may have been copied since message_init(); the writer must write into this one. */
static struct json_writer *writer(struct message *m)
{
	if (m->part == PART_DONE)
		BUG("message: already finished");
	m->w.out = &m->body;
	return &m->w;
}

static void spend(struct message *m, size_t chars)
{
	m->chars_left -= chars < m->chars_left ? (unsigned)chars : m->chars_left;
}

static void close_description(struct message *m)
{
	if (m->text.length)
		json_string(&m->w, "description", buf_view(&m->text));
	if (m->text.overflow)
		m->body.overflow = true;
	buf_reset(&m->text);
	m->part = PART_TAIL;
}

static void close_select(struct message *m)
{
	bool empty = m->options == 0;
	if (empty) { /* Discord refuses a select without options; one that cannot be used says the same */
		json_begin_object(&m->w, NULL);
		json_text(&m->w, "label", dash);
		json_text(&m->w, "value", "-");
		json_end_object(&m->w);
		m->options = 1;
	}
	json_end_array(&m->w);
	unsigned max = m->max > m->options ? m->options : m->max ? m->max : 1;
	json_int(&m->w, "min_values", m->min > max ? max : m->min);
	json_int(&m->w, "max_values", max);
	if (empty)
		json_bool(&m->w, "disabled", true);
	json_end_object(&m->w);
	m->part = PART_ROW;
}

/* Closes from inside to outside until `part` is what is open. */
static void close_to(struct message *m, enum part part)
{
	struct json_writer *w = writer(m);
	while (m->part != (unsigned)part) {
		switch ((enum part)m->part) {
		case PART_EMBED: close_description(m); break;
		case PART_FIELDS:
			json_end_array(w);
			m->part = PART_TAIL;
			break;
		case PART_TAIL: /* the next embed, or the end of them */
			json_end_object(w);
			json_end_array(w);
			m->part = PART_TOP;
			break;
		case PART_SELECT: close_select(m); break;
		case PART_ROW:
			json_end_array(w);
			json_end_object(w);
			m->part = PART_ROWS;
			break;
		case PART_ROWS:
			json_end_array(w);
			m->part = PART_TOP;
			break;
		default: BUG("message: part %u cannot be closed to %d", m->part, (int)part);
		}
	}
}

/* ---- flags, content, embeds ---- */

void message_flags(struct message *m, unsigned flags)
{
	m->flags |= flags;
}

void message_nonce(struct message *m, const char *nonce)
{
	str_copy(m->nonce, sizeof m->nonce, str_of(nonce));
}

void message_file(struct message *m, const char *name)
{
	str_copy(m->file, sizeof m->file, str_of(name));
}

void message_replace_all(struct message *m)
{
	m->replace_all = true;
}

void message_content(struct message *m, struct str text)
{
	if (m->part != PART_TOP || m->content || m->embeds || m->rows)
		BUG("message_content: content comes once, and first");
	m->content = put_text(writer(m), "content", text, MESSAGE_CONTENT_CHARS_MAX, NULL) > 0;
}

void message_embed(struct message *m, struct str title, uint32_t colour)
{
	struct json_writer *w = writer(m);
	if (m->part >= PART_ROWS || m->rows)
		BUG("message_embed: embeds come before rows");
	if (m->embeds == EMBEDS_MAX) { /* what follows is meant for the one too many: left out as well */
		m->text_cut = m->footer = true;
		m->fields = EMBED_FIELDS_MAX;
		return;
	}
	if (m->part == PART_TOP) {
		json_begin_array(w, "embeds");
	} else {
		if (m->part == PART_EMBED)
			close_description(m);
		if (m->part == PART_FIELDS)
			json_end_array(w);
		json_end_object(w);
	}
	json_begin_object(w, NULL);
	m->embeds++;
	m->fields = 0;
	m->text_cut = m->footer = false;
	m->part = PART_EMBED;
	size_t room = m->chars_left < EMBED_TITLE_CHARS_MAX ? m->chars_left : EMBED_TITLE_CHARS_MAX;
	spend(m, put_text(w, "title", title, room, NULL));
	json_int(w, "color", colour & 0xFFFFFF);
}

unsigned message_text_left(const struct message *m)
{
	if (m->part != PART_EMBED || m->text_cut)
		return 0;
	size_t used = utf8_count(buf_view(&m->text));
	size_t left = used < EMBED_DESCRIPTION_CHARS_MAX ? EMBED_DESCRIPTION_CHARS_MAX - used : 0;
	return left < m->chars_left ? (unsigned)left : m->chars_left;
}

void message_text(struct message *m, struct str text)
{
	writer(m);
	if (!m->embeds || m->part > PART_TAIL)
		BUG("message_text: no embed is open");
	if (m->part != PART_EMBED || m->text_cut) /* behind a field or an ellipsis there is nothing to add to */
		return;
	/* The whole is cut, not the piece: only so a ``` that an earlier piece opened is closed. */
	size_t used = utf8_count(buf_view(&m->text)), room = used + message_text_left(m);
	struct buf whole;
	buf_init(&whole, m->body.owner, m->text.max + text.n);
	buf_add_view(&whole, buf_view(&m->text));
	buf_add_view(&whole, text);
	if (whole.overflow)
		m->body.overflow = true;
	buf_reset(&m->text);
	m->text_cut = utf8_count(buf_view(&whole)) > room;
	size_t now = text_add_cut(&m->text, buf_view(&whole), room);
	buf_clear(&whole);
	m->chars_left += (unsigned)used;
	spend(m, now);
}

void message_textf(struct message *m, const char *format, ...)
{
	struct buf text;
	va_list ap;
	buf_init(&text, m->body.owner, MESSAGE_BODY_BYTES_MAX);
	va_start(ap, format);
	if (!buf_vprintf(&text, format, ap))
		m->body.overflow = true;
	va_end(ap);
	message_text(m, buf_view(&text));
	buf_clear(&text);
}

void message_field(struct message *m, struct str name, struct str value, bool in_line)
{
	struct json_writer *w = writer(m);
	if (!m->embeds || m->part > PART_TAIL)
		BUG("message_field: no embed is open");
	if (m->fields == EMBED_FIELDS_MAX || m->chars_left < 2 || (m->part == PART_TAIL && m->fields))
		return;
	if (m->part == PART_EMBED)
		close_description(m);
	if (m->part == PART_TAIL)
		json_begin_array(w, "fields");
	m->part = PART_FIELDS;
	m->fields++;
	json_begin_object(w, NULL);
	size_t room = m->chars_left - 1 < EMBED_FIELD_NAME_CHARS_MAX ? m->chars_left - 1 : EMBED_FIELD_NAME_CHARS_MAX;
	spend(m, put_text(w, "name", name, room, invisible));
	room = m->chars_left < EMBED_FIELD_VALUE_CHARS_MAX ? m->chars_left : EMBED_FIELD_VALUE_CHARS_MAX;
	spend(m, put_text(w, "value", value, room, invisible));
	json_bool(w, "inline", in_line);
	json_end_object(w);
}

void message_footer(struct message *m, struct str text)
{
	struct json_writer *w = writer(m);
	if (!m->embeds || m->part > PART_TAIL)
		BUG("message_footer: no embed is open");
	if (m->footer || !text.n || !m->chars_left)
		return;
	close_to(m, PART_TAIL);
	m->footer = true;
	json_begin_object(w, "footer");
	size_t room = m->chars_left < EMBED_FOOTER_CHARS_MAX ? m->chars_left : EMBED_FOOTER_CHARS_MAX;
	spend(m, put_text(w, "text", text, room, NULL));
	json_end_object(w);
	m->fields = EMBED_FIELDS_MAX; /* fields behind a footer would be a second "fields" */
}

/* ---- rows ---- */

void message_row(struct message *m)
{
	writer(m);
	m->row_asked = true; /* opened by what comes into it: Discord refuses an empty row */
}

/* Makes room for one more thing in a row; false if there is none. */
static bool enter_row(struct message *m, bool alone)
{
	struct json_writer *w = writer(m);
	bool fits = m->part == PART_ROW && !m->row_asked && !alone && m->in_row < ROW_BUTTONS_MAX;
	if (fits)
		return true;
	if (m->rows == ROWS_MAX)
		return false;
	if (m->part < PART_ROWS) {
		close_to(m, PART_TOP);
		json_begin_array(w, "components");
		m->part = PART_ROWS;
	}
	close_to(m, PART_ROWS);
	json_begin_object(w, NULL);
	json_int(w, "type", TYPE_ROW);
	json_begin_array(w, "components");
	m->part = PART_ROW;
	m->rows++;
	m->in_row = 0;
	m->row_asked = false;
	return true;
}

static void begin_button(struct message *m, int style, const char *emoji, struct str label)
{
	struct json_writer *w = &m->w;
	bool has_emoji = emoji && *emoji;
	json_begin_object(w, NULL);
	json_int(w, "type", TYPE_BUTTON);
	json_int(w, "style", style);
	put_emoji(w, emoji);
	put_text(w, "label", label, BUTTON_LABEL_CHARS_MAX, has_emoji ? NULL : dash);
}

static bool enter_button(struct message *m)
{
	if (m->part == PART_SELECT)
		close_to(m, PART_ROW);
	if (!enter_row(m, false))
		return false;
	m->in_row++;
	return true;
}

void message_button(struct message *m, enum button_style style, const char *emoji, struct str label,
	const char *custom_id, bool disabled)
{
	if (!enter_button(m))
		return;
	begin_button(m, (int)style, emoji, label);
	json_string(&m->w, "custom_id", utf8_prefix(str_of(custom_id), CUSTOM_ID_CHARS_MAX));
	if (disabled)
		json_bool(&m->w, "disabled", true);
	json_end_object(&m->w);
}

void message_link_button(struct message *m, const char *emoji, struct str label, const char *url)
{
	if (!enter_button(m))
		return;
	begin_button(m, BUTTON_LINK, emoji, label);
	json_string(&m->w, "url", utf8_prefix(str_of(url), URL_CHARS_MAX));
	json_end_object(&m->w);
}

void message_select(struct message *m, const char *custom_id, struct str placeholder, unsigned min, unsigned max)
{
	bool alone = m->in_row || m->part == PART_SELECT;
	if (m->part == PART_SELECT)
		close_to(m, PART_ROW);
	m->options = SELECT_OPTIONS_MAX; /* nothing is written if there is no row left */
	if (!enter_row(m, alone))
		return;
	m->in_row = ROW_BUTTONS_MAX; /* a select fills its row */
	json_begin_object(&m->w, NULL);
	json_int(&m->w, "type", TYPE_SELECT);
	json_string(&m->w, "custom_id", utf8_prefix(str_of(custom_id), CUSTOM_ID_CHARS_MAX));
	put_text(&m->w, "placeholder", placeholder, SELECT_PLACEHOLDER_CHARS_MAX, NULL);
	json_begin_array(&m->w, "options");
	m->part = PART_SELECT;
	m->options = 0;
	m->min = min;
	m->max = max;
}

void message_option(
	struct message *m, struct str label, struct str value, struct str description, const char *emoji, bool selected)
{
	struct json_writer *w = writer(m);
	if (m->options >= SELECT_OPTIONS_MAX)
		return;
	if (m->part != PART_SELECT)
		BUG("message_option: no select is open");
	json_begin_object(w, NULL);
	put_text(w, "label", label, SELECT_TEXT_CHARS_MAX, dash);
	json_string(w, "value", utf8_prefix(value.n ? value : STR("-"), SELECT_TEXT_CHARS_MAX));
	put_text(w, "description", description, SELECT_TEXT_CHARS_MAX, NULL);
	put_emoji(w, emoji);
	if (selected)
		json_bool(w, "default", true);
	json_end_object(w);
	m->options++;
}

/* ---- the end ---- */

static void write_tail(struct message *m)
{
	struct json_writer w = m->w; /* a copy: the tail may be written again with other flags */
	buf_cut(&m->body, m->shown_bytes);
	json_begin_object(&w, "allowed_mentions");
	json_begin_array(&w, "parse");
	json_end_array(&w);
	json_end_object(&w);
	if (m->file[0]) {
		json_begin_array(&w, "attachments");
		json_begin_object(&w, NULL);
		json_text(&w, "id", "0"); /* files[0] */
		json_text(&w, "filename", m->file);
		json_end_object(&w);
		json_end_array(&w);
	}
	if (m->flags)
		json_int(&w, "flags", m->flags);
	if (m->replace_all && !m->content)
		json_text(&w, "content", "");
	if (m->replace_all && !m->embeds) {
		json_begin_array(&w, "embeds");
		json_end_array(&w);
	}
	if (m->replace_all && !m->rows) {
		json_begin_array(&w, "components");
		json_end_array(&w);
	}
	if (m->nonce[0]) {
		json_text(&w, "nonce", m->nonce);
		json_bool(&w, "enforce_nonce", true);
	}
	json_end_object(&w);
}

void message_finish(struct message *m)
{
	writer(m);
	close_to(m, PART_TOP);
	m->shown_bytes = m->body.length;
	m->hash = hash_str(HASH_SEED, buf_view(&m->body));
	write_tail(m);
	buf_clear(&m->text);
	m->part = PART_DONE;
}

/* ---- answers ---- */

void answer_write(struct buf *out, enum answer_type type, struct message *m, unsigned flags)
{
	struct json_writer w = json_writer_on(out);
	json_begin_object(&w, NULL);
	json_int(&w, "type", (int)type);
	if (m) {
		if (m->part != PART_DONE || !m->body.length)
			BUG("answer_write: the message is not finished");
		m->w.out = &m->body;
		if (flags & ~m->flags) {
			m->flags |= flags;
			write_tail(m);
		}
		json_raw(&w, "data", buf_view(&m->body));
		if (m->body.overflow)
			out->overflow = true;
		message_clear(m);
	} else if (flags) {
		json_begin_object(&w, "data");
		json_int(&w, "flags", flags);
		json_end_object(&w);
	}
	json_end_object(&w);
}

static void write_text_input(struct json_writer *w, const struct modal_field *f)
{
	unsigned max = f->max_chars && f->max_chars < TEXT_INPUT_CHARS_MAX ? f->max_chars : TEXT_INPUT_CHARS_MAX;
	json_int(w, "type", TYPE_TEXT_INPUT);
	json_string(w, "custom_id", utf8_prefix(str_of(f->custom_id), CUSTOM_ID_CHARS_MAX));
	json_int(w, "style", f->paragraph ? 2 : 1);
	json_bool(w, "required", f->required);
	json_int(w, "min_length", f->min_chars < max ? f->min_chars : max);
	json_int(w, "max_length", max);
	if (f->value.n) /* exactly: it comes back, and an ellipsis would be saved */
		json_string(w, "value", utf8_prefix(f->value, max));
	put_text(w, "placeholder", f->placeholder, PLACEHOLDER_CHARS_MAX, NULL);
}

static void write_modal_choices(struct json_writer *w, const struct modal_field *f)
{
	json_begin_array(w, "options");
	for (unsigned i = 0; i < f->choice_count && i < SELECT_OPTIONS_MAX; i++) {
		json_begin_object(w, NULL);
		put_text(w, "label", f->choices[i].label, SELECT_TEXT_CHARS_MAX, dash);
		json_string(w, "value", utf8_prefix(f->choices[i].value, SELECT_TEXT_CHARS_MAX));
		put_text(w, "description", f->choices[i].description, SELECT_TEXT_CHARS_MAX, NULL);
		if (f->choices[i].selected)
			json_bool(w, "default", true);
		json_end_object(w);
	}
	json_end_array(w);
}

static void write_modal_select(struct json_writer *w, const struct modal_field *f)
{
	json_int(w, "type", (int)f->kind);
	json_string(w, "custom_id", utf8_prefix(str_of(f->custom_id), CUSTOM_ID_CHARS_MAX));
	put_text(w, "placeholder", f->placeholder, SELECT_PLACEHOLDER_CHARS_MAX, NULL);
	json_bool(w, "required", f->required);
	json_int(w, "min_values", f->required ? 1 : 0);
	json_int(w, "max_values", f->max_values ? f->max_values : 1);
	if (f->kind == MODAL_CHOICE)
		write_modal_choices(w, f);
	if (!f->selected)
		return;
	json_begin_array(w, "default_values");
	json_begin_object(w, NULL);
	json_id(w, "id", f->selected);
	json_text(w, "type", f->kind == MODAL_CHANNEL ? "channel" : f->selected_is_role ? "role" : "user");
	json_end_object(w);
	json_end_array(w);
}

static void write_modal_field(struct json_writer *w, const struct modal_field *f)
{
	json_begin_object(w, NULL);
	json_int(w, "type", TYPE_LABEL);
	put_text(w, "label", f->label, MODAL_LABEL_CHARS_MAX, dash);
	put_text(w, "description", f->description, MODAL_DESCRIPTION_CHARS_MAX, NULL);
	json_begin_object(w, "component");
	if (f->kind == MODAL_TEXT)
		write_text_input(w, f);
	else
		write_modal_select(w, f);
	json_end_object(w);
	json_end_object(w);
}

void answer_write_modal(
	struct buf *out, const char *custom_id, struct str title, const struct modal_field *fields, unsigned count)
{
	struct json_writer w = json_writer_on(out);
	json_begin_object(&w, NULL);
	json_int(&w, "type", ANSWER_MODAL);
	json_begin_object(&w, "data");
	json_string(&w, "custom_id", utf8_prefix(str_of(custom_id), CUSTOM_ID_CHARS_MAX));
	put_text(&w, "title", title, MODAL_TITLE_CHARS_MAX, dash);
	json_begin_array(&w, "components");
	for (unsigned i = 0; i < count && i < MODAL_FIELDS_MAX; i++)
		write_modal_field(&w, &fields[i]);
	json_end_array(&w);
	json_end_object(&w);
	json_end_object(&w);
}

void answer_write_choices(struct buf *out, const struct choice *choices, unsigned count)
{
	struct json_writer w = json_writer_on(out);
	json_begin_object(&w, NULL);
	json_int(&w, "type", ANSWER_AUTOCOMPLETE);
	json_begin_object(&w, "data");
	json_begin_array(&w, "choices");
	for (unsigned i = 0; i < count && i < CHOICES_MAX; i++) {
		if (!choices[i].name.n || !choices[i].value.n)
			continue;
		json_begin_object(&w, NULL);
		put_text(&w, "name", choices[i].name, SELECT_TEXT_CHARS_MAX, NULL);
		json_string(&w, "value", utf8_prefix(choices[i].value, SELECT_TEXT_CHARS_MAX));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	json_end_object(&w);
}
