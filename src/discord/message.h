/*
 * Builds what Discord is to show: messages, interaction answers, dialogs, command lists. It writes JSON as it is told and keeps
 * Discord's limits: texts that are too long are cut at a sensible place with an ellipsis, never refused there.
 * Source: Discord API, "Message Resource", "Component Reference", "Responding to an Interaction".
 *
 *	struct message m;
 *	message_init(&m, MEM_PANELS);
 *	message_embed(&m, STR("Home server"), 0x57F287);
 *	message_text(&m, view);                       // description of the embed; may be called again: appends
 *	message_row(&m);
 *	message_button(&m, BUTTON_SECONDARY, "🔄", STR("Restart"), "r:web", false);
 *	message_finish(&m);                           // m.body is the JSON object
 *
 * allowed_mentions is always empty. Order: content, embeds, rows (another order is a BUG); flags, nonce and replace_all at any time.
 * What there is no room for is left out: embeds beyond 10, fields beyond 25, buttons beyond 25 (a full row opens the next by
 * itself), options beyond 25. Texts that Discord wants but that are empty become a dash or an invisible character.
 */
#ifndef DISCORD_MESSAGE_H
#define DISCORD_MESSAGE_H

#include "base/json_writer.h"

enum {
	MESSAGE_CONTENT_CHARS_MAX = 2000,
	EMBED_TITLE_CHARS_MAX = 256,
	EMBED_DESCRIPTION_CHARS_MAX = 4096,
	EMBED_TOTAL_CHARS_MAX = 6000,
	EMBED_FIELDS_MAX = 25,
	EMBED_FIELD_NAME_CHARS_MAX = 256,
	EMBED_FIELD_VALUE_CHARS_MAX = 1024,
	EMBED_FOOTER_CHARS_MAX = 2048,
	ROWS_MAX = 5,
	ROW_BUTTONS_MAX = 5,
	BUTTON_LABEL_CHARS_MAX = 80,
	CUSTOM_ID_CHARS_MAX = 100,
	SELECT_OPTIONS_MAX = 25,
	SELECT_TEXT_CHARS_MAX = 100,
	SELECT_PLACEHOLDER_CHARS_MAX = 150,
	EMBEDS_MAX = 10,
	MODAL_FIELDS_MAX = 5,
	CHOICES_MAX = 25,
	MODAL_TITLE_CHARS_MAX = 45,
	MODAL_LABEL_CHARS_MAX = 45,
	MODAL_DESCRIPTION_CHARS_MAX = 100,
	FILE_NAME_BYTES = 96,
	TEXT_INPUT_CHARS_MAX = 4000,
	MESSAGE_BODY_BYTES_MAX = 48 * 1024
};

enum button_style { BUTTON_PRIMARY = 1, BUTTON_SECONDARY, BUTTON_SUCCESS, BUTTON_DANGER };
enum { MESSAGE_EPHEMERAL = 1 << 6, MESSAGE_SUPPRESS_NOTIFICATIONS = 1 << 12 };

struct message {
	struct buf body;
	struct json_writer w;
	struct buf text;     /* of the embed being written */
	unsigned part;	     /* what is open: see message.c */
	unsigned chars_left; /* of EMBED_TOTAL_CHARS_MAX */
	unsigned embeds, rows, in_row, fields, options, min, max;
	bool content, text_cut, footer, row_asked, replace_all;
	unsigned flags;
	char nonce[26];
	char file[FILE_NAME_BYTES]; /* "": none */
	size_t shown_bytes;	    /* of the body: what people see; flags, nonce and the like stand behind it */
	uint64_t hash; /* FNV-1a of what people see; set by message_finish(): equal means nothing to edit */
};

void message_init(struct message *m, enum mem_owner owner); /* opens the object */
void message_clear(struct message *m);
void message_finish(struct message *m); /* closes what is open; body.overflow tells if it did not fit */

void message_flags(struct message *m, unsigned flags);
void message_nonce(struct message *m, const char *nonce); /* with enforce_nonce; at most 25 characters */
void message_content(struct message *m, struct str text);
void message_embed(struct message *m, struct str title, uint32_t colour);
void message_text(struct message *m, struct str text);
void message_textf(struct message *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
unsigned message_text_left(const struct message *m); /* characters that still fit in the description */
void message_field(struct message *m, struct str name, struct str value, bool in_line);
void message_footer(struct message *m, struct str text);
void message_row(struct message *m);
/* emoji: one Unicode emoji or NULL; label may be empty if there is an emoji. */
void message_button(struct message *m, enum button_style style, const char *emoji, struct str label,
	const char *custom_id, bool disabled);
void message_link_button(struct message *m, const char *emoji, struct str label, const char *url);
void message_select(struct message *m, const char *custom_id, struct str placeholder, unsigned min, unsigned max);
void message_option(struct message *m, struct str label, struct str value, struct str description, const char *emoji,
	bool selected);
/* The message has this file, which goes beside it (struct rest_file); one at most. */
void message_file(struct message *m, const char *name);
/* An edit that takes everything off which this message does not have (embeds, components, content). */
void message_replace_all(struct message *m);

/* ---- answers to interactions: the body for POST /interactions/:id/:token/callback ---- */
enum answer_type {
	ANSWER_MESSAGE = 4,
	ANSWER_DEFERRED = 5,
	ANSWER_DEFERRED_UPDATE = 6,
	ANSWER_UPDATE = 7,
	ANSWER_AUTOCOMPLETE = 8,
	ANSWER_MODAL = 9
};
/* Wraps a finished message: TAKES it (m is as after message_clear()). m NULL for the deferred ones. flags (MESSAGE_EPHEMERAL or 0)
 * are added to those of the message. */
void answer_write(struct buf *out, enum answer_type type, struct message *m, unsigned flags);

/* Discord's numbers of what a dialog's field is. What is chosen comes back as its value, one a line. */
enum modal_kind { MODAL_TEXT = 0, MODAL_CHOICE = 3, MODAL_MENTIONABLE = 7, MODAL_CHANNEL = 8 };

struct modal_choice {
	struct str label, value, description;
	bool selected;
};

struct modal_field {
	enum modal_kind kind;
	const char *custom_id;
	struct str label, value, placeholder;
	unsigned min_chars, max_chars;
	bool paragraph, required;
	struct str description; /* under the label; may be empty */
	/* of the others than MODAL_TEXT */
	const struct modal_choice *choices; /* of MODAL_CHOICE */
	unsigned choice_count, max_values;  /* 0: one */
	uint64_t selected;		    /* of MODAL_MENTIONABLE, MODAL_CHANNEL; 0: none */
	bool selected_is_role;
};
void answer_write_modal(
	struct buf *out, const char *custom_id, struct str title, const struct modal_field *fields, unsigned count);
struct choice {
	struct str name, value;
};
void answer_write_choices(struct buf *out, const struct choice *choices, unsigned count); /* at most 25 are written */

/* ---- text that Discord must show literally ---- */
/* Escapes Markdown, mentions and links: names of containers and of people. What means something only at the beginning of a line
 * (# > - + 1.) is escaped only there. Names written from right to left are isolated, marks that turn the direction and control
 * codes left out; line breaks stay. */
void message_escape(struct buf *out, struct str s);
/* Makes text safe inside a ``` block: back-ticks broken up, control codes and terminal colours removed. */
void message_escape_code(struct buf *out, struct str s);
/* For files: the same without touching back-ticks. */
void message_strip_codes(struct buf *out, struct str s);

#endif
