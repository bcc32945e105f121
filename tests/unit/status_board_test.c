#include "test.h"

#include "base/clock.h"
#include "base/log.h"
#include "discord/message.h"
#include "fakes/docker_fake.h"
#include "fakes/pending_fake.h"
#include "fakes/rest_fake.h"
#include "fakes/state_fake.h"
#include "feature/status/board.h"
#include "feature/status/panel.h"
#include "loop/loop.h"

#include <stdio.h>
#include <string.h>

enum { STATUS = 11, CONTROL = 22, GUILD = 33, MINUTE = 60000 };

static struct config_container containers[2] = {
	{.name = "web", .display_name = "Web", .active = true, .detailed_status = true},
	{.name = "hidden", .display_name = "Hidden"},
};
static struct config_channel channels[BOARD_CHANNELS_MAX + 2];
static struct config config;
static struct loop *loop;
static struct board *board;
static struct container *web;
static uint64_t now_ms;
static const int64_t wall_start_ms = 1700000000000;
static uint64_t next_id;
static char logged[8192];

static void on_log(enum log_level level, const char *line, void *arg)
{
	(void)arg;
	if (level <= LOG_WARN)
		snprintf(logged + strlen(logged), sizeof logged - strlen(logged), "%s\n", line);
}

static void run(void)
{
	for (unsigned i = 0; i < 6; i++)
		loop_turn(loop, 0);
}

static void wait_ms(uint64_t ms)
{
	now_ms += ms;
	clock_test_set(now_ms, wall_start_ms + (int64_t)now_ms);
	run();
}

/* A message made just now, as Discord numbers them. */
static uint64_t new_id(void)
{
	return ((uint64_t)(wall_start_ms + (int64_t)now_ms - 1420070400000) << 22) + next_id++;
}

static struct config_channel *channel(unsigned i)
{
	return &channels[i];
}

static int setup(void **state)
{
	(void)state;
	docker_fake_clear();
	rest_fake_clear();
	pending_fake.count = 0;
	state_fake.count = 0;
	logged[0] = 0;
	now_ms = 100000000;
	next_id = 1;
	clock_test_set(now_ms, wall_start_ms + (int64_t)now_ms);
	log_set_sink(on_log, NULL);
	memset(channels, 0, sizeof channels);
	channels[0] = (struct config_channel){.id = STATUS,
		.kind = CHANNEL_STATUS,
		.allow_serverstatus = true,
		.post_initial = true,
		.auto_refresh = true,
		.update_interval_minutes = 5,
		.recreate_on_inactivity = true,
		.inactivity_timeout_minutes = 10};
	channels[1] = channels[0];
	channels[1].id = CONTROL, channels[1].kind = CHANNEL_CONTROL, channels[1].allow_control = true;
	config = (struct config){.language = "en",
		.containers = containers,
		.container_count = 2,
		.channels = channels,
		.channel_count = 1};
	web = docker_fake_add("web", CONTAINER_RUNNING);
	docker_fake_add("hidden", CONTAINER_RUNNING);
	loop = loop_new();
	board = board_new(loop, FAKE_DOCKER, FAKE_REST, FAKE_STATE);
	board_set_pending(board, FAKE_PENDING);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	board_free(board);
	loop_free(loop);
	rest_fake_clear();
	log_set_sink(NULL, NULL);
	clock_test_set(0, 0);
	return 0;
}

static void start(void)
{
	board_set_config(board, &config);
	board_on_ready(board, 1);
	run();
}

/* Answers the open post in this channel; returns the new message. */
static uint64_t posted(uint64_t channel_id)
{
	char part[64];
	uint64_t id = new_id();
	snprintf(part, sizeof part, "/channels/%u/messages", (unsigned)channel_id);
	struct fake_request *r = fake_open(REST_POST, part);
	assert_non_null(r);
	fake_reply(r, 200, 0, id);
	run();
	return id;
}

static uint64_t start_with_panel(void)
{
	start();
	return posted(channels[0].id);
}

static void set_state(enum container_state s)
{
	web->state = s;
	board_on_container(board, STR("web"));
	wait_ms(BOARD_COALESCE_MS);
}

static void assert_path(const struct fake_request *r, enum rest_method method, uint64_t channel_id, uint64_t message_id)
{
	char path[96];
	assert_non_null(r);
	snprintf(path, sizeof path, "/channels/%llu/messages/%llu", (unsigned long long)channel_id,
		(unsigned long long)message_id);
	if (!message_id)
		snprintf(path, sizeof path, "/channels/%llu/messages", (unsigned long long)channel_id);
	assert_int_equal(r->method, method);
	assert_string_equal(r->path, path);
}

static unsigned times(const char *text, const char *part)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

/* ---- posting, adopting ---- */

static void test_a_panel_is_posted_once_and_remembered(void **state)
{
	(void)state;
	start();
	assert_int_equal(fake_open_requests(), 1);
	assert_path(fake_last(), REST_POST, STATUS, 0);
	assert_non_null(strstr(fake_last()->body, "**Web**"));
	assert_non_null(strstr(fake_last()->body, "\"flags\":4096"));
	assert_non_null(strstr(fake_last()->body, "\"enforce_nonce\":true"));
	assert_null(strstr(fake_last()->body, "Hidden"));
	board_on_ready(board, 1); /* reconnected while it is being posted */
	run();
	assert_int_equal(fake_open_requests(), 1);
	uint64_t id = posted(STATUS);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == id);
	board_on_ready(board, 1);
	wait_ms(60 * MINUTE);
	assert_int_equal(rest_fake.count, 1); /* nothing changed: nothing is sent */
	assert_int_equal(board_stats_of(board).panels, 1);
}

static void test_nothing_is_posted_where_it_was_not_asked_for(void **state)
{
	(void)state;
	channel(0)->post_initial = false;
	start();
	wait_ms(60 * MINUTE);
	assert_int_equal(rest_fake.count, 0);
}

static void test_a_remembered_message_is_edited_not_posted_again(void **state)
{
	(void)state;
	struct err err;
	uint64_t id = new_id();
	channel(0)->post_initial = false; /* somebody's command made it once: it is kept current all the same */
	state_set_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW, id, &err);
	start();
	assert_path(fake_last(), REST_PATCH, STATUS, id);
	fake_reply(fake_last(), 200, 0, id);
	wait_ms(60 * MINUTE);
	assert_int_equal(rest_fake.count, 1);
}

