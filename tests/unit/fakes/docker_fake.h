/* A docker/ without an engine: a list of containers that the test sets, and what was asked for. */
#ifndef TESTS_UNIT_FAKES_DOCKER_FAKE_H
#define TESTS_UNIT_FAKES_DOCKER_FAKE_H

#include "docker/docker.h"

struct docker_fake {
	struct container containers[160];
	unsigned count;
	enum docker_link link;
	struct err link_error;
	int64_t down_since_s;
	const char *beyond; /* the name of one that the engine has and that is not kept; NULL: none */
	unsigned usage_interval_ms, usage_calls;
};
extern struct docker_fake docker_fake;
#define FAKE_DOCKER ((struct docker *)&docker_fake)

void docker_fake_clear(void);
struct container *docker_fake_add(const char *name, enum container_state state);

#endif
