#include "test.h"

#include "base/clock.h"
#include "fakes/docker_act_fake.h"
#include "feature/control/pending.h"
#include "loop/loop.h"

#include <stdio.h>
#include <string.h>

static struct loop *loop;
static struct pending *p;
static unsigned changes, ends;
static struct {
	struct pending_action a;
	enum pending_outcome outcome;
	struct err err;
	uint32_t took_ms;
} end;
static void (*at_end)(void);

enum { WALL_S = 1790000000 };

static void on_changed(struct str container, void *arg)
{
	(void)container, (void)arg;
	changes++;
}

static void on_done(const struct pending_action *a, enum pending_outcome outcome, const struct err *err,
	uint32_t took_ms, void *arg)
{
	(void)arg;
	end.a = *a;
	end.outcome = outcome;
	end.err = *err;
	end.took_ms = took_ms;
	ends++;
	if (at_end)
		at_end();
}

static void pass_ms(unsigned ms)
{
	clock_test_set(clock_mono_ms() + ms, clock_wall_ms() + ms);
	loop_turn(loop, 0);
}

static int setup(void **state)
{
	(void)state;
	clock_test_set(5000000, WALL_S * 1000ll);
	docker_fake_clear();
	docker_act_fake_clear();
	changes = ends = 0;
	at_end = NULL;
	memset(&end, 0, sizeof end);
	loop = loop_new();
	p = pending_new(loop, FAKE_DOCKER, 2, on_changed, NULL);
	return loop && p ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	pending_free(p);
	loop_free(loop);
	clock_test_set(0, 0);
	return 0;
}

static struct container *running(const char *name)
{
	struct container *c = docker_fake_add(name, CONTAINER_RUNNING);

	snprintf(c->id, sizeof c->id, "id-%s", name);
	c->started_at_s = WALL_S - 3600;
	return c;
}

static bool begin(const char *name, enum docker_action action, struct err *err)
{
	return pending_begin(p, str_of(name), action, -1, 7, STR("Anna"), on_done, NULL, err);
}

static void event(struct container *c, enum container_state now, enum container_event e)
{
	c->state = now;
	pending_on_container(p, c, e);
}

