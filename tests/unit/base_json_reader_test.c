#include "test.h"

#include "base/json_reader.h"

#include <stdio.h>
#include <string.h>

/* What the reader said, as one readable line per event. */
struct heard {
	char text[2048];
	size_t length;
	int stop_at;
};

static bool on_event(const struct json_event *e, void *arg)
{
	static const char *const names[] = {"{", "}", "[", "]", "str", "num", "true", "false", "null"};
	struct heard *h = arg;
	h->length += (size_t)snprintf(h->text + h->length, sizeof h->text - h->length, "%d%s%.*s=%.*s%s;", e->field,
		names[e->type], STR_ARG(e->key), STR_ARG(e->text), e->truncated ? "~" : "");
	return h->stop_at == 0 || --h->stop_at > 0;
}

static const char *const fields[] = {
	".d.id",
	".d.options[]",
	".d.options[].name",
	".labels.*",
	".n",
	"[].x",
	".d.member.roles[]",
	".deep.*.ip",
};

/* Every text is fed whole, byte by byte, and cut at each place: the result must be the same. */
static void expect(const char *json, const char *events)
{
	size_t n = strlen(json);
	for (size_t cut = 0; cut <= n; cut++) {
		struct heard h = {0};
		struct json_reader r;
		json_reader_init(&r, MEM_TEST, fields, sizeof fields / sizeof *fields, 16, on_event, &h);
		assert_true(json_reader_feed(&r, json, cut));
		assert_true(json_reader_feed(&r, json + cut, n - cut));
		assert_true(json_reader_finish(&r));
		assert_string_equal(h.text, events);
		json_reader_clear(&r);
	}
}

static void expect_error(const char *json, const char *sentence)
{
	struct heard h = {0};
	struct json_reader r;
	json_reader_init(&r, MEM_TEST, fields, sizeof fields / sizeof *fields, 16, on_event, &h);
	json_reader_feed(&r, json, strlen(json));
	assert_false(json_reader_finish(&r));
	assert_non_null(r.error);
	if (!strstr(r.error, sentence))
		fail_msg("%s: '%s' does not say '%s'", json, r.error, sentence);
	json_reader_clear(&r);
}

static void test_wanted_fields_come_out(void **state)
{
	(void)state;
	expect("{\"op\":0,\"d\":{\"id\":\"123\",\"options\":[{\"name\":\"a\",\"v\":[1,{}]},{\"name\":\"b\"}]}}",
		"0strid=123;1{=;2strname=a;1}=;1{=;2strname=b;1}=;");
	expect("{\"d\":{\"member\":{\"roles\":[\"1\",\"2\"]}},\"n\":-1.5e3}", "6str=1;6str=2;4numn=-1.5e3;");
	expect("[{\"x\":true},{\"x\":null},{\"y\":false}]", "5truex=;5nullx=;");
	expect(" 5 ", "");
}

static void test_ids_keep_every_digit(void **state)
{
	(void)state;
	expect("{\"n\":1180000000000000201}", "4numn=1180000000000000201;");
}

static void test_any_key(void **state)
{
	(void)state;
	expect("{\"labels\":{\"a.b\":\"1\",\"c\":\"2\"}}", "3stra.b=1;3strc=2;");
	expect("{\"deep\":{\"bridge\":{\"ip\":\"10.0.0.1\"},\"x\":{\"ipp\":\"no\"}}}", "7strip=10.0.0.1;");
}

static void test_strings_are_decoded(void **state)
{
	(void)state;
	expect("{\"n\":\"\\u00fc\\n\\\"\\ud83d\\ude00\"}", "4strn=\xc3\xbc\n\"\xf0\x9f\x98\x80;");
	expect("{\"n\":\"\\ud83dx\"}", "4strn=\xef\xbf\xbdx;");
	expect("{\"n\":\"a\xff\x62\"}", "4strn=a\xef\xbf\xbd\x62;");
}

