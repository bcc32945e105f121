/*
 * Container logs as lines. Without a TTY the engine frames them: eight bytes (stream, 0, 0, 0, big-endian
 * length) before each piece; with a TTY they are raw. Bytes in, lines out; pure. Source: Docker Engine API,
 * "ContainerAttach", "Stream format". Cap: DOCKER_LOG_LINE_BYTES_MAX a line and stream; a frame's length is
 * only counted down, never kept.
 */
#ifndef DOCKER_LOG_DEMUX_H
#define DOCKER_LOG_DEMUX_H

#include "base/buf.h"
#include "base/err.h"
#include "docker/docker.h"

enum log_format {
	LOG_FORMAT_GUESS, /* decide by the first eight bytes: only where the engine lets nobody ask */
	LOG_FORMAT_FRAMED,
	LOG_FORMAT_RAW
};

/* False ends the reading (the reader may be gone). */
typedef bool log_line_fn(enum docker_log_stream stream, struct str line, bool cut, void *arg);

struct log_demux {
	enum log_format format;
	log_line_fn *on_line;
	void *arg;
	unsigned char header[8];
	unsigned header_bytes; /* how much of header has been read */
	uint32_t frame_left;   /* bytes of the frame still to come */
	unsigned stream;       /* of this frame */
	struct {
		struct buf line; /* begun, not yet ended */
		bool cut;	 /* it was longer; the rest is read over */
	} streams[2];
};

void log_demux_init(struct log_demux *x, enum log_format format, log_line_fn *on_line, void *arg);
void log_demux_clear(struct log_demux *x);
/* False: on_line wanted no more (err untouched, its code still ERR_NONE), or a header makes no sense (err
 * says so). */
bool log_demux_feed(struct log_demux *x, struct str bytes, struct err *err);
/* The end of the stream: what stands there without a line break is a line too. */
void log_demux_finish(struct log_demux *x);

#endif
