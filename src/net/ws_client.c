#include "net/ws_client.h"

#include "base/buf.h"
#include "base/log.h"
#include "net/http1.h"
#include "net/net_inside.h"
#include "net/stream.h"
#include "net/ws_frame.h"

#include <errno.h>
#include <string.h>

enum {
	/* Answers to pings and the close frame have room of their own behind a full queue. */
	CONTROL_ROOM_BYTES = 1024,
	/* How long the server may take to answer a close frame (RFC 6455, 7.1.1: a reasonable period). */
	CLOSE_TIMEOUT_MS = 2000,
	OPEN_TIMEOUT_MS = 20000
};

enum ws_state { WS_OPENING, WS_UPGRADING, WS_OPEN, WS_CLOSING, WS_CLOSED };
static const char *const state_names[] = {"opening", "upgrading", "open", "closing", "closed"};

struct ws {
	enum ws_state state;
	struct stream *stream;
	struct timer *timer; /* until open, then while closing, then to tell a failure */
	struct ws_handler handler;
	void *arg;
	struct buf out;
	struct buf in; /* an incomplete header, a control frame's payload, or what came while paused */
	struct ws_frame frame;
	bool in_frame, in_message;
	bool message_begun; /* a piece of this message was handed out */
	bool binary;
	bool paused, resume;
	bool abandoned; /* ws_close() came before there was anybody to say goodbye to */
	bool cannot_write;
	bool *gone; /* set while a callback runs: ws_free() puts true there */
	char key[WS_KEY_BYTES];
	char host[URL_HOST_BYTES];
};

static void on_stream_event(struct stream *s, enum stream_event event, void *arg);
static void on_timer(void *arg);
static void resume(struct ws *w);

static void enter(struct ws *w, enum ws_state state)
{
	log_debug("net", "websocket to %s: %s -> %s", w->host, state_names[w->state], state_names[state]);
	w->state = state;
}

static void update_flow(struct ws *w)
{
	if (w->stream && w->state != WS_OPENING && w->state != WS_CLOSED)
		stream_want(w->stream, !w->paused && !w->resume, w->out.length && !w->cannot_write);
}

/* ---- opening ---- */

static bool write_request(struct ws *w, const struct url *u, const char *user_agent)
{
	bool usual = u->port == (url_is_tls(u) ? 443 : 80), v6 = strchr(u->host, ':') != NULL;
	ws_make_key(w->key);
	buf_printf(&w->out, "GET %s HTTP/1.1\r\nHost: %s%s%s", u->path, v6 ? "[" : "", u->host, v6 ? "]" : "");
	if (!usual)
		buf_printf(&w->out, ":%u", u->port);
	buf_printf(&w->out,
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: %s\r\n",
		w->key);
	if (user_agent)
		buf_printf(&w->out, "User-Agent: %s\r\n", user_agent);
	return buf_add_str(&w->out, "\r\n") && !w->out.overflow;
}

struct ws *ws_connect(struct net *n, const struct url *u, const struct ws_options *o, const struct ws_handler *h,
	void *arg, struct err *err)
{
	struct stream_target target = {.host = u->host, .port = u->port};
	if (u->scheme == URL_UNIX || !http1_is_target(u->path) || (o->user_agent && !http1_is_value(o->user_agent))) {
		err_set(err, ERR_INPUT, "not the address of a WebSocket");
		return NULL;
	}
	if (url_is_tls(u) && !(target.tls = net_tls(n, err)))
		return NULL;
	struct ws *w = mem_zalloc(MEM_NET, sizeof *w);
	if (!w)
		goto no_memory;
	w->handler = *h;
	w->arg = arg;
	str_copy(w->host, sizeof w->host, str_of(u->host));
	buf_init(&w->out, MEM_NET, WS_SEND_QUEUE_BYTES_MAX + CONTROL_ROOM_BYTES);
	buf_init(&w->in, MEM_NET, HTTP1_HEAD_BYTES_MAX + 2 * NET_READ_BYTES);
	w->timer = timer_new(n->loop, on_timer, w);
	if (!w->timer || !write_request(w, u, o->user_agent))
		goto no_memory;
	w->stream = stream_connect(n, &target, on_stream_event, w, err);
	if (!w->stream) {
		ws_free(w);
		return NULL;
	}
	timer_set(w->timer, o->open_timeout_ms ? o->open_timeout_ms : OPEN_TIMEOUT_MS);
	return w;
no_memory:
	ws_free(w);
	err_set(err, ERR_MEMORY, "no memory for a WebSocket");
	return NULL;
}

