#include "docker/container.h"

#include <assert.h>

/* A thousand of them must stay well below a megabyte. */
static_assert(sizeof(struct container) <= 512, "struct container has outgrown its budget");

const char *container_state_name(enum container_state state)
{
	static const char *const names[] = {
		[CONTAINER_UNKNOWN] = "unknown",
		[CONTAINER_MISSING] = "missing",
		[CONTAINER_BEYOND] = "beyond",
		[CONTAINER_CREATED] = "created",
		[CONTAINER_RUNNING] = "running",
		[CONTAINER_PAUSED] = "paused",
		[CONTAINER_RESTARTING] = "restarting",
		[CONTAINER_REMOVING] = "removing",
		[CONTAINER_EXITED] = "exited",
		[CONTAINER_DEAD] = "dead",
	};
	return names[state];
}

const char *container_health_name(enum container_health health)
{
	static const char *const names[] = {
		[HEALTH_NONE] = "none",
		[HEALTH_STARTING] = "starting",
		[HEALTH_HEALTHY] = "healthy",
		[HEALTH_UNHEALTHY] = "unhealthy",
	};
	return names[health];
}

bool container_is_up(const struct container *c)
{
	return c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED || c->state == CONTAINER_RESTARTING;
}
