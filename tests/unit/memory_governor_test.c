/* Levels, clean-ups and refusals, with figures from a prepared folder instead of the kernel's. */
#include "base/clock.h"
#include "base/log.h"
#include "folder.h"
#include "memory/governor.h"

#define MB (1024 * 1024)

static struct {
	struct loop *loop;
	struct governor *g;
	enum memory_level level;
	unsigned levels, looks, samples;
	char order[64];
	char log[8192];
} t;

/* The clock stands still; only what is given here passes. */
static void pass_s(unsigned seconds)
{
	static const int64_t wall_ms = 1790000000000;
	uint64_t now = clock_mono_ms() + seconds * 1000ull;
	clock_test_set(now, wall_ms);
	loop_turn(t.loop, 0);
}

static void set_held(unsigned megabytes)
{
	char text[64];
	long pages = (long)megabytes * MB / sysconf(_SC_PAGESIZE);
	snprintf(
		text, sizeof text, "99999 %ld 50 0 0 0 0\n", pages + 50); /* 50 pages are of files: they do not count */
	put_bytes("proc/self/statm", text, strlen(text));
}

static void on_level(enum memory_level level, void *arg)
{
	t.level = level;
	t.levels++;
}

static void on_look(uint64_t held_bytes, uint64_t limit_bytes, void *arg)
{
	t.looks++;
}

static void on_line(enum log_level level, const char *line, void *arg)
{
	size_t used = strlen(t.log);
	snprintf(t.log + used, sizeof t.log - used, "%s\n", line);
}

static void shrink(void *arg)
{
	strcat(t.order, arg);
}

static int set_up(void **state)
{
	static const struct governor_listener listener = {on_level, NULL, on_look};
	memset(&t, 0, sizeof t);
	folder_make(state);
	set_held(1);
	log_set_sink(on_line, NULL);
	t.loop = loop_new();
	t.g = governor_new(t.loop, folder, &listener, NULL);
	governor_add_shrinker(t.g, SHRINK_CONNECTIONS, "c", shrink, (void *)(uintptr_t) "C");
	governor_add_shrinker(t.g, SHRINK_CACHES, "a", shrink, (void *)(uintptr_t) "A");
	governor_add_shrinker(t.g, SHRINK_BUFFERS, "b", shrink, (void *)(uintptr_t) "B");
	return t.g ? 0 : -1;
}

static int tear_down(void **state)
{
	governor_free(t.g);
	loop_free(t.loop);
	log_set_sink(NULL, NULL);
	clock_test_set(0, 0);
	return folder_remove(state);
}

static void set(unsigned limit_mb, unsigned threshold_mb)
{
	const struct governor_settings s = {limit_mb, threshold_mb, 60};
	governor_set(t.g, &s);
}

static void test_below_the_threshold_nothing_happens(void **state)
{
	set(10, 5);
	set_held(4);
	governor_look(t.g);
	assert_int_equal(t.levels, 0);
	assert_string_equal(t.order, "");
	assert_true(governor_allows(t.g, WORK_WEB));
	assert_int_equal(t.looks, 1);
}

static void test_above_the_threshold_everything_is_shed_in_order(void **state)
{
	set(10, 5);
	set_held(6);
	governor_look(t.g);
	assert_int_equal(t.level, MEMORY_HIGH);
	assert_string_equal(t.order, "ABC");
	assert_non_null(strstr(t.log, "Memory cleanup"));
	assert_non_null(strstr(t.log, "cache cleanup"));
	assert_non_null(strstr(t.log, "GC performed"));
	assert_true(governor_allows(t.g, WORK_WEB)); /* not yet */
	assert_int_equal(governor_stats_of(t.g).cleanups, 1);
}

static char *cache, *buffer;

static void drop(void *arg)
{
	char **block = arg;
	mem_free(*block);
	*block = NULL;
}

