/* Killed anywhere, or refused by the system: there is the old file or the new one, whole, and it is said why.
 */
#include "folder.h"

#include "base/log.h"
#include "base/rand.h"
#include "config/config.h"
#include "config/save.h"
#include "config/writer.h"

#include <errno.h>
#include <jansson.h>
#include <sys/wait.h>

static unsigned countdown;

static bool kill_here(enum writer_step step, const char *path, void *arg)
{
	(void)step, (void)path, (void)arg;
	if (--countdown == 0)
		_exit(9);
	return true;
}

/* Also leaves half of a piece written, as a power cut does: the temporary file is cut before the process
 * ends. */
static bool tear_here(enum writer_step step, const char *path, void *arg)
{
	(void)arg;
	if (--countdown == 0) {
		if (step == STEP_WRITE && truncate(path, 100) < 0)
			_exit(1);
		_exit(9);
	}
	return true;
}

static char *random_text(size_t length)
{
	char *text = malloc(length + 1);
	assert_non_null(text);
	for (size_t i = 0; i < length; i++)
		text[i] = (char)('a' + rand_below(26));
	text[length] = '\0';
	return text;
}

/* In a child: writes text, dies before the n-th step. True if it died. */
static bool dies_at(const char *name, const char *text, unsigned n, writer_fault_fn *how)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct err err = {0};
		countdown = n;
		writer_set_fault(how, NULL);
		_exit(writer_put(folder, name, str_of(text), WRITER_BACKUP, &err) ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 1);
	return WEXITSTATUS(status) == 9;
}

static void test_a_kill_at_any_step_leaves_a_whole_file(void **state)
{
	static const char *const names[] = {"config.json", "containers/plex.json"};
	unsigned points = 0;
	(void)state;
	for (int round = 0; points < 1200; round++) {
		const char *name = names[round % 2];
		char backup[64];
		snprintf(backup, sizeof backup, "%s.bak", name);
		char *old = random_text(1 + rand_below(60000)), *new = random_text(1 + rand_below(60000));
		bool died = true;
		for (unsigned n = 1; died; n++) {
			struct err err = {0};
			assert_true(writer_put(folder, name, str_of(old), 0, &err));
			died = dies_at(name, new, n, round & 2 ? tear_here : kill_here);
			points += died;
			char *now = get(name, NULL), *copy = get(backup, NULL);
			assert_non_null(now);
			if (strcmp(now, old) != 0 && strcmp(now, new) != 0)
				fail_msg("killed at step %u: neither the old nor the new file", n);
			if (!died || strcmp(now, new) == 0)
				assert_string_equal(copy, old); /* the version before, never the same one */
			free(now);
			free(copy);
		}
		free(old);
		free(new);
	}
	print_message("%u kills\n", points);
}

/* ---- errors instead of kills ---- */

static enum writer_step bad_step;
static int bad_errno;

static bool fail_here(enum writer_step step, const char *path, void *arg)
{
	(void)path, (void)arg;
	if (step != bad_step)
		return true;
	errno = bad_errno;
	return false;
}

static void test_the_cause_is_said_and_saving_works_again(void **state)
{
	static const struct {
		int number;
		const char *part;
	} causes[] = {{ENOSPC, "disk is full"}, {EDQUOT, "disk is full"}, {EROFS, "read-only"},
		{EACCES, "may not write"}, {EPERM, "PUID"}, {ENOENT, "mount"}, {EBUSY, "mounted by itself"},
		{EIO, "Input/output"}};
	(void)state;
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
		for (bad_step = STEP_OPEN; bad_step < STEP_READ_BACK; bad_step++) {
			struct err err = {0};
			put("config.json", "{\"old\": 1}");
			bad_errno = causes[i].number;
			writer_set_fault(fail_here, NULL);
			bool ok = writer_put(folder, "config.json", STR("{\"new\": 1}"), 0, &err);
			writer_set_fault(NULL, NULL);
			assert_false(ok);
			if (!strstr(err.text, causes[i].part) || !strstr(err.text, "config.json"))
				fail_msg("%s", err.text);
			if (bad_step < STEP_SYNC_FOLDER)
				assert_file("config.json", "{\"old\": 1}");
			char path[PATH_MAX];
			folder_path(path, ".config.json.tmp");
			assert_int_not_equal(access(path, F_OK), 0);
			assert_true(writer_put(folder, "config.json", STR("{\"new\": 2}"), 0, &err));
			assert_file("config.json", "{\"new\": 2}");
		}
	}
}

static void test_a_folder_that_is_not_ours(void **state)
{
	struct err err = {0};
	(void)state;
	put("config.json", "{\"old\": 1}");
	chmod(folder, 0555);
	bool was_root = geteuid() == 0 && seteuid(65534) == 0;
	bool ok = writer_put(folder, "config.json", STR("{}"), 0, &err);
	if (was_root)
		assert_int_equal(seteuid(0), 0);
	chmod(folder, 0755);
	assert_false(ok);
	assert_non_null(strstr(err.text, "may not write"));
	assert_file("config.json", "{\"old\": 1}");
}

