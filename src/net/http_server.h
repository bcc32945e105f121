/*
 * HTTP/1.1 server for the web side: it listens, parses, limits and times out; what is answered is decided above, by one
 * callback. Bounded connections, headers and bodies; a slow or hostile client costs one slot for a limited time.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "base/buf.h"
#include "base/err.h"
#include "net/net.h"

struct http_server;
struct http_exchange; /* one request and its answer */

struct http_server_options {
	const char *bind; /* numeric address; NULL: all */
	uint16_t port;	  /* 0: any; http_server_port() tells */
	unsigned
		connections_max; /* then who idles, or whose request makes no step, gives its place away; else the newcomer goes */
	unsigned header_timeout_ms, body_timeout_ms, idle_timeout_ms;
	size_t body_bytes_max; /* larger bodies are answered 413; 0: any body is, as soon as the head announces it */
	/* Asked when every place is taken: may this client (numeric address) have the one that is kept free above connections_max?
	 * NULL: nobody may. arg is that of on_request. */
	bool (*comes_first)(const char *peer, void *arg);
};

/* Exactly once per request, when its body is complete (body empty for GET). All views live until the exchange ends.
 * The handler answers now or later with http_reply(). */
typedef void http_request_fn(struct http_exchange *x, void *arg);

struct http_server *http_server_new(
	struct net *n, const struct http_server_options *o, http_request_fn *on_request, void *arg, struct err *err);
void http_server_free(struct http_server *s);	    /* closes everything; NULL is fine */
void http_server_close_idle(struct http_server *s); /* connections that wait for a next request */
uint16_t http_server_port(const struct http_server *s);
unsigned http_server_connections(const struct http_server *s);

const char *http_exchange_method(const struct http_exchange *x);
const char *http_exchange_path(const struct http_exchange *x);			  /* without query */
const char *http_exchange_query(const struct http_exchange *x);			  /* "" if none */
struct str http_exchange_header(const struct http_exchange *x, const char *name); /* lower case */
struct str http_exchange_body(const struct http_exchange *x);
const char *http_exchange_peer(const struct http_exchange *x); /* numeric address of the client */
bool http_exchange_is_http_1_0(const struct http_exchange *x);

/* Answers and ends the exchange: x must not be used afterwards. TAKES the bytes of body (NULL: none).
 * headers are LENT for the call. If the client has gone meanwhile the answer is dropped. */
struct http_header;
void http_reply(struct http_exchange *x, int status, const char *content_type, const struct http_header *headers,
	size_t header_count, struct buf *body);

/* As http_reply(), for bodies that are larger than anybody wants to hold: they are made piece by piece as the client takes them
 * (chunked; with HTTP/1.0 until the connection ends). on_more appends the next piece, at most HTTP_PIECE_BYTES_MAX, and says whether
 * there is more behind it. on_end exactly once, also when the client has gone. With HEAD there is no piece. */
enum { HTTP_PIECE_BYTES_MAX = 4096 };
struct http_pieces {
	bool (*on_more)(struct buf *out, void *arg);
	void (*on_end)(void *arg); /* may be NULL */
};
void http_reply_pieces(struct http_exchange *x, int status, const char *content_type, const struct http_header *headers,
	size_t header_count, const struct http_pieces *pieces, void *arg);

/* For answers that come later: told once if the client goes before http_reply(); x is invalid then. */
void http_exchange_on_gone(struct http_exchange *x, void (*on_gone)(void *arg), void *arg);

#endif
