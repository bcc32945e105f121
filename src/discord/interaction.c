#include "discord/interaction.h"

#include "base/bug.h"
#include "base/clock.h"
#include "base/snowflake.h"
#include "discord/interaction_reader.h"

#include <string.h>

/* In the order of INTERACTION_PATHS. */
enum field {
	F_APPLICATION_ID,
	F_TOKEN,
	F_MEMBER,
	F_NICK,
	F_PERMISSIONS,
	F_ROLE,
	F_MEMBER_USER_ID,
	F_MEMBER_USERNAME,
	F_MEMBER_GLOBAL_NAME,
	F_USERNAME,
	F_GLOBAL_NAME,
	F_APP_PERMISSIONS,
	F_LOCALE,
	F_GUILD_LOCALE,
	F_CHANNEL_OBJECT_ID,
	F_CHANNEL_OBJECT_TYPE,
	F_DATA,
	F_COMMAND,
	F_OPTIONS, /* five a depth: the object, name, type, value, focused */
	F_OPTIONS_LAST = F_OPTIONS + 5 * INTERACTION_DEPTHS - 1,
	F_CUSTOM_ID,
	F_COMPONENT_TYPE,
	F_VALUE,
	F_MESSAGE_ID,
	F_MESSAGE_FLAGS,
	F_MESSAGE_BY,
	F_ROW_FIELD,
	F_ROW_FIELD_ID,
	F_ROW_FIELD_VALUE, /* a dialog with rows */
	F_LABEL_FIELD,
	F_LABEL_FIELD_ID,
	F_LABEL_FIELD_VALUE,
	F_LABEL_FIELD_VALUES, /* a dialog with labels */
	F_ATTACHMENT_LIMIT,
	F_RESOLVED_USER,
	F_RESOLVED_USERNAME,
	F_RESOLVED_GLOBAL_NAME,
	F_RESOLVED_BOT,
	F_RESOLVED_MEMBER,
	F_RESOLVED_NICK,
	F_RESOLVED_MEMBER_ROLE,
	F_RESOLVED_ROLE,
	F_RESOLVED_ROLE_NAME,
	F_COUNT
};
enum {
	THREAD_FIRST = 10,
	THREAD_LAST = 12
}; /* of announcements, public, private. Source: Discord API, "Channel Types" */

_Static_assert((int)F_COUNT == (int)INTERACTION_PATH_COUNT, "one name for each path");
_Static_assert(sizeof(const char *[]){INTERACTION_PATHS} / sizeof(const char *) == INTERACTION_PATH_COUNT,
	"one path for each name");

enum { OPTION_SUB_COMMAND = 1, OPTION_SUB_COMMAND_GROUP = 2 };

struct str interaction_option_value(const struct interaction *in, const char *name)
{
	for (unsigned i = 0; i < in->option_count; i++)
		if (str_is(in->options[i].name, name))
			return in->options[i].value;
	return STR("");
}

struct str interaction_field_value(const struct interaction *in, const char *custom_id)
{
	for (unsigned i = 0; i < in->field_count; i++)
		if (str_is(in->fields[i].name, custom_id))
			return in->fields[i].value;
	return STR("");
}

const struct interaction_resolved *interaction_resolved_of(const struct interaction *in, uint64_t id)
{
	for (unsigned i = 0; id && i < in->resolved_count; i++)
		if (in->resolved[i].id == id)
			return &in->resolved[i];
	return NULL;
}

bool interaction_is_on(const struct interaction *in, uint64_t message_id, uint64_t answers)
{
	if (!in->message_id)
		return false;
	return message_id ? in->message_id == message_id : in->message_by && in->message_by == answers;
}

/* ---- life ---- */

void interaction_reader_init(struct interaction_reader *r)
{
	buf_init(&r->text, MEM_GATEWAY, INTERACTION_TEXT_BYTES_MAX);
	interaction_reader_reset(r);
}

void interaction_reader_clear(struct interaction_reader *r)
{
	buf_clear(&r->text);
	explicit_bzero(&r->in, sizeof r->in);
}

void interaction_reader_reset(struct interaction_reader *r)
{
	enum { KEEP_BYTES = 4096 }; /* one long dialog must not stay in memory for ever */
	struct buf text = r->text;
	if (text.capacity > KEEP_BYTES)
		buf_clear(&text);
	buf_reset(&text);
	memset(r, 0, sizeof *r);
	r->text = text;
}

/* ---- collecting ---- */

