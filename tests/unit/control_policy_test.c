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
	[VERB_START] = {ADMIN, OK, OK, OK, NONE, NONE},
	[VERB_STOP] = {ADMIN, OK, OK, OK, NONE, NONE},
	[VERB_RESTART] = {ADMIN, OK, OK, OK, NONE, NONE},
	[VERB_PAUSE] = {ADMIN, NOACT, NOACT, NOACT, NONE, NONE},
	[VERB_UNPAUSE] = {ADMIN, NOACT, NOACT, NOACT, NONE, NONE},
	[VERB_KILL] = {ADMIN, NOACT, NOACT, NOACT, NONE, NONE},
	[VERB_SEE_OVERVIEW] = {OK, OK, KIND, KIND, NONE, NONE},
	[VERB_SEE_ADMIN] = {KIND, KIND, OK, OK, NONE, NONE},
	[VERB_PICK] = {ADMIN, OK, OK, OK, NONE, NONE},
	[VERB_SEE_INFO] = {OK, OK, OK, OK, NONE, NONE},
	[VERB_OPEN_INFO] = {OK, OK, OK, OK, NONE, NONE},
	[VERB_SEE_PROTECTED] = {ADMIN, OK, OK, OK, NONE, NONE},
	[VERB_EDIT_INFO] = {ADMIN, OK, OK, OK, NONE, NONE},
	[VERB_DOCTOR] = {ADMIN, OK, ADMIN, OK, ADMIN, OK},
	[VERB_SEE_LOGS] = {ADMIN, OK, OK, OK, NONE, NONE},
	[VERB_SEE_STATS] = {ADMIN, OK, OK, OK, NONE, NONE},
	[VERB_BULK] = {KIND, KIND, ADMIN, OK, NONE, NONE},
	[VERB_ADD_ADMIN] = {ADMIN, OK, ADMIN, OK, ADMIN, OK},
	[VERB_REMOVE_ADMIN] = {ADMIN, OK, ADMIN, OK, ADMIN, OK},
	[VERB_GRANT] = {ADMIN, OK, ADMIN, OK, ADMIN, OK},
	[VERB_SEE_RIGHTS] = {OK, OK, OK, OK, OK, OK},
	[VERB_HELP] = {OK, OK, OK, OK, OK, OK},
	[VERB_PING] = {OK, OK, OK, OK, OK, OK},
};

static struct policy_subject subject(enum column c)
{
	return (struct policy_subject){.user_id = columns[c].user,
		.channel_id = columns[c].channel,
		.guild_id = FAKE_GUILD,
		.has_member = true};
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
				fail_msg("%s by %s: rule %d, not %d", policy_verb_name((enum policy_verb)v),
					columns[c].what, (int)decide(subject(c), v, NULL), (int)table[v][c]);
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

/* ---- grants ---- */

enum { ROLE = 501, OTHER_ROLE = 502 };
static struct config_grant grants[4];
static struct config_rights rights;
static uint64_t admin_roles[] = {601};
static const uint64_t role[] = {OTHER_ROLE, ROLE}, admin_role[] = {601};
static unsigned times;

static unsigned used(const char *grant, uint64_t user_id, void *arg)
{
	(void)arg;
	assert_string_equal(grant, "g1");
	assert_int_equal(user_id, FAKE_PERSON);
	return times;
}

static struct config_grant *grant(unsigned what, const char *targets)
{
	rights = (struct config_rights){
		.grants = grants, .grant_count = 1, .admin_roles = admin_roles, .admin_role_count = 1};
	grants[0] = (struct config_grant){
		.id = "g1", .who = GRANT_ROLE, .who_id = ROLE, .rights = what, .targets = targets, .note = ""};
	config_fake.config.rights = &rights;
	times = 0;
	return &grants[0];
}

static struct policy_subject with_role(enum column c, bool has_role)
{
	struct policy_subject who = subject(c);

