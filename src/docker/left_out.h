/*
 * What the engine has and the cache has no room for: how many, and which of them somebody asked for, so that nobody is told that
 * they do not exist.
 */
#ifndef DOCKER_LEFT_OUT_H
#define DOCKER_LEFT_OUT_H

#include "base/str.h"
#include "docker/container.h"

enum {
	LEFT_OUT_KNOWN_MAX = 4096, /* 16 bytes each; as many as the settings can name. Those beyond are counted only */
	LEFT_OUT_NAMES = 3	   /* spelled out, for the log and for /doctor */
};

struct left_out_one {
	uint64_t name, id; /* hashes */
};

struct left_out {
	unsigned count;	 /* all of them */
	unsigned wanted; /* of these, those that somebody asked for */
	struct left_out_one *known;
	unsigned known_count, capacity;
	unsigned named, named_wanted; /* in `names`, the wanted ones first */
	char names[LEFT_OUT_NAMES][CONTAINER_NAME_BYTES];
};

void left_out_clear(struct left_out *l);
/* A wanted one that is known already is not counted again. */
void left_out_add(struct left_out *l, const char *id, const char *name, bool wanted);
void left_out_remove(struct left_out *l, const char *id, const char *name); /* the engine has it no more */
bool left_out_has(const struct left_out *l, struct str name);		    /* a wanted one of this name */
bool left_out_has_id(const struct left_out *l, const char *id);		    /* the same by its id */

#endif
