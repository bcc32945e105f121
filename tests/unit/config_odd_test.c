/* Folders that no program wrote: typed by hand, half copied, owned by somebody else. The rest must be used,
 * the problem named, and nothing changed. */
#include "folder.h"

#include "base/log.h"
#include "config/config.h"
#include "config/doc.h"

static struct list problems = LIST_INIT(problems);

static struct config *load(void)
{
	struct err err = {0};
	config_problems_clear(&problems);
	struct config *c = config_load(folder, &problems, &err);
	assert_non_null(c);
	return c;
}

static void unload(struct config *c)
{
	config_free(c);
	config_problems_clear(&problems);
	log_forget_secrets();
}

/* A problem of this file whose place and sentence have these parts. */
static const struct config_problem *told(const char *file, const char *place, const char *part)
{
	list_each (link, &problems) {
		const struct config_problem *p = list_item(link, struct config_problem, link);
		if (strcmp(p->file, file) == 0 && strstr(p->place, place) && strstr(p->sentence, part))
			return p;
	}
	list_each (link, &problems) {
		const struct config_problem *p = list_item(link, struct config_problem, link);
		print_message("there is: %s: %s: %s\n", p->file, p->place, p->sentence);
	}
	fail_msg("nothing is said about %s: %s: %s", file, place, part);
	return NULL;
}

static void test_an_empty_folder(void **state)
{
	(void)state;
	struct config *c = load();
	assert_null(c->token);
	assert_false(config_token_is_sealed(c));
	assert_int_equal(c->guild_id, 0);
	assert_string_equal(c->language, "en");
	assert_int_equal(config_cooldown_s(c, "restart", true), 20);
	assert_int_equal(config_cooldown_s(c, "restart", false), 15);
	assert_int_equal(config_cooldown_s(c, "whatever", false), 5);
	assert_int_equal(c->max_buttons_per_minute, 35);
	told("config.json", "bot_token", "no bot token");
	unload(c);
}

static void test_types_are_taken_leniently(void **state)
{
	(void)state;
	put("config.json", "\xef\xbb\xbf{\"guild_id\": 18446744073709551615, \"language\": \"PT-br\", "
			   "\"web_ui_password_hash\": null,"
			   "\"heartbeat\": {\"enabled\": \"1\", \"interval\": \"7.9\"}, "
			   "\"advanced_settings\": {\"DDC_MAX_CONCURRENT_TASKS\": 6.0,"
			   "\"DDC_LIVE_LOGS_ENABLED\": \"Off\", \"DDC_DOCKER_CACHE_DURATION\": "
			   "99999999999999999999, \"DDC_MAX_CONTAINERS_DISPLY\": \"5\"}}");
	struct config *c = load();
	assert_true(c->guild_id == UINT64_MAX);
	assert_string_equal(c->language, "pt-BR");
	assert_true(config_bool(c, "heartbeat.enabled"));
	assert_int_equal(config_int(c, "heartbeat.interval"), 7);
	assert_int_equal(config_int(c, "DDC_MAX_CONCURRENT_TASKS"), 6);
	assert_false(config_bool(c, "DDC_LIVE_LOGS_ENABLED"));
	assert_int_equal(config_int(c, "DDC_DOCKER_CACHE_DURATION"), 86400);
	told("config.json", "DDC_DOCKER_CACHE_DURATION", "86400");
	told("config.json", "DDC_MAX_CONTAINERS_DISPLY", "did you mean DDC_MAX_CONTAINERS_DISPLAY");
	told("config.json", "", "byte order mark");
	unload(c);
}

static void test_wrong_values_are_named_with_their_place(void **state)
{
	(void)state;
	put("config.json", "{\n  \"bot_token\": [\"secret-in-a-list\"],\n  \"guild_id\": \"12\",\n  \"language\": 5,\n"
			   "  \"timezone\": \"../etc\",\n  \"heartbeat\": {\"interval\": true}\n}");
	put("channels/1180000000000000111.json",
		"{\"commands\": {\"control\": \"perhaps\"},\n \"update_interval_minutes\": \"soon\"}");
	put("containers/plex.json", "{\"container_name\": \"plex\", \"allowed_actions\": [\"status\", "
				    "\"explode\", 7], \"order\": {},\n"
				    " \"info\": {\"custom_port\": [1]}}");
	struct config *c = load();
	told("config.json", "guild_id, line 3", "17 to 20 digits");
	told("config.json", "language, line 4", "one of: ar bg");
	told("config.json", "timezone", "Europe/Berlin");
	told("config.json", "heartbeat.interval, line 6", "from 1 to 60");
	told("channels/1180000000000000111.json", "commands.control", "true or false");
	told("channels/1180000000000000111.json", "update_interval_minutes, line 2", "\"soon\"");
	told("containers/plex.json", "allowed_actions", "explode");
	told("containers/plex.json", "info.custom_port, line 2", "text");
	told("containers/plex.json", "order", "whole number");
	assert_int_equal(c->containers[0].order, 999);
	assert_int_equal(c->containers[0].allowed, ALLOW_STATUS);
	assert_int_equal(c->channels[0].kind, CHANNEL_STATUS);
	assert_string_equal(c->timezone, "UTC");
	list_each (link, &problems)
		assert_null(strstr(list_item(link, struct config_problem, link)->sentence, "secret-in-a-list"));
	unload(c);
}

