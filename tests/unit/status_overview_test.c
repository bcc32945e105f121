#include "test.h"

#include "config/rights.h"
#include "fakes/docker_fake.h"
#include "fakes/pending_fake.h"
#include "feature/status/grouping.h"
#include "feature/status/overview.h"

#include <stdio.h>
#include <string.h>

static struct config_container settings[140];
static char names[140][CONTAINER_NAME_BYTES];
static struct config config;
static struct overview_source source;
static struct overview o;
static struct message m;

static int setup(void **state)
{
	(void)state;
	docker_fake_clear();
	pending_fake.count = 0;
	config = (struct config){.containers = settings};
	source = (struct overview_source){.config = &config, .docker = FAKE_DOCKER, .pending = FAKE_PENDING};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	overview_clear(&o);
	message_clear(&m);
	return 0;
}

static struct config_container *configure(const char *name, const char *display)
{
	struct config_container *c = &settings[config.container_count];
	snprintf(names[config.container_count], sizeof names[0], "%s", name);
	*c = (struct config_container){.name = names[config.container_count++],
		.display_name = display,
		.active = true,
		.detailed_status = true};
	return c;
}

static struct container *add(const char *name, const char *display, enum container_state state)
{
	configure(name, display);
	struct container *c = docker_fake_add(name, state);
	c->started_at_s = 1000, c->finished_at_s = 2000;
	return c;
}

/* One of each kind, as a home server may have them on a bad day. */
static void add_home_server(void)
{
	add("web", "Web", CONTAINER_RUNNING);
	settings[0].info_enabled = true;
	struct container *c = add("jellyfin", "Jellyfin", CONTAINER_RUNNING);
	c->health = HEALTH_HEALTHY, c->cpu_known = c->memory_known = true, c->cpu_permille = 123,
	c->memory_bytes = 1500u << 20;
	c = add("db", "Postgres *main*", CONTAINER_RUNNING);
	c->health = HEALTH_UNHEALTHY, c->cpu_known = c->memory_known = true, c->cpu_permille = 7,
	c->memory_bytes = 64u << 20;
	add("old", "Old", CONTAINER_EXITED);
	c = add("game", "Game", CONTAINER_EXITED);
	c->exit_code = 137, c->oom_killed = true;
	add("proxy", "Proxy", CONTAINER_RUNNING);
	pending_fake_add("proxy", DOCKER_RESTART, "Ann", 3000);
	configure("gone", "Gone");
	configure("hidden", "Hidden")->active = false;
}

static const char *make(unsigned page)
{
	overview_clear(&o);
	overview_make(&o, &source, page);
	return buf_text(&o.text);
}

static const char *body(void)
{
	message_clear(&m);
	message_init(&m, MEM_TEST);
	overview_write(&o, &m);
	message_finish(&m);
	assert_false(m.body.overflow);
	return buf_text(&m.body);
}

static void test_the_overview_in_english(void **state)
{
	(void)state;
	add_home_server();
	assert_string_equal(make(0),
		"🟢 2 running · ⏳ 1 at work · ⏹️ 1 stopped · 🔴 1 failed · ⚠️ 2 with problems\n"
		"\n"
		"🟢 **Web** ℹ️ · started <t:1000:R>\n"
		"💚 **Jellyfin** · started <t:1000:R>\n"
		"⚠️ **Postgres \\*main\\*** · Unhealthy\n"
		"⏹️ **Old** · stopped <t:2000:R>\n"
		"💥 **Game** · Exited (137) · out of memory · <t:2000:R>\n"
		"⏳ **Proxy** · Restarting… (by Ann)\n"
		"🚫 **Gone** · Not found\n");
	assert_int_equal(o.colour, view_tone_colour(TONE_BAD));
	assert_string_equal(buf_text(&o.footer), "");
	assert_true(o.pending && o.something_up && o.has_info);
}

static void test_the_overview_in_german(void **state)
{
	(void)state;
	source.lang = TR_DE;
	add_home_server();
	assert_string_equal(make(0),
		"🟢 2 laufen · ⏳ 1 in Arbeit · ⏹️ 1 gestoppt · 🔴 1 ausgefallen · ⚠️ 2 mit Problemen\n"
		"\n"
		"🟢 **Web** ℹ️ · gestartet <t:1000:R>\n"
		"💚 **Jellyfin** · gestartet <t:1000:R>\n"
		"⚠️ **Postgres \\*main\\*** · Nicht gesund\n"
		"⏹️ **Old** · gestoppt <t:2000:R>\n"
		"💥 **Game** · Beendet (137) · Speicher erschöpft · <t:2000:R>\n"
		"⏳ **Proxy** · Wird neu gestartet… (von Ann)\n"
		"🚫 **Gone** · Nicht vorhanden\n");
}