static void test_a_vanished_folder(void **state)
{
	struct err err = {0};
	char gone[PATH_MAX];
	(void)state;
	folder_path(gone, "gone");
	assert_false(writer_put(gone, "config.json", STR("{}"), 0, &err));
	assert_non_null(strstr(err.text, "the folder is gone"));
	assert_false(writer_put(gone, "containers/a.json", STR("{}"), 0, &err));
	assert_int_not_equal(access(gone, F_OK), 0); /* a mount that is not up is not replaced by a folder */
}

static void test_modes_links_and_folders(void **state)
{
	struct err err = {0};
	char path[PATH_MAX], target[PATH_MAX];
	struct stat st;
	(void)state;
	put("real/config.json", "{\"old\": 1}");
	folder_path(target, "real/config.json");
	folder_path(path, "config.json");
	assert_int_equal(symlink(target, path), 0);
	assert_true(writer_put(folder, "config.json", STR("{}"), 0, &err));
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode)); /* the link stays, what it points to is new */
	assert_file("real/config.json", "{}");
	assert_int_equal(mode_of("real/config.json"), 0600);
	put("channels/x.json/inside", "");
	assert_false(writer_put(folder, "channels/x.json", STR("{}"), 0, &err));
	assert_non_null(strstr(err.text, "folder of that name"));
}

static void test_nothing_changes_when_nothing_changed(void **state)
{
	struct err err = {0};
	char path[PATH_MAX];
	struct stat before, after;
	(void)state;
	put("config.json", "{}");
	folder_path(path, "config.json");
	assert_int_equal(stat(path, &before), 0);
	assert_true(writer_put(folder, "config.json", STR("{}"), WRITER_BACKUP, &err));
	assert_int_equal(stat(path, &after), 0);
	assert_true(before.st_ino == after.st_ino);
	folder_path(path, "config.json.bak");
	assert_int_not_equal(access(path, F_OK), 0);
}

/* ---- load, save, load ---- */

static void add_noise(struct buf *b, unsigned depth)
{
	static const char *const values[] = {
		"1.50", "-0", "1e3", "\"\\u00fc\\/\"", "\"\xc3\xbc\"", "null", "[ ]", "{ }", "18446744073709551615"};
	if (depth && rand_below(3) == 0) {
		buf_printf(b, "{\"n%u\":", (unsigned)rand_below(99));
		add_noise(b, depth - 1);
		buf_add_str(b, rand_below(2) ? " }" : "}");
	} else {
		buf_add_str(b, values[rand_below(sizeof values / sizeof *values)]);
	}
}

/* An object with the known members in known, among unknown ones in any order and style. */
static void random_object(struct buf *b, const char *const *known, unsigned count)
{
	const char *gap = rand_below(2) ? "\n  " : " ";
	buf_reset(b);
	buf_add_char(b, '{');
	unsigned at = 0, total = count + (unsigned)rand_below(8);
	for (unsigned i = 0; i < total; i++) {
		buf_printf(b, "%s%s", i ? "," : "", gap);
		if (at < count && (rand_below(2) || total - i <= count - at)) {
			buf_add_str(b, known[at++]);
			continue;
		}
		buf_printf(b, "\"%s%u\": ", rand_below(2) ? "x_" : "\xc3\xa4", (unsigned)i);
		add_noise(b, 3);
	}
	buf_printf(b, "%s}%s", gap[0] == '\n' ? "\n" : "", rand_below(2) ? "\n" : "");
}

static json_t *parsed(const char *name)
{
	char path[PATH_MAX];
	folder_path(path, name);
	json_t *j = json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
	assert_non_null(j);
	return j;
}

static void assert_only_changed(const char *name, json_t *before, const char *key)
{
	json_t *after = parsed(name);
	json_object_del(before, key);
	json_object_del(after, key);
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
}

static void test_unknown_keys_survive_every_save(void **state)
{
	static const char *const settings[] = {
		"\"language\": \"de\"", "\"guild_id\": \"1180000000000000100\"", "\"session_timeout\": \"7200\""};
	static const char *const container[] = {
		"\"container_name\": \"plex\"", "\"order\": \"3\"", "\"display_name\": \"Plex\""};
	struct buf b;
	struct err err = {0};
	(void)state;
	buf_init(&b, MEM_TEST, 1 << 20);
	for (int round = 0; round < 300; round++) {
		struct list problems = LIST_INIT(problems);
		random_object(&b, settings, 3);
		put("config.json", buf_text(&b));
		random_object(&b, container, 3);
		put("containers/plex.json", buf_text(&b));
		json_t *config = parsed("config.json"), *plex = parsed("containers/plex.json");
		assert_true(config_save_setting(folder, "timezone", "Europe/Berlin", &err));
		assert_true(config_save_container(folder, "plex", "order", "12", &err));
		assert_only_changed("config.json", config, "timezone");
		assert_only_changed("containers/plex.json", plex, "order");
		struct config *c = config_load(folder, &problems, &err);
		assert_string_equal(c->timezone, "Europe/Berlin");
		assert_string_equal(c->language, "de");
		assert_int_equal(c->guild_id, UINT64_C(1180000000000000100));
		assert_int_equal(config_int(c, "session_timeout"), 7200);
		assert_int_equal(c->containers[0].order, 12);
		assert_string_equal(c->containers[0].display_name, "Plex");
		config_free(c);
		config_problems_clear(&problems);
		/* back to the first value: the same bytes as before the first change, but for the one key */
		assert_true(config_save_setting(folder, "timezone", NULL, &err));
	}
	buf_clear(&b);
}

