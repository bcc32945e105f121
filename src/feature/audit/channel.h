/*
 * The audit in a channel of Discord: what audit.c records is told there as well, several records in one message, without a sound and
 * without a ping. The files are the record; this is a window to it: what there is no room for is counted and said, not kept.
 */
#ifndef FEATURE_AUDIT_CHANNEL_H
#define FEATURE_AUDIT_CHANNEL_H

#include "discord/rest.h"
#include "feature/audit/audit.h"
#include "i18n/tr.h"
#include "loop/loop.h"

struct audit_channel;

enum {
	AUDIT_GATHER_MS = 2000, /* from the first record to the message: a bulk action is one message */
	AUDIT_GAP_MS = 5000,	/* between two messages: far from Discord's five in five seconds */
	AUDIT_RETRY_MS = 60000, /* after a failure; a refusal, which takes somebody to mend it: */
	AUDIT_REFUSED_MS = 600000,
	AUDIT_WAITING_BYTES_MAX = 12 * 1024 /* records not told yet, about 80; more are counted */
};

struct audit_channel *audit_channel_new(struct loop *loop, struct rest *rest); /* NULL: no memory */
void audit_channel_free(struct audit_channel *a); /* NULL is fine; what waits is in the files */
/* channel_id 0: nobody is told. Another channel gets what waits, and a channel that refused is tried again. */
void audit_channel_set(struct audit_channel *a, uint64_t channel_id, enum tr_lang lang);
void audit_channel_on_record(const struct audit_record *r, void *audit_channel); /* an audit_fn */
const char *audit_channel_refused(
	const struct audit_channel *a); /* what to do about it; NULL: it takes messages. Static */

#endif
