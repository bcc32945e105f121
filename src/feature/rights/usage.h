/*
 * How often a grant was used by whom in the last hour, for "at most N times an hour". Counted when an act is asked for, given back
 * when it was not done. In memory only: a restart forgets it. Fixed size: when it is full, the oldest use is forgotten.
 */
#ifndef FEATURE_RIGHTS_USAGE_H
#define FEATURE_RIGHTS_USAGE_H

#include "config/rights.h"

struct rights_usage;
enum { RIGHTS_USES_MAX = 1024, /* 40 B each, while there are any */ RIGHTS_HOUR_MS = 3600 * 1000 };

struct rights_usage *rights_usage_new(void);
void rights_usage_free(struct rights_usage *u);

unsigned rights_used(const struct rights_usage *u, const char *grant, uint64_t user_id);
void rights_use(struct rights_usage *u, const char *grant, uint64_t user_id);	    /* "" : none */
void rights_give_back(struct rights_usage *u, const char *grant, uint64_t user_id); /* the newest */

#endif
