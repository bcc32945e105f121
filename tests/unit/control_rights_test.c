/* Changes of rights: checked twice, saved outside of the loop, in force before they are told; and what is kept of a grant that is
 * being written. */
#include "test.h"

#include "discord/message.h"
#include "fakes/control_stage.h"
#include "feature/control/rights_desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WALL_S STAGE_WALL_S
#define ADA    UINT64_C(1180000000000000203)
#define ADA_ID "1180000000000000203"

enum { MESSAGE = 7001, TURNS_MAX = 400 };

static struct config_grant grants[GRANTS_MAX];
static struct config_rights rights;
static uint64_t roles[] = {501};

/* ---- what stands around it ---- */

static unsigned reloads, answers_at_reload;
static void (*on_reload)(void);

static void reload(void *arg)
{
	(void)arg;
	reloads++;
	answers_at_reload = answer_fake.count;
	if (on_reload)
		on_reload();
	control_set_config(control, &config_fake.config);
}

static int setup(void **state)
{
	int failed;

	parts.config_folder = "/nonexistent";
	parts.reload = reload;
	reloads = 0;
	on_reload = NULL;
	failed = stage_setup(state);
	config_fake_add("web", NULL, ~0u);
	rights = (struct config_rights){.grants = grants};
	config_fake.config.rights = &rights;
	return failed;
}

/* Anna with a role; options and fields may name Ada. */
static struct interaction by(enum interaction_type type, uint64_t user)
{
	struct interaction in = interaction(type, user, FAKE_STATUS);

	in.roles = roles;
	in.role_count = 1;
	in.resolved[0] = (struct interaction_resolved){.id = ADA, .name = STR("Ada")};
	in.resolved_count = 1;
	return in;
}

static void command(uint64_t user, const char *name, const char *option, const char *value)
{
	struct interaction in = by(INTERACTION_COMMAND, user);

	in.command = str_of(name);
	in.options[0] = (struct interaction_option){.name = str_of(option), .value = str_of(value)};
	in.option_count = option ? 1 : 0;
	control_on_interaction(control, &in);
}

static void press(uint64_t user, const char *id)
{
	struct interaction in = by(INTERACTION_COMPONENT, user);

	in.component_type = COMPONENT_BUTTON;
	in.custom_id = str_of(id);
	in.message_id = MESSAGE;
	in.message_flags = MESSAGE_EPHEMERAL;
	control_on_interaction(control, &in);
}

static void dialog(uint64_t user, const char *containers)
{
	struct interaction in = by(INTERACTION_MODAL, user);

	in.custom_id = STR("ddc1:rightsgo:grant:");
	in.fields[0] = (struct interaction_option){.name = STR("who"), .value = STR(ADA_ID)};
	in.fields[1] = (struct interaction_option){.name = STR("may"), .value = STR("see\nstop")};
	in.fields[2] = (struct interaction_option){.name = STR("containers"), .value = str_of(containers)};
	in.field_count = 3;
	control_on_interaction(control, &in);
}

/* Discord accepts what it is sent, until the helper process has answered. */
static void wait_for_record(unsigned count)
{
	for (unsigned i = 0; i < TURNS_MAX && record.count < count; i++) {
		answer_fake_answer_all(0);
		loop_turn(loop, 50);
	}
	assert_int_equal(record.count, count);
}

static const char *said(void)
{
	return answer_fake.count ? answer_fake_last()->body : "";
}

#define assert_said(text)                                                                                              \
	do {                                                                                                           \
		if (!strstr(said(), text))                                                                             \
			fail_msg("\"%s\" is not in %s", text, said());                                                 \
	} while (0)

/* ---- saving ---- */

static void ada_is_admin(void)
{
	config_fake.admins[1] = ADA;
	config_fake.config.admin_count = 2;
}

