/* What the HTTP client makes of servers, good and bad. Each test plays the server's part in a child process. */
#include "test.h"

#include "net/http_client.h"
#include "net_peer.h"

#include <dirent.h>

static struct loop *loop;
static struct net *net;

struct seen {
	ticket number;
	int status, heads, ends;
	int64_t content_length;
	struct buf body;
	struct err err;
	bool failed, done;
	char header[64];
	/* what the callbacks shall do */
	struct http_peer *peer;
	bool cancel_in_head, cancel_in_body, pause_in_body, free_in_end;
};

static void on_head(ticket t, const struct http_response *head, void *arg)
{
	struct seen *s = arg;
	assert_int_equal(t, s->number);
	s->heads++;
	s->status = head->status;
	s->content_length = head->content_length;
	struct str value = http_header_of(s->peer, t, "x-test");
	snprintf(s->header, sizeof s->header, "%.*s", STR_ARG(value));
	if (s->cancel_in_head) {
		http_cancel(s->peer, t);
		s->done = true;
	}
}

static void on_body(ticket t, struct str bytes, void *arg)
{
	struct seen *s = arg;
	assert_true(s->heads == 1 && s->ends == 0);
	buf_add_view(&s->body, bytes);
	if (s->pause_in_body)
		http_pause(s->peer, t, true);
	if (s->cancel_in_body) {
		http_cancel(s->peer, t);
		s->done = true;
	}
}

static void on_end(ticket t, const struct err *err, void *arg)
{
	struct seen *s = arg;
	assert_int_equal(t, s->number);
	s->ends++;
	s->failed = err != NULL;
	if (err)
		s->err = *err;
	if (s->free_in_end) {
		http_peer_free(s->peer);
		s->peer = NULL;
	}
	s->done = true;
}

static const struct http_handler handler = {on_head, on_body, on_end};
static const struct http_peer_options usual = {
	.connections_max = 2, .waiting_max = 8, .idle_close_ms = 60000, .user_agent = "test"};

static struct http_peer *peer_to(const struct peer *p, const struct http_peer_options *o)
{
	struct url u = {.scheme = p->path[0] ? URL_UNIX : URL_HTTP, .host = "127.0.0.1", .port = p->port, .path = "/"};
	if (p->path[0])
		str_copy(u.path, sizeof u.path, str_of(p->path));
	struct err err;
	struct http_peer *peer = http_peer_new(net, &u, o, &err);
	assert_non_null(peer);
	return peer;
}

static struct seen seen_by(struct http_peer *peer)
{
	struct seen s = {.peer = peer};
	buf_init(&s.body, MEM_TEST, 64 << 20);
	return s;
}

static void ask(
	struct seen *s, const char *method, const char *path, const char *body, unsigned head_ms, unsigned idle_ms)
{
	struct buf b;
	struct err err;
	buf_init(&b, MEM_TEST, 1 << 20);
	if (body)
		buf_add_str(&b, body);
	struct http_request q = {.method = method,
		.path = path,
		.content_type = body ? "text/plain" : NULL,
		.body = body ? &b : NULL,
		.head_timeout_ms = head_ms,
		.idle_timeout_ms = idle_ms};
	s->number = http_request(s->peer, &q, &handler, s, &err);
	assert_int_not_equal(s->number, TICKET_NONE);
	assert_int_equal(s->ends, 0); /* never inside the call */
	buf_clear(&b);
}

/* One GET to a server that plays this part; the peer is freed. */
static struct seen get(part_fn *part, const char *method)
{
	struct peer p = peer_start(part, false);
	struct seen s = seen_by(peer_to(&p, &usual));
	ask(&s, method, "/x", NULL, 5000, 5000);
	assert_true(turn_until(loop, &s.done));
	http_peer_free(s.peer);
	peer_stop(&p);
	return s;
}

static void expect_ok(struct seen *s, int status, const char *body)
{
	if (s->failed)
		fail_msg("%s", s->err.text);
	assert_int_equal(s->status, status);
	assert_string_equal(buf_text(&s->body), body);
	assert_int_equal(s->heads, 1);
	assert_int_equal(s->ends, 1);
	buf_clear(&s->body);
}

