#include "test.h"

#include "base/rand.h"
#include "config/doc_edit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct doc parsed(const char *text)
{
	struct doc d;
	if (!doc_parse_copy(&d, str_of(text)))
		fail_msg("%s: %s", text, d.error);
	return d;
}

static void assert_decodes(const struct doc *d, doc_ref r, const char *want)
{
	struct buf b;
	buf_init(&b, MEM_TEST, 1000);
	assert_true(doc_decode(d, r, &b));
	assert_string_equal(buf_text(&b), want);
	buf_clear(&b);
}

static void test_values_keep_their_spelling(void **state)
{
	(void)state;
	struct doc d = parsed(" {\"id\": 18446744073709551615, \"x\": 1e400, \"n\": NaN, \"a\": [1, {\"b\": "
			      "-Infinity}], \"e\": {}, \"l\": [] } ");
	assert_true(str_is(doc_raw(&d, doc_get(&d, DOC_ROOT, "id")), "18446744073709551615"));
	assert_true(str_is(doc_raw(&d, doc_get(&d, DOC_ROOT, "x")), "1e400"));
	assert_true(str_is(doc_raw(&d, doc_path(&d, DOC_ROOT, "n")), "NaN"));
	doc_ref a = doc_get(&d, DOC_ROOT, "a");
	assert_true(str_is(doc_raw(&d, doc_path(&d, doc_next(&d, doc_first(&d, a)), "b")), "-Infinity"));
	assert_int_equal(doc_first(&d, doc_get(&d, DOC_ROOT, "e")), DOC_NONE);
	doc_clear(&d);
}

static void test_texts_are_decoded(void **state)
{
	(void)state;
	struct doc d = parsed("[\"\\ud83d\\udfe2 J\\u00f6rg\\n\\\"\\/\", \"\\ud83d!\", \"a\\u0000b\", \"\xff\"]");
	doc_ref r = doc_first(&d, DOC_ROOT);
	assert_decodes(&d, r, "\xf0\x9f\x9f\xa2 J\xc3\xb6rg\n\"/");
	r = doc_next(&d, r);
	assert_decodes(&d, r, "\xef\xbf\xbd!");
	r = doc_next(&d, r);
	assert_decodes(&d, r,
		"a\xef\xbf\xbd"
		"b");
	r = doc_next(&d, r);
	assert_decodes(&d, r, "\xef\xbf\xbd");
	assert_true(d.oddities & DOC_HAS_BAD_UTF8);
	doc_clear(&d);
}

static void test_the_last_of_two_counts(void **state)
{
	(void)state;
	struct doc d = parsed("{\"a\": 1, \"\\u0061\": 2}");
	assert_true(str_is(doc_raw(&d, doc_get(&d, DOC_ROOT, "a")), "2"));
	doc_clear(&d);
}

