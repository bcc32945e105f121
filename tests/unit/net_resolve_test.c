/*
 * Names to addresses. getaddrinfo() is the test's own here: it counts, and holds back names that begin with
 * "held" until they are let go, on the resolver's helper threads. Names that the system's own shall answer
 * begin with nothing special.
 */
#include "test.h"

#include "base/clock.h"
#include "net/resolve.h"
#include "net_peer.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>

static struct loop *loop;
static struct resolver *resolver;

/* ---- the system's side ---- */

static atomic_int calls, inside, most_inside;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int may_pass; /* held names that may return */

typedef int getaddrinfo_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int real_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	getaddrinfo_fn *real;
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	memcpy(&real, &symbol, sizeof real);
	return real(name, service, hints, ret);
}

static void hold(void)
{
	pthread_mutex_lock(&mutex);
	while (!may_pass)
		pthread_cond_wait(&changed, &mutex);
	may_pass--;
	pthread_mutex_unlock(&mutex);
}

static void let_pass(int count)
{
	pthread_mutex_lock(&mutex);
	may_pass += count;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	struct addrinfo numeric = *hints;
	int now = ++inside, most = most_inside;
	calls++;
	while (now > most && !atomic_compare_exchange_weak(&most_inside, &most, now))
		continue;
	if (strncmp(name, "held", 4) == 0)
		hold();
	numeric.ai_flags = AI_NUMERICHOST;
	int result = strncmp(name, "unknown", 7) == 0 ? EAI_NONAME
		     : strstr(name, ".test")	      ? real_getaddrinfo("192.0.2.7", service, &numeric, ret)
						      : real_getaddrinfo(name, service, hints, ret);
	inside--;
	return result;
}

/* ---- who asks ---- */

struct seen {
	ticket number;
	int answers;
	bool done, failed;
	struct resolved result;
	struct err err;
};

static void on_resolved(const struct resolved *result, const struct err *err, void *arg)
{
	struct seen *s = arg;
	s->answers++;
	s->done = true;
	s->failed = err != NULL;
	s->result = *result;
	if (err)
		s->err = *err;
	assert_int_equal(err != NULL, result->count == 0);
}

static void ask(struct seen *s, const char *name)
{
	struct err err;
	*s = (struct seen){0};
	s->number = resolve_name(resolver, name, on_resolved, s, &err);
	if (s->number == TICKET_NONE)
		fail_msg("%s", err.text);
	assert_int_equal(s->answers, 0); /* never inside the call */
}

static void resolved_to(const char *name, const char *address)
{
	struct seen s;
	ask(&s, name);
	assert_true(turn_until(loop, &s.done));
	if (s.failed)
		fail_msg("%s", s.err.text);
	for (unsigned i = 0; i < s.result.count; i++)
		if (strcmp(s.result.address[i], address) == 0)
			return;
	fail_msg("%s is %s and not %s", name, s.result.address[0], address);
}

static void turn_until_inside(int count)
{
	for (int i = 0; i < 1000 && inside != count; i++)
		turn_for(loop, 5);
	assert_int_equal(inside, count);
}

/* ---- */

static void numbers_need_no_helper(void **state)
{
	(void)state;
	resolved_to("127.0.0.1", "127.0.0.1");
	resolved_to("::1", "::1");
	resolved_to("2001:db8::1", "2001:db8::1");
	assert_int_equal(calls, 0);
}

/* What the system's own list says is what we say. */
static void names_of_the_hosts_file(void **state)
{
	char line[512], *rest, *address, *name;
	FILE *f = fopen("/etc/hosts", "r");
	int tried = 0;
	(void)state;
	assert_non_null(f);
	while (tried < 3 && fgets(line, sizeof line, f)) {
		line[strcspn(line, "#\n")] = '\0';
		address = strtok_r(line, " \t", &rest);
		name = address ? strtok_r(NULL, " \t", &rest) : NULL;
		if (!name || strchr(address, ':')) /* whether IPv6 is given out depends on the machine's addresses */
			continue;
		resolved_to(name, address);
		tried++;
	}
	fclose(f);
	assert_true(tried > 0);
}

