#include "test.h"

#include "fakes/config_fake.h"
#include "fakes/docker_fake.h"
#include "feature/control/policy.h"

#include <stdio.h>
#include <string.h>

#define CONFIG (&config_fake.config)

static struct config_container *web;
static struct buf out;

static int setup(void **state)
{
	(void)state;
	config_fake_clear();
	web = config_fake_add("web", "Web_Site", ALLOW_START | ALLOW_STOP | ALLOW_RESTART);
	buf_init(&out, MEM_TEST, 4096);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&out);
	return 0;
}

/* Every verb, for every kind of person in every kind of channel: p(erson), a(dmin) x s(tatus), c(ontrol), e(lsewhere). */
enum column { PS, AS, PC, AC, PE, AE, COLUMNS };
static const struct {
	uint64_t user, channel;
	const char *what;
} columns[COLUMNS] = {
	[PS] = {FAKE_PERSON, FAKE_STATUS, "person in status"},
	[AS] = {FAKE_ADMIN, FAKE_STATUS, "admin in status"},
	[PC] = {FAKE_PERSON, FAKE_CONTROL, "person in control"},
	[AC] = {FAKE_ADMIN, FAKE_CONTROL, "admin in control"},
	[PE] = {FAKE_PERSON, FAKE_ELSEWHERE, "person elsewhere"},
	[AE] = {FAKE_ADMIN, FAKE_ELSEWHERE, "admin elsewhere"},
};

#define OK    RULE_ALLOWED
#define NONE  RULE_CHANNEL_NOT_CONFIGURED
#define KIND  RULE_CHANNEL_KIND
#define ADMIN RULE_NOT_ADMIN
#define NOACT RULE_ACTION_NOT_ALLOWED
static const enum policy_rule table[VERB_COUNT][COLUMNS] = {
	/*			  PS	 AS	PC     AC     PE    AE */
	[VERB_START] =		{ADMIN, OK,    OK,    OK,    NONE, NONE},
	[VERB_STOP] =		{ADMIN, OK,    OK,    OK,    NONE, NONE},
	[VERB_RESTART] =	{ADMIN, OK,    OK,    OK,    NONE, NONE},
	[VERB_PAUSE] =		{ADMIN, NOACT, NOACT, NOACT, NONE, NONE},
	[VERB_UNPAUSE] =	{ADMIN, NOACT, NOACT, NOACT, NONE, NONE},
	[VERB_KILL] =		{ADMIN, NOACT, NOACT, NOACT, NONE, NONE},
	[VERB_SEE_OVERVIEW] =	{OK,	OK,    KIND,  KIND,  NONE, NONE},
	[VERB_SEE_ADMIN] =	{KIND,	KIND,  OK,    OK,    NONE, NONE},
	[VERB_PICK] =		{ADMIN, OK,    OK,    OK,    NONE, NONE},
	[VERB_SEE_INFO] =	{OK,	OK,    OK,    OK,    NONE, NONE},
	[VERB_OPEN_INFO] =	{OK,	OK,    OK,    OK,    NONE, NONE},
	[VERB_SEE_PROTECTED] =	{ADMIN, OK,    OK,    OK,    NONE, NONE},
	[VERB_EDIT_INFO] =	{ADMIN, OK,    OK,    OK,    NONE, NONE},
	[VERB_DOCTOR] =		{ADMIN, OK,    ADMIN, OK,    ADMIN, OK},
	[VERB_SEE_LOGS] =	{ADMIN, OK,    OK,    OK,    NONE, NONE},
	[VERB_SEE_STATS] =	{ADMIN, OK,    OK,    OK,    NONE, NONE},
	[VERB_BULK] =		{KIND,	KIND,  ADMIN, OK,    NONE, NONE},
	[VERB_ADD_ADMIN] =	{ADMIN, OK,    ADMIN, OK,    NONE, NONE},
	[VERB_GRANT] =		{ADMIN, OK,    ADMIN, OK,    NONE, NONE},
	[VERB_SEE_RIGHTS] =	{OK,	OK,    OK,    OK,    OK,   OK},
	[VERB_HELP] =		{OK,	OK,    OK,    OK,    OK,   OK},
	[VERB_PING] =		{OK,	OK,    OK,    OK,    OK,   OK},
};

static struct policy_subject subject(enum column c)
{
	return (struct policy_subject){
		.user_id = columns[c].user, .channel_id = columns[c].channel, .guild_id = FAKE_GUILD, .has_member = true};
}

static enum policy_rule decide(struct policy_subject who, unsigned verb, const struct container *engine)
{
	struct policy_decision d = policy_decide(CONFIG, &who, (enum policy_verb)verb, web, engine);

	assert_int_equal(d.allowed, d.rule == RULE_ALLOWED);
	return d.rule;
}

