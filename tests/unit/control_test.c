/* The dialogue as a person in Discord sees it: a press or a command goes in, what Discord is told comes out.
 */
#include "test.h"

#include "base/json_reader.h"
#include "fakes/control_stage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALL = ALLOW_START | ALLOW_STOP | ALLOW_RESTART, MESSAGE = 7001, PUBLIC = 0 };

/* ---- a person ---- */

static void command(uint64_t user, uint64_t channel, const char *name)
{
	struct interaction in = interaction(INTERACTION_COMMAND, user, channel);

	in.command = str_of(name);
	control_on_interaction(control, &in);
}

/* message: the private message that the component is on; PUBLIC: a panel of the channel. */
static struct interaction on_message(
	enum interaction_type type, uint64_t user, uint64_t channel, uint64_t message, const char *id)
{
	struct interaction in = interaction(type, user, channel);

	in.component_type = COMPONENT_BUTTON;
	in.custom_id = str_of(id);
	in.message_id = message ? message : 1;
	in.message_flags = message ? MESSAGE_EPHEMERAL : 0;
	return in;
}

static void press(uint64_t user, uint64_t channel, uint64_t message, const char *id)
{
	struct interaction in = on_message(INTERACTION_COMPONENT, user, channel, message, id);

	control_on_interaction(control, &in);
}

/* As above, and Discord accepts the answer: only then what was asked for begins. */
static void press_ok(uint64_t user, uint64_t channel, uint64_t message, const char *id)
{
	press(user, channel, message, id);
	answer_fake_answer(answer_fake_last(), 200, 0, 0);
}

static void choose(uint64_t user, uint64_t channel, uint64_t message, const char *container)
{
	struct interaction in = on_message(INTERACTION_COMPONENT, user, channel, message, "ddc1:open");

	in.component_type = COMPONENT_SELECT;
	in.values[0] = str_of(container);
	in.value_count = 1;
	control_on_interaction(control, &in);
}

static void search(uint64_t user, uint64_t message, const char *text)
{
	struct interaction in = on_message(INTERACTION_MODAL, user, FAKE_CONTROL, message, "ddc1:found");

	in.fields[0] = (struct interaction_option){.name = STR("name"), .value = str_of(text)};
	in.field_count = 1;
	control_on_interaction(control, &in);
}

/* ---- a container ---- */

static struct container *container(const char *name, enum container_state state)
{
	struct container *c = docker_fake_add(name, state);

	config_fake_add(name, NULL, ALL);
	c->started_at_s = STAGE_WALL_S - 3600;
	return c;
}

static void happens(struct container *c, enum container_state state, enum container_event event)
{
	c->state = state;
	if (state == CONTAINER_RUNNING)
		c->started_at_s = clock_wall_s() + 1;
	pending_on_container(pending, c, event);
	control_on_container(control, c, event);
}

/* ---- what Discord is told ---- */

#define assert_says(r, text)                                                                                           \
	do {                                                                                                           \
		if (!(r) || !strstr((r)->body, text))                                                                  \
			fail_msg("\"%s\" is not in %s", text, (r) ? (r)->body : "nothing");                            \
	} while (0)
#define assert_not_says(r, text)                                                                                       \
	do {                                                                                                           \
		if (strstr((r)->body, text))                                                                           \
			fail_msg("\"%s\" is in %s", text, (r)->body);                                                  \
	} while (0)
#define assert_path(r, text)                                                                                           \
	do {                                                                                                           \
		if (!(r) || !strstr((r)->path, text))                                                                  \
			fail_msg("%s is not %s", (r) ? (r)->path : "nothing", text);                                   \
	} while (0)

static struct fake_request *last(void)
{
	return answer_fake_last();
}

static bool is_private(const struct fake_request *r)
{
	return strstr(r->body, "\"type\":4") && strstr(r->body, "\"flags\":64");
}

static bool is_update(const struct fake_request *r)
{
	return strstr(r->body, "{\"type\":7,") == r->body && strstr(r->path, "/callback");
}

static bool is_edit(const struct fake_request *r)
{
	return r->method == REST_PATCH && strstr(r->path, "/messages/@original");
}

static unsigned count_in(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* ---- commands ---- */

static void test_serverstatus_posts_the_panel_and_the_board_keeps_it(void **state)
{
	(void)state;
	command(FAKE_PERSON, FAKE_STATUS, "serverstatus");
	assert_int_equal(answer_fake.count, 1);
	assert_path(last(), "/interactions/50001/tok50001/callback?with_response=true");
	assert_says(last(), "{\"type\":4,");
	assert_says(last(), "kind 0 channel 11 page 0");
	assert_not_says(last(), "\"flags\"");
	assert_int_equal(adopted.count, 0); /* not before it exists */
	answer_fake_answer(last(), 200, 0, 9876);
	assert_int_equal(adopted.count, 1);
	assert_int_equal(adopted.message_id, 9876);
	assert_int_equal(adopted.channel_id, FAKE_STATUS);
	assert_int_equal(adopted.kind, PANEL_OVERVIEW);
	assert_string_equal(record.line, "post_overview  command done ");
}

static void test_the_panels_id_is_asked_for_if_the_answer_does_not_name_it(void **state)
{
	(void)state;
	command(FAKE_PERSON, FAKE_CONTROL, "control");
	answer_fake_answer(last(), 204, 0, 0);
	assert_int_equal(answer_fake.count, 2);
	assert_int_equal(last()->method, REST_GET);
	assert_path(last(), "/webhooks/77/tok50001/messages/@original");
	answer_fake_answer(last(), 200, 0, 555);
	assert_int_equal(adopted.message_id, 555);
	assert_int_equal(adopted.kind, PANEL_ADMIN_OVERVIEW);
	assert_int_equal(adopted.channel_id, FAKE_CONTROL);
}

static void test_a_command_in_the_wrong_place_is_refused_privately_with_the_way_out(void **state)
{
	(void)state;
	config_fake.cooldown_s = 30;
	command(FAKE_PERSON, FAKE_CONTROL, "ss");
	assert_true(is_private(last()));
	assert_says(last(), "/control");
	assert_string_equal(record.line, "see overview  command refused kind of channel");
	command(FAKE_PERSON, FAKE_STATUS, "control");
	assert_true(is_private(last()));
	assert_says(last(), "/serverstatus");
	command(FAKE_PERSON, FAKE_ELSEWHERE, "serverstatus");
	assert_says(last(), "not set up");
	command(FAKE_PERSON, FAKE_STATUS, "ss"); /* no refusal has cost anything */
	assert_says(last(), "BOARD");
	command(FAKE_PERSON, FAKE_STATUS, "serverstatus"); /* the two share one cooldown */
	assert_true(is_private(last()));
	assert_says(last(), "<t:1790000030:R>");
	answer_fake_answer_all(0);
	assert_int_equal(adopted.count, 0);
}

static void test_help_is_private_and_in_the_readers_language(void **state)
{
	struct interaction in = interaction(INTERACTION_COMMAND, FAKE_PERSON, FAKE_ELSEWHERE);

	(void)state;
	in.command = STR("help");
	strcpy(in.locale, "de");
	control_on_interaction(control, &in);
	assert_true(is_private(last()));
	assert_says(last(), "Hilfe");
	assert_says(last(), "`/serverstatus` Zeigt den Zustand aller Container");
	assert_says(last(), "Speicher erschöpft"); /* the panels' own words for the signs */
	assert_not_says(last(), "/addadmin");
}

static void test_ping_is_public(void **state)
{
	(void)state;
	command(FAKE_PERSON, FAKE_ELSEWHERE, "ping");
	assert_false(is_private(last()));
	assert_says(last(), "42 ms");
	gateway_ms = 0; /* no heartbeat yet: what the last request took */
	answer_fake.last_latency_ms = 17;
	command(FAKE_PERSON, FAKE_ELSEWHERE, "ping");
	assert_says(last(), "17 ms");
}

static void test_what_is_unknown_gets_a_private_sentence(void **state)
{
	static const char *const ids[] = {
		"ddc1:nonsense", "ddc9:pick", "", "whatever", "mech_details_11", "edit_something_web", "ddc1:found"};

	(void)state;
	command(FAKE_PERSON, FAKE_STATUS, "donate");
	assert_true(is_private(last()));
	assert_says(last(), "`/help`");
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		unsigned before = answer_fake.count;

		press(FAKE_PERSON, FAKE_STATUS, PUBLIC, ids[i]);
		assert_int_equal(answer_fake.count, before + 1);
		assert_true(is_private(last()));
		assert_says(last(), "/serverstatus");
	}
}

