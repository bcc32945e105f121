#include "feature/control/policy.h"

#include "feature/rights/grant.h"
#include "feature/view/view.h"

#include <stdio.h>

enum { NAME_CHARS_MAX = 64, RIGHT_WORDS_BYTES_MAX = 256 };

/* What has to hold for the person and the place, before the container is looked at. */
enum where {
	ANYWHERE,	 /* in the guild */
	CONFIGURED,	 /* in a channel that is set up */
	STATUS_CHANNEL,	 /* of that kind, and switched on there */
	CONTROL_CHANNEL, /* of that kind */
	CONTROLLING,	 /* admins in status channels, everybody in control channels */
	ADMIN_CONTROL,	 /* admins in control channels */
	ADMIN_ANYWHERE,	 /* in the guild, set up or not */
	ADMIN_OR_FIRST	 /* as above, and whoever may name the first admin */
};

/* about: the verb is about one container. allow: the setting that permits it (0: none is needed). ends_it:
 * never on ddc's own. rights: any of these in a grant allows it where the place and the list of admins do not. */
static const struct verb {
	const char *name;
	enum where where;
	bool about;
	unsigned allow;
	bool ends_it;
	unsigned rights;
} verbs[VERB_COUNT] = {
#define R(right) (1u << RIGHT_##right)
#define ANY	 ((1u << RIGHT_COUNT) - 1 - R(BULK)) /* who may do anything to it may look at it */
	[VERB_START] = {"start", CONTROLLING, true, ALLOW_START, false, R(START)},
	[VERB_STOP] = {"stop", CONTROLLING, true, ALLOW_STOP, true, R(STOP)},
	[VERB_RESTART] = {"restart", CONTROLLING, true, ALLOW_RESTART, true, R(RESTART)},
	[VERB_PAUSE] = {"pause", CONTROLLING, true, ALLOW_PAUSE, true, R(PAUSE)},
	[VERB_UNPAUSE] = {"unpause", CONTROLLING, true, ALLOW_PAUSE, false, R(PAUSE)},
	[VERB_KILL] = {"kill", CONTROLLING, true, ALLOW_KILL, true, R(KILL)},
	[VERB_SEE_OVERVIEW] = {"see overview", STATUS_CHANNEL},
	[VERB_SEE_ADMIN] = {"see admin overview", CONTROL_CHANNEL},
	[VERB_PICK] = {"pick", CONTROLLING, .rights = ANY},
	[VERB_SEE_INFO] = {"see info", CONFIGURED},
	[VERB_SEE_LOGS] = {"logs", CONTROLLING, true, 0, false, R(LOGS)},
	[VERB_SEE_STATS] = {"stats", CONTROLLING, true, 0, false, R(STATS)},
	[VERB_OPEN_INFO] = {"open protected info", CONFIGURED},
	[VERB_SEE_PROTECTED] = {"see protected info", CONTROLLING, .rights = R(INFO)},
	[VERB_EDIT_INFO] = {"edit info", CONTROLLING, .rights = R(INFO)},
	[VERB_DOCTOR] = {"doctor", ADMIN_ANYWHERE},
	[VERB_BULK] = {"bulk", ADMIN_CONTROL, .rights = R(BULK)},
	/* Not everybody in a control channel, as in the original: who can name admins can do everything. */
	[VERB_ADD_ADMIN] = {"add admin", ADMIN_OR_FIRST},
	[VERB_REMOVE_ADMIN] = {"remove admin", ADMIN_ANYWHERE},
	[VERB_GRANT] = {"grant", ADMIN_ANYWHERE},
	[VERB_SEE_RIGHTS] = {"see rights", ANYWHERE},
	[VERB_HELP] = {"help", ANYWHERE},
	[VERB_PING] = {"ping", ANYWHERE},
};

const char *policy_verb_name(enum policy_verb v)
{
	return verbs[v].name;
}

static bool is_by_grant(const struct config *config)
{
	return config->rights && config->rights->control_by_grant;
}

bool policy_is_admin(const struct config *config, const struct policy_subject *who)
{
	return config_is_admin(config, who->user_id) ||
	       rights_is_admin_role(config->rights, who->roles, who->role_count);
}

bool policy_no_admin_yet(const struct config *config)
{
	return !config->admin_count && !config->admins_unreadable &&
	       (!config->rights || (!config->rights->admin_role_count && !config->rights->unreadable));
}

static bool may_name_the_first(const struct config *config, const struct policy_subject *who)
{
	return policy_no_admin_yet(config) && who->permissions & (PERMISSION_ADMINISTRATOR | PERMISSION_MANAGE_GUILD);
}

static enum policy_rule decide_place(const struct config *config, const struct policy_subject *who, enum where where)
{
	const struct config_channel *channel;
	bool control, admin = policy_is_admin(config, who);

