/* Reading what the container may hold, from prepared folders that look like /proc and /sys. */
#include "folder.h"
#include "memory/cgroup.h"

static struct cgroup_use use_of(enum cgroup_version expected)
{
	struct cgroup c;
	cgroup_find(&c, folder);
	assert_int_equal(c.version, expected);
	return cgroup_read(&c);
}

static void test_v2_in_a_namespace(void **state)
{
	put("proc/self/cgroup", "0::/\n");
	put("sys/fs/cgroup/memory.max", "6291456\n");
	put("sys/fs/cgroup/memory.current", "2097152\n");
	put("sys/fs/cgroup/memory.peak", "3145728\n");
	put("sys/fs/cgroup/memory.events", "low 0\nhigh 0\nmax 12\noom 2\noom_kill 1\n");
	struct cgroup_use u = use_of(CGROUP_V2);
	assert_int_equal(u.limit_bytes, 6291456);
	assert_int_equal(u.current_bytes, 2097152);
	assert_int_equal(u.peak_bytes, 3145728);
	assert_int_equal(u.oom_kills, 1);
}

static void test_v2_the_lowest_limit_on_the_way_up_counts(void **state)
{
	put("proc/self/cgroup", "0::/apps/ddc\n");
	put("sys/fs/cgroup/apps/ddc/memory.max", "max\n");
	put("sys/fs/cgroup/apps/ddc/memory.current", "1000\n");
	put("sys/fs/cgroup/apps/memory.max", "8388608\n");
	struct cgroup_use u = use_of(CGROUP_V2);
	assert_int_equal(u.limit_bytes, 8388608);
	assert_int_equal(u.current_bytes, 1000);
}

static void test_v1_with_the_path_of_the_host(void **state)
{
	put("proc/self/cgroup", "7:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n0::/system.slice\n");
	put("sys/fs/cgroup/memory/memory.limit_in_bytes", "10485760\n");
	put("sys/fs/cgroup/memory/memory.usage_in_bytes", "4194304\n");
	put("sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
	struct cgroup_use u = use_of(CGROUP_V1);
	assert_int_equal(u.limit_bytes, 10485760);
	assert_int_equal(u.current_bytes, 4194304);
	assert_int_equal(u.oom_kills, 3);
}

static void test_v1_without_a_limit(void **state)
{
	put("proc/self/cgroup", "5:memory:/\n");
	put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
	assert_int_equal(use_of(CGROUP_V1).limit_bytes, 0);
}

static void test_no_cgroup_at_all(void **state)
{
	assert_int_equal(use_of(CGROUP_NONE).limit_bytes, 0);
	put("proc/self/cgroup", "rubbish\n\n::\n5:memory\n");
	assert_int_equal(use_of(CGROUP_NONE).limit_bytes, 0);
}

int main(void)
{
#define IN_FOLDER(t) cmocka_unit_test_setup_teardown(t, folder_make, folder_remove)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_v2_in_a_namespace),
		IN_FOLDER(test_v2_the_lowest_limit_on_the_way_up_counts),
		IN_FOLDER(test_v1_with_the_path_of_the_host),
		IN_FOLDER(test_v1_without_a_limit),
		IN_FOLDER(test_no_cgroup_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
