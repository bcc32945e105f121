/*
 * The other side of a connection, for the tests of net/: a child process that listens on loopback (or on a Unix
 * socket) and plays a part written as plain blocking code. It must not touch base/ (its allocations would be counted
 * in a process of their own, but its exit must be quick and quiet).
 */
#ifndef TESTS_UNIT_NET_PEER_H
#define TESTS_UNIT_NET_PEER_H

#include "leftovers.h"
#include "loop/loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Plays one connection; nth counts from 0. The connection is closed when it returns. */
typedef void part_fn(int fd, int nth);

struct peer {
	pid_t pid;
	uint16_t port;
	char path[64]; /* of the Unix socket */
};

static inline int peer_listen(struct peer *p, bool local)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	socklen_t length = sizeof in;
	int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
	if (local) {
		snprintf(p->path, sizeof p->path, "/tmp/ddc-net-test-%d.sock", (int)getpid());
		unlink(p->path);
		leftovers_watch(p->path);
		memcpy(un.sun_path, p->path, sizeof p->path);
	}
	if (bind(fd, local ? (struct sockaddr *)&un : (struct sockaddr *)&in, local ? sizeof un : sizeof in) ||
		listen(fd, 64))
		abort();
	if (!local && getsockname(fd, (struct sockaddr *)&in, &length) == 0)
		p->port = ntohs(in.sin_port);
	return fd;
}

static inline struct peer peer_start(part_fn *part, bool local)
{
	struct peer p = {0};
	int fd = peer_listen(&p, local);
	p.pid = fork();
	if (p.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		for (int nth = 0;; nth++) {
			int client = accept(fd, NULL, NULL);
			if (client < 0)
				_exit(1);
			part(client, nth);
			close(client);
		}
	}
	close(fd);
	return p;
}

static inline void peer_stop(struct peer *p)
{
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	if (p->path[0])
		unlink(p->path);
}

/* ---- what parts are written with ---- */

static inline void say(int fd, const char *text)
{
	size_t n = strlen(text);
	while (n) {
		ssize_t done = send(fd, text, n, MSG_NOSIGNAL);
		if (done <= 0)
			return;
		text += done;
		n -= (size_t)done;
	}
}

/* Reads up to the empty line and the body that Content-Length announces; false at the end of the connection. */
static inline bool hear_request(int fd, char *into, size_t size)
{
	size_t n = 0;
	char *end = NULL;
	memset(into, 0, size);
	while (n < size - 1 && !(end = strstr(into, "\r\n\r\n"))) {
		ssize_t got = recv(fd, into + n, size - 1 - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	const char *said = strstr(into, "Content-Length: ");
	size_t whole = end ? (size_t)(end + 4 - into) + (said && said < end ? strtoul(said + 16, NULL, 10) : 0) : 0;
	while (n < whole && n < size - 1) {
		ssize_t got = recv(fd, into + n, size - 1 - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	return n > 0;
}

/* Stays until the other side ends the connection. */
static inline void wait_for_end(int fd)
{
	char bytes[4096];
	while (recv(fd, bytes, sizeof bytes, 0) > 0)
		continue;
}

/* Turns the loop until *done, or gives up after 10 s (a test that hangs is a test that fails). */
static inline bool turn_until(struct loop *l, const bool *done)
{
	for (uint64_t end = loop_now_ms(l) + 10000; !*done && loop_now_ms(l) < end;)
		loop_turn(l, 200);
	return *done;
}

static inline void turn_for(struct loop *l, unsigned ms)
{
	for (uint64_t end = loop_now_ms(l) + ms; loop_now_ms(l) < end;)
		loop_turn(l, (int)(end - loop_now_ms(l)));
}

#endif
