/*
 * What a server may send to the WebSocket client. The stream below it is one of our own, which hands the
 * bytes out as it likes: whole, in pieces, or in pieces with a pause behind each. All three must bring the
 * same messages and the same end.
 *
 * The first byte says whether the upgrade is answered for the input (otherwise it begins with the answer's
 * head) and what the callbacks do, the second one where the bytes are cut.
 */
#include "base/buf.h"
#include "loop/loop.h"
#include "net/net_inside.h"
#include "net/stream.h"
#include "net/ws_client.h"
#include "net/ws_frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FLAG_UPGRADED = 1, FLAG_CLOSE = 2, FLAG_FREE = 4, FLAG_SEND = 8 };
enum way { WHOLE, CUT, PAUSED, WAYS };

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* ---- the stream: takes the place of net/stream.c when this is linked ---- */

struct stream {
	stream_fn *on_event;
	void *arg;
	bool want_read, want_write, freed;
	struct str in; /* not yet read */
	bool whole;
	uint32_t seed;
	struct buf sent;
	size_t head_bytes; /* of what was sent: the request */
	struct err err;
};
static struct stream stream;

struct stream *stream_connect(
	struct net *n, const struct stream_target *target, stream_fn *on_event, void *arg, struct err *err)
{
	(void)n;
	(void)target;
	(void)err;
	stream.on_event = on_event;
	stream.arg = arg;
	return &stream;
}

void stream_free(struct stream *s)
{
	if (s)
		s->freed = true;
}

void stream_want(struct stream *s, bool read, bool write)
{
	check(!s->freed);
	s->want_read = read;
	s->want_write = write;
}

static size_t next_size(struct stream *s)
{
	s->seed = s->seed * 1664525u + 1013904223u;
	return s->whole ? SIZE_MAX : 1 + (s->seed >> 24) % ((s->seed >> 20 & 3) ? 5 : 100);
}

ssize_t stream_read(struct stream *s, void *bytes, size_t length)
{
	size_t n = next_size(s);
	check(!s->freed && s->want_read);
	n = n < length ? n : length;
	n = n < s->in.n ? n : s->in.n;
	if (n)
		memcpy(bytes, s->in.p, n);
	s->in = (struct str){s->in.p + n, s->in.n - n};
	return (ssize_t)n;
}

ssize_t stream_write(struct stream *s, const void *bytes, size_t length)
{
	check(!s->freed);
	check(buf_add(&s->sent, bytes, length));
	return (ssize_t)length;
}

const struct err *stream_error(const struct stream *s)
{
	return &s->err;
}

/* ---- who uses the client ---- */

struct seen {
	struct ws *ws;
	int flags;
	bool pauses, in_message, closed;
	unsigned opens, pieces;
	struct buf messages; /* 't' or 'b', the bytes, '|'; in the end what is_closed was told */
};

static void on_open(struct ws *w, void *arg)
{
	struct seen *s = arg;
	check(++s->opens == 1 && !s->closed);
	if (s->flags & FLAG_SEND)
		check(ws_send_text(w, STR("hello")));
}

static void on_piece(struct ws *w, const struct ws_piece *piece, void *arg)
{
	struct seen *s = arg;
	check(s->opens == 1 && !s->closed && piece->first == !s->in_message);
	check(piece->bytes.n || piece->last);
	s->pieces++;
	if (piece->first)
		buf_add_char(&s->messages, piece->binary ? 'b' : 't');
	buf_add_view(&s->messages, piece->bytes);
	if (piece->last)
		buf_add_char(&s->messages, '|');
	s->in_message = !piece->last;
	if (s->pauses)
		ws_pause(w, true);
	if (piece->last && s->flags & FLAG_CLOSE)
		ws_close(w, 1000, "enough");
	if (piece->last && s->flags & FLAG_FREE) {
		ws_free(w);
		s->ws = NULL;
		s->closed = true;
	}
}

