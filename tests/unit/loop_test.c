#include "test.h"

#include "base/clock.h"
#include "loop/child.h"
#include "loop/loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static int calls;
static struct timer *timer_a;
static struct watch *watch_a, *watch_b;

static void on_due(void *arg)
{
	calls++;
	if (arg)
		timer_set(timer_a, 0);
}

static void test_a_timer_runs_once_per_setting(void **state)
{
	struct loop *l = loop_new();
	(void)state;
	calls = 0;
	timer_a = timer_new(l, on_due, NULL);
	timer_set(timer_a, 5);
	timer_set_sooner(timer_a, 50); /* keeps the earlier one */
	assert_true(timer_left_ms(timer_a) <= 5);
	while (!calls)
		loop_turn(l, -1);
	loop_turn(l, 0);
	assert_int_equal(calls, 1);
	assert_false(timer_pending(timer_a));
	timer_free(timer_a);
	loop_free(l);
}

static void test_a_timer_that_rearms_itself_does_not_hold_the_turn(void **state)
{
	struct loop *l = loop_new();
	(void)state;
	calls = 0;
	timer_a = timer_new(l, on_due, &calls);
	timer_set(timer_a, 0);
	loop_turn(l, 100);
	assert_int_equal(calls, 1);
	loop_turn(l, 100);
	assert_int_equal(calls, 2);
	timer_free(timer_a);
	loop_free(l);
}

static void on_ready_free_both(int fd, unsigned events, void *arg)
{
	(void)fd;
	(void)events;
	(void)arg;
	calls++;
	watch_free(watch_a);
	watch_free(watch_b);
	watch_a = watch_b = NULL;
}

static void test_a_watch_may_free_itself_and_others(void **state)
{
	struct loop *l = loop_new();
	int p[2], q[2];
	(void)state;
	calls = 0;
	assert_int_equal(pipe(p) | pipe(q), 0);
	watch_a = watch_new(l, p[0], LOOP_READ, on_ready_free_both, NULL);
	watch_b = watch_new(l, q[0], LOOP_READ, on_ready_free_both, NULL);
	assert_int_equal(write(p[1], "x", 1) + write(q[1], "x", 1), 2);
	loop_turn(l, 100);
	loop_turn(l, 0);
	assert_int_equal(calls, 1); /* the second was freed before its turn came */
	loop_free(l);
	close(p[0]), close(p[1]), close(q[0]), close(q[1]);
}

static void on_deferred(void *arg)
{
	calls++;
	if (calls < 3)
		loop_defer(arg, on_deferred, arg);
}

static void test_deferred_calls_come_later(void **state)
{
	struct loop *l = loop_new();
	(void)state;
	calls = 0;
	loop_defer(l, on_deferred, l);
	assert_int_equal(calls, 0);
	loop_turn(l, 100);
	assert_int_equal(calls, 1); /* what it deferred itself waits for the next turn */
	loop_undefer(l, on_deferred, l);
	loop_turn(l, 0);
	assert_int_equal(calls, 1);
	for (int i = 0; i < LOOP_DEFERRED_MAX; i++)
		assert_true(loop_defer(l, on_deferred, NULL));
	assert_false(loop_defer(l, on_deferred, NULL));
	loop_free(l);
}

static void on_signal(int number, void *arg)
{
	calls = number;
	loop_stop(arg);
}

static void test_a_signal_is_a_callback(void **state)
{
	struct loop *l = loop_new();
	(void)state;
	assert_true(loop_on_signal(l, SIGUSR1, on_signal, l));
	assert_true(loop_on_signal(l, SIGUSR2, on_signal, l));
	raise(SIGUSR2);
	loop_run(l);
	assert_int_equal(calls, SIGUSR2);
	loop_free(l);
}

/* Says that it runs, as it must not say it before it has let go of what it inherited; then stays. */
static void say_and_stay(struct buf *out, const void *arg)
{
	(void)out;
	const int *said = arg;
	if (write(*said, "x", 1) == 1)
		pause();
}

static int listen_on_loopback(struct sockaddr_in *address)
{
	socklen_t length = sizeof *address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (struct sockaddr *)address, length) < 0 || listen(fd, 1) < 0) {
		close(fd);
		return -1;
	}
	getsockname(fd, (struct sockaddr *)address, &length);
	return fd;
}

static void never_done(struct str text, void *arg)
{
	(void)text, (void)arg;
	fail();
}

static void test_a_child_keeps_no_port_taken(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct loop *l = loop_new();
	struct err err;
	int said[2], fd = listen_on_loopback(&address);
	char byte;
	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(pipe(said), 0);
	struct child *c = child_start(l, say_and_stay, &said[1], never_done, NULL, &err);
	assert_non_null(c);
	assert_int_equal(read(said[0], &byte, 1), 1);
	close(fd);
	fd = listen_on_loopback(&address);
	child_end(c); /* before anything is judged: it would outlive a test that fails */
	assert_true(fd >= 0);
	close(fd);
	close(said[0]);
	close(said[1]);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_timer_runs_once_per_setting),
		cmocka_unit_test(test_a_timer_that_rearms_itself_does_not_hold_the_turn),
		cmocka_unit_test(test_a_watch_may_free_itself_and_others),
		cmocka_unit_test(test_deferred_calls_come_later),
		cmocka_unit_test(test_a_signal_is_a_callback),
		cmocka_unit_test(test_a_child_keeps_no_port_taken),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