static void test_a_remembered_message_that_is_gone_is_posted_anew(void **state)
{
	(void)state;
	struct err err;
	state_set_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW, new_id(), &err);
	start();
	fake_reply(fake_last(), 404, 10008, 0);
	run();
	assert_path(fake_last(), REST_POST, STATUS, 0);
	uint64_t id = posted(STATUS);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == id);
	assert_string_equal(logged, "");
}

static void test_panels_wait_for_the_engines_first_word(void **state)
{
	(void)state;
	docker_fake.link = DOCKER_CONNECTING;
	start();
	wait_ms(1000);
	assert_int_equal(rest_fake.count, 0);
	docker_fake.link = DOCKER_UP;
	board_on_everything(board);
	run();
	assert_int_equal(rest_fake.count, 1);
}

static void test_panels_do_not_wait_for_the_engine_for_ever(void **state)
{
	(void)state;
	docker_fake.link = DOCKER_CONNECTING;
	start();
	wait_ms(BOARD_ENGINE_WAIT_MS);
	assert_int_equal(rest_fake.count, 1);
}

/* ---- edits ---- */

static void test_a_change_is_edited_within_50_ms_and_only_a_change(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	web->state = CONTAINER_PAUSED;
	board_on_container(board, STR("web"));
	wait_ms(20);
	web->state = CONTAINER_RUNNING, web->health = HEALTH_UNHEALTHY;
	board_on_container(board, STR("web")); /* does not push it further away */
	assert_int_equal(rest_fake.count, 1);
	wait_ms(25);
	assert_int_equal(rest_fake.count, 2);
	assert_path(fake_last(), REST_PATCH, STATUS, id);
	assert_non_null(strstr(fake_last()->body, "Unhealthy"));
	assert_null(strstr(fake_last()->body, "nonce"));
	fake_reply(fake_last(), 200, 0, id);
	board_on_container(board, STR("web")); /* an event that changes nothing that is shown */
	wait_ms(100);
	assert_int_equal(rest_fake.count, 2);
	assert_int_equal(board_stats_of(board).edits_saved, 1);
	board_on_container(board, STR("hidden"));
	board_on_container(board, STR("stranger"));
	wait_ms(100);
	assert_int_equal(board_stats_of(board).edits_saved, 1); /* not even looked at */
}

static void test_one_request_at_a_time_and_the_newest_wins(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	set_state(CONTAINER_PAUSED);
	struct fake_request *slow = fake_last();
	set_state(CONTAINER_RUNNING);
	wait_ms(2000);
	set_state(CONTAINER_EXITED);
	assert_int_equal(fake_open_requests(), 1);
	fake_reply(slow, 200, 0, id);
	run();
	assert_int_equal(rest_fake.count, 3);
	assert_non_null(strstr(fake_last()->body, "1 stopped"));
}

static void test_a_change_while_posting_is_edited_afterwards(void **state)
{
	(void)state;
	start();
	set_state(CONTAINER_PAUSED);
	assert_int_equal(rest_fake.count, 1);
	uint64_t id = posted(STATUS);
	assert_path(fake_last(), REST_PATCH, STATUS, id);
	assert_non_null(strstr(fake_last()->body, "Paused"));
}

static void test_a_known_limit_is_waited_out_with_the_newest_content(void **state)
{
	(void)state;
	start_with_panel();
	rest_fake.wait_ms = 3000;
	set_state(CONTAINER_PAUSED);
	set_state(CONTAINER_EXITED);
	assert_int_equal(rest_fake.count, 1);
	rest_fake.wait_ms = 0;
	wait_ms(3000);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "1 stopped"));
}

static void test_what_people_do_does_not_wait_for_what_crashes(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	rest_fake.spare_wait_ms = 4000; /* the last edits of this window */
	set_state(CONTAINER_EXITED);
	assert_int_equal(rest_fake.count, 1);
	board_on_action(board, STR("web"));
	wait_ms(BOARD_COALESCE_MS);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "1 stopped"));
	fake_reply(fake_last(), 200, 0, id);
	set_state(CONTAINER_PAUSED); /* no hurry is left over from that */
	set_state(CONTAINER_RUNNING);
	assert_int_equal(rest_fake.count, 2);
	rest_fake.spare_wait_ms = 0;
	wait_ms(4000);
	assert_int_equal(rest_fake.count, 3);
	assert_null(strstr(fake_last()->body, "1 stopped"));
}

static void test_edits_of_old_messages_are_spaced(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	set_state(CONTAINER_PAUSED);
	fake_reply(fake_last(), 200, 0, id);
	set_state(CONTAINER_RUNNING); /* young: at once */
	assert_int_equal(rest_fake.count, 3);
	fake_reply(fake_last(), 200, 0, id);
	wait_ms(61 * MINUTE);
	set_state(CONTAINER_PAUSED); /* old, but nothing was edited lately: at once */
	assert_int_equal(rest_fake.count, 4);
	fake_reply(fake_last(), 200, 0, id);
	set_state(CONTAINER_RUNNING);
	set_state(CONTAINER_EXITED);
	assert_int_equal(rest_fake.count, 4);
	wait_ms(BOARD_OLD_EDIT_GAP_MS);
	assert_int_equal(rest_fake.count, 5);
	assert_non_null(strstr(fake_last()->body, "1 stopped"));
}

static void test_pending_and_its_end_are_shown_even_without_auto_refresh(void **state)
{
	(void)state;
	channel(0)->auto_refresh = false;
	uint64_t id = start_with_panel();
	set_state(CONTAINER_PAUSED);
	assert_int_equal(rest_fake.count, 1); /* as asked: not by itself */
	pending_fake_add("web", DOCKER_UNPAUSE, "Ann", 5);
	set_state(CONTAINER_PAUSED);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "Resuming… (by Ann)"));
	fake_reply(fake_last(), 200, 0, id);
	pending_fake.count = 0;
	set_state(CONTAINER_RUNNING);
	assert_int_equal(rest_fake.count, 3);
	assert_null(strstr(fake_last()->body, "Ann"));
	fake_reply(fake_last(), 200, 0, id);
	set_state(CONTAINER_EXITED);
	assert_int_equal(rest_fake.count, 3);
}

