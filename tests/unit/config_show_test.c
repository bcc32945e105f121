/* `ddc config show --json` says what the original's own loaders say. */
#include "fixtures.h"
#include "folder.h"

#include "base/log.h"
#include "config/archive.h"
#include "config/check.h"
#include "config/cli.h"
#include "config/config.h"
#include "config/markdown.h"
#include "config/save.h"
#include "config/show.h"
#include "config/watch.h"

#include <jansson.h>

static json_t *shown(const char *path, bool reveal)
{
	struct buf b;
	struct err err = {0};
	json_error_t error;
	buf_init(&b, MEM_TEST, 1 << 24);
	if (!show_json(path, reveal, &b, &err))
		fail_msg("%s", err.text);
	json_t *j = json_loadb(b.data, b.length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
	if (!j)
		fail_msg("%s: %s", error.text, b.data);
	buf_clear(&b);
	log_forget_secrets();
	return j;
}

static void assert_same(json_t *got, json_t *want, const char *place);

static void assert_same_object(json_t *got, json_t *want, const char *place)
{
	const char *key;
	json_t *value;
	json_object_foreach(want, key, value)
	{
		char deeper[512];
		snprintf(deeper, sizeof deeper, "%.300s.%.200s", place, key);
		if (!json_object_get(got, key))
			fail_msg("%s is missing", deeper);
		assert_same(json_object_get(got, key), value, deeper);
	}
	json_object_foreach(got, key, value) if (!json_object_get(want, key))
		fail_msg("%s.%s is not expected", place, key);
}

static void assert_same(json_t *got, json_t *want, const char *place)
{
	if (json_typeof(got) != json_typeof(want))
		fail_msg("%s: another type: %s", place, json_dumps(got, JSON_ENCODE_ANY));
	if (json_is_object(want)) {
		assert_same_object(got, want, place);
	} else if (json_is_array(want)) {
		size_t i;
		json_t *value;
		if (json_array_size(got) != json_array_size(want))
			fail_msg("%s: another length", place);
		json_array_foreach(want, i, value)
		{
			char deeper[512];
			snprintf(deeper, sizeof deeper, "%.300s[%zu]", place, i);
			assert_same(json_array_get(got, i), value, deeper);
		}
	} else if (!json_equal(got, want)) {
		fail_msg("%s: %s", place, json_dumps(got, JSON_ENCODE_ANY));
	}
}

static void check(const char *name)
{
	static const char *const keys[] = {"effective_config", "effective_bot_token", "active_containers",
		"container_info", "channels", "admins", "spam_protection", "tasks", "auto_actions",
		"auto_actions_state", "translation", "server_order"};
	char path[FIXTURE_PATH_BYTES], expected[FIXTURE_PATH_BYTES];
	fixture_path(path, name, "");
	fixture_path(expected, name, ".expected.json");
	json_t *got = shown(path, true), *want = json_load_file(expected, 0, NULL);
	assert_non_null(want);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_same(json_object_get(got, keys[i]), json_object_get(want, keys[i]), keys[i]);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(got, "sources"), "language")), "config.json");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(got, "sources"), "DDC_WEB_PORT")), "default");
	json_decref(got);
	json_decref(want);
}

static void test_the_full_installation(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	check("config-v2");
}

static void test_the_fresh_installation(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	check("config-v2-fresh");
}

static void test_secrets_are_masked(void **state)
{
	static const char *const secrets[] = {
		"NotARealToken", "pbkdf2:", "gAAAAA", "odin", "PalAdmin", "Huginn", "00000000-1111", "hc-ping"};
	(void)state;
	NEEDS_FIXTURES();
	char path[FIXTURE_PATH_BYTES];
	fixture_path(path, "config-v2", "");
	for (int json = 0; json < 2; json++) {
		struct buf b;
		struct err err = {0};
		buf_init(&b, MEM_TEST, 1 << 24);
		assert_true(json ? show_json(path, false, &b, &err) : show_text(path, false, &b, &err));
		for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
			if (strstr(buf_text(&b), secrets[i]))
				fail_msg("%s is shown", secrets[i]);
		assert_non_null(strstr(buf_text(&b), json ? "\"protected_password\":\"***\"" : "web_ui_user"));
		buf_clear(&b);
		log_forget_secrets();
	}
}

