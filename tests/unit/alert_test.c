/* When a channel is told that memory runs short, and when that it is over. */
#include "test.h"

#include "base/clock.h"
#include "base/log.h"
#include "fakes/docker_fake.h"
#include "fakes/rest_fake.h"
#include "feature/alert/alert.h"

#include <stdio.h>
#include <string.h>

#define MB (UINT64_C(1024) * 1024)

static struct loop *loop;
static struct alert *alert;
static uint64_t now_ms;
static char logged[16384];

static void on_log(enum log_level level, const char *line, void *arg)
{
	(void)arg;
	if (level <= LOG_INFO)
		snprintf(logged + strlen(logged), sizeof logged - strlen(logged), "%s\n", line);
}

static unsigned times(const char *text, const char *part)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

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
	docker_fake_clear();
	logged[0] = '\0';
	log_set_sink(on_log, NULL);
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
	log_set_sink(NULL, NULL);
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
	snprintf(c.id, sizeof c.id, "id of %s", name);
	return c;
}

static void see(const char *name, unsigned percent)
{
	struct container c = box(name, percent);
	alert_on_container(alert, &c, CONTAINER_USAGE);
}

static void taken(void)
{
	fake_reply(fake_last(), 200, 0, 1);
}

static void refused(void)
{
	fake_reply(fake_last(), 403, 50013, 0);
}

static void ends(const char *name)
{
	struct container c = box(name, 0);
	c.state = CONTAINER_EXITED;
	alert_on_container(alert, &c, CONTAINER_DIED);
}

/* "web" is above its share, and the channel knows. */
static void told_of_web(void)
{
	see("web", 95);
	pass(120);
	see("web", 95);
	assert_int_equal(rest_fake.count, 1);
	taken();
	assert_int_equal(alert_active(alert), 1);
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
	assert_int_equal(alert_active(alert), 0); /* not before Discord has it */
	see("web", 98);
	assert_int_equal(rest_fake.count, 1);
	taken();
	assert_int_equal(alert_active(alert), 1);
	pass(600);
	see("web", 99);
	see("web", 81); /* below, but not by enough */
	assert_int_equal(rest_fake.count, 1);
	see("web", 80);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "**web** has enough memory again"));
	taken();
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

static void test_a_share_of_any_size_can_be_recovered_from(void **state)
{
	static const unsigned shares[][2] = {{1, 0}, {4, 3}, {10, 8}, {11, 9}, {50, 40}, {100, 90}};
	(void)state;
	for (unsigned i = 0; i < sizeof shares / sizeof *shares; i++) {
		unsigned share = shares[i][0], over = shares[i][1], before = rest_fake.count;
		alert_set(alert, &(struct alert_settings){.channel_id = 4711, .percent = share, .lang = TR_EN});
		see("web", share);
		assert_int_equal(rest_fake.count, before + 1);
		taken();
		see("web", over + 1 < share ? over + 1 : share);
		assert_int_equal(rest_fake.count, before + 1);
		see("web", over);
		assert_int_equal(rest_fake.count, before + 2);
		taken();
		assert_int_equal(alert_active(alert), 0);
	}
}

static void test_a_container_that_ends_begins_anew(void **state)
{
	(void)state;
	see("web", 95);
	pass(119);
	ends("web");
	see("web", 95);
	pass(60);
	see("web", 95);
	assert_int_equal(rest_fake.count, 0);
}

static void test_the_end_of_a_container_closes_its_alert(void **state)
{
	(void)state;
	told_of_web();
	ends("web");
	pass(29);
	see("db", 10);
	assert_int_equal(rest_fake.count, 1);
	pass(1);
	see("db", 10);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "**web** is no longer running"));
	see("db", 10);
	assert_int_equal(rest_fake.count, 2);
	taken();
	assert_int_equal(alert_active(alert), 0);
	see("web", 95);
	pass(119);
	see("web", 95);
	assert_int_equal(rest_fake.count, 2);
}

static void test_a_container_that_restarts_has_not_ended(void **state)
{
	(void)state;
	told_of_web();
	ends("web");
	pass(10);
	see("web", 92);
	pass(60);
	see("web", 93);
	assert_int_equal(rest_fake.count, 1); /* once */
	see("web", 20);
	assert_non_null(strstr(fake_last()->body, "**web** has enough memory again"));
}

static void test_a_paused_container_keeps_its_memory(void **state)
{
	(void)state;
	told_of_web();
	struct container c = box("web", 95);
	c.state = CONTAINER_PAUSED;
	alert_on_container(alert, &c, CONTAINER_CHANGED);
	pass(120);
	see("db", 10);
	assert_int_equal(rest_fake.count, 1);
	assert_int_equal(alert_active(alert), 1);
}

static void test_a_renamed_container_is_the_same(void **state)
{
	(void)state;
	told_of_web();
	struct container c = box("web", 20);
	strcpy(c.name, "www");
	alert_on_container(alert, &c, CONTAINER_RENAMED);
	alert_on_container(alert, &c, CONTAINER_USAGE);
	assert_int_equal(rest_fake.count, 2);
	taken();
	assert_int_equal(alert_active(alert), 0);
}