void ws_free(struct ws *w)
{
	if (!w)
		return;
	if (w->gone)
		*w->gone = true;
	stream_free(w->stream);
	timer_free(w->timer);
	buf_clear(&w->out);
	buf_clear(&w->in);
	mem_free(w);
}

/* ---- the end ---- */

/* Nothing may touch w behind this call. */
static void closed(struct ws *w, int code, struct str reason, const struct err *err)
{
	struct err copy;
	char text[WS_CONTROL_BYTES_MAX];
	if (err)
		copy = *err; /* it may live in the stream */
	memcpy(text, reason.n ? reason.p : "", reason.n);
	enter(w, WS_CLOSED);
	timer_stop(w->timer);
	stream_free(w->stream);
	w->stream = NULL;
	w->handler.on_closed(w, code, (struct str){text, reason.n}, err ? &copy : NULL, w->arg);
}

static void closed_with(struct ws *w, enum err_code code, const char *what)
{
	struct err err;
	err_set(&err, code, "%.100s %s", w->host, what);
	closed(w, 0, (struct str){0}, &err);
}

/* The server broke the rules: it is told so, if that can be done at once and we have not said goodbye already. */
static void violated(struct ws *w, const struct err *err)
{
	static const char code_1002[] = "\x03\xea";
	struct buf goodbye;
	buf_init(&goodbye, MEM_NET, 32);
	if (w->state == WS_OPEN && w->out.length == 0 && ws_frame_write(&goodbye, WS_CLOSE, (struct str){code_1002, 2}))
		stream_write(w->stream, goodbye.data, goodbye.length);
	buf_clear(&goodbye);
	closed(w, 0, (struct str){0}, err);
}

static void on_timer(void *arg)
{
	struct ws *w = arg;
	if (w->abandoned)
		closed(w, 0, (struct str){0},
			&(struct err){ERR_CANCELLED, "the WebSocket was closed before it was open"});
	else if (w->state == WS_OPEN && w->resume)
		resume(w);
	else if (w->state == WS_OPENING)
		closed_with(w, ERR_TIMEOUT, "could not be connected to in time");
	else if (w->state == WS_UPGRADING)
		closed_with(w, ERR_TIMEOUT, "did not answer the WebSocket request in time");
	else if (w->state == WS_CLOSING)
		closed_with(w, ERR_TIMEOUT, "did not answer the end of the WebSocket in time");
}

/* ---- sending ---- */

static void send_more(struct ws *w)
{
	while (w->out.length && !w->cannot_write) {
		ssize_t n = stream_write(w->stream, w->out.data, w->out.length);
		if (n == 0)
			break;
		if (n < 0)
			w->cannot_write = true; /* a close frame may lie there already: reading tells */
		else
			buf_consume(&w->out, (size_t)n);
	}
	if (!w->out.length)
		buf_clear(&w->out);
	update_flow(w);
}

bool ws_send_text(struct ws *w, struct str text)
{
	if (w->state != WS_OPEN || text.n > WS_SEND_MESSAGE_BYTES_MAX ||
		w->out.length + text.n + WS_HEADER_BYTES_MAX > WS_SEND_QUEUE_BYTES_MAX ||
		!ws_frame_write(&w->out, WS_TEXT, text))
		return false;
	send_more(w);
	return true;
}

static bool send_close(struct ws *w, int code, const char *reason)
{
	char payload[WS_CONTROL_BYTES_MAX] = {(char)(code >> 8), (char)code};
	str_copy(payload + 2, sizeof payload - 2, str_of(reason));
	return ws_frame_write(&w->out, WS_CLOSE, (struct str){payload, 2 + strlen(payload + 2)});
}