static void test_the_admin_overview_has_columns_where_figures_are_known(void **state)
{
	(void)state;
	source.kind = PANEL_ADMIN_OVERVIEW, source.figures_minutes = 5;
	add_home_server();
	assert_string_equal(make(0),
		"🟢 2 running · ⏳ 1 at work · ⏹️ 1 stopped · 🔴 1 failed · ⚠️ 2 with problems\n"
		"CPU 13.0 % · memory 1.5 GB\n"
		"\n"
		"🟢 **Web** ℹ️ · started <t:1000:R>\n"
		"💚 `12.3 %  1.4 GB` **Jellyfin**\n"
		"⚠️ ` 0.7 %   64 MB` **Postgres \\*main\\*** · Unhealthy\n"
		"⏹️ **Old** · stopped <t:2000:R>\n"
		"💥 **Game** · Exited (137) · out of memory · <t:2000:R>\n"
		"⏳ **Proxy** · Restarting… (by Ann)\n"
		"🚫 **Gone** · Not found\n");
	assert_string_equal(buf_text(&o.footer), "CPU and memory every 5 minutes");
	assert_true(o.figures_missing);
	settings[1].detailed_status = false; /* these figures are nobody's business */
	assert_non_null(strstr(make(0), "\n💚 **Jellyfin** · started <t:1000:R>\n"));
	assert_non_null(strstr(make(0), "\nCPU 0.7 % · memory 64 MB\n"));
}

static void test_buttons_say_what_they_do_and_are_off_when_nothing_runs(void **state)
{
	(void)state;
	add("web", "Web", CONTAINER_RUNNING);
	make(0);
	assert_string_equal(body(),
		"{\"embeds\":[{\"title\":\"Server overview\",\"color\":3908957,"
		"\"description\":\"🟢 1 running\\n\\n🟢 **Web** · started <t:1000:R>\"}],\"components\":[{\"type\":1,\"components\":["
		"{\"type\":2,\"style\":2,\"emoji\":{\"name\":\"🛠️\"},\"label\":\"Control\",\"custom_id\":\"ddc1:pick\"},"
		"{\"type\":2,\"style\":2,\"emoji\":{\"name\":\"❔\"},\"label\":\"Help\",\"custom_id\":\"ddc1:help\"}]}],"
		"\"allowed_mentions\":{\"parse\":[]}}");
	settings[0].info_enabled = true;
	make(0);
	assert_non_null(strstr(body(), "\"ddc1:info\""));
	source.kind = PANEL_ADMIN_OVERVIEW;
	make(0);
	assert_non_null(strstr(body(), "\"ddc1:bulk:restart\"}"));
	assert_non_null(strstr(body(), "\"ddc1:bulk:stop\"}"));
	docker_fake.containers[0].state = CONTAINER_EXITED;
	make(0);
	assert_non_null(strstr(body(), "\"ddc1:bulk:restart\",\"disabled\":true}"));
	assert_non_null(strstr(body(), "\"ddc1:bulk:stop\",\"disabled\":true}"));
}

static void test_a_lost_engine_is_said_and_nothing_is_called_stopped(void **state)
{
	(void)state;
	add("web", "Web", CONTAINER_RUNNING)->stale = true;
	add("old", "Old", CONTAINER_EXITED)->stale = true;
	configure("never", "Never seen");
	docker_fake.link = DOCKER_DOWN;
	docker_fake.down_since_s = 5000;
	err_set(&docker_fake.link_error, ERR_UNREACHABLE, "no answer from /var/run/docker.sock");
	assert_string_equal(make(0),
		"🔌 **Docker does not answer** (last heard <t:5000:R>). What stands here is from then.\n"
		"\n"
		"❔ 3 unknown\n"
		"\n"
		"❔ **Web** · Last seen: Running\n"
		"❔ **Old** · Last seen: Stopped\n"
		"❔ **Never seen** · Cannot tell\n");
	assert_int_equal(o.colour, view_tone_colour(TONE_UNKNOWN));
	assert_false(o.something_up);
	source.kind = PANEL_ADMIN_OVERVIEW;
	assert_non_null(strstr(make(0), "\nReason: no answer from /var/run/docker.sock\n"));
}