static void test_older_layouts_are_shown_too(void **state)
{
	static const char *const names[] = {"config-v1/split-v1.1.3d", "config-v1/split-2025-08",
		"config-v1/single-config", "config-v1/single-config-alt", "config-v1/modular-v2.0.0",
		"config-v1/modular-by-script"};
	(void)state;
	NEEDS_FIXTURES();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[FIXTURE_PATH_BYTES];
		fixture_path(path, names[i], "");
		json_t *got = shown(path, true), *effective = json_object_get(got, "effective_config");
		assert_string_equal(json_string_value(json_object_get(got, "effective_bot_token")),
			"MTA5ODcwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-v10000000001");
		assert_string_equal(json_string_value(json_object_get(effective, "guild_id")), "1098700000000000001");
		assert_string_equal(json_string_value(json_object_get(effective, "language")), "de");
		assert_int_equal(json_array_size(json_object_get(got, "active_containers")), 7);
		assert_int_equal(json_object_size(json_object_get(got, "channels")), 3);
		if (strcmp(names[i], "config-v1/single-config-alt") != 0) /* comes without its tasks.json */
			assert_int_equal(json_array_size(json_object_get(got, "tasks")), 3);
		json_decref(got);
	}
}

static void test_odd_folders_are_shown(void **state)
{
	(void)state;
	put("config.json", "{\"x\": NaN, \"guild_id\": 1180000000000000100, \"deep\": "
			   "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],"
			   "\"k\": 1, \"k\": 2, \"latin\": \"M\xfcller\", \"half\": \"\\ud83d\", \"my_token\": 5}");
	put("containers/a.json", "{\"container_name\": \"odd name\", \"order\": \"3\", \"info\": [], "
				 "\"extra\": {\"password\": \"p\"}}");
	put("tasks.json", "[1, {}, {\"task_id\": \"t\", \"container_name\": \"c\"}]");
	put("auto_actions.json", "{\"auto_actions\": [{}, 5]}");
	json_t *got = shown(folder, false), *effective = json_object_get(got, "effective_config");
	assert_true(json_is_null(json_object_get(effective, "x")));
	assert_string_equal(json_string_value(json_object_get(effective, "guild_id")), "1180000000000000100");
	assert_int_equal(json_integer_value(json_object_get(effective, "k")), 2);
	assert_string_equal(json_string_value(json_object_get(effective, "my_token")), "***");
	json_t *container = json_array_get(json_object_get(got, "active_containers"), 0);
	assert_string_equal(json_string_value(json_object_get(container, "docker_name")), "odd name");
	assert_int_equal(json_integer_value(json_object_get(container, "order")), 3);
	assert_true(json_is_false(json_object_get(json_object_get(container, "info"), "enabled")));
	assert_string_equal(json_string_value(json_object_get(json_object_get(container, "extra"), "password")), "***");
	assert_int_equal(json_array_size(json_object_get(got, "tasks")), 2);
	json_decref(got);
}

/* ---- the other commands ---- */

static int run(char *text, size_t size, int argc, const char *const *argv)
{
	char *copy[8];
	for (int i = 0; i < argc; i++)
		copy[i] = (char *)(uintptr_t)argv[i];
	setenv("DDC_CONFIG_DIR", folder, 1);
	FILE *out = fmemopen(text, size, "w");
	int status = config_cli(argc, copy, out);
	fclose(out);
	unsetenv("DDC_CONFIG_DIR");
	return status;
}
#define RUN(text, ...)                                                                                                 \
	run(text, sizeof text, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),                          \
		(const char *[]){__VA_ARGS__})

