#include "fixture_folder.h"

#include "base/log.h"
#include "config/config.h"
#include "config/migrate.h"
#include "config/save.h"
#include "config/token.h"
#include "config/writer.h"
#include "crypto/fernet.h"
#include "crypto/password.h"

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

#define V1_TOKEN "MTA5ODcwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-v10000000001"
#define V2_TOKEN "MTE4MDAwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-000000000001"

static struct config *load(void)
{
	struct list problems = LIST_INIT(problems);
	struct err err = {0};
	struct config *c = config_load(folder, &problems, &err);
	assert_non_null(c);
	config_problems_clear(&problems);
	return c;
}

/* What must be the same before and after. */
static void describe(struct buf *b)
{
	struct config *c = load();
	buf_printf(b, "%s %s %llu\n", c->language, c->timezone, (unsigned long long)c->guild_id);
	for (unsigned i = 0; i < c->container_count; i++) {
		const struct config_container *k = &c->containers[i];
		buf_printf(b, "%s|%s|%u|%d|%d|%d|%d|%d|%d|%s|%s|%s|%s\n", k->name, k->display_name, k->allowed,
			k->order, k->active, k->detailed_status, k->info_enabled, k->info_show_ip, k->info_protected,
			k->info_ip, k->info_port, k->info_text, k->info_protected_text);
	}
	for (unsigned i = 0; i < c->channel_count; i++) {
		const struct config_channel *k = &c->channels[i];
		buf_printf(b, "%llu|%d|%s|%d%d%d%d%d%d%d|%d|%d\n", (unsigned long long)k->id, k->kind, k->name,
			k->allow_serverstatus, k->allow_control, k->allow_info, k->allow_schedule, k->post_initial,
			k->auto_refresh, k->recreate_on_inactivity, k->update_interval_minutes,
			k->inactivity_timeout_minutes);
	}
	for (unsigned i = 0; i < c->admin_count; i++)
		buf_printf(b, "%llu\n", (unsigned long long)c->admins[i]);
	buf_printf(b, "%u %u %u %u\n", config_cooldown_s(c, "control", false), config_cooldown_s(c, "restart", true),
		c->max_commands_per_minute, c->max_buttons_per_minute);
	buf_printf(b, "%d %d\n", (int)config_int(c, "DDC_MAX_CONCURRENT_TASKS"),
		(int)config_bool(c, "DDC_LIVE_LOGS_ENABLED"));
	config_free(c);
	log_forget_secrets();
}

static void assert_token(const char *want)
{
	char token[CONFIG_TOKEN_BYTES];
	struct err err = {0};
	struct config *c = load();
	if (config_token_is_sealed(c))
		assert_true(config_open_token(c, token, &err) && config_set_token(c, token));
	assert_string_equal(c->token, want);
	config_free(c);
	log_forget_secrets();
}

static void migrate(struct buf *report)
{
	struct err err = {0};
	buf_reset(report);
	if (!config_migrate(folder, report, &err))
		fail_msg("%s", err.text);
}

static const char *const old_folders[] = {"config-v1/split-v1.1.3d", "config-v1/split-2025-08",
	"config-v1/single-config", "config-v1/single-config-alt", "config-v1/modular-v2.0.0",
	"config-v1/modular-by-script"};
enum { OLD_FOLDERS = sizeof old_folders / sizeof *old_folders };

static bool exists(const char *name)
{
	char path[PATH_MAX];
	folder_path(path, name);
	return access(path, F_OK) == 0;
}

