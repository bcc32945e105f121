/* A container's log as a person in Discord sees it, with a clock that obeys: what takes minutes, and what the
 * engine does in between. */
#include "test.h"

#include "fakes/control_stage.h"

#include <stdio.h>
#include <string.h>

enum { MESSAGE = 7001 };
#define STAMP "2026-11-22T18:40:01.123456789Z "

static int setup(void **state)
{
	int failed = stage_setup(state);

	docker_fake_add("web", CONTAINER_RUNNING);
	config_fake_add("web", NULL, 0);
	return failed;
}

static void run(const char *name, const char *value)
{
	struct interaction in = interaction(INTERACTION_COMMAND, FAKE_ADMIN, FAKE_CONTROL);

	in.command = STR("logs");
	in.options[in.option_count++] = (struct interaction_option){.name = STR("container"), .value = STR("web")};
	if (name)
		in.options[in.option_count++] =
			(struct interaction_option){.name = str_of(name), .value = str_of(value)};
	control_on_interaction(control, &in);
}

static void press(uint64_t message, const char *id)
{
	struct interaction in = interaction(INTERACTION_COMPONENT, FAKE_ADMIN, FAKE_CONTROL);

	in.component_type = COMPONENT_BUTTON;
	in.custom_id = str_of(id);
	in.message_id = message;
	in.message_flags = MESSAGE_EPHEMERAL;
	in.attachment_size_limit = 3000;
	control_on_interaction(control, &in);
}

/* The engine gives this log to whoever is reading it. */
static void log_says(const char *line)
{
	struct fake_call *c = fake_log("web");

	assert_non_null(c);
	fake_log_line(c, DOCKER_STDOUT, line);
	fake_log_end(c, ERR_NONE, NULL);
}

static const char *said(void)
{
	return answer_fake_last() ? answer_fake_last()->body : "nothing";
}

#define assert_says(text)                                                                                              \
	do {                                                                                                           \
		if (!strstr(said(), text))                                                                             \
			fail_msg("\"%s\" is not in %s", text, said());                                                 \
	} while (0)

static void go_live(uint64_t message)
{
	press(message, "ddc1:logs:web:l50ab");
	log_says(STAMP "begin");
	assert_says("Live");
	answer_fake_answer_all(0);
}

static unsigned readings(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < docker_act_fake.count; i++)
		n += docker_act_fake.calls[i].kind == FAKE_LOGS;
	return n;
}

/* ---- looking ---- */

static void test_a_look_asks_for_what_is_shown_and_no_more(void **state)
{
	(void)state;
	config_fake_number("DDC_LIVE_LOGS_TAIL_LINES", 30);
	run(NULL, NULL);
	assert_int_equal(fake_log("web")->log_options.tail, 30);
	assert_int_equal(fake_log("web")->log_options.since_s, 0);
	assert_false(fake_log("web")->log_options.follow);
	log_says(STAMP "hello");
	assert_says("```\\nhello\\n```");
	assert_says("\"ddc1:logs:web:r30ab\"");
	assert_says("\"flags\":64");
	assert_string_equal(record.line, "logs web command done ");
	run("since", "1h");
	assert_int_equal(fake_log("web")->log_options.since_s, STAGE_WALL_S - 3600);
	log_says(STAMP "hello");
	run("lines", "7");
	assert_int_equal(fake_log("web")->log_options.tail, 7);
	log_says(STAMP "hello");
	run("search", "needle");
	assert_true(fake_log("web")->log_options.tail > 1000);
	log_says(STAMP "hay");
	assert_says("No line has this text");
	assert_string_equal(record.line, "logs web command done search");
	assert_null(fake_log("web"));
}

static void test_a_slow_engine_is_deferred_and_a_failing_one_told(void **state)
{
	(void)state;
	run(NULL, NULL);
	assert_int_equal(answer_fake.count, 0);
	pass_ms(RESPOND_DEFER_MS);
	assert_says("\"type\":5");
	answer_fake_answer_all(0);
	log_says(STAMP "late");
	assert_int_equal(answer_fake_last()->method, REST_PATCH);
	assert_says("late");
	run(NULL, NULL);
	fake_log_end(fake_log("web"), ERR_FORBIDDEN, "no *no*");
	assert_says("does not let me read logs: no \\\\*no\\\\*");
	assert_string_equal(record.line, "logs web command failed no *no*");
	docker_act_fake.refuse = (struct err){ERR_NOT_FOUND, "no such container"};
	run(NULL, NULL);
	assert_says("Docker has no container **web**");
	docker_act_fake.refuse = (struct err){ERR_LIMIT, "8 logs are already being read"};
	run(NULL, NULL);
	assert_says("Too many logs");
}

