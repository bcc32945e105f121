#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mbedtls/base64.h>
#include <mbedtls/sha1.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CONNS_MAX = 32, IN_BYTES = 256 * 1024, OUT_BYTES = 512 * 1024, STORED_BYTES_MAX = 65535 };

struct conn {
	int fd;		       /* 0: free */
	bool websocket, begun; /* begun: the head of the compressed stream is out */
	request_fn *on_request;
	message_fn *on_message;
	char key[64];
	size_t length;
	char in[IN_BYTES + 1];
};

struct listener {
	int fd;
	request_fn *on_request;
	message_fn *on_message;
};

static struct conn conns[CONNS_MAX];
static struct listener listeners[2];
static unsigned listener_count;
static uint64_t came_us;

void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(2);
}

uint64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t wire_came_us(void)
{
	return came_us;
}

/* ---- sockets ---- */

static void listen_on(
	int family, const struct sockaddr *address, socklen_t length, request_fn *on_request, message_fn *on_message)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, address, length) < 0 || listen(fd, 64) < 0)
		die("cannot listen");
	listeners[listener_count++] = (struct listener){fd, on_request, on_message};
}

uint16_t wire_listen_tcp(request_fn *on_request, message_fn *on_message)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof a;
	listen_on(AF_INET, (const struct sockaddr *)&a, sizeof a, on_request, on_message);
	if (getsockname(listeners[listener_count - 1].fd, (struct sockaddr *)&a, &length) < 0)
		die("getsockname");
	return ntohs(a.sin_port);
}

void wire_listen_unix(const char *path, request_fn *on_request)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	unlink(path);
	listen_on(AF_UNIX, (const struct sockaddr *)&a, sizeof a, on_request, NULL);
}

static void end(struct conn *c)
{
	close(c->fd);
	c->fd = 0;
}

void wire_close_all(void)
{
	for (unsigned i = 0; i < CONNS_MAX; i++)
		if (conns[i].fd)
			end(&conns[i]);
}

static void take_client(const struct listener *l)
{
	int one = 1;
	for (unsigned i = 0; i < CONNS_MAX; i++) {
		struct conn *c = &conns[i];
		if (c->fd)
			continue;
		c->fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
		if (c->fd < 0)
			die("accept");
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		c->websocket = c->begun = false;
		c->length = 0;
		c->on_request = l->on_request;
		c->on_message = l->on_message;
		return;
	}
	errno = EMFILE;
	die("too many connections");
}

/* In one write, so that the other side sees it at once; it is small, or the client reads meanwhile. */
static void put(struct conn *c, const void *bytes, size_t length)
{
	for (const char *p = bytes; c->fd && length;) {
		ssize_t n = send(c->fd, p, length, MSG_NOSIGNAL);
		if (n < 0) {
			end(c);
			return;
		}
		p += n;
		length -= (size_t)n;
	}
}

/* ---- HTTP ---- */

void wire_answer(struct conn *c, const char *status, const char *json)
{
	static char out[OUT_BYTES];
	int n;
	if (json)
		n = snprintf(out, sizeof out,
			"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status,
			strlen(json), json);
	else
		n = snprintf(out, sizeof out, "HTTP/1.1 %s\r\n\r\n", status);
	if (n < 0 || (size_t)n >= sizeof out)
		die("an answer is too long");
	put(c, out, (size_t)n);
}

void wire_begin_stream(struct conn *c)
{
	static const char head[] =
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
	put(c, head, sizeof head - 1);
}

void wire_chunk(struct conn *c, const char *text)
{
	static char out[OUT_BYTES];
	int n = snprintf(out, sizeof out, "%zx\r\n%s\r\n", strlen(text), text);
	put(c, out, (size_t)n);
}

/* The value of a header in a head that ends with a zero, up to the line's end; 0 if it is not there. */
static size_t header_of(const char *head, const char *name, const char **ret_value)
{
	const char *at = strcasestr(head, name);
	if (!at)
		return 0;
	at += strlen(name);
	at += strspn(at, ": ");
	*ret_value = at;
	return strcspn(at, "\r\n");
}

/* One whole request out of c->in; how many bytes it had, 0: it is not whole. */
static size_t take_request(struct conn *c)
{
	char method[8] = "", path[1024] = "", *end_of_head = strstr(c->in, "\r\n\r\n");
	const char *value = NULL;
	if (!end_of_head)
		return 0;
	end_of_head[2] = '\0';
	size_t head = (size_t)(end_of_head - c->in) + 4;
	size_t body = header_of(c->in, "\r\nContent-Length", &value) ? strtoul(value, NULL, 10) : 0;
	size_t key = header_of(c->in, "\r\nSec-WebSocket-Key", &value);
	snprintf(c->key, sizeof c->key, "%.*s", (int)key, value ? value : "");
	if (sscanf(c->in, "%7s %1023s", method, path) != 2)
		die("a request without a first line");
	end_of_head[2] = '\r';
	if (c->length < head + body)
		return 0;
	char kept = c->in[head + body];
	c->in[head + body] = '\0';
	c->on_request(c, method, path, c->in + head);
	c->in[head + body] = kept;
	return head + body;
}