static void test_everything_is_brought_over(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	for (size_t i = 0; i < OLD_FOLDERS; i++) {
		struct buf before, after, report;
		buf_init(&before, MEM_TEST, 1 << 20);
		buf_init(&after, MEM_TEST, 1 << 20);
		buf_init(&report, MEM_TEST, 1 << 20);
		assert_int_equal(folder_make(NULL), 0);
		use(old_folders[i]);
		static const char *const sources[] = {"bot_config.json", "web_config.json", "docker_config.json",
			"channels_config.json", "config_v1.json", "spam_protection.json",
			"container_info/minecraft_info.json"};
		bool was[7];
		for (int k = 0; k < 7; k++)
			was[k] = exists(sources[k]);
		describe(&before);
		migrate(&report);
		print_message("%s:\n%s", old_folders[i], buf_text(&report));
		describe(&after);
		assert_string_equal(buf_text(&after), buf_text(&before));
		for (int k = 0; k < 7; k++)
			assert_true(!was[k] || exists(sources[k])); /* nothing that was read is gone */
		assert_true(exists("containers/Home-Assistant.core.json"));
		assert_true(exists("channels/1098700000000000013.json"));
		assert_true(exists("config.json"));
		if (i == 0)
			assert_token(V1_TOKEN);
		migrate(&report);
		assert_string_equal(buf_text(&report), ""); /* again: nothing to do */
		assert_int_equal(folder_remove(NULL), 0);
		buf_clear(&before);
		buf_clear(&after);
		buf_clear(&report);
	}
}

static void test_a_folder_of_v2_is_left_alone(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	struct buf report;
	buf_init(&report, MEM_TEST, 1 << 16);
	assert_int_equal(folder_make(NULL), 0);
	use("config-v2-fresh");
	migrate(&report);
	assert_string_equal(buf_text(&report), "");
	assert_false(exists("channels_config.json"));
	assert_int_equal(folder_remove(NULL), 0);
	buf_clear(&report);
}

/* ---- what v2.3's migration lost ---- */

#define COPY "backup_20261231_165013"

static void drop(const char *name)
{
	char path[PATH_MAX];
	folder_path(path, name);
	assert_true(unlink(path) == 0 || errno == ENOENT);
}

static void move(const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];
	folder_path(a, from);
	folder_path(b, to);
	assert_int_equal(rename(a, b), 0);
}

/* split-2025-08 as v2.3 leaves it: today's layout, and the old files in a copy only. */
static void make_migrated_by_v23(void)
{
	static const char *const gone[] = {"bot_config.json", "web_config.json", "docker_config.json",
		"channels_config.json", "heartbeat.json", "advanced_settings.json", "spam_protection.json"};
	char path[FIXTURE_PATH_BYTES];
	use("config-v1/modular-by-script");
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		drop(gone[i]);
	fixture_path(path, "config-v1/split-2025-08", "");
	copy_tree(path, COPY);
	put(COPY "/heartbeat.json",
		"{\"heartbeat_channel_id\": 1098700000000000077, \"enabled\": true, \"interval_minutes\": 25}");
	char *channels = get(COPY "/channels_config.json", NULL);
	char *own = strstr(strstr(channels, "default_channel_permissions"), "\"update_interval_minutes\": 10");
	memcpy(own, "\"update_interval_minutes\": 33", strlen("\"update_interval_minutes\": 33"));
	put(COPY "/channels_config.json", channels);
	free(channels);
	put("channels/1098700000000000019.json", "{\"name\": \"new\"}");
}

static void assert_nothing_is_lost(void)
{
	struct config *c = load();
	const struct config_container *k = config_find_container(c, STR("minecraft"));
	assert_int_equal(config_int(c, "DDC_MAX_CONCURRENT_TASKS"), 6);
	assert_false(config_bool(c, "DDC_LIVE_LOGS_ENABLED"));
	assert_int_equal(config_cooldown_s(c, "control", false), 9);
	assert_int_equal(c->max_commands_per_minute, 12);
	assert_int_equal(config_int(c, "docker_list_refresh_seconds"), 45);
	assert_string_equal(config_text(c, "heartbeat_channel_id"), "1098700000000000077");
	assert_int_equal(config_int(c, "heartbeat.interval"), 25);
	assert_false(config_bool(c, "heartbeat.enabled"));
	assert_string_equal(k->info_port, "25565");
	assert_true(k->info_show_ip);
	assert_int_equal(config_find_channel(c, UINT64_C(1098700000000000019))->update_interval_minutes, 33);
	config_free(c);
}