static void test_what_is_no_file_or_no_json(void **state)
{
	char path[PATH_MAX], to[PATH_MAX];
	(void)state;
	put("config.json/inside", "");
	put("containers/a.json", "");
	put("containers/b.json", "{\"container_name\": \"b\"");
	put("containers/c.json", "[]");
	put_bytes("containers/d.json", "{\"container_name\": \"d\0\"}", 23);
	put("containers/f.json", "{\"container_name\": \"fine\"}");
	put("containers/g.json/x", "");
	folder_path(path, "containers/h.json");
	assert_int_equal(symlink("nowhere", path), 0);
	folder_path(path, "containers/i.json");
	assert_int_equal(mkfifo(path, 0600), 0);
	folder_path(path, "elsewhere.json");
	folder_path(to, "containers/linked.json");
	put("elsewhere.json", "{\"container_name\": \"linked\"}");
	assert_int_equal(symlink(path, to), 0);
	put("containers/.hidden.json", "{\"container_name\": \"hidden\"}");
	put("containers/old.json.tmp", "{\"container_name\": \"old\"}");
	struct config *c = load();
	told("config.json", "", "folder, not a file");
	told("containers/a.json", "line 1", "empty");
	told("containers/b.json", "line 1", "too early");
	told("containers/c.json", "line 1", "a list where it must hold an object");
	told("containers/d.json", "line 1", "NUL byte");
	told("containers/g.json", "", "folder");
	told("containers/h.json", "", "cannot be opened");
	told("containers/i.json", "", "no ordinary file");
	assert_int_equal(c->container_count, 2);
	assert_non_null(config_find_container(c, STR("fine")));
	assert_non_null(config_find_container(c, STR("linked")));
	unload(c);
}

static void test_unreadable_files(void **state)
{
	char path[PATH_MAX];
	(void)state;
	put("admins.json", "{\"discord_admin_users\": [\"1180000000000000201\"]}");
	folder_path(path, "admins.json");
	chmod(path, 0);
	chmod(folder, 0755);
	bool was_root = geteuid() == 0 && seteuid(65534) == 0; /* root reads everything */
	struct config *c = load();
	if (was_root)
		assert_int_equal(seteuid(0), 0);
	told("admins.json", "", "ermission");
	assert_int_equal(c->admin_count, 0);
	unload(c);
}

static void test_containers_of_all_kinds(void **state)
{
	(void)state;
	put("containers/a.json",
		"{\"docker_name\": \"a\", \"display_name\": \" \\u200b\\u2060\", \"name\": \"Old A\", \"active\": 0}"); /* nothing to be seen */
	put("containers/b.json", "{\"container_name\": \"b\", \"docker_name\": \"x\", \"display_name\": "
				 "[\"Bee\", \"other\"], \"order\": \"-3\", \"active\": \"1\"}");
	put("containers/c.json", "{\"container_name\": \"c\", \"display_name\": \"['C one', 'C two']\", "
				 "\"info\": {\"custom_port\": 25565, \"enabled\": 1}}");
	put("containers/d.json", "{\"container_name\": \"d\", \"display_name\": \"\", \"name\": \"\", "
				 "\"info\": null, \"allowed_actions\": \"restart\"}");
	put("containers/e.json", "{\"container_name\": \"bad name\"}");
	put("containers/f.json", "{\"display_name\": \"nobody\"}");
	put("containers/misnamed.json", "{\"container_name\": \"b\", \"display_name\": \"not this\"}");
	put("server_order.json", "{\"server_order\": [\"d\", \"c\", \"nothing\", 5]}");
	struct config *c = load();
	assert_int_equal(c->container_count, 4);
	assert_string_equal(c->containers[0].name, "b"); /* order -3 */
	assert_string_equal(c->containers[0].display_name, "Bee");
	assert_true(c->containers[0].active);
	assert_string_equal(c->containers[1].name, "d"); /* 999, by server_order */
	assert_string_equal(c->containers[1].display_name, "d");
	assert_int_equal(c->containers[1].allowed, ALLOW_RESTART);
	assert_string_equal(c->containers[2].name, "c");
	assert_string_equal(c->containers[2].display_name, "C one");
	assert_string_equal(c->containers[2].info_port, "25565");
	assert_true(c->containers[2].info_enabled);
	assert_string_equal(c->containers[3].display_name, "Old A");
	assert_false(c->containers[3].active);
	told("containers/e.json", "container_name", "no name that Docker allows");
	told("containers/f.json", "container_name", "no container_name");
	told("containers/misnamed.json", "container_name", "another file");
	unload(c);
}

