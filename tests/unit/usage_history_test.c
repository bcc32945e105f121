/* The last hour of a container, a sample a minute. */
#include "test.h"

#include "feature/usage/history.h"

#include <stdio.h>

enum { MINUTE = 60000 };

static struct history *h;

static int setup(void **state)
{
	(void)state;
	h = history_new();
	return h ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	history_free(h);
	return 0;
}

static void note(const char *name, uint64_t now_ms, uint32_t cpu, uint64_t mb)
{
	struct container c = {.cpu_known = true, .memory_known = true, .cpu_permille = cpu, .memory_bytes = mb << 20};

	str_copy(c.name, sizeof c.name, str_of(name));
	history_note(h, &c, now_ms);
}

static void test_low_high_middle_first_last(void **state)
{
	static const unsigned cpu[] = {40, 20, 350, 41, 39, 42};
	static const unsigned mb[] = {310, 320, 500, 400, 470, 480};
	struct history_summary s;

	(void)state;
	assert_false(history_summary_of(h, STR("web"), 0, &s));
	for (unsigned i = 0; i < 6; i++)
		note("web", i * MINUTE, cpu[i], mb[i]);
	note("db", 5 * MINUTE, 7, 1);
	assert_true(history_summary_of(h, STR("web"), 6 * MINUTE, &s));
	assert_int_equal(s.samples, 6);
	assert_int_equal(s.minutes, 7);
	assert_true(s.cpu_known && s.memory_known);
	assert_int_equal(s.cpu_low, 20);
	assert_int_equal(s.cpu_high, 350);
	assert_int_equal(s.cpu_middle, 41);
	assert_int_equal(s.memory_first, 310 << 20);
	assert_int_equal(s.memory_last, 480 << 20);
	assert_int_equal(s.memory_high, 500 << 20);
}

static void test_the_last_of_a_minute_counts(void **state)
{
	struct history_summary s;

	(void)state;
	note("web", 10, 1, 1);
	note("web", 20000, 5, 2);
	assert_true(history_summary_of(h, STR("web"), 30000, &s));
	assert_int_equal(s.samples, 1);
	assert_int_equal(s.cpu_middle, 5);
	assert_int_equal(s.minutes, 1);
}

static void test_an_hour_and_no_more(void **state)
{
	struct history_summary s;
	uint64_t now = 65530ull * MINUTE; /* the minutes wrap round at 65536 */

	(void)state;
	for (unsigned i = 0; i < 200; i++, now += MINUTE)
		note("web", now, i, 1);
	assert_true(history_summary_of(h, STR("web"), now, &s));
	assert_int_equal(s.samples, HISTORY_SAMPLES);
	assert_int_equal(s.cpu_low, 200 - HISTORY_SAMPLES);
	assert_int_equal(s.cpu_high, 199);
	assert_true(history_summary_of(h, STR("web"), now + 50 * MINUTE, &s));
	assert_int_equal(s.samples, 10);
	assert_false(history_summary_of(h, STR("web"), now + 100 * MINUTE, &s));
	assert_false(
		history_summary_of(h, STR("web"), now + 65536ull * MINUTE, &s)); /* the same minute, 45 days later */
	note("web", now + 65535ull * MINUTE, 1, 1);
	assert_true(history_summary_of(h, STR("web"), now + 65535ull * MINUTE, &s));
	assert_int_equal(s.cpu_middle, 1);
}

static void test_figures_that_are_not_known_or_too_large(void **state)
{
	struct container c = {.name = "web"};
	struct history_summary s;

	(void)state;
	history_note(h, &c, 0);
	assert_false(history_summary_of(h, STR("web"), 0, &s));
	c.memory_known = true;
	c.memory_bytes = UINT64_MAX;
	history_note(h, &c, 0);
	assert_true(history_summary_of(h, STR("web"), 0, &s));
	assert_false(s.cpu_known);
	assert_true(s.memory_known && s.memory_last > (UINT64_C(1) << 41));
	c = (struct container){.name = "web", .cpu_known = true, .cpu_permille = 128000};
	history_note(h, &c, MINUTE);
	assert_true(history_summary_of(h, STR("web"), MINUTE, &s));
	assert_true(s.cpu_known && s.cpu_high > 65000 && s.cpu_high <= 128000);
}