/* Every kind of file with unknown members in it, and files that nobody knows: a save touches what it saves. */
static void test_saves_leave_the_rest_of_the_folder(void **state)
{
	static const char *const others[] = {"auth.json", "web_ui.json", "docker_settings.json", "channels_config.json",
		"channels/1180000000000000111.json", "channels/default.json", "containers/redis.json", "tasks.json",
		"auto_actions.json", "channel_translations.json", "query_support.json", "strange.json", "notes.txt",
		"progress/events.jsonl", "mech/evolution.json"};
	enum { OTHERS = sizeof others / sizeof *others };
	static const char *const admins[] = {"\"discord_admin_users\": [\"1180000000000000201\", 1180000000000000202]",
		"\"admin_notes\": {\"1180000000000000201\": \"\\u00fcber\"}"};
	static const char *const main[] = {"\"language\": \"de\""}, *const container[] = {
									    "\"container_name\": \"plex\""};
	struct buf b;
	struct err err = {0};
	(void)state;
	buf_init(&b, MEM_TEST, 1 << 20);
	for (int round = 0; round < 100; round++) {
		char *texts[OTHERS];
		for (int i = 0; i < OTHERS; i++) {
			random_object(&b, NULL, 0);
			put(others[i], buf_text(&b));
			texts[i] = strdup(buf_text(&b));
		}
		random_object(&b, main, 1);
		put("config.json", buf_text(&b));
		random_object(&b, container, 1);
		put("containers/plex.json", buf_text(&b));
		random_object(&b, admins, 2);
		put("admins.json", buf_text(&b));
		json_t *before[] = {parsed("config.json"), parsed("containers/plex.json"), parsed("admins.json")};
		assert_true(config_save_setting(folder, "DDC_MAX_CONCURRENT_TASKS", "4", &err));
		assert_true(config_save_container(folder, "plex", "info.custom_text", "\xc3\xbc", &err));
		assert_true(config_save_admin(folder, UINT64_C(18446744073709551615), "last", &err));
		assert_true(config_remove_admin(folder, UINT64_C(18446744073709551615), &err));
		assert_only_changed("config.json", before[0], "advanced_settings");
		assert_only_changed("containers/plex.json", before[1], "info");
		assert_only_changed("admins.json", before[2], "nothing");
		for (int i = 0; i < OTHERS; i++) {
			assert_file(others[i], texts[i]);
			free(texts[i]);
		}
	}
	buf_clear(&b);
}

static void test_two_writers(void **state)
{
	const struct str path[] = {STR("mine")};
	struct err err = {0};
	(void)state;
	put("config.json", "{\"language\": \"de\"}");
	struct save *s = save_begin(folder);
	assert_true(save_set(s, "config.json", path, 1, STR("1"), &err));
	put("config.json", "{\"language\": \"fr\"}"); /* an editor */
	assert_false(save_commit(s, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.text, "somebody else changed it"));
	assert_file("config.json", "{\"language\": \"fr\"}");
	save_free(s);
	assert_true(config_save_setting(folder, "timezone", "UTC", &err));
}

static void test_a_save_hashes_what_is_clear(void **state)
{
	struct err err = {0};
	struct list problems = LIST_INIT(problems);
	(void)state;
	put("containers/plex.json", "{\"container_name\": \"plex\", \"info\": {\"protected_password\": \"odin\"}}");
	assert_true(config_save_container(folder, "plex", "order", "5", &err));
	char *text = get("containers/plex.json", NULL), *copy = get("containers/plex.json.bak", NULL);
	assert_null(strstr(text, "odin"));
	assert_null(copy); /* it would hold the password */
	assert_int_equal(mode_of("containers/plex.json"), 0600);
	free(text);
	struct config *c = config_load(folder, &problems, &err);
	assert_true(config_info_password_ok(&c->containers[0], STR("odin")));
	assert_false(config_info_password_ok(&c->containers[0], STR("thor")));
	config_free(c);
	config_problems_clear(&problems);
	assert_true(config_save_container(folder, "plex", "order", "6", &err));
	copy = get("containers/plex.json.bak", NULL);
	assert_non_null(copy);
	free(copy);
}

#define T(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_kill_at_any_step_leaves_a_whole_file),
		T(test_the_cause_is_said_and_saving_works_again),
		T(test_a_folder_that_is_not_ours),
		T(test_a_vanished_folder),
		T(test_modes_links_and_folders),
		T(test_nothing_changes_when_nothing_changed),
		T(test_unknown_keys_survive_every_save),
		T(test_saves_leave_the_rest_of_the_folder),
		T(test_two_writers),
		T(test_a_save_hashes_what_is_clear),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