static void test_a_direct_message_is_refused_politely(void **state)
{
	struct interaction in = interaction(INTERACTION_COMMAND, FAKE_ADMIN, 4711);

	(void)state;
	in.command = STR("help");
	in.has_member = false;
	in.guild_id = 0;
	control_on_interaction(control, &in);
	assert_says(last(), "not in direct messages");
}

/* ---- the picker ---- */

static void many_containers(unsigned n)
{
	char name[16];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof name, "box-%03u", i);
		container(name, CONTAINER_RUNNING);
	}
}

static void test_the_picker_holds_any_number(void **state)
{
	(void)state;
	many_containers(60);
	config_fake.containers[3].active = false;
	press(FAKE_ADMIN, FAKE_STATUS, PUBLIC, "ddc1:pick");
	assert_true(is_private(last()));
	assert_int_equal(count_in(last()->body, "\"value\":"), 25);
	assert_says(last(), "59 containers");
	assert_says(last(), "Page 1 of 3");
	assert_says(last(), "Running");
	assert_not_says(last(), "box-003");
	press(FAKE_ADMIN, FAKE_STATUS, MESSAGE, "ddc1:pickpage:2:");
	assert_true(is_update(last()));
	assert_int_equal(count_in(last()->body, "\"value\":"), 9);
	assert_says(last(), "box-059");
	press(FAKE_ADMIN, FAKE_STATUS, MESSAGE, "ddc1:pickpage:99:"); /* an old button: the last page there is */
	assert_says(last(), "Page 3 of 3");
}

static void test_the_picker_searches(void **state)
{
	(void)state;
	many_containers(60);
	config_fake_add("db", "Großer Speicher", ALL);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:search");
	assert_says(last(), "{\"type\":9,");
	assert_says(last(), "\"custom_id\":\"ddc1:found\"");
	search(FAKE_PERSON, MESSAGE, "BOX-01");
	assert_true(is_update(last()));
	assert_int_equal(count_in(last()->body, "\"value\":"), 10);
	search(FAKE_PERSON, MESSAGE, " speicher ");
	assert_int_equal(count_in(last()->body, "\"value\":\"db\""), 1);
	search(FAKE_PERSON, MESSAGE, "*nothing*");
	assert_says(last(), "\\\\*nothing\\\\*");
	assert_says(last(), "Show all");
	assert_int_equal(count_in(last()->body, "\"value\":"), 0);
	search(FAKE_PERSON, MESSAGE, "ああああああああああああああああああああああああああああああ");
	assert_true(is_update(last()));
}

static void test_only_those_who_may_get_the_picker(void **state)
{
	static const char *const ids[] = {"ddc1:pick", "ddc1:pickpage:0:", "ddc1:search", "ddc1:refresh:web",
		"ddc1:start:web", "ddc1:stop:web", "ddc1:restart:web", "admin_button_11", "restart_web"};

	(void)state;
	container("web", CONTAINER_RUNNING);
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		press(FAKE_PERSON, FAKE_STATUS, MESSAGE, ids[i]); /* a stale private panel gives no right */
		assert_true(is_private(last()));
		assert_says(last(), "admins");
		press(FAKE_ADMIN, FAKE_ELSEWHERE, MESSAGE, ids[i]);
		assert_says(last(), "not set up");
	}
	choose(FAKE_PERSON, FAKE_STATUS, MESSAGE, "web");
	assert_says(last(), "admins");
	assert_int_equal(docker_act_fake.count, 0);
}

/* ---- the panel ---- */

static void test_a_choice_opens_the_panel_with_what_is_allowed(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);

	(void)state;
	web->restart_count = 2;
	strcpy(web->image, "nginx:1.25");
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	assert_true(is_update(last()));
	assert_says(last(), "Running");
	assert_says(last(), "nginx:1.25");
	assert_says(last(), "2 times");
	assert_says(last(), "ddc1:stop:web");
	assert_says(last(), "ddc1:restart:web");
	assert_says(last(), "\"custom_id\":\"ddc1:start:web\",\"disabled\":true"); /* it runs already */
	answer_fake_answer_all(0);
	web->cpu_known = web->memory_known = true;
	web->cpu_permille = 123;
	web->memory_bytes = 100 << 20;
	assert_true(fake_answer(FAKE_USAGE, "web", NULL));
	assert_true(is_edit(last()));
	assert_path(last(), "/webhooks/77/tok50001/");
	assert_says(last(), "12.3 %");

	config_fake.containers[0].allowed = ALLOW_STATUS | ALLOW_RESTART;
	config_fake.containers[0].detailed_status = false;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	assert_not_says(last(), "ddc1:stop:web");
	assert_not_says(last(), "ddc1:start:web");
	assert_says(last(), "ddc1:restart:web");
	assert_not_says(last(), "CPU");
}

static void test_a_panel_shows_old_figures_while_memory_is_short(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);

	(void)state;
	web->cpu_known = web->memory_known = true;
	web->cpu_permille = 123;
	web->stats_at_s = 1790000000 - 40;
	err_set(&docker_act_fake.refuse_usage, ERR_MEMORY, "memory is short");
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	assert_says(last(), "12.3 %");
	assert_says(last(), "I read no new figures. These are from <t:1789999960:R>");
	docker_act_fake.refuse_usage.code = ERR_NONE;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	assert_not_says(last(), "I read no new figures");
	assert_true(fake_answer(FAKE_USAGE, "web", NULL));
}

