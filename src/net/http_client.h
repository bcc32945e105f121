/*
 * HTTP/1.1 client over TCP, TLS and Unix sockets, streaming both ways, with keep-alive, deadlines and cancel.
 *
 * One http_peer is one server (scheme, host, port or socket path) with its pool of connections. Requests wait in line
 * when all connections are busy; their deadline runs while they wait. Redirects are never followed.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/ticket.h"
#include "net/net.h"
#include "net/url.h"

struct http_peer;

struct http_peer_options {
	unsigned connections_max; /* at once; long streams (events, logs) occupy one each. 1 … 32 */
	unsigned waiting_max;	  /* requests in line; more are refused with ERR_LIMIT */
	unsigned idle_close_ms;	  /* an idle connection is closed after this; 0: at once */
	const char *user_agent;	  /* LENT for the life of the peer; NULL: none */
	/* Client certificate and private CA of a TLS Docker host: PEM files, NULL for none. COPIED. */
	const char *tls_ca_file, *tls_cert_file, *tls_key_file;
	bool tls_no_verify; /* DOCKER_TLS_VERIFY unset with tcp+TLS; never for Discord */
};

struct http_peer *http_peer_new(struct net *n, const struct url *u, const struct http_peer_options *o, struct err *err);
void http_peer_free(struct http_peer *p); /* cancels every request without calling back; NULL is fine */
/* Closes idle connections now (memory pressure, or the server is known to have gone). */
void http_peer_close_idle(struct http_peer *p);
struct http_peer_stats {
	unsigned connections, busy, waiting;
	uint64_t requests, failures, connects;
};
struct http_peer_stats http_peer_stats_of(const struct http_peer *p);

struct http_header {
	const char *name, *value;
};

struct http_response {
	int status;		/* 100 … 599 */
	int64_t content_length; /* bytes, -1 if unknown (chunked, or until close) */
};

/* Callbacks of one request; all run from the loop, never inside http_request(); none after http_cancel().
 * Order: on_head once (informational 1xx are skipped), on_body any number of times, then on_end once.
 * If anything fails, on_end comes alone or behind what has come so far, with err set. */
struct http_handler {
	/* header() below may be used inside on_head only. May be NULL. */
	void (*on_head)(ticket t, const struct http_response *head, void *arg);
	void (*on_body)(ticket t, struct str bytes, void *arg); /* bytes: during the call only. May be NULL. */
	void (*on_end)(
		ticket t, const struct err *err, void *arg); /* err NULL: the whole response was there. Required. */
};

struct http_request {
	const char *method; /* "GET" … */
	const char *path;   /* with query; LENT for the call */
	const struct http_header
		*headers; /* LENT for the call; Host, Content-Length, User-Agent, Connection are ours */
	size_t header_count;
	const char *content_type; /* NULL without a body */
	struct buf *body;	  /* TAKES its bytes (buf is empty afterwards), also on failure; NULL for none */
	unsigned head_timeout_ms; /* from now until the response's head, waiting and connecting included. 0: none */
	unsigned idle_timeout_ms; /* between two pieces of the body; 0: none (event streams) */
};

/* TICKET_NONE when nothing was started (err says why; no callback will come). */
ticket http_request(
	struct http_peer *p, const struct http_request *q, const struct http_handler *h, void *arg, struct err *err);
/* Ends a request in any state; its connection is closed if the request had been sent. Unknown tickets are fine. */
void http_cancel(struct http_peer *p, ticket t);
/* Stops and continues the flow of the body (back-pressure to the server). */
void http_pause(struct http_peer *p, ticket t, bool paused);
/* A response header, inside on_head; empty view if it is not there. name in lower case ("retry-after"). Values longer
 * than HTTP_HEADER_BYTES_MAX are cut. */
enum { HTTP_HEADER_BYTES_MAX = 256, HTTP_BODY_BYTES_MAX = 10 * 1024 * 1024 };
struct str http_header_of(struct http_peer *p, ticket t, const char *name);

#endif
