/*
 * The gateway's transport compression: one zlib stream over all messages of a connection, unpacked in small pieces.
 * Source: Discord API, "Gateway", "Transport Compression". The only user of zlib.
 */
#ifndef DISCORD_INFLATE_H
#define DISCORD_INFLATE_H

#include "base/str.h"

struct inflater;

enum { INFLATE_PIECE_BYTES = 2048 };

struct inflater *inflater_new(void); /* for one connection; NULL: no memory (about 42 KB) */
void inflater_free(struct inflater *i);

/* Inside inflater_feed(), once per piece. */
typedef void inflated_fn(struct str bytes, void *arg);
/* NULL, or a sentence: the stream is broken and the connection of no more use. */
const char *inflater_feed(struct inflater *i, struct str packed, inflated_fn *on_piece, void *arg);
/* The packed bytes so far end a message (00 00 FF FF). Ask at the end of a WebSocket message only: elsewhere it is chance. */
bool inflater_at_end(const struct inflater *i);

#endif