static void test_a_press_restarts_and_tells_the_end(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);

	(void)state;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	answer_fake_answer_all(0);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:web");
	assert_int_equal(fake_acts("web", DOCKER_RESTART), 0); /* not before Discord has taken the answer */
	assert_null(pending_find(pending, STR("web")));
	assert_int_equal(answer_fake.count, 2); /* the choice and the press: no edit through the old token */
	assert_true(is_update(last()));
	assert_says(last(), "Restarting… (by Bob)");
	assert_says(last(), "\"custom_id\":\"ddc1:stop:web\",\"disabled\":true");
	answer_fake_answer_all(0);
	assert_int_equal(fake_acts("web", DOCKER_RESTART), 1);
	assert_int_equal(answer_fake.count, 2); /* it looks like that already */
	happens(web, CONTAINER_EXITED, CONTAINER_DIED);
	answer_fake_answer_all(0);
	happens(web, CONTAINER_RUNNING, CONTAINER_CHANGED);
	assert_true(is_edit(last()));
	assert_path(last(), "tok50002"); /* the newest token of that message */
	assert_says(last(), "Running");	 /* at once, with the result */
	assert_says(last(), "✅ Restart: done");
	assert_not_says(last(), "\"custom_id\":\"ddc1:stop:web\",\"disabled\":true");
	answer_fake_answer_all(0);
	unsigned told = answer_fake.count;
	assert_int_equal(record.count, 0); /* not before it has stayed up for a moment */
	pass_ms(3000);
	assert_int_equal(answer_fake.count, told);
	assert_string_equal(record.line, "restart web button done ");
	assert_int_equal(record.count, 1);
}

static void test_what_dies_right_after_its_start_is_told_in_place_of_done(void **state)
{
	struct container *web = container("web", CONTAINER_EXITED);

	(void)state;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:start:web");
	answer_fake_answer_all(0);
	happens(web, CONTAINER_RUNNING, CONTAINER_CHANGED);
	answer_fake_answer_all(0);
	assert_says(last(), "✅ Start: done");
	pass_ms(1000);
	web->exit_code = 3;
	happens(web, CONTAINER_EXITED, CONTAINER_DIED);
	answer_fake_answer_all(0);
	assert_says(last(), "❌ Start failed: it ended right after its start: exit code 3");
	assert_not_says(last(), "✅");
	assert_int_equal(record.count, 1);
}

static void test_the_reason_of_a_failure_is_shown(void **state)
{
	(void)state;
	container("web", CONTAINER_EXITED);
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:start:web");
	answer_fake_answer_all(0);
	fake_answer(FAKE_ACT, "web", "port 80 is in use");
	assert_true(is_edit(last()));
	assert_says(last(), "❌ Start failed: port 80 is in use");
	assert_says(last(), "ddc1:start:web");
	assert_not_says(last(), "\"custom_id\":\"ddc1:start:web\",\"disabled\":true");
	assert_string_equal(record.line, "start web button failed port 80 is in use");
}

static void test_two_people_one_action_one_explanation(void **state)
{
	(void)state;
	container("web", CONTAINER_RUNNING);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:web");
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 1, "ddc1:stop:web"); /* before Discord has answered the first */
	assert_true(is_private(last()));
	assert_says(last(), "Bob asked for “Restart”");
	answer_fake_answer_all(0);
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 1, "ddc1:stop:web");
	answer_fake_answer_all(0);
	assert_int_equal(docker_act_fake.count, 1);
	assert_true(is_private(last()));
	assert_says(last(), "Bob asked for “Restart”");
	assert_string_equal(record.line, "stop web button refused an action is already under way");
}

static void test_what_may_not_be_done_is_not_done_whatever_the_id_says(void **state)
{
	static const struct {
		const char *id, *says;
	} forged[] = {
		{"ddc1:stop:nobody", "no such container"},
		{"ddc1:stop:", "no such container"},
		{"ddc1:stop:../../etc", "no such container"},
		{"ddc1:stop:off", "switched off"},
		{"ddc1:stop:limited", "not among the actions"},
		{"ddc1:stop:ddc", "the container I run in"},
		{"ddc1:restart:ddc", "the container I run in"},
		{"stop_ddc", "the container I run in"},
		{"ddc1:refresh:nobody", "no such container"},
	};

	(void)state;
	container("off", CONTAINER_RUNNING);
	config_fake.containers[0].active = false;
	container("limited", CONTAINER_RUNNING);
	config_fake.containers[1].allowed = ALLOW_STATUS;
	container("ddc", CONTAINER_RUNNING)->is_self = true;
	for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++) {
		press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, forged[i].id);
		assert_true(is_private(last()));
		assert_says(last(), forged[i].says);
		assert_int_equal(record.count, i + 1);
	}
	choose(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, "nobody");
	assert_says(last(), "no such container");
	assert_int_equal(docker_act_fake.count, 0);
	choose(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, "ddc");
	assert_not_says(last(), "ddc1:stop:ddc");
	assert_not_says(last(), "ddc1:restart:ddc");
}

static void test_a_press_that_no_longer_fits_shows_how_it_is_now(void **state)
{
	(void)state;
	container("web", CONTAINER_EXITED);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:stop:web");
	assert_true(is_update(last()));
	assert_says(last(), "does not fit any more");
	assert_int_equal(docker_act_fake.count, 0);
}

static void test_one_beyond_the_limit_is_not_called_missing(void **state)
{
	(void)state;
	config_fake_add("web", NULL, ALLOW_STATUS | ALLOW_STOP | ALLOW_START);
	docker_fake.beyond = "web";
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:stop:web");
	assert_says(last(), "🙈 **Beyond DDC_MAX_CONTAINERS**");
	assert_says(last(), "Whoever runs me can raise that number");
	assert_not_says(last(), "does not fit any more");
	assert_int_equal(docker_act_fake.count, 0);
	assert_string_equal(record.line, "stop web button refused beyond DDC_MAX_CONTAINERS");
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop");
	assert_says(last(), "web: Beyond DDC_MAX_CONTAINERS");
	assert_not_says(last(), "not running and");
}

static void test_an_engine_that_is_away_is_said(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);

	(void)state;
	docker_fake.link = DOCKER_DOWN;
	err_set(&docker_fake.link_error, ERR_UNREACHABLE, "connection refused");
	web->stale = true;
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:stop:web");
	assert_says(last(), "Docker cannot be reached at the moment: connection refused");
	assert_int_equal(docker_act_fake.count, 0);
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop");
	assert_says(last(), "Docker cannot be reached");
}

static void test_cooldowns_count_what_was_done(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);

	(void)state;
	config_fake.cooldown_s = 15;
	config_fake.containers[0].allowed = ALLOW_STATUS | ALLOW_STOP;
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:web"); /* refused: costs nothing */
	config_fake.containers[0].allowed = ALL;
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:web");
	assert_int_equal(docker_act_fake.count, 1);
	happens(web, CONTAINER_EXITED, CONTAINER_DIED);
	happens(web, CONTAINER_RUNNING, CONTAINER_CHANGED);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:web");
	assert_true(is_private(last()));
	assert_says(last(), "<t:1790000015:R>");
	assert_int_equal(fake_acts("web", DOCKER_RESTART), 1);
}

static void test_open_panels_follow_until_their_token_dies(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);
	unsigned before;

	(void)state;
	config_fake.containers[0].detailed_status = false;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	answer_fake_answer_all(0);
	happens(web, CONTAINER_PAUSED, CONTAINER_CHANGED);
	assert_true(is_edit(last()));
	assert_says(last(), "Paused");
	answer_fake_answer_all(0);
	before = answer_fake.count;
	control_on_container(control, web, CONTAINER_CHANGED); /* nothing to see: nothing is sent */
	assert_int_equal(answer_fake.count, before);
	pass_ms(INTERACTION_LIFE_MS);
	happens(web, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(answer_fake.count, before);
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web"); /* its buttons go on working */
	assert_true(is_update(last()));
}

