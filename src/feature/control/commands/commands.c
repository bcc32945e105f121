#include "feature/control/commands/commands.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>

enum { COMMAND_CHAT_INPUT = 1, CONTEXT_GUILD = 0 };

const struct command commands[] = {
	{"serverstatus", TR_CONTROL_COMMAND_SERVERSTATUS, command_serverstatus},
	{"ss", TR_CONTROL_COMMAND_SS, command_serverstatus},
	{"control", TR_CONTROL_COMMAND_CONTROL, command_control},
	{"help", TR_CONTROL_COMMAND_HELP, command_help},
	{"ping", TR_CONTROL_COMMAND_PING, command_ping},
	{"start", TR_CONTROL_COMMAND_START, command_start, act_options, ACT_OPTION_COUNT, command_start_complete},
	{"stop", TR_CONTROL_COMMAND_STOP, command_stop, act_options, ACT_OPTION_COUNT, command_stop_complete},
	{"restart", TR_CONTROL_COMMAND_RESTART, command_restart, act_options, ACT_OPTION_COUNT,
		command_restart_complete},
	{"doctor", TR_DOCTOR_COMMAND, command_doctor, .shown_to = PERMISSION_MANAGE_GUILD},
	{"info", TR_INFO_COMMAND, command_info, info_options, INFO_OPTION_COUNT, command_info_complete},
	{"logs", TR_LOGS_COMMAND, command_logs, logs_options, LOGS_OPTION_COUNT, command_logs_complete},
	{"stats", TR_STATS_COMMAND, command_stats, stats_options, STATS_OPTION_COUNT, command_stats_complete},
	{"rights", TR_RIGHTS_COMMAND, command_rights, rights_options, RIGHTS_OPTION_COUNT, command_rights_complete},
	{"grant", TR_RIGHTS_COMMAND_GRANT, command_grant, grant_options, GRANT_OPTION_COUNT, command_grant_complete,
		PERMISSION_MANAGE_GUILD},
	{"revoke", TR_RIGHTS_COMMAND_REVOKE, command_revoke, revoke_options, REVOKE_OPTION_COUNT,
		command_revoke_complete, PERMISSION_MANAGE_GUILD},
	{"addadmin", TR_ADMINS_COMMAND_ADD, command_addadmin, admin_options, ADMIN_OPTION_COUNT, NULL,
		PERMISSION_MANAGE_GUILD},
	{"removeadmin", TR_ADMINS_COMMAND_REMOVE, command_removeadmin, unadmin_options, UNADMIN_OPTION_COUNT,
		command_removeadmin_complete, PERMISSION_MANAGE_GUILD},
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

void commands_complete(const struct turn *t)
{
	for (unsigned i = 0; i < command_count; i++) {
		if (commands[i].complete && str_is(t->in->command, commands[i].name)) {
			commands[i].complete(t);
			return;
		}
	}
	respond_choices(t->c->respond, respond_begin(t->c->respond, &t->in->ref, RESPOND_PRIVATE), NULL, 0);
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

	respond_watch(
		r, reply, t->in->channel_id, kind == PANEL_OVERVIEW ? on_board_posted : on_admin_board_posted, t->c);
	respond_message(r, reply, &m);
	board_write(t->c->parts.board, &m, t->in->channel_id, kind, 0);
	doctor_note(t, reply);
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

static void write_name_localizations(struct json_writer *w, const char *name)
{
	json_begin_object(w, "name_localizations");
	for (int lang = 0; lang < TR_LANG_COUNT; lang++)
		write_locale(w, tr_lang_code((enum tr_lang)lang), str_of(name));
	json_end_object(w);
}

/* key: of the text itself; its translations stand in key_localizations. */
static void write_text(struct json_writer *w, const char *key, enum tr_key text, enum tr_lang lang)
{
	char localized[40];

	snprintf(localized, sizeof localized, "%s_localizations", key);
	json_text(w, key, tr(lang, text));
	json_begin_object(w, localized);
	for (int each = 0; each < TR_LANG_COUNT; each++)
		write_locale(w, tr_lang_code((enum tr_lang)each), str_of(tr((enum tr_lang)each, text)));
	json_end_object(w);
}

static void write_limits(struct json_writer *w, const struct command_option *o)
{
	if (o->type == OPTION_INTEGER)
		json_int(w, "min_value", 1);
	if (o->max)
		json_int(w, o->type == OPTION_INTEGER ? "max_value" : "max_length", o->max);
	if (o->completed)
		json_bool(w, "autocomplete", true);
}

static void write_option(struct json_writer *w, const struct command_option *o, enum tr_lang lang)
{
	json_begin_object(w, NULL);
	json_int(w, "type", o->type);
	json_text(w, "name", o->name);
	write_text(w, "description", o->description, lang);
	json_bool(w, "required", o->required);
	write_limits(w, o);
	if (o->choices) {
		json_begin_array(w, "choices");
		for (unsigned i = 0; i < o->choice_count; i++) {
			json_begin_object(w, NULL);
			write_text(w, "name", o->choices[i].name, lang);
			json_text(w, "value", o->choices[i].value);
			json_end_object(w);
		}
		json_end_array(w);
	}
	json_end_object(w);
}

static void write_command(struct json_writer *w, const struct command *c, enum tr_lang lang)
{
	json_begin_object(w, NULL);
	json_text(w, "name", c->name);
	write_name_localizations(w, c->name);
	write_text(w, "description", c->description, lang);
	json_int(w, "type", COMMAND_CHAT_INPUT);
	if (c->option_count) {
		json_begin_array(w, "options");
		for (unsigned i = 0; i < c->option_count; i++)
			write_option(w, &c->options[i], lang);
		json_end_array(w);
	}
	/* Most are seen by everybody: whom they serve depends on the channel, which Discord does not know. The server's admins may
	 * change that there. docs/decisions/0007 */
	if (c->shown_to)
		json_textf(w, "default_member_permissions", "%" PRIu64, c->shown_to);
	else
		json_null(w, "default_member_permissions");
	json_begin_array(w, "contexts");
	json_int(w, NULL, CONTEXT_GUILD);
	json_end_array(w);
	json_end_object(w);
}

void control_write_commands(struct buf *out, const struct config *config, uint64_t *ret_hash)
{
	struct json_writer w = json_writer_on(out);
	size_t begin = out->length;

	json_begin_array(&w, NULL);
	for (unsigned i = 0; i < command_count; i++)
		write_command(&w, &commands[i], tr_lang_of(config->language));
	json_end_array(&w);
	if (ret_hash)
		*ret_hash = hash_bytes(HASH_SEED, out->data + begin, out->length - begin);
}
