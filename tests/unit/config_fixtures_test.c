/* Every reference folder loads to what its expected.json, or its README, says. */
#include "fixtures.h"

#include "base/log.h"
#include "config/config.h"

#include <jansson.h>
#include <string.h>

static struct list problems = LIST_INIT(problems);

static struct config *load(const char *name)
{
	char path[FIXTURE_PATH_BYTES];
	struct err err = {0};
	fixture_path(path, name, "");
	struct config *c = config_load(path, &problems, &err);
	assert_non_null(c);
	list_each (link, &problems) {
		struct config_problem *p = list_item(link, struct config_problem, link);
		print_message("%s: %s: %s: %s\n", name, p->file, p->place, p->sentence);
		assert_false(p->is_error);
	}
	return c;
}

static void unload(struct config *c)
{
	config_free(c);
	config_problems_clear(&problems);
	log_forget_secrets();
}

static json_t *expected(const char *name)
{
	char path[FIXTURE_PATH_BYTES];
	json_error_t error;
	fixture_path(path, name, ".expected.json");
	json_t *e = json_load_file(path, 0, &error);
	assert_non_null(e);
	return e;
}

static const char *text(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool yes(json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static unsigned allowed(json_t *list)
{
	static const char *const names[] = {"status", "start", "stop", "restart"};
	unsigned bits = 0;
	size_t i;
	json_t *one;
	json_array_foreach(list, i, one) for (unsigned k = 0; k < 4;
					      k++) if (strcmp(json_string_value(one), names[k]) == 0) bits |= 1u << k;
	return bits;
}

static void compare_containers(const struct config *c, json_t *list)
{
	unsigned at = 0;
	size_t i;
	json_t *one;
	json_array_foreach(list, i, one)
	{
		while (at < c->container_count && !c->containers[at].active)
			at++;
		assert_true(at < c->container_count);
		const struct config_container *k = &c->containers[at++];
		json_t *info = json_object_get(one, "info");
		assert_string_equal(k->name, text(one, "docker_name"));
		assert_string_equal(k->display_name, text(one, "display_name"));
		assert_int_equal(k->order, json_integer_value(json_object_get(one, "order")));
		assert_int_equal(k->allowed, allowed(json_object_get(one, "allowed_actions")));
		assert_int_equal(k->detailed_status, yes(one, "allow_detailed_status"));
		assert_int_equal(k->info_enabled, yes(info, "enabled"));
		assert_int_equal(k->info_show_ip, yes(info, "show_ip"));
		assert_int_equal(k->info_protected, yes(info, "protected_enabled"));
		assert_string_equal(k->info_ip, text(info, "custom_ip"));
		assert_string_equal(k->info_port, text(info, "custom_port"));
		assert_string_equal(k->info_text, text(info, "custom_text"));
		assert_string_equal(k->info_protected_text, text(info, "protected_content"));
		assert_string_equal(k->info_password, text(info, "protected_password"));
	}
	for (; at < c->container_count; at++)
		assert_false(c->containers[at].active);
}

static void compare_channels(const struct config *c, json_t *table)
{
	const char *id;
	json_t *one;
	assert_int_equal(c->channel_count, json_object_size(table));
	json_object_foreach(table, id, one)
	{
		const struct config_channel *k = config_find_channel(c, strtoull(id, NULL, 10));
		json_t *commands = json_object_get(one, "commands");
		assert_non_null(k);
		assert_string_equal(k->name, text(one, "name"));
		assert_int_equal(k->kind, yes(commands, "control") ? CHANNEL_CONTROL : CHANNEL_STATUS);
		assert_int_equal(k->allow_serverstatus, yes(commands, "serverstatus"));
		assert_int_equal(k->allow_control, yes(commands, "control"));
		assert_int_equal(k->allow_info, yes(commands, "info"));
		assert_int_equal(k->allow_schedule, yes(commands, "schedule"));
		assert_int_equal(k->post_initial, yes(one, "post_initial"));
		assert_int_equal(k->auto_refresh, yes(one, "enable_auto_refresh"));
		assert_int_equal(k->recreate_on_inactivity, yes(one, "recreate_messages_on_inactivity"));
		assert_int_equal(k->update_interval_minutes,
			json_integer_value(json_object_get(one, "update_interval_minutes")));
		assert_int_equal(k->inactivity_timeout_minutes,
			json_integer_value(json_object_get(one, "inactivity_timeout_minutes")));
	}
}

static void compare_cooldowns(const struct config *c, json_t *spam)
{
	static const char *const tables[] = {"command_cooldowns", "button_cooldowns"};
	json_t *global = json_object_get(spam, "global_settings");
	for (int button = 0; button < 2; button++) {
		const char *name;
		json_t *seconds;
		json_object_foreach(json_object_get(spam, tables[button]), name, seconds)
			assert_int_equal(config_cooldown_s(c, name, button), json_integer_value(seconds));
	}
	assert_int_equal(c->cooldowns_enabled, yes(global, "enabled"));
	assert_int_equal(
		c->max_commands_per_minute, json_integer_value(json_object_get(global, "max_commands_per_minute")));
	assert_int_equal(
		c->max_buttons_per_minute, json_integer_value(json_object_get(global, "max_buttons_per_minute")));
}

static void compare_settings(const struct config *c, json_t *effective)
{
	const char *name;
	json_t *value;
	assert_string_equal(c->language, text(effective, "language"));
	assert_string_equal(c->timezone, text(effective, "timezone"));
	assert_int_equal(c->guild_id, strtoull(text(effective, "guild_id"), NULL, 10));
	assert_string_equal(config_text(c, "web_ui_user"), text(effective, "web_ui_user"));
	assert_string_equal(config_password_hash(c), text(effective, "web_ui_password_hash"));
	json_object_foreach(json_object_get(effective, "advanced_settings"), name, value)
	{
		int64_t want = strtoll(json_string_value(value), NULL, 10);
		assert_int_equal(config_int(c, name), want);
		assert_int_equal(config_source_of(c, name), SOURCE_FILE);
	}
}

static void compare_token(struct config *c, const char *want)
{
	char token[CONFIG_TOKEN_BYTES];
	struct err err = {0};
	if (config_token_is_sealed(c)) {
		assert_null(c->token);
		assert_true(config_open_token(c, token, &err));
		assert_true(config_set_token(c, token));
	}
	assert_string_equal(c->token, want);
}

static void compare_admins(const struct config *c, json_t *ids)
{
	size_t i;
	json_t *id;
	assert_int_equal(c->admin_count, json_array_size(ids));
	json_array_foreach(ids, i, id) assert_true(config_is_admin(c, strtoull(json_string_value(id), NULL, 10)));
}

static void check_v2(const char *name)
{
	struct config *c = load(name);
	json_t *e = expected(name);
	compare_settings(c, json_object_get(e, "effective_config"));
	compare_token(c, text(e, "effective_bot_token"));
	compare_containers(c, json_object_get(e, "active_containers"));
	compare_channels(c, json_object_get(e, "channels"));
	compare_admins(c, json_object_get(json_object_get(e, "admins"), "ids"));
	compare_cooldowns(c, json_object_get(e, "spam_protection"));
	json_decref(e);
	unload(c);
}

static void test_full_installation(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	check_v2("config-v2");
}

static void test_fresh_installation(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	check_v2("config-v2-fresh");
}

#define V1_TOKEN "MTA5ODcwMDAwMDAwMDAwMDAwMQ.GfAkEt.NotARealToken-FixtureOnly-v10000000001"

static void check_v1(struct config *c)
{
	static const char *const names[] = {
		"minecraft", "valheim", "plex", "jellyfin", "nextcloud", "Home-Assistant.core", "postgres"};
	assert_string_equal(c->language, "de");
	assert_string_equal(c->timezone, "Europe/Berlin");
	assert_int_equal(c->guild_id, UINT64_C(1098700000000000001));
	assert_int_equal(c->container_count, 7);
	for (int i = 0; i < 7; i++) {
		assert_string_equal(c->containers[i].name, names[i]);
		assert_int_equal(c->containers[i].order, i);
		assert_true(c->containers[i].active);
	}
	assert_string_equal(c->containers[0].display_name, "Minecraft (Survival)");
	assert_int_equal(c->containers[6].allowed, ALLOW_STATUS);
	assert_int_equal(c->channel_count, 3);
	assert_int_equal(c->channels[0].id, UINT64_C(1098700000000000011));
	assert_int_equal(c->channels[0].kind, CHANNEL_STATUS);
	assert_int_equal(c->channels[1].inactivity_timeout_minutes, 0);
	assert_int_equal(c->channels[2].kind, CHANNEL_CONTROL);
	assert_true(c->channels[2].allow_schedule);
	compare_token(c, V1_TOKEN);
}

/* What v2.3's own migration loses: advanced settings, cooldowns, info texts. */
static void check_not_lost(const struct config *c, bool info_texts)
{
	assert_int_equal(config_int(c, "DDC_MAX_CONCURRENT_TASKS"), 6);
	assert_false(config_bool(c, "DDC_LIVE_LOGS_ENABLED"));
	assert_int_equal(config_int(c, "DDC_DOCKER_MAX_CACHE_AGE"), 900);
	assert_int_equal(config_cooldown_s(c, "control", false), 9);
	assert_int_equal(config_cooldown_s(c, "restart", true), 45);
	assert_int_equal(c->max_commands_per_minute, 12);
	if (!info_texts)
		return;
	const struct config_container *k = config_find_container(c, STR("minecraft"));
	assert_true(k->info_enabled);
	assert_string_equal(k->info_ip, "mc.example.net");
	assert_string_equal(k->info_port, "25565");
	k = config_find_container(c, STR("Home-Assistant.core"));
	assert_true(k->info_enabled);
	assert_false(k->info_show_ip);
	assert_string_equal(k->info_port, "8123");
}

static void test_older_layouts(void **state)
{
	static const struct {
		const char *folder;
		bool rich; /* has advanced settings and cooldowns */
		bool info_texts;
	} layouts[] = {
		{"config-v1/split-v1.1.3d", false, false},
		{"config-v1/split-2025-08", true, true},
		{"config-v1/single-config", true, false},
		{"config-v1/single-config-alt", true, false},
		{"config-v1/modular-v2.0.0", false, false},
		{"config-v1/modular-by-script", true, true},
	};
	(void)state;
	NEEDS_FIXTURES();
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		struct config *c = load(layouts[i].folder);
		print_message("%s\n", layouts[i].folder);
		check_v1(c);
		if (layouts[i].rich)
			check_not_lost(c, layouts[i].info_texts);
		unload(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_installation),
		cmocka_unit_test(test_fresh_installation),
		cmocka_unit_test(test_older_layouts),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