static void test_when_memory_is_short_panels_that_nobody_touches_stop_following(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING), *db = container("db", CONTAINER_RUNNING);
	size_t three;
	unsigned before;

	(void)state;
	config_fake.containers[0].detailed_status = false;
	config_fake.containers[1].detailed_status = false;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");		  /* long ago */
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 1, "ddc1:stop:db"); /* so was this, but it is under way */
	answer_fake_answer_all(0);
	pass_ms(5 * 60 * 1000);
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 2, "web"); /* just now */
	answer_fake_answer_all(0);
	three = mem_use_of(MEM_CONTROL).bytes;
	control_shed_idle(control);
	assert_true(mem_use_of(MEM_CONTROL).bytes + 1000 < three); /* a panel, and its reply */
	before = answer_fake.count;
	happens(web, CONTAINER_PAUSED, CONTAINER_CHANGED);
	assert_int_equal(answer_fake.count, before + 1); /* the one of now */
	happens(db, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(answer_fake.count, before + 2);   /* and how that ended */
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web"); /* its buttons go on working */
	assert_true(is_update(last()));
}

static void test_when_memory_is_short_answers_that_are_over_go(void **state)
{
	size_t rest = mem_use_of(MEM_CONTROL).bytes;

	(void)state;
	container("web", CONTAINER_RUNNING);
	config_fake.containers[0].detailed_status = false;
	for (unsigned i = 0; i < 20; i++)
		choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE + i, "web");
	answer_fake_answer_all(0);
	assert_true(mem_use_of(MEM_CONTROL).bytes > rest + 20 * 1000);
	pass_ms(INTERACTION_LIFE_MS);
	control_shed_idle(control);
	assert_true(mem_use_of(MEM_CONTROL).bytes < rest + 1000);
}

static void test_when_memory_is_short_the_hour_of_figures_begins_anew(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);
	size_t before = mem_use_of(MEM_CONTAINERS).bytes;

	(void)state;
	web->cpu_known = web->memory_known = true;
	control_on_container(control, web, CONTAINER_USAGE);
	assert_true(mem_use_of(MEM_CONTAINERS).bytes > before + 400);
	control_shed_history(control);
	assert_int_equal(mem_use_of(MEM_CONTAINERS).bytes, before);
	control_on_container(control, web, CONTAINER_USAGE);
	assert_true(mem_use_of(MEM_CONTAINERS).bytes > before + 400);
}

static void test_only_the_newest_edit_waits_behind_the_one_on_its_way(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);

	(void)state;
	config_fake.containers[0].detailed_status = false;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web"); /* not answered by Discord yet */
	happens(web, CONTAINER_PAUSED, CONTAINER_CHANGED);
	happens(web, CONTAINER_RUNNING, CONTAINER_CHANGED);
	happens(web, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(answer_fake.count, 1);
	answer_fake_answer(last(), 200, 0, 0);
	assert_int_equal(answer_fake.count, 2);
	assert_says(last(), "Stopped");
	answer_fake_answer(last(), 200, 0, 0);
	assert_int_equal(answer_fake.count, 2);
}

static void test_the_panel_stops_following_when_it_shows_something_else(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);
	unsigned before;

	(void)state;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:pick");
	assert_true(is_update(last()));
	answer_fake_answer_all(0);
	before = answer_fake.count;
	happens(web, CONTAINER_PAUSED, CONTAINER_CHANGED);
	assert_int_equal(answer_fake.count, before);
}

static void test_when_too_many_are_open_the_oldest_stops_following(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);
	unsigned before;

	(void)state;
	config_fake.containers[0].detailed_status = false;
	for (unsigned i = 0; i < 33; i++)
		choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE + i, "web");
	answer_fake_answer_all(0);
	before = answer_fake.count;
	happens(web, CONTAINER_PAUSED, CONTAINER_CHANGED);
	assert_int_equal(answer_fake.count, before + 32);
	for (unsigned i = before; i < answer_fake.count; i++)
		assert_null(strstr(answer_fake.requests[i].path, "/tok50001/"));
}

static void test_nothing_is_tried_on_a_dead_interaction(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);
	static const int codes[] = {10062, 10008, 10015, 50027};

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		unsigned before;

		choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
		answer_fake_answer(last(), 404, codes[i], 0);
		before = answer_fake.count;
		happens(web, i % 2 ? CONTAINER_RUNNING : CONTAINER_PAUSED, CONTAINER_CHANGED);
		assert_int_equal(answer_fake.count, before);
	}
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	happens(web, CONTAINER_EXITED, CONTAINER_DIED);
	answer_fake_answer(last(), 400, 40060, 0); /* the first try had arrived after all: edits work */
	assert_true(is_edit(last()));
}

static void test_twice_late_or_broken_does_nothing(void **state)
{
	struct interaction in;

	(void)state;
	container("web", CONTAINER_RUNNING);
	in = on_message(INTERACTION_COMPONENT, FAKE_ADMIN, FAKE_CONTROL, MESSAGE, "ddc1:restart:web");
	control_on_interaction(control, &in);
	control_on_interaction(control, &in);
	answer_fake_answer_all(0);
	control_on_interaction(control, &in);
	assert_int_equal(docker_act_fake.count, 1);
	assert_int_equal(answer_fake.count, 1);
	in = on_message(INTERACTION_COMPONENT, FAKE_ADMIN, FAKE_CONTROL, MESSAGE, "ddc1:bulk:stop");
	in.ref.received_ms -= 3000;
	control_on_interaction(control, &in);
	in.ref.received_ms += 3000;
	in.ref.id++;
	in.ref.token[0] = '\0';
	control_on_interaction(control, &in);
	in = (struct interaction){0};
	control_on_interaction(control, &in);
	in = interaction(0, 0, 0);
	control_on_interaction(control, &in);
	assert_int_equal(answer_fake.count, 1);
	in = interaction(INTERACTION_COMPONENT, 0, 0); /* all empty: one private sentence */
	control_on_interaction(control, &in);
	assert_true(is_private(last()));
	in = interaction(INTERACTION_AUTOCOMPLETE, FAKE_PERSON, FAKE_CONTROL);
	control_on_interaction(control, &in);
	assert_says(last(), "{\"type\":8,");
}

static void test_a_slow_engine_is_waited_for_with_a_deferral(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);

	(void)state;
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:refresh:web");
	assert_int_equal(answer_fake.count, 0);
	pass_ms(RESPOND_DEFER_MS);
	assert_int_equal(answer_fake.count, 1);
	assert_string_equal(last()->body, "{\"type\":6}");
	web->state = CONTAINER_PAUSED;
	fake_answer(FAKE_REFRESH, "web", NULL); /* before Discord has taken the deferral */
	assert_int_equal(answer_fake.count, 1);
	answer_fake_answer(last(), 204, 0, 0);
	assert_true(is_edit(last()));
	assert_says(last(), "Paused");

	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 1, "ddc1:refresh:web"); /* a fast one needs none */
	fake_answer(FAKE_REFRESH, "web", NULL);
	assert_true(is_update(last()));
	pass_ms(RESPOND_DEFER_MS);
	assert_true(is_update(last()));
}