static void test_it_is_in_force_before_it_is_told(void **state)
{
	(void)state;
	on_reload = ada_is_admin;
	command(FAKE_ADMIN, "addadmin", "user", ADA_ID);
	assert_int_equal(answer_fake.count, 1);
	assert_said("{\"type\":5"); /* "thinking …" */
	assert_int_equal(record.count, 0);
	wait_for_record(1);
	assert_int_equal(reloads, 1);
	assert_int_equal(answers_at_reload, 1);
	assert_said("<@" ADA_ID "> is an admin now. 2 persons and roles are admins.");
	assert_string_equal(record.line, "add admin user " ADA_ID " (Ada) command done ");
}

/* Dead, or answered already by the ddc that was killed a moment ago: everything stays as it is. */
static void test_nothing_begins_before_discord_accepts_it(void **state)
{
	(void)state;
	command(FAKE_ADMIN, "addadmin", "user", ADA_ID);
	for (unsigned i = 0; i < 5; i++)
		loop_turn(loop, 10);
	assert_int_equal(record.count, 0);
	answer_fake_answer(answer_fake_last(), 400, 40060, 0);
	for (unsigned i = 0; i < 5; i++)
		loop_turn(loop, 10);
	assert_int_equal(reloads, 0);
	assert_int_equal(record.count, 1);
	assert_string_equal(record.line, "add admin user " ADA_ID " (Ada) command not_done status 400, code 40060");
	assert_int_equal(answer_fake.count, 1); /* the answer that stands there is not touched */
}

/* One that the helper has, one that Discord has not accepted. */
static void test_the_end_of_the_program_is_recorded(void **state)
{
	(void)state;
	command(FAKE_ADMIN, "addadmin", "user", ADA_ID);
	control_free(control);
	control = NULL;
	assert_int_equal(record.count, 1);
	assert_non_null(strstr(record.line, "command interrupted ddc was stopped before it was begun"));
	control = control_new(&parts, &config_fake.config);
	command(FAKE_ADMIN, "addadmin", "user", ADA_ID);
	answer_fake_answer(answer_fake_last(), 204, 0, 0);
	control_free(control);
	control = NULL;
	assert_int_equal(record.count, 2);
	assert_non_null(strstr(record.line, "command interrupted ddc was stopped before it was known to be saved"));
}

static void test_what_is_saved_and_not_in_force_is_told_as_that(void **state)
{
	(void)state;
	command(FAKE_ADMIN, "addadmin", "user", ADA_ID); /* the settings cannot be read again, say */
	wait_for_record(1);
	assert_said("saved, but is not in force yet");
}

/* The right is asked for again by the process that saves, against the settings of that moment. */
static void test_a_right_that_goes_meanwhile(void **state)
{
	(void)state;
	command(FAKE_ADMIN, "addadmin", "user", ADA_ID);
	config_fake.admins[0] = 999;
	wait_for_record(1);
	assert_int_equal(reloads, 0);
	assert_said("🔒 This is for admins.");
	assert_non_null(strstr(record.line, "command refused it no longer fits"));
}

/* The question was whether one wants to be admin no longer, not whether nobody shall be. */
static void test_the_last_admin_by_now(void **state)
{
	char id[128];

	(void)state;
	config_fake.admins[0] = ADA;
	snprintf(id, sizeof id, "ddc1:rights:removego:%" PRId64 ":u" ADA_ID, WALL_S + 10);
	press(ADA, id);
	assert_said("is the last admin by now");
	assert_non_null(strstr(record.line, "refused"));
	snprintf(id, sizeof id, "ddc1:rights:removego:%" PRId64 ":U" ADA_ID, WALL_S - 1);
	press(ADA, id);
	assert_int_equal(record.count, 1); /* too late: nothing */
	snprintf(id, sizeof id, "ddc1:rights:removego:%" PRId64 ":U" ADA_ID, WALL_S + 10);
	press(ADA, id);
	wait_for_record(2);
	assert_non_null(strstr(record.line, "remove admin user " ADA_ID " (Ada) button done"));
}