static void test_details_that_trickle_in_are_one_edit(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	for (unsigned i = 0; i < 20; i++) {
		web->started_at_s = 1000 + i;
		board_on_details(board, STR("web"));
		wait_ms(50);
	}
	assert_int_equal(rest_fake.count, 1);
	wait_ms(BOARD_DETAILS_MS);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "<t:1019:R>"));
	fake_reply(fake_last(), 200, 0, id);
	board_on_details(board, STR("web"));
	set_state(CONTAINER_PAUSED); /* what happens does not wait for them */
	assert_int_equal(rest_fake.count, 3);
	fake_reply(fake_last(), 200, 0, id);
	wait_ms(2 * BOARD_DETAILS_MS);
	assert_int_equal(rest_fake.count, 3);
}

/* ---- channels that went while ddc was off ---- */

static void test_the_panel_of_a_channel_that_went_is_removed_and_nothing_else(void **state)
{
	enum { GONE = 77, GONE_TOO = 78 };
	struct err err;
	uint64_t id = new_id(), admin = new_id(), kept = new_id();
	(void)state;
	state_set_panel(FAKE_STATE, GONE, PANEL_OVERVIEW, id, &err);
	state_set_panel(FAKE_STATE, GONE_TOO, PANEL_ADMIN_OVERVIEW, admin, &err);
	state_set_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW, kept, &err);
	board_set_config(board, &config);
	board_remove_leftovers(board);
	board_remove_leftovers(board); /* reconnected */
	board_on_ready(board, 1);
	run();
	assert_int_equal(fake_sent(REST_DELETE), 2);
	assert_int_equal(fake_sent(REST_PATCH), 1);
	assert_int_equal(fake_sent(REST_POST), 0);
	char path[96];
	snprintf(path, sizeof path, "/channels/77/messages/%llu", (unsigned long long)id);
	struct fake_request *r = fake_open(REST_DELETE, path);
	assert_non_null(r);
	fake_reply(r, 204, 0, 0);
	snprintf(path, sizeof path, "/channels/78/messages/%llu", (unsigned long long)admin);
	r = fake_open(REST_DELETE, path);
	assert_non_null(r);
	fake_reply(
		r, 403, 50001, 0); /* ddc does not see the channel at the moment: tried again, and not over and over */
	run();
	wait_ms(60 * MINUTE);
	assert_int_equal(fake_sent(REST_DELETE), 3);
	fake_reply(fake_last(), 204, 0, 0);
	run();
	wait_ms(60 * MINUTE);
	assert_int_equal(fake_sent(REST_DELETE), 3);
	assert_int_equal(state_panel(FAKE_STATE, GONE, PANEL_OVERVIEW), 0);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == kept);
	assert_int_equal(board_stats_of(board).channels, 1);
}

/* ---- figures ---- */

static void test_figures_follow_the_interval_and_news_do_not(void **state)
{
	(void)state;
	channels[0] = channels[1];
	channels[0].recreate_on_inactivity = false;
	web->cpu_known = web->memory_known = true;
	start();
	assert_int_equal(docker_fake.usage_interval_ms, 5 * MINUTE);
	uint64_t id = posted(CONTROL);
	web->cpu_permille = 500;
	board_on_everything(board);
	wait_ms(MINUTE);
	assert_int_equal(rest_fake.count, 1);
	wait_ms(4 * MINUTE);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "`50.0 %"));
	fake_reply(fake_last(), 200, 0, id);
	wait_ms(5 * MINUTE); /* the same figures: nothing to send */
	assert_int_equal(rest_fake.count, 2);
	web->health = HEALTH_UNHEALTHY;
	board_on_container(board, STR("web"));
	wait_ms(50);
	assert_int_equal(rest_fake.count, 3);
}

static void test_first_figures_come_soon(void **state)
{
	(void)state;
	channels[0] = channels[1];
	start();
	uint64_t id = posted(CONTROL);
	wait_ms(2000);
	assert_int_equal(rest_fake.count, 1);
	web->cpu_known = web->memory_known = true, web->cpu_permille = 20;
	wait_ms(5000);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, "` 2.0 %"));
	fake_reply(fake_last(), 200, 0, id);
}

static void test_first_figures_are_waited_for_until_all_are_there(void **state)
{
	(void)state;
	channels[0] = channels[1];
	start();
	uint64_t id = posted(CONTROL);
	web->cpu_known = true; /* memory comes with the next reading */
	wait_ms(3000);
	assert_int_equal(rest_fake.count, 1);
	wait_ms(5000); /* but not for ever */
	assert_int_equal(rest_fake.count, 2);
	fake_reply(fake_last(), 200, 0, id);
}

static void test_usage_is_read_only_for_panels_that_show_it(void **state)
{
	(void)state;
	config.channel_count = 2;
	channel(1)->post_initial = false;
	start();
	assert_int_equal(docker_fake.usage_calls, 0); /* nobody has asked for the admin overview */
	board_adopt(board, CONTROL, PANEL_ADMIN_OVERVIEW, new_id());
	run();
	assert_int_equal(docker_fake.usage_interval_ms, 5 * MINUTE);
	config.channel_count = 1;
	board_set_config(board, &config);
	run();
	assert_int_equal(docker_fake.usage_interval_ms, 0);
}

/* ---- refusals ---- */

static void test_missing_rights_are_told_once_and_tried_ever_less_often(void **state)
{
	(void)state;
	static const unsigned waits[] = {MINUTE, 5 * MINUTE, 30 * MINUTE, 30 * MINUTE};
	start();
	for (unsigned i = 0; i < 4; i++) {
		fake_reply(fake_last(), 403, 50013, 0);
		set_state(i & 1 ? CONTAINER_RUNNING : CONTAINER_PAUSED); /* news do not hurry it */
		wait_ms(waits[i] - 1000);
		assert_int_equal(rest_fake.count, i + 1);
		wait_ms(1000);
		assert_int_equal(rest_fake.count, i + 2);
	}
	assert_int_equal(times(logged, "cannot be written"), 1);
	assert_non_null(strstr(logged, "channel 11"));
	assert_non_null(strstr(logged, "grant ddc Send Messages and Embed Links"));
	posted(STATUS);
	set_state(CONTAINER_EXITED);
	assert_path(fake_last(), REST_PATCH, STATUS, state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW));
}