static void on_closed(struct ws *w, int code, struct str reason, const struct err *err, void *arg)
{
	struct seen *s = arg;
	check(!s->closed && w == s->ws);
	check(code == 0 || (code >= 1000 && code <= 4999));
	check(reason.n <= WS_CLOSE_REASON_BYTES_MAX && (!err || (err->code && err->text[0])));
	s->closed = true;
	buf_printf(&s->messages, "closed %d %zu %s", code, reason.n, err ? err->text : "");
	buf_add_view(&s->messages, reason);
	ws_free(w);
	s->ws = NULL;
}

/* ---- one way ---- */

static struct loop *loop;
static struct net net;

/* The request is on its way: its key is known, and the answer can be made. */
static void answer_upgrade(struct buf *to)
{
	char key[WS_KEY_BYTES], accept[WS_ACCEPT_BYTES];
	const char *at = strstr(buf_text(&stream.sent), "Sec-WebSocket-Key: ");
	check(at && str_copy(key, sizeof key, (struct str){at + 19, WS_KEY_BYTES - 1}) && ws_accept_of(key, accept));
	buf_printf(to,
		"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
		"%s\r\n\r\n",
		accept);
}

/* Every frame of ours is final, masked, of a known kind, and short. */
static void check_sent(void)
{
	const unsigned char *p = (const unsigned char *)stream.sent.data;
	size_t at = stream.head_bytes;
	while (at < stream.sent.length) {
		unsigned opcode = p[at] & 15u, length = p[at + 1] & 127u;
		check(p[at] >> 4 == 8 && (opcode == WS_TEXT || opcode == WS_CLOSE || opcode == WS_PONG));
		check(p[at + 1] & 128 && length <= WS_CONTROL_BYTES_MAX);
		at += 6 + length;
		check(at <= stream.sent.length);
		check(opcode != WS_CLOSE || at == stream.sent.length); /* the last word */
	}
}

static void turn(struct seen *s)
{
	if (stream.want_write)
		stream.on_event(&stream, STREAM_CAN_WRITE, stream.arg);
	else if (stream.want_read)
		stream.on_event(&stream, STREAM_CAN_READ, stream.arg);
	else if (s->pauses) {
		ws_pause(s->ws, false);
		loop_turn(loop, 0); /* what waits is handed on from a timer */
	} else
		abort(); /* nothing would ever happen any more */
}

static void play(struct seen *s, enum way way, int flags, uint32_t seed, struct str input)
{
	static const struct ws_handler handler = {on_open, on_piece, on_closed};
	const struct url u = {.scheme = URL_WS, .host = "h", .port = 80, .path = "/"};
	const struct ws_options o = {.user_agent = "fuzz"};
	struct buf in;
	struct err err;
	*s = (struct seen){.flags = flags, .pauses = way == PAUSED};
	stream = (struct stream){.whole = way == WHOLE, .seed = seed};
	buf_init(&stream.sent, MEM_TEST, 4 << 20);
	buf_init(&s->messages, MEM_TEST, 4 << 20);
	buf_init(&in, MEM_TEST, 2 << 20);
	s->ws = ws_connect(&net, &u, &o, &handler, s, &err);
	check(s->ws != NULL);
	stream.on_event(&stream, STREAM_OPENED, stream.arg);
	check(stream.sent.length && !stream.want_write); /* the request is on its way at once */
	stream.head_bytes = stream.sent.length;
	if (flags & FLAG_UPGRADED)
		answer_upgrade(&in);
	check(buf_add_view(&in, input));
	stream.in = buf_view(&in);
	while (!s->closed)
		turn(s);
	check(s->ws == NULL && stream.freed);
	check_sent();
	buf_clear(&stream.sent);
	buf_clear(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen[WAYS];
	if (!loop)
		check((net.loop = loop = loop_new()) != NULL);
	if (size < 2)
		return 0;
	size_t before = mem_use_total().blocks;
	for (enum way way = WHOLE; way < WAYS; way++)
		play(&seen[way], way, data[0], data[1], (struct str){(const char *)data + 2, size - 2});
	for (enum way way = CUT; way < WAYS; way++)
		check(str_eq(buf_view(&seen[way].messages), buf_view(&seen[WHOLE].messages)));
	for (enum way way = WHOLE; way < WAYS; way++)
		buf_clear(&seen[way].messages);
	check(mem_use_total().blocks == before);
	return 0;
}
