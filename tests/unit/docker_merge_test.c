/* The cache, and what the engine's words do to it. */
#include "test.h"

#include "docker/merge.h"

#include <stdio.h>
#include <string.h>

static struct containers cs;

static struct wire_item item(const char *id, const char *name, enum container_state state)
{
	struct wire_item i = {.c.state = state, .valid = true};
	str_copy(i.c.id, sizeof i.c.id, str_of(id));
	str_copy(i.c.name, sizeof i.c.name, str_of(name));
	return i;
}

static struct merged list_one(const char *id, const char *name, enum container_state state)
{
	struct wire_item i = item(id, name, state);
	return merge_item(&cs, &i, false);
}

static struct merged event(const char *id, enum wire_action action, struct wire_event more)
{
	more.action = action;
	str_copy(more.id, sizeof more.id, str_of(id));
	return merge_event(&cs, &more);
}

static int set_up(void **state)
{
	containers_init(&cs, 4);
	return 0;
}

static int tear_down(void **state)
{
	containers_clear(&cs);
	return 0;
}

static void test_sorted_found_and_bounded(void **state)
{
	assert_int_equal(list_one("3", "web", CONTAINER_RUNNING).what, CONTAINER_APPEARED);
	list_one("1", "db", CONTAINER_RUNNING);
	list_one("2", "Cache", CONTAINER_EXITED);
	list_one("4", "app", CONTAINER_RUNNING);
	assert_null(list_one("5", "beyond", CONTAINER_RUNNING).entry);
	assert_null(list_one("6", "beyond2", CONTAINER_RUNNING).entry);
	assert_int_equal(cs.count, 4);
	assert_int_equal(cs.out.count, 2);
	assert_string_equal(cs.at[0]->c.name, "Cache");
	assert_string_equal(cs.at[3]->c.name, "web");
	assert_string_equal(containers_find(&cs, STR("db"))->c.id, "1");
	assert_null(containers_find(&cs, STR("d")));
	assert_string_equal(containers_by_id(&cs, "3")->c.name, "web");
	event("6", WIRE_DESTROY, (struct wire_event){0});
	assert_int_equal(cs.out.count, 1);
}

/* ---- more than may be kept ---- */

static const char *wanted[4];

static bool is_wanted(struct str name, void *arg)
{
	for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (wanted[i] && str_is(name, wanted[i]))
			return true;
	return false;
}

static void want_only(const char *a, const char *b)
{
	wanted[0] = a, wanted[1] = b, wanted[2] = wanted[3] = NULL;
	cs.is_wanted = is_wanted;
	containers_ask_again(&cs);
}

static void fill_with_strangers(void)
{
	list_one("1", "a", CONTAINER_RUNNING);
	list_one("2", "b", CONTAINER_RUNNING);
	list_one("3", "c", CONTAINER_RUNNING);
	list_one("4", "d", CONTAINER_RUNNING);
}

/* The name of the one that had to go; "" if none had to. */
static const char *evicted(struct merged m)
{
	static char name[CONTAINER_NAME_BYTES];
	str_copy(name, sizeof name, m.evicted ? str_of(m.evicted->c.name) : STR(""));
	mem_free(m.evicted);
	return name;
}

static void test_those_that_somebody_asks_for_are_kept_first(void **state)
{
	want_only("db", "web");
	fill_with_strangers();
	assert_null(list_one("5", "e", CONTAINER_RUNNING).entry);
	assert_string_equal(evicted(list_one("6", "web", CONTAINER_RUNNING)), "d");
	assert_string_equal(evicted(event("7", WIRE_CREATE, (struct wire_event){.name = "db"})), "c");
	assert_null(event("8", WIRE_CREATE, (struct wire_event){.name = "f"}).entry);
	assert_int_equal(cs.count, 4);
	assert_non_null(containers_find(&cs, STR("web")));
	assert_non_null(containers_find(&cs, STR("db")));
	assert_int_equal(cs.out.count, 4);
	assert_int_equal(cs.out.wanted, 0);
	assert_string_equal(cs.out.names[0], "e"); /* in the order in which they were met */
	event("8", WIRE_DESTROY, (struct wire_event){.name = "f"});
	assert_int_equal(cs.out.count, 3);
}

