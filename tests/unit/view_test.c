#include "test.h"

#include "fakes/docker_fake.h"
#include "feature/control/pending.h"
#include "feature/view/view.h"

#include <string.h>

static struct buf out;

static int setup(void **state)
{
	(void)state;
	docker_fake_clear();
	buf_init(&out, MEM_TEST, 4096);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&out);
	return 0;
}

static struct view see(const char *name)
{
	return view_of(FAKE_DOCKER, str_of(name), NULL, NULL);
}

static const char *state_text(const struct view *v, enum tr_lang lang)
{
	buf_reset(&out);
	view_add_state(&out, v, lang);
	return buf_text(&out);
}

static const char *name_text(const char *name, unsigned max_chars)
{
	struct view v = {.name = str_of(name)};
	buf_reset(&out);
	view_add_name(&out, &v, max_chars);
	return buf_text(&out);
}

static const struct expected {
	struct container c;
	const char *icon, *en, *de;
	enum view_tone tone;
} table[] = {
	{{.state = CONTAINER_RUNNING}, "🟢", "Running", "Läuft", TONE_GOOD},
	{{.state = CONTAINER_RUNNING, .health = HEALTH_HEALTHY}, "💚", "Healthy", "Gesund", TONE_GOOD},
	{{.state = CONTAINER_RUNNING, .health = HEALTH_UNHEALTHY}, "⚠️", "Unhealthy", "Nicht gesund", TONE_WARN},
	{{.state = CONTAINER_RUNNING, .health = HEALTH_STARTING}, "🔵", "Starting up", "Fährt hoch", TONE_BUSY},
	{{.state = CONTAINER_RUNNING, .oom_killed = true}, "🟢", "Running", "Läuft", TONE_GOOD},
	{{.state = CONTAINER_RESTARTING, .exit_code = 1}, "🔁", "Restarting by itself", "Startet von selbst neu",
		TONE_WARN},
	{{.state = CONTAINER_PAUSED}, "⏸️", "Paused", "Angehalten", TONE_WARN},
	{{.state = CONTAINER_CREATED}, "🆕", "Never started", "Nie gestartet", TONE_OFF},
	{{.state = CONTAINER_REMOVING}, "🗑️", "Being removed", "Wird entfernt", TONE_BUSY},
	{{.state = CONTAINER_DEAD}, "💀", "Dead", "Tot", TONE_BAD},
	{{.state = CONTAINER_EXITED}, "⏹️", "Stopped", "Gestoppt", TONE_OFF},
	{{.state = CONTAINER_EXITED, .exit_code = 1}, "🔴", "Exited (1)", "Beendet (1)", TONE_BAD},
	{{.state = CONTAINER_EXITED, .exit_code = 127}, "🔴", "Exited (127) · command not found",
		"Beendet (127) · Befehl nicht gefunden", TONE_BAD},
	{{.state = CONTAINER_EXITED, .exit_code = 137}, "⏹️", "Exited (137) · killed",
		"Beendet (137) · hart beendet", TONE_OFF},
	{{.state = CONTAINER_EXITED, .exit_code = 139}, "🔴", "Exited (139) · crashed", "Beendet (139) · abgestürzt",
		TONE_BAD},
	{{.state = CONTAINER_EXITED, .exit_code = 143}, "⏹️", "Exited (143) · on request",
		"Beendet (143) · auf Wunsch", TONE_OFF},
	{{.state = CONTAINER_EXITED, .exit_code = 137, .oom_killed = true}, "💥", "Exited (137) · out of memory",
		"Beendet (137) · Speicher erschöpft", TONE_BAD},
	{{.state = CONTAINER_RUNNING, .stale = true}, "❔", "Last seen: Running", "Zuletzt: Läuft", TONE_UNKNOWN},
	{{.state = CONTAINER_EXITED, .exit_code = 139, .stale = true}, "❔", "Last seen: Exited (139) · crashed",
		"Zuletzt: Beendet (139) · abgestürzt", TONE_UNKNOWN},
};

static void test_every_state_has_its_own_look(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct view v = {.engine = &table[i].c, .state = table[i].c.state};
		assert_string_equal(view_icon(&v), table[i].icon);
		assert_string_equal(state_text(&v, TR_EN), table[i].en);
		assert_string_equal(state_text(&v, TR_DE), table[i].de);
		assert_int_equal(view_tone_of(&v), table[i].tone);
	}
}

static void test_missing_is_not_unknown_and_neither_is_stopped(void **state)
{
	(void)state;
	struct view v = see("web");
	assert_string_equal(state_text(&v, TR_EN), "Not found");
	assert_string_equal(view_icon(&v), "🚫");
	docker_fake.beyond = "web";
	v = see("web");
	assert_string_equal(state_text(&v, TR_EN), "Beyond DDC_MAX_CONTAINERS");
	assert_string_equal(view_icon(&v), "🙈");
	assert_int_equal(view_tone_of(&v), TONE_WARN);
	docker_fake.link = DOCKER_DOWN;
	v = see("web");
	assert_string_equal(state_text(&v, TR_EN), "Cannot tell");
	assert_string_equal(view_icon(&v), "❔");
	assert_int_equal(view_tone_of(&v), TONE_UNKNOWN);
}

