/*
 * A path of Discord's API as the rate limits see it: which template it is, and which channel, guild or webhook it belongs to.
 * Source: Discord API, "Rate Limits". Pure.
 */
#ifndef DISCORD_ROUTE_H
#define DISCORD_ROUTE_H

#include "base/str.h"
#include "discord/rest.h"

struct route {
	uint64_t key;	/* hash of method and template ("PATCH /channels/:/messages/:") */
	uint64_t major; /* channel, guild, or webhook with its token; 0: none */
	bool by_token;	/* /webhooks/:id/:token… and /interactions/:id/:token…: the path holds a secret */
};

struct route route_of(enum rest_method method, const char *path);

/* The path as a person may see it: "/interactions/118…/callback" without the token. Cut to fit. */
enum { ROUTE_SHOWN_BYTES = 96 };
void route_show(const char *path, char out[ROUTE_SHOWN_BYTES]);

const char *route_method_name(enum rest_method method);

#endif