static void answers_are_kept_for_a_minute(void **state)
{
	uint64_t now_ms = 5000000;
	(void)state;
	clock_test_set(now_ms, 0);
	resolved_to("a.test", "192.0.2.7");
	resolved_to("a.test", "192.0.2.7");
	clock_test_set(now_ms + RESOLVE_CACHE_S * 1000 - 1, 0);
	resolved_to("a.test", "192.0.2.7");
	assert_int_equal(calls, 1);
	clock_test_set(now_ms + RESOLVE_CACHE_S * 1000, 0);
	resolved_to("a.test", "192.0.2.7");
	assert_int_equal(calls, 2);
}

static void the_oldest_answer_makes_room(void **state)
{
	char name[16];
	size_t full = 0;
	(void)state;
	for (int i = 0; i < 3 * RESOLVE_CACHE_MAX; i++) {
		snprintf(name, sizeof name, "n%02d.test", i);
		clock_test_set(5000000 + (uint64_t)i, 0);
		resolved_to(name, "192.0.2.7");
		if (i == RESOLVE_CACHE_MAX)
			full = mem_use_total().bytes;
	}
	assert_int_equal(mem_use_total().bytes, full);
	assert_int_equal(calls, 3 * RESOLVE_CACHE_MAX);
	for (int i = 2 * RESOLVE_CACHE_MAX; i < 3 * RESOLVE_CACHE_MAX; i++) {
		snprintf(name, sizeof name, "n%02d.test", i);
		resolved_to(name, "192.0.2.7");
	}
	assert_int_equal(calls, 3 * RESOLVE_CACHE_MAX);
	resolved_to("n00.test", "192.0.2.7");
	assert_int_equal(calls, 3 * RESOLVE_CACHE_MAX + 1);
}

static void failures_are_not_kept(void **state)
{
	(void)state;
	for (int i = 1; i <= 2; i++) {
		struct seen s;
		ask(&s, "unknown.test");
		assert_true(turn_until(loop, &s.done));
		assert_true(s.failed);
		assert_int_equal(s.err.code, ERR_UNREACHABLE);
		assert_non_null(strstr(s.err.text, "unknown.test"));
		assert_int_equal(calls, i);
	}
}

static void many_at_once(void **state)
{
	struct seen s[RESOLVE_PENDING_MAX];
	struct err err;
	char name[32];
	bool never = false;
	(void)state;
	for (int i = 0; i < RESOLVE_PENDING_MAX; i++) {
		snprintf(name, sizeof name, "held%d.test", i);
		ask(&s[i], name);
	}
	assert_int_equal(resolve_name(resolver, "held.test", on_resolved, &never, &err), TICKET_NONE);
	assert_int_equal(err.code, ERR_LIMIT);
	let_pass(RESOLVE_PENDING_MAX);
	for (int i = 0; i < RESOLVE_PENDING_MAX; i++)
		assert_true(turn_until(loop, &s[i].done));
	turn_for(loop, 20);
	for (int i = 0; i < RESOLVE_PENDING_MAX; i++) {
		assert_int_equal(s[i].answers, 1);
		assert_false(s[i].failed);
	}
	assert_int_equal(calls, RESOLVE_PENDING_MAX);
	assert_true(most_inside <= 2);
}

static void one_name_many_times(void **state)
{
	struct seen s[10];
	(void)state;
	for (int i = 0; i < 10; i++)
		ask(&s[i], "held.test");
	let_pass(10);
	for (int i = 0; i < 10; i++)
		assert_true(turn_until(loop, &s[i].done));
	assert_true(calls <= 2); /* the others have the first one's answer */
}

static void no_answer_in_time(void **state)
{
	struct seen running, waiting[2];
	uint64_t now_ms = 5000000;
	(void)state;
	clock_test_set(now_ms, 0);
	ask(&running, "held1.test");
	ask(&waiting[0], "held2.test");
	ask(&waiting[1], "held3.test");
	for (int i = 0; i < 400 && inside < 2; i++) {
		loop_turn(loop, 0);
		usleep(5000);
	}
	assert_int_equal(inside, 2);
	clock_test_set(now_ms + RESOLVE_TIMEOUT_MS - 1, 0);
	for (int i = 0; i < 10; i++)
		loop_turn(loop, 0);
	assert_false(running.done || waiting[1].done);
	clock_test_set(now_ms + RESOLVE_TIMEOUT_MS, 0);
	for (int i = 0; i < 10; i++)
		loop_turn(loop, 0);
	assert_true(running.done && waiting[0].done && waiting[1].done);
	assert_int_equal(running.err.code, ERR_TIMEOUT);
	assert_non_null(strstr(waiting[1].err.text, "held3.test"));
	clock_test_set(0, 0);
	let_pass(2);
	turn_until_inside(0);
	turn_for(loop, 20);
	assert_int_equal(running.answers, 1);
	assert_int_equal(calls, 2); /* the third one was never begun */
}