static void test_changed_permissions_are_tried_at_once(void **state)
{
	(void)state;
	start();
	fake_reply(fake_last(), 403, 50001, 0);
	wait_ms(10);
	board_on_channel(board, STATUS, GUILD, 0, false);
	assert_int_equal(rest_fake.count, 2);
}

static void test_where_ddc_was_removed_nothing_is_tried_until_it_is_back(void **state)
{
	(void)state;
	enum tr_key advice;
	uint64_t id = start_with_panel();
	board_on_channel(board, STATUS, GUILD, 0, false);
	board_on_guild(board, GUILD + 1, true);
	set_state(CONTAINER_PAUSED);
	assert_path(fake_last(), REST_PATCH, STATUS, id);
	fake_reply(fake_last(), 200, 0, id);
	board_on_guild(board, GUILD, true);
	set_state(CONTAINER_RUNNING);
	wait_ms(120 * MINUTE);
	assert_int_equal(rest_fake.count, 2);
	assert_true(board_refused(board, STATUS, &advice));
	assert_int_equal(advice, TR_REFUSAL_GUILD);
	board_on_guild(board, GUILD, false);
	run();
	assert_false(board_refused(board, STATUS, &advice));
	assert_path(fake_last(), REST_PATCH, STATUS, id);
	fake_reply(fake_last(), 200, 0, id);
	board_on_guild(board, GUILD, true);
	set_state(CONTAINER_PAUSED);
	assert_int_equal(rest_fake.count, 3);
	wait_ms(BOARD_OLD_EDIT_GAP_MS);
	assert_int_equal(rest_fake.count, 3);
	board_on_ready(board, 1); /* a new session may know better */
	run();
	assert_int_equal(rest_fake.count, 4);
}

static void test_a_lost_channel_is_dropped_and_comes_back(void **state)
{
	(void)state;
	start_with_panel();
	set_state(CONTAINER_PAUSED);
	fake_reply(fake_last(), 404, 10003, 0);
	set_state(CONTAINER_RUNNING);
	board_on_ready(board, 1);
	wait_ms(120 * MINUTE);
	assert_int_equal(rest_fake.count, 2);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == 0);
	assert_int_equal(times(logged, "does not exist any more"), 1);
	board_on_channel(board, STATUS, GUILD, 0, false);
	run();
	assert_path(fake_last(), REST_POST, STATUS, 0);
}

static void test_a_deleted_message_is_posted_again_but_not_in_a_duel(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	board_on_message_deleted(board, STATUS, id + 77);
	assert_int_equal(rest_fake.count, 1);
	wait_ms(5000);
	board_on_message_deleted(board, STATUS, id);
	assert_int_equal(rest_fake.count, 2);
	id = posted(STATUS);
	board_on_message_deleted(board, STATUS, id);
	run();
	assert_int_equal(rest_fake.count, 2);
	wait_ms(3000);
	assert_int_equal(rest_fake.count, 3);
}

static void test_a_message_deleted_while_it_is_edited(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	wait_ms(5000);
	set_state(CONTAINER_PAUSED);
	board_on_message_deleted(board, STATUS, id);
	assert_int_equal(rest_fake.count, 2);
	fake_reply(fake_last(), 404, 10008, 0);
	run();
	assert_int_equal(rest_fake.count, 3);
	assert_path(fake_last(), REST_POST, STATUS, 0);
}

static void test_a_post_without_an_answer_is_repeated_with_the_same_nonce(void **state)
{
	(void)state;
	char first[64];
	start();
	const char *nonce = strstr(fake_last()->body, "\"nonce\":");
	assert_non_null(nonce);
	snprintf(first, sizeof first, "%.26s", nonce);
	fake_reply(fake_last(), 0, 0, 0);
	wait_ms(10000);
	assert_int_equal(rest_fake.count, 2);
	assert_non_null(strstr(fake_last()->body, first));
	uint64_t id = posted(STATUS);
	board_on_message_deleted(board, STATUS, id);
	wait_ms(3000);
	assert_null(strstr(fake_last()->body, first)); /* another message, another number */
}

static void test_too_fast_is_respected_and_an_old_message_is_replaced_in_the_end(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	set_state(CONTAINER_PAUSED);
	fake_reply(fake_last(), 429, 30046, 0);
	wait_ms(14000);
	assert_int_equal(rest_fake.count, 2);
	wait_ms(1000);
	assert_int_equal(rest_fake.count, 3);
	fake_reply(fake_last(), 429, 30046, 0);
	wait_ms(MINUTE);
	fake_reply(fake_last(), 429, 30046, 0);
	wait_ms(5 * MINUTE);
	assert_path(fake_last(), REST_POST, STATUS, 0);
	posted(STATUS);
	assert_path(fake_last(), REST_DELETE, STATUS, id);
}

static void test_a_full_line_is_tried_again(void **state)
{
	(void)state;
	rest_fake.full = true;
	start();
	assert_int_equal(rest_fake.count, 0);
	rest_fake.full = false;
	wait_ms(2000);
	assert_int_equal(rest_fake.count, 1);
}

static void test_a_refused_token_is_waited_out_in_silence(void **state)
{
	(void)state;
	rest_fake.stopped = true;
	start();
	uint64_t wakeups = loop_stats_of(loop).wakeups;
	wait_ms(PANEL_STOPPED_MS - 1);
	assert_true(loop_stats_of(loop).wakeups <= wakeups + 6); /* the test's own turns */
	rest_fake.stopped = false;
	board_on_ready(board, 1);
	assert_int_equal(rest_fake.count, 1);
}

static void test_without_memory_nothing_half_is_sent(void **state)
{
	(void)state;
	start_with_panel();
	for (unsigned n = 1; n < 40; n++) {
		web->state = n & 1 ? CONTAINER_PAUSED : CONTAINER_RUNNING;
		mem_fail_at(n);
		set_state(web->state);
		mem_fail_at(0);
		wait_ms(PANEL_LINE_FULL_MS);
		struct fake_request *r = fake_open(REST_PATCH, "");
		if (r) {
			assert_true(r->body[strlen(r->body) - 1] == '}');
			fake_reply(r, 200, 0, 1);
		}
		run();
	}
}

/* ---- below the talk ---- */

