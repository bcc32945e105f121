/* When the slash commands are sent to Discord, and when they are sent again. */
#include "test.h"

#include "app/registration.h"
#include "base/clock.h"
#include "fakes/rest_fake.h"
#include "feature/control/control.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000 };

static struct loop *loop;
static struct registration *r;
static uint64_t now_ms, remembered, list_hash;
static unsigned due;

/* ---- what stands around it ---- */

void control_write_commands(struct buf *out, const struct config *config, uint64_t *ret_hash)
{
	buf_printf(out, "[\"list %u\"]", (unsigned)list_hash);
	*ret_hash = list_hash;
}

uint64_t state_commands_hash(const struct state *s)
{
	return remembered;
}

void state_set_commands_hash(struct state *s, uint64_t hash)
{
	remembered = hash;
}

static void update(void)
{
	registration_update(r, NULL, 11, 22);
}

static void on_due(void *arg)
{
	due++;
	update();
}

static void pass(uint64_t ms)
{
	now_ms += ms;
	clock_test_set(now_ms, (int64_t)now_ms);
	loop_turn(loop, 0);
}

static void answer(int status)
{
	struct fake_request *q = fake_open(REST_PUT, "/applications/11/guilds/22/commands");
	assert_non_null(q);
	fake_reply(q, status, 0, 0);
	pass(0);
}

static int set_up(void **state)
{
	now_ms = 1000000;
	clock_test_set(now_ms, (int64_t)now_ms);
	remembered = 0;
	list_hash = 1;
	due = 0;
	loop = loop_new();
	r = registration_new(loop, FAKE_REST, NULL, on_due, NULL);
	return loop && r ? 0 : -1;
}

static int tear_down(void **state)
{
	registration_free(r);
	loop_free(loop);
	rest_fake_clear();
	clock_test_set(0, 0);
	return 0;
}

/* ---- the tests ---- */

static void only_what_is_new_is_sent(void **state)
{
	update();
	answer(200);
	assert_null(registration_problem(r));
	update();
	pass(24 * 60 * MINUTE_MS);
	assert_int_equal(fake_sent(REST_PUT), 1);
	assert_int_equal(due, 0); /* it does not wake up for nothing */
	list_hash = 2;
	update();
	assert_string_equal(fake_last()->body, "[\"list 2\"]");
	answer(200);
}

static void what_fails_is_tried_again_less_and_less_often(void **state)
{
	static const unsigned minutes[] = {1, 5, 30, 30, 30};
	update();
	for (unsigned i = 0; i < 5; i++) {
		answer(503);
		assert_non_null(registration_problem(r));
		pass(minutes[i] * MINUTE_MS - 1000);
		assert_int_equal(fake_open_requests(), 0);
		pass(2000);
		assert_int_equal(fake_open_requests(), 1);
	}
	answer(200);
	assert_null(registration_problem(r));
	pass(24 * 60 * MINUTE_MS);
	assert_int_equal(fake_sent(REST_PUT), 6);
	list_hash = 2;
	update(); /* a later trouble begins at the beginning */
	answer(403);
	pass(MINUTE_MS + 1000);
	assert_int_equal(fake_open_requests(), 1);
}

static void a_change_while_one_is_under_way_is_sent_afterwards(void **state)
{
	update();
	list_hash = 2;
	update();
	assert_int_equal(fake_sent(REST_PUT), 1);
	answer(200);
	assert_int_equal(fake_sent(REST_PUT), 2);
	assert_string_equal(fake_last()->body, "[\"list 2\"]");
	list_hash = 3;
	update();
	answer(400); /* whatever became of the one before */
	assert_string_equal(fake_last()->body, "[\"list 3\"]");
	answer(200);
	assert_int_equal(fake_open_requests(), 0);
	assert_null(registration_problem(r));
}

static void a_line_that_takes_nothing_is_tried_again(void **state)
{
	rest_fake.full = true;
	update();
	assert_non_null(registration_problem(r));
	rest_fake.full = false;
	pass(MINUTE_MS + 1000);
	answer(200);
	assert_null(registration_problem(r));
}

static void back_to_what_is_registered_is_no_problem(void **state)
{
	update();
	answer(200);
	list_hash = 2;
	update();
	answer(400);
	assert_non_null(registration_problem(r));
	list_hash = 1;
	update();
	assert_null(registration_problem(r));
	pass(60 * MINUTE_MS);
	assert_int_equal(fake_sent(REST_PUT), 2);
}

static void ended_while_one_is_under_way(void **state)
{
	update();
	registration_free(r);
	r = NULL;
	assert_int_equal(fake_open_requests(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_is_new_is_sent),
		TEST(what_fails_is_tried_again_less_and_less_often),
		TEST(a_change_while_one_is_under_way_is_sent_afterwards),
		TEST(a_line_that_takes_nothing_is_tried_again),
		TEST(back_to_what_is_registered_is_no_problem),
		TEST(ended_while_one_is_under_way),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