static void test_what_ended_while_the_engine_was_away(void **state)
{
	(void)state;
	alert_on_self(alert, 15 * MB, 16 * MB);
	see("young", 95);
	pass(60);
	alert_on_resync(alert, FAKE_DOCKER); /* "young" is not there any more, and nobody had heard of it */
	told_of_web();
	alert_on_self(alert, 15 * MB, 16 * MB);
	taken();
	*docker_fake_add("web", CONTAINER_RUNNING) = box("web", 95);
	alert_on_resync(alert, FAKE_DOCKER);
	pass(60);
	see("web", 95);
	assert_int_equal(alert_active(alert), 2);
	assert_int_equal(rest_fake.count, 2);
	docker_fake.containers[0].state = CONTAINER_EXITED;
	alert_on_resync(alert, FAKE_DOCKER);
	pass(30);
	alert_on_self(alert, 15 * MB, 16 * MB);
	assert_int_equal(rest_fake.count, 3);
	assert_non_null(strstr(fake_last()->body, "**web** is no longer running"));
	taken();
	assert_int_equal(alert_active(alert), 1); /* ddc itself is no container */
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
	refused();
	assert_int_equal(alert_active(alert), 0);
	assert_int_equal(alert_sent(alert), 0);
	pass(60);
	see("web", 95);
	assert_int_equal(rest_fake.count, 2);
	taken();
	assert_int_equal(alert_active(alert), 1);
	assert_int_equal(alert_sent(alert), 1);
	see("web", 10);
	refused();
	assert_int_equal(alert_active(alert), 1);
	pass(60);
	see("web", 10);
	assert_int_equal(rest_fake.count, 4);
	taken();
	assert_int_equal(alert_active(alert), 0);
}

static void test_a_channel_that_refuses_is_tried_ever_less_often_with_one_message(void **state)
{
	static const unsigned minutes[] = {1, 2, 4, 7, 14, 15, 15};
	(void)state;
	see("web", 95);
	see("db", 95);
	pass(120);
	see("web", 95);
	for (unsigned i = 0; i < sizeof minutes / sizeof *minutes; i++) {
		refused();
		unsigned before = rest_fake.count;
		for (unsigned minute = 1; rest_fake.count == before && minute < 60; minute++) {
			pass(60);
			see("web", 95);
			see("db", 95);
			if (rest_fake.count > before)
				assert_int_equal(minute, minutes[i]);
		}
		assert_int_equal(rest_fake.count, before + 1);
	}
	taken();
	see("web", 95);
	see("db", 95);
	taken();
	assert_int_equal(alert_active(alert), 2);
	assert_int_equal(times(logged, "cannot be written to"), 1);
	assert_int_equal(times(logged, "can be written to again"), 1);
}

static void see_boxes(unsigned count, unsigned percent)
{
	char name[32];
	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof name, "box-%u", i);
		see(name, percent);
	}
	for (struct fake_request *r; (r = fake_open(REST_POST, ""));)
		fake_reply(r, 200, 0, 1);
}

static void test_beyond_the_maximum_they_are_named_and_counted_and_have_their_turn(void **state)
{
	(void)state;
	see_boxes(ALERT_CONTAINERS_MAX + 10, 95);
	pass(120);
	for (unsigned i = 0; i < 10; i++)
		see_boxes(ALERT_CONTAINERS_MAX + 10, 95);
	assert_int_equal(alert_active(alert), ALERT_CONTAINERS_MAX);
	assert_int_equal(alert_left_out(alert), 10);
	assert_int_equal(times(logged, "but the channel is not told"), 10);
	assert_int_equal(times(logged, "box-73 is short of memory (97280 of 102400 KB)"), 1);
	for (unsigned i = 0; i < 4; i++) {
		char name[32];
		snprintf(name, sizeof name, "box-%u", i);
		see(name, 10);
		taken();
	}
	see_boxes(0, 0);
	assert_int_equal(alert_active(alert), ALERT_CONTAINERS_MAX - 4);
	see("box-70", 95);
	taken();
	assert_int_equal(alert_active(alert), ALERT_CONTAINERS_MAX - 3);
	assert_int_equal(alert_left_out(alert), 9);
	see("box-71", 10);
	assert_int_equal(alert_left_out(alert), 8);
}

static void test_no_more_are_watched_than_the_maximum(void **state)
{
	(void)state;
	see_boxes(ALERT_WATCHED_MAX + 10, 95);
	assert_int_equal(
		times(logged, "more than 1024 containers are short of memory at once; box-1024 and further ones"), 1);
	assert_true(mem_use_of(MEM_PANELS).bytes < ALERT_WATCHED_MAX * 32 + 2048);
	see_boxes(ALERT_WATCHED_MAX + 10, 10);
	assert_int_equal(rest_fake.count, 0);
	assert_true(mem_use_of(MEM_PANELS).bytes < 2048);
}

static void test_it_may_be_freed_while_a_message_is_under_way(void **state)
{
	(void)state;
	told_of_web();
	see("web", 10);
	alert_set(alert, &(struct alert_settings){.percent = 90}); /* the same as: nobody is told any more */
	assert_int_equal(fake_open_requests(), 0);
	assert_int_equal(alert_active(alert), 0);
	alert_set(alert, &(struct alert_settings){.channel_id = 4711, .percent = 90, .lang = TR_EN});
	see("web", 95);
	assert_int_equal(fake_open_requests(), 1);
	/* teardown frees it */
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
		TEST(test_a_share_of_any_size_can_be_recovered_from),
		TEST(test_a_container_that_ends_begins_anew),
		TEST(test_the_end_of_a_container_closes_its_alert),
		TEST(test_a_container_that_restarts_has_not_ended),
		TEST(test_a_paused_container_keeps_its_memory),
		TEST(test_a_renamed_container_is_the_same),
		TEST(test_what_ended_while_the_engine_was_away),
		TEST(test_what_discord_did_not_take_is_tried_again),
		TEST(test_a_channel_that_refuses_is_tried_ever_less_often_with_one_message),
		TEST(test_beyond_the_maximum_they_are_named_and_counted_and_have_their_turn),
		TEST(test_no_more_are_watched_than_the_maximum),
		TEST(test_it_may_be_freed_while_a_message_is_under_way),
		TEST(test_without_a_channel_nobody_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
