/*
 * The cache: everything known of the engine's containers, sorted by name, bounded. A container leaves it when
 * the engine destroys it, so that re-creating one a day does not grow anything. Where there are more than may be kept, those that
 * somebody asked for take the places of the others.
 */
#ifndef DOCKER_CONTAINERS_H
#define DOCKER_CONTAINERS_H

#include "base/str.h"
#include "docker/container.h"
#include "docker/left_out.h"
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
	bool wanted;	/* somebody asked for it */
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
	bool (*is_wanted)(struct str name, void *arg); /* NULL: all are */
	void *arg;
	struct left_out out;	  /* what the engine has besides, as the last whole list and the events say */
	struct left_out counting; /* the same for the list being read, until it is whole */
	bool listing;
	char self[CONTAINER_ID_BYTES];
};

void containers_init(struct containers *cs, unsigned max); /* is_wanted may be set afterwards */
void containers_clear(struct containers *cs);

struct entry *containers_find(const struct containers *cs, struct str name);
struct entry *containers_by_id(const struct containers *cs, const char *id);
/* As above, quicker: most likely it has this name. */
struct entry *containers_by_id_or_name(const struct containers *cs, const char *id, const char *name);

/* A new one; NULL when there are max already, or no memory: it is left out. A wanted one takes the place of the last that is not:
 * *ret_evicted, not in the table any more, for the caller to mem_free(). NULL: none had to go. */
struct entry *containers_add(struct containers *cs, const char *id, const char *name, struct entry **ret_evicted);
/* The last one that nobody asked for, else the last one, taken out and left out; for the caller to mem_free(). */
struct entry *containers_evict(struct containers *cs);
void containers_rename(struct containers *cs, struct entry *e, const char *name);
void containers_remove(struct containers *cs, struct entry *e); /* frees e */
bool containers_wants(const struct containers *cs, const char *name);
void containers_ask_again(struct containers *cs); /* other names are wanted now */

/* A list is read: what is left out is counted anew, and counts once the list is whole. */
void containers_list_begin(struct containers *cs);
void containers_list_end(struct containers *cs, bool whole);

void containers_set_stale(struct containers *cs); /* all of them */
void containers_trim(struct containers *cs);	  /* gives back room that nobody needs now */

#endif
