/* Discord, as far as the load generator plays it: one bot, one guild, everything is accepted. */
#ifndef BENCH_DISCORD_H
#define BENCH_DISCORD_H

#include <stdbool.h>
#include <stdint.h>

enum { GUILD_CHANNELS = 120 };
extern const uint64_t discord_first_channel; /* the guild's channels have the ids from here on */

uint16_t discord_listen(void); /* the port of both REST and the gateway */
void discord_forget(void);     /* before the next start of ddc */

/* What ddc did, in the microseconds of now_us(); 0: not yet. */
struct discord_seen {
	uint64_t identify_us, last_request_us;
	uint64_t callback_us; /* the newest first answer to an interaction, when it had come whole */
	uint64_t edit_us;     /* the newest PATCH of the first channel's panel */
	unsigned requests, callbacks, edits, posts;
};
extern struct discord_seen discord_seen;

bool discord_is_ready(void);
void discord_run_command(const char *name, unsigned number); /* somebody types /name in the first channel */

#endif
