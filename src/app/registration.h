/*
 * The slash commands at Discord: registered for the guild, and only when the list differs from what was registered last. What fails is
 * tried again by and by, and what was changed meanwhile is sent afterwards.
 * Source: Discord API, "Application Commands", Bulk Overwrite Guild Application Commands.
 */
#ifndef APP_REGISTRATION_H
#define APP_REGISTRATION_H

#include "config/config.h"
#include "config/state.h"
#include "discord/rest.h"

struct registration;

enum { REGISTRATION_RETRY_MAX_MS = 30 * 60 * 1000 };

/* on_due, from the loop: it is time for registration_update() with what is in force now. */
struct registration *registration_new(
	struct loop *loop, struct rest *rest, struct state *state, void (*on_due)(void *arg), void *arg);
void registration_free(struct registration *r); /* NULL is fine */
/* Sends the commands if (application, guild, list) is new. Safe to call again at any time; one request at once: if one is under way,
 * on_due comes behind it. */
void registration_update(
	struct registration *r, const struct config *config, uint64_t application_id, uint64_t guild_id);
/* NULL while all is well; otherwise what went wrong with the last try. */
const char *registration_problem(const struct registration *r);

/* The address that invites this application into a guild with the permissions that ddc uses. */
void registration_invite_link(struct buf *out, uint64_t application_id);

#endif