static void test_more_than_can_wait(void **state)
{
	char id[24];

	(void)state;
	for (unsigned i = 0; i <= HELPER_WAITING_MAX; i++) {
		struct interaction in = by(INTERACTION_COMMAND, FAKE_ADMIN);

		snprintf(id, sizeof id, "11800000000000%05u", 500 + i);
		in.command = STR("addadmin");
		in.options[0] = (struct interaction_option){.name = STR("user"), .value = str_of(id)};
		in.option_count = 1;
		in.resolved[0].id = UINT64_C(1180000000000000500) + i;
		control_on_interaction(control, &in);
	}
	assert_int_equal(record.count, 1);
	assert_non_null(strstr(record.line, "failed too many changes wait"));
	assert_int_equal(answer_fake.count, HELPER_WAITING_MAX + 1); /* each is answered */
	wait_for_record(HELPER_WAITING_MAX + 1);
}

static void type_info(void)
{
	static const char *const fields[][2] = {
		{"text", "hello"}, {"address", ""}, {"port", ""}, {"enabled", "x"}, {"show", ""}};
	struct interaction in = by(INTERACTION_MODAL, FAKE_ADMIN);

	in.custom_id = STR("ddc1:cardgo:edit:web");
	for (in.field_count = 0; in.field_count < 5; in.field_count++)
		in.fields[in.field_count] = (struct interaction_option){
			.name = str_of(fields[in.field_count][0]), .value = str_of(fields[in.field_count][1])};
	control_on_interaction(control, &in);
}

static void test_what_is_written_about_a_container_waits_for_discord_too(void **state)
{
	(void)state;
	type_info();
	answer_fake_answer(answer_fake_last(), 404, 10062, 0);
	assert_string_equal(record.line, "edit info web modal not_done status 404, code 10062");
	for (unsigned i = 0; i <= HELPER_WAITING_MAX; i++)
		type_info();
	assert_int_equal(record.count, 2);
	assert_string_equal(record.line, "edit info web modal failed too many dialogs wait");
	assert_int_equal(answer_fake.count, HELPER_WAITING_MAX + 2); /* each is answered */
	control_free(control);
	control = NULL;
	assert_int_equal(record.count, HELPER_WAITING_MAX + 2);
	assert_non_null(strstr(record.line, "edit info web modal interrupted ddc was stopped before it was begun"));
}

static void test_a_cooldown_goes_by_what_is_changed(void **state)
{
	(void)state;
	config_fake.cooldown_s = 30;
	command(FAKE_ADMIN, "addadmin", "user", ADA_ID);
	wait_for_record(1);
	command(FAKE_ADMIN, "addadmin", "user", ADA_ID); /* the fake settings still do not have her */
	assert_said("<t:1790000030:R>");
	dialog(FAKE_ADMIN, "web");
	wait_for_record(3); /* the cooldown was recorded, too */
	assert_non_null(strstr(record.line, "grant g1 modal done"));
	command(FAKE_ADMIN, "rights", NULL, NULL);
	assert_said("Your rights");
	command(FAKE_ADMIN, "rights", NULL, NULL);
	assert_said("<t:1790000030:R>");
	press(FAKE_ADMIN, "ddc1:rights:own:");
	assert_said("Your rights");
}

static void test_more_grants_than_are_kept(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GRANTS_MAX; i++) {
		grants[i] = (struct config_grant){.who = GRANT_EVERYONE,
			.rights = 1,
			.targets = "a-rather-long-name-of-a-container\nanother-one",
			.note = ""};
		snprintf(grants[i].id, sizeof grants[i].id, "g%u", i + 1);
	}
	rights.grant_count = GRANTS_MAX;
	dialog(FAKE_ADMIN, "web");
	assert_said("There are 200 grants");
	assert_string_equal(record.line, "grant  modal refused it does not fit what there is");
	press(FAKE_ADMIN, "ddc1:rights:list:24");
	assert_said("Page 25 of 25");
	press(FAKE_ADMIN, "ddc1:rights:list:9999");
	assert_said("Page 25 of 25");
}