static void expect_failure(struct seen *s, enum err_code code, const char *words)
{
	assert_true(s->failed);
	if (s->err.code != code || !strstr(s->err.text, words))
		fail_msg("%s: %s", err_code_name(s->err.code), s->err.text);
	assert_int_equal(s->ends, 1);
	buf_clear(&s->body);
}

/* ---- good answers ---- */

static void part_counting(int fd, int nth)
{
	char request[4096], answer[256], body[64];
	for (int i = 0; hear_request(fd, request, sizeof request); i++) {
		snprintf(body, sizeof body, "connection %d request %d", nth, i);
		snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nX-Test: yes\r\nContent-Length: %zu\r\n\r\n%s",
			strlen(body), body);
		say(fd, answer);
	}
}

static void connection_is_kept(void **state)
{
	struct peer p = peer_start(part_counting, *state != NULL);
	struct http_peer *peer = peer_to(&p, &usual);
	for (int i = 0; i < 3; i++) {
		char expected[64];
		struct seen s = seen_by(peer);
		snprintf(expected, sizeof expected, "connection 0 request %d", i);
		ask(&s, "GET", "/", NULL, 5000, 5000);
		assert_true(turn_until(loop, &s.done));
		assert_string_equal(s.header, "yes");
		expect_ok(&s, 200, expected);
	}
	assert_int_equal(http_peer_stats_of(peer).connects, 1);
	http_peer_close_idle(peer);
	assert_int_equal(http_peer_stats_of(peer).connections, 0);
	http_peer_free(peer);
	peer_stop(&p);
}

static void unix_socket(void **state)
{
	void *local = &loop;
	(void)state;
	connection_is_kept(&local);
}

static void part_echo(int fd, int nth)
{
	static char request[70000];
	char head[128];
	(void)nth;
	hear_request(fd, request, sizeof request);
	const char *body = strstr(request, "\r\n\r\n") + 4;
	snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(body));
	say(fd, head);
	say(fd, body);
}

static void body_is_sent(void **state)
{
	struct peer p = peer_start(part_echo, false);
	struct seen s = seen_by(peer_to(&p, &usual));
	char *large = test_malloc(60001);
	(void)state;
	memset(large, 'b', 60000);
	large[60000] = '\0';
	ask(&s, "POST", "/", large, 5000, 5000);
	assert_true(turn_until(loop, &s.done));
	expect_ok(&s, 200, large);
	test_free(large);
	http_peer_free(s.peer);
	peer_stop(&p);
}

static void part_chunked(int fd, int nth)
{
	char request[4096];
	const char *answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			     "5\r\nhello\r\n1;ext=\"1\"\r\n \r\n0005\r\nworld\r\n0\r\nTrailer: x\r\n\r\n";
	(void)nth;
	hear_request(fd, request, sizeof request);
	for (; *answer; answer++) { /* byte by byte: every state is stopped in */
		send(fd, answer, 1, MSG_NOSIGNAL);
		usleep(50);
	}
	wait_for_end(fd);
}

static void chunks_byte_by_byte(void **state)
{
	struct seen s = get(part_chunked, "GET");
	(void)state;
	assert_int_equal(s.content_length, -1);
	expect_ok(&s, 200, "hello world");
}

static void part_until_close(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.0 200 OK\r\n\r\nto the end");
}

static void body_until_close(void **state)
{
	struct seen s = get(part_until_close, "GET");
	(void)state;
	expect_ok(&s, 200, "to the end");
}

static void part_204(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
	wait_for_end(fd);
}

static void part_head(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	wait_for_end(fd);
}

static void part_redirect(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
	wait_for_end(fd);
}

static void no_body_where_none_can_be(void **state)
{
	(void)state;
	struct seen s = get(part_204, "GET");
	expect_ok(&s, 204, "");
	s = get(part_head, "HEAD");
	expect_ok(&s, 200, "");
	s = get(part_redirect, "GET"); /* and is not followed */
	expect_ok(&s, 302, "");
}

