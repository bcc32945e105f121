#include "test.h"

#include "base/clock.h"
#include "feature/rights/grant.h"
#include "feature/rights/usage.h"

#include <stdio.h>
#include <string.h>

static void test_patterns(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} cases[] = {
		{"web", "web", true},
		{"web", "Web", false},
		{"web", "webs", false},
		{"*", "", true},
		{"*", "x", true},
		{"mc-*", "mc-", true},
		{"mc-*", "mc-1", true},
		{"mc-*", "xmc-1", false},
		{"*-db", "a-db", true},
		{"*-db", "a-db-b", false},
		{"a*b*c", "a1b2c", true},
		{"a*b*c", "acb", false},
		{"?", "", false},
		{"?", "x", true},
		{"w?b", "web", true},
		{"w?b", "wb", false},
		{"**", "x", true},
		{"", "", true},
		{"", "x", false},
		{"*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (pattern_fits(str_of(cases[i].pattern), str_of(cases[i].text)) != cases[i].fits)
			fail_msg("%s, %s", cases[i].pattern, cases[i].text);
}

static void test_targets(void **state)
{
	struct config_group groups[] = {{"games", "valheim\nmc-*\nproject:arcade"}};
	struct config_rights rights = {.groups = groups, .group_count = 1};
	struct config_grant g = {.targets = "web\ngroup:games\nproject:media"};

	(void)state;
	assert_true(grant_covers(&rights, &g, STR("web"), STR("")));
	assert_true(grant_covers(&rights, &g, STR("mc-1"), STR("")));
	assert_true(grant_covers(&rights, &g, STR("x"), STR("arcade")));
	assert_true(grant_covers(&rights, &g, STR("x"), STR("media")));
	assert_false(grant_covers(&rights, &g, STR("x"), STR("medias")));
	assert_false(grant_covers(&rights, &g, STR("games"), STR("")));
	g.targets = "group:nosuch";
	assert_false(grant_covers(&rights, &g, STR("web"), STR("")));
	g.targets = "project:*"; /* any project, but in one */
	assert_true(grant_covers(&rights, &g, STR("web"), STR("x")));
	assert_false(grant_covers(&rights, &g, STR("web"), STR("")));
}

static void test_hours(void **state)
{
	struct config_grant g = {.from_minute = 18 * 60, .to_minute = 23 * 60};

	(void)state;
	assert_false(grant_holds_at(&g, 18 * 60 - 1));
	assert_true(grant_holds_at(&g, 18 * 60));
	assert_true(grant_holds_at(&g, 23 * 60 - 1));
	assert_false(grant_holds_at(&g, 23 * 60));
	g = (struct config_grant){.from_minute = 22 * 60, .to_minute = 6 * 60}; /* over midnight */
	assert_true(grant_holds_at(&g, 0));
	assert_true(grant_holds_at(&g, 22 * 60));
	assert_false(grant_holds_at(&g, 6 * 60));
	g = (struct config_grant){0};
	assert_true(grant_holds_at(&g, 0));
}

static void test_uses_are_counted_for_an_hour(void **state)
{
	struct rights_usage *u = rights_usage_new();

	(void)state;
	clock_test_set(1000, 1);
	rights_use(u, "g1", 7);
	rights_use(u, "g1", 7);
	rights_use(u, "g1", 8);
	rights_use(u, "", 7);
	assert_int_equal(rights_used(u, "g1", 7), 2);
	assert_int_equal(rights_used(u, "g2", 7), 0);
	rights_give_back(u, "g1", 7);
	assert_int_equal(rights_used(u, "g1", 7), 1);
	clock_test_set(1000 + RIGHTS_HOUR_MS - 1, 1);
	assert_int_equal(rights_used(u, "g1", 7), 1);
	clock_test_set(1000 + RIGHTS_HOUR_MS, 1);
	assert_int_equal(rights_used(u, "g1", 7), 0);
	for (unsigned i = 0; i < RIGHTS_USES_MAX + 10; i++) /* full: the oldest goes */
		rights_use(u, "g1", 100 + i);
	assert_int_equal(rights_used(u, "g1", 100), 0);
	assert_int_equal(rights_used(u, "g1", 100 + RIGHTS_USES_MAX + 9), 1);
	rights_usage_free(u);
	clock_test_set(0, 0);
}

static void test_what_people_type(void **state)
{
	struct buf out;
	struct err err;
	unsigned rights = 0;
	int from = 1, to = 1;

	(void)state;
	buf_init(&out, MEM_TEST, 4096);
	assert_true(rights_parse_list(STR(" Restart, logs\nSTOP "), &rights, &err));
	assert_int_equal(rights, 1u << RIGHT_RESTART | 1u << RIGHT_LOGS | 1u << RIGHT_STOP);
	assert_false(rights_parse_list(STR("restart, fly"), &rights, &err));
	assert_string_equal(
		err.text, "fly is no right; there are see, logs, stats, info, start, stop, restart, pause, kill, bulk");
	assert_false(rights_parse_list(STR(" , "), &rights, &err));
	assert_true(rights_parse_targets(STR("web, mc-* group:games,project:media"), &out, &err));
	assert_string_equal(buf_text(&out), "web\nmc-*\ngroup:games\nproject:media");
	buf_reset(&out);
	assert_false(rights_parse_targets(STR("../etc"), &out, &err));
	assert_false(rights_parse_targets(STR(""), &out, &err));
	buf_reset(&out);
	assert_false(rights_parse_targets(STR("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21"), &out, &err));
	buf_clear(&out);
	assert_true(rights_parse_hours(STR("18:30 – 23"), &from, &to, &err));
	assert_int_equal(from, 18 * 60 + 30);
	assert_int_equal(to, 23 * 60);
	assert_true(rights_parse_hours(STR("20:00-24:00"), &from, &to, &err));
	assert_int_equal(to, 0);
	assert_true(rights_parse_hours(STR(""), &from, &to, &err));
	assert_int_equal(from, to);
	static const char *const wrong[] = {
		"18", "18-", "25-26", "18:5-19", "18:60-19", "24:30-3", "18-18", "a-b", "-"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (rights_parse_hours(str_of(wrong[i]), &from, &to, &err))
			fail_msg("%s is taken for hours", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_uses_are_counted_for_an_hour),
		cmocka_unit_test(test_what_people_type),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
