/* ddc_rights.json as people write it and as ddc writes it: what is not understood is never taken for a permission. */
#include "folder.h"

#include "config/config.h"
#include "config/rights.h"
#include "config/save.h"

static struct list problems = LIST_INIT(problems);
static struct config *c;

static const struct config_rights *load(const char *text)
{
	struct err err = {0};

	if (text)
		put("ddc_rights.json", text);
	config_free(c);
	config_problems_clear(&problems);
	c = config_load(folder, &problems, &err);
	assert_non_null(c);
	return c->rights;
}

static bool is_told(const char *place, const char *part)
{
	list_each (link, &problems) {
		const struct config_problem *p = list_item(link, struct config_problem, link);

		if (!strcmp(p->file, "ddc_rights.json") && strstr(p->place, place) && strstr(p->sentence, part))
			return true;
	}
	return false;
}

static int teardown(void **state)
{
	config_free(c);
	c = NULL;
	config_problems_clear(&problems);
	return folder_remove(state);
}

#define ID1 "123456789012345678"
#define ID2 "223456789012345678"

static void test_without_the_file_nothing_is_granted_and_nothing_closed(void **state)
{
	const struct config_rights *r = load(NULL);

	(void)state;
	assert_int_equal(r->grant_count + r->admin_role_count + r->group_count, 0);
	assert_false(r->control_by_grant);
	assert_false(is_told("", ""));
}

static void test_everything_is_read(void **state)
{
	const struct config_rights *r =
		load("{\"admin_roles\": [\"" ID1 "\"], \"control_channels\": \"granted\","
		     "\"groups\": {\"games\": [\"valheim\", \"mc-*\"]},"
		     "\"grants\": [{\"id\": \"g1\", \"role\": \"" ID2 "\", \"may\": [\"restart\", \"logs\"],"
		     "\"containers\": [\"web\", \"group:games\"], \"channels\": [\"" ID1 "\"], \"per_hour\": 3,"
		     "\"hours\": \"22:00-06:30\", \"note\": \"for the night\", \"by\": \"Maxi\"},"
		     "{\"everyone\": true, \"may\": [\"see\"], \"containers\": [\"*\"]}]}");

	(void)state;
	assert_false(is_told("", ""));
	assert_true(r->control_by_grant);
	assert_int_equal(r->admin_roles[0], UINT64_C(123456789012345678));
	assert_string_equal(r->groups[0].targets, "valheim\nmc-*");
	assert_int_equal(r->grant_count, 2);
	assert_string_equal(r->grants[0].id, "g1");
	assert_int_equal(r->grants[0].who, GRANT_ROLE);
	assert_int_equal(r->grants[0].who_id, UINT64_C(223456789012345678));
	assert_int_equal(r->grants[0].rights, 1u << RIGHT_RESTART | 1u << RIGHT_LOGS);
	assert_string_equal(r->grants[0].targets, "web\ngroup:games");
	assert_int_equal(r->grants[0].channels[0], UINT64_C(123456789012345678));
	assert_int_equal(r->grants[0].per_hour, 3);
	assert_int_equal(r->grants[0].from_minute, 22 * 60);
	assert_int_equal(r->grants[0].to_minute, 6 * 60 + 30);
	assert_string_equal(r->grants[0].note, "for the night");
	assert_string_equal(r->grants[1].id, "#2");
	assert_int_equal(r->grants[1].who, GRANT_EVERYONE);
}

