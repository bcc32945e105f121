#include "test.h"

#include "base/json_reader.h"
#include "discord/message.h"
#include "discord/text.h"

#include <string.h>

/* ---- helpers: what a reader of the JSON would find ---- */

struct found {
	const char *path;
	struct buf text;
	unsigned times;
};

static bool on_found(const struct json_event *e, void *arg)
{
	struct found *f = arg;
	if (e->type == JSON_OBJECT_END || e->type == JSON_ARRAY_END)
		return true;
	f->times++;
	buf_reset(&f->text);
	buf_add_view(&f->text, e->text);
	return true;
}

/* Looks for path, checks that the whole is JSON; the last value is in f->text. */
static unsigned find(struct found *f, const char *json, const char *path)
{
	const char *fields[] = {path};
	struct json_reader r;
	f->times = 0;
	buf_init(&f->text, MEM_TEST, 64 * 1024);
	json_reader_init(&r, MEM_TEST, fields, 1, 64 * 1024, on_found, f);
	json_reader_feed(&r, json, strlen(json));
	if (!json_reader_finish(&r))
		fail_msg("%s at %zu in %s", r.error, (size_t)r.offset, json);
	json_reader_clear(&r);
	return f->times;
}

static unsigned times(const struct message *m, const char *path)
{
	struct found f;
	unsigned n = find(&f, buf_text(&m->body), path);
	buf_clear(&f.text);
	return n;
}

static void assert_says(const struct message *m, const char *path, const char *want)
{
	struct found f;
	assert_int_equal(find(&f, buf_text(&m->body), path), 1);
	assert_string_equal(buf_text(&f.text), want);
	buf_clear(&f.text);
}

static size_t chars(const struct message *m, const char *path)
{
	struct found f;
	find(&f, buf_text(&m->body), path);
	size_t n = utf8_count(buf_view(&f.text));
	buf_clear(&f.text);
	return n;
}

static struct str many(struct buf *b, const char *piece, unsigned count)
{
	buf_init(b, MEM_TEST, 1 << 20);
	for (unsigned i = 0; i < count; i++)
		buf_add_str(b, piece);
	return buf_view(b);
}

/* ---- tests ---- */

static void test_a_panel(void **state)
{
	struct message m;
	(void)state;
	message_init(&m, MEM_TEST);
	message_embed(&m, STR("Home \"server\""), 0x57F287);
	message_text(&m, STR("one\n"));
	message_textf(&m, "%s %d", "two", 3);
	message_field(&m, STR("f"), STR(""), true);
	message_footer(&m, STR("foot"));
	message_row(&m);
	message_button(&m, BUTTON_SECONDARY, "\xF0\x9F\x94\x84", STR("Restart"), "r:web", false);
	message_button(&m, BUTTON_DANGER, NULL, STR(""), "s:web", true);
	message_row(&m);
	message_select(&m, "pick", STR("Which?"), 0, 5);
	message_option(&m, STR("web"), STR("web"), STR("nginx"), NULL, true);
	message_finish(&m);
	assert_string_equal(buf_text(&m.body),
		"{\"embeds\":[{\"title\":\"Home \\\"server\\\"\",\"color\":5763719,\"description\":\"one\\ntwo 3\","
		"\"fields\":[{\"name\":\"f\",\"value\":\"\xE2\x80\x8B\",\"inline\":true}],\"footer\":{\"text\":\"foot\"}}],"
		"\"components\":[{\"type\":1,\"components\":[{\"type\":2,\"style\":2,\"emoji\":{\"name\":\"\xF0\x9F\x94\x84\"},"
		"\"label\":\"Restart\",\"custom_id\":\"r:web\"},{\"type\":2,\"style\":4,\"label\":\"\xE2\x80\x93\","
		"\"custom_id\":\"s:web\",\"disabled\":true}]},{\"type\":1,\"components\":[{\"type\":3,\"custom_id\":\"pick\","
		"\"placeholder\":\"Which?\",\"options\":[{\"label\":\"web\",\"value\":\"web\",\"description\":\"nginx\","
		"\"default\":true}],\"min_values\":0,\"max_values\":1}]}],\"allowed_mentions\":{\"parse\":[]}}");
	message_clear(&m);
}

