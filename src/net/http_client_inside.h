/* What http_client.c (peers, requests, the line) and http_conn.c (one connection) share. Nobody else includes this. */
#ifndef NET_HTTP_CLIENT_INSIDE_H
#define NET_HTTP_CLIENT_INSIDE_H

#include "base/list.h"
#include "net/http1.h"
#include "net/http_client.h"
#include "net/stream.h"

enum { METHOD_BYTES = 16 };

struct request {
	struct list link; /* peer->waiting; alone while on a connection */
	struct http_peer *peer;
	ticket number;
	struct http_handler handler;
	void *arg;
	struct http_conn *conn; /* NULL while waiting */
	struct timer *timer;
	unsigned head_timeout_ms, idle_timeout_ms;
	char method[METHOD_BYTES];
	struct buf head, body;
	size_t sent; /* bytes of head and body together */
	bool has_head, paused;
	bool repeated; /* it was put back in line once, because an idle connection had died unnoticed */
};

struct http_peer {
	struct net *net;
	struct url url;
	char name[URL_HOST_BYTES + 8]; /* for sentences */
	struct tls_profile *own_tls;   /* NULL: the default one, or none */
	struct tls_profile *tls;       /* NULL: plain */
	struct http_peer_options options;
	struct ticket_table tickets;
	struct list waiting; /* struct request::link */
	struct list conns;   /* struct http_conn::link */
	unsigned waiting_count, conn_count;
	struct timer *kick;	  /* something may be started or continued */
	struct timer *idle_timer; /* the first idle connection is to be closed */
	struct http_peer_stats stats;
};

enum conn_state { CONN_OPENING, CONN_IDLE, CONN_HEAD, CONN_BODY };

struct http_conn {
	struct list link;
	struct http_peer *peer;
	enum conn_state state;
	struct stream *stream;
	struct request *request; /* NULL while idle */
	struct buf in;		 /* an incomplete head, or what came before a pause took effect */
	struct http1_body body;
	const struct http1_head *head; /* during on_head only */
	bool keep;		       /* may be used again after this answer */
	bool reused, answered;	       /* it served a request before; a byte of this answer has come */
	bool cannot_write;	       /* the server reads no more; its answer may still come */
	bool resume;		       /* a pause was ended */
	bool *gone;		       /* set while a callback runs: conn_free() puts true there */
	uint64_t idle_until_ms;
};

/* http_conn.c */
struct http_conn *conn_new(struct http_peer *p, struct err *err);
void conn_free(struct http_conn *c); /* safe inside callbacks; NULL is fine */
void conn_start(struct http_conn *c, struct request *r);
void conn_update_flow(struct http_conn *c);
void conn_resume(struct http_conn *c); /* calls back */

/* http_client.c. Both end r and call back: nothing may touch r, its connection or the peer behind them. */
void request_done(struct request *r, bool reusable);
void request_fail(struct request *r, const struct err *err);
void request_put_back(struct request *r); /* to the front of the line */
void request_restart_timer(struct request *r, unsigned delay_ms);

#endif