static void test_what_the_original_lost_comes_back(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	struct buf report;
	struct err err = {0};
	buf_init(&report, MEM_TEST, 1 << 20);
	assert_int_equal(folder_make(NULL), 0);
	make_migrated_by_v23();
	assert_nothing_is_lost();
	migrate(&report);
	print_message("%s", buf_text(&report));
	assert_non_null(strstr(buf_text(&report), "settings of " COPY "/web_config.json are now in config.json"));
	assert_non_null(strstr(buf_text(&report), "heartbeat stays off"));
	assert_nothing_is_lost();
	assert_true(exists(COPY "/web_config.json"));
	assert_true(exists("ddc_migration.json"));
	migrate(&report);
	assert_string_equal(buf_text(&report), "");
	/* what somebody takes away later is gone, whatever the copy says */
	assert_true(config_save_setting(folder, "DDC_MAX_CONCURRENT_TASKS", NULL, &err));
	struct config *c = load();
	assert_int_equal(config_int(c, "DDC_MAX_CONCURRENT_TASKS"), 3);
	config_free(c);
	assert_int_equal(folder_remove(NULL), 0);
	buf_clear(&report);
}

static void test_newer_values_stay(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	struct buf report;
	buf_init(&report, MEM_TEST, 1 << 20);
	assert_int_equal(folder_make(NULL), 0);
	make_migrated_by_v23();
	put("config.json", "{\"language\": \"fr\", \"advanced_settings\": {\"DDC_MAX_CONCURRENT_TASKS\": \"9\"}}");
	put("channels_config.json", "{\"spam_protection\": {\"command_cooldowns\": {\"control\": 2}}}");
	put("containers/minecraft.json", "{\"container_name\": \"minecraft\", \"info\": {\"enabled\": true, "
					 "\"custom_port\": \"1\", \"protected_enabled\": false}}");
	put("web_ui.json", "{\"web_ui_user\": \"somebody\"}");
	for (int round = 0; round < 2; round++) {
		struct config *c = load();
		assert_string_equal(c->language, "fr");
		assert_string_equal(config_text(c, "web_ui_user"), "somebody");
		assert_int_equal(config_int(c, "DDC_MAX_CONCURRENT_TASKS"), 9);
		assert_int_equal(config_int(c, "DDC_DOCKER_MAX_CACHE_AGE"), 900); /* name by name */
		assert_int_equal(config_cooldown_s(c, "control", false), 2);
		assert_string_equal(config_find_container(c, STR("minecraft"))->info_port, "1");
		config_free(c);
		log_forget_secrets();
		migrate(&report);
	}
	assert_int_equal(folder_remove(NULL), 0);
	buf_clear(&report);
}

/* Of the single layouts v2.3 leaves nothing but a copy. */
static void test_the_only_copy_is_read(void **state)
{
	static const char *const names[][2] = {
		{"config-v1/single-config", "config.json"}, {"config-v1/single-config-alt", "config_v1.json"}};
	(void)state;
	NEEDS_FIXTURES();
	for (int i = 0; i < 2; i++) {
		struct buf before, after, report;
		char copy[128];
		buf_init(&before, MEM_TEST, 1 << 20);
		buf_init(&after, MEM_TEST, 1 << 20);
		buf_init(&report, MEM_TEST, 1 << 20);
		assert_int_equal(folder_make(NULL), 0);
		use(names[i][0]);
		describe(&before);
		snprintf(copy, sizeof copy, "%s.v1.1.x." COPY, names[i][1]);
		move(names[i][1], copy);
		describe(&after);
		assert_string_equal(buf_text(&after), buf_text(&before));
		migrate(&report);
		buf_reset(&after);
		describe(&after);
		assert_string_equal(buf_text(&after), buf_text(&before));
		assert_token(V1_TOKEN);
		assert_true(exists(copy));
		assert_true(exists("server_order.json"));
		assert_int_equal(folder_remove(NULL), 0);
		buf_clear(&before);
		buf_clear(&after);
		buf_clear(&report);
	}
}

