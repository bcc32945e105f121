/*
 * The one store of cooldowns: per user and key, and per container where the key is an action. Consumed only by what was really done.
 * Fixed size: when it is full the entry that ends soonest goes.
 */
#ifndef FEATURE_CONTROL_COOLDOWN_H
#define FEATURE_CONTROL_COOLDOWN_H

#include "config/config.h"

struct cooldowns;
enum { COOLDOWNS_MAX = 512, COOLDOWN_KEY_BYTES = 24 };

struct cooldowns *cooldowns_new(void);
void cooldowns_free(struct cooldowns *c);

/* Seconds of Unix time when it will be free again, or 0 if it is free now. container: "" for none. */
int64_t cooldown_until_s(const struct cooldowns *c, const struct config *config, uint64_t user_id, const char *key,
	bool button, struct str container);
void cooldown_consume(struct cooldowns *c, const struct config *config, uint64_t user_id, const char *key, bool button,
	struct str container);

#endif