static void test_a_panel_of_the_original_acts_and_brings_a_fresh_one(void **state)
{
	(void)state;
	container("my_web", CONTAINER_RUNNING);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "restart_my_web");
	assert_true(is_private(last()));
	assert_says(last(), "Restarting…");
	assert_says(last(), "ddc1:restart:my_web");
	answer_fake_answer(last(), 200, 0, 0);
	assert_int_equal(fake_acts("my_web", DOCKER_RESTART), 1);
	press(FAKE_PERSON, FAKE_CONTROL, PUBLIC, "admin_overview_admin_22");
	assert_says(last(), "ddc1:open");
	press(FAKE_PERSON, FAKE_CONTROL, PUBLIC, "admin_overview_stop_all_22");
	assert_says(last(), "for admins");
	press(FAKE_PERSON, FAKE_STATUS, PUBLIC, "help_button_11");
	assert_says(last(), "Help");
}

static void test_pages_of_an_overview_are_turned_privately(void **state)
{
	(void)state;
	press(FAKE_PERSON, FAKE_STATUS, PUBLIC, "ddc1:page:overview:1");
	assert_true(is_private(last()));
	assert_says(last(), "kind 0 channel 11 page 1");
	press(FAKE_PERSON, FAKE_STATUS, MESSAGE, "ddc1:page:overview:0");
	assert_true(is_update(last()));
	press(FAKE_PERSON, FAKE_STATUS, PUBLIC, "ddc1:page:admin:1");
	assert_says(last(), "control channels only");
}

static void test_info_shows_what_the_owner_wrote_and_nothing_protected(void **state)
{
	struct config_container *c;

	(void)state;
	press(FAKE_PERSON, FAKE_STATUS, PUBLIC, "ddc1:info");
	assert_true(is_private(last()));
	assert_says(last(), "No container has information");
	c = config_fake_add("web", "Web", ALL);
	c->info_enabled = c->info_show_ip = c->info_protected = true;
	c->info_text = "Ask **Anna** @everyone";
	c->info_ip = "play.example.org";
	c->info_port = "25565";
	c->info_protected_text = "hunter2";
	press(FAKE_PERSON, FAKE_STATUS, PUBLIC, "info_button_11");
	assert_says(last(), "Ask **Anna**");
	assert_says(last(), "play.example.org:25565");
	assert_not_says(last(), "hunter2");
	assert_says(last(), "\"allowed_mentions\":{\"parse\":[]}");
	press(FAKE_PERSON, FAKE_STATUS, PUBLIC,
		"ddc1:card:ask:web"); /* of a card from before: no password would open it */
	assert_says(last(), "has no password");
	config_fake.containers[0].info_text = "```\nport 1"; /* must not make code of what stands below */
	press(FAKE_PERSON, FAKE_STATUS, PUBLIC, "info_button_11");
	assert_says(last(), "```\\nport 1\\n```\\n");
	for (unsigned i = 0; i < 20; i++)
		config_fake_add(i % 2 ? "x" : "y", NULL, ALL)->info_enabled = true;
	press(FAKE_PERSON, FAKE_STATUS, MESSAGE, "ddc1:infopage:2");
	assert_true(is_update(last()));
	assert_says(last(), "Page 3 of 3");
}

/* ---- all at once ---- */

static const char *confirm_id(void)
{
	static char id[128];
	const char *p = strstr(last()->body, "ddc1:bulkgo:");
	size_t n = p ? strcspn(p, "\"") : 0;

	snprintf(id, sizeof id, "%.*s", (int)n, p ? p : "");
	return id;
}

static void bulk_containers(void)
{
	container("one", CONTAINER_RUNNING);
	container("two", CONTAINER_RUNNING);
	container("three", CONTAINER_RUNNING);
	container("off", CONTAINER_EXITED);
	container("limited", CONTAINER_RUNNING);
	config_fake.containers[4].allowed = ALLOW_STATUS;
	container("ddc", CONTAINER_RUNNING)->is_self = true;
}

static void test_bulk_is_for_admins_in_control_channels(void **state)
{
	(void)state;
	bulk_containers();
	press(FAKE_PERSON, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop");
	assert_says(last(), "for admins");
	press(FAKE_ADMIN, FAKE_STATUS, PUBLIC, "ddc1:bulk:stop");
	assert_says(last(), "control channels only");
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:kill");
	assert_true(is_private(last()));
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop");
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, confirm_id()); /* the question gives no right either */
	assert_says(last(), "for admins");
	assert_int_equal(docker_act_fake.count, 0);
}

static void test_bulk_shows_first_and_then_does_and_tells(void **state)
{
	(void)state;
	bulk_containers();
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop");
	assert_true(is_private(last()));
	assert_says(last(), "3 containers will be stopped:\\none, two, three");
	assert_says(last(), "limited");
	assert_says(last(), "the container I run in");
	assert_says(last(), "1 is not running");
	assert_int_equal(docker_act_fake.count, 0);
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, confirm_id());
	assert_true(is_update(last()));
	assert_int_equal(fake_acts(NULL, DOCKER_STOP), 0); /* not before Discord has taken the answer */
	answer_fake_answer(last(), 200, 0, 0);
	assert_int_equal(fake_acts(NULL, DOCKER_STOP), 3);
	assert_int_equal(fake_acts("ddc", DOCKER_STOP) + fake_acts("limited", DOCKER_STOP), 0);
	answer_fake_answer_all(0);
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:restart");
	assert_says(last(), "Anna began a run");
	happens(&docker_fake.containers[0], CONTAINER_EXITED, CONTAINER_DIED);
	answer_fake_answer_all(0);
	fake_answer(FAKE_ACT, "two", "it does not want to");
	answer_fake_answer_all(0);
	happens(&docker_fake.containers[2], CONTAINER_EXITED, CONTAINER_DIED);
	answer_fake_answer_all(0);
	assert_true(is_edit(last()));
	assert_says(last(), "✅ 2 done · ❌ 1 failed · ⏭️ 0 skipped");
	assert_says(last(), "**two** it does not want to");
	assert_string_equal(record.line, "bulk_stop three bulk done ");
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop"); /* over: the next may come */
	assert_says(last(), "1 container will be stopped:\\ntwo");
}

static void test_a_question_that_is_old_or_about_others_is_not_answered_by_doing(void **state)
{
	char id[128];

	(void)state;
	bulk_containers();
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:restart");
	strcpy(id, confirm_id());
	docker_fake.containers[1].state = CONTAINER_EXITED;
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, id);
	assert_says(last(), "Something has changed");
	assert_says(last(), "2 containers will be restarted");
	strcpy(id, confirm_id());
	pass_ms(61000);
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, id);
	assert_true(is_update(last()));
	assert_says(last(), "expired");
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, "ddc1:bulkgo:stop:1790000100:0");
	assert_says(last(), "Something has changed");
	snprintf(id, sizeof id, "ddc1:bulkgo:stop:99999999999%s", strrchr(confirm_id(), ':'));
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, id); /* no question of ours is good for so long */
	assert_says(last(), "expired");
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, "ddc1:bulkno");
	assert_says(last(), "nothing was done");
	assert_int_equal(docker_act_fake.count, 0);
}

