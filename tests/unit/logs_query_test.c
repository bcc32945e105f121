/* What is asked of a log, as it stands in custom IDs. */
#include "test.h"

#include "feature/logs/query.h"

#include <string.h>

static void test_every_question_is_read_back(void **state)
{
	char text[LOG_QUERY_TEXT_BYTES];

	(void)state;
	for (unsigned lines = 1; lines <= LOG_LINES_MAX; lines += 37)
		for (int since = 0; since < LOG_SINCE_COUNT; since++)
			for (int streams = 0; streams < LOG_STREAMS_COUNT; streams++) {
				struct log_query q = {lines, (enum log_since)since, (enum log_streams)streams, "kept"},
						 back = {.search = "kept"};

				log_query_format(text, &q);
				assert_true(log_query_parse(str_of(text), &back));
				assert_memory_equal(&q, &back, sizeof q);
			}
	log_query_format(text, &(struct log_query){.lines = 1000, .since = LOG_SINCE_DAY, .streams = LOG_STDERR});
	assert_string_equal(text, "1000de");
}

static void test_others_change_nothing(void **state)
{
	static const char *const bad[] = {
		"", "a", "ab", "0ab", "1001ab", "99999999999999999999ab", "-1ab", "5xb", "5ax", "5AB", "5 ab", "ab5"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct log_query q = {.lines = 7, .since = LOG_SINCE_HOUR};

		if (log_query_parse(str_of(bad[i]), &q))
			fail_msg("\"%s\" was understood", bad[i]);
		assert_int_equal(q.lines, 7);
		assert_int_equal(q.since, LOG_SINCE_HOUR);
	}
}

static void test_words_times_and_how_far_to_read(void **state)
{
	struct log_query q = {.lines = 50, .since = LOG_SINCE_10_MIN};

	(void)state;
	assert_int_equal(log_since_of(STR("24h")), LOG_SINCE_DAY);
	assert_int_equal(log_since_of(STR("")), LOG_SINCE_ALL);
	assert_int_equal(log_streams_of(STR("stderr")), LOG_STDERR);
	assert_int_equal(log_streams_of(STR("nonsense")), LOG_BOTH);
	assert_int_equal(log_query_since_s(&q, 10000), 9400);
	assert_int_equal(log_query_since_s(&(struct log_query){0}, 10000), 0);
	assert_int_equal(log_query_tail(&q), 50);
	q.streams = LOG_STDERR;
	assert_int_equal(log_query_tail(&q), LOG_SCAN_LINES_MAX);
	q = (struct log_query){.lines = 50, .search = "x"};
	assert_int_equal(log_query_tail(&q), LOG_SCAN_LINES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_question_is_read_back),
		cmocka_unit_test(test_others_change_nothing),
		cmocka_unit_test(test_words_times_and_how_far_to_read),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