static void test_mistakes_are_named(void **state)
{
	static const struct {
		const char *text, *part;
		unsigned line;
	} cases[] = {
		{"", "empty", 1},
		{"{\n\"a\": 1,\n}", "comma too many", 3},
		{"{\"a\" 1}", "a : is missing", 1},
		{"{'a': 1}", "name in", 1},
		{"[1 2]", "comma or ]", 1},
		{"{\"a\": \"b", "no end", 1},
		{"{\"a\": 1} x", "behind the end", 1},
		{"{\"a\": tru}", "here must stand", 1},
		{"// c\n{}", "comments", 1},
		{"[01]", "must not begin with 0", 1},
		{"[\"\\x\"]", "no such escape", 1},
		{"{\"a\": 1", "too early", 1},
		{"[,1]", "value", 1},
		{"{\"a\": {\"b\": [1,\n2,\n3}", "comma or ]", 3},
		{"\xff\xfe{", "UTF-16", 1},
		{"[1.]", "digit", 1},
		{"]", "bracket", 1},
		{"[\"\\u12g4\"]", "four hex", 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct doc d;
		assert_false(doc_parse_copy(&d, str_of(cases[i].text)));
		if (!strstr(d.error, cases[i].part) || doc_line(&d, d.error_at) != cases[i].line)
			fail_msg("%s: line %u: %s", cases[i].text, doc_line(&d, d.error_at), d.error);
		doc_clear(&d);
	}
}

static void test_depth_costs_no_stack(void **state)
{
	enum { DEPTH = DOC_VALUES_MAX };
	(void)state;
	struct doc d;
	char *text = mem_alloc(MEM_TEST, 2 * DEPTH + 1);
	memset(text, '[', DEPTH);
	memset(text + DEPTH, ']', DEPTH);
	text[2 * DEPTH] = '\0';
	assert_true(doc_parse_copy(&d, (struct str){text, 2 * DEPTH}));
	doc_clear(&d);
	assert_false(doc_parse_copy(&d, (struct str){text, DEPTH}));
	doc_clear(&d);
	mem_free(text);
}

static void assert_set(const char *before, const char *a, const char *b, const char *json, const char *after)
{
	struct doc d = parsed(before);
	const struct str path[] = {str_of(a), str_of(b)};
	assert_true(doc_set(&d, path, b ? 2 : 1, str_of(json)));
	assert_string_equal(d.text, after);
	doc_clear(&d);
}

static void test_only_the_value_changes(void **state)
{
	(void)state;
	assert_set("{\"z\": 1.50, \"a\" :  \"\\u00fc\"}\n", "a", NULL, "2", "{\"z\": 1.50, \"a\" :  2}\n");
	assert_set("{\n  \"a\": 1\n}", "b", NULL, "true", "{\n  \"a\": 1,\n  \"b\": true\n}");
	assert_set("{\n    \"a\": {}\n}", "a", "b", "1", "{\n    \"a\": {\n        \"b\": 1\n    }\n}");
	assert_set("{\n  \"a\": 1\n}", "x", "y", "1", "{\n  \"a\": 1,\n  \"x\": {\n    \"y\": 1\n  }\n}");
	assert_set("{}", "a", NULL, "1", "{\n  \"a\": 1\n}");
	assert_set("{\"a\":1}", "b", NULL, "2", "{\"a\":1,\"b\":2}");
	assert_set("{\"a\": 5, \"b\": 6}", "a", "c", "2", "{\"a\": {\"c\": 2}, \"b\": 6}");
	assert_set("{\"k\": 1, \"k\": 2}", "k", NULL, "3", "{\"k\": 1, \"k\": 3}");
}

static void test_removing_takes_the_comma_along(void **state)
{
	static const char *const cases[][3] = {
		{"{\n  \"a\": 1,\n  \"b\": 2\n}", "a", "{\n  \"b\": 2\n}"},
		{"{\n  \"a\": 1,\n  \"b\": 2\n}", "b", "{\n  \"a\": 1\n}"},
		{"{ \"a\": 1 }", "a", "{}"},
		{"{\"k\": 1, \"x\": 0, \"k\": 2}", "k", "{\"x\": 0}"},
		{"{\"a\": 1}", "nothing", "{\"a\": 1}"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct doc d = parsed(cases[i][0]);
		const struct str path[] = {str_of(cases[i][1])};
		assert_true(doc_remove(&d, path, 1));
		assert_string_equal(d.text, cases[i][2]);
		doc_clear(&d);
	}
}

/* ---- random documents, compared with what another reader makes of them ---- */

static void add_random(struct buf *b, unsigned depth)
{
	static const char *const scalars[] = {"1", "-0.5e3", "true", "null", "\"\"", "\"x\"", "\"\\u00e9\\n\"",
		"\"\xc3\xa9\"", "1180000000000000201"};
	unsigned kind = depth ? (unsigned)rand_below(4) : 2;
	if (kind > 1) {
		buf_add_str(b, scalars[rand_below(sizeof scalars / sizeof *scalars)]);
		return;
	}
	buf_add_char(b, kind ? '{' : '[');
	for (unsigned i = 0, n = (unsigned)rand_below(6); i < n; i++) {
		buf_add_str(b, i ? (rand_below(2) ? ", " : ",\n\t") : (rand_below(2) ? "" : "\n "));
		if (kind)
			buf_printf(b, "\"%s%u\" : ", rand_below(2) ? "key" : "\\u00e4", i);
		add_random(b, depth - 1);
	}
	buf_add_char(b, kind ? '}' : ']');
}

static void test_random_documents_survive_changes(void **state)
{
	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct buf b;
		struct doc d;
		char key[24];
		buf_init(&b, MEM_TEST, 1 << 20);
		buf_add_str(&b, "{\"first\": ");
		add_random(&b, 4);
		buf_add_str(&b, "}");
		json_t *before = json_loadb(b.data, b.length, 0, NULL);
		assert_non_null(before);
		assert_true(doc_parse_copy(&d, buf_view(&b)));
		snprintf(key, sizeof key, "new%d", round);
		const struct str path[] = {STR("ddc"), str_of(key)};
		assert_true(doc_set(&d, path, 2, STR("[1]")));
		json_t *with = json_loadb(d.text, d.length, 0, NULL);
		assert_int_equal(json_array_size(json_object_get(json_object_get(with, "ddc"), key)), 1);
		assert_true(json_equal(json_object_get(before, "first"), json_object_get(with, "first")));
		assert_true(doc_remove(&d, path, 1));
		assert_string_equal(d.text, buf_text(&b)); /* what was added is gone, to the byte */
		json_decref(before);
		json_decref(with);
		doc_clear(&d);
		buf_clear(&b);
	}
}

static void test_no_memory_is_survived(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 12; n++) {
		struct doc d, e = {0};
		const struct str path[] = {STR("a"), STR("b")};
		mem_fail_at(n);
		bool ok = doc_parse_copy(&d, STR("{\"a\": [1, 2, {\"x\": 3}]}"));
		if (ok && doc_parse_copy(&e, STR("{\"q\": {}}")))
			doc_set(&e, path, 2, STR("1"));
		mem_fail_at(0);
		doc_clear(&d);
		doc_clear(&e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_keep_their_spelling),
		cmocka_unit_test(test_texts_are_decoded),
		cmocka_unit_test(test_the_last_of_two_counts),
		cmocka_unit_test(test_mistakes_are_named),
		cmocka_unit_test(test_depth_costs_no_stack),
		cmocka_unit_test(test_only_the_value_changes),
		cmocka_unit_test(test_removing_takes_the_comma_along),
		cmocka_unit_test(test_random_documents_survive_changes),
		cmocka_unit_test(test_no_memory_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
