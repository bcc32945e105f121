/* user_actions.json as the original's viewer finds it: always a list, whatever was there before and whenever ddc ended. */
#include "leftovers.h"
#include "test.h"

#include "base/clock.h"
#include "base/json_reader.h"
#include "feature/audit/actions.h"
#include "feature/audit/audit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[64], file[96];

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/ddc-actions-XXXXXX");
	clock_test_set(1000, 1790000000000);
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	if (!mkdtemp(folder) || leftovers_watch(folder))
		return -1;
	snprintf(file, sizeof file, "%s/user_actions.json", folder);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {
		"user_actions.json", "user_actions.json.broken", "user_actions.json.tmp", "audit.jsonl"};
	char path[120];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
	clock_test_set(0, 0);
	return 0;
}

static void write_file(const char *text)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* ---- reading it as a viewer does ---- */

static struct {
	unsigned entries;
	char first[64], last[64], actions[512];
} seen;

static bool on_event(const struct json_event *e, void *arg)
{
	(void)arg;
	if (e->type == JSON_OBJECT)
		seen.entries++;
	if (e->type == JSON_STRING && strlen(seen.actions) + e->text.n + 2 < sizeof seen.actions) {
		strncat(seen.actions, e->text.p, e->text.n);
		strcat(seen.actions, " ");
	}
	if (e->type == JSON_STRING && seen.entries == 1)
		str_copy(seen.first, sizeof seen.first, e->text);
	if (e->type == JSON_STRING)
		str_copy(seen.last, sizeof seen.last, e->text);
	return true;
}

