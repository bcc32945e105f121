/*
 * Keeps ddc within its memory: looks now and then and when the kernel speaks of pressure, asks everybody who holds something that can be
 * made again to let go of it, and says when no new work should be begun. What it does can be seen in the log, in /metrics and in /memory.
 *
 *	calm ──above the threshold──> high ──above the limit──> full
 *	(back at five per cent below either)
 *
 * high: caches, buffers, idle connections and the allocator's reserve are given back, in this order. full: besides, new work is refused;
 * what controls containers goes on, and so does the connection to Discord.
 *
 * Beside it runs the watch for leaks (memory/leak.h), a sample a minute whatever the rhythm of the looks is.
 */
#ifndef MEMORY_GOVERNOR_H
#define MEMORY_GOVERNOR_H

#include "loop/loop.h"
#include "memory/leak.h"
#include "memory/report.h"

struct governor;

enum memory_level { MEMORY_CALM, MEMORY_HIGH, MEMORY_FULL, MEMORY_LEVEL_COUNT };
const char *memory_level_name(enum memory_level level);

/* What wants to begin. */
enum work_kind {
	WORK_CONTROL, /* somebody acts on a container: always allowed */
	WORK_LOGS,    /* a log is followed */
	WORK_WEB,     /* a page; health, metrics and memory are answered all the same */
	WORK_FIGURES, /* reading CPU and memory of containers */
	WORK_KIND_COUNT
};
const char *work_kind_name(enum work_kind kind);

enum {
	GOVERNOR_SHRINKERS_MAX = 16,
	GOVERNOR_DEFAULT_LIMIT_MB = 16, /* without a setting, at most */
	GOVERNOR_DEFAULT_INTERVAL_S = 60,
	GOVERNOR_CONTAINER_PERCENT = 90,  /* of the container's limit, at most: above it the kernel would be first */
	GOVERNOR_THRESHOLD_PERCENT = 75,  /* of the limit, unless set */
	GOVERNOR_RETURN_PERCENT = 95,	  /* of a boundary: below it the level goes down again */
	GOVERNOR_PRESSURE_GAP_MS = 10000, /* between two clean-ups that the kernel caused, at least */
	GOVERNOR_MUCH_PERCENT = 50,	  /* of the threshold: with less we are not why the kernel is short of memory */
	GOVERNOR_TOGETHER_MS = 500,	  /* what is due within so long of another is done with it */
	GOVERNOR_LEAK_RHYTHM_MS = 60 * 1000,   /* between two samples of the watch for leaks */
	GOVERNOR_LOOK_GAP_MS = 1000,	       /* governor_allows() measures when the last look is older */
	GOVERNOR_BACKOFF_MAX_MS = 3600 * 1000, /* clean-ups that give nothing back become rare */
	GOVERNOR_SPARE_BYTES = 64 * 1024       /* a clean-up that gives back less has given nothing */
};

struct governor_settings {
	unsigned limit_mb; /* DDC_MEMORY_LIMIT_MB; 0: GOVERNOR_DEFAULT_LIMIT_MB. Never above the container's share */
	unsigned threshold_mb; /* DDC_GC_THRESHOLD_MB; 0: GOVERNOR_THRESHOLD_PERCENT of the limit */
	unsigned interval_s;   /* DDC_MEMORY_CHECK_INTERVAL */
};

struct governor_listener {
	/* Another level is in force. Nothing may be freed that called in here. May be NULL. */
	void (*on_level)(enum memory_level level, void *arg);
	/* How many things there are to remember (containers, channels …): growth with them is no leak. May be NULL. */
	unsigned (*units)(void *arg);
	/* After every look, with what was seen. May be NULL. */
	void (*on_look)(uint64_t held_bytes, uint64_t limit_bytes, void *arg);
};

/* root: "" for the real /proc and /sys; COPIED. NULL: no memory. It looks for the first time after one interval. */
struct governor *governor_new(struct loop *loop, const char *root, const struct governor_listener *listener, void *arg);
void governor_free(struct governor *g); /* NULL is fine */
/* Says in the log what is in force when it is new, and warns when the settings contradict the container's limit. */
void governor_set(struct governor *g, const struct governor_settings *s);

/* For a program that tests the watch for leaks: how often it takes a sample, GOVERNOR_LEAK_RHYTHM_MS unless set. */
void governor_set_leak_rhythm(struct governor *g, unsigned ms);

/* In this order; within one step in the order of registration. fn frees what it can: at once, so that it can be counted. name and arg
 * are SHARED. */
enum shrink_step { SHRINK_CACHES, SHRINK_BUFFERS, SHRINK_CONNECTIONS, SHRINK_STEP_COUNT };
void governor_add_shrinker(
	struct governor *g, enum shrink_step step, const char *name, void (*fn)(void *arg), void *arg);
void governor_forget_shrinkers(struct governor *g); /* before those they belong to are freed */

struct shrinker_stats {
	const char *name;
	enum shrink_step step;
	uint64_t bytes; /* freed by it since the start, by our own count */
};
/* In the order in which they are asked; NULL: there is no such one. Valid until one is added. */
const struct shrinker_stats *governor_shrinker_stats(const struct governor *g, unsigned n);

/* Reads the container's limit too: it may have been changed meanwhile. */
void governor_look(struct governor *g);
/* The kernel is short of memory: cleans up, unless that was done a moment ago, gave nothing the last times, or cannot be ours to do; caches stay
 * while we hold little. Called by its own watch. */
void governor_on_pressure(struct governor *g);
/* why: "asked for", "a leak is suspected" … for the log. */
void governor_cleanup(struct governor *g, const char *why);
/* By the level in force; counts what it refuses. Measures anew when the last look is older than GOVERNOR_LOOK_GAP_MS, and another level is
 * entered in the next turn: nothing is freed in here, it may be called from anywhere. */
bool governor_allows(struct governor *g, enum work_kind kind);

void governor_figures(const struct governor *g, struct memory_figures *ret);

struct governor_stats {
	enum memory_level level;
	uint64_t limit_bytes, threshold_bytes, held_bytes, held_peak_bytes;
	uint64_t looks, cleanups, returned_bytes, pressure_events;
	uint64_t refused[WORK_KIND_COUNT];
	const char *pressure_way; /* file that the kernel tells by; NULL: none */
};
struct governor_stats governor_stats_of(const struct governor *g);
unsigned governor_leak_suspicions(const struct governor *g, enum mem_owner owner);

/* Sets glibc's own knobs to what suits a small program, unless MALLOC_… variables do. Before anything is allocated. */
void governor_tune_allocator(void);

#endif
