#include "test.h"

#include "feature/control/custom_id.h"

#include <string.h>

static void test_what_is_written_is_read_back(void **state)
{
	char text[CUSTOM_ID_BYTES];
	struct custom_id id;

	(void)state;
	assert_string_equal(custom_id_plain(text, ID_PICK), "ddc1:pick");
	assert_true(custom_id_parse(str_of(text), &id));
	assert_int_equal(id.verb, ID_PICK);
	assert_int_equal(id.arg_count, 0);

	assert_string_equal(custom_id_named(text, ID_RESTART, STR("web.1_a-b")), "ddc1:restart:web.1_a-b");
	assert_true(custom_id_parse(str_of(text), &id));
	assert_int_equal(id.verb, ID_RESTART);
	assert_true(str_is(id.args[0], "web.1_a-b"));

	custom_id_format(text, ID_BULK_GO, STR("stop"), STR("1790000000"), STR("00ff00ff00ff00ff"));
	assert_string_equal(text, "ddc1:bulkgo:stop:1790000000:00ff00ff00ff00ff");
	assert_true(custom_id_parse(str_of(text), &id));
	assert_int_equal(id.arg_count, 3);
	assert_true(str_is(id.args[1], "1790000000"));
}

static void test_the_last_argument_takes_the_rest(void **state)
{
	char text[CUSTOM_ID_BYTES];
	struct custom_id id;

	(void)state;
	assert_string_equal(custom_id_numbered(text, ID_PICK_PAGE, 3, STR("a:b")), "ddc1:pickpage:3:a:b");
	assert_true(custom_id_parse(str_of(text), &id));
	assert_true(str_is(id.args[1], "a:b"));
	assert_string_equal(custom_id_numbered(text, ID_PICK_PAGE, 0, STR("")), "ddc1:pickpage:0:");
	assert_true(custom_id_parse(str_of(text), &id));
	assert_int_equal(id.args[1].n, 0);
}

static void test_the_longest_name_fits_in_every_verb(void **state)
{
	char name[64], text[CUSTOM_ID_BYTES];
	struct custom_id id;

	(void)state;
	memset(name, 'x', 63);
	name[63] = '\0';
	for (enum custom_verb v = ID_REFRESH; v <= ID_RESTART; v++) {
		custom_id_named(text, v, str_of(name));
		assert_true(strlen(text) <= 100);
		assert_true(custom_id_parse(str_of(text), &id));
		assert_true(str_is(id.args[0], name));
	}
}

static void test_others_are_not_ours(void **state)
{
	static const char *const bad[] = {"", "ddc1:", "ddc1:pick:more", "ddc1:restart", "ddc1", "ddc2:pick",
		"ddc1:PICK", "ddc1:page:overview", "ddc1:bulkgo:stop:1", "restart_web", "ddc1:nonsense:web",
		":::", "ddc1::"};
	struct custom_id id;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (custom_id_parse(str_of(bad[i]), &id))
			fail_msg("\"%s\" was taken for one of ours", bad[i]);
}

static void test_panels_of_the_original_are_understood(void **state)
{
	static const struct {
		const char *text;
		enum custom_verb verb;
		const char *arg;
	} known[] = {
		{"info_button_1283494202", ID_INFO, NULL},
		{"admin_button_1283494202", ID_PICK, NULL},
		{"help_button_1283494202", ID_HELP, NULL},
		{"admin_overview_admin_1", ID_PICK, NULL},
		{"admin_overview_restart_all_1", ID_BULK, "restart"},
		{"admin_overview_stop_all_1", ID_BULK, "stop"},
		{"start_web", ID_START, "web"},
		{"stop_my_web", ID_STOP, "my_web"},
		{"restart_web-1", ID_RESTART, "web-1"},
		{"toggle_web", ID_REFRESH, "web"},
		{"admin_container_select", ID_OPEN, NULL},
	};
	struct custom_id id;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		assert_true(custom_id_parse_original(str_of(known[i].text), &id));
		assert_int_equal(id.verb, known[i].verb);
		assert_true(id.original);
		assert_int_equal(id.arg_count, known[i].arg ? 1 : 0);
		if (known[i].arg)
			assert_true(str_is(id.args[0], known[i].arg));
	}
	assert_false(custom_id_parse_original(STR("mech_details_1"), &id));
	assert_false(custom_id_parse_original(STR("restart_"), &id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_read_back),
		cmocka_unit_test(test_the_last_argument_takes_the_rest),
		cmocka_unit_test(test_the_longest_name_fits_in_every_verb),
		cmocka_unit_test(test_others_are_not_ours),
		cmocka_unit_test(test_panels_of_the_original_are_understood),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
