/*
 * How often somebody may guess the password of a container. One store of fixed size: when it is full, the one whose window
 * ends soonest is forgotten. Times are monotonic, so setting the clock frees nobody.
 */
#ifndef FEATURE_INFO_ATTEMPTS_H
#define FEATURE_INFO_ATTEMPTS_H

#include "base/str.h"

enum {
	ATTEMPTS_PER_WINDOW = 5,	     /* of one person at one container … */
	ATTEMPTS_WINDOW_MS = 10 * 60 * 1000, /* … from the first wrong one */
	ATTEMPTS_MAX = 128		     /* people and containers remembered; 32 bytes each */
};

struct attempts {
	struct attempt {
		uint64_t user_id, container; /* its name's hash */
		uint64_t until_ms;
		unsigned count;
	} items[ATTEMPTS_MAX];
	unsigned used;
};

/* Counts one attempt. False: there are none left; ret_until_s says in Unix time when there are again. */
bool attempts_take(
	struct attempts *a, uint64_t user_id, struct str container, unsigned *ret_left, int64_t *ret_until_s);
void attempts_clear(struct attempts *a, uint64_t user_id, struct str container); /* it was the right one */

#endif
