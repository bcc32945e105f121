#include "test.h"

#include "docker/log_demux.h"

#include <stdio.h>
#include <string.h>

struct got {
	char text[65536]; /* "o:line|" or "e:line|", "!" behind a line that was cut */
	size_t length;
	unsigned lines, stop_at;
	size_t longest;
};

static bool on_line(enum docker_log_stream stream, struct str line, bool cut, void *arg)
{
	struct got *g = arg;
	g->length += (size_t)snprintf(g->text + g->length, sizeof g->text - g->length, "%c:%.*s%s|",
		stream == DOCKER_STDERR ? 'e' : 'o', STR_ARG(line), cut ? "!" : "");
	g->longest = line.n > g->longest ? line.n : g->longest;
	return ++g->lines != g->stop_at;
}

/* Fed in pieces of every size, the result must be the same. */
static void check(enum log_format format, struct str bytes, const char *want)
{
	for (size_t piece = 1; piece <= bytes.n; piece++) {
		struct got g = {0};
		struct log_demux x;
		log_demux_init(&x, format, on_line, &g);
		for (size_t at = 0; at < bytes.n; at += piece) {
			size_t n = bytes.n - at < piece ? bytes.n - at : piece;
			assert_true(log_demux_feed(&x, (struct str){bytes.p + at, n}, NULL));
		}
		log_demux_finish(&x);
		log_demux_clear(&x);
		assert_string_equal(g.text, want);
	}
}

static void test_frames(void **state)
{
	check(LOG_FORMAT_FRAMED, STR("\1\0\0\0\0\0\0\4out\n\2\0\0\0\0\0\0\4err\n"), "o:out|e:err|");
	/* a line over two frames, another stream between them; an empty line; no line break at the end */
	check(LOG_FORMAT_FRAMED, STR("\1\0\0\0\0\0\0\2ab\2\0\0\0\0\0\0\3x\n\n\1\0\0\0\0\0\0\3c\nd"),
		"e:x|e:|o:abc|o:d|");
	check(LOG_FORMAT_FRAMED, STR("\1\0\0\0\0\0\0\0\3\0\0\0\0\0\0\2!\n"), "e:!|");
	check(LOG_FORMAT_GUESS, STR("\1\0\0\0\0\0\0\4out\n"), "o:out|");
}

static void test_tty_is_raw(void **state)
{
	check(LOG_FORMAT_RAW, STR("hi\r\nyou\r\n"), "o:hi|o:you|");
	check(LOG_FORMAT_RAW, STR("\1\0\0\0no frame\n"), "o:\1|"); /* %.*s ends at the NUL */
	check(LOG_FORMAT_GUESS, STR("plain text\nmore\n"), "o:plain text|o:more|");
	check(LOG_FORMAT_GUESS, STR("short"), "o:short|");
}

static void test_nonsense_is_an_error(void **state)
{
	struct got g = {0};
	struct log_demux x;
	struct err err = {0};
	log_demux_init(&x, LOG_FORMAT_FRAMED, on_line, &g);
	assert_false(log_demux_feed(&x, STR("<html>no frames</html>"), &err));
	assert_int_equal(err.code, ERR_PROTOCOL);
	assert_int_equal(g.lines, 0);
	log_demux_clear(&x);
}

static void test_long_lines_are_cut(void **state)
{
	static char big[DOCKER_LOG_LINE_BYTES_MAX * 3];
	struct got g = {0};
	struct log_demux x;
	memset(big, 'x', sizeof big);
	log_demux_init(&x, LOG_FORMAT_RAW, on_line, &g);
	assert_true(log_demux_feed(&x, (struct str){big, DOCKER_LOG_LINE_BYTES_MAX}, NULL));
	assert_true(log_demux_feed(&x, STR("\n"), NULL));
	assert_null(strchr(g.text, '!')); /* exactly the maximum is whole */
	assert_true(log_demux_feed(&x, (struct str){big, sizeof big}, NULL));
	assert_true(log_demux_feed(&x, STR("\nnext\n"), NULL));
	assert_int_equal(g.lines, 3);
	assert_int_equal(g.longest, DOCKER_LOG_LINE_BYTES_MAX);
	assert_non_null(strstr(g.text, "x!|o:next|"));
	log_demux_clear(&x);
}

static void test_reader_may_stop(void **state)
{
	struct got g = {.stop_at = 2};
	struct log_demux x;
	struct err err = {0};
	log_demux_init(&x, LOG_FORMAT_RAW, on_line, &g);
	assert_false(log_demux_feed(&x, STR("a\nb\nc\n"), &err));
	assert_int_equal(err.code, ERR_NONE);
	assert_string_equal(g.text, "o:a|o:b|");
	log_demux_clear(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_tty_is_raw),
		cmocka_unit_test(test_nonsense_is_an_error),
		cmocka_unit_test(test_long_lines_are_cut),
		cmocka_unit_test(test_reader_may_stop),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