static void test_the_panel_moves_below_the_talk_once_it_is_quiet(void **state)
{
	(void)state;
	uint64_t old = start_with_panel();
	wait_ms(MINUTE);
	board_on_message(board, STATUS, new_id(), false);
	wait_ms(9 * MINUTE);
	board_on_message(board, STATUS, new_id(), false);
	board_on_message(board, STATUS, new_id(), true); /* ddc's own words are no talk */
	wait_ms(9 * MINUTE);
	assert_int_equal(rest_fake.count, 1);
	wait_ms(MINUTE);
	assert_int_equal(rest_fake.count, 2);
	assert_path(fake_last(), REST_POST, STATUS, 0);
	uint64_t id = posted(STATUS); /* the new one stands before the old one goes */
	assert_int_equal(rest_fake.count, 3);
	assert_path(fake_last(), REST_DELETE, STATUS, old);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == id);
	board_on_message_deleted(board, STATUS, old);
	fake_reply(fake_open(REST_DELETE, ""), 204, 0, 0);
	wait_ms(60 * MINUTE);
	assert_int_equal(rest_fake.count, 3);
}

static void test_a_move_that_fails_loses_nothing(void **state)
{
	(void)state;
	uint64_t old = start_with_panel();
	board_on_message(board, STATUS, new_id(), false);
	wait_ms(10 * MINUTE);
	fake_reply(fake_last(), 500, 0, 0);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == old);
	assert_int_equal(fake_sent(REST_DELETE), 0);
	wait_ms(10000);
	posted(STATUS);
	assert_path(fake_last(), REST_DELETE, STATUS, old);
	fake_reply(fake_last(), 503, 0, 0);
	wait_ms(10000);
	assert_path(fake_last(), REST_DELETE, STATUS, old);
	fake_reply(fake_last(), 403, 50001, 0); /* ddc cannot see the channel: the old one is still there */
	board_on_channel(board, STATUS, GUILD, 0, false);
	wait_ms(10);
	assert_int_equal(fake_sent(REST_DELETE), 3);
	assert_path(fake_last(), REST_DELETE, STATUS, old);
	fake_reply(fake_last(), 404, 10008, 0);
	wait_ms(60 * MINUTE);
	assert_int_equal(fake_open_requests(), 0);
	assert_int_equal(fake_sent(REST_DELETE), 3);
}

static void test_talk_from_before_the_start_counts(void **state)
{
	(void)state;
	struct err err;
	uint64_t old = new_id();
	state_set_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW, old, &err);
	wait_ms(MINUTE);
	uint64_t talk = new_id();
	wait_ms(8 * MINUTE);
	start();
	fake_reply(fake_last(), 200, 0, old);
	board_on_channel(board, STATUS, GUILD, talk, false);
	wait_ms(MINUTE);
	assert_int_equal(fake_sent(REST_POST), 0);
	wait_ms(MINUTE);
	assert_int_equal(fake_sent(REST_POST), 1);
}

static void test_nothing_moves_where_it_is_switched_off(void **state)
{
	(void)state;
	channel(0)->inactivity_timeout_minutes = 0;
	start_with_panel();
	assert_false(board_needs_messages(&config));
	board_on_message(board, STATUS, new_id(), false);
	wait_ms(600 * MINUTE);
	assert_int_equal(rest_fake.count, 1);
	channel(0)->inactivity_timeout_minutes = 1;
	assert_true(board_needs_messages(&config));
	channel(0)->recreate_on_inactivity = false;
	assert_false(board_needs_messages(&config));
}

/* ---- settings ---- */

static void test_a_channel_of_another_kind_keeps_its_message(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	channel(0)->kind = CHANNEL_CONTROL;
	board_set_config(board, &config);
	run();
	assert_path(fake_last(), REST_PATCH, STATUS, id);
	assert_non_null(strstr(fake_last()->body, "Admin overview"));
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == 0);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_ADMIN_OVERVIEW) == id);
}

static void test_the_kind_may_change_while_ddc_is_away(void **state)
{
	(void)state;
	struct err err;
	uint64_t id = new_id(), other = new_id();
	channels[0] = channels[1];
	state_set_panel(FAKE_STATE, CONTROL, PANEL_OVERVIEW, other, &err);
	state_set_panel(FAKE_STATE, CONTROL, PANEL_ADMIN_OVERVIEW, id, &err);
	start();
	assert_path(fake_last(), REST_PATCH, CONTROL, id);
	fake_reply(fake_last(), 200, 0, id);
	assert_path(fake_last(), REST_DELETE, CONTROL, other);
}

static void test_removed_and_added_channels(void **state)
{
	(void)state;
	uint64_t id = start_with_panel();
	channels[0] = channels[1];
	board_set_config(board, &config);
	run();
	assert_path(fake_open(REST_DELETE, "/11/"), REST_DELETE, STATUS, id);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == 0);
	fake_reply(fake_open(REST_DELETE, "/11/"), 204, 0, 0);
	run();
	posted(CONTROL);
	assert_int_equal(board_stats_of(board).channels, 1);
}

static void test_a_channel_taken_out_and_put_back_while_posting(void **state)
{
	(void)state;
	start();
	config.channel_count = 0;
	board_set_config(board, &config);
	config.channel_count = 1;
	board_set_config(board, &config);
	run();
	assert_int_equal(fake_open_requests(), 1);
	uint64_t id = posted(STATUS);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == id);
	assert_int_equal(fake_open_requests(), 0);
}

static void test_a_channel_taken_out_while_posting_is_left_clean(void **state)
{
	(void)state;
	start();
	config.channel_count = 0;
	board_set_config(board, &config);
	uint64_t id = posted(STATUS);
	assert_path(fake_last(), REST_DELETE, STATUS, id);
	fake_reply(fake_last(), 204, 0, 0);
	run();
	assert_int_equal(board_stats_of(board).channels, 0);
}

static void test_a_new_language_is_news(void **state)
{
	(void)state;
	start_with_panel();
	config.language = "de";
	board_set_config(board, &config);
	run();
	assert_non_null(strstr(fake_last()->body, "Server-Übersicht"));
}