static void test_names_that_python_wrote(void **state)
{
	static const char *const rows[][2] = {{"\"['It\\\\'s B', 'C']\"", "It's B"},
		{"\"[\\\"O'Neil\\\", 'z']\"", "O'Neil"},
		{"\"['\\\\u00dcber', 'x']\"", "\xc3\x9c"
					      "ber"},
		{"\"['\\\\xdcber']\"", "\xc3\x9c"
				       "ber"},
		{"\"[\\\"['Twice', 'B']\\\", 'C']\"", "Twice"}, {"[[\"Deep\"]]", "Deep"}, {"\"[]\"", "a"},
		{"\"[ ]\"", "a"}, {"\"['']\"", "a"}, {"[]", "a"}, {"\"[Plex]\"", "[Plex]"}, {"\"['open\"", "['open"},
		{"\"['open]\"", "['open]"}, {"\"['bad \\\\u12']\"", "['bad \\u12']"}, {"\"[\"", "["}, {"7", "7"}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256];
		snprintf(text, sizeof text, "{\"container_name\": \"a\", \"display_name\": %s}", rows[i][0]);
		put("containers/a.json", text);
		struct config *c = load();
		assert_string_equal(c->containers[0].display_name, rows[i][1]);
		unload(c);
	}
}

static void test_actions_as_text(void **state)
{
	(void)state;
	put("containers/a.json", "{\"container_name\": \"a\", \"allowed_actions\": \"status, Start;stop\"}");
	put("containers/b.json", "{\"container_name\": \"b\", \"allowed_actions\": \"['status', 'restart']\"}");
	put("containers/c.json", "{\"container_name\": \"c\", \"allowed_actions\": {\"start\": true}}");
	struct config *c = load();
	assert_int_equal(c->containers[0].allowed, ALLOW_STATUS | ALLOW_START | ALLOW_STOP);
	assert_int_equal(c->containers[1].allowed, ALLOW_STATUS | ALLOW_RESTART);
	assert_int_equal(c->containers[2].allowed, ALLOW_STATUS);
	told("containers/c.json", "allowed_actions", "must be a list");
	unload(c);
}

/* The original's page drops names from the table; it counts five seconds for them then. */
static void test_a_table_speaks_for_itself(void **state)
{
	(void)state;
	put("channels_config.json",
		"{\"spam_protection\": {\"command_cooldowns\": {\"control\": 8}, \"global_settings\": {}}}");
	struct config *c = load();
	assert_int_equal(config_cooldown_s(c, "control", false), 8);
	assert_int_equal(config_cooldown_s(c, "donatebroadcast", false), 5);
	assert_int_equal(config_cooldown_s(c, "restart", true), 5);
	assert_int_equal(c->max_buttons_per_minute, 30);
	unload(c);
	put("channels_config.json", "{}");
	put("containers/a.json", "{}"); /* not v1, where a file of that name says nothing about cooldowns */
	c = load();
	assert_int_equal(config_cooldown_s(c, "restart", true), 5);
	unload(c);
}