static void test_bulk_keeps_to_the_limits_and_gets_through(void **state)
{
	unsigned done = 0;

	(void)state;
	many_containers(120);
	for (unsigned i = 0; i < 120; i++)
		config_fake.containers[i].display_name = "a name that is rather long for a list";
	pending_set_max(pending, 2); /* fewer than it would do at once */
	container("other", CONTAINER_RUNNING);
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 1, "ddc1:stop:other");
	docker_act_fake.calls[0].on_done = NULL;
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop");
	assert_says(last(), "121 containers will be stopped");
	assert_says(last(), "more");
	press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, confirm_id());
	assert_int_equal(pending_count(pending), 2);
	config_fake.containers[119].allowed = ALLOW_STATUS; /* changed while it runs */
	for (unsigned i = 0; i < 120; i++) {
		struct container *c = &docker_fake.containers[i];

		answer_fake_answer_all(0);
		if (answer_fake.count > 400)
			answer_fake_clear();
		if (docker_act_fake.count > 400)
			fail_msg("too many calls");
		if (!pending_find(pending, str_of(c->name)))
			continue;
		assert_true(pending_count(pending) <= 2);
		happens(c, CONTAINER_EXITED, CONTAINER_DIED);
		done++;
	}
	answer_fake_answer_all(0);
	assert_int_equal(done, 119);
	assert_int_equal(pending_count(pending), 1); /* the other one */
	assert_says(last(), "✅ 119 done · ❌ 0 failed · ⏭️ 2 skipped");
	assert_says(last(), "not among the actions allowed");
}

static void test_the_end_of_the_program_in_the_middle_of_everything(void **state)
{
	(void)state;
	bulk_containers();
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "one");
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:one");
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:restart");
	press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 1, confirm_id());
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 2, "ddc1:refresh:two");
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 3, "ddc1:start:off"); /* Discord does not answer any more */
	assert_int_equal(fake_acts(NULL, DOCKER_RESTART), 3);
	/* stage_teardown frees it all; the group's end sees that nothing is left */
}

/* Each act under way has its one record, with what is known of it by then. */
static void test_the_end_of_the_program_is_recorded(void **state)
{
	struct container *up;

	(void)state;
	container("one", CONTAINER_RUNNING);
	container("two", CONTAINER_RUNNING);
	container("three", CONTAINER_RUNNING);
	up = container("up", CONTAINER_EXITED);
	config_fake.containers[3].allowed = ALLOW_START;
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 1, "ddc1:start:up");
	pass_ms(700);
	happens(up, CONTAINER_RUNNING, CONTAINER_CHANGED); /* and is being watched */
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 2, "ddc1:stop:one");
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 3, "ddc1:restart:two"); /* not accepted yet */
	pending_set_max(pending, 3);
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:restart");
	press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 4, confirm_id()); /* one and two are taken */
	assert_int_equal(record.count, 0);
	control_free(control);
	control = NULL;
	assert_string_equal(record.all,
		"start up button done \n"
		"stop one button interrupted ddc was stopped before it was over; the engine may have done it all the same\n"
		"restart two button interrupted ddc was stopped before its turn came; nothing was done\n"
		"bulk_restart three bulk interrupted ddc was stopped before it was over; the engine may have done it all the "
		"same\n");
}

static void test_a_bulk_run_goes_on_when_an_answer_was_refused(void **state)
{
	struct fake_request *refused;

	(void)state;
	container("one", CONTAINER_RUNNING);
	container("two", CONTAINER_RUNNING);
	container("other", CONTAINER_RUNNING);
	pending_set_max(pending, 2);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 1, "ddc1:restart:other");
	refused = last();
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop");
	press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, confirm_id());
	assert_int_equal(fake_acts("one", DOCKER_STOP), 1);
	assert_int_equal(fake_acts("two", DOCKER_STOP), 0); /* there is no room for it */
	answer_fake_answer(refused, 404, 10062, 0);
	assert_int_equal(fake_acts("two", DOCKER_STOP), 1);
}

/* ---- acts by command ---- */

static void by_name(
	enum interaction_type type, uint64_t user, uint64_t channel, const char *name, const char *container)
{
	struct interaction in = interaction(type, user, channel);

	in.command = str_of(name);
	in.options[0] =
		(struct interaction_option){.name = STR("container"), .value = str_of(container), .focused = true};
	in.option_count = 1;
	control_on_interaction(control, &in);
}

static void test_start_stop_and_restart_by_name(void **state)
{
	(void)state;
	container("web", CONTAINER_RUNNING);
	by_name(INTERACTION_COMMAND, FAKE_PERSON, FAKE_CONTROL, "restart", "web");
	assert_true(is_private(last()));
	assert_says(last(), "Restarting… (by Bob)");
	assert_int_equal(docker_act_fake.count, 0);
	answer_fake_answer(last(), 200, 0, 0);
	assert_int_equal(fake_acts("web", DOCKER_RESTART), 1);
	by_name(INTERACTION_COMMAND, FAKE_PERSON, FAKE_CONTROL, "start", "web");
	assert_says(last(), "still under way");
	by_name(INTERACTION_COMMAND, FAKE_PERSON, FAKE_STATUS, "stop", "web");
	assert_says(last(), "admins");
	by_name(INTERACTION_COMMAND, FAKE_PERSON, FAKE_CONTROL, "stop", "nobody");
	assert_says(last(), "no such container");
	assert_int_equal(docker_act_fake.count, 1);
}

static void test_what_is_offered_may_be_done_and_makes_sense(void **state)
{
	(void)state;
	container("runs", CONTAINER_RUNNING);
	container("sleeps", CONTAINER_EXITED);
	container("limited", CONTAINER_RUNNING);
	config_fake.containers[2].allowed = ALLOW_STATUS;
	container("ddc", CONTAINER_RUNNING)->is_self = true;
	container("busy", CONTAINER_RUNNING);
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:busy");
	by_name(INTERACTION_AUTOCOMPLETE, FAKE_PERSON, FAKE_CONTROL, "stop", "");
	assert_says(last(), "{\"type\":8,");
	assert_int_equal(count_in(last()->body, "\"value\":"), 1);
	assert_says(last(), "\"value\":\"runs\"");
	by_name(INTERACTION_AUTOCOMPLETE, FAKE_PERSON, FAKE_CONTROL, "start", "SLE");
	assert_int_equal(count_in(last()->body, "\"value\":"), 1);
	assert_says(last(), "\"value\":\"sleeps\"");
	by_name(INTERACTION_AUTOCOMPLETE, FAKE_PERSON, FAKE_STATUS, "stop", ""); /* not from here */
	assert_int_equal(count_in(last()->body, "\"value\":"), 0);
}

