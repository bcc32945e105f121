/*
 * One byte stream over TCP, TLS or a Unix socket, the same for all above: name resolution, connecting (address after
 * address), handshake, reading and writing. It buffers nothing but what TLS has already encrypted.
 *
 *	stream_connect() → STREAM_OPENED → STREAM_CAN_READ / STREAM_CAN_WRITE as wanted → stream_free()
 *	              └──────────────────→ STREAM_FAILED: stream_error() says why
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "base/err.h"
#include "net/net.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stream;
struct tls_profile;

enum stream_event {
	STREAM_OPENED,	  /* once: bytes may flow */
	STREAM_CAN_READ,  /* as long as reading is wanted and there is something (or the end) to read */
	STREAM_CAN_WRITE, /* as long as writing is wanted and possible */
	STREAM_FAILED	  /* once, and nothing after it */
};

/* Always from the loop. The stream may be freed inside. */
typedef void stream_fn(struct stream *s, enum stream_event event, void *arg);

struct stream_target {
	const char *unix_path; /* NULL: TCP */
	const char *host;      /* TCP: name or numeric address */
	uint16_t port;
	struct tls_profile *tls; /* NULL: plain. SHARES */
};

/* COPIES target. There is no deadline but the system's; whoever waits has one. NULL: no memory, or too many names to
 * resolve at once. */
struct stream *stream_connect(
	struct net *n, const struct stream_target *target, stream_fn *on_event, void *arg, struct err *err);
/* TAKES a connected, non-blocking fd; also on failure. No STREAM_OPENED comes. */
struct stream *stream_adopt(struct net *n, int fd, stream_fn *on_event, void *arg);
void stream_free(struct stream *s); /* says goodbye if it can be said at once; NULL is fine; safe inside on_event */

void stream_want(struct stream *s, bool read, bool write);
/* > 0 bytes; 0: the end; -EAGAIN: nothing now; another negative errno: broken, stream_error() says why */
ssize_t stream_read(struct stream *s, void *bytes, size_t length);
/* >= 0 bytes taken (0: not now); negative errno: broken for writing, stream_error() says why */
ssize_t stream_write(struct stream *s, const void *bytes, size_t length);
void stream_end_writing(struct stream *s); /* the other side reads an end; ours may go on reading */
bool stream_is_open(const struct stream *s);
bool stream_is_silent(
	const struct stream *s); /* open, and the other side has sent nothing that was not read, its end included */
/* How far it has come, for sentences: "resolving", "connecting", "handshaking", "open", "failed". */
const char *stream_state_name(const struct stream *s);
const struct err *stream_error(const struct stream *s);

#endif
