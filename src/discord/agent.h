/* How ddc introduces itself to Discord. Source: Discord API, Reference, "User Agent": without it the requests are blocked. */
#ifndef DISCORD_AGENT_H
#define DISCORD_AGENT_H

#define DISCORD_USER_AGENT "DiscordBot (https://ddc.invalid, " DDC_VERSION ")"

#endif