/* A command's answer is a message whose ID nobody told: what else its reader presses is not on it. */
static void test_a_commands_panel_follows_while_its_reader_presses_elsewhere(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);
	struct interaction in;
	uint64_t command_id;
	unsigned before;

	(void)state;
	config_fake.containers[0].detailed_status = false;
	container("other", CONTAINER_RUNNING);
	by_name(INTERACTION_COMMAND, FAKE_ADMIN, FAKE_CONTROL, "stop", "web");
	command_id = strtoull(last()->path + strlen("/interactions/"), NULL, 10);
	answer_fake_answer(last(), 200, 0, 0);
	answer_fake_answer_all(0);
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:pick");
	choose(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, "other");
	answer_fake_answer_all(0);
	before = answer_fake.count;
	happens(web, CONTAINER_EXITED, CONTAINER_DIED);
	assert_int_equal(answer_fake.count, before + 1);
	assert_true(is_edit(last()));
	assert_says(last(), "Stop: done");
	answer_fake_answer_all(0);
	in = on_message(INTERACTION_COMPONENT, FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 1, "ddc1:pick");
	in.message_by = command_id; /* now it shows the picker, and follows no more */
	control_on_interaction(control, &in);
	answer_fake_answer_all(0);
	before = answer_fake.count;
	happens(web, CONTAINER_RUNNING, CONTAINER_CHANGED);
	assert_int_equal(answer_fake.count, before);
}

/* ---- exactly once ---- */

static void test_an_answer_that_discord_refuses_acts_never(void **state)
{
	static const struct {
		int status, code;
	} refusals[] = {{404, 10062}, {400, 40060}, {500, 0}, {0, 0}};
	unsigned before;

	(void)state;
	container("web", CONTAINER_RUNNING);
	config_fake.cooldown_s = 30;
	config_fake.containers[0].detailed_status = false;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		press(FAKE_PERSON, FAKE_CONTROL, MESSAGE + i, "ddc1:restart:web");
		assert_says(last(), "Restarting…");
		before = answer_fake.count;
		answer_fake_answer(last(), refusals[i].status, refusals[i].code, 0);
		assert_int_equal(docker_act_fake.count, 0);
		assert_int_equal(pending_count(pending), 0);
		assert_int_equal(record.count, i + 1);
		assert_non_null(strstr(record.line, "restart web button not_done status"));
		if (refusals[i].code != 40060) {
			assert_int_equal(answer_fake.count, before);
			continue;
		}
		assert_true(is_edit(last())); /* its token lives: the look is taken back */
		assert_says(last(), "Running");
	}
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:web"); /* it has cost no cooldown */
	assert_int_equal(docker_act_fake.count, 1);
}

static void test_a_confirmation_that_discord_refuses_begins_nothing(void **state)
{
	(void)state;
	container("web", CONTAINER_RUNNING);
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop");
	press(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, confirm_id());
	answer_fake_answer(last(), 404, 10062, 0);
	assert_int_equal(docker_act_fake.count, 0);
	assert_non_null(strstr(record.line, "bulk_stop  bulk not_done"));
	press(FAKE_ADMIN, FAKE_CONTROL, PUBLIC, "ddc1:bulk:stop"); /* and stands in nobody's way */
	press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE, confirm_id());
	assert_int_equal(docker_act_fake.count, 1);
}

static void test_the_panel_may_go_while_discord_thinks(void **state)
{
	struct fake_request *asked;

	(void)state;
	container("web", CONTAINER_RUNNING);
	container("db", CONTAINER_RUNNING);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:restart:web");
	asked = last();
	for (unsigned i = 1; i < 34; i++)
		choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE + i, "db");
	answer_fake_answer(asked, 200, 0, 0);
	assert_int_equal(fake_acts("web", DOCKER_RESTART), 1);
}

/* ---- pause, kill, the queue ---- */

static void test_pause_and_resume_take_turns(void **state)
{
	struct container *web = container("web", CONTAINER_RUNNING);

	(void)state;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	assert_not_says(last(), "ddc1:pause:");
	assert_not_says(last(), "ddc1:kill:");
	config_fake.containers[0].allowed = ALL | ALLOW_PAUSE;
	choose(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "web");
	assert_says(last(), "ddc1:pause:web");
	assert_not_says(last(), "ddc1:unpause:web");
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:pause:web");
	assert_int_equal(fake_acts("web", DOCKER_PAUSE), 1);
	happens(web, CONTAINER_PAUSED, CONTAINER_CHANGED);
	assert_true(is_edit(last()));
	assert_says(last(), "ddc1:unpause:web");
	assert_not_says(last(), "ddc1:pause:web");
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:unpause:web");
	assert_int_equal(fake_acts("web", DOCKER_UNPAUSE), 1);
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:kill:web");
	assert_true(is_private(last()));
	assert_says(last(), "not among the actions");
}

static const char *id_in(const char *begin)
{
	static char id[128];
	const char *p = strstr(last()->body, begin);

	snprintf(id, sizeof id, "%.*s", p ? (int)strcspn(p, "\"") : 0, p ? p : "");
	return id;
}

static void test_killing_needs_a_second_look(void **state)
{
	char old[128];

	(void)state;
	container("web", CONTAINER_RUNNING);
	config_fake.containers[0].allowed = ALL | ALLOW_KILL;
	config_fake.containers[0].stop_timeout_s = 90;
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:kill:web");
	assert_true(is_update(last()));
	assert_says(last(), "Go ahead?");
	assert_says(last(), "ddc1:show:web");
	assert_int_equal(docker_act_fake.count, 0);
	strcpy(old, id_in("ddc1:killgo:"));
	pass_ms(61000);
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, old);
	assert_says(last(), "Go ahead?"); /* too late: it is asked again */
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:killgo:99999999999:web");
	assert_int_equal(docker_act_fake.count, 0);
	press(FAKE_PERSON, FAKE_STATUS, MESSAGE, id_in("ddc1:killgo:")); /* the question gives no right */
	assert_says(last(), "admins");
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:kill:web");
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, id_in("ddc1:killgo:"));
	assert_int_equal(fake_acts("web", DOCKER_KILL), 1);
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:show:web");
	assert_says(last(), "Killing…");
}

static void test_the_stop_time_out_of_the_container_goes_to_the_engine(void **state)
{
	(void)state;
	container("web", CONTAINER_RUNNING);
	config_fake.containers[0].stop_timeout_s = 90;
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:stop:web");
	assert_int_equal(docker_act_fake.calls[docker_act_fake.count - 1].stop_timeout_s, 90);
}