static void test_an_engine_never_seen_and_no_container(void **state)
{
	(void)state;
	docker_fake.link = DOCKER_DOWN;
	docker_fake.down_since_s = 5000;
	assert_string_equal(make(0), "🔌 **Docker does not answer.** Nothing can be said of the containers.\n\n"
				     "No container is shown here yet. The owner chooses which ones in the settings.");
	body();
}

static void test_120_containers_make_pages_and_none_is_lost(void **state)
{
	char name[32];
	unsigned seen = 0;
	(void)state;
	for (unsigned i = 0; i < 120; i++) {
		snprintf(name, sizeof name, "service-%03u", i);
		add(name, "", CONTAINER_RUNNING);
		settings[i].display_name = names[i];
	}
	make(0);
	assert_int_equal(o.pages, 3);
	assert_string_equal(buf_text(&o.footer), "Page 1 of 3");
	assert_null(strstr(body(), "ddc1:page:overview:0"));
	assert_non_null(strstr(body(), "\"label\":\"Page 2 of 3\",\"custom_id\":\"ddc1:page:overview:1\""));
	for (unsigned page = 0; page < 3; page++) {
		const char *text = make(page);
		assert_non_null(strstr(text, "🟢 120 running\n"));
		for (unsigned i = 0; i < 120; i++) {
			snprintf(name, sizeof name, "**service-%03u**", i);
			seen += strstr(text, name) != NULL;
		}
	}
	assert_int_equal(seen, 120);
	assert_null(strstr(body(), "ddc1:page:overview:3"));
	make(7); /* a button of a panel from when there were more */
	assert_int_equal(o.page, 2);
	source.kind = PANEL_ADMIN_OVERVIEW;
	make(1);
	assert_non_null(strstr(body(), "ddc1:page:admin:0"));
	assert_non_null(strstr(body(), "ddc1:page:admin:2"));
}

static void test_the_longest_names_fit_the_description(void **state)
{
	static char longest[400];
	unsigned lines = 0;
	char name[32];
	(void)state;
	memset(longest, '*', sizeof longest - 1);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "c%u", i);
		add(name, longest, CONTAINER_EXITED)->exit_code = 127;
	}
	make(0);
	assert_true(o.pages > 2);
	for (unsigned page = 0, pages = o.pages; page < pages; page++) {
		const char *text = make(page);
		assert_true(utf8_count(buf_view(&o.text)) <= EMBED_DESCRIPTION_CHARS_MAX);
		assert_null(strstr(body(), "…\"")); /* message.c had nothing to cut at the end of the description */
		for (const char *at = text; (at = strstr(at, "🔴 **")) != NULL; at++)
			lines++;
	}
	assert_int_equal(lines, 100);
}

static void test_names_of_any_script_stay_in_their_line(void **state)
{
	(void)state;
	add("a", "🎮 Spiele\n# Laut", CONTAINER_RUNNING);
	add("b", "שרת @everyone", CONTAINER_RUNNING);
	add("c", "[x](http://y) `z`", CONTAINER_RUNNING);
	assert_string_equal(make(0), "🟢 3 running\n"
				     "\n"
				     "🟢 **🎮 Spiele # Laut** · started <t:1000:R>\n"
				     "🟢 **\u2068שרת \\@everyone\u2069** · started <t:1000:R>\n"
				     "🟢 **\\[x\\]\\(http\\://y) \\`z\\`** · started <t:1000:R>\n");
}

/* ---- groups ---- */

static void put_in(const char *name, const char *display, const char *project)
{
	snprintf(add(name, display, CONTAINER_RUNNING)->project, CONTAINER_PROJECT_BYTES, "%s", project);
}

static void add_projects(void)
{
	put_in("nginx", "nginx", "");
	put_in("sonarr", "Sonarr", "media");
	put_in("db", "DB", "wiki");
	put_in("wiki", "Wiki", "wiki");
	put_in("radarr", "Radarr", "media");
	put_in("lonely", "Lonely", "lonely");
}

