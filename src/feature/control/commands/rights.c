/* /addadmin, /removeadmin, /grant, /revoke, /rights: what the options say; the rest is what the buttons of
 * /rights do, too. */
#include "feature/control/commands/commands.h"

#include "base/snowflake.h"
#include "feature/control/rights_desk.h"

#include <inttypes.h>
#include <stdio.h>

enum { LABEL_BYTES = 512, PREFIX_CHARS_MAX = 100 };

const struct command_option admin_options[ADMIN_OPTION_COUNT] = {
	{.name = "user", .description = TR_ADMINS_OPTION_USER, .type = OPTION_USER},
	{.name = "role", .description = TR_ADMINS_OPTION_ROLE, .type = OPTION_ROLE},
};

const struct command_option unadmin_options[UNADMIN_OPTION_COUNT] = {
	{.name = "user", .description = TR_ADMINS_OPTION_USER, .type = OPTION_USER},
	{.name = "role", .description = TR_ADMINS_OPTION_ROLE, .type = OPTION_ROLE},
	{.name = "listed",
		.description = TR_ADMINS_OPTION_LISTED,
		.type = OPTION_STRING,
		.completed = true,
		.max = 100},
};

const struct command_option grant_options[GRANT_OPTION_COUNT] = {
	{.name = "who", .description = TR_RIGHTS_OPTION_WHO, .type = OPTION_MENTIONABLE},
	{.name = "may",
		.description = TR_RIGHTS_OPTION_MAY,
		.type = OPTION_STRING,
		.completed = true,
		.max = DRAFT_MAY_CHARS_MAX},
	{.name = "containers",
		.description = TR_RIGHTS_OPTION_CONTAINERS,
		.type = OPTION_STRING,
		.completed = true,
		.max = DRAFT_CONTAINERS_CHARS_MAX},
	{.name = "everyone", .description = TR_RIGHTS_OPTION_EVERYONE, .type = OPTION_BOOLEAN},
	{.name = "channel", .description = TR_RIGHTS_OPTION_CHANNEL, .type = OPTION_CHANNEL},
	{.name = "per_hour",
		.description = TR_RIGHTS_OPTION_PER_HOUR,
		.type = OPTION_INTEGER,
		.max = GRANT_PER_HOUR_MAX},
	{.name = "hours", .description = TR_RIGHTS_OPTION_HOURS, .type = OPTION_STRING, .max = DRAFT_HOURS_CHARS_MAX},
	{.name = "note", .description = TR_RIGHTS_OPTION_NOTE, .type = OPTION_STRING, .max = GRANT_NOTE_CHARS_MAX},
};

const struct command_option revoke_options[REVOKE_OPTION_COUNT] = {
	{.name = "grant", .description = TR_RIGHTS_OPTION_GRANT, .type = OPTION_STRING, .completed = true, .max = 100},
};

const struct command_option rights_options[RIGHTS_OPTION_COUNT] = {
	{.name = "container",
		.description = TR_CONTROL_OPTION_CONTAINER,
		.type = OPTION_STRING,
		.completed = true,
		.max = 100},
	{.name = "who", .description = TR_RIGHTS_OPTION_ABOUT, .type = OPTION_MENTIONABLE},
};

/* ---- choices while somebody types ---- */

struct choices {
	struct choice list[CHOICES_MAX];
	struct buf texts[CHOICES_MAX]; /* label, or label and value in one */
	unsigned count;
	struct str prefix, typed; /* of a list: what stands there already, and the word that is being typed */
};

static void offer(struct choices *c, struct str label, struct str value)
{
	struct buf *text = &c->texts[c->count];

	if (c->count == CHOICES_MAX || !str_contains_nocase(label, c->typed) ||
		utf8_count(c->prefix) + utf8_count(value) > PREFIX_CHARS_MAX)
		return;
	buf_init(text, MEM_CONTROL, LABEL_BYTES * 2);
	buf_add_view(text, c->prefix);
	buf_add_view(text, c->prefix.n ? value : label);
	c->list[c->count].name = (struct str){NULL, text->length}; /* the text moves as it grows */
	if (!c->prefix.n)
		buf_add_view(text, value);
	c->count++;
}

/* Autocomplete of a list completes its last word. */
static struct choices choices_for(struct str typed, bool list)
{
	struct choices c = {.typed = typed};
	size_t at = typed.n;

	while (list && at && typed.p[at - 1] != ',' && typed.p[at - 1] != ' ')
		at--;
	if (list) {
		c.prefix = (struct str){typed.p, at};
		c.typed = (struct str){typed.p + at, typed.n - at};
	}
	return c;
}

