/*
 * From what the engine counted to what a person reads: CPU and memory exactly as `docker stats` shows them.
 * Pure. Source: Docker Engine API, "ContainerStats" (the formulas in its description).
 */
#ifndef DOCKER_STATS_H
#define DOCKER_STATS_H

#include "docker/container.h"

/* One reading, as it stands in the answer. */
struct stats_reading {
	bool cpu_known;		/* the engine gave a count at all: it does not for a container that has ended */
	uint64_t cpu_total_ns;	/* of the container, since it began */
	uint64_t cpu_system_ns; /* of the whole machine, all processors; 0: not given */
	uint32_t online_cpus;	/* 0: not given */
	uint32_t percpu_count;	/* fallback of engines on old kernels */
	bool memory_known;	/* absent when the kernel's memory cgroup is off (some Raspberry Pi, LXC) */
	uint64_t memory_usage;
	bool has_total_inactive_file, has_inactive_file;
	uint64_t total_inactive_file; /* cgroup v1 */
	uint64_t inactive_file;	      /* cgroup v2 */
	uint32_t pids;
	bool network_known;
	uint64_t network_in, network_out; /* sums over the networks */
};

enum { STATS_GAP_MIN_MS = 500 }; /* readings closer together are not compared */

/* What is kept of a reading until the next one. */
struct stats_sample {
	uint64_t at_ms; /* monotonic; 0: there is none */
	uint64_t cpu_total_ns, cpu_system_ns;
};

uint64_t stats_memory_bytes(const struct stats_reading *r);

/* The rate between two readings; false if they do not make one (first reading, or the container began anew).
 */
bool stats_cpu_permille(
	const struct stats_sample *before, const struct stats_reading *now, uint64_t now_ms, uint32_t *ret_permille);

/* Puts a reading into c and makes it the sample to compare with. */
void stats_apply(struct container *c, struct stats_sample *sample, const struct stats_reading *r, uint64_t now_ms,
	int64_t wall_s);
void stats_forget(struct container *c, struct stats_sample *sample); /* the container has ended */

#endif