static void test_a_clean_up_names_who_gave_what_back(void **state)
{
	set(10, 5);
	governor_forget_shrinkers(t.g);
	cache = mem_alloc(MEM_TEST, 4096);
	buffer = mem_alloc(MEM_TEST, 2048);
	governor_add_shrinker(t.g, SHRINK_BUFFERS, "halves", drop, &buffer);
	governor_add_shrinker(t.g, SHRINK_CACHES, "history", drop, &cache);
	governor_cleanup(t.g, "asked for");
	assert_non_null(strstr(t.log, "cache cleanup: 4 KB (history 4 KB)\n"));
	assert_non_null(strstr(t.log, "buffers and idle connections: 2 KB (halves 2 KB)\n"));
	governor_cleanup(t.g, "asked for"); /* there is nothing any more */
	assert_non_null(strstr(t.log, "cache cleanup: 0 B\n"));
	assert_string_equal(governor_shrinker_stats(t.g, 0)->name, "history"); /* in the order of the steps */
	assert_int_equal(governor_shrinker_stats(t.g, 0)->bytes, 4096);
	assert_int_equal(governor_shrinker_stats(t.g, 1)->bytes, 2048);
	assert_null(governor_shrinker_stats(t.g, 2));
}

static void test_above_the_limit_new_work_is_refused_but_control_is_not(void **state)
{
	set(10, 5);
	set_held(11);
	governor_look(t.g);
	assert_int_equal(t.level, MEMORY_FULL);
	assert_false(governor_allows(t.g, WORK_WEB));
	assert_false(governor_allows(t.g, WORK_LOGS));
	assert_false(governor_allows(t.g, WORK_FIGURES));
	assert_true(governor_allows(t.g, WORK_CONTROL));
	assert_int_equal(governor_stats_of(t.g).refused[WORK_WEB], 1);
	assert_int_equal(governor_stats_of(t.g).refused[WORK_CONTROL], 0);
}

static void test_whoever_asks_for_leave_sees_nothing_freed(void **state)
{
	set(10, 5);
	pass_s(0);
	governor_look(t.g);
	set_held(11);
	pass_s(2);
	governor_allows(t.g, WORK_LOGS); /* in the middle of somebody's work: the clean-up waits until that is over */
	assert_string_equal(t.order, "");
	assert_int_equal(t.levels, 0);
	pass_s(0);
	assert_string_equal(t.order, "ABC");
	assert_int_equal(t.level, MEMORY_FULL);
	assert_false(governor_allows(t.g, WORK_LOGS));
	set_held(4);
	pass_s(2);
	assert_true(governor_allows(t.g, WORK_LOGS));
	pass_s(0);
	assert_int_equal(t.level, MEMORY_CALM);
}

static void test_a_level_is_left_a_little_below_its_boundary(void **state)
{
	set(100, 50);
	set_held(101);
	governor_look(t.g);
	set_held(98);
	governor_look(t.g);
	assert_int_equal(t.level, MEMORY_FULL);
	set_held(94);
	governor_look(t.g);
	assert_int_equal(t.level, MEMORY_HIGH);
	set_held(49);
	governor_look(t.g);
	assert_int_equal(t.level, MEMORY_HIGH);
	set_held(40);
	governor_look(t.g);
	assert_int_equal(t.level, MEMORY_CALM);
	assert_true(governor_allows(t.g, WORK_WEB));
}

static void test_clean_ups_that_give_nothing_become_rare(void **state)
{
	set(10, 5);
	set_held(6);
	for (unsigned i = 0; i < 20; i++)
		governor_look(t.g);
	assert_true(governor_stats_of(t.g).cleanups <= 2);
}

static void test_the_threshold_is_three_quarters_unless_set(void **state)
{
	set(100, 0);
	assert_in_range(governor_stats_of(t.g).threshold_bytes, 74 * MB, 75 * MB);
	set(100, 100); /* no sense: not below the limit */
	assert_in_range(governor_stats_of(t.g).threshold_bytes, 74 * MB, 75 * MB);
	assert_non_null(strstr(t.log, "DDC_GC_THRESHOLD_MB is 100"));
	set(0, 0);
	assert_int_equal(governor_stats_of(t.g).limit_bytes, GOVERNOR_DEFAULT_LIMIT_MB * MB);
}

