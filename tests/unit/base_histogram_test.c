/* How long things took, counted by bounds. */
#include "test.h"

#include "base/clock.h"
#include "base/histogram.h"

static void test_each_in_its_own_range(void **state)
{
	struct histogram h = {0};
	histogram_add(&h, 400);
	histogram_add(&h, 1000); /* a bound belongs to what lies below it */
	histogram_add(&h, 1001);
	histogram_add(&h, 30 * 1000 * 1000);
	histogram_add(&h, 30 * 1000 * 1000 + 1); /* beyond all */
	assert_int_equal(h.buckets[0], 2);
	assert_int_equal(h.buckets[1], 1);
	assert_int_equal(h.buckets[HISTOGRAM_BOUNDS - 1], 1);
	assert_int_equal(h.count, 5);
}

/* A thousand answers of an engine on the same machine take 0.4 s, not none. */
static void test_less_than_a_millisecond_adds_up(void **state)
{
	struct histogram h = {0};
	for (unsigned i = 0; i < 1000; i++)
		histogram_add(&h, 400);
	assert_int_equal(h.sum_us, 400 * 1000);
}

static void test_the_finer_clock_is_the_same_clock(void **state)
{
	uint64_t ms = clock_mono_ms(), us = clock_mono_us();
	assert_true(us / 1000 >= ms && us / 1000 <= clock_mono_ms());
	clock_test_set(1234, 1);
	assert_int_equal(clock_mono_us(), 1234000);
	assert_int_equal(clock_mono_ms(), 1234);
	clock_test_set(0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_in_its_own_range),
		cmocka_unit_test(test_less_than_a_millisecond_adds_up),
		cmocka_unit_test(test_the_finer_clock_is_the_same_clock),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
