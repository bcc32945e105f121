/*
 * The kernel's word of memory pressure, by every way that this kernel has: a process thrashes in a group of 8
 * MB until the kernel speaks, and a clean-up follows. Needs root and a writable cgroup hierarchy for the real
 * ones; without, they are skipped.
 */
#include "base/log.h"
#include "folder.h"
#include "memory/governor.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <sys/wait.h>

enum { FILE_MB = 32, PATIENCE_TURNS = 60, TURN_MS = 500, TMPFS = 0x01021994 };

static struct {
	char groups[2][160]; /* real folders of cgroups; "": none */
	char file[64];
	pid_t hog;
	struct loop *loop;
	struct governor *g;
} t;

static bool write_text(const char *folder_of_it, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder_of_it, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return ok;
}

static int set_up(void **state)
{
	memset(&t, 0, sizeof t);
	folder_make(state);
	put("proc/self/statm", "2000 1000 50 0 0 0 0\n"); /* enough for the machine's pressure to be ours too */
	t.loop = loop_new();
	return t.loop ? 0 : -1;
}

static int tear_down(void **state)
{
	governor_free(t.g);
	loop_free(t.loop);
	if (t.hog > 0) {
		kill(t.hog, SIGKILL);
		waitpid(t.hog, NULL, 0);
	}
	for (unsigned i = 0; i < 2; i++)
		for (unsigned tries = 0; t.groups[i][0] && rmdir(t.groups[i]) != 0 && tries < 100; tries++)
			usleep(20000); /* until the kernel has buried who was in it */
	if (t.file[0])
		unlink(t.file);
	return folder_remove(state);
}

/* A group of our own below top; false: this machine has none, or we may not. */
static bool make_group(unsigned n, const char *top)
{
	snprintf(t.groups[n], sizeof t.groups[n], "%s/ddc-pressure-%d", top, (int)getpid());
	if (mkdir(t.groups[n], 0755) == 0)
		return true;
	t.groups[n][0] = '\0';
	return false;
}

/* The group that limits: v1's, or the one and only of v2. */
static bool make_limited_group(void)
{
	if (make_group(0, "/sys/fs/cgroup/memory"))
		return write_text(t.groups[0], "memory.limit_in_bytes", "8388608");
	return make_group(0, "/sys/fs/cgroup") && write_text(t.groups[0], "memory.max", "8388608");
}

/* A file on a disk: pages of a tmpfs could not be dropped. Nothing of it stays in memory. */
static bool make_file(void)
{
	struct statfs fs;
	static char block[1 << 20];
	snprintf(t.file, sizeof t.file, "/var/tmp/ddc-pressure-XXXXXX");
	int fd = mkstemp(t.file);
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type == TMPFS)
		return false;
	for (int i = 0; i < FILE_MB; i++)
		if (write(fd, block, sizeof block) != sizeof block)
			return false;
	bool ok = fsync(fd) == 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0;
	close(fd);
	return ok;
}

static void thrash(void)
{
	char me[16];
	snprintf(me, sizeof me, "%d", (int)getpid());
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(PATIENCE_TURNS * TURN_MS / 1000 + 10);
	for (unsigned i = 0; i < 2; i++)
		if (t.groups[i][0] && !write_text(t.groups[i], "cgroup.procs", me))
			_exit(1);
	int fd = open(t.file, O_RDONLY);
	const volatile unsigned char *pages = mmap(NULL, FILE_MB << 20, PROT_READ, MAP_SHARED, fd, 0);
	unsigned sum = 0;
	if (pages == MAP_FAILED)
		_exit(1);
	for (;;)
		for (size_t at = 0; at < (size_t)FILE_MB << 20; at += 4096)
			sum += pages[at];
}

