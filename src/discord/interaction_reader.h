/*
 * Collects one interaction out of a stream of JSON fields, in whatever order they come. Inside of the gateway.
 * Source: Discord API, "Interaction Object", "Interaction Data", "Modal Submit Interaction Data Structure".
 */
#ifndef DISCORD_INTERACTION_READER_H
#define DISCORD_INTERACTION_READER_H

#include "base/buf.h"
#include "base/json_reader.h"
#include "discord/interaction.h"

enum {
	INTERACTION_TEXT_BYTES_MAX = 128 * 1024, /* a dialog of five texts of 4,000 characters of 4 bytes, and some */
	INTERACTION_DEPTHS = 3			 /* group, sub-command, option */
};

/* A piece of text in interaction_reader.text; offsets, because the buffer moves as it grows. */
struct text_ref {
	uint32_t at, n;
};

struct option_ref {
	struct text_ref name, value;
	int type;
	bool focused;
};

struct resolved_ref {
	uint64_t id;
	struct text_ref username, global_name, nick, name;
	bool is_role, is_bot;
	unsigned roles_at, role_count; /* in interaction_reader.resolved_roles */
};

struct interaction_reader {
	struct interaction in; /* views are filled in by interaction_reader_end() */
	struct buf text;
	uint64_t roles[INTERACTION_ROLES_MAX];
	struct text_ref user_name, global_name, nick, command, custom_id;
	struct text_ref sub[INTERACTION_DEPTHS];    /* names of group and sub-command */
	struct option_ref open[INTERACTION_DEPTHS]; /* the option being read at each depth */
	struct option_ref options[INTERACTION_OPTIONS_MAX];
	struct option_ref open_field, fields[INTERACTION_FIELDS_MAX];
	struct text_ref values[INTERACTION_VALUES_MAX];
	uint64_t channel_object_id;
	struct resolved_ref resolved[INTERACTION_RESOLVED_MAX];
	struct resolved_ref *open_resolved;		/* being read; NULL: none that is kept */
	uint64_t resolved_roles[INTERACTION_ROLES_MAX]; /* of all members together */
	unsigned resolved_role_count;
	bool has_data, bad_token;
};

/* The paths below ".d" that it wants, in the order of the enum inside; the gateway puts them into its table. */
#define INTERACTION_PATHS                                                                                              \
	".d.application_id", ".d.token", ".d.member", ".d.member.nick", ".d.member.permissions", ".d.member.roles[]",  \
		".d.member.user.id", ".d.member.user.username", ".d.member.user.global_name", ".d.user.username",      \
		".d.user.global_name", ".d.app_permissions", ".d.locale", ".d.guild_locale", ".d.channel.id",          \
		".d.channel.type", ".d.data", ".d.data.name", ".d.data.options[]", ".d.data.options[].name",           \
		".d.data.options[].type", ".d.data.options[].value", ".d.data.options[].focused",                      \
		".d.data.options[].options[]", ".d.data.options[].options[].name", ".d.data.options[].options[].type", \
		".d.data.options[].options[].value", ".d.data.options[].options[].focused",                            \
		".d.data.options[].options[].options[]", ".d.data.options[].options[].options[].name",                 \
		".d.data.options[].options[].options[].type", ".d.data.options[].options[].options[].value",           \
		".d.data.options[].options[].options[].focused", ".d.data.custom_id", ".d.data.component_type",        \
		".d.data.values[]", ".d.message.id", ".d.message.flags", ".d.message.interaction_metadata.id",         \
		".d.data.components[].components[]", ".d.data.components[].components[].custom_id",                    \
		".d.data.components[].components[].value", ".d.data.components[].component",                           \
		".d.data.components[].component.custom_id", ".d.data.components[].component.value",                    \
		".d.data.components[].component.values[]", ".d.attachment_size_limit", ".d.data.resolved.users.*",     \
		".d.data.resolved.users.*.username", ".d.data.resolved.users.*.global_name",                           \
		".d.data.resolved.users.*.bot", ".d.data.resolved.members.*", ".d.data.resolved.members.*.nick",       \
		".d.data.resolved.members.*.roles[]", ".d.data.resolved.roles.*", ".d.data.resolved.roles.*.name"
enum { INTERACTION_PATH_COUNT = 56 };

void interaction_reader_init(struct interaction_reader *r);
void interaction_reader_clear(struct interaction_reader *r);
void interaction_reader_reset(struct interaction_reader *r);
/* field: index into INTERACTION_PATHS. */
void interaction_reader_take(struct interaction_reader *r, int field, const struct json_event *e);

/* What an interaction shares with other events. */
struct interaction_common {
	uint64_t id, guild_id, channel_id, user_id;
	int type;
};
/* The whole, its views valid until the next reset; NULL if something is missing, *ret_problem says what. */
const struct interaction *interaction_reader_end(
	struct interaction_reader *r, const struct interaction_common *common, const char **ret_problem);

#endif