static void test_the_guides_values_are_accepted(void **state)
{
	set(180, 140);
	assert_int_equal(governor_stats_of(t.g).limit_bytes, 180 * MB);
	assert_int_equal(governor_stats_of(t.g).threshold_bytes, 140 * MB);
}

static void test_a_limit_above_the_containers_is_named_and_lowered(void **state)
{
	static const struct governor_listener listener = {on_level, NULL, on_look};
	put_bytes("proc/self/cgroup", "0::/\n", 5);
	put_bytes("sys/fs/cgroup/memory.max", "6291456\n", 8);
	put_bytes("sys/fs/cgroup/memory.current", "1\n", 2);
	struct governor *g = governor_new(t.loop, folder, &listener, NULL);
	const struct governor_settings guide = {180, 140, 60}, ours = {0, 0, 60};
	governor_set(g, &guide);
	assert_non_null(strstr(t.log, "DDC_MEMORY_LIMIT_MB is 180, but the container may hold only 6144 KB"));
	assert_in_range(governor_stats_of(g).limit_bytes, 5600000, 5700000);
	governor_set(g, &ours);
	assert_in_range(governor_stats_of(g).limit_bytes, 5600000, 5700000);
	governor_free(g);
}

static void test_a_limit_that_is_the_containers_own_is_too_high(void **state)
{
	static const struct governor_listener listener = {on_level, NULL, on_look};
	put("proc/self/cgroup", "0::/\n");
	put("sys/fs/cgroup/memory.max", "6291456\n");
	put("sys/fs/cgroup/memory.current", "1\n");
	struct governor *g = governor_new(t.loop, folder, &listener, NULL);
	governor_set(g, &(struct governor_settings){5, 4, 60});
	assert_int_equal(governor_stats_of(g).limit_bytes, 5 * MB);
	assert_null(strstr(t.log, "DDC_MEMORY_LIMIT_MB is"));
	governor_set(g, &(struct governor_settings){6, 4, 60}); /* the kernel would be there first */
	assert_in_range(governor_stats_of(g).limit_bytes, 5600000, 5700000);
	assert_non_null(strstr(t.log, "DDC_MEMORY_LIMIT_MB is 6, but the container may hold only 6144 KB"));
	governor_free(g);
}

static void test_another_limit_of_the_container_is_seen_at_the_next_look(void **state)
{
	static const struct governor_listener listener = {on_level, NULL, on_look};
	put("proc/self/cgroup", "0::/\n");
	put("sys/fs/cgroup/memory.max", "max\n");
	put("sys/fs/cgroup/memory.current", "1\n");
	struct governor *g = governor_new(t.loop, folder, &listener, NULL);
	governor_set(g, &(struct governor_settings){0, 0, 60});
	assert_int_equal(governor_stats_of(g).limit_bytes, GOVERNOR_DEFAULT_LIMIT_MB * MB);
	put("sys/fs/cgroup/memory.max", "6291456\n");
	set_held(6);
	governor_look(g);
	assert_in_range(governor_stats_of(g).limit_bytes, 5600000, 5700000);
	assert_non_null(strstr(t.log, "the container may hold 6144 KB now, it was 0 KB (no limit)"));
	assert_int_equal(t.level, MEMORY_FULL); /* by the new one, at once */
	size_t said = strlen(t.log);
	governor_look(g);
	assert_null(strstr(t.log + said, "the container may hold")); /* once */
	put("sys/fs/cgroup/memory.max", "max\n");
	governor_look(g);
	assert_int_equal(governor_stats_of(g).limit_bytes, GOVERNOR_DEFAULT_LIMIT_MB * MB);
	assert_int_equal(t.level, MEMORY_CALM);
	governor_free(g);
}

