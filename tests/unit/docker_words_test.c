/* The small pure parts: versions, the list's sentences, usage figures, who we are. */
#include "test.h"

#include "base/clock.h"
#include "docker/docker_inside.h"
#include "docker/self.h"
#include "docker/stats.h"
#include "docker/status.h"
#include "docker/version.h"

#include <string.h>

static void test_version_between_what_both_know(void **state)
{
	unsigned v = 0;
	struct err err = {0};
	assert_true(version_choose(0, 1041, &v, &err)); /* 20.10 */
	assert_int_equal(v, 1041);
	assert_true(version_choose(1044, 1052, &v, &err)); /* 29 */
	assert_int_equal(v, 1044);
	assert_true(version_choose(1048, 1060, &v, &err)); /* one that is not out yet */
	assert_int_equal(v, 1048);
	v = 7;
	assert_false(version_choose(1012, 1039, &v, &err)); /* 18.09 */
	assert_int_equal(v, 7);
	assert_non_null(strstr(err.text, "1.39"));
	assert_non_null(strstr(err.text, "1.41"));
}

static void test_version_texts(void **state)
{
	unsigned v = 0;
	char text[VERSION_BYTES];
	assert_true(version_parse(STR("1.41"), &v));
	assert_int_equal(v, 1041);
	assert_true(version_parse(STR("1.100"), &v));
	assert_int_equal(v, 1100);
	version_format(v, text);
	assert_string_equal(text, "1.100");
	version_format(0, text);
	assert_string_equal(text, "");
	assert_false(version_parse(STR("1"), &v));
	assert_false(version_parse(STR("1.x"), &v));
	assert_false(version_parse(STR(""), &v));
	assert_int_equal(v, 1100);
}

static void test_version_from_a_refusal(void **state)
{
	unsigned min = 0, max = 0;
	assert_true(version_from_refusal(
		STR("client version 1.55 is too new. Maximum supported API version is 1.41"), &min, &max));
	assert_int_equal(max, 1041);
	assert_true(version_from_refusal(STR("client version 1.1 is too old. Minimum supported API version is 1.12, "
					     "please upgrade your client to a newer version"),
		&min, &max));
	assert_int_equal(min, 1012);
	assert_false(version_from_refusal(STR("No such container: 1.41"), &min, &max));
	assert_false(version_from_refusal(STR("client version 1.1 is too old"), &min, &max));
}

