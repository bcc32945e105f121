/* The end of a log as it is kept and shown. */
#include "test.h"

#include "feature/logs/collect.h"

#include <stdio.h>
#include <string.h>

static struct log_collect c;

static int teardown(void **state)
{
	(void)state;
	log_collect_clear(&c);
	return 0;
}

static void begin(const struct log_query *q, enum log_form form, size_t keep_bytes)
{
	log_collect_clear(&c);
	log_collect_init(&c, q, form, keep_bytes);
}

static void out(const char *line)
{
	log_collect_add(&c, DOCKER_STDOUT, str_of(line), false);
}

static void err(const char *line)
{
	log_collect_add(&c, DOCKER_STDERR, str_of(line), false);
}

static void assert_kept(const char *text)
{
	char kept[4096];

	str_copy(kept, sizeof kept, log_collect_text(&c));
	assert_string_equal(kept, text);
}

#define STAMP "2026-11-22T18:40:01.123456789Z "

static void test_the_newest_lines_stay_with_their_stamps_taken_off(void **state)
{
	(void)state;
	begin(&(struct log_query){.lines = 2}, LOG_FOR_EYES, 0);
	out(STAMP "one");
	out(STAMP "two");
	err(STAMP "three");
	assert_kept("two\n" LOG_MARK "three\n");
	assert_int_equal(c.read, 3);
	assert_int_equal(c.found, 3);
	assert_int_equal(c.lines, 2);
	assert_int_equal(c.newest_s, 1795372801);
	assert_true(c.has_stderr);
}

static void test_lines_without_a_stamp_are_taken_as_they_are(void **state)
{
	(void)state;
	begin(&(struct log_query){.lines = 9}, LOG_FOR_EYES, 0);
	out("");
	out("short");
	out("2026-11-22 18:40:01 its own time");
	out(STAMP);
	out("2026-11-22T18:40:01.123456789Z"); /* an empty line whose blank was cut off */
	assert_kept("\nshort\n2026-11-22 18:40:01 its own time\n\n\n");
	assert_int_equal(c.newest_s, 1795372801);
}

static void test_nothing_harmful_is_left(void **state)
{
	(void)state;
	begin(&(struct log_query){.lines = 9}, LOG_FOR_EYES, 0);
	out("```js");
	out("\x1b[1;31mred\x1b[0m \x1b]0;a title\x07plain \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\.");
	out("a\x01\x7f\xc2\x9b"
	    "b\xe2\x80\xae"
	    "c\td");
	out("broken \xff\xc3");
	out("`\x01`\x1b[0m`\xe2\x80\x8f`"); /* together only when the codes between them are gone */
	out(" 1%\r 50%\r100%\r");
	assert_kept("`\xe2\x80\x8b`\xe2\x80\x8b`js\nred plain link.\nabc\td\nbroken \xef\xbf\xbd\xef\xbf\xbd\n"
		    "`\xe2\x80\x8b`\xe2\x80\x8b`\xe2\x80\x8b`\xe2\x80\x8b\n100%\n");
	assert_null(strstr(buf_text(&c.text), "```"));
}

static void test_a_file_has_time_and_stream_and_its_back_ticks(void **state)
{
	(void)state;
	begin(&(struct log_query){.lines = 1}, LOG_FOR_FILE, 0);
	out(STAMP "```");
	err(STAMP "\x1b[31mbad\x1b[0m");
	assert_kept("2026-11-22T18:40:01.123456789Z out ```\n2026-11-22T18:40:01.123456789Z err bad\n");
}

static void test_search_and_streams(void **state)
{
	struct log_query q = {.lines = 9, .search = "needle", .streams = LOG_STDERR};

	(void)state;
	begin(&q, LOG_FOR_EYES, 0);
	out("a needle in stdout");
	err("a NEE\x1b[1mDLE here");
	err("nothing");
	assert_kept("a NEEDLE here\n");
	assert_int_equal(c.read, 3);
	assert_int_equal(c.found, 1);
	q.streams = LOG_STDOUT;
	begin(&q, LOG_FOR_EYES, 0);
	out("a needle in stdout");
	err("needle");
	assert_kept("a needle in stdout\n");
	assert_false(c.has_stderr);
}