static void test_more_channels_than_the_maximum_are_named(void **state)
{
	(void)state;
	for (unsigned i = 0; i < BOARD_CHANNELS_MAX + 2; i++) {
		channels[i] = channels[0];
		channels[i].id = 1000 + i;
	}
	config.channel_count = BOARD_CHANNELS_MAX + 2;
	start();
	assert_int_equal(board_stats_of(board).channels, BOARD_CHANNELS_MAX);
	assert_non_null(strstr(logged, "2 channels lie beyond DDC_MAX_CHANNELS (250)"));
	assert_non_null(strstr(logged, "1250"));
	board_set_config(board, &config);
	assert_int_equal(times(logged, "lie beyond DDC_MAX_CHANNELS"), 1);
	assert_true(mem_use_of(MEM_PANELS).bytes < BOARD_CHANNELS_MAX * 1024);
}

/* ---- the memory guide's limits ---- */

static void many_channels(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		channels[i] = channels[0];
		channels[i].id = 1000 + i;
	}
	config.channel_count = count;
}

static void test_channels_max_is_obeyed_and_can_be_raised(void **state)
{
	(void)state;
	many_channels(5);
	board_set_limits(board, &(struct board_limits){.channels_max = 3});
	start();
	assert_int_equal(fake_open_requests(), 3);
	assert_int_equal(board_stats_of(board).beyond_channels, 2);
	assert_non_null(
		strstr(logged, "2 channels lie beyond DDC_MAX_CHANNELS (3) and get no panel, the first is 1003"));
	board_set_limits(board, &(struct board_limits){.channels_max = 5});
	board_set_config(board, &config);
	run();
	assert_int_equal(fake_open_requests(), 5);
	assert_int_equal(board_stats_of(board).beyond_channels, 0);
	board_set_limits(
		board, &(struct board_limits){.channels_max = 1}); /* lower: let go of, nothing is deleted in Discord */
	board_set_config(board, &config);
	run();
	assert_int_equal(board_stats_of(board).channels, 1);
	assert_int_equal(fake_sent(REST_DELETE), 0);
}

static void test_untracked_channels_have_a_panel_that_stands_still(void **state)
{
	(void)state;
	many_channels(2);
	board_set_limits(board, &(struct board_limits){.tracked_max = 1});
	start();
	posted(1000);
	posted(1001);
	assert_non_null(strstr(logged, "1 channels lie beyond DDC_MAX_TRACKED_CHANNELS (1)"));
	assert_int_equal(board_stats_of(board).beyond_tracked, 1);
	set_state(CONTAINER_EXITED);
	board_on_container(board, STR("web"));
	wait_ms(BOARD_COALESCE_MS);
	assert_non_null(fake_open(REST_PATCH, "/1000/"));
	assert_null(fake_open(REST_PATCH, "/1001/"));
}

static void test_panels_are_looked_at_in_batches(void **state)
{
	(void)state;
	many_channels(5);
	board_set_limits(board, &(struct board_limits){.batch = 2});
	start();
	for (unsigned i = 0; i < 5; i++)
		posted(1000 + i);
	uint64_t before = board_stats_of(board).batches;
	web->state = CONTAINER_EXITED;
	board_on_container(board, STR("web"));
	wait_ms(BOARD_COALESCE_MS);
	assert_int_equal(fake_sent(REST_PATCH), 5); /* all in the end */
	assert_int_equal(board_stats_of(board).batches - before, 3);
}

static void answer_all(void)
{
	for (struct fake_request *r; (r = fake_open(REST_POST, "")) || (r = fake_open(REST_PATCH, ""));)
		fake_reply(r, 200, 0, new_id());
}

static void many_panels(unsigned count)
{
	many_channels(count);
	board_set_limits(board, &(struct board_limits){.batch = 1});
	start();
	for (unsigned i = 0; i < count; i++)
		answer_all(), run();
	assert_int_equal(board_stats_of(board).panels, count);
}

/* Something happens before the last news are handed out, over and over. */
static void storm(unsigned events)
{
	for (unsigned i = 0; i < events; i++) {
		web->state = web->state == CONTAINER_PAUSED ? CONTAINER_EXITED : CONTAINER_PAUSED;
		board_on_container(board, STR("web"));
		now_ms += BOARD_COALESCE_MS;
		clock_test_set(now_ms, wall_start_ms + (int64_t)now_ms);
		loop_turn(loop, 0);
		loop_turn(loop, 0);
		answer_all();
	}
}

static unsigned panels_edited(unsigned count)
{
	char path[32];
	unsigned edited = 0;
	for (unsigned c = 0; c < count; c++) {
		snprintf(path, sizeof path, "/channels/%u/", 1000 + c);
		bool found = false;
		for (unsigned i = 0; i < rest_fake.count; i++)
			found |= rest_fake.requests[i].method == REST_PATCH && strstr(rest_fake.requests[i].path, path);
		edited += found;
	}
	return edited;
}

static void test_in_a_storm_every_panel_has_its_turn(void **state)
{
	enum { COUNT = 100 };
	(void)state;
	many_panels(COUNT);
	storm(COUNT);
	assert_int_equal(panels_edited(COUNT), COUNT);
}

static void test_hurry_is_for_one_round_however_often_something_happens(void **state)
{
	enum { COUNT = 30 };
	(void)state;
	many_panels(COUNT);
	rest_fake.spare_wait_ms = 60 * MINUTE; /* what is left is for what people do */
	web->state = CONTAINER_RESTARTING;
	board_on_action(board, STR("web"));
	storm(3 * COUNT);
	assert_int_equal(panels_edited(COUNT), COUNT);
	assert_int_equal(fake_sent(REST_PATCH), COUNT);
}

static void talk(unsigned messages, uint64_t *ids)
{
	for (unsigned i = 0; i < messages; i++) {
		ids[i] = new_id();
		board_on_message(board, STATUS, ids[i], false);
	}
}

static void test_requests_under_way_are_bounded_and_all_get_their_turn(void **state)
{
	enum { COUNT = PANEL_REQUESTS_MAX + 3 };
	struct fake_request *r;
	unsigned answered = 0, most = 0;
	(void)state;
	for (unsigned i = 1; i < COUNT; i++) {
		channels[i] = channels[0];
		channels[i].id = 1000 + i;
	}
	config.channel_count = COUNT;
	start();
	assert_int_equal(fake_open_requests(), PANEL_REQUESTS_MAX);
	for (; answered < 2 * COUNT && (r = fake_open(REST_POST, "/messages")); answered++) {
		fake_reply(r, 200, 0, new_id());
		run();
		most = fake_open_requests() > most ? fake_open_requests() : most;
	}
	assert_int_equal(answered, COUNT);
	assert_int_equal(most, PANEL_REQUESTS_MAX);
	assert_int_equal(board_stats_of(board).panels, COUNT);
}

