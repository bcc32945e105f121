#include "feature/control/policy.h"

#include "feature/view/view.h"

enum { NAME_CHARS_MAX = 64 };

/* What has to hold for the person and the place, before the container is looked at. */
enum where {
	ANYWHERE,	 /* in the guild */
	CONFIGURED,	 /* in a channel that is set up */
	STATUS_CHANNEL,	 /* of that kind, and switched on there */
	CONTROL_CHANNEL, /* of that kind */
	CONTROLLING,	 /* admins in status channels, everybody in control channels */
	ADMIN_CONTROL,	 /* admins in control channels */
	ADMIN_ONLY,
	ADMIN_ANYWHERE /* set up or not */
};

/* about: the verb is about one container. allow: the setting that permits it (0: none is needed). ends_it:
 * never on ddc's own. */
static const struct verb {
	const char *name;
	enum where where;
	bool about;
	unsigned allow;
	bool ends_it;
} verbs[VERB_COUNT] = {
	[VERB_START] = {"start", CONTROLLING, true, ALLOW_START, false},
	[VERB_STOP] = {"stop", CONTROLLING, true, ALLOW_STOP, true},
	[VERB_RESTART] = {"restart", CONTROLLING, true, ALLOW_RESTART, true},
	[VERB_PAUSE] = {"pause", CONTROLLING, true, ALLOW_PAUSE, true},
	[VERB_UNPAUSE] = {"unpause", CONTROLLING, true, ALLOW_PAUSE, false},
	[VERB_KILL] = {"kill", CONTROLLING, true, ALLOW_KILL, true},
	[VERB_SEE_OVERVIEW] = {"see overview", STATUS_CHANNEL},
	[VERB_SEE_ADMIN] = {"see admin overview", CONTROL_CHANNEL},
	[VERB_PICK] = {"pick", CONTROLLING},
	[VERB_SEE_INFO] = {"see info", CONFIGURED},
	[VERB_SEE_LOGS] = {"logs", CONTROLLING, true, 0, false},
	[VERB_SEE_STATS] = {"stats", CONTROLLING, true, 0, false},
	[VERB_OPEN_INFO] = {"open protected info", CONFIGURED},
	[VERB_SEE_PROTECTED] = {"see protected info", CONTROLLING},
	[VERB_EDIT_INFO] = {"edit info", CONTROLLING},
	[VERB_DOCTOR] = {"doctor", ADMIN_ANYWHERE},
	[VERB_BULK] = {"bulk", ADMIN_CONTROL},
	/* Not everybody in a control channel, as in the original: who can name admins can do everything. */
	[VERB_ADD_ADMIN] = {"add admin", ADMIN_ONLY},
	[VERB_HELP] = {"help", ANYWHERE},
	[VERB_PING] = {"ping", ANYWHERE},
};

const char *policy_verb_name(enum policy_verb v)
{
	return verbs[v].name;
}

static enum policy_rule decide_place(
	const struct config *config, const struct policy_subject *who, enum where where)
{
	const struct config_channel *channel;
	bool control, admin = config_is_admin(config, who->user_id);

	if (!who->has_member || !who->guild_id)
		return RULE_DIRECT_MESSAGE;
	if (config->guild_id && who->guild_id != config->guild_id)
		return RULE_WRONG_GUILD;
	if (where == ANYWHERE)
		return RULE_ALLOWED;
	if (where == ADMIN_ANYWHERE)
		return admin ? RULE_ALLOWED : RULE_NOT_ADMIN;
	channel = config_find_channel(config, who->channel_id);
	if (!channel)
		return RULE_CHANNEL_NOT_CONFIGURED;
	control = channel->kind == CHANNEL_CONTROL;
	switch (where) {
	case STATUS_CHANNEL:
		return !control && channel->allow_serverstatus ? RULE_ALLOWED : RULE_CHANNEL_KIND;
	case CONTROL_CHANNEL: return control ? RULE_ALLOWED : RULE_CHANNEL_KIND;
	case CONTROLLING: return control || admin ? RULE_ALLOWED : RULE_NOT_ADMIN;
	case ADMIN_CONTROL: return !control ? RULE_CHANNEL_KIND : admin ? RULE_ALLOWED : RULE_NOT_ADMIN;
	case ADMIN_ONLY: return admin ? RULE_ALLOWED : RULE_NOT_ADMIN;
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

/* The person comes before the container, so that a refusal tells nothing about containers to whom they are no
 * business of. */
struct policy_decision policy_decide(const struct config *config, const struct policy_subject *who,
	enum policy_verb verb, const struct config_container *container, const struct container *engine)
{
	enum policy_rule rule = decide_place(config, who, verbs[verb].where);

	if (rule == RULE_ALLOWED)
		rule = decide_container(&verbs[verb], container, engine);
	return (struct policy_decision){.allowed = rule == RULE_ALLOWED, .rule = rule};
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
	case RULE_CHANNEL_KIND:
		return where == STATUS_CHANNEL ? TR_POLICY_KIND_OVERVIEW : TR_POLICY_KIND_CONTROL;
	case RULE_NOT_ADMIN: return where == CONTROLLING ? TR_POLICY_NOT_ADMIN_HERE : TR_POLICY_NOT_ADMIN;
	case RULE_CONTAINER_INACTIVE: return TR_POLICY_CONTAINER_INACTIVE;
	case RULE_ACTION_NOT_ALLOWED: return TR_POLICY_ACTION_NOT_ALLOWED;
	case RULE_SELF: return TR_POLICY_SELF;
	default: return TR_POLICY_CONTAINER_UNKNOWN;
	}
}

void policy_explain(struct buf *out, enum tr_lang lang, struct policy_decision d, enum policy_verb verb,
	const struct config_container *container)
{
	bool is_action = (unsigned)verb < DOCKER_ACTION_COUNT;
	const char *action = is_action ? tr(lang, action_keys[verb]) : verbs[verb].name;
	struct buf name;

	if (d.allowed)
		return;
	buf_init(&name, MEM_CONTROL, NAME_CHARS_MAX * 16);
	if (container)
		view_add_text(&name, str_of(container->display_name), NAME_CHARS_MAX, false);
	TR_ADD(out, lang, key_of(d.rule, verbs[verb].where), {"action", str_of(action)},
		{"container", buf_view(&name)});
	buf_clear(&name);
}