static void test_too_many_that_somebody_asks_for(void **state)
{
	cs.max = 1;
	want_only("web", "db");
	list_one("1", "web", CONTAINER_RUNNING);
	list_one("2", "a", CONTAINER_RUNNING);
	assert_null(list_one("3", "db", CONTAINER_RUNNING).entry);
	assert_int_equal(cs.out.count, 2);
	assert_int_equal(cs.out.wanted, 1);
	assert_true(left_out_has(&cs.out, STR("db")));
	assert_false(left_out_has(&cs.out, STR("a")));
	assert_string_equal(cs.out.names[0], "db"); /* before the other */
	assert_string_equal(cs.out.names[1], "a");
	event("3", WIRE_CREATE, (struct wire_event){.name = "db"}); /* told again: it is counted once */
	assert_int_equal(cs.out.count, 2);
	event("3", WIRE_DESTROY, (struct wire_event){.name = "db"});
	assert_false(left_out_has(&cs.out, STR("db")));
	assert_int_equal(cs.out.wanted, 0);
	assert_string_equal(cs.out.names[0], "a");
	event("9", WIRE_DESTROY, (struct wire_event){.name = "x"});
	event("9", WIRE_DESTROY, (struct wire_event){.name = "x"});
	assert_int_equal(cs.out.count, 0);
	assert_int_equal(cs.out.named, 0);
	assert_null(list_one("3", "db", CONTAINER_RUNNING).entry);
	event("3", WIRE_DESTROY, (struct wire_event){.name = "db_before"}); /* renamed meanwhile */
	assert_int_equal(cs.out.named, 0);
}

static void test_a_stranger_that_takes_a_wanted_name_is_asked_about(void **state)
{
	want_only("web", NULL);
	fill_with_strangers();
	assert_null(list_one("5", "12ab_web", CONTAINER_RUNNING).entry);
	assert_true(event("5", WIRE_RENAME, (struct wire_event){.name = "web"}).unknown);
	assert_false(event("5", WIRE_RENAME, (struct wire_event){.name = "other"}).unknown);
	assert_false(event("5", WIRE_START, (struct wire_event){.name = "12ab_web"}).unknown);
	assert_true(containers_find(&cs, STR("a"))->wanted == false);
	event("1", WIRE_RENAME, (struct wire_event){.name = "web"});
	assert_true(containers_find(&cs, STR("web"))->wanted);
}

static void test_a_list_counts_when_it_is_whole(void **state)
{
	want_only("web", NULL);
	fill_with_strangers();
	cs.max = 4;
	list_one("5", "e", CONTAINER_RUNNING);
	containers_list_begin(&cs);
	assert_false(cs.at[0]->listed);
	list_one("5", "e", CONTAINER_RUNNING);
	list_one("6", "f", CONTAINER_RUNNING);
	assert_int_equal(cs.out.count, 1);
	containers_list_end(&cs, false); /* it broke off */
	assert_int_equal(cs.out.count, 1);
	containers_list_begin(&cs);
	list_one("5", "e", CONTAINER_RUNNING);
	list_one("6", "f", CONTAINER_RUNNING);
	containers_list_end(&cs, true);
	assert_int_equal(cs.out.count, 2);
}

static void test_a_lower_limit_lets_strangers_go_first(void **state)
{
	want_only("b", "d");
	fill_with_strangers();
	static const char *const order[] = {"c", "a", "d", "b"};
	for (unsigned i = 0; i < 4; i++) {
		struct entry *e = containers_evict(&cs);
		assert_string_equal(e->c.name, order[i]);
		mem_free(e);
	}
	assert_int_equal(cs.out.wanted, 2);
}