static void test_check_names_every_problem(void **state)
{
	char text[8192];
	(void)state;
	unsetenv("DDC_FIXTURES"); /* of the tests above; ddc rightly does not know it */
	put("config.json", "{\"bot_token\": "
			   "\"MTE4MDAwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-000000000001\"}");
	assert_int_equal(RUN(text, "config", "check"), 0);
	put("tasks.json", "[{\"container\": \"a\", \"action\": \"restart\", \"cycle\": \"weekly\", "
			  "\"schedule_details\": {\"time\": \"25:00\"}}]");
	put("containers/a.json", "{\"container_name\": \"a\", \"order\": 1, \"order\": 2}");
	put("auto_actions.json", "{\"auto_actions\": [{\"trigger\": {\"channel_ids\": [\"12\"]}, \"action\": "
				 "{\"type\": \"explode\"}}]}");
	assert_int_equal(RUN(text, "config", "check"), 1);
	assert_non_null(strstr(text, "tasks.json: task 1"));
	assert_non_null(strstr(text, "00:00 to 23:59"));
	assert_non_null(strstr(text, "monday"));
	assert_non_null(strstr(text, "\"order\" stands here more than once"));
	assert_non_null(strstr(text, "EXPLODE"));
	assert_non_null(strstr(text, "17 to 20 digits"));
	assert_int_equal(RUN(text, "config", "nonsense"), 2);
}

static void test_set_changes_only_its_bytes(void **state)
{
	char text[512];
	(void)state;
	put("config.json", "{\n  \"z\": 1.50,\n  \"language\": \"de\",\n  \"u\": \"\\u00fc\"\n}");
	assert_int_equal(RUN(text, "config", "set", "language", "fr"), 0);
	assert_file("config.json", "{\n  \"z\": 1.50,\n  \"language\": \"fr\",\n  \"u\": \"\\u00fc\"\n}");
	assert_file("config.json.bak", "{\n  \"z\": 1.50,\n  \"language\": \"de\",\n  \"u\": \"\\u00fc\"\n}");
	assert_int_equal(RUN(text, "config", "set", "DDC_MAX_CONCURRENT_TASKS", "7"), 0);
	assert_file("config.json", "{\n  \"z\": 1.50,\n  \"language\": \"fr\",\n  \"u\": \"\\u00fc\",\n  "
				   "\"advanced_settings\": {\n"
				   "    \"DDC_MAX_CONCURRENT_TASKS\": \"7\"\n  }\n}");
	assert_int_equal(RUN(text, "config", "set", "language", "klingon"), 1);
	assert_int_equal(RUN(text, "config", "set", "DDC_LOG_LEVEL", "info"), 1);
	put("config.json", "{ broken");
	assert_int_equal(RUN(text, "config", "set", "language", "fr"), 1);
	assert_file("config.json", "{ broken");
}

static void test_admins_are_added_and_removed(void **state)
{
	struct err err = {0};
	(void)state;
	put("admins.json", "{\n  \"discord_admin_users\": [\n    \"1180000000000000201\"\n  ],\n  \"mine\": 1\n}");
	assert_true(config_save_admin(folder, UINT64_C(1180000000000000202), "J\xc3\xb6rg", &err));
	assert_true(config_save_admin(folder, UINT64_C(1180000000000000202), NULL, &err)); /* twice is once */
	assert_true(config_remove_admin(folder, UINT64_C(1180000000000000201), &err));
	json_t *j;
	char path[PATH_MAX];
	folder_path(path, "admins.json");
	j = json_load_file(path, 0, NULL);
	json_t *ids = json_object_get(j, "discord_admin_users");
	assert_int_equal(json_array_size(ids), 1);
	assert_string_equal(json_string_value(json_array_get(ids, 0)), "1180000000000000202");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(j, "admin_notes"), "1180000000000000202")),
		"J\xc3\xb6rg");
	assert_int_equal(json_integer_value(json_object_get(j, "mine")), 1);
	json_decref(j);
}