static void test_pressure_that_a_clean_up_does_not_help_against_is_heeded_less_and_less(void **state)
{
	unsigned cleanups = 0;
	set(10, 5);
	pass_s(0);
	for (unsigned s = 0; s < 6 * 3600; s += 20) { /* the kernel speaks every 20 s for six hours */
		governor_on_pressure(t.g);
		pass_s(20);
	}
	cleanups = (unsigned)governor_stats_of(t.g).cleanups;
	assert_int_equal(governor_stats_of(t.g).pressure_events, 6 * 3600 / 20);
	assert_in_range(cleanups, 6, 12); /* after 2, 4, 8 … 60 minutes */
}

static void test_the_kernels_word_costs_no_cache_while_little_is_held(void **state)
{
	set(10, 5);
	set_held(2);
	governor_on_pressure(t.g);
	assert_string_equal(t.order, "BC");
	assert_non_null(strstr(t.log, "cache cleanup: 0 B"));
	pass_s(3600);
	set_held(3);
	governor_on_pressure(t.g);
	assert_string_equal(t.order, "BCABC");
}

static void test_the_whole_machines_pressure_is_ours_only_when_we_hold_much(void **state)
{
	static const struct governor_listener listener = {on_level, NULL, on_look};
	char path[PATH_MAX];
	put("proc/pressure/.keep", "");
	folder_path(path, "proc/pressure/memory");
	assert_int_equal(mkfifo(path, 0600), 0);
	struct governor *g = governor_new(t.loop, folder, &listener, NULL);
	governor_set(g, &(struct governor_settings){10, 8, 60});
	assert_string_equal(governor_stats_of(g).pressure_way, "/proc/pressure/memory");
	set_held(3);
	governor_on_pressure(g);
	assert_int_equal(governor_stats_of(g).cleanups, 0);
	set_held(4); /* half of what a clean-up begins from */
	governor_on_pressure(g);
	assert_int_equal(governor_stats_of(g).cleanups, 1);
	governor_free(g);
}

/* Minutes until growth by a hundred bytes a second is called a leak, at looks of this interval. */
static unsigned minutes_to_a_suspicion(unsigned interval_s)
{
	static char *all[6 * 60 * 6];
	unsigned n = 0, minutes = 0;
	pass_s(0);
	governor_set(t.g, &(struct governor_settings){10, 5, interval_s});
	for (; n < sizeof all / sizeof *all && !governor_leak_suspicions(t.g, MEM_TEST); n++) {
		all[n] = mem_alloc(MEM_TEST, 1000);
		pass_s(10);
	}
	minutes = n / 6;
	while (n)
		mem_free(all[--n]);
	return minutes;
}

static void test_a_leak_is_found_after_so_long_whatever_the_interval_is(void **state)
{
	assert_in_range(minutes_to_a_suspicion(5), 60, 80);
	assert_non_null(strstr(t.log, "over at least 3600 s"));
}

static void test_a_leak_is_found_although_looks_are_rare(void **state)
{
	assert_in_range(minutes_to_a_suspicion(86400), 60, 80);
	assert_int_equal(t.looks, 0);
}

static unsigned count_sample(void *arg)
{
	t.samples++;
	return 0;
}

static void pass_ms(unsigned ms)
{
	clock_test_set(clock_mono_ms() + ms, 1790000000000);
	loop_turn(t.loop, 0);
}

/* Turns of the loop in which the governor did something. */
static unsigned wakes_in_ten_minutes(void)
{
	unsigned wakes = 0;
	for (unsigned i = 0; i < 10 * 60 * 10; i++) {
		unsigned before = t.looks + t.samples;
		pass_ms(100);
		wakes += t.looks + t.samples > before;
	}
	return wakes;
}

