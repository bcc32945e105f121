/* The slash commands: one file each, and the table that names them. Adding one: a file, a line below, a line
 * in commands.c. */
#ifndef FEATURE_CONTROL_COMMANDS_COMMANDS_H
#define FEATURE_CONTROL_COMMANDS_COMMANDS_H

#include "feature/control/turn.h"
#include "feature/status/board.h"

struct command {
	const char *name;	 /* the original's, the same in every language: people have learnt them */
	enum tr_key description; /* at most 100 characters in each language */
	void (*run)(const struct turn *t);
};

extern const struct command commands[];
extern const unsigned command_count;

void command_serverstatus(const struct turn *t); /* and /ss */
void command_control(const struct turn *t);
void command_help(const struct turn *t);
void command_ping(const struct turn *t);

/* The channel's panel as the public answer, which becomes the tracked one. */
void command_show_board(const struct turn *t, enum panel_kind kind);

/* Answers every command, known or not. */
void commands_run(const struct turn *t);

#endif
