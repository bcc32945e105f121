/*
 * Growth that does not come back, by owner, from samples over time. Pure: no clock, no timers.
 *
 * The lowest figure of an epoch (LEAK_EPOCH_SAMPLES samples) is its floor: what goes up and comes down again within one does not lift it.
 * The baseline is the floor from which a series began. An owner is suspected when its floor has reached a new height in LEAK_RISES epochs
 * since then, and is higher by enough. When half of the growth comes back the series begins anew from there; epochs without growth do
 * not, so that a leak by something rare is found as well. The first epochs are warm-up. When the number of things to remember (containers,
 * channels) grows the figures have a reason to grow: every series begins anew. After a suspicion the baseline moves up: only further
 * growth is suspected again.
 */
#ifndef MEMORY_LEAK_H
#define MEMORY_LEAK_H

#include "base/mem.h"

enum {
	LEAK_EPOCH_SAMPLES = 5,	 /* five minutes at a sample a minute */
	LEAK_RISES = 12,	 /* an hour of growth at least */
	LEAK_WARM_UP_EPOCHS = 2, /* sessions, panels and the allocator find their size */
	LEAK_RISE_BYTES_MIN = 8 * 1024,
	LEAK_RISE_PERCENT_MIN = 10 /* of the baseline: a large store may breathe */
};

struct leak_owner {
	uint32_t baseline, top, floor; /* of the series: where it began, the highest floor, the latest */
	uint32_t low;		       /* of the epoch that is running */
	uint32_t suspicions;
	uint8_t rises;
	bool begun;
};

struct leak {
	struct leak_owner owners[MEM_OWNER_COUNT];
	uint32_t units; /* the most things there were since the series began */
	uint8_t samples, warm_up;
};
_Static_assert(sizeof(struct leak) <= 1024, "the watch for leaks may not be one");

/* Given for every owner that is newly suspected. */
typedef void leak_fn(enum mem_owner owner, size_t from_bytes, size_t to_bytes, void *arg);

void leak_init(struct leak *l);
/* bytes: one figure per owner. units: how many things are remembered now. on_suspicion may be NULL. */
void leak_sample(struct leak *l, const size_t bytes[MEM_OWNER_COUNT], unsigned units, leak_fn *on_suspicion, void *arg);
unsigned leak_suspicions(const struct leak *l, enum mem_owner owner); /* since start */

#endif
