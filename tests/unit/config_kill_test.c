/*
 * The process dies right before any of its system calls that change something: in a save, in a migration, in an import, while
 * secrets are sealed and while a password is set. Each file is then the old one or the new one, whole; the settings load; and the
 * same thing done again ends where it would have ended.
 */
#include "fixture_folder.h"
#include "traced.h"
#include "tree.h"

#include "base/log.h"
#include "config/archive.h"
#include "config/config.h"
#include "config/doc.h"
#include "config/migrate.h"
#include "config/save.h"

#include <dirent.h>

static unsigned total; /* points at which something was killed, or looked at as if it were */
enum {
	POINTS_MIN = 1000,
	CONTINUED_EVERY = 3, /* kills after which the same thing is done again; prime to the steps of one write */
#ifdef __SANITIZE_ADDRESS__
	STRIDE =
		5 /* each point is a process of its own, ten times as slow with the sanitizers: the plain build tries all */
#else
	STRIDE = 1
#endif
};

/* What people would notice. */
static void describe(struct buf *b)
{
	struct list problems = LIST_INIT(problems);
	struct err err = {0};
	struct config *c = config_load(folder, &problems, &err);
	assert_non_null(c);
	buf_reset(b);
	buf_printf(b, "%s %s %llu %d\n", c->language, c->timezone, (unsigned long long)c->guild_id,
		(int)config_int(c, "DDC_MAX_CONCURRENT_TASKS"));
	for (unsigned i = 0; i < c->container_count; i++) {
		const struct config_container *k = &c->containers[i];
		buf_printf(b, "%s|%s|%u|%d|%d|%s|%s|%s\n", k->name, k->display_name, k->allowed, k->order, k->active,
			k->info_ip, k->info_port, k->info_text);
	}
	for (unsigned i = 0; i < c->channel_count; i++)
		buf_printf(b, "%llu %d %s %d\n", (unsigned long long)c->channels[i].id, c->channels[i].kind,
			c->channels[i].name, c->channels[i].update_interval_minutes);
	for (unsigned i = 0; i < c->admin_count; i++)
		buf_printf(b, "%llu\n", (unsigned long long)c->admins[i]);
	buf_printf(b, "%u %u\n", config_cooldown_s(c, "control", false), c->max_commands_per_minute);
	config_free(c);
	config_problems_clear(&problems);
	log_forget_secrets();
}

/* Text with times or salts in it: each run makes another, so that of it only "whole" can be asked. */
static bool is_of_the_run(const char *name)
{
	return strstr(name, "ddc_migration.json") != NULL;
}

/* ddc builds folders beside their place. */
static bool is_in_the_making(const char *name)
{
	return tree_is_temporary(name) || strstr(name, ".ddc-new/");
}

static void assert_old_or_new(const struct tree *before, const struct tree *after, unsigned point)
{
	struct tree *now = tree_read();
	for (unsigned i = 0; i < now->count; i++) {
		const struct tree_file *f = &now->files[i];
		if (is_in_the_making(f->name) || is_of_the_run(f->name))
			continue;
		bool copy = strstr(f->name, ".bak") != NULL; /* may be what its file was in between */
		if (!tree_same(f, tree_find(before, f->name)) && !tree_same(f, tree_find(after, f->name)) && !copy)
			fail_msg("killed at point %u: %s is neither old nor new", point, f->name);
	}
	for (unsigned i = 0; i < before->count; i++)
		if (!tree_find(now, before->files[i].name))
			fail_msg("killed at point %u: %s is gone", point, before->files[i].name);
	tree_free(now);
}