static struct text_ref keep(struct interaction_reader *r, const struct json_event *e)
{
	struct str s = e->text;
	struct text_ref ref = {.at = (uint32_t)r->text.length};
	if (e->type == JSON_TRUE || e->type == JSON_FALSE)
		s = e->type == JSON_TRUE ? STR("true") : STR("false");
	else if (e->type != JSON_STRING && e->type != JSON_NUMBER)
		return ref;
	bool fits = buf_add_view(&r->text, s);
	if (fits)
		ref.n = (uint32_t)s.n;
	if (!fits || e->truncated)
		r->in.truncated = true;
	return ref;
}

static uint64_t number_of(const struct json_event *e)
{
	uint64_t n = 0;
	if (e->type == JSON_NUMBER || e->type == JSON_STRING)
		str_to_u64(e->text, &n);
	return n;
}

static uint64_t id_of(const struct json_event *e)
{
	uint64_t id = 0;
	if (e->type == JSON_STRING)
		snowflake_parse(e->text, &id);
	return id;
}

static void take_role(struct interaction_reader *r, const struct json_event *e)
{
	uint64_t id = id_of(e);
	if (!id)
		return;
	if (r->in.role_count == INTERACTION_ROLES_MAX)
		r->in.truncated = true;
	else
		r->roles[r->in.role_count++] = id;
}

static void take_token(struct interaction_reader *r, const struct json_event *e)
{
	bool plain = e->type == JSON_STRING && e->text.n > 0 && !e->truncated;
	for (size_t i = 0; plain && i < e->text.n; i++)
		plain = e->text.p[i] > ' ' && e->text.p[i] < 0x7F && !strchr("/?#%\\", e->text.p[i]);
	/* It becomes a part of a path. What would lead elsewhere, or does not fit, is no token of Discord's. */
	r->bad_token = !plain || !str_copy(r->in.ref.token, sizeof r->in.ref.token, e->text);
}

static void take_locale(char *to, size_t size, const struct json_event *e)
{
	if (e->type == JSON_STRING)
		str_copy(to, size, e->text);
}

/* Whether an option is a sub-command or has a value is known at its end: the keys come in any order. */
static void end_option(struct interaction_reader *r, int depth)
{
	struct option_ref *o = &r->open[depth];
	if (o->type == OPTION_SUB_COMMAND || o->type == OPTION_SUB_COMMAND_GROUP)
		r->sub[depth] = o->name;
	else if (r->in.option_count == INTERACTION_OPTIONS_MAX)
		r->in.truncated = true;
	else
		r->options[r->in.option_count++] = *o;
}

static void take_option(struct interaction_reader *r, int field, const struct json_event *e)
{
	int depth = (field - F_OPTIONS) / 5;
	struct option_ref *o = &r->open[depth];
	switch ((field - F_OPTIONS) % 5) {
	case 0:
		if (e->type == JSON_OBJECT)
			*o = (struct option_ref){0};
		else if (e->type == JSON_OBJECT_END)
			end_option(r, depth);
		break;
	case 1: o->name = keep(r, e); break;
	case 2: o->type = (int)(number_of(e) & 0xFF); break;
	case 3: o->value = keep(r, e); break;
	default: o->focused = e->type == JSON_TRUE;
	}
}

static void end_field(struct interaction_reader *r)
{
	if (!r->open_field.name.n)
		return;
	if (r->in.field_count == INTERACTION_FIELDS_MAX)
		r->in.truncated = true;
	else
		r->fields[r->in.field_count++] = r->open_field;
}

static void take_field(struct interaction_reader *r, int field, const struct json_event *e)
{
	struct option_ref *f = &r->open_field;
	switch (field) {
	case F_ROW_FIELD:
	case F_LABEL_FIELD:
		if (e->type == JSON_OBJECT)
			*f = (struct option_ref){0};
		else if (e->type == JSON_OBJECT_END)
			end_field(r);
		break;
	case F_ROW_FIELD_ID:
	case F_LABEL_FIELD_ID: f->name = keep(r, e); break;
	case F_LABEL_FIELD_VALUES:
		if (f->value.n) /* several were chosen: one a line; they stand one behind the other already */
			buf_add_char(&r->text, '\n');
		struct text_ref more = keep(r, e);
		if (f->value.n)
			f->value.n = more.at + more.n - f->value.at;
		else
			f->value = more;
		break;
	default: f->value = keep(r, e);
	}
}

