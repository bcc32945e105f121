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

static int dial(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(http_server_port(server))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof in), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
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
	snprintf(over, 3000, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n801\r\n%02049d\r\n0\r\n\r\n", 0);
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
	struct http_server_options o = {.bind = "127.0.0.1", .connections_max = 4, .header_timeout_ms = 200,
		.body_timeout_ms = 200, .idle_timeout_ms = 2000, .body_bytes_max = 2048};
	(void)state;
	asked = (struct asked){0};
	server = http_server_new(net, &o, on_request, &asked, NULL);
	return server ? 0 : -1;
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
		SERVER_TEST(too_many_connections),
		SERVER_TEST(answers_that_come_later),
		SERVER_TEST(large_answer_to_a_slow_reader),
		SERVER_TEST(header_values_cannot_split_an_answer),
		SERVER_TEST(port_in_use),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
