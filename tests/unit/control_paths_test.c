/*
 * Every right, by every kind of person, through every door: commands, buttons, selects, dialogs, panels of the original, all at
 * once, and panels that were opened before the right was taken away. The doors of one verb must answer alike; what they must
 * answer stands in the two tables below, written by hand.
 */
#include "test.h"

#include "discord/message.h"
#include "fakes/control_stage.h"
#include "feature/control/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WALL_S STAGE_WALL_S
#define UNTIL  "1790000030"
#define OTHER  "1180000000000000203" /* somebody whom an option names */

enum { ROLE = 501, ADMIN_ROLE = 601, NAMED = 404, MESSAGE = 7001 };

static struct config_grant grants[2];
static struct config_rights rights;
static uint64_t admin_roles[] = {ADMIN_ROLE};

/* ---- what stands around it ---- */

static void give_rights(void)
{
	rights = (struct config_rights){
		.grants = grants, .grant_count = 2, .admin_roles = admin_roles, .admin_role_count = 1};
	grants[0] = (struct config_grant){
		.id = "g1", .who = GRANT_ROLE, .who_id = ROLE, .rights = ~0u, .targets = "we?", .note = ""};
	grants[1] = (struct config_grant){
		.id = "g2", .who = GRANT_USER, .who_id = NAMED, .rights = ~0u, .targets = "web", .note = ""};
	config_fake.config.rights = &rights;
}

static void begin(enum container_state state)
{
	struct config_container *k;

	parts.config_folder = "/nonexistent";
	assert_int_equal(stage_setup(NULL), 0);
	give_rights();
	docker_fake_add("web", state)->started_at_s = WALL_S - 3600;
	k = config_fake_add("web", NULL, ~0u);
	k->info_enabled = k->info_protected = true;
	k->info_password = "sesame";
}

static void end(void)
{
	stage_teardown(NULL);
}

/* ---- who ---- */

enum person { EVERYONE, BY_ROLE, BY_NAME, LISTED, ADMIN_BY_ROLE, STRANGER, DIRECT, MANAGER, PERSONS };
static const struct {
	const char *what;
	uint64_t user, role, guild, permissions;
	bool in_guild;
} persons[PERSONS] = {
	[EVERYONE] = {"somebody", FAKE_PERSON, 0, FAKE_GUILD, 0, true},
	[BY_ROLE] = {"somebody with a role that was granted it", FAKE_PERSON, ROLE, FAKE_GUILD, 0, true},
	[BY_NAME] = {"somebody who was granted it", NAMED, 0, FAKE_GUILD, 0, true},
	[LISTED] = {"an admin by name", FAKE_ADMIN, 0, FAKE_GUILD, 0, true},
	[ADMIN_BY_ROLE] = {"an admin by role", FAKE_PERSON, ADMIN_ROLE, FAKE_GUILD, 0, true},
	[STRANGER] = {"an admin in another server", FAKE_ADMIN, ADMIN_ROLE, 901, ~UINT64_C(0), true},
	[DIRECT] = {"an admin in a direct message", FAKE_ADMIN, 0, 0, 0, false},
	[MANAGER] = {"somebody who manages the server in Discord", FAKE_PERSON, 0, FAKE_GUILD, ~UINT64_C(0), true},
};