static void take_value(struct interaction_reader *r, const struct json_event *e)
{
	if (e->type != JSON_STRING)
		return;
	if (r->in.value_count == INTERACTION_VALUES_MAX)
		r->in.truncated = true;
	else
		r->values[r->in.value_count++] = keep(r, e);
}

/* Users and their memberships stand in two tables with the same keys, in either order. */
static void open_resolved(struct interaction_reader *r, const struct json_event *e, bool is_role)
{
	uint64_t id;
	r->open_resolved = NULL;
	if (e->type != JSON_OBJECT || !snowflake_parse(e->key, &id))
		return;
	for (unsigned i = 0; i < r->in.resolved_count && !r->open_resolved; i++)
		if (r->resolved[i].id == id)
			r->open_resolved = &r->resolved[i];
	if (r->open_resolved)
		return;
	if (r->in.resolved_count == INTERACTION_RESOLVED_MAX) {
		r->in.truncated = true;
		return;
	}
	r->open_resolved = &r->resolved[r->in.resolved_count++];
	*r->open_resolved = (struct resolved_ref){.id = id, .is_role = is_role};
}

static void take_resolved_role(struct interaction_reader *r, struct resolved_ref *o, const struct json_event *e)
{
	uint64_t id = id_of(e);
	if (!id)
		return;
	if (r->resolved_role_count == INTERACTION_ROLES_MAX) {
		r->in.truncated = true;
		return;
	}
	if (!o->role_count)
		o->roles_at = r->resolved_role_count;
	if (o->roles_at + o->role_count != r->resolved_role_count)
		return; /* the same member twice, others between: no message of Discord's */
	r->resolved_roles[r->resolved_role_count++] = id;
	o->role_count++;
}

/* False: the field is none of these. */
static bool take_resolved(struct interaction_reader *r, int field, const struct json_event *e)
{
	struct resolved_ref *o = r->open_resolved;
	if (field < F_RESOLVED_USER || field > F_RESOLVED_ROLE_NAME)
		return false;
	if (field == F_RESOLVED_USER || field == F_RESOLVED_MEMBER || field == F_RESOLVED_ROLE) {
		open_resolved(r, e, field == F_RESOLVED_ROLE);
		return true;
	}
	if (!o)
		return true;
	switch (field) {
	case F_RESOLVED_USERNAME: o->username = keep(r, e); break;
	case F_RESOLVED_GLOBAL_NAME: o->global_name = keep(r, e); break;
	case F_RESOLVED_NICK: o->nick = keep(r, e); break;
	case F_RESOLVED_ROLE_NAME: o->name = keep(r, e); break;
	case F_RESOLVED_BOT: o->is_bot = e->type == JSON_TRUE; break;
	default: take_resolved_role(r, o, e);
	}
	return true;
}

void interaction_reader_take(struct interaction_reader *r, int field, const struct json_event *e)
{
	struct interaction *in = &r->in;
	if (field >= F_OPTIONS && field <= F_OPTIONS_LAST) {
		take_option(r, field, e);
		return;
	}
	if (take_resolved(r, field, e))
		return;
	switch ((enum field)field) {
	case F_APPLICATION_ID: in->ref.application_id = id_of(e); break;
	case F_TOKEN: take_token(r, e); break;
	case F_MEMBER: in->has_member = in->has_member || e->type == JSON_OBJECT; break;
	case F_NICK: r->nick = keep(r, e); break;
	case F_PERMISSIONS: in->permissions = number_of(e); break;
	case F_ROLE: take_role(r, e); break;
	case F_MEMBER_USER_ID: in->user_id = id_of(e); break;
	case F_MEMBER_USERNAME:
	case F_USERNAME: r->user_name = keep(r, e); break;
	case F_MEMBER_GLOBAL_NAME:
	case F_GLOBAL_NAME: r->global_name = keep(r, e); break;
	case F_APP_PERMISSIONS: in->app_permissions = number_of(e); break;
	case F_LOCALE: take_locale(in->locale, sizeof in->locale, e); break;
	case F_GUILD_LOCALE: take_locale(in->guild_locale, sizeof in->guild_locale, e); break;
	case F_CHANNEL_OBJECT_ID: r->channel_object_id = id_of(e); break;
	case F_CHANNEL_OBJECT_TYPE: in->in_thread = number_of(e) >= THREAD_FIRST && number_of(e) <= THREAD_LAST; break;
	case F_DATA: r->has_data = r->has_data || e->type == JSON_OBJECT; break;
	case F_COMMAND: r->command = keep(r, e); break;
	case F_CUSTOM_ID: r->custom_id = keep(r, e); break;
	case F_COMPONENT_TYPE: in->component_type = (int)(number_of(e) & 0xFF); break;
	case F_VALUE: take_value(r, e); break;
	case F_MESSAGE_ID: in->message_id = id_of(e); break;
	case F_MESSAGE_BY: in->message_by = id_of(e); break;
	case F_MESSAGE_FLAGS: in->message_flags = number_of(e); break;
	case F_ATTACHMENT_LIMIT: in->attachment_size_limit = number_of(e); break;
	default: take_field(r, field, e);
	}
}