static void send(const struct turn *t, struct choices *c)
{
	struct respond *r = t->c->respond;

	for (unsigned i = 0; i < c->count; i++) {
		struct str whole = buf_view(&c->texts[i]);
		size_t label = c->list[i].name.n;

		c->list[i].name = (struct str){whole.p, label};
		c->list[i].value = c->prefix.n ? whole : (struct str){whole.p + label, whole.n - label};
	}
	respond_choices(r, respond_begin(r, &t->in->ref, RESPOND_PRIVATE), c->list, c->count);
	for (unsigned i = 0; i < c->count; i++)
		buf_clear(&c->texts[i]);
}

static bool may(const struct turn *t, enum policy_verb verb)
{
	return policy_decide(t->c->config, &t->who, verb, NULL, NULL).allowed;
}

static const char *focused(const struct turn *t, struct str *ret_typed)
{
	for (unsigned i = 0; i < t->in->option_count; i++) {
		if (!t->in->options[i].focused)
			continue;
		*ret_typed = t->in->options[i].value;
		return str_is(t->in->options[i].name, "may")	      ? "may"
		       : str_is(t->in->options[i].name, "containers") ? "containers"
								      : "";
	}
	*ret_typed = STR("");
	return "";
}

static void offer_rights(struct choices *c)
{
	for (unsigned r = 0; r < RIGHT_COUNT; r++)
		offer(c, str_of(right_name((enum right)r)), str_of(right_name((enum right)r)));
}

static struct str project_at(const struct docker *d, unsigned i)
{
	const struct container *c = docker_container_at(d, i);

	return str_of(c ? c->project : "");
}

/* Compose projects as the engine tells them, each once. */
static void offer_projects(const struct turn *t, struct choices *c)
{
	const struct docker *d = t->c->parts.docker;

	for (unsigned i = 0; i < docker_container_count(d); i++) {
		struct str project = project_at(d, i);
		char word[GRANT_TARGET_BYTES];
		bool again = !project.n;

		for (unsigned k = 0; k < i && !again; k++)
			again = str_eq(project_at(d, k), project);
		snprintf(word, sizeof word, "project:%.*s", STR_ARG(project));
		if (!again)
			offer(c, str_of(word), str_of(word));
	}
}

static void offer_containers(const struct turn *t, struct choices *c)
{
	const struct config *config = t->c->config;
	char word[GRANT_TARGET_BYTES];

	for (unsigned i = 0; config->rights && i < config->rights->group_count; i++) {
		snprintf(word, sizeof word, "group:%s", config->rights->groups[i].name);
		offer(c, str_of(word), str_of(word));
	}
	offer_projects(t, c);
	for (unsigned i = 0; i < config->container_count; i++)
		if (config->containers[i].active)
			offer(c, str_of(config->containers[i].name), str_of(config->containers[i].name));
	offer(c, STR("*"), STR("*"));
}

void command_grant_complete(const struct turn *t)
{
	struct str typed;
	const char *option = focused(t, &typed);
	struct choices c = choices_for(typed, true);

	if (may(t, VERB_GRANT) && *option == 'm')
		offer_rights(&c);
	else if (may(t, VERB_GRANT) && *option == 'c')
		offer_containers(t, &c);
	send(t, &c);
}

