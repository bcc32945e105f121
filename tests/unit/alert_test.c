/* When a channel is told that memory runs short, and when that it is over. */
#include "test.h"

#include "base/clock.h"
#include "fakes/rest_fake.h"
#include "feature/alert/alert.h"

#include <stdio.h>
#include <string.h>

#define MB (UINT64_C(1024) * 1024)

static struct loop *loop;
static struct alert *alert;
static uint64_t now_ms;

static void pass(unsigned seconds)
{
	now_ms += seconds * UINT64_C(1000);
	clock_test_set(now_ms, (int64_t)now_ms);
	loop_turn(loop, 0);
}

static int setup(void **state)
{
	(void)state;
	rest_fake_clear();
	now_ms = 1000000;
	clock_test_set(now_ms, (int64_t)now_ms);
	loop = loop_new();
	alert = alert_new(loop, FAKE_REST);
	alert_set(alert, &(struct alert_settings){.channel_id = 4711, .percent = 90, .lasting_s = 120, .lang = TR_EN});
	pass(0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	alert_free(alert);
	loop_free(loop);
	rest_fake_clear();
	clock_test_set(0, 0);
	return 0;
}

static struct container box(const char *name, unsigned percent)
{
	struct container c = {.state = CONTAINER_RUNNING,
		.memory_known = true,
		.memory_bytes = percent * MB,
		.memory_limit_bytes = 100 * MB};
	snprintf(c.name, sizeof c.name, "%s", name);
	return c;
}

static void see(const char *name, unsigned percent)
{
	struct container c = box(name, percent);
	alert_on_container(alert, &c, CONTAINER_USAGE);
}

static void test_told_once_after_it_has_lasted_and_once_when_it_is_over(void **state)
{
	(void)state;
	see("web", 95);
	pass(60);
	see("web", 96);
	assert_int_equal(rest_fake.count, 0);
	pass(60);
	see("web", 97);
	assert_int_equal(rest_fake.count, 1);
	assert_string_equal(fake_last()->path, "/channels/4711/messages");
	assert_non_null(strstr(fake_last()->body, "**web** is short of memory: 97 MB of 100 MB (97 %)"));
	assert_int_equal(alert_active(alert), 1);
	pass(600);
	see("web", 99);
	see("web", 85); /* below, but not by enough */
	assert_int_equal(rest_fake.count, 1);
	see("web", 70);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "**web** has enough memory again"));
	assert_int_equal(alert_active(alert), 0);
	assert_int_equal(alert_sent(alert), 2);
	see("web", 70);
	assert_int_equal(rest_fake.count, 2);
}

static void test_a_short_peak_is_not_worth_a_word(void **state)
{
	(void)state;
	see("web", 95);
	pass(60);
	see("web", 89);
	pass(100);
	see("web", 95);
	pass(100);
	see("web", 95);
	assert_int_equal(rest_fake.count, 0);
}

static void test_without_a_limit_there_is_nothing_to_reach(void **state)
{
	(void)state;
	struct container c = box("free", 99);
	c.memory_limit_bytes = 0;
	for (unsigned i = 0; i < 5; i++) {
		alert_on_container(alert, &c, CONTAINER_USAGE);
		pass(120);
	}
	assert_int_equal(rest_fake.count, 0);
}

static void test_ddc_itself(void **state)
{
	(void)state;
	alert_on_self(alert, 15 * MB, 16 * MB);
	pass(120);
	alert_on_self(alert, 15 * MB, 16 * MB);
	assert_non_null(strstr(fake_last()->body, "**ddc** is short of memory: 15 MB of 16 MB"));
}

static void test_a_container_that_ends_begins_anew(void **state)
{
	(void)state;
	see("web", 95);
	pass(119);
	struct container c = box("web", 0);
	c.state = CONTAINER_EXITED;
	alert_on_container(alert, &c, CONTAINER_DIED);
	see("web", 95);
	pass(60);
	see("web", 95);
	assert_int_equal(rest_fake.count, 0);
}

static void test_what_discord_did_not_take_is_tried_again(void **state)
{
	(void)state;
	see("web", 95);
	pass(120);
	rest_fake.full = true;
	see("web", 95);
	assert_int_equal(alert_active(alert), 0);
	rest_fake.full = false;
	see("web", 95);
	assert_int_equal(rest_fake.count, 1);
	assert_int_equal(alert_active(alert), 1);
}

static void test_no_more_than_the_maximum_are_kept(void **state)
{
	(void)state;
	char name[32];
	for (unsigned i = 0; i < ALERT_CONTAINERS_MAX + 10; i++) {
		snprintf(name, sizeof name, "box-%u", i);
		see(name, 95);
	}
	pass(120);
	for (unsigned i = 0; i < ALERT_CONTAINERS_MAX + 10; i++) {
		snprintf(name, sizeof name, "box-%u", i);
		see(name, 95);
	}
	assert_int_equal(alert_active(alert), ALERT_CONTAINERS_MAX);
}

static void test_without_a_channel_nobody_is_told(void **state)
{
	(void)state;
	alert_set(alert, &(struct alert_settings){.percent = 90});
	see("web", 99);
	pass(600);
	see("web", 99);
	assert_int_equal(rest_fake.count, 0);
	assert_int_equal(alert_usage_ms(alert), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_told_once_after_it_has_lasted_and_once_when_it_is_over),
		TEST(test_a_short_peak_is_not_worth_a_word),
		TEST(test_without_a_limit_there_is_nothing_to_reach),
		TEST(test_ddc_itself),
		TEST(test_a_container_that_ends_begins_anew),
		TEST(test_what_discord_did_not_take_is_tried_again),
		TEST(test_no_more_than_the_maximum_are_kept),
		TEST(test_without_a_channel_nobody_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
