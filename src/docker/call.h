/*
 * One request to the engine: the API version goes in front of its path, an answer of 400 and above becomes an
 * error with the engine's own words, and its numbers are counted. Everything in this folder that asks the
 * engine asks through here.
 */
#ifndef DOCKER_CALL_H
#define DOCKER_CALL_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

struct docker;
struct call;

struct call_request {
	const char *method;
	const char *path;	  /* "/containers/json", LENT for the call */
	bool plain;		  /* without the version in front: /_ping and /version */
	unsigned head_timeout_ms; /* as in net/http_client.h */
	unsigned idle_timeout_ms;
};

/* All from the loop. Within on_head and on_body call_cancel() is allowed. */
struct call_handler {
	void (*on_head)(struct call *c, void *arg);   /* 2xx only; may be NULL */
	void (*on_body)(struct str bytes, void *arg); /* 2xx only; may be NULL */
	void (*on_end)(
		const struct err *err, int status, void *arg); /* once; c is gone. err NULL: 2xx or 304, complete */
};

/* h is LENT for the life of the call (a static table). NULL: nothing was started, err says why. */
struct call *call_start(
	struct docker *d, const struct call_request *r, const struct call_handler *h, void *arg, struct err *err);
void call_cancel(struct call *c);			  /* no callback any more; NULL is fine */
struct str call_header(struct call *c, const char *name); /* inside on_head only */

#endif