static void test_a_stop_ends_when_the_container_is_down(void **state)
{
	struct container *web = running("web");

	(void)state;
	assert_true(begin("web", DOCKER_STOP, NULL));
	assert_int_equal(fake_acts("web", DOCKER_STOP), 1);
	assert_int_equal(changes, 1);
	assert_string_equal(pending_find(p, STR("web"))->user, "Anna");
	assert_int_equal(ends, 0);
	pass_ms(700);
	event(web, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(ends, 1);
	assert_int_equal(end.outcome, PENDING_REACHED);
	assert_int_equal(end.took_ms, 700);
	assert_int_equal(changes, 2);
	assert_null(pending_find(p, STR("web")));
	assert_false(fake_answer(FAKE_ACT, "web", NULL)); /* nobody waits for it any more */
}

static void test_a_restart_needs_a_newer_start(void **state)
{
	struct container *web = running("web");

	(void)state;
	assert_true(begin("web", DOCKER_RESTART, NULL));
	pending_on_container(p, web, CONTAINER_CHANGED); /* still the old start */
	assert_non_null(pending_find(p, STR("web")));
	event(web, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(ends, 0);
	web->started_at_s = WALL_S + 1;
	event(web, CONTAINER_RUNNING, CONTAINER_CHANGED);
	assert_null(pending_find(p, STR("web"))); /* panels show the real state at once … */
	assert_int_equal(changes, 2);
	assert_int_equal(ends, 0); /* … and the verdict waits until it has stayed up for a moment */
	assert_true(fake_answer(FAKE_ACT, "web", NULL));
	pass_ms(3000);
	assert_int_equal(ends, 1);
	assert_int_equal(end.outcome, PENDING_REACHED);
	assert_int_equal(end.took_ms, 0); /* until it was up */
	assert_int_equal(changes, 2);
}

static void test_a_restart_is_recognised_without_any_event(void **state)
{
	struct container *web = running("web");

	(void)state;
	assert_true(begin("web", DOCKER_RESTART, NULL));
	assert_true(fake_answer(FAKE_ACT, "web", NULL));
	assert_non_null(pending_find(p, STR("web")));
	web->started_at_s = WALL_S + 1;
	assert_true(fake_answer(FAKE_REFRESH, "web", NULL));
	assert_null(pending_find(p, STR("web")));
	pass_ms(3000);
	assert_int_equal(end.outcome, PENDING_REACHED);
	assert_int_equal(ends, 1);
}

static void test_the_engines_reason_arrives_word_for_word(void **state)
{
	(void)state;
	docker_fake_add("web", CONTAINER_EXITED);
	assert_true(begin("web", DOCKER_START, NULL));
	assert_true(fake_answer(FAKE_ACT, "web", "driver failed programming external connectivity: port 80 is in use"));
	assert_int_equal(end.outcome, PENDING_FAILED);
	assert_string_equal(end.err.text, "driver failed programming external connectivity: port 80 is in use");
	assert_int_equal(changes, 2);
	assert_null(pending_find(p, STR("web")));
}

static void test_a_crash_right_after_the_start_is_a_failure(void **state)
{
	struct container *web = docker_fake_add("web", CONTAINER_EXITED);

	(void)state;
	assert_true(begin("web", DOCKER_START, NULL));
	web->started_at_s = WALL_S + 1;
	event(web, CONTAINER_RUNNING, CONTAINER_CHANGED);
	assert_true(fake_answer(FAKE_ACT, "web", NULL));
	assert_int_equal(ends, 0);
	pass_ms(2500);
	web->exit_code = 3;
	event(web, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(end.outcome, PENDING_FAILED);
	assert_non_null(strstr(end.err.text, "exit code 3"));
	assert_int_equal(ends, 1);
}

static void test_a_crash_that_nobody_saw_is_a_failure_too(void **state)
{
	struct container *web = running("web");

	(void)state;
	assert_true(begin("web", DOCKER_RESTART, NULL));
	assert_true(fake_answer(FAKE_ACT, "web", NULL));
	web->started_at_s = WALL_S + 1;
	web->exit_code = 137;
	web->oom_killed = true;
	web->state = CONTAINER_EXITED;
	pending_on_resync(p);
	assert_int_equal(end.outcome, PENDING_FAILED);
	assert_non_null(strstr(end.err.text, "137 (out of memory)"));
}

static void test_a_job_that_is_done_at_once_is_no_failure(void **state)
{
	struct container *job = docker_fake_add("job", CONTAINER_EXITED);

	(void)state;
	assert_true(begin("job", DOCKER_START, NULL));
	job->started_at_s = WALL_S;
	event(job, CONTAINER_RUNNING, CONTAINER_CHANGED);
	event(job, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(end.outcome, PENDING_REACHED);
}

static void test_a_yes_without_the_state_times_out(void **state)
{
	(void)state;
	running("web");
	assert_true(begin("web", DOCKER_STOP, NULL));
	assert_true(fake_answer(FAKE_ACT, "web", NULL));
	pass_ms(PENDING_GOAL_MS - 1);
	assert_int_equal(ends, 0);
	pass_ms(1);
	assert_int_equal(end.outcome, PENDING_TIMED_OUT);
	assert_null(pending_find(p, STR("web")));
}

static void test_cannot_tell_is_not_stopped(void **state)
{
	struct container *web = running("web");

	(void)state;
	assert_true(begin("web", DOCKER_STOP, NULL));
	web->stale = true;
	web->state = CONTAINER_EXITED;
	pending_on_resync(p);
	assert_int_equal(ends, 0);
	web->stale = false;
	pending_on_resync(p);
	assert_int_equal(end.outcome, PENDING_REACHED);
}

static void test_one_action_a_container_and_a_bounded_queue(void **state)
{
	struct err err = {0};

	(void)state;
	running("a"), running("b"), running("c");
	assert_true(begin("a", DOCKER_STOP, NULL));
	assert_false(begin("a", DOCKER_RESTART, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_true(begin("b", DOCKER_STOP, NULL));
	assert_false(begin("c", DOCKER_STOP, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_int_equal(pending_count(p), 2);
	assert_int_equal(docker_act_fake.count, 2);
	pending_set_max(p, 3);
	assert_true(begin("c", DOCKER_STOP, NULL));
}

static unsigned reserve(const char *name, struct err *err)
{
	return pending_reserve(p, str_of(name), DOCKER_STOP, -1, 7, STR("Anna"), on_done, NULL, err);
}

static void test_only_who_is_told_that_there_is_no_room_counts_as_refused(void **state)
{
	struct err err = {0};

	(void)state;
	running("a"), running("b"), running("c");
	assert_int_not_equal(reserve("a", &err), 0);
	assert_int_equal(reserve("a", &err), 0); /* the second press on the same button */
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(pending_stats_of(p).refused, 0);
	assert_int_not_equal(reserve("b", &err), 0);
	for (unsigned i = 0; i < 5; i++) /* one of many, which comes again until there is room */
		assert_false(begin("c", DOCKER_STOP, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_int_equal(pending_stats_of(p).refused, 0);
	assert_int_equal(reserve("c", &err), 0);
	assert_int_equal(pending_stats_of(p).refused, 1);
}

static void test_acting_again_ends_the_wait_for_a_crash(void **state)
{
	struct container *web = docker_fake_add("web", CONTAINER_EXITED);

	(void)state;
	assert_true(begin("web", DOCKER_START, NULL));
	event(web, CONTAINER_RUNNING, CONTAINER_CHANGED);
	assert_true(begin("web", DOCKER_STOP, NULL));
	assert_int_equal(ends, 1);
	assert_int_equal(end.a.action, DOCKER_START);
	assert_int_equal(end.outcome, PENDING_REACHED);
	assert_int_equal(pending_find(p, STR("web"))->action, DOCKER_STOP);
}

static void test_what_the_engine_client_refuses_is_not_begun(void **state)
{
	struct err err = {0};

	(void)state;
	running("web");
	err_set(&docker_act_fake.refuse, ERR_UNREACHABLE, "the engine is not reachable");
	assert_false(begin("web", DOCKER_STOP, &err));
	assert_string_equal(err.text, "the engine is not reachable");
	assert_int_equal(pending_count(p), 0);
	assert_int_equal(changes, 0);
}

static void test_a_container_that_is_removed_meanwhile(void **state)
{
	(void)state;
	struct container *web = running("web");
	assert_true(begin("web", DOCKER_STOP, NULL));
	strcpy(web->name, "elsewhere"); /* the engine does not have it any more */
	struct container last = *web;
	strcpy(last.name, "web");
	pending_on_container(p, &last, CONTAINER_GONE);
	assert_int_equal(end.outcome, PENDING_REACHED);
}

static void begin_another(void)
{
	at_end = NULL;
	assert_true(begin("a", DOCKER_STOP, NULL));
}

static void test_a_new_action_may_begin_when_one_is_told_to_have_ended(void **state)
{
	(void)state;
	running("a"), running("b");
	assert_true(begin("a", DOCKER_STOP, NULL));
	assert_true(begin("b", DOCKER_STOP, NULL));
	assert_true(fake_answer(FAKE_ACT, "a", NULL));
	assert_true(fake_answer(FAKE_ACT, "b", NULL));
	at_end = begin_another;
	pass_ms(PENDING_GOAL_MS);
	assert_int_equal(ends, 2);
	assert_int_equal(pending_count(p), 1);
}

static void test_a_renamed_container_is_followed(void **state)
{
	struct container *web = running("web");

	(void)state;
	assert_true(begin("web", DOCKER_STOP, NULL));
	strcpy(web->name, "web2");
	pending_on_container(p, web, CONTAINER_RENAMED);
	assert_non_null(pending_find(p, STR("web2")));
	event(web, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(end.outcome, PENDING_REACHED);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_stop_ends_when_the_container_is_down),
		T(test_a_restart_needs_a_newer_start),
		T(test_a_restart_is_recognised_without_any_event),
		T(test_the_engines_reason_arrives_word_for_word),
		T(test_a_crash_right_after_the_start_is_a_failure),
		T(test_a_crash_that_nobody_saw_is_a_failure_too),
		T(test_a_job_that_is_done_at_once_is_no_failure),
		T(test_a_yes_without_the_state_times_out),
		T(test_cannot_tell_is_not_stopped),
		T(test_one_action_a_container_and_a_bounded_queue),
		T(test_only_who_is_told_that_there_is_no_room_counts_as_refused),
		T(test_acting_again_ends_the_wait_for_a_crash),
		T(test_what_the_engine_client_refuses_is_not_begun),
		T(test_a_container_that_is_removed_meanwhile),
		T(test_a_new_action_may_begin_when_one_is_told_to_have_ended),
		T(test_a_renamed_container_is_followed),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
