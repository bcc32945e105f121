/*
 * The sentence that the engine puts behind each container of its list ("Up 3 hours (healthy)", "Exited (137)
 * 2 minutes ago"): it tells health and exit code without an inspect of each. Pure. Source: Docker Engine API,
 * "ContainerList", Status.
 */
#ifndef DOCKER_STATUS_H
#define DOCKER_STATUS_H

#include "base/str.h"
#include "docker/container.h"

struct status {
	enum container_health health; /* HEALTH_NONE if none is named */
	int exit_code;		      /* 0 if none is named */
	bool exit_known;
	bool young; /* it has been so for less than a minute: it may have come and gone between two lists */
};

struct status status_parse(struct str text);
enum container_state status_state(struct str word);   /* "running" … ; CONTAINER_UNKNOWN for a word we do not know */
enum container_health status_health(struct str word); /* "healthy" … ; HEALTH_NONE for "none" and unknown words */

#endif
