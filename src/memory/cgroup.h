/*
 * What the kernel grants the container that we run in, cgroup v2 and v1. Sources: Documentation/admin-guide/cgroup-v2.rst ("Memory"),
 * cgroup-v1/memory.rst, accounting/psi.rst of Linux.
 */
#ifndef MEMORY_CGROUP_H
#define MEMORY_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

enum { CGROUP_PATH_BYTES_MAX = 512 };

enum cgroup_version { CGROUP_NONE, CGROUP_V1 = 1, CGROUP_V2 = 2 };

struct cgroup {
	enum cgroup_version version;
	char folder[CGROUP_PATH_BYTES_MAX]; /* of our own group; "" without one */
	char top[CGROUP_PATH_BYTES_MAX];    /* where the hierarchy is mounted: limits above ours count too */
};

struct cgroup_use {
	uint64_t limit_bytes;	/* the lowest on the way up; 0: none */
	uint64_t current_bytes; /* as the engine's own figure, page cache included; 0: unknown */
	uint64_t peak_bytes;	/* 0: this kernel does not tell */
	uint64_t oom_kills;
};

/* root: "" for the real system; a folder with proc/ and sys/ in tests. Reads; keeps nothing open. */
void cgroup_find(struct cgroup *c, const char *root);
struct cgroup_use cgroup_read(const struct cgroup *c);
uint64_t cgroup_limit(const struct cgroup *c); /* limit_bytes of the above, by itself */

/* Asks the kernel to tell of memory pressure: a descriptor to be watched for *ret_events (of LOOP_…), -1: this kernel or this
 * container has no way. The caller closes it; *ret_other is to be closed with it (-1: none). */
int cgroup_watch_pressure(
	const struct cgroup *c, const char *root, unsigned *ret_events, int *ret_other, const char **ret_way);

extern const char cgroup_way_of_machine[]; /* *ret_way where the kernel tells of the whole machine, not of our group */

/* One number in a file; "max" and what no machine has read as 0 with limits. False: not there. */
bool cgroup_read_number(const char *folder, const char *file, uint64_t *ret);

#endif