static void expect_a_clean_up(const char *way)
{
	static const struct governor_listener listener = {0};
	const struct governor_settings settings = {10, 5, 60};
	t.g = governor_new(t.loop, folder, &listener, NULL);
	assert_non_null(t.g);
	governor_set(t.g, &settings);
	assert_string_equal(governor_stats_of(t.g).pressure_way, way);
	t.hog = fork();
	if (t.hog == 0)
		thrash();
	for (unsigned i = 0; i < PATIENCE_TURNS && !governor_stats_of(t.g).pressure_events; i++)
		loop_turn(t.loop, TURN_MS);
	assert_true(governor_stats_of(t.g).pressure_events >= 1);
	assert_int_equal(governor_stats_of(t.g).cleanups, 1);
}

static void link_real(const char *real, const char *name)
{
	char path[PATH_MAX];
	put(name, "");
	folder_path(path, name);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(real, path), 0);
}

static void test_the_whole_machine(void **state)
{
	if (access("/proc/pressure/memory", W_OK) != 0 || !make_limited_group() || !make_file())
		skip();
	link_real("/proc/pressure", "proc/pressure");
	expect_a_clean_up("/proc/pressure/memory");
}

static void test_our_own_group_v2(void **state)
{
	char line[200];
	const char *top =
		access("/sys/fs/cgroup/unified/cgroup.procs", W_OK) == 0 ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
	if (!make_limited_group() || !make_file())
		skip();
	if (!strstr(t.groups[0], top) &&
		!make_group(1, top)) /* pressure is told by v2's group, the limit may be v1's */
		skip();
	const char *group = t.groups[1][0] ? t.groups[1] : t.groups[0];
	snprintf(line, sizeof line, "%s/memory.pressure", group);
	if (access(line, W_OK) != 0)
		skip();
	/* on a machine with both hierarchies v2's group has no figures of memory: then only the pressure is
	 * real */
	put("sys/fs/cgroup/ours/memory.current", "1000000\n");
	link_real(line, "sys/fs/cgroup/ours/memory.pressure");
	put("proc/self/cgroup", "0::/ours\n");
	expect_a_clean_up("memory.pressure");
}

static void test_our_own_group_v1(void **state)
{
	char line[200];
	if (!make_group(0, "/sys/fs/cgroup/memory") || !write_text(t.groups[0], "memory.limit_in_bytes", "8388608") ||
		!make_file())
		skip();
	snprintf(line, sizeof line, "%s/memory.pressure_level", t.groups[0]);
	if (access(line, R_OK) != 0) /* kernels from 6.1x on may be built without */
		skip();
	link_real(t.groups[0], "sys/fs/cgroup/memory");
	put("proc/self/cgroup", "5:memory:/somewhere/else\n");
	expect_a_clean_up("memory.pressure_level");
}

/* Without a kernel: what is written into the file, and that the ways are tried in the order that
 * docs/memory.md names. */
static void test_the_trigger(void **state)
{
	char path[PATH_MAX], text[64] = "";
	struct cgroup c;
	unsigned events;
	int other;
	const char *way;
	put("proc/self/cgroup", "0::/\n");
	put("sys/fs/cgroup/memory.current", "1\n");
	put("sys/fs/cgroup/memory.events", "max 0\n");
	cgroup_find(&c, folder);
	int fd = cgroup_watch_pressure(&c, folder, &events, &other, &way);
	assert_true(fd >= 0);
	assert_string_equal(way, "memory.events");
	close(fd);
	folder_path(path, "sys/fs/cgroup/memory.pressure");
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = cgroup_watch_pressure(&c, folder, &events, &other, &way);
	assert_true(fd >= 0);
	assert_string_equal(way, "memory.pressure");
	assert_int_equal(events, LOOP_PRIORITY);
	assert_true(read(fd, text, sizeof text - 1) > 0);
	assert_string_equal(text, "some 150000 2000000");
	close(fd);
}

static void test_no_way_at_all(void **state)
{
	static const struct governor_listener listener = {0};
	t.g = governor_new(t.loop, folder, &listener, NULL);
	assert_non_null(t.g);
	assert_null(governor_stats_of(t.g).pressure_way);
}

int main(void)
{
#define IN_GROUP(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_GROUP(test_the_whole_machine),
		IN_GROUP(test_our_own_group_v2),
		IN_GROUP(test_our_own_group_v1),
		IN_GROUP(test_the_trigger),
		IN_GROUP(test_no_way_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