static void test_talk_that_was_deleted_moves_nothing_as_far_as_it_is_remembered(void **state)
{
	(void)state;
	uint64_t ids[3];
	board_set_limits(board, &(struct board_limits){.history_max = 3});
	start_with_panel();
	wait_ms(1000);
	talk(3, ids);
	for (unsigned i = 0; i < 3; i++)
		board_on_message_deleted(board, STATUS, ids[i]);
	wait_ms(11 * MINUTE);
	assert_int_equal(fake_sent(REST_POST), 1);
	board_set_limits(
		board, &(struct board_limits){.history_max = 2}); /* one more than is remembered: better safe */
	talk(3, ids);
	for (unsigned i = 0; i < 3; i++)
		board_on_message_deleted(board, STATUS, ids[i]);
	wait_ms(11 * MINUTE);
	assert_int_equal(fake_sent(REST_POST), 2);
}

static void test_talk_that_was_forgotten_for_memory_moves_the_panel_all_the_same(void **state)
{
	enum { MANY = 500 };
	static uint64_t ids[MANY];
	(void)state;
	board_set_limits(board, &(struct board_limits){.history_max = MANY});
	start_with_panel();
	wait_ms(1000);
	talk(MANY, ids);
	size_t before = mem_use_of(MEM_PANELS).bytes;
	board_forget_talk(board);
	assert_true(mem_use_of(MEM_PANELS).bytes + MANY * sizeof *ids <= before);
	talk(1, ids); /* the one that is remembered again goes; that others stand there is not forgotten */
	board_on_message_deleted(board, STATUS, ids[0]);
	wait_ms(11 * MINUTE);
	assert_int_equal(fake_sent(REST_POST), 2);
	fake_reply(fake_open(REST_POST, "/messages"), 200, 0, new_id());
	run();
	talk(3, ids); /* below the new one all is remembered again */
	for (unsigned i = 0; i < 3; i++)
		board_on_message_deleted(board, STATUS, ids[i]);
	wait_ms(11 * MINUTE);
	assert_int_equal(fake_sent(REST_POST), 2);
	board_forget_talk(board); /* where there is no talk nothing is forgotten */
	talk(3, ids);
	for (unsigned i = 0; i < 3; i++)
		board_on_message_deleted(board, STATUS, ids[i]);
	wait_ms(11 * MINUTE);
	assert_int_equal(fake_sent(REST_POST), 2);
}

static void test_a_refusal_is_believed_no_longer_than_told(void **state)
{
	(void)state;
	board_set_limits(board, &(struct board_limits){.believe_ms = 20000});
	start();
	fake_reply(fake_open(REST_POST, "/11/"), 403, 50013, 0);
	run();
	wait_ms(19000);
	assert_int_equal(fake_sent(REST_POST), 1);
	wait_ms(1500); /* without the setting it would be a minute */
	assert_int_equal(fake_sent(REST_POST), 2);
}

/* Ten minutes in which Discord refuses every post; returns how often it was asked. */
static unsigned tries_while_refused(void)
{
	for (unsigned s = 0; s < 600; s++, wait_ms(1000))
		for (struct fake_request *r; (r = fake_open(REST_POST, "/messages"));) {
			rest_fake.invalid++;
			fake_reply(r, 403, 50013, 0);
		}
	return fake_sent(REST_POST);
}

static void test_the_smallest_belief_asks_ever_less_often(void **state)
{
	static const unsigned waits[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
	(void)state;
	board_set_limits(board, &(struct board_limits){.believe_ms = 1000});
	start();
	for (unsigned i = 0; i < sizeof waits / sizeof *waits; i++) {
		fake_reply(fake_open(REST_POST, "/11/"), 403, 50013, 0);
		run();
		wait_ms(waits[i] * 1000 - 100);
		assert_int_equal(fake_sent(REST_POST), i + 1);
		wait_ms(200);
		assert_int_equal(fake_sent(REST_POST), i + 2);
	}
	assert_non_null(strstr(logged, "Trying again in 1 s, then less often"));
}

static void test_many_refused_channels_leave_requests_to_others(void **state)
{
	(void)state;
	many_channels(BOARD_CHANNELS_MAX);
	board_set_limits(board, &(struct board_limits){.believe_ms = 1000});
	start();
	unsigned tries = tries_while_refused();
	assert_true(tries > BOARD_CHANNELS_MAX); /* each was tried again */
	assert_true(tries < REST_INVALID_PER_10_MIN_MAX);
}

static void test_figures_are_not_read_in_the_background_when_switched_off(void **state)
{
	(void)state;
	channels[0] = channels[1];
	board_set_limits(board, &(struct board_limits){.no_figures = true});
	start();
	posted(CONTROL);
	assert_int_equal(docker_fake.usage_interval_ms, 0);
	board_set_limits(board,
		&(struct board_limits){.no_figures = true, .figures_ms = 60000}); /* but somebody else needs them */
	assert_int_equal(docker_fake.usage_interval_ms, 60000);
}

/* ---- commands ---- */

static void test_the_answer_to_a_command_becomes_the_panel(void **state)
{
	(void)state;
	uint64_t old = start_with_panel();
	struct message m;
	message_init(&m, MEM_TEST);
	board_write(board, &m, STATUS, PANEL_OVERVIEW, 0);
	message_finish(&m);
	assert_non_null(strstr(buf_text(&m.body), "**Web**"));
	message_clear(&m);
	uint64_t id = new_id();
	board_adopt(board, STATUS, PANEL_OVERVIEW, id);
	run();
	assert_int_equal(rest_fake.count, 2); /* its content is known: no edit, only the old one goes */
	assert_path(fake_last(), REST_DELETE, STATUS, old);
	fake_reply(fake_last(), 204, 0, 0);
	set_state(CONTAINER_PAUSED);
	assert_path(fake_last(), REST_PATCH, STATUS, id);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == id);
}

