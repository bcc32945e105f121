#include "feature/control/turn.h"

#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SENTENCE_BYTES_MAX = 2048 };

static const char *source_of(const struct interaction *in)
{
	if (in->type == INTERACTION_COMPONENT)
		return in->component_type == COMPONENT_BUTTON ? "button" : "select";
	return in->type == INTERACTION_MODAL ? "modal" : "command";
}

static unsigned used(const char *grant, uint64_t user_id, void *arg)
{
	return rights_used(arg, grant, user_id);
}

void turn_now(const struct control *c, struct policy_subject *who)
{
	time_t now = (time_t)clock_wall_s();
	struct tm tm = {0};

	localtime_r(&now, &tm); /* the zone in force is the configured one */
	who->minute = tm.tm_hour * 60 + tm.tm_min;
	who->used = used;
	who->used_arg = c->usage;
}

struct turn turn_of(struct control *c, const struct interaction *in)
{
	struct turn t = {
		.c = c,
		.in = in,
		.lang = in->locale[0] ? tr_lang_of(in->locale) : public_lang(c),
		.source = source_of(in),
		.who = {in->user_id, in->channel_id, in->guild_id, in->roles, in->role_count, in->has_member},
	};

	t.who.permissions = in->permissions;
	turn_now(c, &t.who);
	return t;
}

struct str turn_user(const struct turn *t)
{
	return t->in->display_name.n ? t->in->display_name : t->in->user_name;
}

uint64_t *turn_copy_roles(const struct policy_subject *who)
{
	uint64_t *roles = who->role_count ? mem_array(MEM_CONTROL, who->role_count, sizeof *roles) : NULL;

	if (roles)
		memcpy(roles, who->roles, who->role_count * sizeof *roles);
	return roles;
}

enum respond_as turn_as(const struct turn *t)
{
	bool on_message =
		t->in->type == INTERACTION_COMPONENT || (t->in->type == INTERACTION_MODAL && t->in->message_id);

	/* A private message of the original looks different and has other buttons: it is left alone. */
	if (on_message && t->in->message_flags & MESSAGE_EPHEMERAL && str_starts(t->in->custom_id, "ddc1:"))
		return RESPOND_UPDATE;
	return RESPOND_PRIVATE;
}

enum tr_lang public_lang(const struct control *c)
{
	return tr_lang_of(c->config->language);
}

enum tr_key action_key(enum docker_action a)
{
	static const enum tr_key keys[DOCKER_ACTION_COUNT] = {
		[DOCKER_START] = TR_CONTROL_ACTION_START,
		[DOCKER_STOP] = TR_CONTROL_ACTION_STOP,
		[DOCKER_RESTART] = TR_CONTROL_ACTION_RESTART,
		[DOCKER_PAUSE] = TR_CONTROL_ACTION_PAUSE,
		[DOCKER_UNPAUSE] = TR_CONTROL_ACTION_UNPAUSE,
		[DOCKER_KILL] = TR_CONTROL_ACTION_KILL,
	};
	return keys[a];
}

void add_seconds(struct buf *out, uint32_t ms)
{
	buf_printf(out, "%u.%u", (unsigned)(ms / 1000), (unsigned)(ms % 1000 / 100));
}

void turn_say(const struct turn *t, struct str text)
{
	struct respond *r = t->c->respond;
	ticket reply = respond_begin(r, &t->in->ref, RESPOND_PRIVATE);
	struct message m;

	respond_message(r, reply, &m);
	message_content(&m, text);
	respond_send(r, reply, &m);
}

void turn_say_key(const struct turn *t, enum tr_key key)
{
	turn_say(t, str_of(tr(t->lang, key)));
}

void turn_record(const struct turn *t, const char *action, struct str target, const char *result, struct str reason,
	uint32_t took_ms)
{
	const struct audit_record r = {
		.user_id = t->in->user_id,
		.user = turn_user(t),
		.action = action,
		.target = target,
		.source = t->source,
		.channel_id = t->in->channel_id,
		.result = result,
		.reason = reason,
		.took_ms = took_ms,
	};
	audit_write(t->c->parts.audit, &r);
}

