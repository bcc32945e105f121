/*
 * The bytes of HTTP/1.1 (RFC 9112), without any connection: heads of requests and responses, and bodies that arrive in
 * pieces. Client and server share it; tests and fuzzers feed it directly.
 */
#ifndef NET_HTTP1_H
#define NET_HTTP1_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

enum { HTTP1_HEAD_BYTES_MAX = 16384 };

struct http1_head {
	/* of a request */
	struct str method, target;
	/* of a response */
	int status;
	/* of both */
	int minor;		/* HTTP/1.minor */
	struct str fields;	/* the header lines, checked: "Name: value\r\n"... */
	int64_t content_length; /* -1: not said */
	bool chunked, close, keep_alive;
};

/* Bytes of the head, its empty line included; 0: not yet complete. Empty lines in front count as part of it. */
size_t http1_head_length(struct str bytes);

/* The views point into head. False: not HTTP, or something that two readers could understand differently (RFC 9112,
 * 6.3 and 11.2): blanks before a colon, folded lines, contradicting lengths. */
bool http1_parse_request(struct str head, struct http1_head *ret_head, struct err *err);
bool http1_parse_response(struct str head, struct http1_head *ret_head, struct err *err);

/* The value of the first field of this name (lower case); NULL view if there is none. */
struct str http1_field(const struct http1_head *h, const char *name);
/* Goes through all: true and the next pair while there is one. Start with *at = 0. */
bool http1_next_field(const struct http1_head *h, size_t *at, struct str *ret_name, struct str *ret_value);

/* May stand in a head that we write. */
bool http1_is_token(const char *text);
bool http1_is_value(const char *text);	/* no control characters: no second header can be smuggled in */
bool http1_is_target(const char *text); /* the same, and no blank */

enum http1_body_kind { HTTP1_NONE, HTTP1_LENGTH, HTTP1_CHUNKED, HTTP1_TO_CLOSE };

struct http1_body {
	enum http1_body_kind kind;
	uint64_t left; /* of the body, or of this chunk */
	unsigned phase;
	unsigned line_bytes; /* of this chunk's size line, or of the trailer */
	unsigned digits;
};

/* What follows this head. request_method NULL for the body of a request. */
struct http1_body http1_body_of(const struct http1_head *h, const char *request_method);

enum http1_step { HTTP1_MORE, HTTP1_PIECE, HTTP1_DONE, HTTP1_BAD };
/* Takes bytes from the front of *in: a piece of the body to hand on, or MORE when *in is used up. Call again after
 * PIECE. What is left in *in after DONE belongs to the next message. */
enum http1_step http1_body_step(struct http1_body *b, struct str *in, struct str *ret_piece);

#endif