/* An answer that came when nobody waited any more is not lost. */
static void cancel_while_the_helper_runs(void **state)
{
	struct seen gone, next;
	(void)state;
	ask(&gone, "held.test");
	turn_until_inside(1);
	resolve_cancel(resolver, gone.number);
	resolve_cancel(resolver, gone.number);
	resolve_cancel(resolver, 12345);
	let_pass(1);
	turn_until_inside(0);
	turn_for(loop, 20);
	assert_int_equal(gone.answers, 0);
	ask(&next, "held.test");
	assert_true(turn_until(loop, &next.done));
	assert_false(next.failed);
	assert_int_equal(calls, 1);
	ask(&gone, "other.test");
	resolve_cancel(resolver, gone.number); /* before it was begun */
	turn_for(loop, 20);
	assert_int_equal(gone.answers, 0);
	assert_int_equal(calls, 1);
}

/* Names that nobody can tell, asked again and again: each leaves its thread behind. */
static void threads_are_bounded(void **state)
{
	struct seen s, last;
	char name[32];
	(void)state;
	for (int i = 0; i < 3 * RESOLVE_THREADS_MAX; i++) {
		snprintf(name, sizeof name, "held%d.test", i);
		ask(&s, name);
		turn_for(loop, 5);
		resolve_cancel(resolver, s.number);
	}
	ask(&last, "last.test"); /* waits for a thread to end */
	turn_until_inside(RESOLVE_THREADS_MAX);
	turn_for(loop, 20);
	assert_false(last.done);
	let_pass(1);
	assert_true(turn_until(loop, &last.done));
	assert_false(last.failed);
	let_pass(RESOLVE_THREADS_MAX - 1);
	turn_until_inside(0);
	turn_for(loop, 20);
	assert_int_equal(most_inside, RESOLVE_THREADS_MAX);
}

static void freed_while_helpers_run(void **state)
{
	struct seen s[4];
	(void)state;
	for (int i = 0; i < 4; i++)
		ask(&s[i], i ? "held2.test" : "held1.test");
	turn_until_inside(2);
	resolver_free(resolver);
	resolver = NULL;
	let_pass(2);
	turn_until_inside(0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(s[i].answers, 0);
}

static void names_that_are_none(void **state)
{
	char longest[300];
	struct err err;
	(void)state;
	memset(longest, 'a', sizeof longest);
	longest[256] = '\0';
	assert_int_equal(resolve_name(resolver, longest, on_resolved, NULL, &err), TICKET_NONE);
	assert_int_equal(err.code, ERR_INPUT);
	assert_int_equal(resolve_name(resolver, "", on_resolved, NULL, &err), TICKET_NONE);
	assert_int_equal(err.code, ERR_INPUT);
}

static int set_up(void **state)
{
	(void)state;
	calls = inside = most_inside = 0;
	may_pass = 0;
	loop = loop_new();
	resolver = resolver_new(loop);
	return loop && resolver ? 0 : -1;
}

static int tear_down(void **state)
{
	clock_test_set(0, 0);
	resolver_free(resolver);
	loop_free(loop);
	return check_no_leak(state);
}

#define RESOLVE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RESOLVE_TEST(numbers_need_no_helper),
		RESOLVE_TEST(names_of_the_hosts_file),
		RESOLVE_TEST(answers_are_kept_for_a_minute),
		RESOLVE_TEST(the_oldest_answer_makes_room),
		RESOLVE_TEST(failures_are_not_kept),
		RESOLVE_TEST(many_at_once),
		RESOLVE_TEST(one_name_many_times),
		RESOLVE_TEST(no_answer_in_time),
		RESOLVE_TEST(cancel_while_the_helper_runs),
		RESOLVE_TEST(threads_are_bounded),
		RESOLVE_TEST(freed_while_helpers_run),
		RESOLVE_TEST(names_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