static void test_what_is_not_understood_gives_nothing(void **state)
{
	static const struct {
		const char *members, *told;
	} wrong[] = {
		{"\"when\": \"nobody_plays\"", "player counts"},
		{"\"when\": \"moon\"", "no condition that this version knows"},
		{"\"on_sundays\": true", "a key on_sundays, which this version does not know"},
		{"\"per_hour\": 0", "from 1 to"},
		{"\"per_hour\": \"often\"", "from 1 to"},
		{"\"hours\": \"late\"", "18:00-23:00"},
		{"\"hours\": \"\"", "18:00-23:00"},
		{"\"hours\": 18", "18:00-23:00"},
		{"\"channels\": []", "with something in it"},
		{"\"channels\": [\"x\"]", "17 to 20 digits"},
		{"\"user\": \"" ID2 "\"", "only one of"},
		{"\"everyone\": true", "only one of"},
		{"\"may\": [\"fly\"]", "is no right"},
		{"\"containers\": [\"a/b\"]", "neither a name"},
		{"\"containers\": \"web\"", "must be a list"},
		{"\"id\": \"\"", "short word"},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		snprintf(text, sizeof text,
			"{\"grants\": [{\"role\": \"" ID1 "\", \"may\": [\"stop\"], \"containers\": [\"*\"], %s}]}",
			wrong[i].members);
		if (load(text)->grant_count || !is_told("grants", wrong[i].told) || !is_told("grants", "not in force"))
			fail_msg("%s", wrong[i].members);
	}
	assert_int_equal(
		load("{\"grants\": [{\"role\": \"" ID1 "\", \"containers\": [\"*\"]}, 5, null, {}]}")->grant_count, 0);
	assert_int_equal(load("{\"grants\": {}}")->grant_count, 0);
	assert_int_equal(load("{\"admin_roles\": [\"x\", \"" ID1 "\"]}")->admin_role_count, 1);
	assert_true(load("{\"control_channels\": \"closed\"}")->control_by_grant); /* fewer may, not more */
	assert_true(load("{\"grants\": [")->control_by_grant);
	assert_true(is_told("", "only admins act"));
	assert_int_equal(
		load("{\"grants\": [{\"id\": \"a\", \"everyone\": true, \"may\": [\"see\"], \"containers\": [\"*\"]},"
		     "{\"id\": \"a\", \"everyone\": true, \"may\": [\"stop\"], \"containers\": [\"*\"]}]}")
			->grant_count,
		1);
	assert_true(is_told("grants a", "another grant with the id"));
}

static void test_saving_leaves_the_rest_alone(void **state)
{
	struct config_grant g = {.who = GRANT_ROLE,
		.who_id = UINT64_C(223456789012345678),
		.rights = 1u << RIGHT_START,
		.targets = "web\nmc-*",
		.channels = {UINT64_C(123456789012345678)},
		.channel_count = 1,
		.per_hour = 2,
		.from_minute = 18 * 60,
		.to_minute = 0,
		.note = ""};
	char id[GRANT_ID_BYTES];
	struct err err = {0};
	size_t length;
	char *text;

	(void)state;
	load("{\n  \"mine\": 1.50,\n  \"grants\": [{\"id\": \"g1\", \"everyone\": true, \"may\": [\"see\"], \"containers\": [\"*\"], \"note\":\"x\"}]\n}\n");
	assert_true(config_save_grant(folder, &g, STR("Max \"M\""), id, &err));
	assert_string_equal(id, "g2");
	text = get("ddc_rights.json", &length);
	assert_non_null(strstr(text, "\"mine\": 1.50,"));
	assert_non_null(strstr(text,
		"{\"id\": \"g1\", \"everyone\": true, \"may\": [\"see\"], \"containers\": [\"*\"], \"note\":\"x\"}"));
	free(text);
	const struct config_rights *r = load(NULL);
	assert_int_equal(r->grant_count, 2);
	assert_string_equal(r->grants[1].targets, "web\nmc-*");
	assert_int_equal(r->grants[1].from_minute, 18 * 60);
	assert_int_equal(r->grants[1].to_minute, 0);
	assert_int_equal(r->grants[1].per_hour, 2);
	assert_true(config_remove_grant(folder, "g1", &err));
	assert_false(config_remove_grant(folder, "g1", &err));
	assert_non_null(strstr(err.text, "no grant g1"));
	assert_true(config_save_grant(folder, &g, STR(""), id, &err));
	assert_string_equal(id, "g3"); /* not g1 again: a button for that one may still be on somebody's screen */
	assert_true(config_save_admin_role(folder, UINT64_C(123456789012345678), &err));
	assert_true(config_save_admin_role(folder, UINT64_C(123456789012345678), &err)); /* once is enough */
	assert_true(config_save_control_by_grant(folder, true, &err));
	r = load(NULL);
	assert_int_equal(r->admin_role_count, 1);
	assert_true(r->control_by_grant);
	assert_true(config_remove_admin_role(folder, UINT64_C(123456789012345678), &err));
	assert_true(config_save_control_by_grant(folder, false, &err));
	r = load(NULL);
	assert_int_equal(r->admin_role_count, 0);
	assert_false(r->control_by_grant);
	assert_int_equal(r->grant_count, 2);
	assert_true(config_save_group(folder, "games", "valheim\nmc-*", &err));
	assert_true(config_save_group(folder, "media", "project:media", &err));
	assert_true(config_save_group(folder, "games", "terraria", &err));
	r = load(NULL);
	assert_int_equal(r->group_count, 2);
	assert_string_equal(r->groups[0].name, "games");
	assert_string_equal(r->groups[0].targets, "terraria");
	assert_true(config_save_group(folder, "games", NULL, &err));
	assert_int_equal(load(NULL)->group_count, 1);
	text = get("ddc_rights.json", &length);
	assert_non_null(strstr(text, "\"mine\": 1.50,"));
	free(text);
	assert_false(c->rights->unreadable);
	put("ddc_rights.json", "{\"admin_roles\": \"" ID1 "\"}");
	assert_true(load(NULL)->unreadable);
	put("ddc_rights.json", "{\"admin_roles\": [\"@mods\"]}");
	assert_true(load(NULL)->unreadable);
	put("ddc_rights.json", "{\"admin_roles\": []}");
	assert_false(load(NULL)->unreadable);
	put("ddc_rights.json", "{broken");
	assert_true(load(NULL)->unreadable);
	assert_false(config_save_grant(folder, &g, STR(""), id, &err));
	assert_non_null(strstr(err.text, "not JSON"));
}

