/*
 * ddc_rights.json: who may do what, beside what kinds of channels and the list of admins give. Ours alone; the original leaves it.
 *
 *	{
 *	  "admin_roles": ["1180…"],
 *	  "control_channels": "open",                 or "granted": there, too, only admins and those who were granted it
 *	  "groups": {"games": ["valheim", "mc-*"]},
 *	  "grants": [{
 *	    "id": "g1",
 *	    "role": "1180…",                          or "user": "…", or "everyone": true
 *	    "may": ["restart", "logs"],
 *	    "containers": ["web", "mc-*", "group:games", "project:media"],
 *	    "channels": ["1180…"],                    the rest are conditions; without one: always
 *	    "per_hour": 3,
 *	    "hours": "18:00-23:00",
 *	    "note": "…"
 *	  }]
 *	}
 *
 * A grant that has anything in it that is not understood is left out as a whole: a condition that is not understood must not be
 * taken for none.
 */
#ifndef CONFIG_RIGHTS_H
#define CONFIG_RIGHTS_H

#include "base/err.h"
#include "base/str.h"

/* id, word */
#define RIGHTS(X)                                                                                                      \
	X(RIGHT_SEE, "see") /* the control panel; every other right has it in it */                                    \
	X(RIGHT_LOGS, "logs")                                                                                          \
	X(RIGHT_STATS, "stats")                                                                                        \
	X(RIGHT_INFO, "info") /* edit what is written about it */                                                      \
	X(RIGHT_START, "start")                                                                                        \
	X(RIGHT_STOP, "stop")                                                                                          \
	X(RIGHT_RESTART, "restart")                                                                                    \
	X(RIGHT_PAUSE, "pause") /* and resume */                                                                       \
	X(RIGHT_KILL, "kill")                                                                                          \
	X(RIGHT_BULK, "bulk") /* the buttons for all at once; what is done to each is asked for it */

enum right {
#define X(id, word) id,
	RIGHTS(X)
#undef X
		RIGHT_COUNT
};

enum {
	GRANTS_MAX = 200, /* about 0.4 KiB each; more is a role that is missing */
	GRANT_ID_BYTES = 24,
	GRANT_CHANNELS_MAX = 5,
	GRANT_TARGETS_MAX = 20,
	GRANT_TARGET_BYTES = 80, /* a name of 63 with its prefix */
	GRANT_NOTE_CHARS_MAX = 100,
	GRANT_PER_HOUR_MAX = 1000,
	ADMIN_ROLES_MAX = 50,
	GROUPS_MAX = 50
};

enum grant_who { GRANT_EVERYONE, GRANT_USER, GRANT_ROLE };

struct config_grant {
	char id[GRANT_ID_BYTES];
	enum grant_who who;
	uint64_t who_id;     /* of the user or role */
	unsigned rights;     /* 1 << enum right */
	const char *targets; /* one a line: a name, a pattern with * and ?, group:NAME, project:NAME */
	uint64_t channels[GRANT_CHANNELS_MAX];
	unsigned channel_count; /* 0: everywhere */
	unsigned per_hour;	/* actions of one person; 0: no limit */
	int from_minute,
		to_minute; /* of the day, in the configured zone; equal: always. From may lie behind to: over midnight */
	const char *note;
};

struct config_group {
	const char *name;
	const char *targets; /* as above, without groups */
};

struct config_rights {
	struct config_grant *grants;
	unsigned grant_count;
	uint64_t *admin_roles;
	unsigned admin_role_count;
	struct config_group *groups;
	unsigned group_count;
	bool control_by_grant;
	bool unreadable; /* there is a file, and it, or somebody whom it names as admin, cannot be understood */
};

const char *right_name(enum right r);
bool right_parse(struct str word, enum right *ret_right);
/* Words with commas, blanks or line breaks between them. False with a sentence that names what was wrong and what is allowed. */
bool rights_parse_list(struct str text, unsigned *ret_rights, struct err *err);
/* The same for names and patterns, into lines; out has at most GRANT_TARGETS_MAX * GRANT_TARGET_BYTES bytes. */
struct buf;
bool rights_parse_targets(struct str text, struct buf *out, struct err *err);
/* "18:00-23:00", also with a dash of another length. "": always. */
bool rights_parse_hours(struct str text, int *ret_from, int *ret_to, struct err *err);

/* Saving: atomic, every other byte of the file stays. by: who did it, for the file's reader. ret_id: the new grant's. */
bool config_save_grant(
	const char *folder, const struct config_grant *g, struct str by, char ret_id[GRANT_ID_BYTES], struct err *err);
bool config_remove_grant(const char *folder, const char *id, struct err *err);
bool config_save_admin_role(const char *folder, uint64_t role_id, struct err *err);
bool config_remove_admin_role(const char *folder, uint64_t role_id, struct err *err);
/* targets: as in struct config_group; NULL takes the group out. */
bool config_save_group(const char *folder, const char *name, const char *targets, struct err *err);
bool config_save_control_by_grant(const char *folder, bool by_grant, struct err *err);

#endif