static void test_an_idle_ddc_is_woken_once_a_minute_for_looks_and_samples(void **state)
{
	static const struct governor_listener listener = {on_level, count_sample, on_look};
	pass_ms(0);
	struct governor *g = governor_new(t.loop, folder, &listener, NULL);
	pass_ms(300); /* while settings are read */
	governor_set(g, &(struct governor_settings){10, 5, 60});
	assert_int_equal(wakes_in_ten_minutes(), 10);
	assert_int_equal(t.looks, 10);
	assert_int_equal(t.samples, 10);
	set_held(6); /* a look out of turn shifts nothing */
	pass_ms(30000);
	governor_allows(g, WORK_WEB);
	pass_ms(0);
	assert_int_equal(t.looks, 11);
	assert_int_equal(wakes_in_ten_minutes(), 10);
	governor_free(g);
}

static void test_the_kernels_word_leads_to_a_clean_up(void **state)
{
	static const struct governor_listener listener = {on_level, NULL, on_look};
	put_bytes("proc/self/cgroup", "0::/\n", 5);
	put_bytes("sys/fs/cgroup/memory.current", "1\n", 2);
	put_bytes("sys/fs/cgroup/memory.events", "max 0\n", 6);
	struct governor *g = governor_new(t.loop, folder, &listener, NULL);
	const struct governor_settings ours = {10, 5, 60};
	governor_set(g, &ours);
	assert_string_equal(governor_stats_of(g).pressure_way, "memory.events");
	put_bytes("sys/fs/cgroup/memory.events", "max 1\n", 6);
	for (unsigned i = 0; i < 3 && !governor_stats_of(g).pressure_events; i++)
		loop_turn(t.loop, 1000);
	assert_true(governor_stats_of(g).pressure_events >= 1);
	assert_int_equal(governor_stats_of(g).cleanups, 1);
	put_bytes("sys/fs/cgroup/memory.events", "max 2\n", 6); /* again at once: it has just been done */
	loop_turn(t.loop, 1000);
	assert_int_equal(governor_stats_of(g).cleanups, 1);
	governor_free(g);
}

int main(void)
{
#define WITH_GOVERNOR(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_GOVERNOR(test_below_the_threshold_nothing_happens),
		WITH_GOVERNOR(test_above_the_threshold_everything_is_shed_in_order),
		WITH_GOVERNOR(test_a_clean_up_names_who_gave_what_back),
		WITH_GOVERNOR(test_above_the_limit_new_work_is_refused_but_control_is_not),
		WITH_GOVERNOR(test_whoever_asks_for_leave_sees_nothing_freed),
		WITH_GOVERNOR(test_a_level_is_left_a_little_below_its_boundary),
		WITH_GOVERNOR(test_clean_ups_that_give_nothing_become_rare),
		WITH_GOVERNOR(test_the_threshold_is_three_quarters_unless_set),
		WITH_GOVERNOR(test_the_guides_values_are_accepted),
		WITH_GOVERNOR(test_a_limit_above_the_containers_is_named_and_lowered),
		WITH_GOVERNOR(test_a_limit_that_is_the_containers_own_is_too_high),
		WITH_GOVERNOR(test_another_limit_of_the_container_is_seen_at_the_next_look),
		WITH_GOVERNOR(test_pressure_that_a_clean_up_does_not_help_against_is_heeded_less_and_less),
		WITH_GOVERNOR(test_the_kernels_word_costs_no_cache_while_little_is_held),
		WITH_GOVERNOR(test_the_whole_machines_pressure_is_ours_only_when_we_hold_much),
		WITH_GOVERNOR(test_a_leak_is_found_after_so_long_whatever_the_interval_is),
		WITH_GOVERNOR(test_a_leak_is_found_although_looks_are_rare),
		WITH_GOVERNOR(test_an_idle_ddc_is_woken_once_a_minute_for_looks_and_samples),
		WITH_GOVERNOR(test_the_kernels_word_leads_to_a_clean_up),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
