#include "net/http_client_inside.h"
#include "net/net_inside.h"

#include <errno.h>
#include <string.h>

static void on_stream_event(struct stream *s, enum stream_event event, void *arg);

struct http_conn *conn_new(struct http_peer *p, struct err *err)
{
	bool local = p->url.scheme == URL_UNIX;
	struct stream_target target = {
		.unix_path = local ? p->url.path : NULL, .host = p->url.host, .port = p->url.port, .tls = p->tls};
	struct http_conn *c = mem_zalloc(MEM_NET, sizeof *c);
	if (!c) {
		err_set(err, ERR_MEMORY, "no memory for a connection to %.100s", p->name);
		return NULL;
	}
	c->peer = p;
	buf_init(&c->in, MEM_NET, HTTP1_HEAD_BYTES_MAX + NET_READ_BYTES);
	c->stream = stream_connect(p->net, &target, on_stream_event, c, err);
	if (!c->stream) {
		mem_free(c);
		return NULL;
	}
	list_append(&p->conns, &c->link);
	p->conn_count++;
	p->stats.connects++;
	return c;
}

void conn_free(struct http_conn *c)
{
	if (!c)
		return;
	if (c->gone)
		*c->gone = true;
	if (c->request)
		c->request->conn = NULL;
	list_remove(&c->link);
	c->peer->conn_count--;
	stream_free(c->stream);
	buf_clear(&c->in);
	mem_free(c);
}

void conn_update_flow(struct http_conn *c)
{
	struct request *r = c->request;
	bool unsent = r && !c->cannot_write && r->sent < r->head.length + r->body.length;
	bool read = !r || (!r->paused && !c->resume); /* what came before a pause is handed on before anything new */
	if (c->state != CONN_OPENING)
		stream_want(c->stream, read, unsent);
}

static void send_more(struct http_conn *c);

/* What fits is sent at once: asking the kernel first whether it may would cost more than sending. Only on a connection that
 * stood idle what the server may have said meanwhile comes first, above all that it has hung up: nothing may be sent then
 * that cannot be repeated. */
void conn_start(struct http_conn *c, struct request *r)
{
	r->conn = c;
	r->sent = 0;
	c->request = r;
	c->reused = c->state == CONN_IDLE;
	c->answered = c->keep = c->cannot_write = false;
	if (c->state == CONN_IDLE)
		c->state = CONN_HEAD;
	if (c->reused && stream_is_silent(c->stream))
		send_more(c);
	else
		conn_update_flow(c);
}

/* ---- failing ---- */

static void conn_fail(struct http_conn *c, enum err_code code, const char *what)
{
	struct err err;
	err_set(&err, code, "%.100s %s", c->peer->name, what);
	request_fail(c->request, &err);
}

/* RFC 9110, 9.2.2: what may be repeated without asking when the connection died before a byte of the answer. */
static bool is_idempotent(const struct request *r)
{
	static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(r->method, methods[i]) == 0)
			return true;
	return r->sent == 0;
}

/* err NULL: the other side ended the connection in order. */
static void ended(struct http_conn *c, const struct err *err)
{
	struct request *r = c->request;
	if (!r) {
		conn_free(c);
	} else if (c->state == CONN_HEAD && c->reused && !c->answered && !r->repeated && is_idempotent(r)) {
		conn_free(c);
		request_put_back(r);
	} else if (c->state == CONN_BODY && c->body.kind == HTTP1_TO_CLOSE && !err) {
		request_done(r, false);
	} else if (c->state == CONN_OPENING || (err && err->code == ERR_TLS)) {
		request_fail(r, err);
	} else if (c->state == CONN_BODY) {
		conn_fail(c, ERR_UNREACHABLE, "ended the connection in the middle of its answer");
	} else {
		conn_fail(c, ERR_UNREACHABLE, "ended the connection without an answer");
	}
}

/* ---- sending ---- */

static void send_more(struct http_conn *c)
{
	struct request *r = c->request;
	char joined[NET_READ_BYTES];
	while (r && !c->cannot_write && r->sent < r->head.length + r->body.length) {
		struct str piece = net_next_piece(&r->head, &r->body, r->sent, joined);
		ssize_t n = stream_write(c->stream, piece.p, piece.n);
		if (n == 0)
			break;
		if (n < 0)
			c->cannot_write = true; /* an answer may lie there already: reading tells */
		else
			r->sent += (size_t)n;
	}
	conn_update_flow(c);
}

/* ---- receiving ---- */

/* Runs one of the request's callbacks; false if the connection is gone afterwards. */
static bool tell_head(struct http_conn *c, const struct http1_head *h)
{
	struct request *r = c->request;
	struct http_response response = {h->status, c->body.kind == HTTP1_NONE ? 0 : h->content_length};
	bool gone = false;
	if (!r->handler.on_head)
		return true;
	c->head = h;
	c->gone = &gone;
	r->handler.on_head(r->number, &response, r->arg);
	if (gone)
		return false;
	c->gone = NULL;
	c->head = NULL;
	return true;
}

