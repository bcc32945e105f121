/* Whether growth that does not come back is told from growth that does: synthetic series. */
#include "memory/leak.h"
#include "test.h"

#include <string.h>

struct told {
	unsigned count;
	enum mem_owner owner;
	size_t from, to;
};

static void on_suspicion(enum mem_owner owner, size_t from_bytes, size_t to_bytes, void *arg)
{
	struct told *t = arg;
	*t = (struct told){t->count + 1, owner, from_bytes, to_bytes};
}

/* One figure for the gateway in each sample (one a minute), everybody else still. */
static void look(struct leak *l, struct told *t, size_t gateway_bytes, unsigned units)
{
	size_t bytes[MEM_OWNER_COUNT] = {0};
	bytes[MEM_GATEWAY] = gateway_bytes;
	bytes[MEM_CONFIG] = 50000;
	leak_sample(l, bytes, units, on_suspicion, t);
}

enum {
	WARM_LOOKS = LEAK_WARM_UP_EPOCHS * LEAK_EPOCH_SAMPLES,
	SERIES = (LEAK_RISES + 1) * LEAK_EPOCH_SAMPLES,
	DAY = 24 * 60
};

static void test_a_steady_rise_is_suspected_once_and_named(void **state)
{
	struct leak l;
	struct told t = {0};
	leak_init(&l);
	for (unsigned i = 0; i < WARM_LOOKS + SERIES; i++)
		look(&l, &t, 100000 + i * 1000, 10);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.owner, MEM_GATEWAY);
	assert_true(t.to > t.from + 20000);
	assert_int_equal(leak_suspicions(&l, MEM_GATEWAY), 1);
	assert_int_equal(leak_suspicions(&l, MEM_CONFIG), 0);
	for (unsigned i = 0; i < DAY; i++) /* it has stopped: nothing new is suspected */
		look(&l, &t, 100000 + (WARM_LOOKS + SERIES) * 1000, 10);
	assert_int_equal(t.count, 1);
}

static void test_further_growth_is_suspected_again(void **state)
{
	struct leak l;
	struct told t = {0};
	leak_init(&l);
	for (unsigned i = 0; i < WARM_LOOKS + 4 * SERIES; i++)
		look(&l, &t, 100000 + i * 1000, 10);
	assert_true(t.count >= 3);
}

static void test_warm_up_is_no_leak(void **state)
{
	struct leak l;
	struct told t = {0};
	leak_init(&l);
	for (unsigned i = 0; i < DAY; i++)
		look(&l, &t, i < 15 ? i * 100000 : 1500000, 10);
	assert_int_equal(t.count, 0);
}

static void test_what_comes_back_is_no_leak(void **state)
{
	struct leak l;
	struct told t = {0};
	leak_init(&l);
	for (unsigned i = 0; i < DAY;
		i++) /* a saw: up for most of an epoch, down at its end, tops rising all the time */
		look(&l, &t, i % LEAK_EPOCH_SAMPLES == LEAK_EPOCH_SAMPLES - 1 ? 20000 : 20000 + i * 500, 10);
	assert_int_equal(t.count, 0);
	leak_init(&l);
	for (unsigned i = 0; i < DAY; i++) /* and one with a period of forty minutes */
		look(&l, &t, 20000 + i % 40 * 2000, 10);
	assert_int_equal(t.count, 0);
}

static void test_more_containers_are_no_leak(void **state)
{
	struct leak l;
	struct told t = {0};
	leak_init(&l);
	for (unsigned i = 0; i < DAY; i++) /* a container more every ten minutes, 700 bytes and a bit each */
		look(&l, &t, 20000 + i / 10 * 5000, 10 + i / 10);
	assert_int_equal(t.count, 0);
}

static void test_small_rises_are_below_notice(void **state)
{
	struct leak l;
	struct told t = {0};
	leak_init(&l);
	for (unsigned i = 0; i < DAY; i++)
		look(&l, &t, 1000000 + i * 20, 10);
	assert_int_equal(t.count, 0);
}

static void test_a_leak_by_something_rare_is_found(void **state)
{
	struct leak l;
	struct told t = {0};
	leak_init(&l);
	for (unsigned i = 0; i < 2 * DAY; i++) /* a kilobyte an hour */
		look(&l, &t, 20000 + i / 60 * 1024, 10);
	assert_true(t.count >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_steady_rise_is_suspected_once_and_named),
		cmocka_unit_test(test_further_growth_is_suspected_again),
		cmocka_unit_test(test_warm_up_is_no_leak),
		cmocka_unit_test(test_what_comes_back_is_no_leak),
		cmocka_unit_test(test_more_containers_are_no_leak),
		cmocka_unit_test(test_a_leak_by_something_rare_is_found),
		cmocka_unit_test(test_small_rises_are_below_notice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
