/*
 * What the engine says of one container, as a value that others may look at. Source: Docker Engine API,
 * "ContainerList", "ContainerInspect", "SystemEvents", "ContainerStats".
 */
#ifndef DOCKER_CONTAINER_H
#define DOCKER_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

/* Docker's own words for State.Status, and three of ours. */
enum container_state {
	CONTAINER_UNKNOWN, /* we cannot tell (never: "stopped") */
	CONTAINER_MISSING, /* the engine answers, and does not have it */
	CONTAINER_BEYOND,  /* the engine has it, and there are too many to keep it */
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_PAUSED,
	CONTAINER_RESTARTING,
	CONTAINER_REMOVING,
	CONTAINER_EXITED,
	CONTAINER_DEAD
};

enum container_health { HEALTH_NONE, HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY };

enum {
	CONTAINER_NAME_BYTES =
		64, /* the longest name we accept is 63 bytes, as the original; longer ones are cut in `name` */
	CONTAINER_ID_BYTES = 65,
	CONTAINER_IMAGE_BYTES = 96,
	CONTAINER_PROJECT_BYTES = 48
};

struct container {
	char name[CONTAINER_NAME_BYTES]; /* without the leading "/" */
	char id[CONTAINER_ID_BYTES];
	char image[CONTAINER_IMAGE_BYTES];     /* cut if longer */
	char project[CONTAINER_PROJECT_BYTES]; /* label com.docker.compose.project; "" if none */
	enum container_state state;
	enum container_health health;
	bool oom_killed;		     /* the last end was "out of memory" */
	bool is_self;			     /* ddc runs in this one */
	bool stale;			     /* the engine is not reachable: this is what we knew before */
	int exit_code;			     /* of the last end; meaningful while exited or dead */
	int restart_count;		     /* by its restart policy; -1: not told yet */
	int64_t started_at_s, finished_at_s; /* Unix time, 0 if never or unknown */
	/* Usage; *_known tells whether there are figures at all. */
	bool cpu_known, memory_known;
	uint16_t oom_kills;	     /* ends for lack of memory that ddc has seen; the highest number means: or more */
	uint32_t cpu_permille;	     /* 1000 = one processor fully busy, as `docker stats` counts */
	uint64_t memory_bytes;	     /* as `docker stats` shows it: without the page cache that can be dropped */
	uint64_t memory_limit_bytes; /* 0: no limit of its own */
	uint32_t pids;		     /* processes and threads; 0: not told */
	bool network_known;	     /* not with the host's network, nor without any */
	uint64_t network_in_bytes, network_out_bytes; /* since it started, all its networks */
	int64_t stats_at_s;			      /* when usage was read */
};

/* "running", "exited", …: Docker's word. */
const char *container_state_name(enum container_state state);
const char *container_health_name(enum container_health health);
bool container_is_up(const struct container *c); /* running, paused or restarting: something is there to stop */

#endif
