/* What an admin reads in /doctor for each fault, and that all of it fits a message. */
#include "test.h"

#include "base/err.h"
#include "feature/doctor/doctor.h"

#include <stdio.h>
#include <string.h>

#define ALL_RIGHTS                                                                                                     \
	((UINT64_C(1) << 10) | (UINT64_C(1) << 11) | (UINT64_C(1) << 14) | (UINT64_C(1) << 15) | (UINT64_C(1) << 16))
#define IN_THREADS (UINT64_C(1) << 38)

enum { CHANNELS = 500 }; /* as many as the settings take */

static struct doctor_channel channels[CHANNELS];
static struct doctor_facts facts;
static struct buf text;
static enum tr_lang lang;

static int setup(void **state)
{
	(void)state;
	lang = TR_EN;
	channels[0] = (struct doctor_channel){.id = 11, .seen = true, .permissions = ALL_RIGHTS};
	channels[1] = (struct doctor_channel){.id = 22};
	facts = (struct doctor_facts){.connected = true,
		.gateway = "ready",
		.latency_ms = 42,
		.has_messages = true,
		.needs_messages = true,
		.skew_known = true,
		.channels = channels,
		.channel_count = 2,
		.docker_up = true,
		.engine = "24.0",
		.api = "1.43",
		.containers = 3,
		.memory_bytes = 1024 * 1024,
		.memory_limit_bytes = 4 * 1024 * 1024};
	buf_init(&text, MEM_TEST, 32768);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&text);
	return 0;
}

static bool look(void)
{
	buf_reset(&text);
	bool well = doctor_add(&text, lang, &facts);
	assert_false(text.overflow);
	return well;
}

static void assert_says(const char *part)
{
	if (!strstr(buf_text(&text), part))
		fail_msg("'%s' is not in:\n%s", part, buf_text(&text));
}

static void assert_fault(const char *line)
{
	assert_false(look());
	assert_says(line);
}

static void test_all_is_well(void **state)
{
	(void)state;
	assert_true(look());
	assert_string_equal(buf_text(&text),
		"✅ Discord: the token is valid, connected (42 ms)\n"
		"✅ Intents: Guilds, Guild Messages\n"
		"✅ Commands are registered.\n"
		"✅ The clock is right.\n"
		"✅ Channels with every permission: 1\n"
		"✅ Channels I know nothing bad of: 1 (use a command there and I see my permissions)\n"
		"✅ Docker: engine 24.0, API 1.43\n"
		"✅ Nothing is wrong with the settings.\n"
		"✅ Memory: 1024 of 4096 KiB\n");
}

static void test_discord(void **state)
{
	(void)state;
	facts.connected = false, facts.gateway = "waiting";
	assert_fault("⚠️ Discord: not connected at the moment (waiting)");
	facts.stopped = "the token is refused; make a new one";
	assert_fault("❌ Discord: the token is refused; make a new one\n");
	facts.has_messages = false;
	assert_fault("⚠️ Intents: panels shall move");
	facts.refusals = 1000;
	assert_fault(
		"❌ Discord refused 1000 requests in ten minutes. Until that has passed I answer you, but write no panel.");
	facts.registration = "Missing Access";
	assert_fault("❌ Commands are not registered: Missing Access. Invite me again");
}

static void test_the_clock(void **state)
{
	(void)state;
	facts.skew_ms = DOCTOR_SKEW_MS;
	assert_true(look());
	facts.skew_ms = DOCTOR_SKEW_MS + 1;
	assert_fault("⚠️ The clock of this machine differs from Discord’s by 5 s");
	facts.skew_ms = -90500;
	assert_fault("by -90 s");
	assert_says("NTP");
	facts.skew_known = false;
	assert_true(look());
	assert_null(strstr(buf_text(&text), "clock"));
}

static void test_permissions_of_channels_and_threads(void **state)
{
	(void)state;
	channels[0].permissions = ALL_RIGHTS & ~(UINT64_C(1) << 11) & ~(UINT64_C(1) << 16);
	assert_fault("❌ <#11>: I lack Send Messages, Read Message History. Grant it to me");
	channels[0].is_thread = true;
	channels[0].permissions = ALL_RIGHTS;
	assert_fault("❌ <#11>: I lack Send Messages in Threads.");
	channels[0].permissions = (ALL_RIGHTS & ~(UINT64_C(1) << 11)) | IN_THREADS;
	assert_true(look());
	channels[0].permissions = UINT64_C(1) << 3; /* Administrator has all of them */
	assert_true(look());
	channels[1].refused = "the thread is archived";
	assert_fault("❌ <#22>: its panel cannot be written: the thread is archived\n");
	facts.channel_count = 0;
	assert_fault("❌ No channel is set up");
}

