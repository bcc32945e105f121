/*
 * The web side: today `/health` for probes and a front page that says what ddc is doing; more routes are one line in the table.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/err.h"
#include "base/json_writer.h"
#include "net/net.h"
#include "web/metrics.h"

struct web;

/* How things stand, as the composition knows it. */
struct web_health {
	bool well;
	char reason[ERR_TEXT_BYTES + 16]; /* why not; "" when well */
};

struct web_parts {
	/* Fills how things stand, and writes further members of the JSON object. Runs inside a request. */
	void (*on_health)(struct web_health *ret_health, struct json_writer *more, void *arg);
	/* What /metrics, /memory and the limits on new work look at; its governor may be NULL while starting. */
	metrics_source_fn *on_source;
	void *arg;
};

struct web_options {
	const char *bind; /* LENT for the call; NULL or "": all addresses */
	uint16_t port;
	const char *metrics_token; /* COPIED; NULL or "": loopback and private networks only (web/access.h) */
	unsigned connections_max;  /* 0: WEB_CONNECTIONS_MAX */
};
/* A page, its event stream and some probes; each costs about 2 KiB while open. */
enum { WEB_CONNECTIONS_MAX = 16 }; /* and one more for this machine: ddc health */

/* NULL: the port is taken or may not be used, err says; ddc goes on without. COPIES parts. */
struct web *web_new(struct net *net, const struct web_options *options, const struct web_parts *parts, struct err *err);
void web_free(struct web *w); /* NULL is fine */
uint16_t web_port(const struct web *w);
void web_close_idle(struct web *w); /* connections that browsers keep for later */

#endif