static void test_a_command_while_posting_leaves_one_panel(void **state)
{
	(void)state;
	start();
	uint64_t id = new_id();
	board_adopt(board, STATUS, PANEL_OVERVIEW, id);
	uint64_t other = posted(STATUS);
	assert_true(state_panel(FAKE_STATE, STATUS, PANEL_OVERVIEW) == id);
	for (unsigned i = 0; i < 2; i++) { /* its content is not known here: edited once; the other one goes */
		struct fake_request *r = fake_last();
		if (r->method == REST_DELETE)
			assert_path(r, REST_DELETE, STATUS, other);
		fake_reply(r, 200, 0, id);
		run();
	}
	assert_int_equal(fake_sent(REST_DELETE), 1);
	assert_int_equal(fake_open_requests(), 0);
}

static void test_a_late_answer_for_the_old_panel_says_nothing_of_the_new_one(void **state)
{
	(void)state;
	uint64_t old = start_with_panel();
	set_state(CONTAINER_PAUSED);
	struct fake_request *late = fake_open(REST_PATCH, "");
	uint64_t id = new_id();
	board_adopt(board, STATUS, PANEL_OVERVIEW, id); /* what it says is not known: nobody offered it */
	fake_reply(late, 200, 0, old);
	run();
	assert_path(fake_last(), REST_PATCH, STATUS, id);
	assert_non_null(strstr(fake_last()->body, "Paused"));
	fake_reply(fake_last(), 200, 0, id);
	assert_path(fake_last(), REST_DELETE, STATUS, old);
}

static void test_commands_in_strange_channels_track_nothing(void **state)
{
	(void)state;
	start_with_panel();
	board_adopt(board, 999, PANEL_OVERVIEW, new_id());
	board_adopt(board, STATUS, PANEL_ADMIN_OVERVIEW, new_id());
	run();
	assert_int_equal(rest_fake.count, 1);
	struct message m;
	message_init(&m, MEM_TEST);
	board_write(board, &m, 999, PANEL_OVERVIEW, 5);
	message_finish(&m);
	assert_false(m.body.overflow);
	message_clear(&m);
}

static void test_it_may_be_freed_at_any_moment(void **state)
{
	(void)state;
	config.channel_count = 2;
	start();
	posted(STATUS);
	set_state(CONTAINER_PAUSED);
	board_on_everything(board);
	assert_int_equal(fake_open_requests(), 2);
	/* teardown frees it with requests and timers under way */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_panel_is_posted_once_and_remembered),
		TEST(test_nothing_is_posted_where_it_was_not_asked_for),
		TEST(test_a_remembered_message_is_edited_not_posted_again),
		TEST(test_a_remembered_message_that_is_gone_is_posted_anew),
		TEST(test_panels_wait_for_the_engines_first_word),
		TEST(test_panels_do_not_wait_for_the_engine_for_ever),
		TEST(test_a_change_is_edited_within_50_ms_and_only_a_change),
		TEST(test_one_request_at_a_time_and_the_newest_wins),
		TEST(test_a_change_while_posting_is_edited_afterwards),
		TEST(test_a_known_limit_is_waited_out_with_the_newest_content),
		TEST(test_what_people_do_does_not_wait_for_what_crashes),
		TEST(test_edits_of_old_messages_are_spaced),
		TEST(test_pending_and_its_end_are_shown_even_without_auto_refresh),
		TEST(test_figures_follow_the_interval_and_news_do_not),
		TEST(test_first_figures_come_soon),
		TEST(test_first_figures_are_waited_for_until_all_are_there),
		TEST(test_details_that_trickle_in_are_one_edit),
		TEST(test_the_panel_of_a_channel_that_went_is_removed_and_nothing_else),
		TEST(test_usage_is_read_only_for_panels_that_show_it),
		TEST(test_missing_rights_are_told_once_and_tried_ever_less_often),
		TEST(test_changed_permissions_are_tried_at_once),
		TEST(test_where_ddc_was_removed_nothing_is_tried_until_it_is_back),
		TEST(test_a_lost_channel_is_dropped_and_comes_back),
		TEST(test_a_deleted_message_is_posted_again_but_not_in_a_duel),
		TEST(test_a_message_deleted_while_it_is_edited),
		TEST(test_a_post_without_an_answer_is_repeated_with_the_same_nonce),
		TEST(test_too_fast_is_respected_and_an_old_message_is_replaced_in_the_end),
		TEST(test_a_full_line_is_tried_again),
		TEST(test_a_refused_token_is_waited_out_in_silence),
		TEST(test_without_memory_nothing_half_is_sent),
		TEST(test_the_panel_moves_below_the_talk_once_it_is_quiet),
		TEST(test_a_move_that_fails_loses_nothing),
		TEST(test_talk_from_before_the_start_counts),
		TEST(test_nothing_moves_where_it_is_switched_off),
		TEST(test_channels_max_is_obeyed_and_can_be_raised),
		TEST(test_untracked_channels_have_a_panel_that_stands_still),
		TEST(test_panels_are_looked_at_in_batches),
		TEST(test_in_a_storm_every_panel_has_its_turn),
		TEST(test_hurry_is_for_one_round_however_often_something_happens),
		TEST(test_requests_under_way_are_bounded_and_all_get_their_turn),
		TEST(test_talk_that_was_deleted_moves_nothing_as_far_as_it_is_remembered),
		TEST(test_talk_that_was_forgotten_for_memory_moves_the_panel_all_the_same),
		TEST(test_a_refusal_is_believed_no_longer_than_told),
		TEST(test_the_smallest_belief_asks_ever_less_often),
		TEST(test_many_refused_channels_leave_requests_to_others),
		TEST(test_figures_are_not_read_in_the_background_when_switched_off),
		TEST(test_a_channel_of_another_kind_keeps_its_message),
		TEST(test_the_kind_may_change_while_ddc_is_away),
		TEST(test_removed_and_added_channels),
		TEST(test_a_channel_taken_out_and_put_back_while_posting),
		TEST(test_a_channel_taken_out_while_posting_is_left_clean),
		TEST(test_a_new_language_is_news),
		TEST(test_more_channels_than_the_maximum_are_named),
		TEST(test_the_answer_to_a_command_becomes_the_panel),
		TEST(test_a_command_while_posting_leaves_one_panel),
		TEST(test_a_late_answer_for_the_old_panel_says_nothing_of_the_new_one),
		TEST(test_commands_in_strange_channels_track_nothing),
		TEST(test_it_may_be_freed_at_any_moment),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