/* Kills work at every point, and lets it run again after many of them. */
static unsigned kill_everywhere(traced_work_fn *work)
{
	struct buf old, new, now;
	struct tree *before = tree_read();
	bool killed = true;
	buf_init(&old, MEM_TEST, 1 << 20);
	buf_init(&new, MEM_TEST, 1 << 20);
	buf_init(&now, MEM_TEST, 1 << 20);
	describe(&old);
	unsigned points = traced_run(work, 0, NULL, NULL, &killed);
	struct tree *after = tree_read();
	describe(&new);
	for (unsigned point = 1; point <= points; point += STRIDE) {
		tree_restore(before);
		traced_run(work, point, NULL, NULL, &killed);
		assert_true(killed);
		assert_old_or_new(before, after, point);
		describe(&now);
		if (strcmp(buf_text(&now), buf_text(&old)) != 0 && strcmp(buf_text(&now), buf_text(&new)) != 0)
			fail_msg(
				"killed at point %u, the settings are neither old nor new:\n%s", point, buf_text(&now));
		if (point % CONTINUED_EVERY)
			continue;
		traced_finish(work);
		describe(&now);
		assert_string_equal(buf_text(&now), buf_text(&new));
	}
	total += points / STRIDE;
	tree_free(before);
	tree_free(after);
	buf_clear(&old);
	buf_clear(&new);
	buf_clear(&now);
	return points;
}

static bool do_setting(void)
{
	struct err err = {0};
	return config_save_setting(folder, "language", "fr", &err);
}

static bool do_advanced(void)
{
	struct err err = {0};
	return config_save_setting(folder, "DDC_MAX_CONCURRENT_TASKS", "7", &err);
}

static bool do_admin(void)
{
	struct err err = {0};
	return config_save_admin(folder, UINT64_C(1180000000000000299), "new", &err);
}

static bool do_container(void)
{
	struct err err = {0};
	return config_save_container(folder, "plex", "order", "77", &err);
}

static bool do_new_container(void)
{
	struct err err = {0};
	return config_save_container(folder, "brandnew", "container_name", "brandnew", &err);
}

static void test_saves(void **state)
{
	static traced_work_fn *const saves[] = {do_setting, do_advanced, do_admin, do_container, do_new_container};
	(void)state;
	NEEDS_FIXTURES();
	for (size_t i = 0; i < sizeof saves / sizeof *saves; i++) {
		assert_int_equal(folder_make(NULL), 0);
		use("config-v2");
		unsigned points = kill_everywhere(saves[i]);
		print_message("save %zu: %u points\n", i, points);
		assert_true(points >= 5);
		assert_int_equal(folder_remove(NULL), 0);
	}
}

static bool do_migration(void)
{
	struct buf report;
	struct err err = {0};
	buf_init(&report, MEM_TEST, 1 << 16);
	return config_migrate(folder, &report, &err);
}

static void test_migrations(void **state)
{
	static const char *const folders[] = {"config-v1/split-v1.1.3d", "config-v1/split-2025-08",
		"config-v1/single-config", "config-v1/single-config-alt", "config-v1/modular-by-script",
		"config-v1/modular-v2.0.0", "config-v2"};
	(void)state;
	NEEDS_FIXTURES();
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		assert_int_equal(folder_make(NULL), 0);
		use(folders[i]);
		unsigned points = kill_everywhere(do_migration);
		print_message("migration of %s: %u points\n", folders[i], points);
		assert_true(points >= 10);
		assert_int_equal(folder_remove(NULL), 0);
	}
}

static char archive[PATH_MAX];

static bool do_import(void)
{
	struct buf report;
	struct err err = {0};
	buf_init(&report, MEM_TEST, 1 << 16);
	return archive_import(folder, archive, &report, &err);
}

static void test_an_import(void **state)
{
	char path[FIXTURE_PATH_BYTES];
	unsigned count;
	struct err err = {0};
	(void)state;
	NEEDS_FIXTURES();
	assert_int_equal(folder_make(NULL), 0);
	snprintf(archive, sizeof archive, "%s.tar", folder);
	fixture_path(path, "config-v2", "");
	assert_true(archive_export(path, archive, true, &count, &err));
	use("config-v2-fresh");
	/* some hundred points, and of each file a few: the small ones are enough */
	put("admins.json", "{\"discord_admin_users\": []}");
	unsigned points = 0;
	bool killed;
	struct tree *before = tree_read();
	points = traced_run(do_import, 0, NULL, NULL, &killed);
	struct tree *after = tree_read();
	for (unsigned point = 1; point <= points; point += STRIDE) {
		tree_restore(before);
		traced_run(do_import, point, NULL, NULL, &killed);
		assert_true(killed);
		assert_old_or_new(before, after, point);
		if (point % 16)
			continue;
		traced_finish(do_import);
		struct tree *again = tree_read();
		for (unsigned i = 0; i < after->count; i++)
			if (!strstr(after->files[i].name, ".bak"))
				assert_true(tree_same(&after->files[i], tree_find(again, after->files[i].name)));
		tree_free(again);
	}
	print_message("import: %u points\n", points);
	total += points / STRIDE;
	tree_free(before);
	tree_free(after);
	unlink(archive);
	assert_int_equal(folder_remove(NULL), 0);
}

