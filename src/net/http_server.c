#include "net/http_server.h"

#include "base/list.h"
#include "base/str.h"
#include "net/http1.h"
#include "net/http_client.h"
#include "net/net_inside.h"
#include "net/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	METHOD_BYTES = 16,
	REPLY_HEAD_BYTES_MAX = 8192,
	REPLY_BODY_BYTES_MAX = 16 << 20,
	/* How long and how much we listen on after the last word, so that a client that is still sending reads the
	 * answer instead of a reset (RFC 9112, 9.6). */
	LINGER_MS = 1000,
	LINGER_BYTES_MAX = 1 << 20,
	/* Out of descriptors: there is no use in accepting until somebody gives one back. */
	ACCEPT_PAUSE_MS = 1000,
	/* Every place is taken: whose request has made no step for so long gives its place away. */
	STALLED_MS = 250,
	STEP_BYTES = 1024, /* of a body, or of an answer: less than that in STALLED_MS is no step */
	LISTEN_QUEUE =
		128 /* a crowd's stragglers come again after one second, three, seven: with an honest visitor among them */
};

enum exchange_state { READ_HEAD, READ_BODY, HANDLING, REPLYING, LINGERING };

/* A connection, and the one request on it that is being read, handled or answered. */
struct http_exchange {
	struct list link;
	struct http_server *server;
	struct stream *stream; /* NULL: the client has gone, and the handler does not know yet */
	struct timer *timer;
	enum exchange_state state;
	struct buf in;	 /* not yet looked at */
	char *head_text; /* what h and the views point into */
	char *path, *query;
	struct http1_head h;
	struct http1_body framing;
	struct buf body;
	struct buf out, out_body;
	size_t sent;
	uint64_t
		moved_ms; /* when it connected, its head was whole, its answer began, or it made a step of its body or its answer */
	unsigned moved_bytes;	   /* towards the next step */
	struct http_pieces pieces; /* on_more NULL: the whole body is in out_body */
	void *pieces_arg;
	bool in_pieces, chunked;
	size_t lingered_bytes;
	bool close_after, ended; /* the client will send no more */
	bool served;		 /* at least one request */
	void (*on_gone)(void *arg);
	void *gone_arg;
	char method[METHOD_BYTES];
	char peer[INET6_ADDRSTRLEN];
};

struct http_server {
	struct net *net;
	struct http_server_options options;
	http_request_fn *on_request;
	void *arg;
	int fd;
	uint16_t port;
	struct watch *watch;
	struct timer *accept_pause;
	struct list exchanges; /* struct http_exchange::link; the longest connected first */
	unsigned count;
	struct http_exchange *current; /* the one in process(); NULL as soon as it is freed */
};

static void on_stream_event(struct stream *s, enum stream_event event, void *arg);
static void process(struct http_exchange *x);

/* ---- connections ---- */

static void end_pieces(struct http_exchange *x)
{
	void (*on_end)(void *arg) = x->pieces.on_end;
	x->pieces = (struct http_pieces){0};
	if (on_end)
		on_end(x->pieces_arg);
}

static void forget_request(struct http_exchange *x)
{
	end_pieces(x);
	x->in_pieces = false;
	mem_free(x->head_text);
	mem_free(x->path);
	x->head_text = x->path = x->query = NULL;
	buf_clear(&x->body);
	buf_clear(&x->out);
	buf_clear(&x->out_body);
	x->sent = 0;
	x->on_gone = NULL;
}

static void exchange_free(struct http_exchange *x)
{
	if (x->server->current == x)
		x->server->current = NULL;
	list_remove(&x->link);
	x->server->count--;
	stream_free(x->stream);
	timer_free(x->timer);
	forget_request(x);
	buf_clear(&x->in);
	mem_free(x);
}

/* The client is not there any more. Nothing may touch x behind this call. */
static void client_gone(struct http_exchange *x)
{
	void (*on_gone)(void *arg) = x->on_gone;
	void *arg = x->gone_arg;
	if (x->state == HANDLING && !on_gone) {
		stream_free(x->stream); /* x itself belongs to the handler until it replies */
		x->stream = NULL;
		timer_stop(x->timer);
		return;
	}
	bool tell = x->state == HANDLING;
	exchange_free(x);
	if (tell)
		on_gone(arg);
}