static void test_admins_and_what_is_written_beside_them(void **state)
{
	struct err err = {0};

	(void)state;
	put("admins.json", "{\"discord_admin_users\": [\"" ID1 "\", \"" ID2 "\"], \"admin_notes\": {\"" ID2
			   "\": \" Öl & Salz \", \"x\": 1}}");
	load(NULL);
	assert_string_equal(config_admin_note(c, c->admins[0]), "");
	assert_string_equal(config_admin_note(c, c->admins[1]), "Öl & Salz");
	assert_string_equal(config_admin_note(c, 5), "");
	assert_false(c->admins_unreadable);
	assert_true(config_save_admin(folder, UINT64_C(323456789012345678), "Ada", &err));
	load(NULL);
	assert_int_equal(c->admin_count, 3);
	assert_string_equal(config_admin_note(c, UINT64_C(323456789012345678)), "Ada");
	assert_true(config_remove_admin(folder, UINT64_C(323456789012345678), &err));
	put("admins.json", "{\"discord_admin_users\": \"me\"}");
	load(NULL);
	assert_true(c->admins_unreadable && !c->admin_count);
	put("admins.json", "{\"discord_admin_users\": [1.18e18]}"); /* a spreadsheet's idea of an id */
	load(NULL);
	assert_true(c->admins_unreadable && !c->admin_count);
	put("admins.json", "{\"discord_admin_users\": [\"\", null]}"); /* the original's "none" */
	load(NULL);
	assert_false(c->admins_unreadable);
	put("admins.json", "{");
	load(NULL);
	assert_true(c->admins_unreadable);
}

static void test_there_is_a_most(void **state)
{
	struct config_grant g = {.who = GRANT_EVERYONE, .rights = 1, .targets = "web", .note = ""};
	char id[GRANT_ID_BYTES];
	struct err err = {0};

	(void)state;
	for (unsigned i = 0; i < GRANTS_MAX; i++)
		assert_true(config_save_grant(folder, &g, STR(""), id, &err));
	assert_false(config_save_grant(folder, &g, STR(""), id, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_int_equal(load(NULL)->grant_count, GRANTS_MAX);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, folder_make, teardown)
	const struct CMUnitTest tests[] = {
		T(test_without_the_file_nothing_is_granted_and_nothing_closed),
		T(test_everything_is_read),
		T(test_what_is_not_understood_gives_nothing),
		T(test_saving_leaves_the_rest_alone),
		T(test_admins_and_what_is_written_beside_them),
		T(test_there_is_a_most),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