/* ---- the whole ---- */

static struct str view(const struct interaction_reader *r, struct text_ref ref)
{
	return (struct str){buf_text(&r->text) + ref.at, ref.n};
}

/* "group sub": Discord's own way to write it. */
static struct text_ref join_command(struct interaction_reader *r)
{
	struct text_ref whole = {.at = (uint32_t)r->text.length};
	struct text_ref parts[] = {r->command, r->sub[0], r->sub[1]};
	char part[64];
	for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!parts[i].n)
			continue;
		str_copy(part, sizeof part, view(r, parts[i])); /* out of the buffer before it may move */
		if (r->text.length > whole.at)
			buf_add_char(&r->text, ' ');
		buf_add_str(&r->text, part);
	}
	whole.n = (uint32_t)(r->text.length - whole.at);
	return whole;
}

static void fill_views(struct interaction_reader *r)
{
	struct interaction *in = &r->in;
	in->command = view(r, join_command(r)); /* first: it may move the text */
	in->custom_id = view(r, r->custom_id);
	in->user_name = view(r, r->user_name);
	in->display_name = view(r, r->nick.n ? r->nick : r->global_name.n ? r->global_name : r->user_name);
	in->roles = r->roles;
	for (unsigned i = 0; i < in->option_count; i++)
		in->options[i] = (struct interaction_option){view(r, r->options[i].name), view(r, r->options[i].value),
			r->options[i].type, r->options[i].focused};
	for (unsigned i = 0; i < in->value_count; i++)
		in->values[i] = view(r, r->values[i]);
	for (unsigned i = 0; i < in->field_count; i++)
		in->fields[i] = (struct interaction_option){
			view(r, r->fields[i].name), view(r, r->fields[i].value), r->fields[i].type, false};
}

static void fill_resolved(struct interaction_reader *r)
{
	for (unsigned i = 0; i < r->in.resolved_count; i++) {
		const struct resolved_ref *o = &r->resolved[i];
		struct text_ref name = o->is_role	  ? o->name
				       : o->nick.n	  ? o->nick
				       : o->global_name.n ? o->global_name
							  : o->username;
		r->in.resolved[i] = (struct interaction_resolved){.id = o->id,
			.is_role = o->is_role,
			.is_bot = o->is_bot,
			.name = view(r, name),
			.roles = r->resolved_roles + o->roles_at,
			.role_count = o->role_count};
	}
}

static const char *problem_of(const struct interaction_reader *r)
{
	const struct interaction *in = &r->in;
	bool command = in->type == INTERACTION_COMMAND || in->type == INTERACTION_AUTOCOMPLETE;
	if (!in->ref.id)
		return "it has no id";
	if (r->bad_token || !in->ref.token[0])
		return "it has no usable token";
	if (!in->ref.application_id)
		return "it has no application id";
	if (!command && in->type != INTERACTION_COMPONENT && in->type != INTERACTION_MODAL)
		return "its type is unknown";
	if (!in->user_id)
		return "it does not say from whom it is";
	if (!r->has_data)
		return "it has no data";
	if (command && !r->command.n)
		return "it names no command";
	if (!command && !r->custom_id.n)
		return "it has no custom id";
	return NULL;
}

const struct interaction *interaction_reader_end(
	struct interaction_reader *r, const struct interaction_common *common, const char **ret_problem)
{
	struct interaction *in = &r->in;
	in->ref.id = common->id;
	in->ref.received_ms = clock_mono_ms();
	in->guild_id = common->guild_id;
	in->channel_id = common->channel_id ? common->channel_id : r->channel_object_id;
	if (!in->user_id)
		in->user_id = common->user_id;
	in->type = (enum interaction_type)common->type;
	const char *problem = problem_of(r);
	if (problem) {
		*ret_problem = problem;
		return NULL;
	}
	fill_views(r);
	fill_resolved(r);
	return in;
}