	if (!who->has_member || !who->guild_id)
		return RULE_DIRECT_MESSAGE;
	if (config->guild_id && who->guild_id != config->guild_id)
		return RULE_WRONG_GUILD;
	if (where == ANYWHERE)
		return RULE_ALLOWED;
	if (where == ADMIN_ANYWHERE || where == ADMIN_OR_FIRST)
		return admin || (where == ADMIN_OR_FIRST && may_name_the_first(config, who)) ? RULE_ALLOWED
											     : RULE_NOT_ADMIN;
	channel = config_find_channel(config, who->channel_id);
	if (!channel)
		return RULE_CHANNEL_NOT_CONFIGURED;
	control = channel->kind == CHANNEL_CONTROL;
	switch (where) {
	case STATUS_CHANNEL: return !control && channel->allow_serverstatus ? RULE_ALLOWED : RULE_CHANNEL_KIND;
	case CONTROL_CHANNEL: return control ? RULE_ALLOWED : RULE_CHANNEL_KIND;
	case CONTROLLING: return admin || (control && !is_by_grant(config)) ? RULE_ALLOWED : RULE_NOT_ADMIN;
	case ADMIN_CONTROL: return !control ? RULE_CHANNEL_KIND : admin ? RULE_ALLOWED : RULE_NOT_ADMIN;
	default: return RULE_ALLOWED;
	}
}

static enum policy_rule decide_container(
	const struct verb *v, const struct config_container *container, const struct container *engine)
{
	if (!container)
		return v->about ? RULE_CONTAINER_UNKNOWN : RULE_ALLOWED;
	if (!container->active)
		return RULE_CONTAINER_INACTIVE;
	if (engine && engine->is_self && v->ends_it)
		return RULE_SELF; /* before the settings: no setting would change it */
	if (v->allow && !(container->allowed & v->allow))
		return RULE_ACTION_NOT_ALLOWED;
	return RULE_ALLOWED;
}

/* ---- grants ---- */

/* Looking at things is not counted. */
static enum policy_rule hold(const struct config_grant *g, const struct policy_subject *who, enum policy_verb verb)
{
	bool is_counted = (unsigned)verb < DOCKER_ACTION_COUNT;

	if (!grant_holds_in(g, who->channel_id))
		return RULE_GRANT_CHANNEL;
	if (!grant_holds_at(g, who->minute))
		return RULE_GRANT_HOURS;
	if (is_counted && g->per_hour && who->used && who->used(g->id, who->user_id, who->used_arg) >= g->per_hour)
		return RULE_GRANT_PER_HOUR;
	return RULE_ALLOWED;
}

/* Without a container the question is whether there is any at all. */
static bool covers(const struct config_rights *rights, const struct config_grant *g,
	const struct config_container *container, const struct container *engine)
{
	return !container || grant_covers(rights, g, str_of(container->name), str_of(engine ? engine->project : ""));
}

/* The first grant that allows it; otherwise the one that comes closest. */
static struct policy_decision decide_by_grant(const struct config *config, const struct policy_subject *who,
	enum policy_verb verb, const struct config_container *container, const struct container *engine)
{
	const struct config_rights *rights = config->rights;
	struct policy_decision closest = {.rule = RULE_NOT_GRANTED};

	for (unsigned i = 0; i < rights->grant_count; i++) {
		const struct config_grant *g = &rights->grants[i];
		enum policy_rule rule;

		if (!(g->rights & verbs[verb].rights) || !grant_is_for(g, who->user_id, who->roles, who->role_count) ||
			!covers(rights, g, container, engine))
			continue;
		rule = hold(g, who, verb);
		if (rule == RULE_ALLOWED)
			return (struct policy_decision){true, rule, g};
		if (rule > closest.rule)
			closest = (struct policy_decision){false, rule, g};
	}
	return closest;
}

/* The person comes before the container, so that a refusal tells nothing about containers to whom they are no
 * business of. */
struct policy_decision policy_decide(const struct config *config, const struct policy_subject *who,
	enum policy_verb verb, const struct config_container *container, const struct container *engine)
{
	struct policy_decision d = {.rule = decide_place(config, who, verbs[verb].where)};
	bool can_be_granted = verbs[verb].rights && (container || !verbs[verb].about) && config->rights;

	if (d.rule == RULE_NOT_ADMIN && can_be_granted && (config->rights->grant_count || is_by_grant(config)))
		d = decide_by_grant(config, who, verb, container, engine);
	if (d.rule == RULE_ALLOWED)
		d.rule = decide_container(&verbs[verb], container, engine);
	if (d.rule == RULE_NOT_ADMIN && policy_no_admin_yet(config))
		d.rule = RULE_NO_ADMIN_YET;
	d.allowed = d.rule == RULE_ALLOWED;
	return d;
}

