/* What the WebSocket client makes of servers, good and bad, and the bytes of its frames. */
#include "test.h"

#include "net/ws_client.h"
#include "net/ws_frame.h"
#include "net_peer.h"

#include <sys/mman.h>

static struct loop *loop;
static struct net *net;

struct seen {
	struct ws *ws;
	int opens, closes, pieces, firsts, lasts;
	struct buf text;
	size_t total;
	int code;
	char reason[128];
	struct err err;
	bool failed, done, is_open;
	/* what the callbacks shall do */
	bool close_in_open, free_in_open, free_in_piece, pause_in_piece, send_in_open;
};

static void drop(struct seen *s)
{
	ws_free(s->ws);
	s->ws = NULL;
	s->done = true;
}

static void on_open(struct ws *w, void *arg)
{
	struct seen *s = arg;
	s->opens++;
	s->is_open = true;
	if (s->send_in_open)
		assert_true(ws_send_text(w, STR("hello")));
	if (s->close_in_open)
		ws_close(w, 1000, "enough");
	if (s->free_in_open)
		drop(s);
}

static void on_piece(struct ws *w, const struct ws_piece *piece, void *arg)
{
	struct seen *s = arg;
	s->pieces++;
	s->firsts += piece->first;
	s->lasts += piece->last;
	s->total += piece->bytes.n;
	buf_add_view(&s->text, piece->bytes);
	if (piece->last)
		buf_add_char(&s->text, '|');
	if (s->pause_in_piece)
		ws_pause(w, true);
	if (s->free_in_piece)
		drop(s);
}

static void on_closed(struct ws *w, int code, struct str reason, const struct err *err, void *arg)
{
	struct seen *s = arg;
	assert_ptr_equal(w, s->ws);
	s->closes++;
	s->code = code;
	s->failed = err != NULL;
	if (err)
		s->err = *err;
	snprintf(s->reason, sizeof s->reason, "%.*s", STR_ARG(reason));
	drop(s);
}

static const struct ws_handler handler = {on_open, on_piece, on_closed};

static void open_to(struct seen *s, const struct peer *p, unsigned open_ms)
{
	struct url u = {.scheme = URL_WS, .host = "127.0.0.1", .port = p->port, .path = "/?v=10"};
	struct ws_options o = {.user_agent = "test", .open_timeout_ms = open_ms};
	struct err err;
	buf_init(&s->text, MEM_TEST, 4096);
	s->ws = ws_connect(net, &u, &o, &handler, s, &err);
	assert_non_null(s->ws);
	assert_int_equal(s->opens + s->closes, 0);
}

static void play(struct seen *s, part_fn *part)
{
	struct peer p = peer_start(part, false);
	open_to(s, &p, 3000);
	assert_true(turn_until(loop, &s->done));
	turn_for(loop, 10);
	peer_stop(&p);
	buf_clear(&s->text);
}

static void expect(part_fn *part, const char *text, int code, const char *reason, const char *error)
{
	struct seen s = {0};
	struct peer p = peer_start(part, false);
	open_to(&s, &p, 3000);
	assert_true(turn_until(loop, &s.done));
	assert_string_equal(buf_text(&s.text), text);
	assert_int_equal(s.closes, 1);
	assert_int_equal(s.code, code);
	assert_string_equal(s.reason, reason);
	if (s.failed != (error != NULL) || (error && !strstr(s.err.text, error)))
		fail_msg("%s", s.failed ? s.err.text : "no failure");
	buf_clear(&s.text);
	peer_stop(&p);
}

/* ---- the server's parts ---- */

static void upgrade(int fd)
{
	char request[4096], answer[256], key[WS_KEY_BYTES] = "", accept[WS_ACCEPT_BYTES];
	hear_request(fd, request, sizeof request);
	const char *at = strstr(request, "Sec-WebSocket-Key: ");
	if (at)
		memcpy(key, at + 19, 24);
	ws_accept_of(key, accept);
	snprintf(answer, sizeof answer,
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		accept);
	say(fd, answer);
}

static void frame(int fd, unsigned char first, const char *bytes, size_t n)
{
	unsigned char head[10] = {first, (unsigned char)n};
	size_t used = 2;
	if (n > 65535) {
		head[1] = 127;
		for (int i = 0; i < 8; i++)
			head[used++] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
	} else if (n > 125) {
		head[1] = 126;
		head[used++] = (unsigned char)(n >> 8);
		head[used++] = (unsigned char)n;
	}
	send(fd, head, used, MSG_NOSIGNAL | MSG_MORE);
	for (size_t done = 0; done < n;) {
		ssize_t got = send(fd, bytes + done, n - done, MSG_NOSIGNAL);
		if (got <= 0)
			return;
		done += (size_t)got;
	}
}

