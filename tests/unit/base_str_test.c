#include "test.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/snowflake.h"
#include "base/zone.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void test_numbers_are_strict(void **state)
{
	uint64_t u = 7;
	int64_t i = 7;
	(void)state;
	assert_true(str_to_u64(STR("18446744073709551615"), &u));
	assert_true(u == UINT64_MAX);
	assert_false(str_to_u64(STR("18446744073709551616"), &u));
	assert_false(str_to_u64(STR(""), &u));
	assert_false(str_to_u64(STR("+1"), &u));
	assert_false(str_to_u64(STR("1 "), &u));
	assert_true(str_to_int(STR("-5"), -10, 10, &i));
	assert_int_equal(i, -5);
	assert_false(str_to_int(STR("11"), -10, 10, &i));
	assert_false(str_to_int(STR("-"), -10, 10, &i));
	assert_int_equal(i, -5);
}

static void test_ids(void **state)
{
	uint64_t id = 0;
	(void)state;
	assert_true(snowflake_parse(STR("1180000000000000201"), &id));
	assert_true(id == UINT64_C(1180000000000000201));
	assert_false(snowflake_parse(STR("123"), &id));
	assert_false(snowflake_parse(STR("99999999999999999999"), &id));
	assert_true(
		snowflake_time_ms(UINT64_C(175928847299117063)) == INT64_C(1462015105796)); /* Discord's own example */
}

static void test_utf8_is_cut_between_characters(void **state)
{
	char out[4];
	(void)state;
	assert_false(str_copy(out, sizeof out, STR("ab\xc3\xbc")));
	assert_string_equal(out, "ab");
	assert_int_equal(utf8_count(STR("a\xf0\x9f\x98\x80\xff")), 3);
	assert_int_equal(utf8_prefix(STR("\xf0\x9f\x98\x80xyz"), 2).n, 5);
	assert_false(utf8_valid(STR("\xed\xa0\x80"))); /* a surrogate */
	assert_false(utf8_valid(STR("\xc0\x80")));     /* overlong */
	assert_int_equal(utf8_put(out, 0x1F600), 4);
	assert_memory_equal(out, "\xf0\x9f\x98\x80", 4);
	assert_int_equal(utf8_put(out, 0x20AC), 3);
	assert_memory_equal(out, "\xe2\x82\xac", 3);
}

static void test_text_helpers(void **state)
{
	struct str rest;
	(void)state;
	assert_true(str_is(str_split(STR("a:b:c"), ':', &rest), "a"));
	assert_true(str_is(rest, "b:c"));
	assert_true(str_is(str_split(STR("abc"), ':', &rest), "abc"));
	assert_int_equal(rest.n, 0);
	assert_true(str_is(str_trim(STR("  x \n")), "x"));
	assert_true(str_contains_nocase(STR("Minecraft"), STR("CRAF")));
	assert_false(str_contains_nocase(STR("Mine"), STR("miner")));
	assert_true(str_is_nocase(STR("TrUe"), "true"));
}

static void test_written_json(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, MEM_TEST, 1000);
	struct json_writer w = json_writer_on(&b);
	json_begin_object(&w, NULL);
	json_id(&w, "id", UINT64_C(1180000000000000201));
	json_begin_array(&w, "a");
	json_int(&w, NULL, -1);
	json_string(&w, NULL, STR("\"\\\n\x01\xff"));
	json_begin_object(&w, NULL);
	json_end_object(&w);
	json_end_array(&w);
	json_double(&w, "cpu", 1.25, 1);
	json_textf(&w, "t", "%d%%", 5);
	json_end_object(&w);
	assert_string_equal(buf_text(&b),
		"{\"id\":\"1180000000000000201\",\"a\":[-1,\"\\\"\\\\\\n\\u0001\xef\xbf\xbd\",{}],"
		"\"cpu\":1.2,\"t\":\"5%\"}");
	buf_clear(&b);
}

static void test_docker_times(void **state)
{
	(void)state;
	assert_int_equal(clock_parse_rfc3339_s("2026-11-22T18:40:01.123456789Z"), 1795372801);
	assert_int_equal(clock_parse_rfc3339_s("2026-11-22T19:40:01+01:00"), 1795372801);
	assert_int_equal(clock_parse_rfc3339_s("0001-01-01T00:00:00Z"), 0);
	assert_int_equal(clock_parse_rfc3339_s("yesterday"), 0);
}

static void test_zones_are_known_by_name(void **state)
{
	(void)state;
	assert_string_equal(zone_posix("Europe/Berlin"), "CET-1CEST,M3.5.0,M10.5.0/3");
	assert_string_equal(zone_posix("Asia/Kolkata"), "IST-5:30");
	assert_null(zone_posix("Europe/Atlantis"));
	assert_null(zone_posix(""));
	assert_true(zone_set("America/New_York"));
	time_t summer = 1782914400; /* 2026-07-01T14:00:00Z */
	assert_int_equal(localtime(&summer)->tm_hour, 10);
	assert_false(zone_set("Europe/Atlantis"));
	assert_int_equal(localtime(&summer)->tm_hour, 14);
}

static char heard[LOG_LINE_BYTES_MAX];

static void on_line(enum log_level level, const char *line, void *arg)
{
	(void)level;
	(void)arg;
	snprintf(heard, sizeof heard, "%s", line);
}

static void test_secrets_never_reach_the_log(void **state)
{
	(void)state;
	log_set_sink(on_line, NULL);
	log_add_secret("MTE4.token.value");
	log_warn("test", "token MTE4.token.value, again MTE4.token.value\nnext");
	assert_null(strstr(heard, "token.value"));
	assert_non_null(strstr(heard, "warn  test: token ***, again *** next"));
	log_set_sink(NULL, NULL);
	log_forget_secrets();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_strict),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_utf8_is_cut_between_characters),
		cmocka_unit_test(test_text_helpers),
		cmocka_unit_test(test_written_json),
		cmocka_unit_test(test_docker_times),
		cmocka_unit_test(test_zones_are_known_by_name),
		cmocka_unit_test(test_secrets_never_reach_the_log),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