static void test_export_and_import(void **state)
{
	static const char config[] = "{\"language\": \"de\", \"bot_token\": \"geheim-token\", \"heartbeat\": "
				     "{\"ping_url\": \"https://x\", \"interval\": 5}}";
	char archive[PATH_MAX], text[512], name[PATH_MAX + 16];
	(void)state;
	put("config.json", config);
	put("containers/a.json",
		"{\"container_name\": \"a\", \"info\": {\"protected_password\": \"wort\"}, \"odd\": [1.50]}");
	put("notes/other.json", "{}");
	put("ddc_session.json", "{\"session_id\": \"s\"}");
	folder_path(archive, "out.tar");
	assert_int_equal(RUN(text, "config", "export", archive), 0);
	size_t length = 0;
	char *tar = get("out.tar", &length);
	assert_null(memmem(tar, length, "geheim", 6));
	assert_null(memmem(tar, length, "wort\"", 5));
	assert_non_null(memmem(tar, length, "containers/a.json", 17));
	assert_null(memmem(tar, length, "session", 7));
	free(tar);
	assert_int_equal(mode_of("out.tar"), 0600);
	put("config.json", "{\"language\": \"fr\", \"bot_token\": \"newer\", \"heartbeat\": {\"ping_url\": "
			   "\"https://y\"}}");
	put("containers/a.json", "{\"container_name\": \"a\", \"info\": {\"protected_password\": \"other\"}}");
	assert_int_equal(RUN(text, "config", "import", archive), 0);
	assert_non_null(strstr(text, "containers/a.json"));
	json_t *j;
	folder_path(name, "config.json");
	j = json_load_file(name, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(j, "language")), "de");
	assert_string_equal(json_string_value(json_object_get(j, "bot_token")), "newer");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(j, "heartbeat"), "ping_url")), "https://y");
	json_decref(j);
	put("config.json", config);
	assert_int_equal(RUN(text, "config", "export", archive, "--with-secrets"), 0);
	put("config.json", "{}");
	assert_int_equal(RUN(text, "config", "import", archive), 0);
	assert_file("config.json", config);
	assert_file("config.json.bak", "{}");
	put("bad.tar", "this is no archive, but it is longer than nothing");
	folder_path(archive, "bad.tar");
	assert_int_equal(RUN(text, "config", "import", archive), 1);
}

static void test_changes_are_noticed(void **state)
{
	char path[600];
	struct stat st;
	(void)state;
	put("config.json", "{}");
	put("containers/a.json", "{}");
	uint64_t a = config_fingerprint(folder);
	put("mech_state.json", "{}");
	put("containers/.a.json.tmp", "{}");
	put("containers/a.json.bak", "{}");
	assert_true(config_fingerprint(folder) == a);
	put("containers/a.json", "{ }");
	uint64_t b = config_fingerprint(folder);
	assert_true(b != a);
	put("channels/1180000000000000111.json", "{}");
	uint64_t before = config_fingerprint(folder);
	assert_true(before != b);
	snprintf(path, sizeof path, "%s/config.json", folder);
	assert_true(stat(path, &st) == 0 && chmod(path, st.st_mode) == 0); /* as far as exFAT goes: only ctime moves */
	assert_true(config_fingerprint(folder) == before);
	assert_int_equal(chmod(path, st.st_mode ^ 0044), 0); /* it may have become readable */
	assert_true(config_fingerprint(folder) != before);
}