/* ---- WebSocket ---- */

void wire_upgrade(struct conn *c)
{
	char text[128], out[256];
	unsigned char hash[20], accept[32];
	size_t n;
	snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", c->key);
	mbedtls_sha1((const unsigned char *)text, strlen(text), hash);
	mbedtls_base64_encode(accept, sizeof accept, &n, hash, sizeof hash);
	snprintf(out, sizeof out,
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Accept: %s\r\n\r\n",
		(char *)accept);
	c->websocket = true;
	put(c, out, strlen(out));
}

/* zlib-stream without compressing: stored blocks, and an empty one that marks the end of the message. */
static size_t store(struct conn *c, unsigned char *to, const char *text)
{
	size_t n = 0, left = strlen(text);
	if (!c->begun)
		to[n++] = 0x78, to[n++] = 0x01;
	c->begun = true;
	while (left) {
		size_t part = left < STORED_BYTES_MAX ? left : STORED_BYTES_MAX;
		const unsigned char head[] = {0, part & 0xFF, (part >> 8) & 0xFF, ~part & 0xFF, (~part >> 8) & 0xFF};
		memcpy(to + n, head, sizeof head);
		memcpy(to + n + sizeof head, text, part);
		n += sizeof head + part;
		text += part;
		left -= part;
	}
	memcpy(to + n, "\0\0\0\xff\xff", 5);
	return n + 5;
}

void wire_send(struct conn *c, const char *text)
{
	static unsigned char out[OUT_BYTES], payload[OUT_BYTES];
	size_t length = store(c, payload, text), n = 0;
	out[n++] = 0x82;
	if (length < 126) {
		out[n++] = (unsigned char)length;
	} else if (length < 65536) {
		out[n++] = 126;
		out[n++] = (unsigned char)(length >> 8);
		out[n++] = (unsigned char)length;
	} else {
		out[n++] = 127;
		for (int shift = 56; shift >= 0; shift -= 8)
			out[n++] = (unsigned char)((uint64_t)length >> shift);
	}
	memcpy(out + n, payload, length);
	put(c, out, n + length);
}

/* One whole frame of the client (always masked, never fragmented, short); how many bytes, 0: not whole. */
static size_t take_frame(struct conn *c)
{
	const unsigned char *p = (const unsigned char *)c->in;
	if (c->length < 6)
		return 0;
	size_t length = p[1] & 0x7F, head = 6;
	if (length == 126) {
		length = (size_t)p[2] << 8 | p[3];
		head = 8;
	}
	if (c->length < head + length)
		return 0;
	const unsigned char *mask = p + head - 4;
	char kept = c->in[head + length], opcode = (char)(p[0] & 0x0F);
	for (size_t i = 0; i < length; i++)
		c->in[head + i] = (char)(c->in[head + i] ^ mask[i % 4]);
	c->in[head + length] = '\0';
	if (opcode == 1)
		c->on_message(c, c->in + head);
	c->in[head + length] = kept;
	if (opcode == 8)
		end(c);
	return head + length;
}

/* ---- one turn ---- */

static void receive(struct conn *c)
{
	ssize_t n = recv(c->fd, c->in + c->length, IN_BYTES - c->length, 0);
	if (n <= 0) {
		end(c);
		return;
	}
	c->length += (size_t)n;
	c->in[c->length] = '\0';
	for (size_t used; c->fd && c->length && (used = c->websocket ? take_frame(c) : take_request(c));) {
		memmove(c->in, c->in + used, c->length - used + 1);
		c->length -= used;
	}
}

bool wire_turn(uint64_t until_us, int extra)
{
	struct pollfd fds[CONNS_MAX + 3];
	struct conn *of[CONNS_MAX + 3] = {0};
	unsigned n = 0;
	for (unsigned i = 0; i < listener_count; i++)
		fds[n++] = (struct pollfd){.fd = listeners[i].fd, .events = POLLIN};
	fds[n++] = (struct pollfd){.fd = extra, .events = POLLIN};
	for (unsigned i = 0; i < CONNS_MAX; i++)
		if (conns[i].fd) {
			of[n] = &conns[i];
			fds[n++] = (struct pollfd){.fd = conns[i].fd, .events = POLLIN};
		}
	uint64_t now = now_us(), left = until_us > now ? until_us - now : 0;
	struct timespec wait = {(time_t)(left / 1000000), (long)(left % 1000000) * 1000};
	if (ppoll(fds, n, &wait, NULL) <= 0)
		return false;
	came_us = now_us();
	for (unsigned i = 0; i < n; i++)
		if (of[i] && fds[i].revents && of[i]->fd == fds[i].fd)
			receive(of[i]);
	for (unsigned i = 0; i < listener_count; i++)
		if (fds[i].revents)
			take_client(&listeners[i]);
	return true;
}
