/*
 * API versions, and which one to speak. Pure. Source: Docker Engine API, "Versioning"; an engine from 29 on
 * refuses everything below 1.44, one of 20.10 everything above 1.41.
 *
 * A version is a number: 1.41 is 1041. 0 is "not known".
 */
#ifndef DOCKER_VERSION_H
#define DOCKER_VERSION_H

#include "base/err.h"
#include "base/str.h"

enum {
	VERSION_LOWEST = 1041,	/* one-shot stats came with it */
	VERSION_HIGHEST = 1044, /* the answers we read were checked up to here; spoken by every engine from 25 on */
	VERSION_BYTES = 12
};

bool version_parse(struct str text, unsigned *ret_version);
void version_format(unsigned version, char out[VERSION_BYTES]); /* "" for 0 */

/* Chooses between what we know and what the engine takes (0: not known). False: there is none, err says why.
 */
bool version_choose(unsigned engine_min, unsigned engine_max, unsigned *ret_version, struct err *err);

/* Reads the engine's "client version 1.41 is too old. Minimum supported API version is 1.44" and its
 * opposite. Sets only the bound that is named; false if the message is about something else. */
bool version_from_refusal(struct str message, unsigned *ret_min, unsigned *ret_max);

#endif