static void test_every_verb_person_and_channel(void **state)
{
	(void)state;
	for (unsigned v = 0; v < VERB_COUNT; v++)
		for (unsigned c = 0; c < COLUMNS; c++)
			if (decide(subject(c), v, NULL) != table[v][c])
				fail_msg("%s by %s: rule %d, not %d", policy_verb_name((enum policy_verb)v), columns[c].what,
					(int)decide(subject(c), v, NULL), (int)table[v][c]);
}

static void test_nothing_works_in_direct_messages_or_in_another_guild(void **state)
{
	(void)state;
	for (unsigned v = 0; v < VERB_COUNT; v++) {
		for (unsigned c = 0; c < COLUMNS; c++) {
			struct policy_subject who = subject(c);

			who.guild_id = 901;
			assert_int_equal(decide(who, v, NULL), RULE_WRONG_GUILD);
			who.has_member = false;
			assert_int_equal(decide(who, v, NULL), RULE_DIRECT_MESSAGE);
			who = subject(c);
			who.guild_id = 0;
			assert_int_equal(decide(who, v, NULL), RULE_DIRECT_MESSAGE);
		}
	}
	config_fake.config.guild_id = 0; /* no guild is set: any will do */
	assert_int_equal(decide(subject(AC), VERB_STOP, NULL), RULE_ALLOWED);
}

static const struct {
	unsigned verb, allow;
	bool ends_it;
} acts[] = {
	{VERB_START, ALLOW_START, false},
	{VERB_STOP, ALLOW_STOP, true},
	{VERB_RESTART, ALLOW_RESTART, true},
	{VERB_PAUSE, 0, true},
	{VERB_UNPAUSE, 0, false},
	{VERB_KILL, 0, true},
};

static void test_allowed_actions_hold_for_admins_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		web->allowed = ALLOW_STATUS | acts[i].allow;
		for (size_t k = 0; k < sizeof acts / sizeof acts[0]; k++)
			assert_int_equal(decide(subject(AC), acts[k].verb, NULL),
				k == i && acts[i].allow ? RULE_ALLOWED : RULE_ACTION_NOT_ALLOWED);
	}
}

static void test_never_itself(void **state)
{
	struct container self = {.state = CONTAINER_RUNNING, .is_self = true};

	(void)state;
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
		assert_int_equal(decide(subject(AC), acts[i].verb, &self) == RULE_SELF, acts[i].ends_it);
	assert_int_equal(decide(subject(AC), VERB_SEE_LOGS, &self), RULE_ALLOWED);
}

static void test_unknown_and_inactive_containers(void **state)
{
	struct policy_subject who = subject(AC);

	(void)state;
	web->active = false;
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		assert_int_equal(decide(who, acts[i].verb, NULL), RULE_CONTAINER_INACTIVE);
		assert_int_equal(policy_decide(CONFIG, &who, (enum policy_verb)acts[i].verb, NULL, NULL).rule,
			RULE_CONTAINER_UNKNOWN);
		assert_int_equal(decide(subject(PS), acts[i].verb, NULL), RULE_NOT_ADMIN); /* the person first */
	}
}

static void test_an_overview_that_is_switched_off(void **state)
{
	(void)state;
	config_fake.channels[0].allow_serverstatus = false;
	assert_int_equal(decide(subject(AS), VERB_SEE_OVERVIEW, NULL), RULE_CHANNEL_KIND);
}

static const char *explain(enum tr_lang lang, enum policy_rule rule, enum policy_verb verb)
{
	buf_reset(&out);
	policy_explain(&out, lang, (struct policy_decision){.rule = rule}, verb, web);
	return buf_text(&out);
}

static void test_a_refusal_is_a_whole_sentence_in_each_language(void **state)
{
	char first[512];

	(void)state;
	for (unsigned rule = RULE_ALLOWED + 1; rule < RULE_COUNT; rule++) {
		for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
			snprintf(first, sizeof first, "%s", explain(TR_EN, rule, verb));
			assert_true(strlen(first) > 20);
			assert_null(strchr(first, '{'));
			assert_string_not_equal(first, explain(TR_DE, rule, verb));
			assert_string_not_equal(first, explain(TR_FR, rule, verb));
		}
	}
	assert_string_equal(explain(TR_EN, RULE_ACTION_NOT_ALLOWED, VERB_STOP),
		"“Stop” is not among the actions allowed for **Web\\_Site**. Whoever runs me can allow it in my settings.");
	buf_reset(&out);
	policy_explain(&out, TR_EN, (struct policy_decision){.allowed = true}, VERB_STOP, web);
	assert_int_equal(out.length, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_every_verb_person_and_channel),
		T(test_nothing_works_in_direct_messages_or_in_another_guild),
		T(test_allowed_actions_hold_for_admins_too),
		T(test_never_itself),
		T(test_unknown_and_inactive_containers),
		T(test_an_overview_that_is_switched_off),
		T(test_a_refusal_is_a_whole_sentence_in_each_language),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
