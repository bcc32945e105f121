/* One look at a container's log: asks the engine, collects, tells when it is done. Nothing stays open behind
 * it. */
#ifndef FEATURE_LOGS_FETCH_H
#define FEATURE_LOGS_FETCH_H

#include "feature/logs/collect.h"

struct log_fetch;

/* Exactly once, from the loop, unless freed before. err NULL: the whole end of the log was there. collect may
 * be taken over: what is left of it goes with log_fetch_free(), which may be called in here. */
typedef void log_fetch_fn(struct log_collect *collect, const struct err *err, void *arg);

/* COPIES query. NULL: nothing was started, err says why (as docker_logs()). */
struct log_fetch *log_fetch_start(struct docker *d, struct str container, const struct log_query *query,
	enum log_form form, size_t keep_bytes, log_fetch_fn *on_done, void *arg, struct err *err);
void log_fetch_free(struct log_fetch *f); /* ends the reading; NULL is fine */

#endif