/* Figures come round robin: whoever gave up another's hour for the next one would end with none at all. */
static void test_too_many_containers_the_first_ones_keep_their_hour(void **state)
{
	struct history_summary s;
	char name[16];

	(void)state;
	for (unsigned round = 0; round < 5; round++)
		for (unsigned i = 0; i < HISTORY_CONTAINERS_MAX + 10; i++) {
			snprintf(name, sizeof name, "c%u", i);
			note(name, round * MINUTE + i, i, 1);
		}
	for (unsigned i = 0; i < HISTORY_CONTAINERS_MAX; i++) {
		snprintf(name, sizeof name, "c%u", i);
		assert_true(history_summary_of(h, str_of(name), 5 * MINUTE, &s));
		assert_int_equal(s.samples, 5);
	}
	assert_false(history_summary_of(h, STR("c128"), 5 * MINUTE, &s));
	assert_false(history_has_room(h, STR("c128"), 5 * MINUTE));
	assert_true(history_has_room(h, STR("c127"), 5 * MINUTE));
	assert_true(mem_use_total().bytes < HISTORY_CONTAINERS_MAX * 600);
}

static void test_a_place_is_given_on_when_its_container_is_gone_or_silent(void **state)
{
	struct history_summary s;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < HISTORY_CONTAINERS_MAX; i++) {
		snprintf(name, sizeof name, "c%u", i);
		note(name, i ? MINUTE : 0, i, 1);
	}
	assert_false(history_has_room(h, STR("new"), MINUTE));
	history_let_go(h, STR("c5"));
	history_let_go(h, STR("c6"));
	note("c6", 2 * MINUTE, 6, 1); /* it was made again */
	note("new", 2 * MINUTE, 7, 1);
	assert_true(history_summary_of(h, STR("new"), 2 * MINUTE, &s));
	assert_false(history_summary_of(h, STR("c5"), 2 * MINUTE, &s));
	assert_true(history_summary_of(h, STR("c6"), 2 * MINUTE, &s));
	assert_int_equal(s.samples, 2);
	note("later", 2 * MINUTE, 7, 1);
	assert_false(history_summary_of(h, STR("later"), 2 * MINUTE, &s));
	note("later", 61 * MINUTE, 7, 1); /* c0 has been silent for more than an hour */
	assert_true(history_summary_of(h, STR("later"), 61 * MINUTE, &s));
	assert_false(history_summary_of(h, STR("c0"), 61 * MINUTE, &s));
	assert_true(history_summary_of(h, STR("c1"), 61 * MINUTE, &s));
}

static void test_forgotten_when_memory_is_short(void **state)
{
	struct history_summary s;
	size_t empty = mem_use_total().bytes;
	char name[8];

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		snprintf(name, sizeof name, "c%u", i);
		note(name, 0, i, 1);
	}
	assert_true(mem_use_total().bytes > empty + 50 * 400);
	history_shed(h);
	assert_int_equal(mem_use_total().bytes, empty);
	assert_false(history_summary_of(h, STR("c7"), 1000, &s));
	note("c7", MINUTE, 70, 1);
	assert_true(history_summary_of(h, STR("c7"), MINUTE, &s));
	assert_int_equal(s.samples, 1);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_forgotten_when_memory_is_short),
		TEST(test_low_high_middle_first_last),
		TEST(test_the_last_of_a_minute_counts),
		TEST(test_an_hour_and_no_more),
		TEST(test_figures_that_are_not_known_or_too_large),
		TEST(test_too_many_containers_the_first_ones_keep_their_hour),
		TEST(test_a_place_is_given_on_when_its_container_is_gone_or_silent),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