static void test_projects_are_shown_under_headings_when_it_is_asked_for(void **state)
{
	(void)state;
	add_projects();
	const char *flat = make(0);
	assert_null(strstr(flat, "-# "));
	assert_true(strstr(flat, "nginx") < strstr(flat, "Sonarr") && strstr(flat, "Wiki") < strstr(flat, "Radarr"));
	uint64_t before = o.state_hash;
	source.grouping = GROUP_BY_PROJECT;
	assert_string_equal(make(0), "🟢 6 running\n"
				     "\n"
				     "-# media\n"
				     "🟢 **Sonarr** · started <t:1000:R>\n"
				     "🟢 **Radarr** · started <t:1000:R>\n"
				     "\n"
				     "-# wiki\n"
				     "🟢 **DB** · started <t:1000:R>\n"
				     "🟢 **Wiki** · started <t:1000:R>\n"
				     "\n"
				     "-# Others\n"
				     "🟢 **nginx** · started <t:1000:R>\n"
				     "🟢 **Lonely** · started <t:1000:R>\n");
	assert_true(o.state_hash != before);
	before = o.state_hash;
	docker_fake.containers[0].state = CONTAINER_EXITED; /* what happens to them moves nothing */
	assert_non_null(strstr(make(0), "-# Others\n⏹️ **nginx**"));
	snprintf(docker_fake.containers[0].project, CONTAINER_PROJECT_BYTES, "media");
	assert_non_null(strstr(make(0), "\n\n-# media\n⏹️ **nginx** · stopped <t:2000:R>\n🟢 **Sonarr**"));
	assert_true(o.state_hash != before);
}

static void test_headings_that_tell_nothing_apart_are_left_out(void **state)
{
	(void)state;
	source.grouping = GROUP_BY_PROJECT;
	put_in("a", "A", "one");
	put_in("b", "B", "two"); /* each its own project */
	assert_null(strstr(make(0), "-# "));
	for (unsigned i = 0; i < 2; i++)
		snprintf(docker_fake.containers[i].project, CONTAINER_PROJECT_BYTES, "same"); /* all in one */
	assert_null(strstr(make(0), "-# "));
	put_in("c", "C", "");
	assert_non_null(strstr(make(0), "-# same\n"));
	docker_fake.containers[2].project[0] = 0;
	settings[2].active = false;
	assert_null(strstr(make(0), "-# ")); /* who is not shown makes no group */
}

static void test_own_groups_come_before_projects(void **state)
{
	static struct config_group groups[] = {
		{"games", "wiki\nson*"}, {"empty", "nobody"}, {"all of media", "project:media"}};
	static struct config_rights rights = {.groups = groups, .group_count = 3};
	(void)state;
	config.rights = &rights;
	add_projects();
	source.grouping = GROUP_BY_OWN;
	const char *text = make(0);
	assert_non_null(strstr(text,
		"\n-# games\n🟢 **Sonarr** · started <t:1000:R>\n🟢 **Wiki** · started <t:1000:R>\n\n"
		"-# all of media\n🟢 **Radarr** · started <t:1000:R>\n\n-# Others\n🟢 **nginx**"));
	assert_null(strstr(text, "empty"));
	source.grouping = GROUP_BY_OWN | GROUP_BY_PROJECT;
	docker_fake.containers[0].project[0] = 'w',
	snprintf(docker_fake.containers[0].project, CONTAINER_PROJECT_BYTES, "wiki");
	text = make(0);
	assert_non_null(strstr(text,
		"\n\n-# wiki\n🟢 **nginx** · started <t:1000:R>\n🟢 **DB** · started <t:1000:R>\n\n-# games\n"));
	assert_non_null(strstr(text, "-# Others\n🟢 **Lonely**"));
}

static void test_names_of_groups_are_shown_as_they_are(void **state)
{
	static const char *const odd[] = {"**x** @everyone", "שרתי משחק", "[a](http://b)", "# big"};
	static struct config_group groups[4];
	static struct config_rights rights = {.groups = groups, .group_count = 4};
	static const char *const members[] = {"a", "b", "c", "d"};
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		groups[i] = (struct config_group){odd[i], members[i]};
		add(members[i], members[i], CONTAINER_RUNNING);
	}
	config.rights = &rights;
	source.grouping = GROUP_BY_OWN;
	const char *text = make(0);
	assert_non_null(strstr(text, "-# \\*\\*x\\*\\* \\@everyone\n"));
	assert_non_null(strstr(text, "-# \u2068שרתי משחק\u2069\n"));
	assert_non_null(strstr(text, "-# \\[a\\]\\(http\\://b)\n"));
	assert_non_null(strstr(text, "-# \\# big\n"));
}