/* A + for each that is answered, in the order of enum person; what is not is refused. */
static const char *const in_status[VERB_COUNT] = {
	/*		        every role name list arole strng dm mngr */
	[VERB_START] = "-++++---",
	[VERB_STOP] = "-++++---",
	[VERB_RESTART] = "-++++---",
	[VERB_PAUSE] = "-++++---",
	[VERB_UNPAUSE] = "-++++---",
	[VERB_KILL] = "-++++---",
	[VERB_SEE_OVERVIEW] = "+++++--+",
	[VERB_SEE_ADMIN] = "--------",
	[VERB_PICK] = "-++++---",
	[VERB_SEE_INFO] = "+++++--+",
	[VERB_OPEN_INFO] = "+++++--+",
	[VERB_SEE_PROTECTED] = "-++++---",
	[VERB_EDIT_INFO] = "-++++---",
	[VERB_SEE_LOGS] = "-++++---",
	[VERB_SEE_STATS] = "-++++---",
	[VERB_BULK] = "--------",
	[VERB_DOCTOR] = "---++---",
	[VERB_ADD_ADMIN] = "---++---",
	[VERB_REMOVE_ADMIN] = "---++---",
	[VERB_GRANT] = "---++---",
	[VERB_SEE_RIGHTS] = "+++++--+",
	[VERB_HELP] = "+++++--+",
	[VERB_PING] = "+++++--+",
};
static const char *const in_control[VERB_COUNT] = {
	[VERB_START] = "+++++--+",
	[VERB_STOP] = "+++++--+",
	[VERB_RESTART] = "+++++--+",
	[VERB_PAUSE] = "+++++--+",
	[VERB_UNPAUSE] = "+++++--+",
	[VERB_KILL] = "+++++--+",
	[VERB_SEE_OVERVIEW] = "--------",
	[VERB_SEE_ADMIN] = "+++++--+",
	[VERB_PICK] = "+++++--+",
	[VERB_SEE_INFO] = "+++++--+",
	[VERB_OPEN_INFO] = "+++++--+",
	[VERB_SEE_PROTECTED] = "+++++--+",
	[VERB_EDIT_INFO] = "+++++--+",
	[VERB_SEE_LOGS] = "+++++--+",
	[VERB_SEE_STATS] = "+++++--+",
	[VERB_BULK] = "-++++---",
	[VERB_DOCTOR] = "---++---",
	[VERB_ADD_ADMIN] = "---++---",
	[VERB_REMOVE_ADMIN] = "---++---",
	[VERB_GRANT] = "---++---",
	[VERB_SEE_RIGHTS] = "+++++--+",
	[VERB_HELP] = "+++++--+",
	[VERB_PING] = "+++++--+",
};

/* ---- through which door ---- */

enum door_kind { COMMAND, BUTTON, SELECT, DIALOG };
static const char *const kind_names[] = {"command", "button", "select", "dialog"};

