/*
 * WebSocket client (RFC 6455) over TCP or TLS. Messages of any size arrive as a stream of pieces.
 * Pings are answered by themselves. One object is one connection; it never reconnects.
 */
#ifndef NET_WS_CLIENT_H
#define NET_WS_CLIENT_H

#include "base/err.h"
#include "base/str.h"
#include "net/net.h"
#include "net/url.h"

struct ws;

enum { WS_SEND_QUEUE_BYTES_MAX = 16384, WS_SEND_MESSAGE_BYTES_MAX = 4096, WS_CLOSE_REASON_BYTES_MAX = 123 };

struct ws_piece {
	struct str bytes; /* during the call only */
	bool first, last; /* of the message, over all its frames */
	bool binary;
};

/* All from the loop, never inside ws_connect(). on_closed comes exactly once, and nothing after it; the object must still be
 * freed (also inside on_closed). */
struct ws_handler {
	void (*on_open)(struct ws *w, void *arg);
	void (*on_piece)(struct ws *w, const struct ws_piece *piece, void *arg);
	/* close_code: as received (1000 … 4999), or 0 if the connection ended without one; reason as received (may be
	 * empty); err tells what went wrong in our own words, NULL for a clean close. */
	void (*on_closed)(struct ws *w, int close_code, struct str reason, const struct err *err, void *arg);
};

struct ws_options {
	const char *user_agent; /* LENT for the call */
	unsigned open_timeout_ms;
};

/* NULL: nothing was started, err says why. */
struct ws *ws_connect(struct net *n, const struct url *u, const struct ws_options *o, const struct ws_handler *h,
	void *arg, struct err *err);
/* COPIES text. False if the queue is full or the connection is not open. */
bool ws_send_text(struct ws *w, struct str text);
/* Sends a close frame (code 1000 or 3000 … 4999) and ends the connection soon; on_closed follows. */
void ws_close(struct ws *w, int code, const char *reason);
/* Ends the connection without a word, now: no callback any more. NULL is fine; safe inside any callback. */
void ws_free(struct ws *w);
void ws_pause(struct ws *w, bool paused); /* back-pressure */

#endif
