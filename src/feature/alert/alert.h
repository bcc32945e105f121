/*
 * Tells a Discord channel when memory runs short: ddc's own against its limit, and any container's against its limit. Once when it has
 * lasted, once when it is over or the container does not run any more. What the channel did not take is told again at a later look.
 * Containers without a limit of their own have nothing to reach. A container is known by its id: it may be renamed.
 */
#ifndef FEATURE_ALERT_ALERT_H
#define FEATURE_ALERT_ALERT_H

#include "discord/rest.h"
#include "docker/docker.h"
#include "i18n/tr.h"
#include "loop/loop.h"

struct alert;

enum {
	ALERT_CONTAINERS_MAX =
		64, /* told and not over, so that the channel is not flooded; more are named in the log and counted,
				    * and told once others are over */
	ALERT_WATCHED_MAX =
		1024, /* above their share at the same time, 32 bytes each; the log tells when there are more */
	ALERT_SENDING_MAX = 16, /* messages under way; the others at the next look */
	/* Points below the share: only then it is over, so that it does not flutter. Of a small share a fifth of it, 1 at least. */
	ALERT_RECOVERY_PERCENT = 10,
	ALERT_READ_MS = 60000,	/* how often figures are needed */
	ALERT_ENDED_MS = 30000, /* a container that is back by then has not ended */
	ALERT_RETRY_MS =
		50000, /* a channel that refused: after so long, then twice as long and so on: the next look, the one after */
	ALERT_RETRY_MAX_MS = 900000
};

struct alert_settings {
	uint64_t channel_id; /* DDC_MEMORY_ALERT_CHANNEL; 0: nobody is told */
	unsigned percent;    /* DDC_MEMORY_ALERT_PERCENT of the limit */
	unsigned lasting_s;  /* DDC_MEMORY_ALERT_SECONDS above it before anybody is told */
	enum tr_lang lang;
};

struct alert *alert_new(struct loop *loop, struct rest *rest);	 /* NULL: no memory */
void alert_free(struct alert *a);				 /* NULL is fine */
void alert_set(struct alert *a, const struct alert_settings *s); /* COPIES */

void alert_on_container(struct alert *a, const struct container *c, enum container_event event);
void alert_on_self(struct alert *a, uint64_t held_bytes, uint64_t limit_bytes);
/* A list was read after a gap: what stopped meanwhile was not told of. */
void alert_on_resync(struct alert *a, const struct docker *d);

unsigned alert_usage_ms(const struct alert *a); /* rhythm in which figures are wanted; 0: not at all */
unsigned alert_active(const struct alert *a);	/* told, and not over yet */
bool alert_refused(const struct alert *a);	/* the last message was; the log says why */
unsigned alert_left_out(const struct alert *a); /* lasting, but not told, because ALERT_CONTAINERS_MAX are */
uint64_t alert_sent(const struct alert *a);	/* messages that Discord took, recoveries included */

#endif