static void test_so_many_left_out_that_not_all_are_remembered(void **state)
{
	char name[32];
	cs.max = 0;
	for (unsigned i = 0; i < LEFT_OUT_KNOWN_MAX + 10; i++) {
		snprintf(name, sizeof name, "c%u", i);
		left_out_add(&cs.out, name, name, true);
	}
	assert_int_equal(cs.out.count, LEFT_OUT_KNOWN_MAX + 10);
	assert_int_equal(cs.out.known_count, LEFT_OUT_KNOWN_MAX);
	assert_true(left_out_has(&cs.out, STR("c4095")));
	assert_false(left_out_has(&cs.out, STR("c4096"))); /* docker_state_of() says "unknown" then, never "missing" */
	assert_true(mem_use_total().bytes <= LEFT_OUT_KNOWN_MAX * 16);
}

static void test_room_that_nobody_needs_is_given_back(void **state)
{
	char id[16], name[16];
	cs.max = 1000;
	for (int i = 0; i < 300; i++) {
		snprintf(id, sizeof id, "%d", i);
		snprintf(name, sizeof name, "c%d", i);
		list_one(id, name, CONTAINER_RUNNING);
	}
	while (cs.count > 20)
		containers_remove(&cs, cs.at[20]);
	size_t before = mem_use_total().bytes;
	containers_trim(&cs);
	assert_true(mem_use_total().bytes + (512 - 20) * sizeof(void *) <= before);
	before = mem_use_total().bytes;
	containers_trim(&cs);
	assert_int_equal(mem_use_total().bytes, before);
	assert_non_null(containers_find(&cs, str_of(cs.at[19]->c.name)));
	assert_non_null(list_one("new", "new", CONTAINER_RUNNING).entry);
	assert_int_equal(cs.count, 21);
}

static void test_no_memory_counts_as_beyond(void **state)
{
	mem_fail_at(1);
	assert_null(list_one("1", "a", CONTAINER_RUNNING).entry);
	mem_fail_at(2);
	assert_null(list_one("2", "b", CONTAINER_RUNNING).entry);
	mem_fail_at(0);
	assert_int_equal(cs.out.count, 2);
	assert_non_null(list_one("1", "a", CONTAINER_RUNNING).entry);
}

static void test_recreated_a_hundred_times(void **state)
{
	char id[16];
	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof id, "%d", i);
		struct wire_event named = {.name = "web"};
		assert_int_equal(event(id, WIRE_CREATE, named).what, CONTAINER_APPEARED);
		struct merged m = event(id, WIRE_DESTROY, (struct wire_event){0});
		assert_int_equal(m.what, CONTAINER_GONE);
		containers_remove(&cs, m.entry);
	}
	assert_int_equal(cs.count, 0);
	assert_int_equal(cs.out.count, 0);
}

static void test_life_of_one(void **state)
{
	struct merged m = list_one("1", "web", CONTAINER_EXITED);
	assert_int_equal(m.entry->want, WANT_SOON);
	m = event("1", WIRE_START, (struct wire_event){.time_s = 100});
	assert_int_equal(m.what, CONTAINER_CHANGED);
	assert_int_equal(m.entry->c.state, CONTAINER_RUNNING);
	assert_int_equal(m.entry->c.started_at_s, 100);
	m = event("1", WIRE_HEALTH, (struct wire_event){.health = HEALTH_HEALTHY, .health_known = true});
	assert_int_equal(m.what, CONTAINER_HEALTH_CHANGED);
	m = event("1", WIRE_PAUSE, (struct wire_event){0});
	assert_int_equal(m.entry->c.state, CONTAINER_PAUSED);
	assert_int_equal(m.entry->c.health, HEALTH_HEALTHY);
	assert_true(m.changed);
	assert_false(event("1", WIRE_PAUSE, (struct wire_event){0}).changed); /* said twice, told once */
	event("1", WIRE_UNPAUSE, (struct wire_event){0});
	m = event("1", WIRE_DIE, (struct wire_event){.exit_known = true, .exit_code = 3, .time_s = 110});
	assert_int_equal(m.what, CONTAINER_DIED);
	assert_int_equal(m.entry->c.state, CONTAINER_EXITED);
	assert_int_equal(m.entry->c.exit_code, 3);
	assert_int_equal(m.entry->c.health, HEALTH_NONE);
	assert_int_equal(m.entry->c.finished_at_s, 110);
	assert_false(m.entry->c.oom_killed);
	m = event("1", WIRE_START, (struct wire_event){.time_s = 120});
	assert_int_equal(m.entry->c.health, HEALTH_STARTING); /* it has a check: it must prove itself again */
	m = event("1", WIRE_RENAME, (struct wire_event){.name = "www"});
	assert_int_equal(m.what, CONTAINER_RENAMED);
	assert_null(containers_find(&cs, STR("web")));
	assert_non_null(containers_find(&cs, STR("www")));
	assert_false(event("9", WIRE_DIE, (struct wire_event){0}).changed); /* never heard of it */
}

