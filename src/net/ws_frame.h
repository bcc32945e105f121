/* The bytes of WebSocket frames (RFC 6455, 5), without any connection. Reading is for the client's side: what a
 * server sends is not masked. */
#ifndef NET_WS_FRAME_H
#define NET_WS_FRAME_H

#include "base/buf.h"
#include "base/err.h"

enum ws_opcode { WS_CONTINUE = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };
enum {
	WS_CONTROL_BYTES_MAX = 125,
	WS_HEADER_BYTES_MAX = 14,
	WS_FRAME_BYTES_MAX =
		256 * 1024 * 1024 /* of one frame received. Nothing of it is kept, but a length that nobody means
						  would make us wait for its end until a heartbeat is missed */
};

struct ws_frame {
	enum ws_opcode opcode;
	bool final;
	uint64_t length;
};

/* Bytes of the header at the front of `bytes` (2, 4 or 10), 0 if it is not complete, -1 if it is not allowed; err then
 * says why. in_message: a message has begun and has not ended. */
int ws_frame_read_header(struct str bytes, bool in_message, struct ws_frame *ret_frame, struct err *err);

/* Appends one final frame, masked; false (and nothing appended) if it does not fit. */
bool ws_frame_write(struct buf *b, enum ws_opcode opcode, struct str payload);

/* The value of Sec-WebSocket-Accept that answers this key (RFC 6455, 4.2.2). */
enum { WS_KEY_BYTES = 24 + 1, WS_ACCEPT_BYTES = 28 + 1 };
void ws_make_key(char out[WS_KEY_BYTES]);
bool ws_accept_of(const char *key, char out[WS_ACCEPT_BYTES]);

#endif
