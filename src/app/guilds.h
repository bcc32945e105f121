/* Which guilds the bot is a member of, and which of them is home: the configured one, or the only one there is. */
#ifndef APP_GUILDS_H
#define APP_GUILDS_H

#include "base/str.h"

enum { GUILDS_MAX = 16, GUILD_NAME_BYTES = 64 }; /* more are served, but not named in the log */

struct guild {
	uint64_t id;
	char name[GUILD_NAME_BYTES];
};

struct app;
void guilds_update(struct app *a, uint64_t id, struct str name, bool removed);
uint64_t guilds_home(const struct app *a); /* 0: not known */
/* Says in the log, once per state of affairs, what is missing before anything can be seen in Discord. */
void guilds_report(struct app *a);

#endif