static void test_every_limit_that_leaves_something_out_is_named(void **state)
{
	(void)state;
	facts.channels_beyond = 3;
	assert_fault("⚠️ Channels beyond DDC_MAX_CHANNELS get no panel: 3.");
	facts.tracked_beyond = 4;
	assert_fault("⚠️ Panels beyond DDC_MAX_TRACKED_CHANNELS do not follow by themselves: 4.");
	facts.containers_beyond = 5;
	assert_fault("⚠️ 5 containers that are not in my settings lie beyond DDC_MAX_CONTAINERS");
	facts.wanted_beyond = 2, facts.wanted_names = "web, db";
	assert_fault(
		"❌ 2 containers of my settings lie beyond DDC_MAX_CONTAINERS, so I do not follow them: web, db. Raise it.");
	facts.figures_beyond = 6;
	assert_fault("⚠️ Containers beyond DDC_MAX_CACHE_SIZE have no CPU and memory in panels: 6.");
	facts.without_hour = 7;
	assert_fault("⚠️ Containers that `/stats` has no last hour of, because others came first: 7.");
	facts.no_refresh = true;
	assert_fault("⚠️ DDC_ENABLE_BACKGROUND_REFRESH is off: panels show");
	facts.alerts_refresh = true;
	assert_fault("⚠️ DDC_ENABLE_BACKGROUND_REFRESH is off, but CPU and memory are read every minute");
	facts.alerts_left_out = 7;
	assert_fault("⚠️ Containers short of memory, too many for the alert channel: 7.");
}

static void test_docker(void **state)
{
	(void)state;
	facts.docker_why = "the proxy refuses events";
	assert_fault("⚠️ Docker: the proxy refuses events. Allow it in the socket proxy.");
	facts.docker_up = false, facts.docker_why = "permission denied: /var/run/docker.sock";
	assert_fault("❌ Docker: permission denied: /var/run/docker.sock. Look at DOCKER_HOST");
	facts.docker_why = NULL;
	assert_fault("❌ Docker: ?");
	facts.no_memory_accounting = true;
	assert_fault("cgroup_enable=memory");
}

static void test_memory(void **state)
{
	(void)state;
	facts.memory_level = 1;
	assert_fault("⚠️ Memory: 1024 of 4096 KiB. I am emptying my caches; raise DDC_MEMORY_LIMIT_MB");
	facts.memory_level = 2;
	assert_fault("❌ Memory: 1024 of 4096 KiB. No log is followed");
}

static void test_settings_and_the_channels_of_others(void **state)
{
	static const char *const problems[] = {"channels/1.json: name: too long", "admins.json: not an id"};
	(void)state;
	facts.problems = 7, facts.problem_texts = problems, facts.problem_text_count = 2;
	assert_fault("⚠️ Problems in the settings: 7");
	assert_says("-# • channels/1.json: name: too long\n-# • admins.json: not an id\n");
	facts.errors = 1;
	assert_fault("❌ Problems in the settings: 7");
	facts.audit_channel_id = 33, facts.audit_refused = "grant ddc View Channel there";
	assert_fault("❌ Audit channel <#33> cannot be written: grant ddc View Channel there\n");
	facts.alert_channel_id = 44, facts.alert_refused = true;
	assert_fault("❌ Memory alerts: channel <#44> cannot be written; my log says why.\n");
}

/* As many channels as there can be, all of them bad, everything else bad too, in the longest language: one embed holds it. */
static void test_the_worst_day_fits_a_message(void **state)
{
	static char why[ERR_TEXT_BYTES], problem[256];
	static const char *problems[DOCTOR_PROBLEMS_MAX];
	(void)state;
	memset(why, 'w', sizeof why - 1);
	memset(problem, 'p', sizeof problem - 1);
	for (unsigned i = 0; i < CHANNELS; i++)
		channels[i] = (struct doctor_channel){
			.id = UINT64_MAX - i, .seen = true, .permissions = 1, .is_thread = i & 1};
	for (unsigned i = 0; i < DOCTOR_PROBLEMS_MAX; i++)
		problems[i] = problem;
	facts.channel_count = CHANNELS;
	facts.stopped = facts.registration = facts.docker_why = why;
	facts.docker_up = facts.has_messages = false;
	facts.skew_ms = INT32_MAX, facts.no_memory_accounting = facts.no_refresh = facts.alerts_refresh = true;
	facts.problems = facts.errors = 100, facts.problem_texts = problems,
	facts.problem_text_count = DOCTOR_PROBLEMS_MAX;
	facts.channels_beyond = facts.tracked_beyond = facts.containers_beyond = facts.figures_beyond = UINT32_MAX;
	facts.wanted_beyond = facts.without_hour = UINT32_MAX, facts.wanted_names = why;
	facts.memory_level = 2;
	facts.audit_channel_id = facts.alert_channel_id = UINT64_MAX / 2;
	facts.audit_refused = "grant ddc View Channel there, and Send Messages and Embed Links";
	facts.alert_refused = true, facts.alerts_left_out = facts.refusals = UINT32_MAX;
	for (lang = 0; lang < TR_LANG_COUNT; lang++) {
		assert_false(look());
		size_t chars = utf8_count(buf_view(&text));
		if (chars > 4096)
			fail_msg("%zu characters in language %d", chars, (int)lang);
	}
	lang = TR_EN;
	look();
	assert_says("❌ … and 495 more channels like these\n");
	assert_says("❌ Memory:"); /* to the last line */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_all_is_well),
		TEST(test_discord),
		TEST(test_the_clock),
		TEST(test_permissions_of_channels_and_threads),
		TEST(test_every_limit_that_leaves_something_out_is_named),
		TEST(test_docker),
		TEST(test_memory),
		TEST(test_settings_and_the_channels_of_others),
		TEST(test_the_worst_day_fits_a_message),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
