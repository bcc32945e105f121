#include "leftovers.h"
#include "test.h"

#include "base/clock.h"
#include "base/log.h"
#include "feature/audit/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], file[96];
static unsigned errors_said;

static void count_errors(enum log_level level, const char *line, void *arg)
{
	(void)line, (void)arg;
	errors_said += level == LOG_ERROR;
}

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/ddc-audit-XXXXXX");
	errors_said = 0;
	log_set_sink(count_errors, NULL);
	clock_test_set(1000, 1790000000000);
	if (!mkdtemp(folder) || leftovers_watch(folder))
		return -1;
	snprintf(file, sizeof file, "%s/audit.jsonl", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	char path[120];

	unlink(file);
	for (int i = 1; i <= AUDIT_FILES_KEPT + 1; i++) {
		snprintf(path, sizeof path, "%s.%d", file, i);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/user_actions.json", folder);
	unlink(path);
	rmdir(folder);
	log_set_sink(NULL, NULL);
	clock_test_set(0, 0);
	return 0;
}

static const struct audit_record record = {
	.user_id = 1234567890123456789,
	.user = {"An \"na\"", 7},
	.action = "restart",
	.target = {"web", 3},
	.source = "button",
	.channel_id = 22,
	.result = "failed",
	.reason = {"No such container: web", 22},
	.took_ms = 17,
};

static const char *content(void)
{
	static char text[8192];
	FILE *f = fopen(file, "r");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return text;
}

#define LINE                                                                                                           \
	"{\"at\":\"2026-09-21T14:13:20Z\",\"user_id\":\"1234567890123456789\",\"user\":\"An \\\"na\\\"\","             \
	"\"action\":\"restart\",\"target\":\"web\",\"source\":\"button\",\"channel_id\":\"22\","                       \
	"\"result\":\"failed\",\"reason\":\"No such container: web\",\"took_ms\":17}\n"

static void test_each_act_is_one_line_behind_the_others(void **state)
{
	struct audit *a = audit_new(folder);
	struct stat st;

	(void)state;
	audit_write(a, &record);
	audit_free(a);
	a = audit_new(folder);
	audit_write(a, &record);
	audit_free(a);
	assert_string_equal(content(), LINE LINE);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0007, 0);
}

static void test_a_torn_line_does_not_swallow_the_next(void **state)
{
	struct audit *a = audit_new(folder);
	FILE *f = fopen(file, "w");

	(void)state;
	fputs("{\"at\":\"2026", f);
	fclose(f);
	audit_write(a, &record);
	audit_free(a);
	assert_string_equal(content(), "{\"at\":\"2026\n" LINE);
}

static void test_a_folder_that_cannot_be_written_is_said_once(void **state)
{
	struct audit *a;

	(void)state;
	assert_int_equal(mkdir(file, 0700), 0); /* a folder stands where the file belongs */
	a = audit_new(folder);
	audit_write(a, &record);
	audit_write(a, &record);
	assert_int_equal(errors_said, 1);
	rmdir(file);
	audit_write(a, &record);
	assert_string_equal(content(), LINE);
	unlink(file);
	mkdir(file, 0700);
	audit_write(a, &record);
	assert_int_equal(errors_said, 2); /* it had worked in between */
	rmdir(file);
	audit_free(a);
}

static void test_without_a_folder_it_still_works(void **state)
{
	struct audit *a = audit_new(NULL);

	(void)state;
	assert_non_null(a);
	audit_write(a, &record);
	audit_write(NULL, &record);
	audit_free(a);
	assert_int_equal(errors_said, 0);
}

static void test_long_texts_are_cut_and_the_record_stays_whole(void **state)
{
	struct audit *a = audit_new(folder);
	struct audit_record r = record;
	static char text[20000];
	size_t n;

	(void)state;
	memset(text, '\x01', sizeof text - 1);
	r.reason = r.user = r.target = str_of(text);
	audit_write(a, &r);
	audit_free(a);
	n = strlen(content());
	assert_true(n > 2000 && n < 8192);
	assert_string_equal(content() + n - 3, "7}\n");
}

static void test_a_full_file_moves_on_and_the_oldest_goes(void **state)
{
	struct audit *a = audit_new(folder);
	char path[120];
	struct stat st;

	(void)state;
	for (int i = 0; i < AUDIT_FILES_KEPT + 2; i++) {
		audit_write(a, &record);
		assert_int_equal(truncate(file, AUDIT_FILE_BYTES_MAX + i), 0);
	}
	audit_write(a, &record);
	audit_free(a);
	assert_string_equal(content(), LINE);
	for (int i = 1; i <= AUDIT_FILES_KEPT; i++) {
		snprintf(path, sizeof path, "%s.%d", file, i);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_size, AUDIT_FILE_BYTES_MAX + AUDIT_FILES_KEPT + 2 - i);
	}
	snprintf(path, sizeof path, "%s.%d", file, AUDIT_FILES_KEPT + 1);
	assert_int_not_equal(stat(path, &st), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_each_act_is_one_line_behind_the_others),
		T(test_a_torn_line_does_not_swallow_the_next),
		T(test_a_folder_that_cannot_be_written_is_said_once),
		T(test_without_a_folder_it_still_works),
		T(test_long_texts_are_cut_and_the_record_stays_whole),
		T(test_a_full_file_moves_on_and_the_oldest_goes),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