static void test_tasks_and_translation_are_judged(void **state)
{
	static const char *const parts[] = {"tasks.json: task 1: line 1: there is no day 31 in month 2 of that year",
		"tasks.json: task 2: line 2: a yearly task needs a month from 1 to 12",
		"tasks.json: task 3: line 3: a cron task needs its pattern"};
	struct list problems = LIST_INIT(problems);
	struct err err = {0};
	(void)state;
	assert_int_equal(folder_make(NULL), 0);
	put("tasks.json",
		"[{\"container\": \"a\", \"action\": \"stop\", \"cycle\": \"once\", \"schedule_details\": {\"time\": \"10:00\", \"day\": \"31\", "
		"\"month\": 2, \"year\": 2027}},\n"
		"{\"container\": \"a\", \"action\": \"stop\", \"cycle\": \"yearly\", \"schedule_details\": {\"time\": \"10:00\", \"day\": 1, \"month\": "
		"\"13\"}},\n"
		"{\"container\": \"a\", \"action\": \"stop\", \"cycle\": \"cron\", \"schedule_details\": {}},\n"
		"{\"container\": \"a\", \"action\": \"stop\", \"cycle\": \"yearly\", \"schedule_details\": {\"time\": \"10:00\", \"day\": 29, \"month\": 2}}]");
	put("channel_translations.json",
		"{\"settings\": {\"provider\": \"bing\", \"deepl_api_url\": \"http://elsewhere/\"}}");
	assert_true(config_check(folder, false, &problems, &err));
	struct buf b;
	buf_init(&b, MEM_TEST, 1 << 16);
	list_each (link, &problems) {
		const struct config_problem *p = list_item(link, struct config_problem, link);
		const char *comma = strstr(p->place, ", line");
		buf_printf(&b, "%s: %.*s: %s: %s\n", p->file, comma ? (int)(comma - p->place) : (int)strlen(p->place),
			p->place, comma ? comma + 2 : "", p->sentence);
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!strstr(buf_text(&b), parts[i]))
			fail_msg("%s is not in\n%s", parts[i], buf_text(&b));
	assert_null(strstr(buf_text(&b), "task 4"));
	buf_clear(&b);
	config_problems_clear(&problems);
	json_t *all = shown(folder, false),
	       *settings = json_object_get(json_object_get(all, "translation"), "settings");
	assert_string_equal(json_string_value(json_object_get(settings, "provider")), "deepl");
	assert_string_equal(json_string_value(json_object_get(settings, "deepl_api_url")),
		"https://api-free.deepl.com/v2/translate");
	json_decref(all);
	assert_int_equal(folder_remove(NULL), 0);
}

static void test_a_null_gives_way(void **state)
{
	(void)state;
	assert_int_equal(folder_make(NULL), 0);
	put("config.json", "{\"web_ui_user\": null, \"advanced_settings\": {\"DDC_MEMORY_PROFILE\": \"normal\"}}");
	put("web_ui.json", "{\"web_ui_user\": \"root\", \"session_timeout\": null}");
	setenv("DDC_MEMORY_PROFILE", "nas", 1);
	json_t *all = shown(folder, false), *settings = json_object_get(all, "effective_config");
	unsetenv("DDC_MEMORY_PROFILE");
	assert_string_equal(json_string_value(json_object_get(settings, "web_ui_user")), "root");
	assert_true(json_is_null(json_object_get(settings, "session_timeout")));
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(settings, "advanced_settings"), "DDC_MEMORY_PROFILE")),
		"nas");
	json_decref(all);
	assert_int_equal(folder_remove(NULL), 0);
}

static void test_the_page_about_options_is_up_to_date(void **state)
{
	struct buf b;
	(void)state;
	const char *root = getenv("SOURCE_ROOT");
	if (!root)
		skip();
	char path[PATH_MAX], *page = calloc(1, 1 << 20);
	snprintf(path, sizeof path, "%s/docs/configuration.md", root);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(page, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	buf_init(&b, MEM_TEST, 1 << 20);
	options_markdown(&b);
	if (strcmp(buf_text(&b), page) != 0)
		fail_msg("docs/configuration.md is not what `ddc config options --markdown` prints");
	buf_clear(&b);
	free(page);
}

#define T(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_full_installation),
		cmocka_unit_test(test_the_fresh_installation),
		cmocka_unit_test(test_secrets_are_masked),
		cmocka_unit_test(test_older_layouts_are_shown_too),
		T(test_odd_folders_are_shown),
		T(test_check_names_every_problem),
		T(test_set_changes_only_its_bytes),
		T(test_admins_are_added_and_removed),
		T(test_export_and_import),
		T(test_changes_are_noticed),
		cmocka_unit_test(test_tasks_and_translation_are_judged),
		cmocka_unit_test(test_a_null_gives_way),
		cmocka_unit_test(test_the_page_about_options_is_up_to_date),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