/* ---- what is being written ---- */

static void test_what_was_typed_is_kept_for_a_while(void **state)
{
	(void)state;
	dialog(FAKE_ADMIN, "a/b");
	assert_said("“a/b” is neither");
	press(FAKE_ADMIN, "ddc1:rights:draft:");
	assert_said("\"value\":\"a/b\"");
	assert_said("\"id\":\"" ADA_ID "\",\"type\":\"user\"");
	clock_test_set(clock_mono_ms() + (DRAFT_LIFE_S + 1) * 1000, (WALL_S + DRAFT_LIFE_S + 1) * 1000);
	press(FAKE_ADMIN, "ddc1:rights:draft:1180000000000000111");
	assert_null(strstr(said(), "a/b"));
	assert_said("ddc1:rightsgo:grant:1180000000000000111"); /* the condition stands in the button */
}

static void test_it_is_kept_for_so_many(void **state)
{
	static uint64_t many[DRAFTS_MAX + 1];

	(void)state;
	config_fake.config.admins = many;
	config_fake.config.admin_count = DRAFTS_MAX + 1;
	for (unsigned i = 0; i <= DRAFTS_MAX; i++) {
		many[i] = 1000 + i;
		dialog(many[i], "a/b");
	}
	press(many[1], "ddc1:rights:draft:");
	assert_said("\"value\":\"a/b\"");
	press(many[0], "ddc1:rights:draft:"); /* the oldest is forgotten */
	assert_null(strstr(said(), "a/b"));
	press(many[DRAFTS_MAX], "ddc1:rights:everyone:"); /* still wrong: it is said again */
	assert_said("“a/b” is neither");
	press(999, "ddc1:rights:everyone:");
	assert_said("🔒");
}

static void test_everybody_only_after_a_question(void **state)
{
	struct interaction in = by(INTERACTION_MODAL, FAKE_ADMIN);

	(void)state;
	in.custom_id = STR("ddc1:rightsgo:grant:");
	in.fields[0] = (struct interaction_option){.name = STR("may"), .value = STR("see")};
	in.fields[1] = (struct interaction_option){.name = STR("containers"), .value = STR("web")};
	in.field_count = 2;
	control_on_interaction(control, &in);
	assert_said("You named nobody");
	assert_int_equal(record.count, 0);
	press(FAKE_ADMIN, "ddc1:rights:everyone:");
	wait_for_record(1);
	assert_non_null(strstr(record.line, "grant g1 button done"));
}

/* The server's own role, which everybody has. */
static void test_everybody_by_the_servers_own_role(void **state)
{
	struct interaction in = by(INTERACTION_COMMAND, FAKE_ADMIN);

	(void)state;
	config_fake.config.guild_id = in.guild_id = ADA;
	in.command = STR("addadmin");
	in.options[0] = (struct interaction_option){.name = STR("role"), .value = STR(ADA_ID)};
	in.option_count = 1;
	in.resolved[0].is_role = true;
	control_on_interaction(control, &in);
	assert_said("Not everybody can be admin");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, stage_teardown)
	const struct CMUnitTest tests[] = {
		T(test_it_is_in_force_before_it_is_told),
		T(test_nothing_begins_before_discord_accepts_it),
		T(test_the_end_of_the_program_is_recorded),
		T(test_what_is_saved_and_not_in_force_is_told_as_that),
		T(test_a_right_that_goes_meanwhile),
		T(test_the_last_admin_by_now),
		T(test_more_than_can_wait),
		T(test_what_is_written_about_a_container_waits_for_discord_too),
		T(test_a_cooldown_goes_by_what_is_changed),
		T(test_more_grants_than_are_kept),
		T(test_what_was_typed_is_kept_for_a_while),
		T(test_it_is_kept_for_so_many),
		T(test_everybody_only_after_a_question),
		T(test_everybody_by_the_servers_own_role),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