static void test_every_text_is_cut_to_discords_limit(void **state)
{
	struct message m;
	struct buf b;
	struct str s = many(&b, "\xC3\xA4", 7000);
	(void)state;
	message_init(&m, MEM_TEST);
	message_content(&m, s);
	message_embed(&m, s, 0);
	message_text(&m, s);
	assert_int_equal(message_text_left(&m), 0);
	message_embed(&m, s, 0);
	message_field(&m, s, s, false);
	message_footer(&m, s);
	message_button(&m, BUTTON_PRIMARY, NULL, s, buf_text(&b), false);
	message_row(&m);
	message_select(&m, buf_text(&b), s, 1, 1);
	message_option(&m, s, s, s, NULL, false);
	message_finish(&m);
	assert_false(m.body.overflow);
	assert_int_equal(chars(&m, ".content"), 2000);
	assert_int_equal(chars(&m, ".embeds[].description"), 4096);
	assert_int_equal(chars(&m, ".embeds[].title"), 256);
	assert_int_equal(chars(&m, ".embeds[].fields[].name"), 256);
	assert_int_equal(chars(&m, ".embeds[].fields[].value"), 1024);
	assert_int_equal(chars(&m, ".embeds[].footer.text"), 6000 - 4096 - 256 - 256 - 256 - 1024);
	assert_int_equal(chars(&m, ".components[].components[].label"), 80);
	assert_int_equal(chars(&m, ".components[].components[].custom_id"), 100);
	assert_int_equal(chars(&m, ".components[].components[].placeholder"), 150);
	assert_int_equal(chars(&m, ".components[].components[].options[].value"), 100);
	assert_int_equal(chars(&m, ".components[].components[].options[].description"), 100);
	message_clear(&m);
	buf_clear(&b);
}

static void test_too_many_things_are_left_out(void **state)
{
	struct message m;
	(void)state;
	message_init(&m, MEM_TEST);
	for (int i = 0; i < 12; i++) {
		message_embed(&m, STR("t"), 0);
		message_text(&m, STR("d"));
		for (int k = 0; k < 30; k++)
			message_field(&m, STR("n"), STR("v"), false);
		message_footer(&m, STR("f"));
		message_footer(&m, STR("again"));
	}
	for (int i = 0; i < 30; i++)
		message_button(&m, BUTTON_PRIMARY, NULL, STR("b"), "id", false);
	message_select(&m, "no", STR(""), 1, 1); /* no row left */
	message_option(&m, STR("o"), STR("o"), STR(""), NULL, false);
	message_finish(&m);
	assert_int_equal(times(&m, ".embeds[]"), 10);
	assert_int_equal(times(&m, ".embeds[].description"), 10);
	assert_int_equal(times(&m, ".embeds[].fields[]"), 250);
	assert_int_equal(times(&m, ".embeds[].footer"), 10);
	assert_int_equal(times(&m, ".components[]"), 5);
	assert_int_equal(times(&m, ".components[].components[]"), 25);
	message_clear(&m);

	message_init(&m, MEM_TEST);
	message_button(&m, BUTTON_PRIMARY, NULL, STR("b"), "id", false);
	message_select(&m, "s", STR(""), 3, 50); /* gets a row of its own */
	for (int i = 0; i < 40; i++)
		message_option(&m, STR("o"), STR("o"), STR(""), NULL, false);
	message_select(&m, "empty", STR(""), 1, 1);
	message_finish(&m);
	assert_int_equal(times(&m, ".components[]"), 3);
	assert_int_equal(times(&m, ".components[].components[].options[]"), 26);
	assert_says(&m, ".components[].components[].disabled", "");
	message_clear(&m);
}

static void test_flags_nonce_and_replacing_do_not_change_the_hash(void **state)
{
	struct message a, b;
	(void)state;
	message_init(&a, MEM_TEST);
	message_content(&a, STR("same"));
	message_flags(&a, MESSAGE_SUPPRESS_NOTIFICATIONS);
	message_nonce(&a, "12345678901234567890123456789");
	message_finish(&a);
	message_init(&b, MEM_TEST);
	message_replace_all(&b);
	message_content(&b, STR("same"));
	message_finish(&b);
	assert_true(a.hash == b.hash);
	assert_string_equal(buf_text(&a.body),
		"{\"content\":\"same\",\"allowed_mentions\":{\"parse\":[]},\"flags\":4096,"
		"\"nonce\":\"1234567890123456789012345\",\"enforce_nonce\":true}");
	assert_string_equal(buf_text(&b.body),
		"{\"content\":\"same\",\"allowed_mentions\":{\"parse\":[]},\"embeds\":[],\"components\":[]}");
	message_clear(&a);
	message_clear(&b);
	message_init(&b, MEM_TEST);
	message_content(&b, STR("other"));
	message_finish(&b);
	assert_true(a.hash != b.hash);
	message_clear(&b);
}