static void test_a_long_line_is_cut_but_searched_as_a_whole(void **state)
{
	struct log_query q = {.lines = 9, .search = "end"};
	char line[1000];
	struct str text;

	(void)state;
	memset(line, 'x', sizeof line);
	memcpy(line + sizeof line - 4, "end", 4);
	begin(&q, LOG_FOR_EYES, 0);
	out(line);
	text = log_collect_text(&c);
	assert_int_equal(utf8_count(text), LOG_LINE_CHARS_MAX + 2); /* …, line break */
	log_collect_add(&c, DOCKER_STDOUT, STR("the end"), true);
	assert_non_null(strstr(buf_text(&c.text), "the end…\n"));
}

/* However much comes, never more is held than was named, and what is held are the newest whole lines. */
static void test_the_maximum_holds(void **state)
{
	static const struct {
		enum log_form form;
		size_t keep, most;
	} cases[] = {{LOG_FOR_EYES, 0, LOG_VIEW_BYTES_MAX}, {LOG_FOR_FILE, 0, LOG_FILE_BYTES_MAX},
		{LOG_FOR_FILE, 5000, 5000}};
	char line[200];

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
		begin(&(struct log_query){.lines = LOG_LINES_MAX}, cases[k].form, cases[k].keep);
		for (int i = 1; i <= 30000; i++) {
			snprintf(line, sizeof line, "%*d end", i % 90, i);
			out(line);
			assert_true(log_collect_text(&c).n <= cases[k].most);
			assert_true(c.text.capacity <= cases[k].most + cases[k].most / 4);
		}
		struct str all = log_collect_text(&c);
		unsigned lines = 0;
		for (size_t i = 0; i < all.n; i++)
			lines += all.p[i] == '\n';
		assert_int_equal(lines, c.lines);
		assert_true(all.n > cases[k].most / 2 || lines == LOG_SCAN_LINES_MAX);
		assert_non_null(strstr(buf_text(&c.text), "30000 end\n"));
		assert_false(c.too_small);
	}
}

static void test_a_line_larger_than_everything_is_left_out(void **state)
{
	char line[DOCKER_LOG_LINE_BYTES_MAX + 1];

	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	begin(&(struct log_query){.lines = 9}, LOG_FOR_FILE, LOG_FILE_BYTES_MIN);
	out("before");
	out(line);
	assert_true(c.too_small);
	assert_kept(" out before\n");
}

static void test_what_fits_are_whole_lines_from_the_end(void **state)
{
	unsigned lines;

	(void)state;
	begin(&(struct log_query){.lines = 9}, LOG_FOR_EYES, 0);
	assert_int_equal(log_collect_newest(&c, 100, &lines).n, 0);
	assert_int_equal(lines, 0);
	out("first");
	out("zweite Zeile äöü");
	out("third");
	assert_true(str_is(log_collect_newest(&c, 100, &lines), "first\nzweite Zeile äöü\nthird\n"));
	assert_int_equal(lines, 3);
	assert_true(str_is(log_collect_newest(&c, 6 + 17, &lines), "zweite Zeile äöü\nthird\n"));
	assert_true(str_is(log_collect_newest(&c, 6 + 16, &lines), "third\n"));
	assert_int_equal(lines, 1);
	assert_int_equal(log_collect_newest(&c, 5, &lines).n, 0);
}

static void test_a_failed_allocation_loses_lines_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 8; n++) {
		begin(&(struct log_query){.lines = 9, .search = "x"}, LOG_FOR_EYES, 0);
		mem_fail_at(n);
		for (int i = 0; i < 20; i++)
			out("x and more, so that the buffer grows from time to time");
		mem_fail_at(0);
		assert_true(log_collect_text(&c).n <= LOG_VIEW_BYTES_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_the_newest_lines_stay_with_their_stamps_taken_off, teardown),
		cmocka_unit_test_teardown(test_lines_without_a_stamp_are_taken_as_they_are, teardown),
		cmocka_unit_test_teardown(test_nothing_harmful_is_left, teardown),
		cmocka_unit_test_teardown(test_a_file_has_time_and_stream_and_its_back_ticks, teardown),
		cmocka_unit_test_teardown(test_search_and_streams, teardown),
		cmocka_unit_test_teardown(test_a_long_line_is_cut_but_searched_as_a_whole, teardown),
		cmocka_unit_test_teardown(test_the_maximum_holds, teardown),
		cmocka_unit_test_teardown(test_a_line_larger_than_everything_is_left_out, teardown),
		cmocka_unit_test_teardown(test_what_fits_are_whole_lines_from_the_end, teardown),
		cmocka_unit_test_teardown(test_a_failed_allocation_loses_lines_and_nothing_else, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
