/*
 * The token in force, also when it is encrypted: opening it takes about half a second of computing, so it happens in a forked child whose
 * memory vanishes with it, and the loop goes on.
 */
#ifndef APP_UNLOCK_H
#define APP_UNLOCK_H

#include "base/err.h"
#include "config/config.h"
#include "loop/loop.h"

struct unlock;

/* token is LENT for the call, clear; NULL: there is none, why says what to do. Once per unlock_start(), never inside it. */
typedef void unlock_fn(const char *token, const struct err *why, void *arg);

struct unlock *unlock_new(struct loop *loop, unlock_fn *on_token, void *arg);
void unlock_free(struct unlock *u);
/* Looks for the token of these settings; a start that is still under way is dropped. Copies what it needs. */
void unlock_start(struct unlock *u, const struct config *config);

/* For comparing tokens without keeping them. */
uint64_t token_hash(const char *token);

#endif
