#include "folder.h"

#include "config/state.h"
#include "config/writer.h"

#include <errno.h>

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

static void save(struct state *s)
{
	struct err err = {0};
	assert_false(state_is_saved(s));
	if (!state_save(s, &err))
		fail_msg("%s", err.text);
	state_saved(s, state_version(s));
	assert_true(state_is_saved(s));
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
	assert_file("mech_state.json", MECH); /* setting is for memory */
	save(s);
	state_free(s);
	assert_file("mech_state.json",
		"{\n  \"mech_expanded_states\": {\n    \"1180000000000000111\": true\n  },\n  \"odd\": "
		"1.50,\n"
		"  \"channel_overview_message_ids\": {\n    \"1180000000000000111\": {\n"
		"      \"overview\": 1180000000000009003\n    },\n    \"1180000000000000113\": {\n"
		"      \"admin_overview\": 18446744073709551615\n    }\n  }\n}");
	s = load();
	assert_true(state_panel(s, OTHER, PANEL_ADMIN_OVERVIEW) == UINT64_MAX);
	assert_true(state_panel_channel(s, 0) + state_panel_channel(s, 1) == CHANNEL + OTHER);
	assert_true(state_panel_channel(s, 2) == 0);
	assert_true(state_set_panel(s, OTHER, PANEL_ADMIN_OVERVIEW, 0, &err));
	assert_int_equal(state_panel(s, OTHER, PANEL_ADMIN_OVERVIEW), 0);
	assert_true(state_panel_channel(s, 0) == CHANNEL &&
		    state_panel_channel(s, 1) == 0); /* forgotten, though not saved yet */
	save(s);
	assert_int_equal(state_panel(s, OTHER, PANEL_ADMIN_OVERVIEW), 0);
	assert_int_equal(state_panel(s, CHANNEL, PANEL_OVERVIEW), UINT64_C(1180000000000009003));
	state_free(s);
	s = load();
	assert_int_equal(state_panel(s, OTHER, PANEL_ADMIN_OVERVIEW), 0);
	state_free(s);
}

/* As the daemon does it: a copy of the state saves while the original goes on. */
static void test_what_is_set_while_it_is_saved_goes_with_the_next(void **state)
{
	struct err err = {0};
	(void)state;
	struct state *s = load();
	assert_true(state_set_panel(s, CHANNEL, PANEL_OVERVIEW, 9001, &err));
	uint64_t seen = state_version(s);
	assert_true(state_save(s, &err));
	assert_true(state_set_panel(s, OTHER, PANEL_OVERVIEW, 9002, &err));
	state_saved(s, seen);
	assert_false(state_is_saved(s));
	put("mech_state.json", "{\"by\": \"the original\"}");
	save(s);
	state_free(s);
	assert_file("mech_state.json", "{\"by\": \"the original\",\"channel_overview_message_ids\": "
				       "{\"1180000000000000113\": {\"overview\": 9002}}}");
}

static bool full_for_mech_state(enum writer_step step, const char *path, void *arg)
{
	(void)step, (void)arg;
	errno = ENOSPC;
	return !strstr(path, "mech_state.json");
}

static void test_one_file_that_cannot_be_written_does_not_keep_the_others(void **state)
{
	struct err err = {0};
	struct state_session session = {.id = "abc", .seq = 1}, found;
	(void)state;
	struct state *s = load();
	assert_true(state_set_panel(s, CHANNEL, PANEL_OVERVIEW, 9001, &err));
	state_set_session(s, &session);
	writer_set_fault(full_for_mech_state, NULL);
	assert_false(state_save(s, &err));
	writer_set_fault(NULL, NULL);
	assert_non_null(strstr(err.text, "mech_state.json could not be saved: the disk is full"));
	assert_true(state_load_session(folder, &found));
	assert_string_equal(found.id, "abc");
	state_free(s);
}

static void test_a_new_folder(void **state)
{
	struct err err = {0};
	(void)state;
	struct state *s = load();
	assert_true(state_set_panel(s, CHANNEL, PANEL_OVERVIEW, UINT64_C(1180000000000009001), &err));
	state_set_commands_hash(s, 0xfeedfacecafebeef);
	save(s);
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
	save(s);
	state_free(s);
	assert_file("mech_state.json.broken", "{\"half\": ");
	s = load();
	assert_int_equal(state_panel(s, CHANNEL, PANEL_OVERVIEW), UINT64_C(1180000000000009001));
	state_free(s);
}

static void test_the_session(void **state)
{
	struct state_session a = {.id = "abc\"def", .resume_url = "wss://gateway.example", .seq = 42, .token_hash = 7},
			     b;
	(void)state;
	struct state *s = load();
	assert_false(state_load_session(folder, &b));
	state_set_session(s, &a);
	save(s);
	assert_int_equal(mode_of("ddc_session.json"), 0600);
	assert_true(state_load_session(folder, &b));
	assert_string_equal(b.id, a.id);
	assert_string_equal(b.resume_url, a.resume_url);
	assert_int_equal(b.seq, 42);
	assert_int_equal(b.token_hash, 7);
	state_set_session(s, NULL);
	save(s);
	assert_false(state_load_session(folder, &b));
	put("ddc_session.json", "{\"session_id\": 5}");
	assert_false(state_load_session(folder, &b));
	state_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_panels_of_the_original_are_known, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_only_the_ids_change, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			test_what_is_set_while_it_is_saved_goes_with_the_next, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			test_one_file_that_cannot_be_written_does_not_keep_the_others, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_a_new_folder, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_a_broken_file_is_kept, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_the_session, folder_make, folder_remove),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