/* One masked frame from the client, unmasked; its opcode byte, -1 at the end. */
static int hear_frame(int fd, char *into, size_t *ret_n)
{
	unsigned char head[2], mask[4], more[2];
	if (recv(fd, head, 2, MSG_WAITALL) != 2 || !(head[1] & 0x80))
		return -1;
	size_t n = head[1] & 127;
	if (n == 126) {
		if (recv(fd, more, 2, MSG_WAITALL) != 2)
			return -1;
		n = (size_t)more[0] << 8 | more[1];
	}
	if (recv(fd, mask, 4, MSG_WAITALL) != 4 || (n && recv(fd, into, n, MSG_WAITALL) != (ssize_t)n))
		return -1;
	for (size_t i = 0; i < n; i++)
		into[i] = (char)(into[i] ^ mask[i & 3]);
	into[n] = '\0';
	*ret_n = n;
	return head[0];
}

static void part_messages(int fd, int nth)
{
	char got[8192];
	size_t n;
	(void)nth;
	upgrade(fd);
	if (hear_frame(fd, got, &n) != 0x81)
		return;
	frame(fd, 0x81, got, n); /* echo */
	frame(fd, 0x01, "a", 1);
	frame(fd, 0x89, "ping", 4); /* between two fragments */
	frame(fd, 0x00, "", 0);
	frame(fd, 0x80, "b", 1);
	frame(fd, 0x81, "", 0);
	if (hear_frame(fd, got, &n) != 0x8a || strcmp(got, "ping") != 0)
		return;
	frame(fd, 0x88,
		"\x0f\xa4"
		"Authentication failed.",
		24); /* 4004 */
	if (hear_frame(fd, got, &n) == 0x88)
		wait_for_end(fd);
}

static void messages_and_close_code(void **state)
{
	struct seen s = {.send_in_open = true};
	struct peer p = peer_start(part_messages, false);
	(void)state;
	open_to(&s, &p, 3000);
	assert_true(turn_until(loop, &s.done));
	assert_string_equal(buf_text(&s.text), "hello|ab||");
	assert_int_equal(s.firsts, 3);
	assert_int_equal(s.lasts, 3);
	assert_int_equal(s.code, 4004);
	assert_string_equal(s.reason, "Authentication failed.");
	assert_false(s.failed);
	buf_clear(&s.text);
	peer_stop(&p);
}

enum { HUGE_BYTES = 10 * 1024 * 1024 };

static void part_huge(int fd, int nth)
{
	char *bytes = calloc(1, HUGE_BYTES);
	(void)nth;
	upgrade(fd);
	frame(fd, 0x82, bytes, HUGE_BYTES);
	free(bytes);
	frame(fd, 0x88, "\x03\xe8", 2);
	wait_for_end(fd);
}

static void huge_message_is_a_stream(void **state)
{
	struct seen s = {0};
	struct peer p = peer_start(part_huge, false);
	(void)state;
	open_to(&s, &p, 3000);
	assert_true(turn_until(loop, &s.is_open));
	size_t before = mem_use_of(MEM_NET).peak_bytes;
	assert_true(turn_until(loop, &s.done));
	assert_int_equal(s.total, HUGE_BYTES);
	assert_int_equal(s.firsts, 1);
	assert_int_equal(s.lasts, 1);
	assert_true(mem_use_of(MEM_NET).peak_bytes < before + 64 * 1024);
	assert_int_equal(s.code, 1000);
	buf_clear(&s.text);
	peer_stop(&p);
}

static void part_pieces(int fd, int nth)
{
	(void)nth;
	upgrade(fd);
	send(fd,
		"\x81\x01"
		"a"
		"\x81\x01"
		"b"
		"\x81\x01"
		"c"
		"\x88\x02\x03\xe8",
		13, MSG_NOSIGNAL);
	wait_for_end(fd);
}

static void pause_holds_messages_of_one_packet(void **state)
{
	struct seen s = {.pause_in_piece = true};
	struct peer p = peer_start(part_pieces, false);
	(void)state;
	open_to(&s, &p, 3000);
	for (int i = 1; i <= 3; i++) {
		for (uint64_t end = loop_now_ms(loop) + 10000; s.pieces < i && loop_now_ms(loop) < end;)
			loop_turn(loop, 200);
		turn_for(loop, 60); /* no more than one comes */
		assert_int_equal(s.pieces, i);
		ws_pause(s.ws, false);
	}
	assert_true(turn_until(loop, &s.done));
	assert_int_equal(s.code, 1000);
	buf_clear(&s.text);
	peer_stop(&p);
}