static void test_status_sentences(void **state)
{
	static const struct {
		const char *text;
		struct status want;
	} cases[] = {
		{"Up 3 hours (healthy)", {.health = HEALTH_HEALTHY}},
		{"Up 3 seconds (unhealthy)", {.health = HEALTH_UNHEALTHY, .young = true}},
		{"Up Less than a second (health: starting)", {.health = HEALTH_STARTING, .young = true}},
		{"Up 2 days (Paused)", {.health = HEALTH_NONE}},
		{"Up 4 minutes", {.health = HEALTH_NONE}},
		{"Exited (137) 2 minutes ago", {.exit_known = true, .exit_code = 137}},
		{"Exited (0) 2 weeks ago", {.exit_known = true}},
		{"Restarting (1) 3 seconds ago", {.exit_known = true, .exit_code = 1, .young = true}},
		{"Created", {.health = HEALTH_NONE}},
		{"Dead", {.health = HEALTH_NONE}},
		{"", {.health = HEALTH_NONE}},
		{"Exited (", {.health = HEALTH_NONE}},
		{"Up (((((", {.health = HEALTH_NONE}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct status s = status_parse(str_of(cases[i].text));
		assert_int_equal(s.health, cases[i].want.health);
		assert_int_equal(s.exit_known, cases[i].want.exit_known);
		assert_int_equal(s.exit_code, cases[i].want.exit_code);
		assert_int_equal(s.young, cases[i].want.young);
	}
	assert_int_equal(status_state(STR("restarting")), CONTAINER_RESTARTING);
	assert_int_equal(status_state(STR("stopped")), CONTAINER_EXITED); /* Podman */
	assert_int_equal(status_state(STR("unknown")), CONTAINER_UNKNOWN);
	assert_int_equal(status_state(STR("melting")), CONTAINER_UNKNOWN);
}

static void test_memory_without_droppable_cache(void **state)
{
	struct stats_reading v1 = {.memory_usage = 1000,
		.has_total_inactive_file = true,
		.total_inactive_file = 300,
		.has_inactive_file = true,
		.inactive_file = 100};
	struct stats_reading v2 = {.memory_usage = 1000, .has_inactive_file = true, .inactive_file = 400};
	struct stats_reading racing = {.memory_usage = 1000, .has_inactive_file = true, .inactive_file = 4000};
	struct stats_reading bare = {.memory_usage = 1000};
	assert_int_equal(stats_memory_bytes(&v1), 700);
	assert_int_equal(stats_memory_bytes(&v2), 600);
	assert_int_equal(stats_memory_bytes(&racing), 1000);
	assert_int_equal(stats_memory_bytes(&bare), 1000);
}

static void test_cpu_needs_two_readings(void **state)
{
	struct container c = {.state = CONTAINER_RUNNING};
	struct stats_sample sample = {0};
	struct stats_reading r = {.cpu_known = true,
		.cpu_total_ns = 5000000000,
		.cpu_system_ns = 100000000000,
		.online_cpus = 2,
		.memory_known = true,
		.memory_usage = 4096};
	stats_apply(&c, &sample, &r, 10000, 500);
	assert_false(c.cpu_known); /* and no invented figure */
	assert_true(c.memory_known);
	assert_int_equal(c.memory_bytes, 4096);
	r.cpu_total_ns += 1000000000;  /* one second of one processor, */
	r.cpu_system_ns += 2000000000; /* one second of a machine with two */
	stats_apply(&c, &sample, &r, 11000, 501);
	assert_true(c.cpu_known);
	assert_int_equal(c.cpu_permille, 1000);
	stats_apply(&c, &sample, &r, 11010, 501); /* in one breath: no rate, but the figure stays */
	assert_true(c.cpu_known);
	assert_int_equal(c.cpu_permille, 1000);
	r.cpu_system_ns += 2000000000;
	stats_apply(&c, &sample, &r, 12000, 502);
	assert_int_equal(c.cpu_permille, 0);
	r.cpu_total_ns = 1000; /* it was restarted */
	r.cpu_system_ns += 2000000000;
	stats_apply(&c, &sample, &r, 13000, 503);
	assert_false(c.cpu_known);
}

static void test_cpu_where_fields_are_missing(void **state)
{
	uint32_t permille = 7;
	struct stats_sample before = {.at_ms = 1000, .cpu_total_ns = 0, .cpu_system_ns = 1000};
	struct stats_reading old_kernel = {
		.cpu_known = true, .cpu_total_ns = 500, .cpu_system_ns = 2000, .percpu_count = 4};
	assert_true(stats_cpu_permille(&before, &old_kernel, 2000, &permille));
	assert_int_equal(permille, 2000); /* half of four */
	struct stats_sample no_system = {.at_ms = 1000, .cpu_total_ns = 0};
	struct stats_reading by_clock = {.cpu_known = true, .cpu_total_ns = 250000000, .online_cpus = 2};
	assert_true(stats_cpu_permille(&no_system, &by_clock, 2000, &permille));
	assert_int_equal(permille, 250);
	struct stats_reading standing = {
		.cpu_known = true, .cpu_total_ns = 500, .cpu_system_ns = 1000, .online_cpus = 1};
	assert_false(stats_cpu_permille(&before, &standing, 2000, &permille));
	struct stats_reading ended = {0};
	assert_false(stats_cpu_permille(&before, &ended, 2000, &permille));
	assert_int_equal(permille, 250);
}

#define ID "dc6dbecffa84a47b2eb5ed76a784437b4e9009905615074cd81c419d24420ef7"

static void test_who_we_are(void **state)
{
	char id[CONTAINER_ID_BYTES] = "";
	assert_true(self_from_mountinfo(
		STR("1130 1121 254:0 /var/lib/docker/containers/" ID "/hostname /etc/hostname rw - ext4 x"), id));
	assert_string_equal(id, ID);
	/* The host sees such mounts too, of all its containers; it is none of them. */
	assert_false(self_from_mountinfo(
		STR("900 30 0:55 / /var/lib/docker/containers/" ID "/mounts/shm rw - tmpfs shm"), id));
	assert_false(self_from_mountinfo(STR("22 1 254:0 / / rw - ext4 /dev/root"), id));
	assert_false(self_from_mountinfo(STR(""), id));
	id[0] = '\0';
	assert_true(self_from_cgroup(STR("4:memory:/docker/" ID), id));
	assert_string_equal(id, ID);
	assert_true(self_from_cgroup(STR("0::/system.slice/docker-" ID ".scope"), id));
	assert_false(self_from_cgroup(STR("0::/"), id));
	assert_false(self_from_cgroup(STR("0::/user.slice/user-1000.slice/session-3.scope"), id));
	assert_true(self_from_hostname(STR("dc6dbecffa84"), id));
	assert_string_equal(id, "dc6dbecffa84");
	assert_false(self_from_hostname(STR("nas"), id));
	assert_false(self_from_hostname(STR("dc6dbecffa8"), id));
	assert_false(self_from_hostname(STR(""), id));
}

static bool is_known_after(const struct docker *d, struct entry *e, unsigned age_s)
{
	e->c.cpu_known = e->c.memory_known = true;
	e->c.pids = 7;
	clock_test_set(100000 + age_s * UINT64_C(1000), (1700000000 + (int64_t)age_s) * 1000);
	usage_forget_old(d, e);
	assert_int_equal(e->c.cpu_known, e->c.memory_known);
	assert_int_equal(e->c.pids, e->c.cpu_known ? 7 : 0);
	return e->c.cpu_known;
}

static void test_figures_are_forgotten_when_they_are_too_old(void **state)
{
	struct docker d = {.limits = {.figures_ttl_s = 30}};
	struct entry e = {.c.stats_at_s = 1700000000};
	for (int with_sample = 0; with_sample < 2; with_sample++) {
		e.sample.at_ms = with_sample ? 100000 : 0;
		assert_true(is_known_after(&d, &e, 30));
		assert_false(is_known_after(&d, &e, 31));
	}
	e.c.stats_at_s += 3600; /* the clock was set back: they are as old as before */
	assert_false(is_known_after(&d, &e, 31));
	d.usage_interval_ms = 60000; /* read once a minute: not before two of them were missed */
	assert_true(is_known_after(&d, &e, 120));
	assert_false(is_known_after(&d, &e, 121));
	d.limits.figures_ttl_s = 0;
	assert_true(is_known_after(&d, &e, 86400));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_between_what_both_know),
		cmocka_unit_test(test_version_texts),
		cmocka_unit_test(test_version_from_a_refusal),
		cmocka_unit_test(test_status_sentences),
		cmocka_unit_test(test_memory_without_droppable_cache),
		cmocka_unit_test(test_cpu_needs_two_readings),
		cmocka_unit_test(test_cpu_where_fields_are_missing),
		cmocka_unit_test(test_who_we_are),
		cmocka_unit_test(test_figures_are_forgotten_when_they_are_too_old),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