static bool read_as_viewer(void)
{
	static const char *const fields[] = {"[]", "[].action"};
	struct json_reader r;
	char chunk[4096];
	FILE *f = fopen(file, "r");
	size_t n;
	bool ok = f != NULL;

	memset(&seen, 0, sizeof seen);
	json_reader_init(&r, MEM_TEST, fields, 2, 256, on_event, NULL);
	while (ok && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		ok = json_reader_feed(&r, chunk, n);
	ok = ok && json_reader_finish(&r);
	json_reader_clear(&r);
	if (f)
		fclose(f);
	return ok;
}

static bool append(struct actions *a, const char *action)
{
	char text[128];
	struct err err = {0};

	snprintf(text, sizeof text, "{\"action\":\"%s\",\"details\":\"]}\\\"{[\"}", action);
	return actions_append(a, str_of(text), &err);
}

static void test_entries_stand_oldest_first_over_restarts(void **state)
{
	struct actions a;

	(void)state;
	assert_true(actions_init(&a, folder));
	assert_true(append(&a, "A"));
	assert_true(append(&a, "B"));
	actions_clear(&a);
	assert_true(actions_init(&a, folder));
	assert_true(append(&a, "C"));
	actions_clear(&a);
	assert_true(read_as_viewer());
	assert_string_equal(seen.actions, "A B C ");
}

static void test_what_the_original_wrote_stays(void **state)
{
	struct actions a;

	(void)state;
	write_file(
		"[\n  {\n    \"action\": \"DOCKER_STOP\",\n    \"details\": \"a [bracket] \\\\\"\n  },\n  {\n    \"action\": "
		"\"START\"\n  }\n]");
	assert_true(actions_init(&a, folder));
	assert_true(append(&a, "A"));
	assert_true(append(&a, "B"));
	actions_clear(&a);
	assert_true(read_as_viewer());
	assert_string_equal(seen.actions, "DOCKER_STOP START A B ");
}

static void test_somebody_else_may_write_in_between(void **state)
{
	struct actions a;

	(void)state;
	assert_true(actions_init(&a, folder));
	assert_true(append(&a, "A"));
	write_file("[{\"action\":\"X\"}, {\"action\":\"Y\"} ]   \n\n");
	assert_true(append(&a, "B"));
	actions_clear(&a);
	assert_true(read_as_viewer());
	assert_string_equal(seen.actions, "X Y B ");
}

/* Whatever a crash has left: the whole entries are there afterwards, and the next one. */
static void test_a_torn_file_is_mended_at_every_length(void **state)
{
	static const char whole[] = "[\n{\"action\":\"A\",\"d\":\"]\"},\n{\"action\":\"B\"}\n]\n";
	struct actions a;

	(void)state;
	for (size_t n = 0; n < sizeof whole; n++) {
		char torn[sizeof whole];
		unsigned kept = (n >= 24) + (n >= 40);

		memcpy(torn, whole, n);
		torn[n] = '\0';
		write_file(torn);
		assert_true(actions_init(&a, folder));
		assert_true(append(&a, "C"));
		actions_clear(&a);
		assert_true(read_as_viewer());
		assert_int_equal(seen.entries, kept + 1);
		assert_string_equal(seen.last, "C");
	}
}

static void test_what_is_no_list_is_put_aside(void **state)
{
	struct actions a;
	char aside[120];

	(void)state;
	write_file("{\"not\": \"a list\"}");
	assert_true(actions_init(&a, folder));
	assert_true(append(&a, "A"));
	actions_clear(&a);
	assert_true(read_as_viewer());
	assert_string_equal(seen.actions, "A ");
	snprintf(aside, sizeof aside, "%s.broken", file);
	assert_int_equal(access(aside, R_OK), 0);
}

static void test_a_full_disk_leaves_a_list(void **state)
{
	struct actions a;
	struct rlimit old, small;
	struct stat st;

	(void)state;
	assert_true(actions_init(&a, folder));
	assert_true(append(&a, "A"));
	assert_int_equal(stat(file, &st), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	for (rlim_t more = 0; more < 30; more++) {
		small = (struct rlimit){(rlim_t)st.st_size + more, old.rlim_max};
		setrlimit(RLIMIT_FSIZE, &small);
		bool ok = append(&a, "B");
		setrlimit(RLIMIT_FSIZE, &old);
		assert_false(ok);
		assert_true(read_as_viewer());
		assert_string_equal(seen.actions, "A ");
	}
	assert_true(append(&a, "C"));
	actions_clear(&a);
	assert_true(read_as_viewer());
	assert_string_equal(seen.actions, "A C ");
}

static void test_the_oldest_are_taken_out(void **state)
{
	struct actions a;
	FILE *f = fopen(file, "w");

	(void)state;
	fputs("[", f);
	for (int i = 0; i < ACTIONS_KEPT + ACTIONS_SLACK; i++)
		fprintf(f, "%s\n  {\"action\": \"n%d\"}", i ? "," : "", i);
	fputs("\n]", f);
	fclose(f);
	assert_true(actions_init(&a, folder));
	assert_true(append(&a, "A")); /* learns how many there are */
	assert_true(append(&a, "B"));
	actions_clear(&a);
	assert_true(read_as_viewer());
	assert_int_equal(seen.entries, ACTIONS_KEPT + 1);
	assert_string_equal(seen.first, "n501");
	assert_string_equal(seen.last, "B");
}

static const struct {
	const char *action, *result, *theirs;
} words[] = {
	{"start", "done", "DOCKER_START"},
	{"restart", "failed", "DOCKER_RESTART_FAILED"},
	{"stop", "timed_out", "DOCKER_STOP_TIMEOUT"},
	{"stop", "refused", "DOCKER_STOP_REFUSED"},
	{"stop", "cancelled", "DOCKER_STOP_CANCELLED"},
	{"stop", "not_done", "DOCKER_STOP_NOT_DONE"},
	{"stop", "interrupted", "DOCKER_STOP_INTERRUPTED"},
	{"see admin overview", "refused", "SEE_ADMIN_OVERVIEW_REFUSED"},
	{"edit info", "done", "INFO_EDIT_MODAL_SIMPLE"},
	{"edit protected info", "done", "PROTECTED_INFO_EDIT"},
	{"open protected info", "done", "PROTECTED_INFO_ACCESS"},
	{"open protected info", "failed", "PROTECTED_INFO_FAILED"},
};

static void test_actions_are_called_as_the_original_calls_them(void **state)
{
	struct audit *a = audit_new(folder);
	char all[512] = "";

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const struct audit_record r = {.user_id = 7,
			.user = STR("Ann"),
			.action = words[i].action,
			.target = STR("web"),
			.source = "button",
			.channel_id = 22,
			.result = words[i].result};
		audit_write(a, &r);
		strcat(strcat(all, words[i].theirs), " ");
	}
	audit_free(a);
	assert_true(read_as_viewer());
	assert_string_equal(seen.actions, all);
}

static void test_an_entry_has_the_fields_of_the_original(void **state)
{
	static const char expected[] =
		"[\n{\"timestamp\":\"2026-09-21T16:13:20+02:00\",\"timestamp_unix\":1790000000,\"timezone\":\"Europe/Berlin\","
		"\"action\":\"DOCKER_START\",\"target\":\"web\",\"user\":\"Ann\",\"source\":\"Discord Button\","
		"\"details\":\"done in 2.1 s | user 7, channel 22\",\"id\":\"1790000000-0000\",\"migrated\":false}\n]\n";
	struct audit *a = audit_new(folder);
	const struct audit_record r = {.user_id = 7,
		.user = STR("Ann"),
		.action = "start",
		.target = STR("web"),
		.source = "button",
		.channel_id = 22,
		.result = "done",
		.took_ms = 2100};
	char text[1024] = "";
	FILE *f;

	(void)state;
	audit_set_zone(a, "Europe/Berlin");
	audit_write(a, &r);
	audit_free(a);
	f = fopen(file, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof text - 1, f) > 0);
	fclose(f);
	assert_string_equal(text, expected);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_entries_stand_oldest_first_over_restarts),
		T(test_what_the_original_wrote_stays),
		T(test_somebody_else_may_write_in_between),
		T(test_a_torn_file_is_mended_at_every_length),
		T(test_what_is_no_list_is_put_aside),
		T(test_a_full_disk_leaves_a_list),
		T(test_the_oldest_are_taken_out),
		T(test_actions_are_called_as_the_original_calls_them),
		T(test_an_entry_has_the_fields_of_the_original),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
