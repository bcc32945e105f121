/* The audit as a channel of Discord shows it. */
#include "test.h"

#include "base/clock.h"
#include "base/log.h"
#include "discord/message.h"
#include "fakes/rest_fake.h"
#include "feature/audit/channel.h"

#include <stdio.h>
#include <string.h>

static struct loop *loop;
static struct audit_channel *channel;
static uint64_t now_ms;
static unsigned warned;

static void on_log(enum log_level level, const char *line, void *arg)
{
	(void)line, (void)arg;
	warned += level == LOG_WARN;
}

static void pass(unsigned ms)
{
	now_ms += ms;
	clock_test_set(now_ms, 1790000000000);
	loop_turn(loop, 0);
}

static int setup(void **state)
{
	(void)state;
	rest_fake_clear();
	now_ms = 1000000;
	warned = 0;
	log_set_sink(on_log, NULL);
	clock_test_set(now_ms, 1790000000000);
	loop = loop_new();
	channel = audit_channel_new(loop, FAKE_REST);
	audit_channel_set(channel, 4711, TR_EN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	audit_channel_free(channel);
	loop_free(loop);
	rest_fake_clear();
	log_set_sink(NULL, NULL);
	clock_test_set(0, 0);
	return 0;
}

static void act(const char *user, const char *action, const char *target, const char *result, const char *reason,
	uint32_t took_ms)
{
	const struct audit_record r = {.user_id = 12,
		.user = str_of(user),
		.action = action,
		.target = str_of(target),
		.source = "button",
		.channel_id = 22,
		.result = result,
		.reason = str_of(reason),
		.took_ms = took_ms};
	audit_channel_on_record(&r, channel);
}

static void take(void)
{
	fake_reply(fake_last(), 200, 0, 1);
}

static void test_acts_are_told_together_and_in_silence(void **state)
{
	(void)state;
	act("Ann", "restart", "web", "done", "", 2140);
	act("Bob", "bulk_stop", "", "refused", "not an admin", 0);
	assert_int_equal(rest_fake.count, 0);
	pass(AUDIT_GATHER_MS);
	assert_int_equal(rest_fake.count, 1);
	assert_int_equal(fake_last()->method, REST_POST);
	assert_string_equal(fake_last()->path, "/channels/4711/messages");
	assert_non_null(strstr(fake_last()->body,
		"✅ <t:1790000000:T> **Ann** (<@12>): `restart` **web** · done (2.1 s) · <#22>\\n"
		"🔒 <t:1790000000:T> **Bob** (<@12>): `bulk stop` · refused: not an admin · <#22>\""));
	assert_non_null(strstr(fake_last()->body, "\"flags\":4096"));
	assert_non_null(strstr(fake_last()->body, "\"allowed_mentions\":{\"parse\":[]}"));
	assert_non_null(strstr(fake_last()->body, "\"enforce_nonce\":true"));
	take();
	pass(AUDIT_GAP_MS * 3);
	assert_int_equal(rest_fake.count, 1);
}

static void test_messages_keep_their_distance(void **state)
{
	(void)state;
	act("Ann", "start", "web", "done", "", 0);
	pass(AUDIT_GATHER_MS);
	act("Ann", "stop", "web", "done", "", 0); /* while the first is on its way */
	pass(AUDIT_GATHER_MS);
	assert_int_equal(rest_fake.count, 1);
	take();
	pass(AUDIT_GAP_MS - 100);
	assert_int_equal(rest_fake.count, 1);
	pass(100);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "`stop`"));
	assert_null(strstr(fake_last()->body, "`start`"));
	take();
}

static void test_the_same_again_and_again_is_one_line(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 500; i++)
		act("Ann", "stop", "web", "refused", "not granted", 0);
	act("Ann", "start", "web", "done", "", 0);
	pass(AUDIT_GATHER_MS);
	assert_non_null(strstr(fake_last()->body, "refused: not granted · <#22> ×500\\n✅"));
	take();
}