static void on_timer(void *arg)
{
	struct http_exchange *x = arg;
	exchange_free(x); /* too slow: nothing that we could say would be read */
}

static void count_moved(struct http_exchange *x, size_t n)
{
	x->moved_bytes += (unsigned)n;
	if (x->moved_bytes < STEP_BYTES)
		return;
	x->moved_bytes = 0;
	x->moved_ms = loop_now_ms(x->server->net->loop);
}

static void update_flow(struct http_exchange *x)
{
	bool room = x->in.length < HTTP1_HEAD_BYTES_MAX;
	bool unsent = x->sent < x->out.length + x->out_body.length;
	if (x->stream)
		stream_want(x->stream, room && !x->ended, unsent);
}

/* ---- answers ---- */

static const char *reason_of(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {{200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
		{301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"},
		{400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
		{405, "Method Not Allowed"}, {408, "Request Timeout"}, {409, "Conflict"}, {413, "Content Too Large"},
		{415, "Unsupported Media Type"}, {422, "Unprocessable Content"}, {429, "Too Many Requests"},
		{431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"},
		{503, "Service Unavailable"}};
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

static void write_reply_head(struct http_exchange *x, int status, const char *content_type,
	const struct http_header *headers, size_t header_count)
{
	struct buf *b = &x->out;
	bool no_body = status < 200 || status == 204 || status == 304;
	buf_printf(b, "HTTP/1.1 %d %s\r\n", status, reason_of(status));
	for (size_t i = 0; i < header_count; i++)
		if (http1_is_token(headers[i].name) && http1_is_value(headers[i].value))
			buf_printf(b, "%s: %s\r\n", headers[i].name, headers[i].value);
	if (content_type && http1_is_value(content_type) && !no_body)
		buf_printf(b, "Content-Type: %s\r\n", content_type);
	if (x->in_pieces && x->chunked)
		buf_add_str(b, "Transfer-Encoding: chunked\r\n");
	else if (!no_body && !x->in_pieces)
		buf_printf(b, "Content-Length: %zu\r\n", x->out_body.length);
	if (x->close_after)
		buf_add_str(b, "Connection: close\r\n");
	else if (x->h.minor == 0)
		buf_add_str(b, "Connection: keep-alive\r\n");
	buf_add_str(b, "\r\n");
	if (no_body || strcmp(x->method, "HEAD") == 0)
		buf_clear(&x->out_body);
}

void http_reply(struct http_exchange *x, int status, const char *content_type, const struct http_header *headers,
	size_t header_count, struct buf *body)
{
	if (body) {
		x->out_body = *body;
		buf_init(body, body->owner, body->max);
	}
	if (!x->stream) {
		exchange_free(x);
		return;
	}
	x->state = REPLYING;
	x->on_gone = NULL;
	x->moved_ms = loop_now_ms(x->server->net->loop);
	write_reply_head(x, status, content_type, headers, header_count);
	if (x->out.overflow) {
		buf_reset(&x->out);
		buf_clear(&x->out_body);
		x->close_after = true;
		buf_add_str(&x->out,
			"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
	}
	timer_set(x->timer, x->server->options.body_timeout_ms);
	if (x->server->current != x) /* else process() sends it as soon as the handler is back */
		update_flow(x);
}

void http_reply_pieces(struct http_exchange *x, int status, const char *content_type, const struct http_header *headers,
	size_t header_count, const struct http_pieces *pieces, void *arg)
{
	x->pieces = *pieces;
	x->pieces_arg = arg;
	x->in_pieces = true;
	x->chunked = x->h.minor > 0;
	x->close_after = x->close_after || !x->chunked;
	if (strcmp(x->method, "HEAD") == 0)
		end_pieces(x);
	http_reply(x, status, content_type, headers, header_count, NULL);
}

/* True: there is something to be sent again. */
static bool next_piece(struct http_exchange *x)
{
	bool more = true;
	buf_reset(&x->out);
	buf_reset(&x->out_body);
	while (more && !x->out_body.length)
		more = x->pieces.on_more(&x->out_body, x->pieces_arg);
	if (x->chunked && x->out_body.length) {
		buf_printf(&x->out, "%zx\r\n", x->out_body.length);
		buf_add_str(&x->out_body, "\r\n");
	}
	if (x->chunked && !more)
		buf_add_str(&x->out_body, "0\r\n\r\n");
	x->sent = 0;
	if (!more)
		end_pieces(x);
	return x->out_body.length > 0;
}

/* An answer of our own: the request was not fit to be shown to anybody. The connection ends, because nobody knows
 * where its next request would begin. */
static void refuse(struct http_exchange *x, int status, const char *why)
{
	struct buf body;
	buf_init(&body, MEM_NET, 512);
	buf_printf(&body, "%s\n", why);
	x->close_after = true;
	http_reply(x, status, "text/plain; charset=utf-8", NULL, 0, &body);
}

static void linger(struct http_exchange *x)
{
	stream_end_writing(x->stream);
	x->state = LINGERING;
	forget_request(x);
	buf_clear(&x->in);
	timer_set(x->timer, LINGER_MS);
	update_flow(x);
}

static void replied(struct http_exchange *x)
{
	if (x->ended) {
		exchange_free(x); /* it sends no more: there is nothing to wait for */
		return;
	}
	if (x->close_after) {
		linger(x);
		return;
	}
	forget_request(x);
	x->served = true;
	x->state = READ_HEAD;
	timer_set(x->timer, x->in.length ? x->server->options.header_timeout_ms : x->server->options.idle_timeout_ms);
	if (!x->in.length)
		buf_clear(&x->in);
	update_flow(x);
	process(x);
}

static void send_more(struct http_exchange *x)
{
	char joined[NET_READ_BYTES];
	while (x->sent < x->out.length + x->out_body.length ||
		(x->state == REPLYING && x->pieces.on_more && next_piece(x))) {
		struct str piece = net_next_piece(&x->out, &x->out_body, x->sent, joined);
		ssize_t n = stream_write(x->stream, piece.p, piece.n);
		if (n < 0) {
			client_gone(x);
			return;
		}
		if (n == 0) {
			update_flow(x);
			return;
		}
		x->sent += (size_t)n;
		count_moved(x, (size_t)n);
		timer_set(x->timer, x->server->options.body_timeout_ms);
	}
	if (x->state == REPLYING) {
		replied(x);
		return;
	}
	buf_clear(&x->out); /* "100 Continue" */
	x->sent = 0;
	update_flow(x);
}

/* ---- requests ---- */

/* "/path?query"; a proxy's "http://host/path" means the same (RFC 9112, 3.2.2). */
static bool split_target(struct http_exchange *x)
{
	struct str target = x->h.target, rest;
	if (str_starts(target, "http://")) {
		const char *slash = memchr(target.p + 7, '/', target.n - 7);
		target = slash ? (struct str){slash, (size_t)(target.p + target.n - slash)} : STR("/");
	}
	x->path = mem_strndup(MEM_NET, target.p, target.n);
	if (!x->path)
		return false;
	struct str path = str_split(str_of(x->path), '?', &rest);
	x->query = x->path + path.n + (x->path[path.n] == '?');
	x->path[path.n] = '\0';
	return true;
}

/* Says what is wrong with a head, or returns 0. */
static int judge_head(struct http_exchange *x, struct err *err)
{
	if (x->h.method.n >= METHOD_BYTES)
		return err_set(err, ERR_INPUT, "this method is not known here"), 501;
	if (x->h.minor > 0 && !http1_field(&x->h, "host").p)
		return err_set(err, ERR_INPUT, "the Host header is missing"), 400;
	size_t max = x->server->options.body_bytes_max;
	if (!max && (x->h.content_length > 0 || x->h.chunked))
		return err_set(err, ERR_LIMIT, "no request here has a body"), 413;
	if (x->h.content_length > (int64_t)max)
		return err_set(err, ERR_LIMIT, "the body is larger than %zu bytes", max), 413;
	return 0;
}

static void expect_body(struct http_exchange *x)
{
	x->state = READ_BODY;
	x->moved_ms = loop_now_ms(x->server->net->loop);
	x->moved_bytes = 0;
	timer_set(x->timer, x->server->options.body_timeout_ms);
	if (x->h.minor > 0 && str_is_nocase(http1_field(&x->h, "expect"), "100-continue"))
		buf_add_str(&x->out, "HTTP/1.1 100 Continue\r\n\r\n");
	update_flow(x);
}

/* True: a whole head was taken, go on. False: wait, or an answer is on its way. */
static bool take_head(struct http_exchange *x)
{
	struct err err;
	size_t n = http1_head_length(buf_view(&x->in));
	if (n > HTTP1_HEAD_BYTES_MAX || (n == 0 && x->in.length >= HTTP1_HEAD_BYTES_MAX)) {
		refuse(x, 431, "the head of the request is larger than 16 KiB");
		return false;
	}
	if (n == 0)
		return false;
	x->head_text = mem_strndup(MEM_NET, x->in.data, n);
	if (!x->head_text) {
		refuse(x, 503, "no memory");
		return false;
	}
	bool ok = memchr(x->head_text, '\0', n) == NULL &&
		  http1_parse_request((struct str){x->head_text, n}, &x->h, &err);
	buf_consume(&x->in, n);
	int status = ok ? judge_head(x, &err) : 400;
	if (status || !split_target(x)) {
		refuse(x, status ? status : 503,
			ok && !status ? "no memory"
			: ok	      ? err.text
				      : "this is not a valid request");
		return false;
	}
	str_copy(x->method, sizeof x->method, x->h.method);
	x->close_after = x->h.close;
	x->framing = http1_body_of(&x->h, NULL);
	expect_body(x);
	return true;
}

/* True: the body is complete. */
static bool take_body(struct http_exchange *x)
{
	struct str in = buf_view(&x->in), piece;
	enum http1_step step;
	while ((step = http1_body_step(&x->framing, &in, &piece)) == HTTP1_PIECE)
		if (!buf_add_view(&x->body, piece)) {
			refuse(x, 413, "the body is too large");
			return false;
		}
	buf_consume(&x->in, x->in.length - in.n);
	if (step == HTTP1_BAD)
		refuse(x, 400, "a chunk of the body is malformed");
	return step == HTTP1_DONE;
}

static void take_request(struct http_exchange *x)
{
	if (x->state == READ_HEAD && !take_head(x))
		return;
	if (x->state != READ_BODY || !take_body(x))
		return;
	buf_clear(&x->out); /* a "100 Continue" that was overtaken by the body */
	x->sent = 0;
	x->state = HANDLING;
	timer_stop(x->timer);
	update_flow(x);
	x->server->on_request(x, x->server->arg);
}

/* One request after the other, as long as each is answered at once and its answer fits into the socket. */
static void process(struct http_exchange *x)
{
	struct http_server *s = x->server;
	if (s->current == x)
		return; /* the loop below goes on by itself */
	s->current = x;
	do {
		take_request(x);
		if (s->current == x && x->state == REPLYING)
			send_more(x);
		else
			break;
	} while (s->current == x && x->state == READ_HEAD && x->in.length);
	s->current = NULL;
}

static void receive(struct http_exchange *x)
{
	char bytes[NET_READ_BYTES];
	ssize_t n = stream_read(x->stream, bytes, sizeof bytes);
	if (n == -EAGAIN)
		return;
	if (n == 0 && (x->state == REPLYING || (x->state == HANDLING && !x->on_gone))) {
		/* It may have closed its half only, and still wait for the answer. A handler that asked to be told is
		 * one that waits long; for it, this is the sign that nobody listens. */
		x->ended = true;
		update_flow(x);
	} else if (n <= 0)
		client_gone(x);
	else if (x->state == LINGERING) {
		x->lingered_bytes += (size_t)n;
		if (x->lingered_bytes > LINGER_BYTES_MAX)
			exchange_free(x);
	} else if (!buf_add(&x->in, bytes, (size_t)n))
		client_gone(x);
	else {
		if (x->state == READ_BODY)
			count_moved(x, (size_t)n);
		if (x->state == READ_HEAD && x->in.length == (size_t)n && x->served)
			timer_set(x->timer, x->server->options.header_timeout_ms);
		update_flow(x);
		process(x);
	}
}

static void on_stream_event(struct stream *s, enum stream_event event, void *arg)
{
	struct http_exchange *x = arg;
	(void)s;
	switch (event) {
	case STREAM_OPENED: break;
	case STREAM_CAN_READ: receive(x); break;
	case STREAM_CAN_WRITE: send_more(x); break;
	case STREAM_FAILED: client_gone(x); break;
	}
}

/* ---- listening ---- */

static void name_client(const struct sockaddr_storage *address, char out[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;
	if (address->ss_family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, out, INET6_ADDRSTRLEN);
	else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		inet_ntop(AF_INET, v6->sin6_addr.s6_addr + 12, out, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &v6->sin6_addr, out, INET6_ADDRSTRLEN);
}

/* A browser keeps connections open for later; a new client matters more. */
static bool make_room(struct http_server *s)
{
	list_each (pos, &s->exchanges) {
		struct http_exchange *x = list_item(pos, struct http_exchange, link);
		if (x->state == LINGERING || (x->state == READ_HEAD && x->served && !x->in.length)) {
			exchange_free(x);
			return true;
		}
	}
	return false;
}

void http_server_close_idle(struct http_server *s)
{
	while (make_room(s))
		continue;
}

static bool is_stalled(const struct http_exchange *x)
{
	return x->state != HANDLING && loop_now_ms(x->server->net->loop) >= x->moved_ms + STALLED_MS;
}

/* Sixteen visitors who say nothing, or never read, must not keep a health check out. An honest request is over in a moment: of those that
 * are not, the oldest goes. A head that comes in drops is one of them. Not to be called from within a handler. */
static bool make_room_by_force(struct http_server *s)
{
	list_each (pos, &s->exchanges) {
		struct http_exchange *x = list_item(pos, struct http_exchange, link);
		if (is_stalled(x)) {
			exchange_free(x);
			return true;
		}
	}
	return false;
}

/* One place more than there are is for those whom the crowd must not keep out. */
static bool has_place(const struct http_server *s, const char *peer)
{
	unsigned max = s->options.connections_max;
	if (s->count < max)
		return true;
	return s->count == max && s->options.comes_first && s->options.comes_first(peer, s->arg);
}

static void welcome(struct http_server *s, int fd, const struct sockaddr_storage *address)
{
	struct http_exchange *x = NULL;
	char peer[INET6_ADDRSTRLEN];
	name_client(address, peer);
	if (has_place(s, peer) || make_room(s) || make_room_by_force(s))
		x = mem_zalloc(MEM_NET, sizeof *x);
	if (!x) {
		close(fd);
		return;
	}
	x->server = s;
	x->moved_ms = loop_now_ms(s->net->loop);
	buf_init(&x->in, MEM_NET, HTTP1_HEAD_BYTES_MAX + NET_READ_BYTES);
	buf_init(&x->body, MEM_NET, s->options.body_bytes_max);
	buf_init(&x->out, MEM_NET, REPLY_HEAD_BYTES_MAX);
	buf_init(&x->out_body, MEM_NET, REPLY_BODY_BYTES_MAX);
	list_append(&s->exchanges, &x->link);
	s->count++;
	memcpy(x->peer, peer, sizeof x->peer);
	x->timer = timer_new(s->net->loop, on_timer, x);
	x->stream = stream_adopt(s->net, fd, on_stream_event, x);
	if (!x->timer || !x->stream) {
		exchange_free(x);
		return;
	}
	timer_set(x->timer, s->options.header_timeout_ms);
	update_flow(x);
}

static void on_connection(int fd, unsigned events, void *arg)
{
	struct http_server *s = arg;
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof address;
	(void)events;
	int client = accept4(fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (client >= 0)
		welcome(s, client, &address);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		watch_set(s->watch, 0);
		timer_set(s->accept_pause, ACCEPT_PAUSE_MS);
	}
}

static void on_accept_pause(void *arg)
{
	struct http_server *s = arg;
	watch_set(s->watch, LOOP_READ);
}

static int open_listener(const struct sockaddr *address, socklen_t length)
{
	int on = 1, off = 0, fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (address->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (bind(fd, address, length) == 0 && listen(fd, LISTEN_QUEUE) == 0)
		return fd;
	int number = errno;
	close(fd);
	errno = number;
	return -1;
}

static bool start_listening(struct http_server *s, const char *bind_to, struct err *err)
{
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(s->options.port), .sin6_addr = in6addr_any};
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(s->options.port)};
	bool is_v4 = bind_to && inet_pton(AF_INET, bind_to, &v4.sin_addr) == 1;
	if (bind_to && !is_v4 && inet_pton(AF_INET6, bind_to, &v6.sin6_addr) != 1)
		return err_set(err, ERR_INPUT, "\"%.60s\" is not a numeric address to listen on", bind_to);
	if (!is_v4)
		s->fd = open_listener((struct sockaddr *)&v6, sizeof v6);
	if (is_v4 || (s->fd < 0 && !bind_to && errno != EADDRINUSE && errno != EACCES)) /* no IPv6 in this kernel */
		s->fd = open_listener((struct sockaddr *)&v4, sizeof v4);
	if (s->fd < 0)
		return err_errno(
			err, "cannot listen on %.60s port %u", bind_to ? bind_to : "any address,", s->options.port);
	struct sockaddr_in6 bound = {0}; /* the port lies at the same place for both families */
	socklen_t length = sizeof bound;
	if (getsockname(s->fd, (struct sockaddr *)&bound, &length) < 0)
		return err_errno(err, "cannot tell the port that is listened on");
	s->port = ntohs(bound.sin6_port);
	return true;
}

struct http_server *http_server_new(
	struct net *n, const struct http_server_options *o, http_request_fn *on_request, void *arg, struct err *err)
{
	struct http_server *s = mem_zalloc(MEM_NET, sizeof *s);
	if (!s) {
		err_set(err, ERR_MEMORY, "no memory for the HTTP server");
		return NULL;
	}
	s->net = n;
	s->options = *o;
	s->options.bind = NULL;
	s->on_request = on_request;
	s->arg = arg;
	s->fd = -1;
	list_init(&s->exchanges);
	if (!start_listening(s, o->bind, err))
		goto fail;
	s->watch = watch_new(n->loop, s->fd, LOOP_READ, on_connection, s);
	s->accept_pause = timer_new(n->loop, on_accept_pause, s);
	if (s->watch && s->accept_pause)
		return s;
	err_set(err, ERR_MEMORY, "no memory for the HTTP server");
fail:
	http_server_free(s);
	return NULL;
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	list_each_safe (pos, &s->exchanges)
		exchange_free(list_item(pos, struct http_exchange, link));
	watch_free(s->watch);
	timer_free(s->accept_pause);
	if (s->fd >= 0)
		close(s->fd);
	mem_free(s);
}

uint16_t http_server_port(const struct http_server *s)
{
	return s->port;
}

unsigned http_server_connections(const struct http_server *s)
{
	return s->count;
}

/* ---- what the handler sees ---- */

const char *http_exchange_method(const struct http_exchange *x)
{
	return x->method;
}

const char *http_exchange_path(const struct http_exchange *x)
{
	return x->path;
}

const char *http_exchange_query(const struct http_exchange *x)
{
	return x->query;
}

struct str http_exchange_header(const struct http_exchange *x, const char *name)
{
	return http1_field(&x->h, name);
}

struct str http_exchange_body(const struct http_exchange *x)
{
	return buf_view(&x->body);
}

bool http_exchange_is_http_1_0(const struct http_exchange *x)
{
	return x->h.minor == 0;
}

const char *http_exchange_peer(const struct http_exchange *x)
{
	return x->peer;
}

void http_exchange_on_gone(struct http_exchange *x, void (*on_gone)(void *arg), void *arg)
{
	x->on_gone = on_gone;
	x->gone_arg = arg;
}