static void test_a_copy_adds_what_is_missing(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	struct buf report;
	struct err err = {0};
	char path[PATH_MAX];
	buf_init(&report, MEM_TEST, 1 << 20);
	assert_int_equal(folder_make(NULL), 0);
	make_migrated_by_v23();
	drop("containers/plex.json");
	drop("channels/1098700000000000013.json");
	put("containers/valheim.json", "{\"container_name\": \"valheim\", \"display_name\": \"Mine\"}");
	migrate(&report);
	assert_non_null(strstr(buf_text(&report), "1 containers that are not in containers/"));
	assert_false(exists("containers/plex.json")); /* somebody may have taken it away */
	buf_reset(&report);
	folder_path(path, COPY);
	assert_true(config_import_old(folder, path, &report, &err));
	assert_true(exists("containers/plex.json"));
	assert_true(exists("channels/1098700000000000013.json"));
	struct config *c = load();
	assert_string_equal(config_find_container(c, STR("valheim"))->display_name, "Mine");
	config_free(c);
	log_forget_secrets();
	buf_reset(&report);
	assert_true(config_import_old(folder, path, &report, &err));
	assert_non_null(strstr(buf_text(&report), "nothing was changed"));
	assert_false(config_import_old(folder, "/etc", &report, &err));
	assert_int_equal(folder_remove(NULL), 0);
	buf_clear(&report);
}

/* ---- killed at each step on disk ---- */

static unsigned countdown;

static bool kill_here(enum writer_step step, const char *path, void *arg)
{
	(void)step, (void)path, (void)arg;
	if (--countdown == 0)
		_exit(9);
	return true;
}

static bool killed_at(unsigned step)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct buf report;
		struct err err = {0};
		buf_init(&report, MEM_TEST, 1 << 16);
		countdown = step;
		writer_set_fault(kill_here, NULL);
		_exit(config_migrate(folder, &report, &err) ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 1);
	return WEXITSTATUS(status) == 9;
}

static void test_an_interrupted_run_is_continued(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	unsigned kills = 0;
	for (size_t i = 1; i < OLD_FOLDERS; i += 2) {
		struct buf want, now, report;
		buf_init(&want, MEM_TEST, 1 << 20);
		buf_init(&now, MEM_TEST, 1 << 20);
		buf_init(&report, MEM_TEST, 1 << 20);
		bool was_killed = true;
		for (unsigned step = 1; was_killed; step++) {
			assert_int_equal(folder_make(NULL), 0);
			use(old_folders[i]);
			buf_reset(&want);
			describe(&want);
			was_killed = killed_at(step);
			kills += was_killed;
			buf_reset(&now);
			describe(&now);
			assert_string_equal(buf_text(&now), buf_text(&want)); /* half done reads the same */
			migrate(&report);
			buf_reset(&now);
			describe(&now);
			assert_string_equal(buf_text(&now), buf_text(&want)); /* and so does the rest of it */
			assert_false(exists("containers.ddc-new"));
			assert_int_equal(folder_remove(NULL), 0);
		}
		buf_clear(&want);
		buf_clear(&now);
		buf_clear(&report);
	}
	print_message("%u kills\n", kills);
	assert_true(kills > 100);
}

/* ---- secrets at rest ---- */

static bool holds(const char *name, const char *text)
{
	char *all = get(name, NULL);
	bool found = all && strstr(all, text);
	free(all);
	return found;
}

static void test_secrets_are_sealed(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	struct buf report, before, after;
	struct err err = {0};
	buf_init(&report, MEM_TEST, 1 << 16);
	buf_init(&before, MEM_TEST, 1 << 20);
	buf_init(&after, MEM_TEST, 1 << 20);
	assert_int_equal(folder_make(NULL), 0);
	use("config-v2");
	assert_true(holds("config.json", V2_TOKEN));
	describe(&before);
	assert_true(config_secure(folder, &report, &err));
	print_message("%s", buf_text(&report));
	describe(&after);
	assert_string_equal(buf_text(&after), buf_text(&before));
	assert_false(holds("config.json", V2_TOKEN));
	assert_false(holds("config.json.bak", V2_TOKEN));
	assert_false(holds("config.json", "\"odin\""));
	assert_false(holds("containers/valheim.json", "\"odin\""));
	assert_int_equal(mode_of("config.json"), 0600);
	assert_int_equal(mode_of("containers/valheim.json"), 0600);
	assert_int_equal(mode_of("web_ui.json"), 0600);
	assert_token(V2_TOKEN);
	struct config *c = load();
	const struct config_container *k = config_find_container(c, STR("valheim"));
	assert_true(config_info_password_ok(k, STR("odin")));
	assert_false(config_info_password_ok(k, STR("Odin")));
	assert_false(config_info_password_ok(config_find_container(c, STR("plex")), STR("")));
	config_free(c);
	log_forget_secrets();
	buf_reset(&report);
	assert_true(config_secure(folder, &report, &err));
	assert_string_equal(buf_text(&report), "");
	assert_int_equal(folder_remove(NULL), 0);
	buf_clear(&report);
	buf_clear(&before);
	buf_clear(&after);
}

