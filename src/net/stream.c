#include "net/stream.h"

#include "base/buf.h"
#include "base/bug.h"
#include "base/log.h"
#include "net/net_inside.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	/* An address that does not answer is left for the next one; the last one has the caller's deadline. */
	ATTEMPT_MS = 4000,
	/* Encrypted bytes that the socket did not take: a handshake's flight, or one record and a goodbye. */
	UNSENT_BYTES_MAX = 64 * 1024,
	/* A peer that acknowledges nothing for this long is gone (TCP_USER_TIMEOUT). */
	UNACKNOWLEDGED_MS = 30000
};

enum stream_state { RESOLVING, CONNECTING, HANDSHAKING, OPEN, FAILED };
static const char *const state_names[] = {"resolving", "connecting", "handshaking", "open", "failed"};

struct stream {
	struct net *net;
	enum stream_state state;
	int fd;
	struct watch *watch; /* NULL while nothing is wanted: the kernel would report a hang-up without end */
	struct timer *timer; /* an attempt's end, a failure to tell, decrypted bytes to hand out */
	stream_fn *on_event;
	void *arg;
	bool want_read, want_write;
	bool *gone; /* set while on_event runs: stream_free() puts true there */
	struct tls_profile *profile;
	struct tls *tls;
	struct buf unsent; /* encrypted */
	int send_errno;	   /* the socket takes no more */
	ticket resolving;
	struct resolved *addresses; /* until connected */
	unsigned next_address;
	uint16_t port;
	char *host; /* or the socket's path */
	struct err err;
};

static void on_fd_ready(int fd, unsigned events, void *arg);
static void on_timer(void *arg);
static void try_next_address(struct stream *s);

static void enter(struct stream *s, enum stream_state state)
{
	log_debug("net", "stream to %s: %s -> %s", s->host ? s->host : "client", state_names[s->state],
		state_names[state]);
	s->state = state;
}

/* ---- what the kernel is asked for ---- */

static void update_watch(struct stream *s)
{
	unsigned events = 0;
	if (s->state == CONNECTING)
		events = LOOP_WRITE;
	else if (s->state == HANDSHAKING)
		events = LOOP_READ;
	else if (s->state == OPEN)
		events = (s->want_read ? LOOP_READ : 0u) | (s->want_write ? LOOP_WRITE : 0u);
	if (s->unsent.length && !s->send_errno)
		events |= LOOP_WRITE;
	if (!events || s->fd < 0) {
		watch_free(s->watch);
		s->watch = NULL;
	} else if (s->watch)
		watch_set(s->watch, events);
	else {
		s->watch = watch_new(s->net->loop, s->fd, events, on_fd_ready, s);
		if (!s->watch) {
			err_set(&s->err, ERR_MEMORY, "no memory for a connection");
			s->state = FAILED;
			timer_set(s->timer, 0);
		}
	}
}

/* True if the stream was freed inside. */
static bool tell(struct stream *s, enum stream_event event)
{
	bool gone = false;
	if (s->gone)
		BUG("a stream's callback inside its callback");
	s->gone = &gone;
	s->on_event(s, event, s->arg);
	if (!gone)
		s->gone = NULL;
	return gone;
}

static void close_fd(struct stream *s)
{
	watch_free(s->watch);
	s->watch = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* s->err is set. Nothing may touch s behind this call. */
static void fail(struct stream *s)
{
	timer_stop(s->timer);
	enter(s, FAILED);
	close_fd(s);
	tell(s, STREAM_FAILED);
}

static void fail_errno(struct stream *s, const char *what, int number)
{
	errno = number;
	if (s->port)
		err_errno(&s->err, "cannot %s %.100s:%u", what, s->host, s->port);
	else
		err_errno(&s->err, "cannot %s %.100s", what, s->host ? s->host : "the client");
	if (s->err.code == ERR_NOT_FOUND)
		s->err.code = ERR_UNREACHABLE; /* the socket is missing, not what is asked for behind it */
	fail(s);
}

/* ---- TLS' transport ---- */

static bool flush(struct stream *s)
{
	while (s->unsent.length && !s->send_errno) {
		ssize_t n = send(s->fd, s->unsent.data, s->unsent.length, MSG_NOSIGNAL);
		if (n > 0)
			buf_consume(&s->unsent, (size_t)n);
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR)
			s->send_errno = errno;
	}
	if (s->unsent.length && !s->send_errno)
		return false;
	buf_clear(&s->unsent);
	return true;
}

/* Takes everything, so that TLS never has half a record to repeat; stream_write() holds back until it is out. */
static ssize_t transport_send(void *arg, const void *bytes, size_t length)
{
	struct stream *s = arg;
	if (!buf_add(&s->unsent, bytes, length))
		return -ENOBUFS;
	flush(s);
	return s->send_errno ? -s->send_errno : (ssize_t)length;
}