static void test_long_strings_are_cut_and_said_so(void **state)
{
	(void)state;
	expect("{\"n\":\"0123456789abcdefX\"}", "4strn=0123456789abcdef~;");
	expect("{\"n\":\"0123456789abcde\xc3\xbc\"}", "4strn=0123456789abcde~;");
	expect("{\"x\":\"0123456789abcdefX\",\"n\":1}", "4numn=1;");
}

static void test_long_keys_match_nothing_and_harm_nothing(void **state)
{
	char json[1200], key[401];
	(void)state;
	memset(key, 'k', 400);
	key[400] = '\0';
	snprintf(json, sizeof json, "{\"%s\":{\"d\":{\"id\":\"1\"}},\"n\":2}", key);
	expect(json, "4numn=2;");
}

static void test_depth_has_a_maximum(void **state)
{
	char json[2 * JSON_DEPTH_MAX + 8] = "";
	(void)state;
	memset(json, '[', JSON_DEPTH_MAX);
	memset(json + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	expect(json, "");
	memset(json, '[', JSON_DEPTH_MAX + 1);
	expect_error(json, "too deep");
}

static void test_garbage_is_named(void **state)
{
	(void)state;
	expect_error("", "ends in the middle");
	expect_error("{\"a\":1", "ends in the middle");
	expect_error("{\"a\" 1}", "':' was expected");
	expect_error("{a:1}", "key was expected");
	expect_error("[1,]", "value was expected");
	expect_error("[1}", "no object is open");
	expect_error("{} x", "behind the end");
	expect_error("tru", "ends in the middle");
	expect_error("trux", "unknown word");
	expect_error("01", "behind the end");
	expect_error("[1.]", "malformed number");
	expect_error("[\"\\q\"]", "unknown escape");
	expect_error("[\"\n\"]", "control character");
	expect_error("<html>", "value was expected");
}

static void test_the_callback_can_stop(void **state)
{
	struct heard h = {.stop_at = 1};
	struct json_reader r;
	(void)state;
	json_reader_init(&r, MEM_TEST, fields, sizeof fields / sizeof *fields, 16, on_event, &h);
	assert_false(json_reader_feed(&r, "{\"n\":1,\"n\":2}", 13));
	assert_true(r.stopped);
	assert_null(r.error);
	assert_string_equal(h.text, "4numn=1;");
	json_reader_clear(&r);
}

static void test_the_smallest_limit(void **state)
{
	struct heard h = {0};
	struct json_reader r;
	const char *json = "{\"d\":{\"id\":\"ab\"},\"n\":1234567}";
	json_reader_init(&r, MEM_TEST, fields, sizeof fields / sizeof *fields, 1, on_event, &h);
	assert_true(json_reader_feed(&r, json, strlen(json)));
	assert_true(json_reader_finish(&r));
	assert_string_equal(h.text, "0strid=a~;4numn=1234567;");
	json_reader_clear(&r);
}

static void test_buffer_of_one_byte_grows(void **state)
{
	struct buf b;
	buf_init(&b, MEM_TEST, 1);
	assert_true(buf_add_char(&b, 'a'));
	b.max = 64; /* as the JSON reader does between keys and values */
	assert_true(buf_add_str(&b, "bcdef"));
	assert_string_equal(buf_text(&b), "abcdef");
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted_fields_come_out),
		cmocka_unit_test(test_ids_keep_every_digit),
		cmocka_unit_test(test_any_key),
		cmocka_unit_test(test_strings_are_decoded),
		cmocka_unit_test(test_long_strings_are_cut_and_said_so),
		cmocka_unit_test(test_long_keys_match_nothing_and_harm_nothing),
		cmocka_unit_test(test_depth_has_a_maximum),
		cmocka_unit_test(test_garbage_is_named),
		cmocka_unit_test(test_the_callback_can_stop),
		cmocka_unit_test(test_the_smallest_limit),
		cmocka_unit_test(test_buffer_of_one_byte_grows),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
