/*
 * How what the engine says changes what we know: a line of the list, a description, an event. Pure: each call
 * changes the cache and tells what happened; reporting and asking further is the caller's.
 */
#ifndef DOCKER_MERGE_H
#define DOCKER_MERGE_H

#include "docker/containers.h"
#include "docker/docker.h"
#include "docker/wire.h"

/* An "oom" event this close before a "die" is its reason; later ones hit a child that was replaced. */
enum { MERGE_OOM_WINDOW_S = 10 };

struct merged {
	struct entry *entry;	   /* NULL: not kept (beyond the maximum, or never seen) */
	struct entry *evicted;	   /* had to make room: report it as gone, then mem_free(); NULL: none */
	bool unknown;		   /* it may deserve a place now, and only a list can tell what it is */
	bool changed;		   /* something that others see; `what` says what */
	enum container_event what; /* CONTAINER_GONE: report it, then containers_remove() */
};

/* Sets entry->listed, clears stale. after_gap: everything is to be described again. */
struct merged merge_item(struct containers *cs, const struct wire_item *item, bool after_gap);
struct merged merge_event(struct containers *cs, const struct wire_event *ev);
struct merged merge_details(struct containers *cs, struct entry *e, const struct wire_details *d);

#endif