/* ---- secrets: computing a seal takes a second, so the folder is looked at while the child stands still ---- */

struct seen {
	struct tree *trees[200];
	unsigned count;
};

static void keep(unsigned point, void *arg)
{
	struct seen *s = arg;
	assert_true(s->count < sizeof s->trees / sizeof *s->trees);
	s->trees[s->count++] = tree_read();
	(void)point;
}

static void assert_token_opens(const char *want)
{
	struct list problems = LIST_INIT(problems);
	struct err err = {0};
	char token[CONFIG_TOKEN_BYTES];
	struct config *c = config_load(folder, &problems, &err);
	if (config_token_is_sealed(c))
		assert_true(config_open_token(c, token, &err) && config_set_token(c, token));
	assert_string_equal(c->token, want);
	config_free(c);
	config_problems_clear(&problems);
	log_forget_secrets();
}

/* Sealing saves config.json more than once; what stands there in between is whole too. */
static void assert_whole(const struct tree *before, unsigned point)
{
	struct tree *now = tree_read();
	for (unsigned i = 0; i < now->count; i++) {
		struct doc d;
		const struct tree_file *f = &now->files[i];
		bool judged = strstr(f->name, ".json") && !tree_is_temporary(f->name) && !strstr(f->name, ".jsonl");
		if (judged && !doc_parse_copy(&d, (struct str){f->text, f->length}))
			fail_msg("killed at point %u: %s: %s", point, f->name, d.error);
		if (judged)
			doc_clear(&d);
	}
	for (unsigned i = 0; i < before->count; i++)
		assert_non_null(tree_find(now, before->files[i].name));
	tree_free(now);
}

/* Each distinct moment: whole files, and the token can be read. */
static void look_everywhere(const char *what, const char *fixture, traced_work_fn *work, const char *token)
{
	struct seen seen = {.count = 0};
	bool killed;
	assert_int_equal(folder_make(NULL), 0);
	use(fixture);
	struct tree *before = tree_read();
	unsigned points = traced_run(work, 0, keep, &seen, &killed);
	const struct tree *last = NULL;
	for (unsigned i = 0; i < seen.count; i++) {
		tree_restore(seen.trees[i]);
		assert_whole(before, i + 1);
		bool same = last != NULL;
		for (unsigned k = 0; same && k < seen.trees[i]->count; k++)
			same = tree_is_temporary(seen.trees[i]->files[k].name) ||
			       tree_same(&seen.trees[i]->files[k], tree_find(last, seen.trees[i]->files[k].name));
		if (!same)
			assert_token_opens(token);
		last = seen.trees[i];
	}
	print_message("%s: %u points\n", what, points);
	assert_true(points >= 10);
	total += points;
	for (unsigned i = 0; i < seen.count; i++)
		tree_free(seen.trees[i]);
	tree_free(before);
	assert_int_equal(folder_remove(NULL), 0);
}

static bool do_secure(void)
{
	struct buf report;
	struct err err = {0};
	buf_init(&report, MEM_TEST, 1 << 16);
	return config_secure(folder, &report, &err);
}

static bool do_password(void)
{
	struct err err = {0};
	return config_set_password(folder, STR("A-New-Password-7"), &err);
}

#define V1_TOKEN "MTA5ODcwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-v10000000001"
#define V2_TOKEN "MTE4MDAwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-000000000001"

static void test_secrets(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	look_everywhere("sealing", "config-v2", do_secure, V2_TOKEN);
	look_everywhere("a password", "config-v2", do_password, V2_TOKEN);
	look_everywhere("a password over an old seal", "config-v1/modular-v2.0.0", do_password, V1_TOKEN);
}

static void test_there_were_enough(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	print_message("%u points in all\n", total);
	assert_true(total >= POINTS_MIN / STRIDE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_saves),
		cmocka_unit_test(test_migrations),
		cmocka_unit_test(test_an_import),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_there_were_enough),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