	who.roles = role;
	who.role_count = has_role ? 2 : 1;
	who.used = used;
	return who;
}

/* Every verb, with each right granted in turn: what the right opens, and nothing else, and only for whom it is meant. */
static void test_each_right_opens_what_it_names(void **state)
{
	static const unsigned opens[VERB_COUNT] = {
		[VERB_START] = 1u << RIGHT_START,
		[VERB_STOP] = 1u << RIGHT_STOP,
		[VERB_RESTART] = 1u << RIGHT_RESTART,
		[VERB_PAUSE] = 1u << RIGHT_PAUSE,
		[VERB_UNPAUSE] = 1u << RIGHT_PAUSE,
		[VERB_KILL] = 1u << RIGHT_KILL,
		[VERB_PICK] = ((1u << RIGHT_COUNT) - 1) & ~(1u << RIGHT_BULK),
		[VERB_SEE_LOGS] = 1u << RIGHT_LOGS,
		[VERB_SEE_STATS] = 1u << RIGHT_STATS,
		[VERB_EDIT_INFO] = 1u << RIGHT_INFO,
		[VERB_SEE_PROTECTED] = 1u << RIGHT_INFO,
	};

	(void)state;
	web->allowed = ~0u;
	for (unsigned right = 0; right < RIGHT_COUNT; right++) {
		for (unsigned v = 0; v < VERB_COUNT; v++) {
			for (unsigned c = 0; c < COLUMNS; c++) {
				enum policy_rule without = table[v][c], with, for_others;

				if (without == RULE_ACTION_NOT_ALLOWED)
					without = RULE_ALLOWED; /* all is allowed to this one */
				grant(1u << right, "we?");
				with = decide(with_role((enum column)c, true), v, NULL);
				for_others = decide(with_role((enum column)c, false), v, NULL);
				if (without == RULE_NOT_ADMIN && c == PS && opens[v] >> right & 1)
					without = RULE_ALLOWED;
				else if (without == RULE_NOT_ADMIN && opens[v])
					without = RULE_NOT_GRANTED;
				if (v == VERB_BULK && c == PC)
					without = right == RIGHT_BULK ? RULE_ALLOWED : RULE_NOT_GRANTED;
				if (with != without)
					fail_msg("%s granted, %s by %s: rule %d, not %d", right_name((enum right)right),
						policy_verb_name((enum policy_verb)v), columns[c].what, (int)with,
						(int)without);
				if (for_others == RULE_ALLOWED && table[v][c] == RULE_NOT_ADMIN)
					fail_msg("%s granted to a role opens %s to %s", right_name((enum right)right),
						policy_verb_name((enum policy_verb)v), columns[c].what);
			}
		}
	}
}

static enum policy_rule asks_stop(void)
{
	return decide(with_role(PS, true), VERB_STOP, NULL);
}

static void test_conditions_hold_or_are_named(void **state)
{
	struct config_grant *g = grant(1u << RIGHT_STOP, "web");
	struct policy_subject who = with_role(PS, true);

	(void)state;
	assert_int_equal(asks_stop(), RULE_ALLOWED);
	g->channels[g->channel_count++] = FAKE_CONTROL;
	assert_int_equal(asks_stop(), RULE_GRANT_CHANNEL);
	g->channels[g->channel_count++] = FAKE_STATUS;
	g->from_minute = 600;
	g->to_minute = 660;
	assert_int_equal(asks_stop(), RULE_GRANT_HOURS);
	who.minute = 630;
	assert_int_equal(decide(who, VERB_STOP, NULL), RULE_ALLOWED);
	g->per_hour = 3;
	times = 2;
	assert_int_equal(decide(who, VERB_STOP, NULL), RULE_ALLOWED);
	times = 3;
	assert_int_equal(decide(who, VERB_STOP, NULL), RULE_GRANT_PER_HOUR);
	assert_int_equal(decide(who, VERB_PICK, NULL), RULE_ALLOWED); /* looking is not counted */
	grants[1] = grants[0]; /* a second grant without the condition: the first that allows counts */
	grants[1].per_hour = 0;
	rights.grant_count = 2;
	assert_int_equal(decide(who, VERB_STOP, NULL), RULE_ALLOWED);
}

static void test_what_no_grant_opens(void **state)
{
	struct container self = {.state = CONTAINER_RUNNING, .is_self = true};
	struct policy_subject who = with_role(PS, true);

	(void)state;
	grant(~0u, "*");
	web->allowed = ALLOW_STATUS | ALLOW_START;
	assert_int_equal(decide(who, VERB_STOP, NULL), RULE_ACTION_NOT_ALLOWED);
	web->allowed = ~0u;
	assert_int_equal(decide(who, VERB_STOP, &self), RULE_SELF);
	web->active = false;
	assert_int_equal(decide(who, VERB_STOP, NULL), RULE_CONTAINER_INACTIVE);
	web->active = true;
	assert_int_equal(decide(who, VERB_ADD_ADMIN, NULL), RULE_NOT_ADMIN);
	assert_int_equal(decide(who, VERB_GRANT, NULL), RULE_NOT_ADMIN);
	assert_int_equal(decide(with_role(PE, true), VERB_STOP, NULL), RULE_CHANNEL_NOT_CONFIGURED);
	assert_int_equal(
		policy_decide(CONFIG, &who, VERB_STOP, NULL, NULL).rule, RULE_NOT_ADMIN); /* no such container */
	who.has_member = false;
	assert_int_equal(decide(who, VERB_STOP, NULL), RULE_DIRECT_MESSAGE);
}

static void test_control_channels_can_be_closed(void **state)
{
	(void)state;
	grant(1u << RIGHT_RESTART, "web");
	rights.control_by_grant = true;
	assert_int_equal(decide(with_role(PC, false), VERB_RESTART, NULL), RULE_NOT_GRANTED);
	assert_int_equal(decide(with_role(PC, true), VERB_RESTART, NULL), RULE_ALLOWED);
	assert_int_equal(decide(with_role(PC, true), VERB_STOP, NULL), RULE_NOT_GRANTED);
	assert_int_equal(decide(subject(AC), VERB_STOP, NULL), RULE_ALLOWED);
	rights.grant_count = 0;
	assert_int_equal(decide(with_role(PC, true), VERB_RESTART, NULL), RULE_NOT_GRANTED);
}

static void test_admins_by_role_are_admins(void **state)
{
	(void)state;
	grant(1u << RIGHT_SEE, "nothing");
	rights.grant_count = 0;
	for (unsigned v = 0; v < VERB_COUNT; v++) {
		for (unsigned c = 0; c < COLUMNS; c += 2) { /* persons; the admins stand beside them */
			struct policy_subject who = subject((enum column)c);

			who.roles = admin_role;
			who.role_count = 1;
			assert_int_equal(decide(who, v, NULL), table[v][c + 1]);
		}
	}
}

/* Without any admin, whoever manages the server in Discord may name the first one, and do nothing else. */
static void test_the_first_admin(void **state)
{
	static const uint64_t may[] = {PERMISSION_ADMINISTRATOR, PERMISSION_MANAGE_GUILD, ~UINT64_C(0)};
	struct policy_subject who = subject(PS);

	(void)state;
	who.permissions = PERMISSION_MANAGE_GUILD;
	assert_int_equal(decide(who, VERB_ADD_ADMIN, NULL), RULE_NOT_ADMIN); /* there is one */
	config_fake.config.admin_count = 0;
	for (size_t i = 0; i < sizeof may / sizeof may[0]; i++) {
		who.permissions = may[i];
		for (unsigned v = 0; v < VERB_COUNT; v++) {
			enum policy_rule usual = table[v][PS];

			assert_int_equal(decide(who, v, NULL), v == VERB_ADD_ADMIN	 ? RULE_ALLOWED
							       : usual == RULE_NOT_ADMIN ? RULE_NO_ADMIN_YET
											 : usual);
		}
	}
	who.permissions = ~(PERMISSION_ADMINISTRATOR | PERMISSION_MANAGE_GUILD);
	assert_int_equal(decide(who, VERB_ADD_ADMIN, NULL), RULE_NO_ADMIN_YET);
	who.permissions = PERMISSION_MANAGE_GUILD;
	who.guild_id = 901;
	assert_int_equal(decide(who, VERB_ADD_ADMIN, NULL), RULE_WRONG_GUILD);
	who.guild_id = FAKE_GUILD;
	grant(1u << RIGHT_SEE, "nothing"); /* a role is admin */
	assert_int_equal(decide(who, VERB_ADD_ADMIN, NULL), RULE_NOT_ADMIN);
	rights.admin_role_count = 0;
	assert_int_equal(decide(who, VERB_ADD_ADMIN, NULL), RULE_ALLOWED);
	rights.unreadable = true; /* what cannot be read may name admins */
	assert_int_equal(decide(who, VERB_ADD_ADMIN, NULL), RULE_NOT_ADMIN);
	rights.unreadable = false;
	config_fake.config.admins_unreadable = true;
	assert_int_equal(decide(who, VERB_ADD_ADMIN, NULL), RULE_NOT_ADMIN);
}

static void test_a_project_is_the_engines_word(void **state)
{
	struct container engine = {.state = CONTAINER_RUNNING, .project = "media"};

	(void)state;
	grant(1u << RIGHT_STOP, "project:media");
	assert_int_equal(decide(with_role(PS, true), VERB_STOP, &engine), RULE_ALLOWED);
	assert_int_equal(decide(with_role(PS, true), VERB_STOP, NULL), RULE_NOT_GRANTED); /* unknown: nobody's */
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
		T(test_each_right_opens_what_it_names),
		T(test_conditions_hold_or_are_named),
		T(test_what_no_grant_opens),
		T(test_control_channels_can_be_closed),
		T(test_admins_by_role_are_admins),
		T(test_the_first_admin),
		T(test_a_project_is_the_engines_word),
		T(test_a_refusal_is_a_whole_sentence_in_each_language),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