/* ---- in words ---- */

static const enum tr_key action_keys[DOCKER_ACTION_COUNT] = {
	[DOCKER_START] = TR_CONTROL_ACTION_START,
	[DOCKER_STOP] = TR_CONTROL_ACTION_STOP,
	[DOCKER_RESTART] = TR_CONTROL_ACTION_RESTART,
	[DOCKER_PAUSE] = TR_CONTROL_ACTION_PAUSE,
	[DOCKER_UNPAUSE] = TR_CONTROL_ACTION_UNPAUSE,
	[DOCKER_KILL] = TR_CONTROL_ACTION_KILL,
};

static enum tr_key key_of(enum policy_rule rule, enum where where)
{
	switch (rule) {
	case RULE_WRONG_GUILD: return TR_POLICY_WRONG_GUILD;
	case RULE_DIRECT_MESSAGE: return TR_POLICY_DIRECT_MESSAGE;
	case RULE_CHANNEL_NOT_CONFIGURED: return TR_POLICY_CHANNEL_NOT_CONFIGURED;
	case RULE_CHANNEL_KIND: return where == STATUS_CHANNEL ? TR_POLICY_KIND_OVERVIEW : TR_POLICY_KIND_CONTROL;
	case RULE_NOT_ADMIN: return where == CONTROLLING ? TR_POLICY_NOT_ADMIN_HERE : TR_POLICY_NOT_ADMIN;
	case RULE_CONTAINER_INACTIVE: return TR_POLICY_CONTAINER_INACTIVE;
	case RULE_ACTION_NOT_ALLOWED: return TR_POLICY_ACTION_NOT_ALLOWED;
	case RULE_SELF: return TR_POLICY_SELF;
	case RULE_NOT_GRANTED: return TR_POLICY_NOT_GRANTED;
	case RULE_GRANT_CHANNEL: return TR_POLICY_GRANT_CHANNEL;
	case RULE_GRANT_HOURS: return TR_POLICY_GRANT_HOURS;
	case RULE_GRANT_PER_HOUR: return TR_POLICY_GRANT_PER_HOUR;
	case RULE_NO_ADMIN_YET: return where == CONTROLLING ? TR_POLICY_NO_ADMIN_YET_HERE : TR_POLICY_NO_ADMIN_YET;
	default: return TR_POLICY_CONTAINER_UNKNOWN;
	}
}

static void explain(struct buf *out, enum tr_lang lang, struct policy_decision d, enum policy_verb verb,
	struct str what, const struct config_container *container)
{
	struct buf name, channels, hours;
	char count[12] = "";

	if (d.allowed)
		return;
	buf_init(&name, MEM_CONTROL, NAME_CHARS_MAX * 16);
	buf_init(&channels, MEM_CONTROL, 256);
	buf_init(&hours, MEM_CONTROL, 64);
	if (container)
		view_add_text(&name, str_of(container->display_name), NAME_CHARS_MAX, false);
	if (d.grant) {
		grant_add_channels(&channels, d.grant);
		grant_add_hours(&hours, d.grant);
		snprintf(count, sizeof count, "%u", d.grant->per_hour);
	}
	TR_ADD(out, lang, key_of(d.rule, verbs[verb].where), {"action", what}, {"container", buf_view(&name)},
		{"grant", str_of(d.grant ? d.grant->id : "")}, {"channels", buf_view(&channels)},
		{"hours", buf_view(&hours)}, {"count", str_of(count)});
	buf_clear(&name);
	buf_clear(&channels);
	buf_clear(&hours);
}

/* By the words that /grant takes. */
void policy_explain_rights(struct buf *out, enum tr_lang lang, struct policy_decision d, unsigned rights,
	const struct config_container *container)
{
	struct buf words;

	buf_init(&words, MEM_CONTROL, RIGHT_WORDS_BYTES_MAX);
	for (unsigned r = 0; r < RIGHT_COUNT; r++)
		if (rights >> r & 1)
			buf_printf(&words, "%s%s", words.length ? ", " : "", right_name((enum right)r));
	explain(out, lang, d, VERB_PICK, buf_view(&words), container);
	buf_clear(&words);
}

/* What a verb that is no action needs: the least of its rights. */
static const char *right_word(enum policy_verb verb)
{
	for (unsigned r = 0; r < RIGHT_COUNT; r++)
		if (verbs[verb].rights >> r & 1)
			return right_name((enum right)r);
	return "";
}

void policy_explain(struct buf *out, enum tr_lang lang, struct policy_decision d, enum policy_verb verb,
	const struct config_container *container)
{
	bool is_action = (unsigned)verb < DOCKER_ACTION_COUNT;

	explain(out, lang, d, verb, str_of(is_action ? tr(lang, action_keys[verb]) : right_word(verb)), container);
}