static void test_long_names_and_searches_keep_within_a_custom_id(void **state)
{
	char id[160], name[64];

	(void)state;
	memset(name, 'n', 63);
	name[63] = '\0';
	docker_fake_add(name, CONTAINER_RUNNING);
	config_fake_add(name, NULL, 0);
	snprintf(id, sizeof id, "ddc1:logs:%s:r1000ab:0123456789abcdefghijklmnopq", name);
	press(MESSAGE, id);
	assert_non_null(fake_log(name));
	fake_log_line(fake_log(name), DOCKER_STDOUT, STAMP "x 0123456789abcdefghijklmnopq");
	fake_log_end(fake_log(name), ERR_NONE, NULL);
	assert_says("1 line found");
	for (const char *p = said(); (p = strstr(p, "\"custom_id\":\"")); p++) {
		p += strlen("\"custom_id\":\"");
		assert_true(strcspn(p, "\"") <= 100);
		assert_true(str_starts(str_of(p), "ddc1:logs:nnn"));
	}
	assert_says(":r1000ab:0123456789abcdefgh\""); /* cut where there is no more room, and that is what was
							 searched for */
	assert_says("“0123456789abcdefgh”");
}

/* ---- live ---- */

static void test_live_edits_only_when_something_new_came_and_ends_with_a_word(void **state)
{
	unsigned count;

	(void)state;
	go_live(MESSAGE);
	count = answer_fake.count;
	for (int i = 0; i < 11; i++) {
		pass_ms(5000);
		log_says(i < 5 ? STAMP "begin" : STAMP "changed");
		answer_fake_answer_all(0);
		assert_int_equal(answer_fake.count, count + (i >= 5));
	}
	pass_ms(5000);
	log_says(STAMP "changed");
	assert_says("The live view has ended");
	answer_fake_answer_all(0);
	pass_ms(60000);
	assert_null(fake_log("web"));
	assert_int_equal(readings(), 13);
	assert_int_equal(record.count, 1); /* of the press, not of each look */
}

static void test_live_ends_before_its_token_and_says_so(void **state)
{
	uint64_t passed = 0;

	(void)state;
	config_fake_number("DDC_LIVE_LOGS_TIMEOUT", 3600);
	config_fake_number("DDC_LIVE_LOGS_MAX_REFRESHES", 1000);
	go_live(MESSAGE);
	while (!strstr(said(), "15 minutes") && passed < INTERACTION_LIFE_MS) {
		pass_ms(5000);
		passed += 5000;
		if (fake_log("web"))
			log_says(STAMP "begin");
		answer_fake_answer_all(0);
	}
	assert_says("for 15 minutes only");
	assert_true(passed < RESPOND_LAST_MS);
	assert_true(passed > RESPOND_LAST_MS - 60000);
}

static void test_so_many_live_views_and_no_more(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++)
		go_live(MESSAGE + i);
	press(MESSAGE + 9, "ddc1:logs:web:l50ab");
	assert_says("4 logs are being followed live already");
	assert_string_equal(record.line, "logs  button refused too many live views");
	go_live(MESSAGE + 2); /* pressed again on one of them: it only begins anew */
	press(MESSAGE, "ddc1:logs:web:s50ab");
	log_says(STAMP "begin");
	assert_says("Stopped");
	answer_fake_answer_all(0);
	go_live(MESSAGE + 9);
}

static void test_a_right_that_is_taken_away_ends_it(void **state)
{
	(void)state;
	go_live(MESSAGE);
	config_fake.containers[0].active = false;
	pass_ms(5000);
	assert_null(fake_log("web"));
	assert_says("you may not see this log any more");
	assert_null(strstr(said(), "ddc1:logs"));
	assert_null(strstr(said(), "begin"));
	answer_fake_answer_all(0);
	pass_ms(60000);
	assert_null(fake_log("web"));
}

static void test_an_engine_that_goes_away_ends_it(void **state)
{
	(void)state;
	go_live(MESSAGE);
	pass_ms(5000);
	docker_fake.link = DOCKER_DOWN;
	fake_log_end(fake_log("web"), ERR_UNREACHABLE, "the engine closed the connection");
	assert_says("Docker cannot be reached at the moment: the engine closed the connection");
	assert_says("ddc1:logs:web:l50ab"); /* ▶️ is there again */
	answer_fake_answer_all(0);
	pass_ms(60000);
	assert_null(fake_log("web"));
}

