/* What people type for a grant, field by field: each mistake has its own sentence, all of them come at once. */
#include "test.h"

#include "feature/rights/draft.h"
#include "feature/rights/grant.h"

#include <stdio.h>
#include <string.h>

static struct buf targets, problems, words;
static struct config_grant g;

static int setup(void **state)
{
	(void)state;
	buf_init(&targets, MEM_TEST, GRANT_TARGETS_MAX * GRANT_TARGET_BYTES);
	buf_init(&problems, MEM_TEST, 8192);
	buf_init(&words, MEM_TEST, 8192);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&targets);
	buf_clear(&problems);
	buf_clear(&words);
	return 0;
}

static struct grant_draft draft(const char *may, const char *containers, const char *hours, const char *per_hour)
{
	struct grant_draft d = {.who_id = 203};

	snprintf(d.may, sizeof d.may, "%s", may);
	snprintf(d.containers, sizeof d.containers, "%s", containers);
	snprintf(d.hours, sizeof d.hours, "%s", hours);
	snprintf(d.per_hour, sizeof d.per_hour, "%s", per_hour);
	return d;
}

static bool reads(const struct grant_draft *d)
{
	buf_reset(&problems);
	return draft_read(d, &g, &targets, TR_EN, &problems);
}

static void test_all_of_it(void **state)
{
	struct grant_draft d = draft("restart\nlogs", "web, mc-* group:games", "18:00–23:30", "3");

	(void)state;
	d.channel_id = 11;
	assert_true(reads(&d));
	assert_int_equal(problems.length, 0);
	grant_add_words(&words, TR_EN, &g);
	assert_string_equal(buf_text(&words),
		"`` <@203>: logs, restart on `web`, `mc-*`, `group:games` · <#11> · 18:00–23:30 · 3 times an hour");
	buf_reset(&words);
	d.who_is_role = true;
	reads(&d);
	grant_add_label(&words, &g);
	assert_string_equal(buf_text(&words), " · logs, restart · web, mc-*, group:games");
	assert_int_equal(g.who, GRANT_ROLE);
	d.everyone = true;
	reads(&d);
	assert_int_equal(g.who, GRANT_EVERYONE);
	assert_int_equal(g.who_id, 0);
}

static void test_each_mistake_has_its_sentence(void **state)
{
	static const struct {
		const char *may, *containers, *hours, *per_hour, *says;
	} wrong[] = {
		{"fly", "web", "", "", "“fly” is no right. There are `see`, `logs`"},
		{" , ", "web", "", "", "Say what is allowed"},
		{"stop", "../etc", "", "", "“../etc” is neither a name"},
		{"stop", "", "", "", "Say for which containers"},
		{"stop", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21", "", "",
			"“21” is one too many: 20 names"},
		{"stop", "web", "late", "", "“late” is no span of hours"},
		{"stop", "web", "18-18", "", "“18-18” is no span of hours"},
		{"stop", "web", "", "0", "“0” is no number from 1 to 1000"},
		{"stop", "web", "", "1001", "“1001” is no number"},
		{"stop", "web", "", "3x", "“3x” is no number"},
		{"@everyone **x**", "web", "", "", "everyone” is no right"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct grant_draft d = draft(wrong[i].may, wrong[i].containers, wrong[i].hours, wrong[i].per_hour);

		if (reads(&d) || !strstr(buf_text(&problems), wrong[i].says))
			fail_msg("%s: %s", wrong[i].says, buf_text(&problems));
		if (strstr(buf_text(&problems), "@everyone "))
			fail_msg("a mention is not made harmless: %s", buf_text(&problems));
	}
}

static void test_all_mistakes_come_at_once(void **state)
{
	struct grant_draft d = draft("fly", "a/b", "late", "lots");
	unsigned lines = 0;

	(void)state;
	assert_false(reads(&d));
	for (const char *p = buf_text(&problems); (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 4);
}

static void test_the_longest_of_everything_fits(void **state)
{
	struct grant_draft d = {0};

	(void)state;
	memset(d.containers, 'x', GRANT_TARGET_BYTES - 10);
	memset(d.note, 'n', sizeof d.note - 1);
	strcpy(d.may, "see,logs,stats,info,start,stop,restart,pause,kill,bulk");
	assert_true(reads(&d));
	assert_int_equal(g.rights, (1u << RIGHT_COUNT) - 1);
	for (unsigned r = 0; r < RIGHT_COUNT; r++)
		assert_true(*tr(TR_FR, draft_right_key((enum right)r)));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_all_of_it),
		T(test_each_mistake_has_its_sentence),
		T(test_all_mistakes_come_at_once),
		T(test_the_longest_of_everything_fits),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
