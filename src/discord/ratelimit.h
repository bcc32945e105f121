/*
 * When a request may go: buckets as Discord's answers describe them, the global limit, and the count of invalid requests that
 * leads to a ban. Source: Discord API, "Rate Limits". Pure: no clock of its own, no timers; `now` is monotonic milliseconds.
 */
#ifndef DISCORD_RATELIMIT_H
#define DISCORD_RATELIMIT_H

#include "base/mem.h"
#include "discord/route.h"

enum {
	RATELIMIT_GLOBAL_PER_S = 50,
	RATELIMIT_GLOBAL_WINDOW_MS = 1050, /* what left in one second may arrive in a little less */
	RATELIMIT_ROUTES_MAX = 64,	   /* templates; ddc uses about 20 */
	RATELIMIT_WAIT_MAX_MS = 24 * 3600 * 1000
};
#define RATELIMIT_IN_FLIGHT UINT64_MAX /* not before an answer comes */

enum ratelimit_scope { SCOPE_NONE, SCOPE_USER, SCOPE_GLOBAL, SCOPE_SHARED };

/* What an answer said; -1 for what it did not say. */
struct ratelimit_answer {
	int status;
	uint64_t bucket; /* hash of X-RateLimit-Bucket; 0: none */
	int limit, remaining;
	int64_t reset_after_ms;
	int64_t retry_after_ms; /* of a 429 */
	enum ratelimit_scope scope;
};

struct ratelimit_bucket {
	uint64_t hash, major; /* hash: of the bucket's name, or the route's key until that is known */
	int limit, remaining; /* -1: unknown */
	uint64_t reset_ms;    /* when remaining is limit again */
	uint64_t blocked_ms;  /* a 429 said: not before */
	uint64_t used_ms;
	unsigned in_flight, writes_in_flight;
	unsigned scan;	     /* for whoever walks a line of requests: see ratelimit_begin_scan() */
	bool of_interaction; /* one token's, seldom used a second time */
};

struct ratelimit {
	struct ratelimit_bucket *buckets;
	unsigned count, capacity;
	struct {
		uint64_t key, hash;
	} routes[RATELIMIT_ROUTES_MAX];
	unsigned next_route;
	uint64_t global_blocked_ms;
	uint64_t sent_ms[RATELIMIT_GLOBAL_PER_S]; /* the last ones, as a ring */
	unsigned next_sent;
	struct {
		uint64_t minute;
		unsigned count;
	} invalid[10];
	unsigned scan;
};

void ratelimit_init(struct ratelimit *l);
void ratelimit_clear(struct ratelimit *l);

/* The bucket of a route, made if need be (the one idle for longest makes room). -1: no memory. */
int ratelimit_bucket_of(struct ratelimit *l, const struct route *r, uint64_t now);
int ratelimit_find(const struct ratelimit *l, const struct route *r); /* -1: nothing is known of it */
/* ms until nothing but the global limit stands in the way. */
uint64_t ratelimit_global_wait_ms(const struct ratelimit *l, uint64_t now);
/* ms until a request of this bucket may go: 0 now, RATELIMIT_IN_FLIGHT after the answer that is awaited. Writes go one by one, so
 * that they arrive in order; reads may go together as far as `remaining` allows. */
uint64_t ratelimit_wait_ms(const struct ratelimit *l, int bucket, bool read, bool outside_global, uint64_t now);
/* ms until a bucket has more than `spare` requests left in its window; of a small bucket half stays spare at most. 0: it has, or nothing
 * is known. */
uint64_t ratelimit_spare_wait_ms(const struct ratelimit *l, int bucket, unsigned spare, uint64_t now);
void ratelimit_sent(struct ratelimit *l, int bucket, bool read, bool outside_global, uint64_t now);
/* The answer to what was sent on `bucket`. a NULL: none came. */
void ratelimit_answered(struct ratelimit *l, int bucket, const struct route *r, bool read,
	const struct ratelimit_answer *a, uint64_t now);
/* Answers 401, 403 and 429 (but not of the shared scope) of the last ten minutes. */
unsigned ratelimit_invalid(const struct ratelimit *l, uint64_t now);

/* Gives back room for buckets of which nothing needs to be known any more. Not during a walk. */
void ratelimit_trim(struct ratelimit *l, uint64_t now);

/* For a walk over a line: the first request of a bucket that has to wait holds up those behind it. */
void ratelimit_begin_scan(struct ratelimit *l);
bool ratelimit_held_up(const struct ratelimit *l, int bucket);
void ratelimit_hold_up(struct ratelimit *l, int bucket);

/* "1.234" seconds as milliseconds, rounded up; -1 if it is no such number. */
int64_t ratelimit_parse_seconds(struct str s);

#endif