static void test_a_dismissed_message_ends_it(void **state)
{
	(void)state;
	go_live(MESSAGE);
	pass_ms(5000);
	log_says(STAMP "news");
	answer_fake_answer(answer_fake_last(), 404, 10008, 0);
	pass_ms(5000);
	pass_ms(5000);
	assert_null(fake_log("web"));
	assert_int_equal(readings(), 2);
}

static void test_it_is_live_from_the_start_where_the_settings_say_so(void **state)
{
	(void)state;
	config_fake_number("DDC_LIVE_LOGS_AUTO_START", 1);
	run(NULL, NULL);
	log_says(STAMP "begin");
	assert_says("Live");
	assert_says("ddc1:logs:web:s50ab");
	config_fake_number("DDC_LIVE_LOGS_ENABLED", 0);
	run(NULL, NULL);
	log_says(STAMP "begin");
	assert_null(strstr(said(), "Live"));
	assert_null(strstr(said(), "ddc1:logs:web:l50ab"));
	press(MESSAGE, "ddc1:logs:web:l50ab");
	assert_says("switched off");
}

/* ---- files ---- */

static void test_a_file_keeps_to_the_limit_of_the_channel_and_comes_one_at_a_time(void **state)
{
	char line[120];
	struct fake_call *c;

	(void)state;
	press(MESSAGE, "ddc1:logs:web:f50ab");
	c = fake_log("web");
	press(MESSAGE, "ddc1:logs:web:f50ab");
	assert_says("Too many logs");
	for (int i = 0; i < 200; i++) {
		snprintf(line, sizeof line, STAMP "line %d", i);
		fake_log_line(c, DOCKER_STDERR, line);
	}
	fake_log_end(c, ERR_NONE, NULL);
	assert_non_null(answer_fake_last()->file);
	assert_string_equal(answer_fake_last()->file_name, "web.log");
	assert_true(strlen(answer_fake_last()->file) <= 3000 && strlen(answer_fake_last()->file) > 2900);
	assert_non_null(strstr(answer_fake_last()->file, "err line 199\n"));
	assert_true(str_starts(str_of(answer_fake_last()->file), "2026-11-22T"));
	assert_says("\"attachments\"");
	assert_says("200 lines · the newest");
	assert_string_equal(record.line, "logs web button done file");
	press(MESSAGE, "ddc1:logs:web:f50ab"); /* it is still on its way */
	assert_says("Too many logs");
	answer_fake_answer_all(0);
	press(MESSAGE, "ddc1:logs:web:f50ab");
	fake_log_end(fake_log("web"), ERR_NONE, NULL);
	assert_null(answer_fake_last()->file);
	assert_says("Nothing has been written yet");
}

static void test_a_late_file_follows_the_deferral(void **state)
{
	(void)state;
	press(MESSAGE, "ddc1:logs:web:f50ab");
	pass_ms(RESPOND_DEFER_MS);
	assert_null(answer_fake_last()->file);
	log_says(STAMP "x"); /* while the deferral is on its way */
	assert_int_equal(answer_fake.count, 1);
	answer_fake_answer_all(0);
	assert_int_equal(answer_fake_last()->method, REST_PATCH);
	assert_string_equal(answer_fake_last()->file, STAMP "out x\n");
}

static void test_everything_open_goes_at_the_end(void **state)
{
	(void)state;
	go_live(MESSAGE);
	press(MESSAGE + 1, "ddc1:logs:web:l50ab");
	press(MESSAGE + 2, "ddc1:logs:web:f50ab");
	fake_log_line(fake_log("web"), DOCKER_STDOUT, STAMP "half");
	/* stage_teardown frees it all; the group's end sees that nothing is left */
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, stage_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_look_asks_for_what_is_shown_and_no_more),
		TEST(test_a_slow_engine_is_deferred_and_a_failing_one_told),
		TEST(test_long_names_and_searches_keep_within_a_custom_id),
		TEST(test_live_edits_only_when_something_new_came_and_ends_with_a_word),
		TEST(test_live_ends_before_its_token_and_says_so),
		TEST(test_so_many_live_views_and_no_more),
		TEST(test_a_right_that_is_taken_away_ends_it),
		TEST(test_an_engine_that_goes_away_ends_it),
		TEST(test_a_dismissed_message_ends_it),
		TEST(test_it_is_live_from_the_start_where_the_settings_say_so),
		TEST(test_a_file_keeps_to_the_limit_of_the_channel_and_comes_one_at_a_time),
		TEST(test_a_late_file_follows_the_deferral),
		TEST(test_everything_open_goes_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
