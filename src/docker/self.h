/*
 * In which container do we run? Looked up once, from what the kernel shows of ourselves. The parsers are
 * pure.
 */
#ifndef DOCKER_SELF_H
#define DOCKER_SELF_H

#include "base/str.h"
#include "docker/container.h"

/* The id (64 hexadecimal digits), its first 12 (the host name that Docker gives by default), or "" outside of
 * any. */
void self_id(char out[CONTAINER_ID_BYTES]);

/* One line of /proc/self/mountinfo, /proc/self/cgroup: true if it names our container. */
bool self_from_mountinfo(struct str line, char out[CONTAINER_ID_BYTES]);
bool self_from_cgroup(struct str line, char out[CONTAINER_ID_BYTES]);
bool self_from_hostname(struct str name, char out[CONTAINER_ID_BYTES]);

#endif
