/* The HTTP server, spoken to byte by byte from raw sockets. */
#include "test.h"

#include "net/http_client.h"
#include "net/http_server.h"
#include "net_peer.h"

#include <errno.h>
#include <fcntl.h>

static struct loop *loop;
static struct net *net;
static struct http_server *server;

struct asked {
	int count, gone;
	char method[16], path[256], query[256], body[256], header[64], peer[64];
	struct http_exchange *later; /* kept instead of answered */
	bool keep;
};
static struct asked asked;

static void on_gone(void *arg)
{
	struct asked *a = arg;
	a->gone++;
	a->later = NULL;
}

static void on_request(struct http_exchange *x, void *arg)
{
	struct asked *a = arg;
	struct http_header header = {"X-Answer", "yes"};
	struct buf body;
	a->count++;
	str_copy(a->method, sizeof a->method, str_of(http_exchange_method(x)));
	str_copy(a->path, sizeof a->path, str_of(http_exchange_path(x)));
	str_copy(a->query, sizeof a->query, str_of(http_exchange_query(x)));
	str_copy(a->body, sizeof a->body, http_exchange_body(x));
	str_copy(a->header, sizeof a->header, http_exchange_header(x, "x-test"));
	str_copy(a->peer, sizeof a->peer, str_of(http_exchange_peer(x)));
	if (a->keep) {
		a->later = x;
		return;
	}
	buf_init(&body, MEM_TEST, 1024);
	buf_printf(&body, "answer %d", a->count);
	http_reply(x, 200, "text/plain", &header, 1, &body);
}

/* ---- a client on the same thread: what it says is queued by the kernel while the loop turns ---- */

static int dial_from(const char *address)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(http_server_port(server))};
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(address)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof in), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static int dial(void)
{
	return dial_from("127.0.0.1");
}

/* Turns the loop until the answer contains these words or the connection ends; returns all that came. */
static const char *hear(int fd, const char *words)
{
	static char got[65536];
	size_t n = 0;
	got[0] = '\0';
	for (uint64_t end = loop_now_ms(loop) + 3000; loop_now_ms(loop) < end && !(words && strstr(got, words));) {
		loop_turn(loop, 5);
		ssize_t more = recv(fd, got + n, sizeof got - 1 - n, 0);
		if (more == 0)
			return got;
		if (more > 0)
			got[n += (size_t)more] = '\0';
	}
	return got;
}

static bool ended(int fd)
{
	char byte;
	for (uint64_t end = loop_now_ms(loop) + 3000; loop_now_ms(loop) < end;) {
		loop_turn(loop, 5);
		ssize_t n = recv(fd, &byte, 1, 0);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return true;
	}
	return false;
}

static void expect_status(const char *request, const char *status)
{
	int fd = dial();
	say(fd, request);
	const char *got = hear(fd, "\r\n\r\n");
	if (!strstr(got, status))
		fail_msg("%s", got);
	close(fd);
	turn_for(loop, 5);
}

