#include "folder.h"

#include "config/state.h"

#define CHANNEL UINT64_C(1180000000000000111)
#define OTHER	UINT64_C(1180000000000000113)

static const char MECH[] =
	"{\n  \"mech_expanded_states\": {\n    \"1180000000000000111\": true\n  },\n  \"odd\": 1.50,\n"
	"  \"channel_overview_message_ids\": {\n    \"1180000000000000111\": {\n"
	"      \"overview\": 1180000000000009001\n    }\n  }\n}";

static struct state *load(void)
{
	struct err err = {0};
	struct state *s = state_load(folder, &err);
	assert_non_null(s);
	return s;
}

static void test_panels_of_the_original_are_known(void **state)
{
	(void)state;
	put("mech_state.json", MECH);
	struct state *s = load();
	assert_int_equal(state_panel(s, CHANNEL, PANEL_OVERVIEW), UINT64_C(1180000000000009001));
	assert_int_equal(state_panel(s, CHANNEL, PANEL_ADMIN_OVERVIEW), 0);
	assert_int_equal(state_panel(s, OTHER, PANEL_OVERVIEW), 0);
	state_free(s);
}

static void test_only_the_ids_change(void **state)
{
	struct err err = {0};
	(void)state;
	put("mech_state.json", MECH);
	struct state *s = load();
	assert_true(state_set_panel(s, OTHER, PANEL_ADMIN_OVERVIEW, UINT64_C(18446744073709551615), &err));
	assert_true(state_set_panel(s, CHANNEL, PANEL_OVERVIEW, UINT64_C(1180000000000009003), &err));
	state_free(s);
	assert_file("mech_state.json",
		"{\n  \"mech_expanded_states\": {\n    \"1180000000000000111\": true\n  },\n  \"odd\": "
		"1.50,\n"
		"  \"channel_overview_message_ids\": {\n    \"1180000000000000111\": {\n"
		"      \"overview\": 1180000000000009003\n    },\n    \"1180000000000000113\": {\n"
		"      \"admin_overview\": 18446744073709551615\n    }\n  }\n}");
	s = load();
	assert_true(state_panel(s, OTHER, PANEL_ADMIN_OVERVIEW) == UINT64_MAX);
	assert_true(state_set_panel(s, OTHER, PANEL_ADMIN_OVERVIEW, 0, &err));
	assert_int_equal(state_panel(s, OTHER, PANEL_ADMIN_OVERVIEW), 0);
	assert_int_equal(state_panel(s, CHANNEL, PANEL_OVERVIEW), UINT64_C(1180000000000009003));
	state_free(s);
}

static void test_a_new_folder(void **state)
{
	struct err err = {0};
	(void)state;
	struct state *s = load();
	assert_true(state_set_panel(s, CHANNEL, PANEL_OVERVIEW, UINT64_C(1180000000000009001), &err));
	assert_true(state_set_commands_hash(s, 0xfeedfacecafebeef, &err));
	state_free(s);
	s = load();
	assert_int_equal(state_panel(s, CHANNEL, PANEL_OVERVIEW), UINT64_C(1180000000000009001));
	assert_true(state_commands_hash(s) == 0xfeedfacecafebeef);
	state_free(s);
}

static void test_a_broken_file_is_kept(void **state)
{
	struct err err = {0};
	(void)state;
	put("mech_state.json", "{\"half\": ");
	struct state *s = state_load(folder, &err);
	assert_non_null(s);
	assert_non_null(strstr(err.text, "mech_state.json"));
	assert_true(state_set_panel(s, CHANNEL, PANEL_OVERVIEW, UINT64_C(1180000000000009001), &err));
	state_free(s);
	assert_file("mech_state.json.broken", "{\"half\": ");
	s = load();
	assert_int_equal(state_panel(s, CHANNEL, PANEL_OVERVIEW), UINT64_C(1180000000000009001));
	state_free(s);
}

static void test_the_session(void **state)
{
	struct err err = {0};
	struct state_session a = {.id = "abc\"def",
				     .resume_url = "wss://gateway.example",
				     .seq = 42,
				     .token_hash = 7},
			     b;
	(void)state;
	assert_false(state_load_session(folder, &b));
	assert_true(state_save_session(folder, &a, &err));
	assert_int_equal(mode_of("ddc_session.json"), 0600);
	assert_true(state_load_session(folder, &b));
	assert_string_equal(b.id, a.id);
	assert_string_equal(b.resume_url, a.resume_url);
	assert_int_equal(b.seq, 42);
	assert_int_equal(b.token_hash, 7);
	assert_true(state_save_session(folder, NULL, &err));
	assert_false(state_load_session(folder, &b));
	put("ddc_session.json", "{\"session_id\": 5}");
	assert_false(state_load_session(folder, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_panels_of_the_original_are_known, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_only_the_ids_change, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_a_new_folder, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_a_broken_file_is_kept, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_the_session, folder_make, folder_remove),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