static void part_answers_close(int fd, int nth)
{
	char got[256];
	size_t n;
	(void)nth;
	upgrade(fd);
	if (hear_frame(fd, got, &n) == 0x88)
		frame(fd, 0x88, got, 2);
}

static void part_ignores_close(int fd, int nth)
{
	(void)nth;
	upgrade(fd);
	wait_for_end(fd);
}

static void closing_from_our_side(void **state)
{
	struct seen s = {.close_in_open = true}, ignored = {.close_in_open = true};
	(void)state;
	play(&s, part_answers_close);
	assert_int_equal(s.code, 1000);
	assert_false(s.failed);
	play(&ignored, part_ignores_close);
	assert_true(ignored.failed);
	assert_int_equal(ignored.err.code, ERR_TIMEOUT);
}

static int *frames_heard; /* shared with the peer */

static void part_rude_after_close(int fd, int nth)
{
	char got[256];
	size_t n;
	(void)nth;
	upgrade(fd);
	if (hear_frame(fd, got, &n) == 0x88)
		send(fd, "\x83\x00", 2, MSG_NOSIGNAL);
	*frames_heard = 1;
	while (hear_frame(fd, got, &n) != -1)
		++*frames_heard;
	*frames_heard += 100;
}

static void one_goodbye_is_enough(void **state)
{
	struct seen s = {.close_in_open = true};
	struct peer p;
	(void)state;
	frames_heard = mmap(NULL, sizeof *frames_heard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	p = peer_start(part_rude_after_close, false);
	open_to(&s, &p, 3000);
	assert_true(turn_until(loop, &s.done));
	assert_non_null(strstr(s.err.text, "unknown kind"));
	for (int i = 0; i < 200 && *(volatile int *)frames_heard < 100; i++)
		turn_for(loop, 10);
	assert_int_equal(*frames_heard, 101);
	peer_stop(&p);
	buf_clear(&s.text);
	munmap(frames_heard, sizeof *frames_heard);
}

static void freeing_inside_callbacks(void **state)
{
	struct seen in_open = {.free_in_open = true}, in_piece = {.free_in_piece = true};
	(void)state;
	play(&in_open, part_pieces);
	assert_int_equal(in_open.closes, 0);
	play(&in_piece, part_pieces);
	assert_int_equal(in_piece.pieces, 1);
	assert_int_equal(in_piece.closes, 0);
}

/* ---- bad servers ---- */

#define PART(name, bytes)                                                                                              \
	static void name(int fd, int nth)                                                                              \
	{                                                                                                              \
		(void)nth;                                                                                             \
		upgrade(fd);                                                                                           \
		send(fd, bytes, sizeof(bytes) - 1, MSG_NOSIGNAL);                                                      \
		wait_for_end(fd);                                                                                      \
	}
PART(part_masked, "\x81\x81"
		  "abcde")
PART(part_reserved_bits, "\xc1\x01"
			 "a")
PART(part_unknown_opcode, "\x83\x01"
			  "a")
PART(part_long_ping, "\x89\x7e\x00\x80")
PART(part_lone_fragment, "\x80\x01"
			 "a")
PART(part_mixed_fragments, "\x01\x01"
			   "a"
			   "\x81\x01"
			   "b")
PART(part_bad_length, "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff")
PART(part_too_long, "\x81\x7f\x00\x00\x00\x00\x10\x00\x00\x01")
PART(part_bad_code, "\x88\x02\x03\xed")
PART(part_half_code, "\x88\x01\x03")
PART(part_empty_close, "\x88\x00")

static void part_drops(int fd, int nth)
{
	(void)nth;
	upgrade(fd);
	frame(fd, 0x81, "a", 1);
	send(fd,
		"\x81\x05"
		"hel",
		5, MSG_NOSIGNAL);
}

static void part_refuses(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n");
}

static void part_wrong_accept(int fd, int nth)
{
	char request[4096];
	(void)nth;
	hear_request(fd, request, sizeof request);
	say(fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
	wait_for_end(fd);
}

static void bad_servers(void **state)
{
	(void)state;
	expect(part_masked, "", 0, "", "masked");
	expect(part_reserved_bits, "", 0, "", "unknown kind");
	expect(part_unknown_opcode, "", 0, "", "unknown kind");
	expect(part_long_ping, "", 0, "", "control frame");
	expect(part_lone_fragment, "", 0, "", "fragments");
	expect(part_mixed_fragments, "a", 0, "", "fragments");
	expect(part_bad_length, "", 0, "", "impossible length");
	expect(part_too_long, "", 0, "", "impossible length: 268435457 bytes");
	expect(part_bad_code, "", 0, "", "invalid code");
	expect(part_half_code, "", 0, "", "invalid code");
	expect(part_empty_close, "", 0, "", NULL);
	expect(part_drops, "a|hel", 0, "", "without closing");
	expect(part_refuses, "", 0, "", "429");
	expect(part_wrong_accept, "", 0, "", "wrongly");
}

static void part_silent(int fd, int nth)
{
	(void)nth;
	wait_for_end(fd);
}

static void opening_takes_too_long(void **state)
{
	struct seen s = {0};
	struct peer p = peer_start(part_silent, false);
	(void)state;
	open_to(&s, &p, 100);
	assert_true(turn_until(loop, &s.done));
	assert_int_equal(s.err.code, ERR_TIMEOUT);
	assert_int_equal(s.opens, 0);
	s = (struct seen){0};
	open_to(&s, &p, 3000);
	ws_close(s.ws, 1000, ""); /* before there is anything to close */
	assert_true(turn_until(loop, &s.done));
	assert_int_equal(s.closes, 1);
	assert_int_equal(s.err.code, ERR_CANCELLED);
	peer_stop(&p);
	s = (struct seen){0};
	open_to(&s, &p, 3000); /* nobody listens there any more */
	assert_true(turn_until(loop, &s.done));
	assert_non_null(strstr(s.err.text, "refused"));
}

static void part_reads_nothing(int fd, int nth)
{
	(void)nth;
	upgrade(fd);
	pause();
}

/* What the kernel has no room for any more waits with us, and that has a bound. */
static void queue_is_bounded(void **state)
{
	enum { KERNELS_ROOM_MESSAGES = 100000 };
	struct seen s = {0};
	struct peer p = peer_start(part_reads_nothing, false);
	char large[WS_SEND_MESSAGE_BYTES_MAX + 1];
	int taken = 0;
	(void)state;
	memset(large, 'x', sizeof large);
	open_to(&s, &p, 3000);
	assert_false(ws_send_text(s.ws, STR("too early")));
	assert_true(turn_until(loop, &s.is_open));
	assert_false(ws_send_text(s.ws, (struct str){large, sizeof large}));
	size_t before = mem_use_total().bytes;
	while (taken < KERNELS_ROOM_MESSAGES && ws_send_text(s.ws, (struct str){large, WS_SEND_MESSAGE_BYTES_MAX}))
		taken++;
	size_t queued = mem_use_total().bytes - before;
	assert_in_range(taken, 4, KERNELS_ROOM_MESSAGES - 1);
	assert_in_range(queued, 2 * WS_SEND_MESSAGE_BYTES_MAX, WS_SEND_QUEUE_BYTES_MAX + 2048);
	ws_free(s.ws);
	buf_clear(&s.text);
	peer_stop(&p);
}

/* RFC 6455, 1.3 */
static void accept_of_the_rfc(void **state)
{
	char accept[WS_ACCEPT_BYTES];
	(void)state;
	assert_true(ws_accept_of("dGhlIHNhbXBsZSBub25jZQ==", accept));
	assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void hundreds_of_connections_leave_nothing(void **state)
{
	struct peer p = peer_start(part_drops, false);
	size_t before = 0;
	(void)state;
	for (int i = 0; i < 300; i++) {
		struct seen s = {0};
		open_to(&s, &p, 3000);
		assert_true(turn_until(loop, &s.done));
		buf_clear(&s.text);
		if (i == 10)
			before = mem_use_total().bytes;
	}
	assert_int_equal(mem_use_total().bytes, before);
	peer_stop(&p);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_and_close_code),
		cmocka_unit_test(huge_message_is_a_stream),
		cmocka_unit_test(pause_holds_messages_of_one_packet),
		cmocka_unit_test(closing_from_our_side),
		cmocka_unit_test(one_goodbye_is_enough),
		cmocka_unit_test(freeing_inside_callbacks),
		cmocka_unit_test(bad_servers),
		cmocka_unit_test(opening_takes_too_long),
		cmocka_unit_test(queue_is_bounded),
		cmocka_unit_test(accept_of_the_rfc),
		cmocka_unit_test(hundreds_of_connections_leave_nothing),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
