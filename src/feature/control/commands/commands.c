#include "feature/control/commands/commands.h"

enum { COMMAND_CHAT_INPUT = 1, CONTEXT_GUILD = 0 };

const struct command commands[] = {
	{"serverstatus", TR_CONTROL_COMMAND_SERVERSTATUS, command_serverstatus},
	{"ss", TR_CONTROL_COMMAND_SS, command_serverstatus},
	{"control", TR_CONTROL_COMMAND_CONTROL, command_control},
	{"help", TR_CONTROL_COMMAND_HELP, command_help},
	{"ping", TR_CONTROL_COMMAND_PING, command_ping},
};
const unsigned command_count = sizeof commands / sizeof commands[0];

void commands_run(const struct turn *t)
{
	for (unsigned i = 0; i < command_count; i++) {
		if (str_is(t->in->command, commands[i].name)) {
			commands[i].run(t);
			return;
		}
	}
	turn_say_key(t, TR_CONTROL_UNKNOWN_COMMAND);
}

static void on_board_posted(uint64_t channel_id, uint64_t message_id, void *arg)
{
	struct control *c = arg;

	board_adopt(c->parts.board, channel_id, PANEL_OVERVIEW, message_id);
}

static void on_admin_board_posted(uint64_t channel_id, uint64_t message_id, void *arg)
{
	struct control *c = arg;

	board_adopt(c->parts.board, channel_id, PANEL_ADMIN_OVERVIEW, message_id);
}

void command_show_board(const struct turn *t, enum panel_kind kind)
{
	struct respond *r = t->c->respond;
	ticket reply = respond_begin(r, &t->in->ref, RESPOND_PUBLIC);
	struct message m;

	respond_watch(r, reply, t->in->channel_id,
		kind == PANEL_OVERVIEW ? on_board_posted : on_admin_board_posted, t->c);
	respond_message(r, reply, &m);
	board_write(t->c->parts.board, &m, t->in->channel_id, kind, 0);
	respond_send(r, reply, &m);
}

/* ---- registration. Source: Discord API, "Application Commands" ---- */

static void write_locale(struct json_writer *w, const char *code, struct str text)
{
	if (str_is(str_of(code), "en")) { /* Discord knows two kinds of English */
		json_string(w, "en-US", text);
		json_string(w, "en-GB", text);
	} else {
		json_string(w, code, text);
	}
}

static void write_localizations(struct json_writer *w, const char *key, const struct command *c, bool name)
{
	json_begin_object(w, key);
	for (int lang = 0; lang < TR_LANG_COUNT; lang++)
		write_locale(w, tr_lang_code((enum tr_lang)lang),
			str_of(name ? c->name : tr((enum tr_lang)lang, c->description)));
	json_end_object(w);
}

static void write_command(struct json_writer *w, const struct command *c, enum tr_lang lang)
{
	json_begin_object(w, NULL);
	json_text(w, "name", c->name);
	write_localizations(w, "name_localizations", c, true);
	json_text(w, "description", tr(lang, c->description));
	write_localizations(w, "description_localizations", c, false);
	json_int(w, "type", COMMAND_CHAT_INPUT);
	/* Everybody sees them: whom they serve depends on the channel, which Discord does not know. Admins
	 * may narrow it there. */
	json_null(w, "default_member_permissions");
	json_begin_array(w, "contexts");
	json_int(w, NULL, CONTEXT_GUILD);
	json_end_array(w);
	json_end_object(w);
}

void control_write_commands(struct buf *out, const struct config *config, uint64_t *ret_hash)
{
	struct json_writer w = json_writer_on(out);
	uint64_t hash = UINT64_C(14695981039346656037);
	size_t begin = out->length;

	json_begin_array(&w, NULL);
	for (unsigned i = 0; i < command_count; i++)
		write_command(&w, &commands[i], tr_lang_of(config->language));
	json_end_array(&w);
	for (size_t i = begin; i < out->length; i++)
		hash = (hash ^ (unsigned char)out->data[i]) * UINT64_C(1099511628211);
	if (ret_hash)
		*ret_hash = hash;
}