static void test_answers(void **state)
{
	struct buf out;
	struct message m;
	struct modal_field field = {
		.custom_id = "text", .label = STR("Text"), .value = STR("now"), .max_chars = 2, .paragraph = true};
	struct choice choices[30];
	(void)state;
	buf_init(&out, MEM_TEST, MESSAGE_BODY_BYTES_MAX);
	message_init(&m, MEM_TEST);
	message_content(&m, STR("hi"));
	message_finish(&m);
	answer_write(&out, ANSWER_MESSAGE, &m, MESSAGE_EPHEMERAL);
	assert_string_equal(buf_text(&out),
		"{\"type\":4,\"data\":{\"content\":\"hi\",\"allowed_mentions\":{\"parse\":[]},\"flags\":64}}");
	buf_reset(&out);
	answer_write(&out, ANSWER_DEFERRED, NULL, MESSAGE_EPHEMERAL);
	assert_string_equal(buf_text(&out), "{\"type\":5,\"data\":{\"flags\":64}}");
	buf_reset(&out);
	answer_write(&out, ANSWER_DEFERRED_UPDATE, NULL, 0);
	assert_string_equal(buf_text(&out), "{\"type\":6}");
	buf_reset(&out);
	answer_write_modal(&out, "dialog", STR("A title that is longer than forty-five characters are"), &field, 1);
	assert_string_equal(buf_text(&out),
		"{\"type\":9,\"data\":{\"custom_id\":\"dialog\",\"title\":\"A title that is longer than forty-five chara\xE2\x80\xA6\","
		"\"components\":[{\"type\":18,\"label\":\"Text\",\"component\":{\"type\":4,\"custom_id\":\"text\",\"style\":2,"
		"\"required\":false,\"min_length\":0,\"max_length\":2,\"value\":\"no\"}}]}}");
	buf_reset(&out);
	const struct modal_choice two[] = {{STR("A"), STR("a"), STR("first"), true}, {STR("B"), STR("b")}};
	const struct modal_field selects[] = {{.kind = MODAL_CHOICE,
						      .custom_id = "c",
						      .label = STR("C"),
						      .choices = two,
						      .choice_count = 2,
						      .max_values = 2,
						      .required = true},
		{.kind = MODAL_MENTIONABLE,
			.custom_id = "w",
			.label = STR("W"),
			.description = STR("D"),
			.selected = 12,
			.selected_is_role = true}};
	answer_write_modal(&out, "dialog", STR("T"), selects, 2);
	assert_string_equal(buf_text(&out),
		"{\"type\":9,\"data\":{\"custom_id\":\"dialog\",\"title\":\"T\",\"components\":[{\"type\":18,\"label\":\"C\","
		"\"component\":{\"type\":3,\"custom_id\":\"c\",\"required\":true,\"min_values\":1,\"max_values\":2,\"options\":["
		"{\"label\":\"A\",\"value\":\"a\",\"description\":\"first\",\"default\":true},{\"label\":\"B\",\"value\":\"b\"}]}},"
		"{\"type\":18,\"label\":\"W\",\"description\":\"D\",\"component\":{\"type\":7,\"custom_id\":\"w\",\"required\":false,"
		"\"min_values\":0,\"max_values\":1,\"default_values\":[{\"id\":\"12\",\"type\":\"role\"}]}}]}}");
	buf_reset(&out);
	for (int i = 0; i < 30; i++)
		choices[i] = (struct choice){STR("n"), STR("v")};
	answer_write_choices(&out, choices, 30);
	struct found f;
	assert_int_equal(find(&f, buf_text(&out), ".data.choices[].value"), 25);
	buf_clear(&f.text);
	buf_clear(&out);
}

static void cut_is(struct str s, size_t max, const char *want)
{
	struct buf out;
	buf_init(&out, MEM_TEST, 1000);
	size_t n = text_add_cut(&out, s, max);
	assert_string_equal(buf_text(&out), want);
	assert_int_equal(n, utf8_count(buf_view(&out)));
	assert_true(n <= max);
	buf_clear(&out);
}