void ws_close(struct ws *w, int code, const char *reason)
{
	if (w->state == WS_CLOSING || w->state == WS_CLOSED)
		return;
	if (w->state == WS_OPEN && send_close(w, code, reason)) {
		enter(w, WS_CLOSING);
		w->paused = w->resume =
			false; /* nothing is handed out any more: the answer stands behind all that comes */
		timer_set(w->timer, CLOSE_TIMEOUT_MS);
		send_more(w);
	} else {
		w->abandoned = true;
		timer_set(w->timer, 0);
	}
}

/* ---- receiving ---- */

static bool tell_open(struct ws *w)
{
	bool gone = false;
	if (!w->handler.on_open)
		return true;
	w->gone = &gone;
	w->handler.on_open(w, w->arg);
	if (!gone)
		w->gone = NULL;
	return !gone;
}

static bool tell_piece(struct ws *w, struct str bytes, bool last)
{
	struct ws_piece piece = {bytes, !w->message_begun, last, w->binary};
	bool gone = false;
	w->message_begun = !last;
	if (!w->handler.on_piece || w->state != WS_OPEN)
		return true;
	w->gone = &gone;
	w->handler.on_piece(w, &piece, w->arg);
	if (!gone)
		w->gone = NULL;
	return !gone;
}

/* The steps return true to be called again, and false when more bytes are needed or w may be gone or closed;
 * *ret_alive tells which. */
static bool step_upgrade(struct ws *w, struct str *in, bool *ret_alive)
{
	struct http1_head h;
	struct err err;
	char accept[WS_ACCEPT_BYTES];
	size_t n = http1_head_length(*in);
	*ret_alive = n == 0 && in->n <= HTTP1_HEAD_BYTES_MAX;
	if (*ret_alive)
		return false;
	if (n == 0)
		closed_with(w, ERR_LIMIT, "sent an answer whose head is larger than 16 KiB");
	else if (!http1_parse_response((struct str){in->p, n}, &h, &err))
		closed_with(w, ERR_PROTOCOL, err.text);
	else if (h.status != 101) {
		err_set(&err, ERR_FORBIDDEN, "%.100s answered with HTTP status %d instead of a WebSocket", w->host,
			h.status);
		closed(w, 0, (struct str){0}, &err);
	} else if (!ws_accept_of(w->key, accept) || !str_is(http1_field(&h, "sec-websocket-accept"), accept) ||
		   http1_field(&h, "sec-websocket-extensions").n)
		closed_with(w, ERR_PROTOCOL, "answered the WebSocket request wrongly");
	else {
		*in = (struct str){in->p + n, in->n - n};
		enter(w, WS_OPEN);
		timer_stop(w->timer);
		return *ret_alive = tell_open(w);
	}
	return *ret_alive = false;
}

static bool is_close_code(int code)
{
	return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
	       (code >= 3000 && code <= 4999);
}

/* RFC 6455, 5.5.1: a close frame is answered with one; the server then ends the connection, and so do we. */
static void received_close(struct ws *w, struct str payload)
{
	int code = payload.n >= 2 ? (unsigned char)payload.p[0] << 8 | (unsigned char)payload.p[1] : 0;
	if (payload.n == 1 || (code && !is_close_code(code))) {
		violated(w, &(struct err){ERR_PROTOCOL, "the server closed the WebSocket with an invalid code"});
		return;
	}
	if (w->state == WS_OPEN && ws_frame_write(&w->out, WS_CLOSE, (struct str){payload.p, payload.n ? 2 : 0}))
		send_more(w);
	closed(w, code, payload.n > 2 ? (struct str){payload.p + 2, payload.n - 2} : (struct str){0}, NULL);
}

/* Control frames are short: they wait until they are whole. */
static bool step_control(struct ws *w, struct str *in, bool *ret_alive)
{
	struct str payload = {in->p, (size_t)w->frame.length};
	*ret_alive = true;
	if (in->n < payload.n)
		return false;
	*in = (struct str){in->p + payload.n, in->n - payload.n};
	w->in_frame = false;
	if (w->frame.opcode == WS_CLOSE) {
		received_close(w, payload);
		return *ret_alive = false;
	}
	/* Without room the answer is left out: a server that pings faster than it reads has not earned it. */
	if (w->frame.opcode == WS_PING && w->state == WS_OPEN && ws_frame_write(&w->out, WS_PONG, payload))
		send_more(w);
	return true;
}

