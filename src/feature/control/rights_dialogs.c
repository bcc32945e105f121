/* What is typed for a grant, in a dialog or with a command: kept until it is right, so that a mistake costs a
 * word and not the whole. Groups too. */
#include "feature/control/rights_desk.h"

#include "base/clock.h"
#include "base/snowflake.h"
#include "config/right_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { GROUP_NAME_CHARS_MAX = 30 };

/* ---- what is kept ---- */

struct kept {
	struct list link;
	uint64_t user_id;
	int64_t until_s;
	struct grant_draft draft;
};

_Static_assert(sizeof(struct kept) <= 3072, "DRAFTS_MAX of them: docs/memory.md has the budget");

static void kept_free(struct desk *d, struct kept *k)
{
	list_remove(&k->link);
	d->draft_count--;
	mem_free(k);
}

void drafts_free(struct desk *d)
{
	list_each_safe (at, &d->drafts)
		kept_free(d, list_item(at, struct kept, link));
}

/* What is too old goes on the way. */
static struct kept *find(struct desk *d, uint64_t user_id)
{
	struct kept *found = NULL;

	list_each_safe (at, &d->drafts) {
		struct kept *k = list_item(at, struct kept, link);

		if (k->until_s < clock_wall_s())
			kept_free(d, k);
		else if (k->user_id == user_id)
			found = k;
	}
	return found;
}

void draft_forget(struct desk *d, uint64_t user_id)
{
	struct kept *k = find(d, user_id);

	if (k)
		kept_free(d, k);
}

/* Without memory nothing is kept: then it is typed again. */
static void keep(const struct turn *t, const struct grant_draft *draft)
{
	struct desk *d = t->c->desk;
	struct kept *k;

	draft_forget(d, t->in->user_id);
	if (d->draft_count >= DRAFTS_MAX)
		kept_free(d, list_item(list_first(&d->drafts), struct kept, link));
	k = mem_zalloc(MEM_CONTROL, sizeof *k);
	if (!k)
		return;
	k->user_id = t->in->user_id;
	k->until_s = clock_wall_s() + DRAFT_LIFE_S;
	k->draft = *draft;
	list_append(&d->drafts, &k->link);
	d->draft_count++;
}

/* The channel stands in the buttons and dialogs too: a condition must not get lost with a restart. */
static struct grant_draft kept_or_new(const struct turn *t, struct str channel)
{
	struct kept *k = find(t->c->desk, t->in->user_id);
	struct grant_draft d = {0};

	if (k)
		d = k->draft;
	d.channel_id = 0;
	snowflake_parse(channel, &d.channel_id);
	return d;
}

/* ---- the dialog ---- */

static unsigned right_choices(
	const struct turn *t, const struct grant_draft *d, struct modal_choice choices[RIGHT_COUNT])
{
	struct str typed = str_of(d->may);
	unsigned chosen = 0;
	enum right right;

	for (struct str word = right_next_word(&typed); word.n; word = right_next_word(&typed))
		if (right_parse(word, &right))
			chosen |= 1u << right;
	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		choices[i] = (struct modal_choice){str_of(right_name((enum right)i)), str_of(right_name((enum right)i)),
			str_of(tr(t->lang, draft_right_key((enum right)i))), chosen >> i & 1};
	return RIGHT_COUNT;
}

static struct modal_field text_field(const struct turn *t, const char *id, enum tr_key label, enum tr_key hint,
	const char *value, unsigned max_chars)
{
	return (struct modal_field){.custom_id = id,
		.label = str_of(tr(t->lang, label)),
		.placeholder = str_of(tr(t->lang, hint)),
		.value = str_of(value),
		.max_chars = max_chars};
}

