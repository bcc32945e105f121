/*
 * What containers used in the last hour: one small ring each, a sample a minute, fed by whoever hears of new
 * figures. Nothing is asked for it: where nobody watches usage there is no history. Pure.
 */
#ifndef FEATURE_USAGE_HISTORY_H
#define FEATURE_USAGE_HISTORY_H

#include "base/str.h"
#include "docker/container.h"

struct history;

enum {
	HISTORY_SAMPLES = 60, /* a container, one a minute */
	HISTORY_CONTAINERS_MAX =
		128, /* about half a KiB each. Whoever comes later finds no room: giving up another's hour for
					 it would leave nobody with one, as they are read in turn */
	HISTORY_MINUTES = 60
};

struct history *history_new(void); /* NULL: no memory */
void history_free(struct history *h);
/* For a clean-up when memory is short: lets go of everybody's hour (70 KiB at most); it begins anew with the next figures. */
void history_shed(struct history *h); /* NULL is fine */
/* Takes c's figures as those of this minute (the last ones of a minute count). now_ms: monotonic. False: there is no room for it, or no
 * memory. */
bool history_note(struct history *h, const struct container *c, uint64_t now_ms);
/* The engine has it no more: its place is free when somebody needs one. Should it be made again, its hour goes on. */
void history_let_go(struct history *h, struct str name);
/* It has a place, or would get one. */
bool history_has_room(const struct history *h, struct str name, uint64_t now_ms);

/* The last hour in figures. */
struct history_summary {
	unsigned samples;
	unsigned minutes; /* from the oldest of them until now */
	bool cpu_known, memory_known;
	uint32_t cpu_low, cpu_high, cpu_middle;		 /* permille of one processor; middle: the median */
	uint64_t memory_first, memory_last, memory_high; /* bytes */
};

/* False: nothing is known of the last hour. */
bool history_summary_of(const struct history *h, struct str name, uint64_t now_ms, struct history_summary *ret_summary);

#endif