static void test_names_are_shown_as_they_are_and_in_their_line(void **state)
{
	(void)state;
	act("**@everyone**\n# big", "re`start", "web](http://x) <@&1>", "failed", "line one\nline two @here", 0);
	pass(AUDIT_GATHER_MS);
	assert_null(strstr(fake_last()->body, "<@&1>"));
	assert_null(strstr(fake_last()->body, " @everyone"));
	assert_null(strstr(fake_last()->body, "one\\n"));
	assert_non_null(strstr(fake_last()->body, "`re start`"));
	assert_non_null(strstr(fake_last()->body, "\\\\*\\\\*\\\\@everyone"));
	take();
}

/* Each line once, however many messages it takes, and no message beyond the limit. */
static void test_many_acts_make_messages_that_fit(void **state)
{
	char name[32];
	unsigned seen = 0, messages = 0;
	(void)state;
	for (unsigned i = 0; i < 70; i++) {
		snprintf(name, sizeof name, "box-%03u-", i);
		act("Ann", "restart", name, "done", "", 1000);
	}
	for (pass(AUDIT_GATHER_MS); fake_open_requests(); pass(AUDIT_GAP_MS)) {
		assert_true(strlen(fake_last()->body) < EMBED_DESCRIPTION_CHARS_MAX + 400);
		for (const char *at = fake_last()->body; (at = strstr(at, "box-")); at++)
			seen++;
		messages++;
		take();
	}
	assert_int_equal(seen, 70);
	assert_true(messages > 1 && messages < 5);
}

static void test_what_there_is_no_room_for_is_counted_and_said(void **state)
{
	char name[32];
	unsigned seen = 0, left_out = 0;
	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "box-%03u-", i);
		act("Ann", "restart", name, "done", "", 1000);
	}
	for (pass(AUDIT_GATHER_MS); fake_open_requests(); pass(AUDIT_GAP_MS)) {
		const char *more = strstr(fake_last()->body, "-# ");
		for (const char *at = fake_last()->body; (at = strstr(at, "box-")); at++)
			seen++;
		if (more)
			assert_int_equal(sscanf(more, "-# %u more acts are in the audit files only", &left_out), 1);
		take();
	}
	assert_true(seen > 100);
	assert_int_equal(seen + left_out, 1000);
}

static void test_a_refusal_is_told_once_and_nothing_is_lost(void **state)
{
	(void)state;
	act("Ann", "start", "web", "done", "", 0);
	pass(AUDIT_GATHER_MS);
	fake_reply(fake_last(), 403, 50013, 0);
	assert_non_null(strstr(audit_channel_refused(channel), "Send Messages"));
	assert_int_equal(warned, 1);
	act("Ann", "stop", "web", "done", "", 0);
	pass(AUDIT_REFUSED_MS - 1000);
	assert_int_equal(rest_fake.count, 1);
	pass(1000);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "`start`"));
	assert_non_null(strstr(fake_last()->body, "`stop`"));
	fake_reply(fake_last(), 403, 50013, 0);
	assert_int_equal(warned, 1);
	audit_channel_set(channel, 4712, TR_EN); /* the owner takes another one */
	pass(AUDIT_GATHER_MS);
	assert_string_equal(fake_last()->path, "/channels/4712/messages");
	take();
	assert_null(audit_channel_refused(channel));
}

static void test_no_channel_no_message_no_memory(void **state)
{
	(void)state;
	audit_channel_set(channel, 0, TR_EN);
	act("Ann", "start", "web", "done", "", 0);
	pass(60000);
	assert_int_equal(rest_fake.count, 0);
}

static void test_a_full_line_is_waited_for(void **state)
{
	(void)state;
	rest_fake.full = true;
	act("Ann", "start", "web", "done", "", 0);
	pass(AUDIT_GATHER_MS);
	rest_fake.full = false;
	pass(AUDIT_GAP_MS);
	assert_int_equal(fake_open_requests(), 1);
	take();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_acts_are_told_together_and_in_silence),
		TEST(test_messages_keep_their_distance),
		TEST(test_the_same_again_and_again_is_one_line),
		TEST(test_names_are_shown_as_they_are_and_in_their_line),
		TEST(test_many_acts_make_messages_that_fit),
		TEST(test_what_there_is_no_room_for_is_counted_and_said),
		TEST(test_a_refusal_is_told_once_and_nothing_is_lost),
		TEST(test_no_channel_no_message_no_memory),
		TEST(test_a_full_line_is_waited_for),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
