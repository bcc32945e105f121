/*
 * One INTERACTION_CREATE, picked out of the gateway's stream. Source: Discord API, "Receiving and Responding".
 * A value with its own memory; valid during the callback that brings it. Copy struct interaction_ref to answer later.
 */
#ifndef DISCORD_INTERACTION_H
#define DISCORD_INTERACTION_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Discord's numbers. */
enum interaction_type {
	INTERACTION_PING = 1,
	INTERACTION_COMMAND = 2,
	INTERACTION_COMPONENT = 3,
	INTERACTION_AUTOCOMPLETE = 4,
	INTERACTION_MODAL = 5
};
enum { COMPONENT_BUTTON = 2, COMPONENT_SELECT = 3, COMPONENT_TEXT_INPUT = 4 };

enum {
	INTERACTION_TOKEN_BYTES = 512,
	INTERACTION_OPTIONS_MAX = 25,
	INTERACTION_VALUES_MAX = 25,
	INTERACTION_FIELDS_MAX = 10,
	INTERACTION_ROLES_MAX = 250,
	INTERACTION_RESOLVED_MAX = 25,	      /* of one select */
	INTERACTION_LIFE_MS = 15 * 60 * 1000, /* then its token is dead */
	INTERACTION_FIRST_ANSWER_MS = 3000
};

/* What is needed to answer. Copied by whoever answers later. */
struct interaction_ref {
	uint64_t id, application_id;
	char token[INTERACTION_TOKEN_BYTES]; /* a secret for 15 minutes: never logged */
	uint64_t received_ms;		     /* monotonic */
	bool answered;			     /* the first answer was sent (deferred counts) */
	bool replayed; /* came before a resume was complete: whoever had the session before may have answered it */
};

struct interaction_option {
	struct str name;  /* of the leaf option; "group.sub" names are joined with a blank into command */
	struct str value; /* as text, whatever its type */
	int type;
	bool focused;
};

/* A person or role that an option or a field names. Source: Discord API, "Resolved Data Structure". */
struct interaction_resolved {
	uint64_t id;
	bool is_role, is_bot;
	struct str name;       /* as it is called here */
	const uint64_t *roles; /* of a member */
	unsigned role_count;
};

struct interaction {
	struct interaction_ref ref;
	enum interaction_type type;
	uint64_t guild_id, channel_id, user_id;
	struct str user_name;		/* username */
	struct str display_name;	/* nick, else global name, else username */
	uint64_t permissions;		/* of the member in this channel */
	uint64_t app_permissions;	/* of ddc in this channel */
	bool in_thread;			/* the channel is one: other permissions count there */
	uint64_t attachment_size_limit; /* bytes of one file in the answer; 0: not told */
	char locale[8], guild_locale[8];
	const uint64_t *roles;
	unsigned role_count;
	bool has_member; /* false in direct messages */
	/* command, autocomplete */
	struct str command; /* "control", "grant add" */
	struct interaction_option options[INTERACTION_OPTIONS_MAX];
	unsigned option_count;
	/* component, modal */
	struct str custom_id;
	int component_type;
	struct str values[INTERACTION_VALUES_MAX];
	unsigned value_count;
	uint64_t message_id;
	uint64_t message_by;	/* the interaction that this message was the answer to; 0: none, or not told */
	uint64_t message_flags; /* 64: ephemeral */
	struct interaction_option fields[INTERACTION_FIELDS_MAX]; /* modal: custom_id -> value */
	unsigned field_count;
	struct interaction_resolved resolved[INTERACTION_RESOLVED_MAX]; /* what the ids above stand for */
	unsigned resolved_count;
	bool truncated; /* something was longer than we keep */
};

/* The option's value, or an empty view. */
struct str interaction_option_value(const struct interaction *in, const char *name);
struct str interaction_field_value(const struct interaction *in, const char *custom_id);
/* NULL: the interaction says nothing about that id. */
const struct interaction_resolved *interaction_resolved_of(const struct interaction *in, uint64_t id);
/* Whether it happened on the message of this ID; on the answer to that interaction if the ID is not known (0). */
bool interaction_is_on(const struct interaction *in, uint64_t message_id, uint64_t answers);

#endif
