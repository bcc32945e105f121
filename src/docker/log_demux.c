#include "docker/log_demux.h"

#include <string.h>

void log_demux_init(struct log_demux *x, enum log_format format, log_line_fn *on_line, void *arg)
{
	*x = (struct log_demux){.format = format, .on_line = on_line, .arg = arg};
	for (int i = 0; i < 2; i++)
		buf_init(&x->streams[i].line, MEM_LOGS, DOCKER_LOG_LINE_BYTES_MAX);
}

void log_demux_clear(struct log_demux *x)
{
	for (int i = 0; i < 2; i++)
		buf_clear(&x->streams[i].line);
}

static bool end_line(struct log_demux *x, unsigned stream)
{
	struct buf *line = &x->streams[stream].line;
	bool cut = x->streams[stream].cut;
	struct str text = buf_view(line);
	if (text.n && text.p[text.n - 1] == '\r') /* a TTY ends its lines with both */
		text.n--;
	x->streams[stream].cut = false;
	bool more = x->on_line((enum docker_log_stream)stream, text, cut, x->arg);
	if (more)
		buf_reset(line);
	return more;
}

static void add_text(struct log_demux *x, unsigned stream, struct str text)
{
	struct buf *line = &x->streams[stream].line;
	size_t room = DOCKER_LOG_LINE_BYTES_MAX - line->length;
	if (text.n > room) {
		text.n = room;
		x->streams[stream].cut = true;
	}
	if (text.n && !buf_add(line, text.p, text.n))
		x->streams[stream].cut = true; /* no memory: a shorter line is better than none */
}

static bool take_text(struct log_demux *x, unsigned stream, struct str text)
{
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		struct str part = {text.p, end ? (size_t)(end - text.p) : text.n};
		add_text(x, stream, part);
		if (!end)
			break;
		if (!end_line(x, stream))
			return false;
		text.p += part.n + 1;
		text.n -= part.n + 1;
	}
	return true;
}

static bool header_makes_sense(const unsigned char h[8])
{
	return h[0] <= 3 && !h[1] && !h[2] && !h[3]; /* 0 stdin, 1 stdout, 2 stderr, 3 the engine's own errors */
}

static bool take_header(struct log_demux *x, struct err *err)
{
	const unsigned char *h = x->header;
	x->header_bytes = 0;
	if (!header_makes_sense(h)) {
		if (x->format == LOG_FORMAT_GUESS) {
			x->format = LOG_FORMAT_RAW;
			return take_text(x, DOCKER_STDOUT, (struct str){(const char *)h, 8});
		}
		return err_set(err, ERR_PROTOCOL, "the log stream is not framed as Docker frames it");
	}
	x->format = LOG_FORMAT_FRAMED;
	x->stream = h[0] >= 2 ? DOCKER_STDERR : DOCKER_STDOUT;
	x->frame_left = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];
	return true;
}

bool log_demux_feed(struct log_demux *x, struct str bytes, struct err *err)
{
	while (bytes.n) {
		size_t n;
		if (x->format == LOG_FORMAT_RAW)
			return take_text(x, DOCKER_STDOUT, bytes);
		if (x->frame_left) {
			n = bytes.n < x->frame_left ? bytes.n : x->frame_left;
			x->frame_left -= (uint32_t)n;
			if (!take_text(x, x->stream, (struct str){bytes.p, n}))
				return false;
		} else {
			n = sizeof x->header - x->header_bytes;
			n = bytes.n < n ? bytes.n : n;
			memcpy(x->header + x->header_bytes, bytes.p, n);
			x->header_bytes += (unsigned)n;
			if (x->header_bytes == sizeof x->header && !take_header(x, err))
				return false;
		}
		bytes.p += n;
		bytes.n -= n;
	}
	return true;
}

void log_demux_finish(struct log_demux *x)
{
	if (x->format == LOG_FORMAT_GUESS && x->header_bytes) /* shorter than a header: it was text */
		take_text(x, DOCKER_STDOUT, (struct str){(const char *)x->header, x->header_bytes});
	x->header_bytes = 0;
	for (unsigned i = 0; i < 2; i++)
		if (x->streams[i].line.length && !end_line(x, i))
			return;
}
