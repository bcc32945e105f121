/* The slash commands: one file each, and the table that names them. Adding one: a file, a line below, a line
 * in commands.c. */
#ifndef FEATURE_CONTROL_COMMANDS_COMMANDS_H
#define FEATURE_CONTROL_COMMANDS_COMMANDS_H

#include "feature/control/turn.h"
#include "feature/status/board.h"

/* Discord's numbers */
enum command_option_type {
	OPTION_STRING = 3,
	OPTION_INTEGER = 4,
	OPTION_BOOLEAN = 5,
	OPTION_USER = 6,
	OPTION_CHANNEL = 7,
	OPTION_ROLE = 8,
	OPTION_MENTIONABLE = 9
};

struct command_choice {
	enum tr_key name;
	const char *value;
};

struct command_option {
	const char *name; /* the same in every language, as the command's */
	enum tr_key description;
	enum command_option_type type;
	bool required, completed;	      /* completed: the command's complete() is asked while somebody types */
	int max;			      /* of a number, which begins at 1; of a text: characters; 0: none */
	const struct command_choice *choices; /* NULL: anything */
	unsigned choice_count;
};

struct command {
	const char *name;	 /* the original's, the same in every language: people have learnt them */
	enum tr_key description; /* at most 100 characters in each language */
	void (*run)(const struct turn *t);
	const struct command_option *options;
	unsigned option_count;
	void (*complete)(const struct turn *t); /* NULL: no option is completed */
	/* Discord's permissions without which it is not even shown, unless the server's own settings say otherwise; 0: everybody sees
	 * it. No right of ours: those are asked all the same. */
	uint64_t shown_to;
};

extern const struct command commands[];
extern const unsigned command_count;

void command_serverstatus(const struct turn *t); /* and /ss */
void command_control(const struct turn *t);
void command_help(const struct turn *t);
void command_ping(const struct turn *t);
void command_stats(const struct turn *t);
void command_stats_complete(const struct turn *t);
enum { STATS_OPTION_COUNT = 1 };
extern const struct command_option stats_options[STATS_OPTION_COUNT];
void command_logs(const struct turn *t);
void command_logs_complete(const struct turn *t);
enum { LOGS_OPTION_COUNT = 5 };
extern const struct command_option logs_options[LOGS_OPTION_COUNT];
void command_start(const struct turn *t);
void command_start_complete(const struct turn *t);
void command_stop(const struct turn *t);
void command_stop_complete(const struct turn *t);
void command_restart(const struct turn *t);
void command_restart_complete(const struct turn *t);
enum { ACT_OPTION_COUNT = 1 };
extern const struct command_option act_options[ACT_OPTION_COUNT];

void command_doctor(const struct turn *t);
void command_info(const struct turn *t);
void command_info_complete(const struct turn *t);
enum { INFO_OPTION_COUNT = 1 };
extern const struct command_option info_options[INFO_OPTION_COUNT];

enum {
	ADMIN_OPTION_COUNT = 2,
	UNADMIN_OPTION_COUNT = 3,
	GRANT_OPTION_COUNT = 8,
	REVOKE_OPTION_COUNT = 1,
	RIGHTS_OPTION_COUNT = 2
};
extern const struct command_option admin_options[ADMIN_OPTION_COUNT], unadmin_options[UNADMIN_OPTION_COUNT],
	grant_options[GRANT_OPTION_COUNT], revoke_options[REVOKE_OPTION_COUNT], rights_options[RIGHTS_OPTION_COUNT];
void command_addadmin(const struct turn *t);
void command_removeadmin(const struct turn *t);
void command_removeadmin_complete(const struct turn *t);
void command_grant(const struct turn *t);
void command_grant_complete(const struct turn *t);
void command_revoke(const struct turn *t);
void command_revoke_complete(const struct turn *t);
void command_rights(const struct turn *t);
void command_rights_complete(const struct turn *t);

/* The channel's panel as the public answer, which becomes the tracked one. */
void command_show_board(const struct turn *t, enum panel_kind kind);

/* Answers every command, known or not. */
void commands_run(const struct turn *t);
void commands_complete(const struct turn *t); /* the same for what is being typed */

/* ---- containers.c: options that name one ---- */

typedef bool container_fits_fn(const struct turn *t, const struct config_container *c); /* may be NULL: all */
/* Offers the containers that this person may do that to, from here, and that match what has been typed. */
void command_complete_container(const struct turn *t, enum policy_verb verb, container_fits_fn *fits);
/* The container that was chosen or typed in full: by Docker's name, or as it is shown here. NULL: none. */
const struct config_container *command_container(const struct turn *t);
/* What was typed for it. */
struct str command_container_typed(const struct turn *t);
#define CONTAINER_OPTION                                                                                               \
	{                                                                                                              \
		.name = "container", .description = TR_CONTROL_OPTION_CONTAINER, .type = OPTION_STRING,                \
		.required = true, .completed = true, .max = 100                                                        \
	}

#endif
