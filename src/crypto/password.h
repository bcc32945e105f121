/*
 * Stored passwords in the form that the original's library writes ("method$salt$hex"), so that either program
 * can read what the other wrote: pbkdf2[:digest[:rounds]] and scrypt[:n:r:p]. docs/decisions tells which one
 * ddc writes, and why. These calls compute for up to a second: they belong in a child process, never on the
 * loop.
 */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include "base/str.h"

enum {
	PASSWORD_STORED_BYTES_MAX = 512,
	PASSWORD_BYTES_MAX = 1024,
	PASSWORD_ROUNDS_MAX = 10000000, /* ten seconds; more is a mistake or an attack */
	PASSWORD_ROUNDS = 600000	/* what ddc writes, as v2.3 does */
};

/* False for a wrong password and for a string that is no password hash. Takes the same time for any wrong
 * password. */
bool password_check(struct str stored, struct str password);
/* Whether stored looks like a hash that password_check() can judge. Cheap. */
bool password_is_hash(struct str stored);
/* Why not; static. NULL if it can. */
const char *password_fault(struct str stored);
/* A fresh hash (random salt) of what ddc writes now; out is terminated. */
bool password_hash(struct str password, char out[PASSWORD_STORED_BYTES_MAX]);
/* For small secrets like the word before a protected text: fewer rounds, because a stranger may ask often. */
bool password_hash_rounds(struct str password, uint32_t rounds, char out[PASSWORD_STORED_BYTES_MAX]);

#endif