/* id: of the component, or the command's name. value: of the select, or "option=value" of the command. */
static const struct door {
	enum policy_verb verb;
	enum door_kind kind;
	const char *id, *value;
} doors[] = {
	{VERB_START, COMMAND, "start", "container=web"},
	{VERB_START, BUTTON, "ddc1:start:web"},
	{VERB_START, BUTTON, "start_web"},
	{VERB_STOP, COMMAND, "stop", "container=web"},
	{VERB_STOP, BUTTON, "ddc1:stop:web"},
	{VERB_STOP, BUTTON, "stop_web"},
	{VERB_RESTART, COMMAND, "restart", "container=web"},
	{VERB_RESTART, BUTTON, "ddc1:restart:web"},
	{VERB_RESTART, BUTTON, "restart_web"},
	{VERB_PAUSE, BUTTON, "ddc1:pause:web"},
	{VERB_UNPAUSE, BUTTON, "ddc1:unpause:web"},
	{VERB_KILL, BUTTON, "ddc1:kill:web"},
	{VERB_KILL, BUTTON, "ddc1:killgo:" UNTIL ":web"},
	{VERB_SEE_OVERVIEW, COMMAND, "serverstatus"},
	{VERB_SEE_OVERVIEW, COMMAND, "ss"},
	{VERB_SEE_OVERVIEW, BUTTON, "ddc1:page:overview:0"},
	{VERB_SEE_ADMIN, COMMAND, "control"},
	{VERB_SEE_ADMIN, BUTTON, "ddc1:page:admin:0"},
	{VERB_PICK, BUTTON, "ddc1:pick"},
	{VERB_PICK, BUTTON, "ddc1:pickpage:0:"},
	{VERB_PICK, BUTTON, "ddc1:search"},
	{VERB_PICK, DIALOG, "ddc1:found"},
	{VERB_PICK, SELECT, "ddc1:open", "web"},
	{VERB_PICK, SELECT, "admin_container_select", "web"},
	{VERB_PICK, BUTTON, "admin_button_11"},
	{VERB_PICK, BUTTON, "ddc1:show:web"},
	{VERB_PICK, BUTTON, "ddc1:refresh:web"},
	{VERB_PICK, BUTTON, "toggle_web"},
	{VERB_PICK, BUTTON, "ddc1:cancel:web"},
	{VERB_SEE_INFO, COMMAND, "info", "container=web"},
	{VERB_SEE_INFO, BUTTON, "ddc1:info"},
	{VERB_SEE_INFO, BUTTON, "ddc1:infopage:0"},
	{VERB_SEE_INFO, BUTTON, "ddc1:card:show:web"},
	{VERB_SEE_INFO, SELECT, "ddc1:card:pick:", "web"},
	{VERB_OPEN_INFO, BUTTON, "ddc1:card:ask:web"},
	{VERB_OPEN_INFO, DIALOG, "ddc1:cardgo:open:web"},
	{VERB_EDIT_INFO, BUTTON, "ddc1:card:edit:web"},
	{VERB_EDIT_INFO, BUTTON, "ddc1:card:secret:web"},
	{VERB_EDIT_INFO, BUTTON, "edit_info_web"},
	{VERB_EDIT_INFO, DIALOG, "ddc1:cardgo:edit:web"},
	{VERB_EDIT_INFO, DIALOG, "ddc1:cardgo:secret:web"},
	{VERB_SEE_LOGS, COMMAND, "logs", "container=web"},
	{VERB_SEE_LOGS, BUTTON, "ddc1:logs:web"},
	{VERB_SEE_LOGS, BUTTON, "debug_logs_web"},
	{VERB_SEE_LOGS, BUTTON, "ddc1:logs:web:l50ab"},
	{VERB_SEE_LOGS, DIALOG, "ddc1:logfind:web:l50ab"},
	{VERB_SEE_STATS, COMMAND, "stats", "container=web"},
	{VERB_BULK, BUTTON, "ddc1:bulk:restart"},
	{VERB_BULK, BUTTON, "ddc1:bulk:stop"},
	{VERB_BULK, BUTTON, "ddc1:bulkgo:stop:" UNTIL ":0123456789abcdef"},
	{VERB_BULK, BUTTON, "admin_overview_stop_all_11"},
	{VERB_DOCTOR, COMMAND, "doctor"},
	{VERB_DOCTOR, BUTTON, "ddc1:rights:doctor:"},
	{VERB_ADD_ADMIN, COMMAND, "addadmin"},
	{VERB_ADD_ADMIN, COMMAND, "addadmin", "user=" OTHER},
	{VERB_ADD_ADMIN, BUTTON, "ddc1:rights:add:"},
	{VERB_ADD_ADMIN, DIALOG, "ddc1:rightsgo:admin:"},
	{VERB_REMOVE_ADMIN, COMMAND, "removeadmin"},
	{VERB_REMOVE_ADMIN, COMMAND, "removeadmin", "user=" OTHER},
	{VERB_REMOVE_ADMIN, COMMAND, "removeadmin", "listed=u" OTHER},
	{VERB_REMOVE_ADMIN, BUTTON, "ddc1:rights:admins:0"},
	{VERB_REMOVE_ADMIN, SELECT, "ddc1:rights:unadmin:", "u" OTHER},
	{VERB_REMOVE_ADMIN, BUTTON, "ddc1:rights:removego:" UNTIL ":u" OTHER},
	{VERB_GRANT, COMMAND, "grant"},
	{VERB_GRANT, COMMAND, "grant", "who=" OTHER},
	{VERB_GRANT, COMMAND, "revoke"},
	{VERB_GRANT, COMMAND, "revoke", "grant=g1"},
	{VERB_GRANT, COMMAND, "rights", "who=" OTHER},
	{VERB_GRANT, BUTTON, "ddc1:rights:list:0"},
	{VERB_GRANT, SELECT, "ddc1:rights:pick:", "g1"},
	{VERB_GRANT, BUTTON, "ddc1:rights:revoke:g1"},
	{VERB_GRANT, BUTTON, "ddc1:rights:revokego:" UNTIL ":0123456789abcdef:g1"},
	{VERB_GRANT, BUTTON, "ddc1:rights:new:"},
	{VERB_GRANT, BUTTON, "ddc1:rights:draft:"},
	{VERB_GRANT, BUTTON, "ddc1:rights:everyone:"},
	{VERB_GRANT, DIALOG, "ddc1:rightsgo:grant:"},
	{VERB_GRANT, BUTTON, "ddc1:rights:control:"},
	{VERB_GRANT, BUTTON, "ddc1:rights:controlgo:" UNTIL ":granted"},
	{VERB_GRANT, BUTTON, "ddc1:rights:groups:"},
	{VERB_GRANT, SELECT, "ddc1:rights:group:", "games"},
	{VERB_GRANT, BUTTON, "ddc1:rights:newgroup:"},
	{VERB_GRANT, DIALOG, "ddc1:rightsgo:group:"},
	{VERB_SEE_RIGHTS, COMMAND, "rights"},
	{VERB_SEE_RIGHTS, COMMAND, "rights", "container=web"},
	{VERB_SEE_RIGHTS, BUTTON, "ddc1:rights:own:"},
	{VERB_HELP, COMMAND, "help"},
	{VERB_HELP, BUTTON, "ddc1:help"},
	{VERB_HELP, BUTTON, "help_button_11"},
	{VERB_PING, COMMAND, "ping"},
};
enum { DOORS = sizeof doors / sizeof doors[0] };