void draft_ask(const struct turn *t, const struct grant_draft *d)
{
	struct modal_field f[MODAL_FIELDS_MAX];
	struct modal_choice choices[RIGHT_COUNT];
	char id[CUSTOM_ID_BYTES], channel[SNOWFLAKE_BYTES] = "";

	if (!turn_may(t, VERB_GRANT, NULL, STR("")))
		return;
	keep(t, d);
	if (d->channel_id)
		snprintf(channel, sizeof channel, "%" PRIu64, d->channel_id);
	f[0] = (struct modal_field){.kind = MODAL_MENTIONABLE,
		.custom_id = "who",
		.label = str_of(tr(t->lang, TR_RIGHTS_FIELD_WHO)),
		.description = str_of(tr(t->lang, TR_RIGHTS_FIELD_WHO_HINT)),
		.selected = d->who_id,
		.selected_is_role = d->who_is_role};
	f[1] = (struct modal_field){.kind = MODAL_CHOICE,
		.custom_id = "may",
		.label = str_of(tr(t->lang, TR_RIGHTS_FIELD_MAY)),
		.choices = choices,
		.choice_count = right_choices(t, d, choices),
		.max_values = RIGHT_COUNT,
		.required = true};
	f[2] = text_field(t, "containers", TR_RIGHTS_FIELD_CONTAINERS, TR_RIGHTS_FIELD_CONTAINERS_HINT, d->containers,
		DRAFT_CONTAINERS_CHARS_MAX);
	f[2].required = true;
	f[3] = text_field(
		t, "hours", TR_RIGHTS_FIELD_HOURS, TR_RIGHTS_FIELD_HOURS_HINT, d->hours, DRAFT_HOURS_CHARS_MAX);
	f[4] = text_field(t, "per_hour", TR_RIGHTS_FIELD_PER_HOUR, TR_RIGHTS_FIELD_PER_HOUR_HINT, d->per_hour,
		DRAFT_PER_HOUR_CHARS_MAX);
	custom_id_format(id, ID_RIGHTS_GO, STR("grant"), str_of(channel), STR(""));
	respond_modal(t->c->respond, respond_begin(t->c->respond, &t->in->ref, RESPOND_PRIVATE), id,
		str_of(tr(t->lang, TR_RIGHTS_DIALOG_TITLE)), f, 5);
}

void draft_again(const struct turn *t, struct str channel)
{
	struct kept *k = find(t->c->desk, t->in->user_id);
	struct grant_draft d = k && !channel.n ? k->draft : kept_or_new(t, channel);

	draft_ask(t, &d);
}

/* ---- it comes back ---- */

static void open_again_button(const struct turn *t, struct message *m, const struct grant_draft *d)
{
	char channel[SNOWFLAKE_BYTES] = "";

	if (d->channel_id)
		snprintf(channel, sizeof channel, "%" PRIu64, d->channel_id);
	rights_button(m, t->lang, BUTTON_PRIMARY, "✏️", TR_RIGHTS_DIALOG_AGAIN, "draft", str_of(channel));
}

static void say_problems(const struct turn *t, const struct grant_draft *d, struct str problems)
{
	struct message m;
	struct buf text;
	ticket reply;

	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	buf_printf(&text, "%s\n%.*s", tr(t->lang, TR_RIGHTS_NOT_YET), STR_ARG(problems));
	reply = rights_begin(t, &m, TR_RIGHTS_GRANTS_TITLE, TONE_WARN, buf_view(&text));
	message_row(&m);
	open_again_button(t, &m, d);
	rights_end(t, reply, &m);
	buf_clear(&text);
	turn_record(t, "grant", STR(""), "refused", STR("a field was not as it must be"), 0);
}

/* Nobody was named: that may be a slip. */
static void ask_everyone(const struct turn *t, const struct grant_draft *d)
{
	struct message m;
	ticket reply =
		rights_begin(t, &m, TR_RIGHTS_GRANTS_TITLE, TONE_WARN, str_of(tr(t->lang, TR_RIGHTS_ASK_EVERYONE)));

	message_row(&m);
	rights_button(&m, t->lang, BUTTON_DANGER, "👥", TR_RIGHTS_YES_EVERYONE, "everyone", STR(""));
	open_again_button(t, &m, d);
	rights_end(t, reply, &m);
}