static bool tell_body(struct http_conn *c, struct str piece)
{
	struct request *r = c->request;
	bool gone = false;
	if (!r->handler.on_body)
		return true;
	c->gone = &gone;
	r->handler.on_body(r->number, piece, r->arg);
	if (gone)
		return false;
	c->gone = NULL;
	return true;
}

/* Each step returns whether to go on: false when more bytes are needed or c may be gone (*ret_alive tells which). */
static bool step_head(struct http_conn *c, struct str *in, bool *ret_alive)
{
	struct http1_head h = {0}; /* it stays so when the head is malformed */
	struct err err;
	struct request *r = c->request;
	size_t n = http1_head_length(*in);
	*ret_alive = n == 0 && in->n <= HTTP1_HEAD_BYTES_MAX;
	if (*ret_alive)
		return false;
	if (n == 0 || n > HTTP1_HEAD_BYTES_MAX) {
		conn_fail(c, ERR_LIMIT, "sent an answer whose head is larger than 16 KiB");
		return false;
	}
	if (!http1_parse_response((struct str){in->p, n}, &h, &err) || h.status == 101) {
		conn_fail(c, ERR_PROTOCOL, h.status == 101 ? "switched the protocol, unasked" : err.text);
		return false;
	}
	*in = (struct str){in->p + n, in->n - n};
	*ret_alive = true;
	if (h.status < 200)
		return true;
	c->state = CONN_BODY;
	c->body = http1_body_of(&h, r->method);
	c->keep = !h.close && c->body.kind != HTTP1_TO_CLOSE;
	r->has_head = true;
	request_restart_timer(r, r->idle_timeout_ms);
	*ret_alive = tell_head(c, &h);
	return *ret_alive;
}

static bool step_body(struct http_conn *c, struct str *in, bool *ret_alive)
{
	struct str piece;
	struct request *r = c->request;
	*ret_alive = true;
	switch (http1_body_step(&c->body, in, &piece)) {
	case HTTP1_MORE: return false;
	case HTTP1_PIECE: *ret_alive = tell_body(c, piece); return *ret_alive;
	case HTTP1_BAD: conn_fail(c, ERR_PROTOCOL, "sent a malformed chunk"); break;
	case HTTP1_DONE:
		/* Bytes behind the answer, or a body that was not sent whole: nobody knows what comes next there. */
		request_done(r, c->keep && !in->n && r->sent == r->head.length + r->body.length);
		break;
	}
	*ret_alive = false;
	return false;
}

static bool consume(struct http_conn *c, struct str *in)
{
	bool alive = true, more = true;
	while (more && !c->request->paused)
		more = c->state == CONN_HEAD ? step_head(c, in, &alive) : step_body(c, in, &alive);
	return alive;
}

/* What waits and what is new are one run of bytes. It is taken out of c first, because c may end on the way. */
static void feed(struct http_conn *c, struct str in)
{
	struct buf work = c->in;
	buf_init(&c->in, MEM_NET, work.max);
	if (work.length) {
		if (!buf_add_view(&work, in)) {
			buf_clear(&work);
			conn_fail(c, ERR_MEMORY, "sent more than there is memory for");
			return;
		}
		in = buf_view(&work);
	}
	if (consume(c, &in) && in.n && !buf_add_view(&c->in, in))
		conn_fail(c, ERR_MEMORY, "sent more than there is memory for");
	buf_clear(&work);
}

static void receive(struct http_conn *c)
{
	char bytes[NET_READ_BYTES];
	ssize_t n = stream_read(c->stream, bytes, sizeof bytes);
	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		struct err err = *stream_error(c->stream);
		ended(c, n < 0 ? &err : NULL);
	} else if (!c->request) {
		conn_free(c); /* nobody asked */
	} else {
		c->answered = true;
		if (c->state == CONN_BODY)
			request_restart_timer(c->request, c->request->idle_timeout_ms);
		feed(c, (struct str){bytes, (size_t)n});
	}
}

void conn_resume(struct http_conn *c)
{
	c->resume = false;
	conn_update_flow(c);
	if (c->request && c->state != CONN_OPENING)
		feed(c, (struct str){0});
}

static void on_stream_event(struct stream *s, enum stream_event event, void *arg)
{
	struct http_conn *c = arg;
	struct err err;
	switch (event) {
	case STREAM_OPENED:
		c->state = c->request ? CONN_HEAD : CONN_IDLE;
		send_more(c);
		break;
	case STREAM_CAN_READ: receive(c); break;
	case STREAM_CAN_WRITE: send_more(c); break;
	case STREAM_FAILED:
		err = *stream_error(s);
		ended(c, &err);
		break;
	}
}