static struct interaction interaction_of(const struct door *d, enum person p, uint64_t channel, bool private)
{
	static const enum interaction_type types[] = {
		INTERACTION_COMMAND, INTERACTION_COMPONENT, INTERACTION_COMPONENT, INTERACTION_MODAL};
	struct interaction in = interaction(types[d->kind], persons[p].user, channel);

	in.guild_id = persons[p].guild;
	in.has_member = persons[p].in_guild;
	in.permissions = persons[p].permissions;
	if (persons[p].role) {
		in.roles = &persons[p].role;
		in.role_count = 1;
	}
	in.resolved[0] = (struct interaction_resolved){.id = UINT64_C(1180000000000000203), .name = STR("Ada")};
	in.resolved_count = 1;
	if (d->kind == COMMAND) {
		in.command = str_of(d->id);
		if (d->value) {
			in.options[0].name = str_split(str_of(d->value), '=', &in.options[0].value);
			in.option_count = 1;
		}
		return in;
	}
	in.custom_id = str_of(d->id);
	in.component_type = d->kind == BUTTON ? COMPONENT_BUTTON : COMPONENT_SELECT;
	in.message_id = private ? MESSAGE : 1;
	in.message_flags = private ? MESSAGE_EPHEMERAL : 0;
	if (d->kind == SELECT) {
		in.values[0] = str_of(d->value);
		in.value_count = 1;
	}
	return in;
}

/* The state in which the verb would make sense, so that a refusal can only be for want of a right. */
static enum container_state state_for(enum policy_verb v)
{
	return v == VERB_START ? CONTAINER_EXITED : v == VERB_UNPAUSE ? CONTAINER_PAUSED : CONTAINER_RUNNING;
}

static void enter(const struct door *d, enum person p, uint64_t channel, bool private)
{
	struct interaction in = interaction_of(d, p, channel, private);

	control_on_interaction(control, &in);
	answer_fake_answer_all(0);
}

static bool is_refused(void)
{
	return answer_fake.count && strstr(answer_fake.requests[0].body, "🔒 ");
}

#define fail_door(d, p, channel, text)                                                                                 \
	fail_msg("%s through %s %s (%s) by %s in a %s channel: %s: %s", policy_verb_name((d)->verb),                   \
		kind_names[(d)->kind], (d)->id, (d)->value ? (d)->value : "", persons[p].what,                         \
		(channel) == FAKE_STATUS ? "status" : "control", text,                                                 \
		answer_fake.count ? answer_fake.requests[0].body : "no answer")