static void test_cutting_leaves_whole_characters(void **state)
{
	(void)state;
	cut_is(STR("abcdef"), 6, "abcdef");
	cut_is(STR("abcdef"), 5, "abcd\xE2\x80\xA6");
	cut_is(STR("abcdef"), 1, "\xE2\x80\xA6");
	cut_is(STR("abcdef"), 0, "");
	cut_is(STR("abc\\_def"), 5, "abc\xE2\x80\xA6");	    /* not behind the backslash */
	cut_is(STR("ab\\\\_def"), 5, "ab\\\\\xE2\x80\xA6"); /* that backslash is escaped itself */
	cut_is(STR("ab <t:1700000000:R> x"), 10, "ab\xE2\x80\xA6");
	cut_is(STR("ab <3 loves you all"), 10, "ab <3 lov\xE2\x80\xA6");
	cut_is(STR("abe\xCC\x81zz"), 4, "ab\xE2\x80\xA6"); /* e and its accent stay together */
	cut_is(STR("a\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9zz"), 4, "a\xE2\x80\xA6"); /* a family */
	cut_is(STR("a\xF0\x9F\x87\xA9\xF0\x9F\x87\xAAzz"), 3, "a\xE2\x80\xA6");		    /* a flag */
	cut_is(STR("```\nabcdefghij\n```"), 15, "```\nabcdef\xE2\x80\xA6\n```");
	cut_is(STR("\xFF\xFF\xFF\xFF"), 2, "\xFF\xE2\x80\xA6");
}

static void test_a_block_that_is_cut_is_closed_over_pieces(void **state)
{
	struct message m;
	struct buf b;
	struct str s = many(&b, "line\n", 1000);
	(void)state;
	message_init(&m, MEM_TEST);
	message_embed(&m, STR("t"), 0);
	message_text(&m, STR("```\n"));
	message_text(&m, s);
	message_text(&m, STR("```"));
	message_text(&m, STR("more"));
	message_finish(&m);
	struct found f;
	find(&f, buf_text(&m.body), ".embeds[].description");
	assert_true(utf8_count(buf_view(&f.text)) <= 4096);
	assert_string_equal(buf_text(&f.text) + f.text.length - 7, "\xE2\x80\xA6\n```");
	buf_clear(&f.text);
	message_clear(&m);
	buf_clear(&b);
}

static void escaped_is(struct str s, const char *want)
{
	struct buf out;
	buf_init(&out, MEM_TEST, 1000);
	message_escape(&out, s);
	assert_string_equal(buf_text(&out), want);
	buf_clear(&out);
}

static void test_names_are_shown_literally(void **state)
{
	struct buf out;
	(void)state;
	escaped_is(STR("web-1 (prod) #2"), "web-1 (prod) #2");
	escaped_is(STR("_a_*b*~c~|d|`e`"), "\\_a\\_\\*b\\*\\~c\\~\\|d\\|\\`e\\`");
	escaped_is(STR("a\\b"), "a\\\\b");
	escaped_is(STR("@everyone <@1> <t:1:R>"), "\\@everyone \\<\\@1> \\<t:1:R>");
	escaped_is(STR("[x](https://e)"), "\\[x\\]\\(https\\://e)");
	escaped_is(STR("# h\n> q\n- l\n 1. n\n-# s\n12.5"), "\\# h\n\\> q\n\\- l\n 1\\. n\n\\-# s\n12\\.5");
	escaped_is(STR("a\x01\x1b\xC2\x85\xE2\x80\xAEz"), "az");
	escaped_is(STR("\xD7\xA9\xD7\xA8\xD7\xAA"), "\xE2\x81\xA8\xD7\xA9\xD7\xA8\xD7\xAA\xE2\x81\xA9");
	escaped_is(STR("\xFF"), "\xEF\xBF\xBD");
	escaped_is(STR(""), "");
	buf_init(&out, MEM_TEST, 1000);
	message_escape_code(&out, STR("a```b`\x1b[31mred\x1b[0m\r\n\t@x_`"));
	assert_string_equal(buf_text(&out), "a`\xE2\x80\x8B`\xE2\x80\x8B`b`red\n\t@x_`\xE2\x80\x8B");
	buf_clear(&out);
}

static void test_no_memory_is_an_overflow_and_no_crash(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 12; n++) {
		struct message m;
		mem_fail_at(n);
		message_init(&m, MEM_TEST);
		message_content(&m, STR("content"));
		message_embed(&m, STR("title"), 0);
		message_text(&m, STR("text"));
		message_button(&m, BUTTON_PRIMARY, NULL, STR("b"), "id", false);
		message_finish(&m);
		bool injected = n < 5;
		assert_true(!injected || m.body.overflow);
		mem_fail_at(0);
		message_clear(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_panel),
		cmocka_unit_test(test_every_text_is_cut_to_discords_limit),
		cmocka_unit_test(test_too_many_things_are_left_out),
		cmocka_unit_test(test_flags_nonce_and_replacing_do_not_change_the_hash),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_cutting_leaves_whole_characters),
		cmocka_unit_test(test_a_block_that_is_cut_is_closed_over_pieces),
		cmocka_unit_test(test_names_are_shown_literally),
		cmocka_unit_test(test_no_memory_is_an_overflow_and_no_crash),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