static bool step_payload(struct ws *w, struct str *in, bool *ret_alive)
{
	size_t n = w->frame.length < in->n ? (size_t)w->frame.length : in->n;
	struct str piece = {in->p, n};
	*ret_alive = true;
	if (n == 0 && w->frame.length)
		return false;
	*in = (struct str){in->p + n, in->n - n};
	w->frame.length -= n;
	w->in_frame = w->frame.length > 0;
	bool last = !w->in_frame && w->frame.final;
	w->in_message = !last;
	if (n || last)
		*ret_alive = tell_piece(w, piece, last);
	return *ret_alive;
}

static bool step_header(struct ws *w, struct str *in, bool *ret_alive)
{
	struct err err;
	int n = ws_frame_read_header(*in, w->in_message, &w->frame, &err);
	*ret_alive = n >= 0;
	if (n < 0)
		violated(w, &err);
	if (n <= 0)
		return false;
	*in = (struct str){in->p + n, in->n - (size_t)n};
	w->in_frame = true;
	if (w->frame.opcode == WS_TEXT || w->frame.opcode == WS_BINARY) {
		w->binary = w->frame.opcode == WS_BINARY;
		w->message_begun = false;
	}
	return true;
}

static bool consume(struct ws *w, struct str *in)
{
	bool alive = true, more = true;
	while (more && !w->paused) {
		if (w->state == WS_UPGRADING)
			more = step_upgrade(w, in, &alive);
		else if (!w->in_frame)
			more = step_header(w, in, &alive);
		else if (w->frame.opcode >= WS_CLOSE)
			more = step_control(w, in, &alive);
		else
			more = step_payload(w, in, &alive);
	}
	return alive;
}

/* What waits and what is new are one run of bytes. It is taken out of w first, because w may end on the way. */
static void feed(struct ws *w, struct str in)
{
	struct buf work = w->in;
	buf_init(&w->in, MEM_NET, work.max);
	if (work.length) {
		if (!buf_add_view(&work, in)) {
			buf_clear(&work);
			closed_with(w, ERR_MEMORY, "sent more than there is memory for");
			return;
		}
		in = buf_view(&work);
	}
	if (consume(w, &in) && in.n && !buf_add_view(&w->in, in))
		closed_with(w, ERR_MEMORY, "sent more than there is memory for");
	buf_clear(&work);
}

static void receive(struct ws *w)
{
	char bytes[NET_READ_BYTES];
	ssize_t n = stream_read(w->stream, bytes, sizeof bytes);
	if (n == -EAGAIN)
		return;
	if (n > 0)
		feed(w, (struct str){bytes, (size_t)n});
	else if (w->state == WS_CLOSING)
		closed(w, 0, (struct str){0}, NULL); /* we said goodbye, it hung up: good enough */
	else if (n < 0 && stream_error(w->stream)->code == ERR_TLS)
		closed(w, 0, (struct str){0}, stream_error(w->stream));
	else if (w->state == WS_UPGRADING)
		closed_with(w, ERR_UNREACHABLE, "ended the connection instead of opening a WebSocket");
	else
		closed_with(w, ERR_UNREACHABLE, "ended the connection without closing the WebSocket");
}

static void resume(struct ws *w)
{
	w->resume = false;
	update_flow(w);
	feed(w, (struct str){0});
}

void ws_pause(struct ws *w, bool paused)
{
	if (w->paused == paused || w->state == WS_CLOSED)
		return;
	w->paused = paused;
	w->resume = !paused && w->state == WS_OPEN; /* what came before the pause is handed on first, from the timer */
	if (w->resume)
		timer_set(w->timer, 0);
	update_flow(w);
}

static void on_stream_event(struct stream *s, enum stream_event event, void *arg)
{
	struct ws *w = arg;
	switch (event) {
	case STREAM_OPENED:
		if (w->state == WS_OPENING) {
			enter(w, WS_UPGRADING);
			send_more(w);
		}
		break;
	case STREAM_CAN_READ: receive(w); break;
	case STREAM_CAN_WRITE: send_more(w); break;
	case STREAM_FAILED: closed(w, 0, (struct str){0}, stream_error(s)); break;
	}
}