static void get_and_keep_alive(void **state)
{
	int fd = dial();
	(void)state;
	say(fd, "GET /a%20b?x=1&y HTTP/1.1\r\nHost: h\r\nX-Test: \t v \r\n\r\n");
	const char *got = hear(fd, "answer 1");
	assert_non_null(strstr(got, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(got, "X-Answer: yes\r\n"));
	assert_non_null(strstr(got, "Content-Length: 8\r\n"));
	assert_string_equal(asked.method, "GET");
	assert_string_equal(asked.path, "/a%20b");
	assert_string_equal(asked.query, "x=1&y");
	assert_string_equal(asked.header, "v");
	assert_string_equal(asked.peer, "127.0.0.1");
	say(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"); /* pipelined */
	hear(fd, "answer 3");
	assert_int_equal(asked.count, 3);
	assert_string_equal(asked.path, "/2");
	say(fd, "HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
	got = hear(fd, NULL);
	assert_non_null(strstr(got, "Content-Length: 8\r\n"));
	assert_null(strstr(got, "answer"));
	close(fd);
}

static void bodies(void **state)
{
	int fd = dial();
	(void)state;
	say(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
	turn_for(loop, 20);
	assert_int_equal(asked.count, 0); /* not before it is whole */
	say(fd, "lo");
	hear(fd, "answer 1");
	assert_string_equal(asked.body, "hello");
	say(fd, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
	hear(fd, "answer 2");
	assert_string_equal(asked.body, "abc");
	say(fd, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	assert_non_null(strstr(hear(fd, "100 Continue\r\n\r\n"), "100 Continue"));
	say(fd, "xy");
	hear(fd, "answer 3");
	assert_string_equal(asked.body, "xy");
	close(fd);
}

static void what_is_refused(void **state)
{
	char *long_head = test_malloc(20000), *over = test_malloc(3000);
	(void)state;
	memset(long_head, 'x', 19999);
	long_head[19999] = '\0';
	memcpy(long_head, "GET /", 5);
	snprintf(over, 3000,
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n801\r\n%02049d\r\n0\r\n\r\n", 0);
	expect_status("nonsense\r\n\r\n", " 400 ");
	expect_status("GET / HTTP/1.1\r\n\r\n", " 400 ");
	expect_status("GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n", " 400 ");
	expect_status("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n folded\r\n\r\n", " 400 ");
	expect_status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", " 400 ");
	expect_status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", " 400 ");
	expect_status("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", " 400 ");
	expect_status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2049\r\n\r\n", " 413 ");
	expect_status("ABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1\r\nHost: h\r\n\r\n", " 501 ");
	expect_status(long_head, " 431 ");
	expect_status(over, " 413 ");
	assert_int_equal(asked.count, 0);
	test_free(long_head);
	test_free(over);
}

static void slow_clients(void **state)
{
	int silent = dial(), slow = dial();
	(void)state;
	for (int i = 0; i < 20; i++) { /* a byte now and then does not buy more time */
		send(slow, "G", 1, MSG_NOSIGNAL);
		turn_for(loop, 20);
	}
	assert_true(ended(slow));
	assert_true(ended(silent));
	assert_int_equal(http_server_connections(server), 0);
	close(slow);
	close(silent);
	int body = dial();
	say(body, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
	assert_true(ended(body));
	close(body);
}

/* A byte of the body now and then does not buy more time either, nor does an answer that is never read. */
static void slow_bodies_and_readers(void **state)
{
	struct buf body;
	int fd = dial();
	(void)state;
	say(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
	for (int i = 0; i < 20; i++) {
		send(fd, "x", 1, MSG_NOSIGNAL);
		turn_for(loop, 20);
	}
	assert_true(ended(fd));
	assert_int_equal(asked.count, 0);
	close(fd);
	asked.keep = true;
	fd = dial();
	say(fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	turn_for(loop, 20);
	assert_non_null(asked.later);
	buf_init(&body, MEM_TEST, 16 << 20);
	assert_true(buf_reserve(&body, 15 << 20)); /* more than the kernel's buffers take */
	memset(body.data, 'x', 15 << 20);
	body.length = 15 << 20;
	http_reply(asked.later, 200, "text/plain", NULL, 0, &body);
	turn_for(loop, 600);
	assert_int_equal(http_server_connections(server), 0);
	assert_int_equal(mem_use_of(MEM_TEST).bytes, 0);
	close(fd);
}

/* Many who begin a request and never end it: they never hold more than the connections there are, and afterwards
 * everything is as before. */
static void slow_loris(void **state)
{
	enum { LORISES = 40 };
	int fds[LORISES];
	struct mem_use before = mem_use_total();
	(void)state;
	for (int i = 0; i < LORISES; i++) {
		fds[i] = dial();
		say(fds[i], "GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ");
		turn_for(loop, 2);
		assert_true(http_server_connections(server) <= 4);
	}
	for (int i = 0; i < 30; i++) {
		for (int k = 0; k < LORISES; k++)
			send(fds[k], "x", 1, MSG_NOSIGNAL);
		turn_for(loop, 20);
		assert_true(http_server_connections(server) <= 4);
	}
	assert_int_equal(http_server_connections(server), 0);
	assert_int_equal(mem_use_total().bytes, before.bytes);
	assert_int_equal(asked.count, 0);
	expect_status("GET / HTTP/1.1\r\nHost: h\r\n\r\n", " 200 ");
	for (int i = 0; i < LORISES; i++)
		close(fds[i]);
}

/* The n-th answer of those that came on one connection is the n-th request's. */
static void expect_answers_in_order(const char *got, int count)
{
	char words[32];
	for (int i = 1; i <= count; i++) {
		snprintf(words, sizeof words, "answer %d", i);
		got = strstr(got, words);
		assert_non_null(got);
	}
}

static void pipelined_requests(void **state)
{
	static const char get[] = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
	static const char post[] =
		"POST /y HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
	char *flood = test_malloc(400 * sizeof get);
	int fd = dial();
	(void)state;
	for (const char *p = get; *p; p++) { /* one byte by byte, two at once behind it */
		send(fd, p, 1, MSG_NOSIGNAL);
		loop_turn(loop, 0);
	}
	say(fd, post);
	say(fd, get);
	expect_answers_in_order(hear(fd, "answer 3"), 3);
	assert_string_equal(asked.path, "/x");
	close(fd);
	turn_for(loop, 10);
	asked.count = 0;
	for (size_t i = 0; i < 400; i++) /* more than one head's worth of them: the rest waits in the kernel */
		memcpy(flood + i * (sizeof get - 1), get, sizeof get);
	fd = dial();
	say(fd, flood);
	expect_answers_in_order(hear(fd, "answer 400"), 400);
	assert_int_equal(asked.count, 400);
	close(fd);
	test_free(flood);
}

static void the_next_request_waits_for_the_answer(void **state)
{
	int fd = dial();
	(void)state;
	asked.keep = true;
	say(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	turn_for(loop, 30);
	assert_int_equal(asked.count, 1);
	assert_string_equal(asked.path, "/1");
	http_reply(asked.later, 204, NULL, NULL, 0, NULL);
	hear(fd, "\r\n\r\n");
	turn_for(loop, 30);
	assert_int_equal(asked.count, 2);
	assert_string_equal(asked.path, "/2");
	http_reply(asked.later, 204, NULL, NULL, 0, NULL);
	assert_non_null(strstr(hear(fd, "\r\n\r\n"), " 204 "));
	close(fd);
}

/* The length of what GET would bring, and nothing of it; the connection goes on. */
static void head_requests(void **state)
{
	int fd = dial();
	(void)state;
	say(fd, "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
	const char *got = hear(fd, "\r\n\r\n");
	assert_non_null(strstr(got, "Content-Length: 8\r\n"));
	assert_string_equal(asked.method, "HEAD");
	say(fd, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	got = hear(fd, "answer 2");
	assert_memory_equal(got, "HTTP/1.1 200", 12); /* nothing of the first one's body stood in between */
	close(fd);
}

/* Cut at every byte, a request with a body is never shown to anybody. */
static void bodies_that_are_cut(void **state)
{
	static const char *const requests[] = {
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nhel\r\n2\r\nlo\r\n0\r\nT: v\r\n\r\n",
	};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t whole = strlen(requests[i]);
		for (size_t cut = 0; cut < whole; cut++) {
			int fd = dial();
			send(fd, requests[i], cut, MSG_NOSIGNAL);
			shutdown(fd, SHUT_WR);
			assert_true(ended(fd));
			close(fd);
			assert_int_equal(asked.count, (int)i);
		}
		expect_status(requests[i], " 200 ");
		assert_string_equal(asked.body, "hello");
		assert_int_equal(asked.count, (int)i + 1);
	}
	assert_int_equal(http_server_connections(server), 0);
}

static void expect_continue(void **state)
{
	int fd = dial();
	const char *got;
	(void)state;
	say(fd, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nTransfer-Encoding: chunked\r\n\r\n");
	assert_string_equal(hear(fd, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
	say(fd, "1\r\na\r\n0\r\n\r\n");
	assert_memory_equal(hear(fd, "answer 1"), "HTTP/1.1 200", 12);
	say(fd, "GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n"); /* nothing to wait for */
	assert_memory_equal(hear(fd, "answer 2"), "HTTP/1.1 200", 12);
	say(fd, "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"); /* 1.0 does not know it */
	turn_for(loop, 20);
	say(fd, "a");
	assert_memory_equal(hear(fd, "answer 3"), "HTTP/1.1 200", 12);
	close(fd);
	fd = dial(); /* too large: said before it is sent */
	say(fd, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2049\r\n\r\n");
	got = hear(fd, "\r\n\r\n");
	assert_memory_equal(got, "HTTP/1.1 413", 12);
	close(fd);
	assert_int_equal(asked.count, 3);
}

static void too_many_connections(void **state)
{
	int fds[4], idle = dial();
	(void)state;
	say(idle, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	hear(idle, "answer 1");
	for (int i = 0; i < 4; i++) {
		fds[i] = dial();
		say(fds[i], "G");
		turn_for(loop, 5);
	}
	assert_int_equal(http_server_connections(server), 4);
	assert_true(ended(idle)); /* made room: it had been served */
	int more = dial();
	assert_true(ended(more));
	close(more);
	close(idle);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	turn_for(loop, 20);
	assert_int_equal(http_server_connections(server), 0);
}

static void drip(const int *fds, int count, int times)
{
	for (int i = 0; i < times; i++) {
		for (int k = 0; k < count; k++)
			send(fds[k], "x", 1, MSG_NOSIGNAL);
		turn_for(loop, 20);
	}
}

/* A byte now and then is no step: the oldest of those who drip gives its place to whoever comes. */
static void bodies_that_drip_keep_nobody_out(void **state)
{
	int fds[4];
	(void)state;
	for (int i = 0; i < 4; i++) {
		fds[i] = dial();
		say(fds[i], "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n");
	}
	drip(fds, 4, 20);
	assert_int_equal(http_server_connections(server), 4);
	expect_status("GET / HTTP/1.1\r\nHost: h\r\n\r\n", " 200 ");
	assert_true(ended(fds[0]));
	for (int i = 0; i < 4; i++)
		close(fds[i]);
}

static void bodies_where_none_is_wanted(void **state)
{
	(void)state;
	expect_status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", " 413 ");
	expect_status("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", " 413 ");
	expect_status("GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", " 413 ");
	assert_int_equal(asked.count, 0);
	expect_status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", " 200 ");
	expect_status("POST / HTTP/1.1\r\nHost: h\r\n\r\n", " 200 ");
	assert_int_equal(asked.count, 2);
}

/* Four whose answers take their time, and of those who come then only one has a place kept for it. */
static void who_comes_first_has_a_place(void **state)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
	int fds[4];
	(void)state;
	asked.keep = true;
	for (int i = 0; i < 4; i++) {
		fds[i] = dial();
		say(fds[i], get);
	}
	turn_for(loop, 20);
	assert_int_equal(asked.count, 4);
	int other = dial(), first = dial_from("127.0.0.2");
	say(first, get);
	assert_true(ended(other));
	turn_for(loop, 20);
	assert_int_equal(asked.count, 5);
	assert_string_equal(asked.peer, "127.0.0.2");
	int second = dial_from("127.0.0.2");
	assert_true(ended(second)); /* it is one place */
	assert_int_equal(http_server_connections(server), 5);
	close(second);
	close(first);
	close(other);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
}

static void answers_that_come_later(void **state)
{
	(void)state;
	asked.keep = true;
	int fd = dial();
	say(fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	shutdown(fd, SHUT_WR); /* half-closed: it still wants its answer */
	turn_for(loop, 30);
	assert_non_null(asked.later);
	http_reply(asked.later, 204, NULL, NULL, 0, NULL);
	assert_non_null(strstr(hear(fd, NULL), " 204 "));
	close(fd);

	fd = dial(); /* gone before the answer: it is dropped */
	say(fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	turn_for(loop, 30);
	struct linger hard = {1, 0};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(fd);
	turn_for(loop, 30);
	http_reply(asked.later, 200, NULL, NULL, 0, NULL);
	turn_for(loop, 10);
	assert_int_equal(http_server_connections(server), 0);

	fd = dial(); /* the same, told */
	say(fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	turn_for(loop, 30);
	http_exchange_on_gone(asked.later, on_gone, &asked);
	close(fd);
	turn_for(loop, 30);
	assert_int_equal(asked.gone, 1);
	assert_int_equal(http_server_connections(server), 0);
}

static void large_answer_to_a_slow_reader(void **state)
{
	struct buf body;
	size_t got = 0;
	char bytes[65536];
	(void)state;
	asked.keep = true;
	int fd = dial();
	say(fd, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
	turn_for(loop, 20);
	buf_init(&body, MEM_TEST, 8 << 20);
	for (int i = 0; i < 8 << 10; i++)
		buf_add(&body, "0123456789012345678901234567890123456789012345678901234567890123", 64);
	size_t whole = body.length;
	http_reply(asked.later, 200, "text/plain", NULL, 0, &body);
	assert_int_equal(body.length, 0);
	for (int quiet = 0; quiet < 100;) {
		loop_turn(loop, 1);
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		if (n == 0)
			break;
		quiet = n > 0 ? 0 : quiet + 1;
		got += n > 0 ? (size_t)n : 0;
	}
	assert_true(got > whole && got < whole + 500);
	close(fd);
}

static void header_values_cannot_split_an_answer(void **state)
{
	struct http_header bad = {"X-A", "b\r\nX-Evil: 1"};
	(void)state;
	asked.keep = true;
	int fd = dial();
	say(fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	turn_for(loop, 20);
	http_reply(asked.later, 200, NULL, &bad, 1, NULL);
	assert_null(strstr(hear(fd, "\r\n\r\n"), "Evil"));
	close(fd);
}

static void port_in_use(void **state)
{
	struct http_server_options o = {.bind = "127.0.0.1", .port = http_server_port(server), .connections_max = 1};
	struct err err;
	(void)state;
	assert_null(http_server_new(net, &o, on_request, &asked, &err));
	assert_non_null(strstr(err.text, "cannot listen on 127.0.0.1 port"));
	o.bind = "localhost";
	assert_null(http_server_new(net, &o, on_request, &asked, &err));
	assert_int_equal(err.code, ERR_INPUT);
}

static int open_server(void **state)
{
	struct http_server_options o = {.bind = "127.0.0.1",
		.connections_max = 4,
		.header_timeout_ms = 200,
		.body_timeout_ms = 200,
		.idle_timeout_ms = 2000,
		.body_bytes_max = 2048};
	(void)state;
	asked = (struct asked){0};
	server = http_server_new(net, &o, on_request, &asked, NULL);
	return server ? 0 : -1;
}

static bool comes_first(const char *peer, void *arg)
{
	return strcmp(peer, "127.0.0.2") == 0;
}

static int open_with(size_t body_bytes_max)
{
	struct http_server_options o = {.bind = "127.0.0.1",
		.connections_max = 4,
		.header_timeout_ms = 20000,
		.body_timeout_ms = 20000,
		.idle_timeout_ms = 20000,
		.body_bytes_max = body_bytes_max,
		.comes_first = comes_first};
	asked = (struct asked){0};
	server = http_server_new(net, &o, on_request, &asked, NULL);
	return server ? 0 : -1;
}

static int open_patient_server(void **state)
{
	(void)state;
	return open_with(2048);
}

static int open_server_without_bodies(void **state)
{
	(void)state;
	return open_with(0);
}

static int close_server(void **state)
{
	(void)state;
	http_server_free(server);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	loop = loop_new();
	net = net_new(loop, NULL, NULL);
	return loop && net ? 0 : -1;
}

static int tear_down(void **state)
{
	net_free(net);
	loop_free(loop);
	return check_no_leak(state);
}

#define SERVER_TEST(f) cmocka_unit_test_setup_teardown(f, open_server, close_server)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(get_and_keep_alive),
		SERVER_TEST(bodies),
		SERVER_TEST(what_is_refused),
		SERVER_TEST(slow_clients),
		SERVER_TEST(slow_bodies_and_readers),
		SERVER_TEST(slow_loris),
		SERVER_TEST(pipelined_requests),
		SERVER_TEST(the_next_request_waits_for_the_answer),
		SERVER_TEST(head_requests),
		SERVER_TEST(bodies_that_are_cut),
		SERVER_TEST(expect_continue),
		SERVER_TEST(too_many_connections),
		cmocka_unit_test_setup_teardown(bodies_that_drip_keep_nobody_out, open_patient_server, close_server),
		cmocka_unit_test_setup_teardown(who_comes_first_has_a_place, open_patient_server, close_server),
		cmocka_unit_test_setup_teardown(bodies_where_none_is_wanted, open_server_without_bodies, close_server),
		SERVER_TEST(answers_that_come_later),
		SERVER_TEST(large_answer_to_a_slow_reader),
		SERVER_TEST(header_values_cannot_split_an_answer),
		SERVER_TEST(port_in_use),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
