#include "test.h"

#include "base/clock.h"
#include "fakes/config_fake.h"
#include "feature/control/cooldown.h"

#include <stdio.h>

static struct cooldowns *c;
#define CONFIG (&config_fake.config)

enum { NOW_MS = 1000000, WALL_S = 1790000000 };

static void at(unsigned ms)
{
	clock_test_set(NOW_MS + ms, WALL_S * 1000ll + ms);
}

static int setup(void **state)
{
	(void)state;
	config_fake_clear();
	config_fake.cooldown_s = 10;
	at(0);
	c = cooldowns_new();
	return c ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	cooldowns_free(c);
	clock_test_set(0, 0);
	return 0;
}

static int64_t until(uint64_t user, const char *key, struct str container)
{
	return cooldown_until_s(c, CONFIG, user, key, true, container);
}

static void test_nothing_is_taken_by_asking(void **state)
{
	(void)state;
	assert_int_equal(until(1, "restart", STR("web")), 0);
	assert_int_equal(until(1, "restart", STR("web")), 0);
}

static void test_an_act_blocks_the_same_person_on_the_same_container_until_its_end(void **state)
{
	(void)state;
	cooldown_consume(c, CONFIG, 1, "restart", true, STR("web"));
	assert_int_equal(until(1, "restart", STR("web")), WALL_S + 10);
	assert_int_equal(until(2, "restart", STR("web")), 0);
	assert_int_equal(until(1, "restart", STR("db")), 0);
	assert_int_equal(until(1, "stop", STR("web")), 0);
	at(9999);
	assert_int_equal(until(1, "restart", STR("web")), WALL_S + 10);
	at(10000);
	assert_int_equal(until(1, "restart", STR("web")), 0);
}

static void test_setting_the_clock_back_locks_nobody(void **state)
{
	(void)state;
	cooldown_consume(c, CONFIG, 1, "help", false, STR(""));
	clock_test_set(NOW_MS + 1000, (WALL_S - 86400) * 1000ll);
	assert_int_equal(cooldown_until_s(c, CONFIG, 1, "help", false, STR("")), WALL_S - 86400 + 9);
}

static void test_switched_off_means_off(void **state)
{
	(void)state;
	cooldown_consume(c, CONFIG, 1, "help", false, STR(""));
	config_fake.config.cooldowns_enabled = false;
	assert_int_equal(cooldown_until_s(c, CONFIG, 1, "help", false, STR("")), 0);
}

static void test_the_limit_per_minute_counts_every_key(void **state)
{
	(void)state;
	config_fake.cooldown_s = 0;
	config_fake.config.max_buttons_per_minute = 2;
	cooldown_consume(c, CONFIG, 1, "help", true, STR(""));
	assert_int_equal(until(1, "info", STR("")), 0);
	at(5000);
	cooldown_consume(c, CONFIG, 1, "info", true, STR(""));
	assert_int_equal(until(1, "admin", STR("")), WALL_S + 60);
	assert_int_equal(until(2, "admin", STR("")), 0);
	assert_int_equal(cooldown_until_s(c, CONFIG, 1, "ping", false, STR("")), 0); /* commands have their own */
	at(60000);
	assert_int_equal(until(1, "admin", STR("")), 0);
}

static void test_a_full_store_forgets_the_one_that_ends_soonest(void **state)
{
	(void)state;
	config_fake.cooldown_s = 300;
	for (uint64_t user = 1; user <= COOLDOWNS_MAX; user++) {
		at((unsigned)user);
		cooldown_consume(c, CONFIG, user, "help", true, STR(""));
	}
	cooldown_consume(c, CONFIG, 9999, "help", true, STR(""));
	assert_int_equal(until(1, "help", STR("")), 0);
	assert_int_not_equal(until(2, "help", STR("")), 0);
	assert_int_not_equal(until(COOLDOWNS_MAX, "help", STR("")), 0);
	assert_int_not_equal(until(9999, "help", STR("")), 0);
	assert_true(mem_use_of(MEM_CONTROL).bytes < 32 * 1024);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_nothing_is_taken_by_asking),
		T(test_an_act_blocks_the_same_person_on_the_same_container_until_its_end),
		T(test_setting_the_clock_back_locks_nobody),
		T(test_switched_off_means_off),
		T(test_the_limit_per_minute_counts_every_key),
		T(test_a_full_store_forgets_the_one_that_ends_soonest),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