static void part_early(int fd, int nth)
{
	char request[64];
	(void)nth;
	if (recv(fd, request, sizeof request, 0) > 0)
		say(fd, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
	wait_for_end(fd);
}

static void answer_before_the_body_is_sent(void **state)
{
	struct peer p = peer_start(part_early, false);
	struct seen s = seen_by(peer_to(&p, &usual));
	char *large = test_malloc(1000001);
	(void)state;
	memset(large, 'b', 1000000);
	large[1000000] = '\0';
	ask(&s, "POST", "/", large, 5000, 5000);
	assert_true(turn_until(loop, &s.done));
	expect_ok(&s, 413, "big");
	test_free(large);
	http_peer_free(s.peer);
	peer_stop(&p);
}

/* ---- bad answers ---- */

#define PART(name, answer)                                                                                             \
	static void name(int fd, int nth)                                                                              \
	{                                                                                                              \
		char request[4096];                                                                                    \
		(void)nth;                                                                                             \
		hear_request(fd, request, sizeof request);                                                             \
		say(fd, answer);                                                                                       \
	}

PART(part_garbage, "\x16\x03\x01 this is not HTTP\r\n\r\n")
PART(part_nothing, "")
PART(part_half_head, "HTTP/1.1 200 OK\r\nContent-Le")
PART(part_short_body, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour")
PART(part_short_chunk, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
PART(part_bad_chunk, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhel")
PART(part_two_lengths, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx")
PART(part_huge_chunk, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx")
PART(part_upgrade, "HTTP/1.1 101 Switching Protocols\r\n\r\n")

static void part_endless_head(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 1000; i++)
		say(fd, "X-Filler: 0123456789012345678901234567890123456789\r\n");
	wait_for_end(fd);
}

static void bad_answers(void **state)
{
	static const struct {
		part_fn *part;
		enum err_code code;
		const char *words;
	} cases[] = {
		{part_garbage, ERR_PROTOCOL, "HTTP"},
		{part_nothing, ERR_UNREACHABLE, "without an answer"},
		{part_half_head, ERR_UNREACHABLE, "without an answer"},
		{part_short_body, ERR_UNREACHABLE, "middle"},
		{part_short_chunk, ERR_UNREACHABLE, "middle"},
		{part_bad_chunk, ERR_PROTOCOL, "chunk"},
		{part_huge_chunk, ERR_PROTOCOL, "chunk"},
		{part_two_lengths, ERR_PROTOCOL, "Content-Length"},
		{part_upgrade, ERR_PROTOCOL, "protocol"},
		{part_endless_head, ERR_LIMIT, "16 KiB"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct seen s = get(cases[i].part, "GET");
		expect_failure(&s, cases[i].code, cases[i].words);
	}
}

static void nobody_there(void **state)
{
	struct peer p = peer_start(part_nothing, false);
	struct seen s = seen_by(peer_to(&p, &usual));
	(void)state;
	peer_stop(&p);
	ask(&s, "GET", "/", NULL, 5000, 0);
	assert_true(turn_until(loop, &s.done));
	http_peer_free(s.peer);
	expect_failure(&s, ERR_UNREACHABLE, "Connection refused");
	p = (struct peer){.path = "/nonexistent/docker.sock"};
	s = seen_by(peer_to(&p, &usual));
	ask(&s, "GET", "/", NULL, 5000, 0);
	assert_true(turn_until(loop, &s.done));
	http_peer_free(s.peer);
	expect_failure(&s, ERR_UNREACHABLE, "/nonexistent/docker.sock");
}

static void name_unknown(void **state)
{
	struct url u = {.scheme = URL_HTTP, .host = "no-such-name.invalid", .port = 80, .path = "/"};
	struct seen s = seen_by(http_peer_new(net, &u, &usual, NULL));
	(void)state;
	ask(&s, "GET", "/", NULL, 9000, 0);
	assert_true(turn_until(loop, &s.done));
	http_peer_free(s.peer);
	assert_true(s.failed && strstr(s.err.text, "no-such-name.invalid"));
}

/* ---- deadlines ---- */

static void part_silent(int fd, int nth)
{
	(void)nth;
	wait_for_end(fd);
}

static void part_stalls(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour");
	wait_for_end(fd);
}

static void deadlines(void **state)
{
	struct http_peer_options one = usual;
	(void)state;
	one.connections_max = 1;
	struct peer p = peer_start(part_silent, false);
	struct seen s = seen_by(peer_to(&p, &one)), waiting = seen_by(s.peer);
	ask(&s, "GET", "/", NULL, 150, 0);
	ask(&waiting, "GET", "/", NULL, 50, 0);
	assert_true(turn_until(loop, &waiting.done) && turn_until(loop, &s.done));
	expect_failure(&s, ERR_TIMEOUT, "no answer within 150 ms");
	expect_failure(&waiting, ERR_TIMEOUT, "busy");
	http_peer_free(s.peer);
	peer_stop(&p);

	p = peer_start(part_stalls, false);
	s = seen_by(peer_to(&p, &one));
	ask(&s, "GET", "/", NULL, 5000, 80);
	assert_true(turn_until(loop, &s.done));
	assert_string_equal(buf_text(&s.body), "four");
	expect_failure(&s, ERR_TIMEOUT, "middle");
	http_peer_free(s.peer);
	peer_stop(&p);
}

/* ---- cancelling ---- */

static void cancel_everywhere(void **state)
{
	(void)state;
	for (int turns = 0; turns < 6; turns++) { /* waiting, resolving, connecting, sent, in the body */
		struct peer p = peer_start(part_stalls, false);
		struct seen s = seen_by(peer_to(&p, &usual));
		ask(&s, "GET", "/", NULL, 5000, 5000);
		for (int i = 0; i < turns; i++)
			loop_turn(loop, 50);
		http_cancel(s.peer, s.number);
		http_cancel(s.peer, s.number); /* an old ticket is fine */
		turn_for(loop, 20);
		assert_int_equal(s.ends, 0);
		assert_int_equal(http_peer_stats_of(s.peer).busy, 0);
		http_peer_free(s.peer);
		buf_clear(&s.body);
		peer_stop(&p);
	}
}

static void cancel_inside_callbacks(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct peer p = peer_start(part_stalls, false);
		struct seen s = seen_by(peer_to(&p, &usual));
		s.cancel_in_head = i == 0;
		s.cancel_in_body = i == 1;
		ask(&s, "GET", "/", NULL, 5000, 5000);
		assert_true(turn_until(loop, &s.done));
		turn_for(loop, 20);
		assert_int_equal(s.ends, 0);
		assert_int_equal(http_peer_stats_of(s.peer).connections, 0);
		buf_clear(&s.body);
		http_peer_free(s.peer);
		peer_stop(&p);
	}
}

static void peer_freed_in_the_last_callback(void **state)
{
	struct peer p = peer_start(part_counting, false);
	struct seen s = seen_by(peer_to(&p, &usual));
	(void)state;
	s.free_in_end = true;
	ask(&s, "GET", "/", NULL, 5000, 5000);
	assert_true(turn_until(loop, &s.done));
	expect_ok(&s, 200, "connection 0 request 0");
	peer_stop(&p);
}

/* ---- flow ---- */

static void part_flood(int fd, int nth)
{
	char request[4096], piece[4097];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 20480000\r\n\r\n");
	memset(piece, 'f', 4096);
	piece[4096] = '\0';
	for (int i = 0; i < 5000; i++)
		say(fd, piece);
	wait_for_end(fd);
}

static void pause_holds_the_flood(void **state)
{
	struct peer p = peer_start(part_flood, false);
	struct seen s = seen_by(peer_to(&p, &usual));
	(void)state;
	s.pause_in_body = true;
	ask(&s, "GET", "/", NULL, 5000, 5000);
	turn_for(loop, 100);
	size_t held = s.body.length;
	assert_true(held > 0 && held <= 4096);
	turn_for(loop, 50);
	assert_int_equal(s.body.length, held);
	assert_true(mem_use_of(MEM_NET).bytes < 64 * 1024);
	http_pause(s.peer, s.number, false);
	turn_for(loop, 50);
	assert_true(s.body.length > held && s.body.length <= 2 * 4096);
	s.pause_in_body = false;
	http_pause(s.peer, s.number, false);
	assert_true(turn_until(loop, &s.done));
	assert_false(s.failed);
	assert_int_equal(s.body.length, 20480000);
	buf_clear(&s.body);
	http_peer_free(s.peer);
	peer_stop(&p);
}

PART(part_three_chunks, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n")

static void pause_between_chunks_of_one_packet(void **state)
{
	struct peer p = peer_start(part_three_chunks, false);
	struct seen s = seen_by(peer_to(&p, &usual));
	(void)state;
	s.pause_in_body = true;
	ask(&s, "GET", "/", NULL, 5000, 5000);
	for (size_t i = 1; i <= 3; i++) {
		turn_for(loop, 60);
		assert_int_equal(s.body.length, i);
		assert_false(s.done);
		http_pause(s.peer, s.number, false);
	}
	assert_true(turn_until(loop, &s.done));
	expect_ok(&s, 200, "abc");
	http_peer_free(s.peer);
	peer_stop(&p);
}

/* ---- limits, and connections that die while idle ---- */

static void too_many(void **state)
{
	struct http_peer_options o = {.connections_max = 1, .waiting_max = 2, .idle_close_ms = 1000};
	struct peer p = peer_start(part_silent, false);
	struct http_peer *peer = peer_to(&p, &o);
	struct http_request q = {.method = "GET", .path = "/"};
	struct seen s = {.peer = peer};
	struct err err;
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_not_equal(http_request(peer, &q, &handler, &s, &err), TICKET_NONE);
	assert_int_equal(http_request(peer, &q, &handler, &s, &err), TICKET_NONE);
	assert_int_equal(err.code, ERR_LIMIT);
	http_peer_free(peer); /* with requests under way: nobody is called */
	assert_int_equal(s.ends, 0);
	peer_stop(&p);
}

static void what_cannot_be_sent(void **state)
{
	struct peer p = peer_start(part_silent, false);
	struct http_peer *peer = peer_to(&p, &usual);
	struct http_header split = {"X-A", "b\r\nX-Evil: 1"};
	struct http_request bad[] = {{.method = "GET", .path = "/a b"}, {.method = "GE T", .path = "/"},
		{.method = "GET", .path = "x"}, {.method = "GET", .path = "/", .headers = &split, .header_count = 1}};
	struct err err;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(http_request(peer, &bad[i], &handler, NULL, &err), TICKET_NONE);
		assert_int_equal(err.code, ERR_INPUT);
	}
	http_peer_free(peer);
	peer_stop(&p);
}

static void part_one_then_dies(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	if (nth == 0)
		hear_request(fd, request, sizeof request); /* takes the next one and hangs up */
}

static void idle_connection_died_unnoticed(void **state)
{
	struct peer p = peer_start(part_one_then_dies, false);
	struct http_peer *peer = peer_to(&p, &usual);
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct seen s = seen_by(peer);
		ask(&s, "GET", "/", NULL, 5000, 5000);
		assert_true(turn_until(loop, &s.done));
		expect_ok(&s, 200, "ok");
	}
	http_peer_free(peer);
	peer_stop(&p);
	p = peer_start(part_one_then_dies, false); /* a POST may have been carried out: it is not repeated */
	peer = peer_to(&p, &usual);
	for (int i = 0; i < 2; i++) {
		struct seen s = seen_by(peer);
		ask(&s, i ? "POST" : "GET", "/", i ? "x" : NULL, 5000, 5000);
		assert_true(turn_until(loop, &s.done));
		if (i)
			expect_failure(&s, ERR_UNREACHABLE, "without an answer");
		else
			expect_ok(&s, 200, "ok");
	}
	http_peer_free(peer);
	peer_stop(&p);
}

static void hundreds_of_connections_leave_nothing(void **state)
{
	struct http_peer_options o = usual;
	struct peer p = peer_start(part_until_close, false);
	size_t before = 0;
	(void)state;
	o.idle_close_ms = 0;
	struct http_peer *peer = peer_to(&p, &o);
	for (int i = 0; i < 300; i++) {
		struct seen s = seen_by(peer);
		ask(&s, "GET", "/", NULL, 5000, 5000);
		assert_true(turn_until(loop, &s.done));
		expect_ok(&s, 200, "to the end");
		if (i == 10)
			before = mem_use_total().bytes;
	}
	assert_int_equal(mem_use_total().bytes, before);
	http_peer_free(peer);
	peer_stop(&p);
}

static unsigned open_descriptors(void)
{
	unsigned count = 0;
	DIR *d = opendir("/proc/self/fd");
	assert_non_null(d);
	while (readdir(d))
		count++;
	closedir(d);
	return count;
}

static void part_hangs_up(int fd, int nth)
{
	(void)fd;
	(void)nth;
}

enum { STORM_ROUNDS = 25, STORM_REQUESTS = 40 };

/* A thousand requests that fail at once leave no byte and no descriptor, whatever they fail of. */
static void storm(const struct peer *p, const char *words)
{
	struct http_peer_options o = {.connections_max = 8, .waiting_max = STORM_REQUESTS, .idle_close_ms = 60000};
	struct http_peer *peer = peer_to(p, &o);
	struct mem_use before = {0};
	unsigned descriptors = 0;
	for (int round = 0; round < STORM_ROUNDS; round++) {
		struct seen s[STORM_REQUESTS];
		for (int i = 0; i < STORM_REQUESTS; i++) {
			s[i] = seen_by(peer);
			ask(&s[i], i % 3 ? "GET" : "POST", "/", i % 3 ? NULL : "body", 5000, 5000);
		}
		for (int i = 0; i < STORM_REQUESTS; i++) {
			assert_true(turn_until(loop, &s[i].done));
			expect_failure(&s[i], ERR_UNREACHABLE, words);
		}
		turn_for(loop, 2);
		if (round == 0) {
			before = mem_use_total();
			descriptors = open_descriptors();
		}
	}
	assert_int_equal(mem_use_total().bytes, before.bytes);
	assert_int_equal(mem_use_total().blocks, before.blocks);
	assert_int_equal(open_descriptors(), descriptors);
	struct http_peer_stats stats = http_peer_stats_of(peer);
	assert_int_equal(stats.failures, STORM_ROUNDS * STORM_REQUESTS);
	assert_int_equal(stats.connections + stats.busy + stats.waiting, 0);
	http_peer_free(peer);
}

static void storms_of_failing_connections(void **state)
{
	struct peer hanging_up = peer_start(part_hangs_up, false), local = peer_start(part_hangs_up, true);
	struct peer gone = peer_start(part_nothing, false), missing = {.path = "/nonexistent/docker.sock"};
	(void)state;
	peer_stop(&gone);
	storm(&gone, "Connection refused");
	storm(&missing, "/nonexistent/docker.sock");
	storm(&hanging_up, "127.0.0.1");
	storm(&local, local.path);
	peer_stop(&hanging_up);
	peer_stop(&local);
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
	loop_free(loop); /* aborts if a watch or timer is left */
	return check_no_leak(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connection_is_kept),
		cmocka_unit_test(unix_socket),
		cmocka_unit_test(body_is_sent),
		cmocka_unit_test(chunks_byte_by_byte),
		cmocka_unit_test(body_until_close),
		cmocka_unit_test(no_body_where_none_can_be),
		cmocka_unit_test(answer_before_the_body_is_sent),
		cmocka_unit_test(bad_answers),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(name_unknown),
		cmocka_unit_test(deadlines),
		cmocka_unit_test(cancel_everywhere),
		cmocka_unit_test(cancel_inside_callbacks),
		cmocka_unit_test(peer_freed_in_the_last_callback),
		cmocka_unit_test(pause_holds_the_flood),
		cmocka_unit_test(pause_between_chunks_of_one_packet),
		cmocka_unit_test(too_many),
		cmocka_unit_test(what_cannot_be_sent),
		cmocka_unit_test(idle_connection_died_unnoticed),
		cmocka_unit_test(hundreds_of_connections_leave_nothing),
		cmocka_unit_test(storms_of_failing_connections),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
