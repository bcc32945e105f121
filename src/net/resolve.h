/*
 * Names to addresses without blocking: getaddrinfo() on a helper thread that lives only as long as the question.
 * Numeric addresses and cached answers (RESOLVE_CACHE_S) need no thread. http_client and ws_client use it by themselves.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include "base/err.h"
#include "base/ticket.h"
#include "loop/loop.h"

struct resolver;
enum { RESOLVE_CACHE_S = 60, RESOLVE_CACHE_MAX = 8, RESOLVE_PENDING_MAX = 16, RESOLVE_TIMEOUT_MS = 10000 };
/* Questions that nobody waits for any more go on until the system gives up on them; so many threads at most, theirs included. */
enum { RESOLVE_THREADS_MAX = 8 };
enum { RESOLVE_ADDRESSES_MAX = 4, RESOLVE_ADDRESS_BYTES = 46 };

struct resolved {
	unsigned count;						    /* 0 when err is set */
	char address[RESOLVE_ADDRESSES_MAX][RESOLVE_ADDRESS_BYTES]; /* numeric; in the order of preference */
};

/* Exactly once, from the loop, never inside resolve_name(); not at all after resolve_cancel(). */
typedef void resolved_fn(const struct resolved *result, const struct err *err, void *arg);

struct resolver *resolver_new(struct loop *loop);
void resolver_free(struct resolver *r);
ticket resolve_name(struct resolver *r, const char *name, resolved_fn *on_resolved, void *arg, struct err *err);
void resolve_cancel(struct resolver *r, ticket t);

#endif