static ssize_t transport_recv(void *arg, void *bytes, size_t length)
{
	struct stream *s = arg;
	ssize_t n;
	do
		n = recv(s->fd, bytes, length, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* ---- opening ---- */

static void opened(struct stream *s)
{
	timer_stop(s->timer);
	mem_free(s->addresses);
	s->addresses = NULL;
	enter(s, OPEN);
	update_watch(s);
	tell(s, STREAM_OPENED);
}

static void step_handshake(struct stream *s)
{
	int result = tls_handshake(s->tls, &s->err);
	if (result == 0)
		opened(s);
	else if (result == -EAGAIN)
		update_watch(s);
	else {
		flush(s); /* the alert that tells the server why */
		fail(s);
	}
}

static void connected(struct stream *s)
{
	struct tls_transport transport = {transport_send, transport_recv, s};
	timer_stop(s->timer);
	if (!s->profile) {
		opened(s);
		return;
	}
	enter(s, HANDSHAKING);
	s->tls = tls_new(s->profile, s->host, &transport, &s->err);
	if (s->tls)
		step_handshake(s);
	else
		fail(s);
}

static void attempt_failed(struct stream *s, int number)
{
	close_fd(s);
	if (s->addresses && s->next_address < s->addresses->count)
		try_next_address(s);
	else
		fail_errno(s, "connect to", number);
}

static void finish_connect(struct stream *s)
{
	int number = 0;
	socklen_t length = sizeof number;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &number, &length) < 0)
		number = errno;
	if (number)
		attempt_failed(s, number);
	else
		connected(s);
}

static void start_connect(struct stream *s, const struct sockaddr *address, socklen_t length)
{
	s->fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0) {
		attempt_failed(s, errno);
		return;
	}
	if (address->sa_family != AF_UNIX) {
		int on = 1, patience_ms = UNACKNOWLEDGED_MS;
		setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		setsockopt(s->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
		setsockopt(s->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof patience_ms);
	}
	if (connect(s->fd, address, length) == 0)
		connected(s);
	else if (errno == EINPROGRESS)
		update_watch(s);
	else
		attempt_failed(s, errno); /* a Unix socket whose queue is full says EAGAIN: that is a failure too */
}

static void try_next_address(struct stream *s)
{
	struct addrinfo *info, hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	char port[8];
	snprintf(port, sizeof port, "%u", s->port);
	int failure =
		getaddrinfo(s->addresses->address[s->next_address++], port, &hints, &info); /* numeric: no waiting */
	if (failure) {
		attempt_failed(s, EADDRNOTAVAIL);
		return;
	}
	struct sockaddr_storage address = {0};
	socklen_t length = info->ai_addrlen;
	memcpy(&address, info->ai_addr, length);
	freeaddrinfo(info);
	if (s->next_address < s->addresses->count)
		timer_set(s->timer, ATTEMPT_MS);
	else
		timer_stop(s->timer);
	start_connect(s, (struct sockaddr *)&address, length);
}

static void connect_unix(struct stream *s)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	enter(s, CONNECTING);
	if (!str_copy(address.sun_path, sizeof address.sun_path, str_of(s->host)))
		fail_errno(s, "connect to", ENAMETOOLONG);
	else
		start_connect(s, (struct sockaddr *)&address, sizeof address);
}

static void on_resolved(const struct resolved *result, const struct err *err, void *arg)
{
	struct stream *s = arg;
	s->resolving = TICKET_NONE;
	if (!err && !(s->addresses = mem_alloc(MEM_NET, sizeof *s->addresses)))
		err_set(&s->err, ERR_MEMORY, "no memory for a connection");
	if (err)
		s->err = *err;
	if (!s->addresses) {
		fail(s);
		return;
	}
	*s->addresses = *result;
	enter(s, CONNECTING);
	try_next_address(s);
}

/* ---- events ---- */

static void on_timer(void *arg)
{
	struct stream *s = arg;
	if (s->state == RESOLVING)
		connect_unix(s);
	else if (s->state == CONNECTING)
		attempt_failed(s, ETIMEDOUT);
	else if (s->state == FAILED)
		fail(s);
	else if (s->state == OPEN && s->want_read)
		on_fd_ready(s->fd, LOOP_READ, s);
}

static void on_fd_ready(int fd, unsigned events, void *arg)
{
	struct stream *s = arg;
	(void)fd;
	if (s->state == CONNECTING) {
		finish_connect(s);
		return;
	}
	bool flushed = flush(s);
	if (s->state == HANDSHAKING) {
		step_handshake(s);
		return;
	}
	if (s->want_read && events & (LOOP_READ | LOOP_HANGUP) && tell(s, STREAM_CAN_READ))
		return;
	if (s->state == OPEN && s->want_write && flushed && events & (LOOP_WRITE | LOOP_HANGUP) &&
		tell(s, STREAM_CAN_WRITE))
		return;
	if (s->state != OPEN)
		return;
	update_watch(s);
	if (s->want_read && s->tls && tls_has_pending(s->tls))
		timer_set(s->timer, 0);
}