static void test_what_waits_for_its_turn_can_be_cancelled(void **state)
{
	char name[16], id[40];

	(void)state;
	many_containers(11);
	for (unsigned i = 0; i < PENDING_AT_ENGINE_MAX; i++) {
		snprintf(id, sizeof id, "ddc1:stop:box-%03u", i);
		press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 100 + i, id);
	}
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:stop:box-004");
	assert_true(is_edit(last())); /* it says that it waits, and how to take it back */
	assert_says(last(), "Waits for its turn");
	assert_says(last(), "ddc1:cancel:box-004");
	assert_int_equal(fake_acts(NULL, DOCKER_STOP), PENDING_AT_ENGINE_MAX);
	press(FAKE_PERSON, FAKE_STATUS, MESSAGE + 1, "ddc1:cancel:box-004");
	assert_says(last(), "admins");
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:cancel:box-004");
	assert_says(last(), "was cancelled");
	assert_non_null(strstr(record.line, "stop box-004 button cancelled cancelled by Bob (202)"));
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:cancel:box-000");
	assert_says(last(), "can no longer be cancelled");
	for (unsigned i = 4; i < 10; i++) {
		snprintf(id, sizeof id, "ddc1:stop:box-%03u", i);
		press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE + i, id);
	}
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE + 20, "ddc1:stop:box-010");
	assert_true(is_private(last()));
	assert_says(last(), "10 actions are under way or waiting");
	answer_fake_answer_all(0);
	for (unsigned i = 0; i < 10; i++) { /* each in its turn */
		assert_int_equal(fake_acts(NULL, DOCKER_STOP), i + 4 < 10 ? i + 4 : 10);
		snprintf(name, sizeof name, "box-%03u", i);
		for (unsigned k = 0; k < docker_fake.count; k++)
			if (!strcmp(docker_fake.containers[k].name, name))
				happens(&docker_fake.containers[k], CONTAINER_EXITED, CONTAINER_DIED);
		answer_fake_answer_all(0);
	}
	assert_int_equal(pending_count(pending), 0);
}

/* Between the press and Discord's word for it somebody else's action may have taken the place. */
static void test_a_cancellation_is_of_what_was_seen(void **state)
{
	struct fake_request *asked;
	char id[40];

	(void)state;
	many_containers(6);
	for (unsigned i = 0; i < PENDING_AT_ENGINE_MAX; i++) {
		snprintf(id, sizeof id, "ddc1:stop:box-%03u", i);
		press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 100 + i, id);
	}
	press_ok(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:stop:box-004");
	press(FAKE_PERSON, FAKE_CONTROL, MESSAGE, "ddc1:cancel:box-004");
	asked = last();
	press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 200, "ddc1:cancel:box-004");
	assert_non_null(strstr(record.line, "cancelled by Anna (101)"));
	press_ok(FAKE_ADMIN, FAKE_CONTROL, MESSAGE + 200, "ddc1:restart:box-004");
	answer_fake_answer(asked, 200, 0, 0);
	assert_int_equal(record.count, 1);
	assert_non_null(pending_find(pending, STR("box-004")));
	assert_int_equal(pending_find(pending, STR("box-004"))->action, DOCKER_RESTART);
}

/* ---- registration ---- */

static bool count_names(const struct json_event *event, void *arg)
{
	unsigned *names = arg;

	*names += event->type == JSON_STRING;
	return true;
}

static void test_the_list_of_commands_is_json_and_its_hash_follows_its_content(void **state)
{
	static const char *const fields[] = {"[].name"};
	struct json_reader reader;
	uint64_t first = 0, again = 0, german = 0;
	unsigned names = 0;
	struct buf out;

	(void)state;
	buf_init(&out, MEM_TEST, 65536);
	control_write_commands(&out, &config_fake.config, &first);
	json_reader_init(&reader, MEM_TEST, fields, 1, 64, count_names, &names);
	assert_true(json_reader_feed(&reader, out.data, out.length) && json_reader_finish(&reader));
	json_reader_clear(&reader);
	assert_int_equal(names, 17);
	assert_false(out.overflow);
	assert_non_null(strstr(buf_text(&out), "\"default_member_permissions\":\"32\""));
	assert_non_null(strstr(buf_text(&out), "\"default_member_permissions\":null"));
	assert_non_null(strstr(buf_text(&out), "\"de\":\"Zeigt den Zustand aller Container\""));
	control_write_commands(&out, &config_fake.config, &again);
	assert_int_equal(first, again);
	config_fake.config.language = "de";
	control_write_commands(&out, &config_fake.config, &german);
	assert_int_not_equal(first, german);
	buf_clear(&out);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)
	const struct CMUnitTest tests[] = {
		T(test_serverstatus_posts_the_panel_and_the_board_keeps_it),
		T(test_the_panels_id_is_asked_for_if_the_answer_does_not_name_it),
		T(test_a_command_in_the_wrong_place_is_refused_privately_with_the_way_out),
		T(test_help_is_private_and_in_the_readers_language),
		T(test_ping_is_public),
		T(test_what_is_unknown_gets_a_private_sentence),
		T(test_a_direct_message_is_refused_politely),
		T(test_the_picker_holds_any_number),
		T(test_the_picker_searches),
		T(test_only_those_who_may_get_the_picker),
		T(test_a_choice_opens_the_panel_with_what_is_allowed),
		T(test_a_panel_shows_old_figures_while_memory_is_short),
		T(test_a_press_restarts_and_tells_the_end),
		T(test_what_dies_right_after_its_start_is_told_in_place_of_done),
		T(test_the_reason_of_a_failure_is_shown),
		T(test_two_people_one_action_one_explanation),
		T(test_what_may_not_be_done_is_not_done_whatever_the_id_says),
		T(test_a_press_that_no_longer_fits_shows_how_it_is_now),
		T(test_one_beyond_the_limit_is_not_called_missing),
		T(test_an_engine_that_is_away_is_said),
		T(test_cooldowns_count_what_was_done),
		T(test_open_panels_follow_until_their_token_dies),
		T(test_when_memory_is_short_panels_that_nobody_touches_stop_following),
		T(test_when_memory_is_short_answers_that_are_over_go),
		T(test_when_memory_is_short_the_hour_of_figures_begins_anew),
		T(test_a_commands_panel_follows_while_its_reader_presses_elsewhere),
		T(test_only_the_newest_edit_waits_behind_the_one_on_its_way),
		T(test_the_panel_stops_following_when_it_shows_something_else),
		T(test_when_too_many_are_open_the_oldest_stops_following),
		T(test_nothing_is_tried_on_a_dead_interaction),
		T(test_twice_late_or_broken_does_nothing),
		T(test_a_slow_engine_is_waited_for_with_a_deferral),
		T(test_a_panel_of_the_original_acts_and_brings_a_fresh_one),
		T(test_pages_of_an_overview_are_turned_privately),
		T(test_info_shows_what_the_owner_wrote_and_nothing_protected),
		T(test_bulk_is_for_admins_in_control_channels),
		T(test_bulk_shows_first_and_then_does_and_tells),
		T(test_a_question_that_is_old_or_about_others_is_not_answered_by_doing),
		T(test_bulk_keeps_to_the_limits_and_gets_through),
		T(test_the_end_of_the_program_in_the_middle_of_everything),
		T(test_the_end_of_the_program_is_recorded),
		T(test_a_bulk_run_goes_on_when_an_answer_was_refused),
		T(test_start_stop_and_restart_by_name),
		T(test_what_is_offered_may_be_done_and_makes_sense),
		T(test_an_answer_that_discord_refuses_acts_never),
		T(test_a_confirmation_that_discord_refuses_begins_nothing),
		T(test_the_panel_may_go_while_discord_thinks),
		T(test_pause_and_resume_take_turns),
		T(test_killing_needs_a_second_look),
		T(test_the_stop_time_out_of_the_container_goes_to_the_engine),
		T(test_what_waits_for_its_turn_can_be_cancelled),
		T(test_a_cancellation_is_of_what_was_seen),
		T(test_the_list_of_commands_is_json_and_its_hash_follows_its_content),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