static void test_out_of_memory(void **state)
{
	list_one("1", "web", CONTAINER_RUNNING);
	assert_int_equal(event("1", WIRE_OOM, (struct wire_event){.time_s = 100}).what, CONTAINER_OOM);
	struct merged m =
		event("1", WIRE_DIE, (struct wire_event){.exit_known = true, .exit_code = 137, .time_s = 101});
	assert_true(m.entry->c.oom_killed);
	/* The engine's description often does not know it; the event does. */
	struct wire_details d = {.state = CONTAINER_EXITED, .exit_code = 137, .valid = true};
	merge_details(&cs, m.entry, &d);
	assert_true(m.entry->c.oom_killed);
	/* a worker of it was killed long before: not why it ended */
	event("1", WIRE_START, (struct wire_event){.time_s = 200});
	event("1", WIRE_OOM, (struct wire_event){.time_s = 300});
	m = event("1", WIRE_DIE, (struct wire_event){.exit_known = true, .time_s = 400});
	assert_false(m.entry->c.oom_killed);
}

/* Each end once, whoever tells of it; not those from before anybody looked. */
static void test_out_of_memory_is_counted(void **state)
{
	struct entry *e = list_one("1", "web", CONTAINER_RUNNING).entry;
	struct wire_details d = {.state = CONTAINER_EXITED, .oom_killed = true, .finished_at_s = 50, .valid = true};
	assert_int_equal(e->c.restart_count, -1); /* nobody has told yet */
	merge_details(&cs, e, &d);
	assert_true(e->c.oom_killed);
	assert_int_equal(e->c.restart_count, 0);
	assert_int_equal(e->c.oom_kills, 0); /* it was so when ddc came */
	event("1", WIRE_START, (struct wire_event){.time_s = 100});
	event("1", WIRE_OOM, (struct wire_event){.time_s = 110});
	event("1", WIRE_DIE, (struct wire_event){.time_s = 111});
	assert_int_equal(e->c.oom_kills, 1);
	d.finished_at_s = 112;
	merge_details(&cs, e, &d);
	merge_details(&cs, e, &d);
	assert_int_equal(e->c.oom_kills, 1); /* the same end again */
	event("1", WIRE_START, (struct wire_event){.time_s = 200});
	event("1", WIRE_DIE, (struct wire_event){.time_s = 210});
	assert_int_equal(e->c.oom_kills, 1);
	d.finished_at_s = 210;
	merge_details(&cs, e, &d); /* no event named the reason; the description does */
	assert_int_equal(e->c.oom_kills, 2);
	d = (struct wire_details){.state = CONTAINER_RUNNING, .finished_at_s = 210, .valid = true};
	merge_details(&cs, e, &d);
	d = (struct wire_details){.state = CONTAINER_EXITED, .oom_killed = true, .finished_at_s = 300, .valid = true};
	merge_details(&cs, e, &d); /* without events at all */
	assert_int_equal(e->c.oom_kills, 3);
	e->c.oom_kills = UINT16_MAX;
	event("1", WIRE_START, (struct wire_event){.time_s = 400});
	event("1", WIRE_OOM, (struct wire_event){.time_s = 401});
	event("1", WIRE_DIE, (struct wire_event){.time_s = 401});
	assert_int_equal(e->c.oom_kills, UINT16_MAX);
}

