#include "test.h"

#include "discord/message.h"
#include "discord/multipart.h"

#include <stdio.h>
#include <string.h>

static void test_json_and_file_stand_between_borders(void **state)
{
	const struct multipart_file file = {"we\"b\r\nX: y.log", "text/plain; charset=utf-8", STR("--ddc-\r\nline\n")};
	char type[MULTIPART_TYPE_BYTES], want[2048];
	const char *border;
	struct buf out;

	(void)state;
	buf_init(&out, MEM_TEST, 4096);
	assert_true(multipart_write(&out, type, STR("{\"a\":1}"), &file));
	border = strstr(type, "boundary=");
	assert_non_null(border);
	border += strlen("boundary=");
	snprintf(want, sizeof want,
		"--%s\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: "
		"application/json\r\n\r\n{\"a\":1}\r\n"
		"--%s\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"we_b__X__y.log\"\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n\r\n--ddc-\r\nline\n\r\n--%s--\r\n",
		border, border, border);
	assert_string_equal(buf_text(&out), want);
	assert_true(out.length <= 7 + 13 + MULTIPART_FRAME_BYTES);
	buf_clear(&out);
}

static void test_no_two_borders_are_the_same(void **state)
{
	const struct multipart_file file = {"a", "text/plain", STR("x")};
	char first[MULTIPART_TYPE_BYTES], second[MULTIPART_TYPE_BYTES];
	struct buf out;

	(void)state;
	buf_init(&out, MEM_TEST, 4096);
	multipart_write(&out, first, STR("{}"), &file);
	multipart_write(&out, second, STR("{}"), &file);
	assert_string_not_equal(first, second);
	buf_clear(&out);
}

static void test_what_does_not_fit_is_refused(void **state)
{
	const struct multipart_file file = {"a", "text/plain", STR("0123456789")};
	char type[MULTIPART_TYPE_BYTES];
	struct buf out;

	(void)state;
	buf_init(&out, MEM_TEST, 100);
	assert_false(multipart_write(&out, type, STR("{}"), &file));
	buf_clear(&out);
}

static void test_a_message_names_its_file(void **state)
{
	struct message m;

	(void)state;
	message_init(&m, MEM_TEST);
	message_content(&m, STR("here"));
	message_file(&m, "web.log");
	message_finish(&m);
	assert_non_null(strstr(buf_text(&m.body), "\"attachments\":[{\"id\":\"0\",\"filename\":\"web.log\"}]"));
	message_clear(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_and_file_stand_between_borders),
		cmocka_unit_test(test_no_two_borders_are_the_same),
		cmocka_unit_test(test_what_does_not_fit_is_refused),
		cmocka_unit_test(test_a_message_names_its_file),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
