/*
 * Who may do what: the one function that every path asks (button, command, select, dialog, bulk, later tasks, rules, web).
 * Pure. A refusal names the rule and what would change it.
 *
 * Kinds of channels and the list of admins decide first, as in the original; what they refuse a grant may still allow (config/rights.h).
 * What the container's own settings do not allow, and ddc itself, no grant opens.
 */
#ifndef FEATURE_CONTROL_POLICY_H
#define FEATURE_CONTROL_POLICY_H

#include "config/config.h"
#include "config/rights.h"
#include "docker/docker.h"
#include "i18n/tr.h"

/* What somebody wants to do. Engine actions come first, with docker_action's numbers. */
enum policy_verb {
	VERB_START = DOCKER_START,
	VERB_STOP,
	VERB_RESTART,
	VERB_PAUSE,
	VERB_UNPAUSE,
	VERB_KILL,
	VERB_SEE_OVERVIEW, /* /serverstatus, /ss */
	VERB_SEE_ADMIN,	   /* /control, the admin overview */
	VERB_PICK,	   /* open the picker and control panels */
	VERB_SEE_INFO,
	VERB_SEE_LOGS,
	VERB_SEE_STATS,
	VERB_BULK,
	VERB_ADD_ADMIN,
	VERB_REMOVE_ADMIN,
	VERB_OPEN_INFO, /* the protected part, with its password */
	VERB_SEE_PROTECTED,
	VERB_EDIT_INFO,
	VERB_DOCTOR,
	VERB_GRANT,	 /* give and take grants, see what others may, open and close control channels */
	VERB_SEE_RIGHTS, /* one's own */
	VERB_HELP,
	VERB_PING,
	VERB_COUNT
};
const char *policy_verb_name(enum policy_verb v);

/* Who asks, from where. Made from an interaction; nothing that the client could forge. */
struct policy_subject {
	uint64_t user_id, channel_id, guild_id;
	const uint64_t *roles;
	unsigned role_count;
	bool has_member; /* false: direct message */
	int minute;	 /* of the day now, in the configured zone */
	/* How often this person used that grant in the last hour; NULL: never. */
	unsigned (*used)(const char *grant, uint64_t user_id, void *arg);
	void *used_arg;
	uint64_t permissions; /* Discord's own, of the member */
};

enum policy_rule {
	RULE_ALLOWED = 0,
	RULE_WRONG_GUILD,
	RULE_DIRECT_MESSAGE,
	RULE_CHANNEL_NOT_CONFIGURED,
	RULE_CHANNEL_KIND,
	RULE_NOT_ADMIN,
	RULE_CONTAINER_UNKNOWN,
	RULE_CONTAINER_INACTIVE,
	RULE_ACTION_NOT_ALLOWED,
	RULE_SELF,
	/* there are grants, and … */
	RULE_NOT_GRANTED,
	RULE_GRANT_CHANNEL,
	RULE_GRANT_HOURS,
	RULE_GRANT_PER_HOUR,
	RULE_NO_ADMIN_YET,
	RULE_COUNT
};

struct policy_decision {
	bool allowed;
	enum policy_rule rule; /* what decided */
	const struct config_grant
		*grant; /* of the snapshot: what allowed it, or whose condition does not hold; NULL: none */
};
/* Discord's bits. Source: Discord API, "Permissions". */
#define PERMISSION_ADMINISTRATOR (UINT64_C(1) << 3)
#define PERMISSION_MANAGE_GUILD	 (UINT64_C(1) << 5)

/* Nobody was named, by list or by role. As long as that is so, whoever manages the server in Discord may name the first one. Lists
 * that cannot be understood are not taken for empty ones. */
bool policy_no_admin_yet(const struct config *config);
bool policy_is_admin(const struct config *config, const struct policy_subject *who); /* by name or by role */

/* container: NULL when the verb is not about one. engine: NULL if unknown (self protection then goes by settings only). */
struct policy_decision policy_decide(const struct config *config, const struct policy_subject *who,
	enum policy_verb verb, const struct config_container *container, const struct container *engine);

/* The refusal as a sentence for the person: the rule, and what would change it. */
void policy_explain(struct buf *out, enum tr_lang lang, struct policy_decision d, enum policy_verb verb,
	const struct config_container *container);
/* The same of several rights (1 << enum right) that are refused alike: they are named together. */
void policy_explain_rights(struct buf *out, enum tr_lang lang, struct policy_decision d, unsigned rights,
	const struct config_container *container);

#endif