static void test_description_tells_what_changed(void **state)
{
	struct entry *e = list_one("1", "web", CONTAINER_RUNNING).entry;
	struct wire_details d = {.state = CONTAINER_RUNNING, .started_at_s = 50, .stop_timeout_s = -1, .valid = true};
	struct merged m = merge_details(&cs, e, &d);
	assert_true(m.changed);
	assert_int_equal(m.what, CONTAINER_DESCRIBED); /* it runs as before; since when is no event */
	assert_int_equal(e->want, WANT_NOTHING);
	assert_false(merge_details(&cs, e, &d).changed);
	d.exit_code = 3;
	assert_int_equal(merge_details(&cs, e, &d).what, CONTAINER_CHANGED);
	d.health = HEALTH_UNHEALTHY;
	assert_int_equal(merge_details(&cs, e, &d).what, CONTAINER_HEALTH_CHANGED);
	d.state = CONTAINER_EXITED;
	assert_int_equal(merge_details(&cs, e, &d).what, CONTAINER_DIED);
	assert_int_equal(e->c.health, HEALTH_NONE);
}

static void test_next_list_tells_the_difference(void **state)
{
	struct entry *e = list_one("1", "web", CONTAINER_RUNNING).entry;
	containers_set_stale(&cs);
	assert_true(e->c.stale);
	assert_true(list_one("1", "web", CONTAINER_RUNNING).changed); /* not stale any more */
	assert_false(list_one("1", "web", CONTAINER_RUNNING).changed);
	assert_int_equal(list_one("1", "www", CONTAINER_RUNNING).what, CONTAINER_RENAMED);
	assert_int_equal(list_one("1", "www", CONTAINER_EXITED).what, CONTAINER_DIED);
	assert_int_equal(list_one("1", "www", CONTAINER_UNKNOWN).what, CONTAINER_CHANGED);
}

static void test_end_drops_usage(void **state)
{
	struct entry *e = list_one("1", "web", CONTAINER_RUNNING).entry;
	e->c.cpu_known = e->c.memory_known = true;
	e->sample.at_ms = 5;
	e->usage_due_ms = 9;
	event("1", WIRE_DIE, (struct wire_event){0});
	assert_false(e->c.cpu_known || e->c.memory_known);
	assert_int_equal(e->sample.at_ms, 0);
	assert_int_equal(e->usage_due_ms, 0);
}

static void test_itself_is_recognised(void **state)
{
	strcpy(cs.self, "abcdefabcdef");
	assert_true(list_one("abcdefabcdef0123", "ddc", CONTAINER_RUNNING).entry->c.is_self);
	assert_false(list_one("abcdefabcdee0123", "other", CONTAINER_RUNNING).entry->c.is_self);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sorted_found_and_bounded),
		TEST(test_those_that_somebody_asks_for_are_kept_first),
		TEST(test_too_many_that_somebody_asks_for),
		TEST(test_a_stranger_that_takes_a_wanted_name_is_asked_about),
		TEST(test_a_list_counts_when_it_is_whole),
		TEST(test_a_lower_limit_lets_strangers_go_first),
		TEST(test_so_many_left_out_that_not_all_are_remembered),
		TEST(test_no_memory_counts_as_beyond),
		TEST(test_room_that_nobody_needs_is_given_back),
		TEST(test_recreated_a_hundred_times),
		TEST(test_life_of_one),
		TEST(test_out_of_memory),
		TEST(test_out_of_memory_is_counted),
		TEST(test_description_tells_what_changed),
		TEST(test_next_list_tells_the_difference),
		TEST(test_end_drops_usage),
		TEST(test_itself_is_recognised),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
