/*
 * Tells a Discord channel when memory runs short: ddc's own against its limit, and any container's against its limit. Once when it has
 * lasted, once when it is over. Containers without a limit of their own have nothing to reach.
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
		64, /* above their share at the same time, about 90 bytes each; more are counted and named in the log */
	ALERT_RECOVERY_PERCENT = 10, /* points below the share: only then it is over, so that it does not flutter */
	ALERT_READ_MS = 60000	     /* how often figures are needed */
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

unsigned alert_usage_ms(const struct alert *a); /* rhythm in which figures are wanted; 0: not at all */
unsigned alert_active(const struct alert *a);	/* told, and not over yet */
uint64_t alert_sent(const struct alert *a);	/* messages, recoveries included */

#endif