static void test_groups_go_on_over_pages_and_nobody_is_lost(void **state)
{
	char name[32], project[16];
	unsigned seen = 0, headings = 0;
	(void)state;
	source.grouping = GROUP_BY_PROJECT;
	for (unsigned i = 0; i < 128; i++) {
		snprintf(name, sizeof name, "service-%03u", i);
		snprintf(project, sizeof project, "p%u", i % 3);
		put_in(name, "", i < 126 ? project : "");
		settings[i].display_name = names[i];
	}
	make(0);
	assert_true(o.pages >= 3);
	for (unsigned page = 0, pages = o.pages; page < pages; page++) {
		const char *text = make(page);
		assert_non_null(strstr(text, "🟢 128 running\n\n-# ")); /* each page says where it is */
		assert_true(utf8_count(buf_view(&o.text)) <= EMBED_DESCRIPTION_CHARS_MAX);
		for (unsigned i = 0; i < 128; i++) {
			snprintf(name, sizeof name, "**service-%03u**", i);
			seen += strstr(text, name) != NULL;
		}
		for (const char *at = text; (at = strstr(at, "-# ")); at++) {
			headings++;
			assert_memory_equal(strchr(at, '\n') + 1, "🟢", 4); /* none without its first container */
		}
	}
	assert_int_equal(seen, 128);
	assert_true(headings >= 4 && headings <= 4 + o.pages);
}

static void test_more_groups_than_there_is_room_for_are_among_the_others(void **state)
{
	char name[32], project[16];
	(void)state;
	source.grouping = GROUP_BY_PROJECT;
	for (unsigned i = 0; i < 2 * (GROUPS_SHOWN_MAX + 1); i++) {
		snprintf(name, sizeof name, "s%03u", i);
		snprintf(project, sizeof project, "p%u", i / 2);
		put_in(name, "", project);
		settings[i].display_name = names[i];
	}
	make(0);
	const char *last = make(o.pages - 1);
	assert_non_null(strstr(last, "-# p63\n"));
	assert_null(strstr(last, "-# p64\n"));
	assert_non_null(strstr(last, "-# Others\n🟢 **s128** · started <t:1000:R>\n🟢 **s129**"));
}

static void test_the_words_of_the_setting(void **state)
{
	(void)state;
	assert_int_equal(group_by_parse(STR("off")), 0);
	assert_int_equal(group_by_parse(STR("own")), GROUP_BY_OWN);
	assert_int_equal(group_by_parse(STR("project")), GROUP_BY_PROJECT);
	assert_int_equal(group_by_parse(STR("both")), GROUP_BY_OWN | GROUP_BY_PROJECT);
}

static void test_figures_change_the_content_but_are_no_news(void **state)
{
	(void)state;
	source.kind = PANEL_ADMIN_OVERVIEW;
	add_home_server();
	make(0);
	uint64_t hash = o.hash, news = o.state_hash;
	make(0);
	assert_true(o.hash == hash && o.state_hash == news);
	docker_fake.containers[1].cpu_permille = 999;
	make(0);
	assert_true(o.hash != hash && o.state_hash == news);
	docker_fake.containers[1].health = HEALTH_UNHEALTHY;
	make(0);
	assert_true(o.state_hash != news);
}

static void test_first_figures_are_no_news_either(void **state)
{
	(void)state;
	source.kind = PANEL_ADMIN_OVERVIEW;
	struct container *c = add("web", "Web", CONTAINER_RUNNING);
	make(0);
	uint64_t hash = o.hash, news = o.state_hash;
	c->cpu_known = c->memory_known = true;
	assert_non_null(strstr(make(0), "` 0.0 %"));
	assert_true(o.hash != hash && o.state_hash == news);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_the_overview_in_english),
		TEST(test_the_overview_in_german),
		TEST(test_the_admin_overview_has_columns_where_figures_are_known),
		TEST(test_buttons_say_what_they_do_and_are_off_when_nothing_runs),
		TEST(test_a_lost_engine_is_said_and_nothing_is_called_stopped),
		TEST(test_an_engine_never_seen_and_no_container),
		TEST(test_120_containers_make_pages_and_none_is_lost),
		TEST(test_the_longest_names_fit_the_description),
		TEST(test_names_of_any_script_stay_in_their_line),
		TEST(test_figures_change_the_content_but_are_no_news),
		TEST(test_first_figures_are_no_news_either),
		TEST(test_projects_are_shown_under_headings_when_it_is_asked_for),
		TEST(test_headings_that_tell_nothing_apart_are_left_out),
		TEST(test_own_groups_come_before_projects),
		TEST(test_names_of_groups_are_shown_as_they_are),
		TEST(test_groups_go_on_over_pages_and_nobody_is_lost),
		TEST(test_more_groups_than_there_is_room_for_are_among_the_others),
		TEST(test_the_words_of_the_setting),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