static void test_an_old_seal_is_made_anew(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	struct buf report;
	struct err err = {0};
	char opened[CONFIG_TOKEN_BYTES], stored[1024];
	buf_init(&report, MEM_TEST, 1 << 16);
	assert_int_equal(folder_make(NULL), 0);
	use("config-v1/modular-v2.0.0"); /* 260,000 rounds, which v2.3 cannot open */
	assert_true(config_secure(folder, &report, &err));
	char *auth = get("auth.json", NULL);
	assert_int_equal(sscanf(strstr(auth, "gAAAAA"), "%1000[^\"]", stored), 1);
	free(auth);
	struct config *c = load();
	assert_true(token_open_rounds(stored, config_password_hash(c), TOKEN_ROUNDS, opened, sizeof opened));
	assert_string_equal(opened, V1_TOKEN);
	config_free(c);
	log_forget_secrets();
	assert_true(holds("config.json", stored));
	buf_reset(&report);
	assert_true(config_secure(folder, &report, &err));
	assert_string_equal(buf_text(&report), "");
	assert_int_equal(folder_remove(NULL), 0);
	buf_clear(&report);
}

static void test_a_new_password_keeps_the_token(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	struct err err = {0};
	assert_int_equal(folder_make(NULL), 0);
	use("config-v1/modular-v2.0.0");
	assert_false(config_set_password(folder, STR("short"), &err));
	assert_false(config_set_password(folder, STR("onlysmallletters"), &err));
	assert_true(config_set_password(folder, STR("A-New-Password-7"), &err));
	assert_token(V1_TOKEN);
	struct config *c = load();
	assert_true(password_check(str_of(config_password_hash(c)), STR("A-New-Password-7")));
	assert_true(holds("web_ui.json", config_password_hash(c))); /* the original reads it there */
	config_free(c);
	log_forget_secrets();
	assert_int_equal(folder_remove(NULL), 0);
}

static void test_the_first_password_may_come_from_a_variable(void **state)
{
	struct buf report;
	struct err err = {0};
	(void)state;
	buf_init(&report, MEM_TEST, 1 << 16);
	assert_int_equal(folder_make(NULL), 0);
	put("config.json", "{\"web_ui_password_hash\": \"admin\", \"bot_token\": \"" V2_TOKEN "\"}");
	setenv("DDC_ADMIN_PASSWORD", "Given-At-Start-1", 1);
	assert_true(config_secure(folder, &report, &err));
	setenv("DDC_ADMIN_PASSWORD", "Another-One-22", 1);
	assert_true(config_secure(folder, &report, &err)); /* there is one now */
	unsetenv("DDC_ADMIN_PASSWORD");
	struct config *c = load();
	assert_true(password_check(str_of(config_password_hash(c)), STR("Given-At-Start-1")));
	config_free(c);
	log_forget_secrets();
	assert_false(holds("config.json", V2_TOKEN));
	assert_token(V2_TOKEN);
	assert_int_equal(folder_remove(NULL), 0);
	buf_clear(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_is_brought_over),
		cmocka_unit_test(test_a_folder_of_v2_is_left_alone),
		cmocka_unit_test(test_what_the_original_lost_comes_back),
		cmocka_unit_test(test_newer_values_stay),
		cmocka_unit_test(test_the_only_copy_is_read),
		cmocka_unit_test(test_a_copy_adds_what_is_missing),
		cmocka_unit_test(test_an_interrupted_run_is_continued),
		cmocka_unit_test(test_secrets_are_sealed),
		cmocka_unit_test(test_an_old_seal_is_made_anew),
		cmocka_unit_test(test_a_new_password_keeps_the_token),
		cmocka_unit_test(test_the_first_password_may_come_from_a_variable),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