static void test_a_hash_that_nobody_can_check(void **state)
{
	(void)state;
	put("config.json",
		"{\"web_ui_password_hash\": \"scrypt:1048576:8:1$salt$"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
	struct config *c = load();
	told("config.json", "web_ui_password_hash", "more computing than ddc allows");
	unload(c);
	put("config.json", "{\"web_ui_password_hash\": \"admin\", \"advanced_settings\": [1]}");
	c = load();
	told("config.json", "web_ui_password_hash", "no password hash");
	told("config.json", "advanced_settings", "a list is not allowed here");
	unload(c);
}

static void test_more_values_than_there_is_room(void **state)
{
	(void)state;
	char *text = malloc(DOC_VALUES_MAX * 2 + 8);
	assert_non_null(text);
	text[0] = '[';
	for (int i = 0; i < DOC_VALUES_MAX; i++)
		memcpy(text + 1 + 2 * i, "1,", 2);
	memcpy(text + DOC_VALUES_MAX * 2, "]", 2);
	put("admins.json", text);
	free(text);
	struct config *c = load();
	told("admins.json", "line 1", "more than 200,000 values");
	unload(c);
}

static void test_many_containers(void **state)
{
	enum { MANY = 1000 };
	(void)state;
	for (int i = 0; i < MANY; i++) {
		char name[64], text[128];
		snprintf(name, sizeof name, "containers/c%04d.json", i);
		snprintf(text, sizeof text, "{\"container_name\": \"c%04d\", \"order\": %d}", i, MANY - i);
		put(name, text);
	}
	size_t before = mem_use_total().bytes;
	struct config *c = load();
	assert_int_equal(c->container_count, MANY);
	assert_string_equal(c->containers[0].name, "c0999");
	assert_string_equal(c->containers[MANY - 1].name, "c0000");
	assert_true((mem_use_total().bytes - before) / MANY < 512);
	unload(c);
}

static void test_channels_of_all_kinds(void **state)
{
	(void)state;
	put("channels/default.json", "{\"update_interval_minutes\": 3, \"enable_auto_refresh\": false, "
				     "\"commands\": {\"serverstatus\": true}, \"name\": \"D\"}");
	put("channels/1180000000000000111.json",
		"{\"commands\": {\"control\": 1}, \"inactivity_timeout_minutes\": -5}");
	put("channels/lost.json", "{\"channel_id\": 1180000000000000112, \"update_interval_minutes\": 9}");
	put("channels/named.json", "{\"name\": \"1180000000000000113\"}");
	put("channels/copy.json", "{\"channel_id\": \"1180000000000000111\", \"commands\": {}}");
	put("channels/nothing.json", "{\"name\": \"general\"}");
	struct config *c = load();
	assert_int_equal(c->channel_count, 3);
	const struct config_channel *k = config_find_channel(c, UINT64_C(1180000000000000111));
	assert_int_equal(k->kind, CHANNEL_CONTROL);
	assert_int_equal(k->inactivity_timeout_minutes, 0);
	assert_int_equal(k->update_interval_minutes, 3);
	assert_false(k->allow_serverstatus);
	k = config_find_channel(c, UINT64_C(1180000000000000112));
	assert_int_equal(k->update_interval_minutes, 9);
	assert_true(k->allow_serverstatus);
	assert_false(k->auto_refresh);
	assert_non_null(config_find_channel(c, UINT64_C(1180000000000000113)));
	told("channels/nothing.json", "", "no channel id");
	told("channels/copy.json", "channel_id", "another place");
	unload(c);
}

static void test_the_newest_token_counts(void **state)
{
	static const char one[] = "MTE4MDAwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-000000000001";
	static const char two[] = "MTE4MDAwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-000000000002";
	char text[256], path[PATH_MAX];
	(void)state;
	snprintf(text, sizeof text, "{\"bot_token\": \"%s\"}", one);
	put("auth.json", text);
	put("config.json", "{\"bot_token\": null}");
	struct config *c = load();
	assert_string_equal(c->token, one); /* nothing in config.json */
	unload(c);
	snprintf(text, sizeof text, "{\"bot_token\": \" %s\\n\"}", two);
	put("config.json", text);
	c = load();
	assert_string_equal(c->token, two); /* a leftover auth.json does not count */
	unload(c);
	folder_path(path, "config.json");
	const struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	c = load();
	assert_string_equal(c->token, one); /* somebody edited auth.json long after */
	unload(c);
	assert_int_equal(setenv("DISCORD_BOT_TOKEN", two, 1), 0);
	c = load();
	assert_string_equal(c->token, two);
	assert_int_equal(config_source_of(c, "bot_token"), SOURCE_ENVIRONMENT);
	unload(c);
	unsetenv("DISCORD_BOT_TOKEN");
}

static void test_the_environment(void **state)
{
	(void)state;
	put("config.json", "{\"advanced_settings\": {\"DDC_LIVE_LOGS_TAIL_LINES\": \"80\", "
			   "\"DDC_LIVE_LOGS_TIMEOUT\": 200}}");
	setenv("DDC_LIVE_LOGS_TAIL_LINES", " 70 ", 1);
	setenv("DDC_LIVE_LOGS_TIMEOUT", "ages", 1);
	setenv("DDC_LOG_LVL", "debug", 1);
	setenv("DDC_WEB_PORT", "", 1);
	struct config *c = load();
	assert_int_equal(config_int(c, "DDC_LIVE_LOGS_TAIL_LINES"), 70);
	assert_int_equal(config_source_of(c, "DDC_LIVE_LOGS_TAIL_LINES"), SOURCE_ENVIRONMENT);
	assert_int_equal(config_int(c, "DDC_LIVE_LOGS_TIMEOUT"), 200);
	assert_int_equal(config_source_of(c, "DDC_LIVE_LOGS_TIMEOUT"), SOURCE_FILE);
	assert_int_equal(config_int(c, "DDC_WEB_PORT"), 9374);
	assert_int_equal(config_source_of(c, "DDC_WEB_PORT"), SOURCE_DEFAULT);
	assert_false(told("environment", "DDC_LOG_LVL", "did you mean DDC_LOG_LEVEL")->is_error);
	assert_true(told("environment", "DDC_LIVE_LOGS_TIMEOUT", "ages")->is_error);
	unload(c);
	unsetenv("DDC_LIVE_LOGS_TAIL_LINES");
	unsetenv("DDC_LIVE_LOGS_TIMEOUT");
	unsetenv("DDC_LOG_LVL");
	unsetenv("DDC_WEB_PORT");
}

static void test_admins_and_cooldowns(void **state)
{
	(void)state;
	put("admins.json", "{\"discord_admin_users\": [1180000000000000201, \"1180000000000000202\", \"x\", "
			   "null, true, \"1180000000000000202\"]}");
	put("channels_config.json", "{\"spam_protection\": {\"command_cooldowns\": {\"control\": \"8\", "
				    "\"ping\": [], \"own\": 7},"
				    "\"button_cooldowns\": 5, \"global_settings\": {\"enabled\": \"yes\", "
				    "\"max_commands_per_minute\": 0}}}");
	struct config *c = load();
	assert_int_equal(c->admin_count, 2);
	assert_true(config_is_admin(c, UINT64_C(1180000000000000202)));
	told("admins.json", "discord_admin_users", "\"x\"");
	assert_int_equal(config_cooldown_s(c, "control", false), 8);
	assert_int_equal(config_cooldown_s(c, "ping", false), 3);
	assert_int_equal(config_cooldown_s(c, "own", true), 7);
	assert_int_equal(c->max_commands_per_minute, 0);
	told("channels_config.json", "ping", "whole number");
	told("channels_config.json", "button_cooldowns", "object");
	unload(c);
}

static void test_no_memory_anywhere(void **state)
{
	(void)state;
	put("config.json", "{\"language\": \"de\", \"bot_token\": \"gAAAAAB\", \"web_ui_password_hash\": "
			   "\"x\", \"bad\": 1}");
	put("containers/a.json", "{\"container_name\": \"a\", \"order\": \"q\", \"info\": {\"custom_text\": \"t\"}}");
	put("channels/1180000000000000111.json", "{\"name\": \"n\"}");
	put("admins.json", "{\"discord_admin_users\": [1180000000000000201]}");
	put("channels_config.json", "{\"spam_protection\": {\"command_cooldowns\": {\"control\": \"8\"}}}");
	bool whole = false;
	for (unsigned n = 1; n < 2000 && !whole; n++) {
		struct list own = LIST_INIT(own);
		struct err err = {0};
		mem_fail_at(n);
		struct config *c = config_load(folder, &own, &err);
		mem_fail_at(0);
		if (!c)
			assert_int_equal(err.code, ERR_MEMORY);
		whole = c && c->container_count == 1 && c->channel_count == 1 && c->admin_count == 1;
		config_free(c);
		config_problems_clear(&own);
		log_forget_secrets();
	}
	assert_true(whole);
}

#define T(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_an_empty_folder),
		T(test_types_are_taken_leniently),
		T(test_wrong_values_are_named_with_their_place),
		T(test_what_is_no_file_or_no_json),
		T(test_unreadable_files),
		T(test_containers_of_all_kinds),
		T(test_names_that_python_wrote),
		T(test_actions_as_text),
		T(test_a_table_speaks_for_itself),
		T(test_a_hash_that_nobody_can_check),
		T(test_more_values_than_there_is_room),
		T(test_many_containers),
		T(test_channels_of_all_kinds),
		T(test_the_newest_token_counts),
		T(test_the_environment),
		T(test_admins_and_cooldowns),
		T(test_no_memory_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