/* ---- the public side ---- */

static struct stream *stream_new(struct net *n, stream_fn *on_event, void *arg)
{
	struct stream *s = mem_zalloc(MEM_NET, sizeof *s);
	if (!s)
		return NULL;
	s->net = n;
	s->fd = -1;
	s->on_event = on_event;
	s->arg = arg;
	buf_init(&s->unsent, MEM_NET, UNSENT_BYTES_MAX);
	s->timer = timer_new(n->loop, on_timer, s);
	if (s->timer)
		return s;
	mem_free(s);
	return NULL;
}

struct stream *stream_connect(
	struct net *n, const struct stream_target *target, stream_fn *on_event, void *arg, struct err *err)
{
	struct stream *s = stream_new(n, on_event, arg);
	const char *name = target->unix_path ? target->unix_path : target->host;
	if (!s || !(s->host = mem_strdup(MEM_NET, name))) {
		stream_free(s);
		err_set(err, ERR_MEMORY, "no memory for a connection to %.100s", name);
		return NULL;
	}
	s->profile = target->tls;
	s->port = target->unix_path ? 0 : target->port;
	if (target->unix_path) {
		timer_set(s->timer, 0); /* not now: no callback may come inside this call */
		return s;
	}
	s->resolving = resolve_name(n->resolver, s->host, on_resolved, s, err);
	if (s->resolving != TICKET_NONE)
		return s;
	stream_free(s);
	return NULL;
}

struct stream *stream_adopt(struct net *n, int fd, stream_fn *on_event, void *arg)
{
	struct stream *s = stream_new(n, on_event, arg);
	if (!s) {
		close(fd);
		return NULL;
	}
	int on = 1, patience_ms = UNACKNOWLEDGED_MS;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof patience_ms);
	s->fd = fd;
	s->state = OPEN;
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->gone)
		*s->gone = true;
	if (s->resolving != TICKET_NONE)
		resolve_cancel(s->net->resolver, s->resolving);
	if (s->tls && s->state == OPEN && !s->unsent.length && !s->send_errno)
		tls_goodbye(s->tls);
	close_fd(s);
	tls_free(s->tls);
	timer_free(s->timer);
	buf_clear(&s->unsent);
	mem_free(s->addresses);
	mem_free(s->host);
	mem_free(s);
}

void stream_want(struct stream *s, bool read, bool write)
{
	s->want_read = read;
	s->want_write = write;
	if (s->state != OPEN)
		return;
	update_watch(s);
	if (read && s->tls && tls_has_pending(s->tls))
		timer_set(s->timer, 0);
}

ssize_t stream_read(struct stream *s, void *bytes, size_t length)
{
	if (s->state != OPEN)
		return -ENOTCONN;
	if (s->tls)
		return tls_read(s->tls, bytes, length, &s->err);
	ssize_t n = transport_recv(s, bytes, length);
	if (n < 0 && n != -EAGAIN) {
		errno = (int)-n;
		err_errno(&s->err, "the connection to %.100s broke", s->host ? s->host : "the client");
	}
	return n;
}

static ssize_t broken_for_writing(struct stream *s, int number)
{
	errno = number;
	s->send_errno = number;
	err_errno(&s->err, "the connection to %.100s broke", s->host ? s->host : "the client");
	return -number;
}

ssize_t stream_write(struct stream *s, const void *bytes, size_t length)
{
	if (s->state != OPEN)
		return -ENOTCONN;
	if (s->send_errno)
		return broken_for_writing(s, s->send_errno);
	if (s->tls && !flush(s))
		return 0;
	ssize_t n = s->tls ? tls_write(s->tls, bytes, length, &s->err) : send(s->fd, bytes, length, MSG_NOSIGNAL);
	if (n >= 0 || n == -EAGAIN || (!s->tls && (errno == EAGAIN || errno == EINTR))) {
		update_watch(s);
		return n < 0 ? 0 : n;
	}
	return s->tls ? n : broken_for_writing(s, errno);
}

void stream_end_writing(struct stream *s)
{
	if (s->state == OPEN && s->tls)
		tls_goodbye(s->tls);
	if (s->state == OPEN)
		shutdown(s->fd, SHUT_WR);
}

bool stream_is_open(const struct stream *s)
{
	return s->state == OPEN;
}

bool stream_is_silent(const struct stream *s)
{
	char byte;
	if (s->state != OPEN || (s->tls && tls_has_pending(s->tls)))
		return false;
	return recv(s->fd, &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
}

const char *stream_state_name(const struct stream *s)
{
	return state_names[s->state];
}

const struct err *stream_error(const struct stream *s)
{
	return &s->err;
}
