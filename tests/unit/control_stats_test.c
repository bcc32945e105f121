/* /stats as a person in Discord sees it, with an hour that passes at once. */
#include "test.h"

#include "fakes/control_stage.h"
#include "feature/control/turn.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE_MS = 60000 };

static int setup(void **state)
{
	int failed = stage_setup(state);

	docker_fake_add("web", CONTAINER_RUNNING);
	config_fake_add("web", NULL, 0);
	return failed;
}

static void run_for(const char *name)
{
	struct interaction in = interaction(INTERACTION_COMMAND, FAKE_ADMIN, FAKE_CONTROL);

	in.command = STR("stats");
	in.options[in.option_count++] = (struct interaction_option){.name = STR("container"), .value = str_of(name)};
	control_on_interaction(control, &in);
}

static void run(void)
{
	run_for("web");
}

static void use(uint32_t cpu_permille, unsigned mb)
{
	struct container *c = &docker_fake.containers[0];

	c->cpu_known = c->memory_known = true;
	c->cpu_permille = cpu_permille;
	c->memory_bytes = (uint64_t)mb << 20;
}

static void minutes(unsigned count, uint32_t cpu_permille, unsigned mb)
{
	while (count--) {
		use(cpu_permille, mb);
		control_on_container(control, &docker_fake.containers[0], CONTAINER_USAGE);
		pass_ms(MINUTE_MS);
	}
}

#define assert_says(text)                                                                                              \
	do {                                                                                                           \
		if (!strstr(answer_fake_last()->body, text))                                                           \
			fail_msg("\"%s\" is not in %s", text, answer_fake_last()->body);                               \
	} while (0)

static void test_now_and_the_last_hour_in_words(void **state)
{
	struct container *c = &docker_fake.containers[0];

	(void)state;
	minutes(10, 40, 310);
	minutes(1, 350, 700);
	minutes(9, 41, 480);
	minutes(1, 20, 480);
	c->started_at_s = STAGE_WALL_S - 3600;
	c->restart_count = 2;
	c->memory_limit_bytes = UINT64_C(1) << 30;
	c->pids = 17;
	c->network_known = true;
	c->network_in_bytes = UINT64_C(3) << 30;
	run();
	assert_int_equal(answer_fake.count, 0);
	use(55, 480);
	assert_true(fake_answer(FAKE_USAGE, "web", NULL));
	assert_says("\"flags\":64");
	assert_says("**Running** · started <t:1789996400:R>");
	assert_says("Restarted by Docker 2 times");
	assert_says("CPU **5.5 %**");
	assert_says("Memory **480 MB** of 1.0 GB (46 %)");
	assert_says("17 processes and threads");
	assert_says("3.0 GB in, 0.0 MB out");
	assert_says("**The last 22 minutes**\\nCPU between 2.0 % and 35.0 %, mostly around 4.0 %.");
	assert_says("Memory grew from 310 MB to 480 MB. At most it was 700 MB.");
}

static void test_what_stands_still_is_called_so(void **state)
{
	(void)state;
	minutes(5, 40, 310);
	run();
	fake_answer(FAKE_USAGE, "web", NULL);
	assert_says("CPU steadily around 4.0 %.");
	assert_says("Memory steadily around 310 MB.");
	assert_says("no limit of its own");
}

static void test_no_history_is_said(void **state)
{
	(void)state;
	minutes(2, 40, 310);
	run();
	fake_answer(FAKE_USAGE, "web", NULL);
	assert_says("There is no history of it");
}

static void others_come(bool in_settings)
{
	struct container c = {.state = CONTAINER_RUNNING, .cpu_known = true};

	for (unsigned i = 0; i < 128; i++) {
		snprintf(c.name, sizeof c.name, "other%u", i);
		if (in_settings)
			config_fake_add(c.name, NULL, 0);
		control_on_container(control, &c, CONTAINER_USAGE);
	}
	*docker_fake_add("other127", CONTAINER_RUNNING) = c;
}

/* What is not in the settings takes no place; of those that are the 129th finds none. */
static void test_no_room_for_a_history_is_said(void **state)
{
	(void)state;
	others_come(false);
	minutes(5, 40, 310);
	run();
	fake_answer(FAKE_USAGE, "web", NULL);
	assert_says("CPU steadily around 4.0 %.");
	assert_int_equal(stats_without_hour(control), 0);
	others_come(true);
	assert_int_equal(stats_without_hour(control), 1);
	run_for("other127");
	fake_answer(FAKE_USAGE, "other127", NULL);
	assert_says("I keep that of 128 containers at most");
	if (strstr(answer_fake_last()->body, "only while an admin overview"))
		fail_msg("the wrong reason: %s", answer_fake_last()->body);
}

static void test_short_of_memory_old_figures_are_shown_with_their_age(void **state)
{
	(void)state;
	err_set(&docker_act_fake.refuse_usage, ERR_MEMORY, "memory is short");
	run();
	assert_says("CPU **–**");
	assert_says("My memory is short: I read no figures until there is some again.");
	use(55, 480);
	docker_fake.containers[0].stats_at_s = STAGE_WALL_S - 40;
	run();
	assert_says("CPU **5.5 %**");
	assert_says("I read no new figures. These are from <t:1789999960:R>.");
	assert_int_equal(docker_act_fake.count, 0);
	config_fake.containers[0].detailed_status = false;
	run();
	if (strstr(answer_fake_last()->body, "memory is short"))
		fail_msg("of figures that may not be shown anyway: %s", answer_fake_last()->body);
}

static void test_stopped_hidden_refused_or_slow(void **state)
{
	(void)state;
	run();
	pass_ms(RESPOND_DEFER_MS);
	assert_says("\"type\":5");
	answer_fake_answer_all(0);
	fake_answer(FAKE_USAGE, "web", "the engine or its proxy refuses");
	assert_says("CPU and memory cannot be read: the engine or its proxy refuses");
	config_fake.containers[0].detailed_status = false;
	run();
	assert_says("are not shown");
	if (strstr(answer_fake_last()->body, "MB"))
		fail_msg("figures that may not be shown: %s", answer_fake_last()->body);
	config_fake.containers[0].detailed_status = true;
	docker_fake.containers[0].state = CONTAINER_EXITED;
	run();
	assert_says("Stopped");
	config_fake.containers[0].active = false;
	run();
	assert_says("switched off in my settings");
	assert_string_equal(record.line, "stats web command refused container not active");
}

static void test_a_container_taken_out_meanwhile_and_the_end_meanwhile(void **state)
{
	(void)state;
	run();
	config_fake.config.container_count = 0;
	fake_answer(FAKE_USAGE, "web", NULL);
	assert_says("There is no such container in my settings");
	config_fake.config.container_count = 1;
	run();
	/* stage_teardown frees it all; the group's end sees that nothing is left */
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, stage_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_now_and_the_last_hour_in_words),
		TEST(test_what_stands_still_is_called_so),
		TEST(test_no_history_is_said),
		TEST(test_no_room_for_a_history_is_said),
		TEST(test_short_of_memory_old_figures_are_shown_with_their_age),
		TEST(test_stopped_hidden_refused_or_slow),
		TEST(test_a_container_taken_out_meanwhile_and_the_end_meanwhile),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