static void must_be_refused(const struct door *d, enum person p, uint64_t channel)
{
	if (!is_refused())
		fail_door(d, p, channel, "not refused");
	if (!strstr(answer_fake.requests[0].body, "\"flags\":64"))
		fail_door(d, p, channel, "the refusal is not private");
	if (strcmp(record.result, "refused") || !record.reason[0] || record.count != 1)
		fail_door(d, p, channel, "the refusal is not recorded once, with its rule");
	loop_turn(loop, 0);
	if (docker_act_fake.count)
		fail_door(d, p, channel, "something was asked of the engine");
}

static void must_be_answered(const struct door *d, enum person p, uint64_t channel)
{
	if (is_refused())
		fail_door(d, p, channel, "refused");
	if (!answer_fake.count && !record.count && clock_mono_ms() == 5000000) {
		clock_test_set(
			5000000 + 2000, (WALL_S + 2) * 1000); /* what waits for somebody slow is deferred in time */
		loop_turn(loop, 0);
		if (!answer_fake.count)
			fail_door(d, p, channel, "not answered");
	}
}

static void try_all(const char *const *expected, uint64_t channel, bool private)
{
	for (unsigned i = 0; i < DOORS; i++) {
		for (unsigned p = 0; p < PERSONS; p++) {
			begin(state_for(doors[i].verb));
			enter(&doors[i], (enum person)p, channel, private);
			if (expected[doors[i].verb][p] == '+')
				must_be_answered(&doors[i], (enum person)p, channel);
			else
				must_be_refused(&doors[i], (enum person)p, channel);
			end();
		}
	}
}

static void test_every_verb_has_a_door(void **state)
{
	(void)state;
	for (unsigned v = 0; v < VERB_COUNT; v++) {
		unsigned n = v == VERB_SEE_PROTECTED; /* a part of the card: the test below */

		for (unsigned i = 0; i < DOORS; i++)
			n += doors[i].verb == v;
		if (!n || !in_status[v] || !in_control[v])
			fail_msg("%s has no door in this test", policy_verb_name((enum policy_verb)v));
	}
}

static void test_in_a_status_channel(void **state)
{
	(void)state;
	try_all(in_status, FAKE_STATUS, false);
}

static void test_in_a_control_channel(void **state)
{
	(void)state;
	try_all(in_control, FAKE_CONTROL, false);
}

/* Private panels are no proof of anything: who sees one may have lost the right since. */
static void test_on_private_panels(void **state)
{
	(void)state;
	try_all(in_status, FAKE_STATUS, true);
	try_all(in_control, FAKE_CONTROL, true);
}

/* The same people at the same doors, one reload later. */
static void test_after_the_right_was_taken_away(void **state)
{
	static const enum person losers[] = {BY_ROLE, BY_NAME, LISTED, ADMIN_BY_ROLE};

	(void)state;
	for (unsigned i = 0; i < DOORS; i++) {
		for (size_t n = 0; n < sizeof losers / sizeof losers[0]; n++) {
			const struct door open = {VERB_PICK, SELECT, "ddc1:open", "web"};
			struct config after;

			begin(state_for(doors[i].verb));
			enter(&open, losers[n], FAKE_STATUS, false);
			if (is_refused())
				fail_door(&open, losers[n], FAKE_STATUS, "refused before anything was taken away");
			after = config_fake.config;
			after.admin_count = 0;
			rights.grant_count = rights.admin_role_count = 0;
			control_set_config(control, &after);
			answer_fake_answer_all(0);
			answer_fake_clear();
			memset(&record, 0, sizeof record);
			docker_act_fake_clear();
			enter(&doors[i], losers[n], FAKE_STATUS, true);
			if (in_status[doors[i].verb][EVERYONE] == '+')
				must_be_answered(&doors[i], losers[n], FAKE_STATUS);
			else
				must_be_refused(&doors[i], losers[n], FAKE_STATUS);
			end();
		}
	}
}