void command_revoke_complete(const struct turn *t)
{
	const struct config_rights *rights = t->c->config->rights;
	struct choices c = choices_for(str_trim(interaction_option_value(t->in, "grant")), false);
	struct buf label;

	for (unsigned i = 0; may(t, VERB_GRANT) && rights && i < rights->grant_count; i++) {
		buf_init(&label, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
		grant_add_label(&label, &rights->grants[i]);
		offer(&c, utf8_prefix(buf_view(&label), PREFIX_CHARS_MAX), str_of(rights->grants[i].id));
		buf_clear(&label);
	}
	send(t, &c);
}

static void offer_admin(const struct turn *t, struct choices *c, uint64_t id, bool is_role)
{
	char value[SNOWFLAKE_BYTES + 1], label[LABEL_BYTES];
	const char *note = is_role ? tr(t->lang, TR_ADMINS_A_ROLE) : config_admin_note(t->c->config, id);

	snprintf(value, sizeof value, "%c%" PRIu64, is_role ? 'r' : 'u', id);
	snprintf(label, sizeof label, "%s%s%s", note, *note ? " · " : "", value + 1);
	offer(c, utf8_prefix(str_of(label), PREFIX_CHARS_MAX), str_of(value));
}

void command_removeadmin_complete(const struct turn *t)
{
	const struct config *config = t->c->config;
	struct choices c = choices_for(str_trim(interaction_option_value(t->in, "listed")), false);

	for (unsigned i = 0; may(t, VERB_REMOVE_ADMIN) && i < config->admin_count; i++)
		offer_admin(t, &c, config->admins[i], false);
	for (unsigned i = 0; may(t, VERB_REMOVE_ADMIN) && config->rights && i < config->rights->admin_role_count; i++)
		offer_admin(t, &c, config->rights->admin_roles[i], true);
	send(t, &c);
}

/* Only of those that the person may see anything of; what they may there is what they ask. */
void command_rights_complete(const struct turn *t)
{
	command_complete_container(t, may(t, VERB_GRANT) ? VERB_SEE_RIGHTS : VERB_SEE_INFO, NULL);
}

/* ---- the commands ---- */

/* The one that the options name. False: none, or (said) two. */
static bool one_of(const struct turn *t, uint64_t *ret_id, bool *ret_is_role, struct str *ret_name, bool *ret_said)
{
	struct str user = interaction_option_value(t->in, "user"), role = interaction_option_value(t->in, "role");

	*ret_said = user.n && role.n;
	if (*ret_said) {
		turn_say_key(t, TR_ADMINS_ONE_AT_A_TIME);
		return false;
	}
	return rights_who(t, user.n ? user : role, ret_id, ret_is_role, ret_name);
}

void command_addadmin(const struct turn *t)
{
	uint64_t id;
	bool is_role, said;
	struct str name;

	if (!turn_may(t, VERB_ADD_ADMIN, NULL, STR("")))
		return;
	if (one_of(t, &id, &is_role, &name, &said))
		admin_add(t, id, is_role, name);
	else if (!said)
		admin_ask(t, STR(""));
}

/* "u1180…" as it was offered, or an id that somebody typed: of whom it is, if it is listed at all. */
static bool listed(const struct turn *t, uint64_t *ret_id, bool *ret_is_role)
{
	struct str text = str_trim(interaction_option_value(t->in, "listed"));

	*ret_is_role = text.n && text.p[0] == 'r';
	if (text.n && (*ret_is_role || text.p[0] == 'u'))
		text.p++, text.n--;
	if (!snowflake_parse(text, ret_id))
		return false;
	*ret_is_role = *ret_is_role || (!config_is_admin(t->c->config, *ret_id) &&
					       rights_is_admin_role(t->c->config->rights, ret_id, 1));
	return true;
}

void command_removeadmin(const struct turn *t)
{
	uint64_t id;
	bool is_role, said;
	struct str name;

	if (!turn_may(t, VERB_REMOVE_ADMIN, NULL, STR("")))
		return;
	if (one_of(t, &id, &is_role, &name, &said) || (!said && listed(t, &id, &is_role)))
		admin_remove(t, id, is_role);
	else if (!said)
		admins_show(t, 0);
}

static struct grant_draft draft_of(const struct turn *t)
{
	struct grant_draft d = {0};
	struct str name;

	d.everyone = str_is(interaction_option_value(t->in, "everyone"), "true");
	rights_who(t, interaction_option_value(t->in, "who"), &d.who_id, &d.who_is_role, &name);
	if (d.who_is_role && d.who_id == t->in->guild_id)
		d.everyone = true;
	if (d.everyone)
		d.who_id = 0;
	snowflake_parse(interaction_option_value(t->in, "channel"), &d.channel_id);
	str_copy(d.may, sizeof d.may, interaction_option_value(t->in, "may"));
	str_copy(d.containers, sizeof d.containers, interaction_option_value(t->in, "containers"));
	str_copy(d.hours, sizeof d.hours, interaction_option_value(t->in, "hours"));
	str_copy(d.per_hour, sizeof d.per_hour, interaction_option_value(t->in, "per_hour"));
	str_copy(d.note, sizeof d.note, str_trim(interaction_option_value(t->in, "note")));
	return d;
}

void command_grant(const struct turn *t)
{
	struct grant_draft d = draft_of(t);

	if (d.everyone && interaction_option_value(t->in, "who").n &&
		!str_is(interaction_option_value(t->in, "everyone"), "")) {
		turn_say_key(t, TR_RIGHTS_WHO_OR_EVERYONE); /* "who" would be lost, and more would be granted
							       than was meant */
		return;
	}
	if ((d.who_id || d.everyone) && d.may[0] && d.containers[0])
		draft_take(t, &d);
	else
		draft_ask(t, &d);
}

void command_revoke(const struct turn *t)
{
	struct str id = str_trim(interaction_option_value(t->in, "grant"));
	struct change_order order = {.kind = CHANGE_REVOKE};

	str_copy(order.grant_id, sizeof order.grant_id, id);
	if (id.n)
		change_run(t, &order);
	else
		grants_show(t, 0);
}

void command_rights(const struct turn *t)
{
	const struct config_container *c = command_container(t);

	rights_show(t, interaction_option_value(t->in, "who"), c ? str_of(c->name) : command_container_typed(t));
}
