/*
 * The cache: everything known of the engine's containers, sorted by name, bounded. A container leaves it when
 * the engine destroys it, so that re-creating one a day does not grow anything.
 */
#ifndef DOCKER_CONTAINERS_H
#define DOCKER_CONTAINERS_H

#include "base/str.h"
#include "docker/container.h"
#include "docker/stats.h"

enum want { WANT_NOTHING, WANT_SOMETIME, WANT_SOON }; /* an inspect */

struct entry {
	struct container c; /* first: what others see */
	struct stats_sample sample;
	uint64_t usage_due_ms; /* next reading; 0: none planned */
	bool usage_begun;      /* its first reading was asked for: the second follows at once, then it takes its
			       turn */
	uint32_t changes;      /* counts what was learnt: an answer that was asked for before is out of date */
	int64_t oom_at_s;      /* the "oom" event that precedes the "die" of its victim; 0: none */
	int stop_timeout_s;    /* its own; -1: not known */
	unsigned char want;
	bool listed;	/* seen in the list being read */
	bool inspected; /* since it last changed its state */
	bool inspecting;
	bool denied; /* the last inspect did not know it, and the list was asked */
	bool tty, tty_known, has_health;
};

_Static_assert(sizeof(struct entry) <= 432, "there may be thousands: docs/memory.md has the budget");

struct containers {
	struct entry **at; /* by name, then by id */
	unsigned count, capacity, max;
	unsigned beyond; /* the engine has so many more */
	char self[CONTAINER_ID_BYTES];
};

void containers_init(struct containers *cs, unsigned max);
void containers_clear(struct containers *cs);

struct entry *containers_find(const struct containers *cs, struct str name);
struct entry *containers_by_id(const struct containers *cs, const char *id);
/* As above, quicker: most likely it has this name. */
struct entry *containers_by_id_or_name(const struct containers *cs, const char *id, const char *name);

/* A new one; NULL when there are max already (beyond is counted up) or no memory (the same). */
struct entry *containers_add(struct containers *cs, const char *id, const char *name);
void containers_rename(struct containers *cs, struct entry *e, const char *name);
void containers_remove(struct containers *cs, struct entry *e); /* frees e */

void containers_set_stale(struct containers *cs); /* all of them */
void containers_trim(struct containers *cs);	  /* gives back room that nobody needs now */

#endif