static void test_a_pending_action_covers_the_state_and_names_who(void **state)
{
	struct pending_action a = {.name = "web", .action = DOCKER_RESTART, .since_s = 1700000000, .user = "An*n"};
	(void)state;
	docker_fake_add("web", CONTAINER_RUNNING);
	struct view v = view_of(FAKE_DOCKER, STR("web"), NULL, &a);
	assert_string_equal(state_text(&v, TR_EN), "Restarting… (by An\\*n)");
	assert_string_equal(view_icon(&v), "⏳");
	buf_reset(&out);
	view_add_since(&out, &v, TR_EN);
	assert_string_equal(buf_text(&out), "asked <t:1700000000:R>");
	assert_false(view_action_fits(&v, DOCKER_STOP));
	a.user[0] = 0;
	assert_string_equal(state_text(&v, TR_FR), "Redémarrage…");
}

static void test_since_is_a_time_that_discord_keeps_current(void **state)
{
	(void)state;
	struct container *c = docker_fake_add("web", CONTAINER_RUNNING);
	c->started_at_s = 100, c->finished_at_s = 90;
	struct view v = see("web");
	view_add_since(&out, &v, TR_EN);
	assert_string_equal(buf_text(&out), "started <t:100:R>");
	c->state = CONTAINER_EXITED;
	v = see("web");
	buf_reset(&out);
	view_add_since(&out, &v, TR_DE);
	assert_string_equal(buf_text(&out), "gestoppt <t:90:R>");
	c->finished_at_s = 0;
	buf_reset(&out);
	view_add_since(&out, &v, TR_DE);
	assert_string_equal(buf_text(&out), "");
}

static void test_figures_are_shown_only_when_they_are_known(void **state)
{
	(void)state;
	struct container *c = docker_fake_add("web", CONTAINER_RUNNING);
	struct view v = see("web");
	view_add_cpu(&out, &v), view_add_memory(&out, &v);
	assert_string_equal(buf_text(&out), "––");
	static const struct {
		uint32_t permille;
		uint64_t bytes;
		const char *text;
	} figures[] = {
		{0, 0, "0.0 %|0.0 MB"},
		{12, 5 << 20, "1.2 %|5.0 MB"},
		{999, 512 << 20, "99.9 %|512 MB"},
		{1234, 1434ull << 20, "123 %|1.4 GB"},
		{31995, 70ull << 30, "3200 %|70.0 GB"},
	};
	c->cpu_known = c->memory_known = true;
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		c->cpu_permille = figures[i].permille, c->memory_bytes = figures[i].bytes;
		buf_reset(&out);
		view_add_cpu(&out, &v), buf_add_char(&out, '|'), view_add_memory(&out, &v);
		assert_string_equal(buf_text(&out), figures[i].text);
	}
	c->stale = true;
	buf_reset(&out);
	view_add_cpu(&out, &v);
	assert_string_equal(buf_text(&out), "–");
}

static void test_names_are_shown_literally_and_cut_whole(void **state)
{
	(void)state;
	assert_string_equal(name_text("my_web*", 40), "my\\_web\\*");
	assert_string_equal(name_text("  spread\nover\tlines ", 40), "spread over lines");
	assert_string_equal(name_text("abcdefghij", 10), "abcdefghij");
	assert_string_equal(name_text("abcdefghijk", 10), "abcdefghi…");
	/* a family is four people joined: all of them or none */
	assert_string_equal(name_text("ab👨‍👩‍👧‍👦cdefgh", 6), "ab…");
	assert_string_equal(name_text("xe\xcc\x81yz", 3), "x…");
}

static void test_right_to_left_names_keep_to_themselves(void **state)
{
	(void)state;
	assert_string_equal(name_text("שרת משחק", 40), "\u2068שרת משחק\u2069");
	assert_string_equal(name_text("a\u202e"
				      "b\u2066"
				      "c",
				    40),
		"abc"); /* direction marks could turn the panel around */
}

static void test_actions_fit_the_state(void **state)
{
	static const struct {
		enum container_state state;
		const char *fits;
	} expected[] = {
		{CONTAINER_CREATED, "start "},
		{CONTAINER_RUNNING, "stop restart pause kill "},
		{CONTAINER_PAUSED, "stop restart unpause kill "},
		{CONTAINER_RESTARTING, "stop restart kill "},
		{CONTAINER_EXITED, "start "},
		{CONTAINER_REMOVING, ""},
		{CONTAINER_DEAD, ""},
		{CONTAINER_UNKNOWN, ""},
		{CONTAINER_MISSING, ""},
		{CONTAINER_BEYOND, ""},
	};
	static const char *const names[] = {"start ", "stop ", "restart ", "pause ", "unpause ", "kill "};
	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct container c = {.state = expected[i].state};
		struct view v = {.engine = &c, .state = c.state};
		buf_reset(&out);
		for (unsigned a = 0; a < DOCKER_ACTION_COUNT; a++)
			if (view_action_fits(&v, (enum docker_action)a))
				buf_add_str(&out, names[a]);
		assert_string_equal(buf_text(&out), expected[i].fits);
		c.stale = true;
		assert_false(view_action_fits(&v, DOCKER_START) || view_action_fits(&v, DOCKER_STOP));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_state_has_its_own_look, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing_is_not_unknown_and_neither_is_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_pending_action_covers_the_state_and_names_who, setup, teardown),
		cmocka_unit_test_setup_teardown(test_since_is_a_time_that_discord_keeps_current, setup, teardown),
		cmocka_unit_test_setup_teardown(test_figures_are_shown_only_when_they_are_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_are_shown_literally_and_cut_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_right_to_left_names_keep_to_themselves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_actions_fit_the_state, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