void log_begun(const char *action, struct str target, struct str user, uint64_t user_id)
{
	log_info("audit", "%s %.*s: begun, by %.*s (%" PRIu64 ")", action, STR_ARG(target), STR_ARG(user), user_id);
}

/* The record names the rule in one word, whatever language the person reads. */
static const char *const rule_names[RULE_COUNT] = {
	[RULE_ALLOWED] = "allowed",
	[RULE_WRONG_GUILD] = "wrong guild",
	[RULE_DIRECT_MESSAGE] = "direct message",
	[RULE_CHANNEL_NOT_CONFIGURED] = "channel not configured",
	[RULE_CHANNEL_KIND] = "kind of channel",
	[RULE_NOT_ADMIN] = "not an admin",
	[RULE_CONTAINER_UNKNOWN] = "container unknown",
	[RULE_CONTAINER_INACTIVE] = "container not active",
	[RULE_ACTION_NOT_ALLOWED] = "action not allowed for the container",
	[RULE_SELF] = "ddc itself",
	[RULE_NOT_GRANTED] = "not granted",
	[RULE_GRANT_CHANNEL] = "granted in another channel",
	[RULE_GRANT_HOURS] = "granted at other hours",
	[RULE_GRANT_PER_HOUR] = "granted less often",
	[RULE_NO_ADMIN_YET] = "no admin yet",
};

static void refuse(const struct turn *t, struct policy_decision d, enum policy_verb verb,
	const struct config_container *container, struct str target)
{
	struct buf text;

	buf_init(&text, MEM_CONTROL, SENTENCE_BYTES_MAX);
	buf_add_str(&text, "🔒 ");
	policy_explain(&text, t->lang, d, verb, container);
	turn_say(t, buf_view(&text));
	buf_clear(&text);
	turn_record(t, policy_verb_name(verb), target, "refused", str_of(rule_names[d.rule]), 0);
}

void turn_refuse(const struct turn *t, enum policy_rule rule, enum policy_verb verb,
	const struct config_container *container, struct str target)
{
	refuse(t, (struct policy_decision){.rule = rule}, verb, container, target);
}

bool turn_may_by(const struct turn *t, enum policy_verb verb, const struct config_container *container,
	struct str target, char ret_grant[GRANT_ID_BYTES])
{
	const struct container *engine = container ? docker_find(t->c->parts.docker, str_of(container->name)) : NULL;
	struct policy_decision d = policy_decide(t->c->config, &t->who, verb, container, engine);

	str_copy(ret_grant, GRANT_ID_BYTES, str_of(d.grant ? d.grant->id : ""));
	if (!d.allowed)
		refuse(t, d, verb, container, target);
	return d.allowed;
}

bool turn_may(const struct turn *t, enum policy_verb verb, const struct config_container *container, struct str target)
{
	char grant[GRANT_ID_BYTES];

	return turn_may_by(t, verb, container, target, grant);
}

bool turn_is_free(const struct turn *t, enum policy_verb verb, const char *key, bool button, struct str target)
{
	int64_t until = cooldown_until_s(t->c->parts.cooldowns, t->c->config, t->in->user_id, key, button, target);
	char when[48];
	struct buf text;

	if (!until)
		return true;
	if (t->c->config->cooldown_log)
		turn_record(t, policy_verb_name(verb), target, "refused", STR("cooldown"), 0);
	if (!t->c->config->cooldown_message && t->in->type == INTERACTION_COMPONENT) {
		respond_nothing(t->c->respond, respond_begin(t->c->respond, &t->in->ref, RESPOND_UPDATE));
		return false;
	}
	snprintf(when, sizeof when, "<t:%" PRId64 ":R>", until);
	buf_init(&text, MEM_CONTROL, SENTENCE_BYTES_MAX);
	TR_ADD(&text, t->lang, TR_CONTROL_COOLDOWN, {"when", str_of(when)});
	turn_say(t, buf_view(&text));
	buf_clear(&text);
	return false;
}

void turn_consume(const struct turn *t, const char *key, bool button, struct str target)
{
	cooldown_consume(t->c->parts.cooldowns, t->c->config, t->in->user_id, key, button, target);
}