static void test_the_protected_part_is_shown_to_whom_it_is_for(void **state)
{
	static const struct door card = {VERB_SEE_INFO, COMMAND, "info", "container=web"};

	(void)state;
	for (unsigned p = 0; p < PERSONS; p++) {
		bool shown;

		begin(CONTAINER_RUNNING);
		config_fake.containers[0].info_protected_text = "the seed is 42";
		enter(&card, (enum person)p, FAKE_STATUS, false);
		shown = strstr(answer_fake.requests[0].body, "the seed is 42") != NULL;
		assert_int_equal(shown, in_status[VERB_SEE_PROTECTED][p] == '+');
		end();
	}
}

/* What is offered while somebody types: nothing to whom the command would refuse it. */
static void test_what_is_offered(void **state)
{
	static const struct {
		enum policy_verb verb;
		const char *command, *option;
	} offers[] = {{VERB_START, "start", "container"}, {VERB_STOP, "stop", "container"},
		{VERB_RESTART, "restart", "container"}, {VERB_SEE_LOGS, "logs", "container"},
		{VERB_SEE_STATS, "stats", "container"}, {VERB_SEE_INFO, "info", "container"},
		{VERB_GRANT, "grant", "may"}, {VERB_GRANT, "grant", "containers"}, {VERB_GRANT, "revoke", "grant"},
		{VERB_SEE_INFO, "rights", "container"}};

	(void)state;
	for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
		for (unsigned p = 0; p < PERSONS; p++) {
			const struct door d = {offers[i].verb, COMMAND, offers[i].command};
			struct interaction in;
			bool any;

			begin(state_for(offers[i].verb));
			in = interaction_of(&d, (enum person)p, FAKE_STATUS, false);
			in.type = INTERACTION_AUTOCOMPLETE;
			in.options[0] = (struct interaction_option){.name = str_of(offers[i].option), .focused = true};
			in.option_count = 1;
			control_on_interaction(control, &in);
			any = strstr(answer_fake.requests[0].body, "\"value\"") != NULL;
			if (any != (in_status[offers[i].verb][p] == '+'))
				fail_door(&d, p, FAKE_STATUS, any ? "offered" : "not offered");
			end();
		}
	}
}

/* All at once: each container is asked for by itself, when it is planned and again when its turn comes. */
static void test_all_at_once(void **state)
{
	static const struct door ask = {VERB_BULK, BUTTON, "ddc1:bulk:stop"};
	char go[CUSTOM_ID_CHARS_MAX + 1];
	struct door confirm = {VERB_BULK, BUTTON, go};

	(void)state;
	for (int taken = 0; taken < 2; taken++) {
		const char *id;

		begin(CONTAINER_RUNNING);
		docker_fake_add("db", CONTAINER_RUNNING);
		config_fake_add("db", NULL, ~0u);
		rights.control_by_grant = true;
		enter(&ask, BY_ROLE, FAKE_CONTROL, false);
		assert_non_null(strstr(answer_fake.requests[0].body, "web"));
		assert_non_null(strstr(
			answer_fake.requests[0].body, "Nobody has granted you “Stop” here")); /* why db is left out */
		id = strstr(answer_fake.requests[0].body, "ddc1:bulkgo");
		snprintf(go, sizeof go, "%.*s", (int)strcspn(id, "\""), id);
		if (taken)
			grants[0].rights = 1u << RIGHT_BULK; /* stop no more */
		enter(&confirm, BY_ROLE, FAKE_CONTROL, true);
		assert_int_equal(fake_acts("web", DOCKER_STOP), !taken);
		assert_int_equal(fake_acts("db", DOCKER_STOP), 0);
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_verb_has_a_door),
		cmocka_unit_test(test_in_a_status_channel),
		cmocka_unit_test(test_in_a_control_channel),
		cmocka_unit_test(test_on_private_panels),
		cmocka_unit_test(test_after_the_right_was_taken_away),
		cmocka_unit_test(test_the_protected_part_is_shown_to_whom_it_is_for),
		cmocka_unit_test(test_what_is_offered),
		cmocka_unit_test(test_all_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