void draft_take(const struct turn *t, const struct grant_draft *d)
{
	struct config_grant g;
	struct buf targets, problems;
	struct change_order order = {.kind = CHANGE_GRANT, .draft = *d};

	if (!turn_may(t, VERB_GRANT, NULL, STR("")))
		return;
	keep(t, d);
	buf_init(&targets, MEM_CONTROL, GRANT_TARGETS_MAX * GRANT_TARGET_BYTES);
	buf_init(&problems, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	if (!draft_read(d, &g, &targets, t->lang, &problems))
		say_problems(t, d, buf_view(&problems));
	else if (!d->who_id && !d->everyone)
		ask_everyone(t, d);
	else
		change_run(t, &order);
	buf_clear(&targets);
	buf_clear(&problems);
}

/* The server's own role that everybody has means everybody. */
static void set_who(const struct turn *t, struct grant_draft *d, struct str value)
{
	struct str name;

	if (rights_who(t, value, &d->who_id, &d->who_is_role, &name) && d->who_is_role &&
		d->who_id == t->in->guild_id) {
		d->everyone = true;
		d->who_id = 0;
	}
}

void draft_typed(const struct turn *t, struct str channel)
{
	struct grant_draft d = kept_or_new(t, channel);

	d.who_id = 0;
	set_who(t, &d, interaction_field_value(t->in, "who"));
	if (d.who_id)
		d.everyone = false;
	str_copy(d.may, sizeof d.may, interaction_field_value(t->in, "may"));
	str_copy(d.containers, sizeof d.containers, interaction_field_value(t->in, "containers"));
	str_copy(d.hours, sizeof d.hours, str_trim(interaction_field_value(t->in, "hours")));
	str_copy(d.per_hour, sizeof d.per_hour, str_trim(interaction_field_value(t->in, "per_hour")));
	draft_take(t, &d);
}

void draft_for_everyone(const struct turn *t)
{
	struct kept *k = find(t->c->desk, t->in->user_id);
	struct grant_draft d;

	if (!turn_may(t, VERB_GRANT, NULL, STR("")))
		return;
	if (!k) {
		turn_say_key(t, TR_RIGHTS_DRAFT_GONE);
		return;
	}
	d = k->draft;
	d.everyone = true;
	d.who_id = 0;
	draft_take(t, &d);
}

/* ---- groups ---- */

void group_ask(const struct turn *t, struct str name)
{
	const struct config_rights *rights = t->c->config->rights;
	struct modal_field f[2];
	struct buf targets;
	char id[CUSTOM_ID_BYTES];

	if (!turn_may(t, VERB_GRANT, NULL, name))
		return;
	buf_init(&targets, MEM_CONTROL, GRANT_TARGETS_MAX * GRANT_TARGET_BYTES);
	for (unsigned i = 0; rights && i < rights->group_count; i++)
		if (name.n && str_is(name, rights->groups[i].name))
			buf_add_str(&targets, rights->groups[i].targets);
	for (size_t i = 0; i < targets.length; i++)
		if (targets.data[i] == '\n')
			targets.data[i] = ' ';
	f[0] = text_field(t, "name", TR_RIGHTS_FIELD_GROUP, TR_RIGHTS_FIELD_GROUP_HINT, "", GROUP_NAME_CHARS_MAX);
	f[0].value = name;
	f[0].required = true;
	f[1] = text_field(t, "containers", TR_RIGHTS_FIELD_CONTAINERS, TR_RIGHTS_FIELD_GROUP_CONTAINERS_HINT,
		buf_text(&targets), DRAFT_CONTAINERS_CHARS_MAX);
	custom_id_format(id, ID_RIGHTS_GO, STR("group"), STR(""), STR(""));
	respond_modal(t->c->respond, respond_begin(t->c->respond, &t->in->ref, RESPOND_PRIVATE), id,
		str_of(tr(t->lang, TR_RIGHTS_GROUPS_TITLE)), f, 2);
	buf_clear(&targets);
}

static void check_group(const struct turn *t, struct str name, struct str containers, struct buf *problems)
{
	struct buf targets, shown;

	buf_init(&targets, MEM_CONTROL, GRANT_TARGETS_MAX * GRANT_TARGET_BYTES);
	buf_init(&shown, MEM_CONTROL, 512);
	message_escape(&shown, name);
	if (!right_is_target(name, false) || str_starts(name, "project:")) {
		buf_add_str(problems, "• ");
		TR_ADD(problems, t->lang, TR_RIGHTS_BAD_GROUP, {"word", buf_view(&shown)});
		buf_add_char(problems, '\n');
	}
	if (str_trim(containers).n)
		draft_read_targets(containers, false, &targets, t->lang, problems);
	buf_clear(&targets);
	buf_clear(&shown);
}

void group_typed(const struct turn *t)
{
	struct str name = str_trim(interaction_field_value(t->in, "name"));
	struct str containers = str_trim(interaction_field_value(t->in, "containers"));
	struct change_order order = {.kind = CHANGE_GROUP};
	struct buf text;

	if (!turn_may(t, VERB_GRANT, NULL, name))
		return;
	str_copy(order.name, sizeof order.name, name);
	str_copy(order.draft.containers, sizeof order.draft.containers, containers);
	buf_init(&text, MEM_CONTROL, RIGHTS_TEXT_BYTES_MAX);
	check_group(t, name, containers, &text);
	if (text.length) {
		turn_say(t, buf_view(&text));
		turn_record(t, "group", name, "refused", STR("a field was not as it must be"), 0);
	} else {
		change_run(t, &order);
	}
	buf_clear(&text);
}
