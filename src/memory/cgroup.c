#include "memory/cgroup.h"

#include "base/str.h"
#include "loop/loop.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

/* v1 writes "no limit" as the largest multiple of a page; no machine has a pebibyte. */
#define NO_LIMIT_BYTES (UINT64_C(1) << 50)

const char cgroup_way_of_machine[] = "/proc/pressure/memory";

bool cgroup_read_number(const char *folder, const char *file, uint64_t *ret)
{
	char path[CGROUP_PATH_BYTES_MAX + 64], text[64];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	bool got = fgets(text, sizeof text, f) != NULL;
	fclose(f);
	struct str s = str_trim(str_of(got ? text : ""));
	if (str_is(s, "max")) {
		*ret = 0;
		return true;
	}
	return str_to_u64(s, ret);
}

/* "oom_kill 3" among the lines of memory.events (v2) or memory.oom_control (v1). */
static uint64_t read_keyed(const char *folder, const char *file, const char *key)
{
	char path[CGROUP_PATH_BYTES_MAX + 64], line[128];
	uint64_t value = 0;
	snprintf(path, sizeof path, "%s/%s", folder, file);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		struct str rest, word = str_split(str_trim(str_of(line)), ' ', &rest);
		if (str_is(word, key))
			str_to_u64(rest, &value);
	}
	if (f)
		fclose(f);
	return value;
}

static bool is_folder_with(const char *folder, const char *file)
{
	char path[CGROUP_PATH_BYTES_MAX + 64];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	return access(path, R_OK) == 0;
}

static bool take_folder(
	struct cgroup *c, enum cgroup_version version, const char *top, struct str path, const char *file)
{
	snprintf(c->top, sizeof c->top, "%s", top);
	/* The path is the one of the host when the container has no cgroup namespace of its own: then the mount's top is our group. */
	snprintf(c->folder, sizeof c->folder, "%s%.*s", top, (int)(path.n == 1 ? 0 : path.n), path.p);
	if (!is_folder_with(c->folder, file))
		snprintf(c->folder, sizeof c->folder, "%s", top);
	if (!is_folder_with(c->folder, file))
		return false;
	c->version = version;
	return true;
}

/* A line is "0::/path" (v2) or "5:memory:/path" (v1). On a machine with both the memory controller is where its line is. */
static bool take_line(struct cgroup *c, const char *root, struct str line)
{
	char top[CGROUP_PATH_BYTES_MAX];
	struct str rest, path, number = str_split(line, ':', &rest), names = str_split(rest, ':', &path);
	if (str_is(number, "0") && names.n == 0) {
		snprintf(top, sizeof top, "%.400s/sys/fs/cgroup", root);
		return take_folder(c, CGROUP_V2, top, path, "memory.current") ||
		       take_folder(c, CGROUP_V2, top, path, "memory.max");
	}
	while (names.n) {
		struct str name = str_split(names, ',', &names);
		if (!str_is(name, "memory"))
			continue;
		snprintf(top, sizeof top, "%.400s/sys/fs/cgroup/memory", root);
		return take_folder(c, CGROUP_V1, top, path, "memory.limit_in_bytes");
	}
	return false;
}

void cgroup_find(struct cgroup *c, const char *root)
{
	char path[CGROUP_PATH_BYTES_MAX], line[CGROUP_PATH_BYTES_MAX];
	*c = (struct cgroup){.version = CGROUP_NONE};
	snprintf(path, sizeof path, "%.400s/proc/self/cgroup", root);
	FILE *f = fopen(path, "re");
	while (f && c->version == CGROUP_NONE && fgets(line, sizeof line, f))
		take_line(c, root, str_trim(str_of(line)));
	if (f)
		fclose(f);
	if (c->version == CGROUP_NONE)
		c->folder[0] = c->top[0] = '\0';
}

/* A group may hold no more than those above it: the lowest limit on the way up is ours. */
uint64_t cgroup_limit(const struct cgroup *c)
{
	if (c->version == CGROUP_NONE)
		return 0;
	const char *file = c->version == CGROUP_V2 ? "memory.max" : "memory.limit_in_bytes";
	char folder[CGROUP_PATH_BYTES_MAX];
	uint64_t lowest = 0, limit;
	snprintf(folder, sizeof folder, "%s", c->folder);
	for (;;) {
		if (cgroup_read_number(folder, file, &limit) && limit && limit < NO_LIMIT_BYTES &&
			(!lowest || limit < lowest))
			lowest = limit;
		char *slash = strrchr(folder, '/');
		if (strlen(folder) <= strlen(c->top) || !slash)
			return lowest;
		*slash = '\0';
	}
}

struct cgroup_use cgroup_read(const struct cgroup *c)
{
	struct cgroup_use use = {0};
	if (c->version == CGROUP_NONE)
		return use;
	bool v2 = c->version == CGROUP_V2;
	use.limit_bytes = cgroup_limit(c);
	cgroup_read_number(c->folder, v2 ? "memory.current" : "memory.usage_in_bytes", &use.current_bytes);
	cgroup_read_number(c->folder, v2 ? "memory.peak" : "memory.max_usage_in_bytes", &use.peak_bytes);
	use.oom_kills = read_keyed(c->folder, v2 ? "memory.events" : "memory.oom_control", "oom_kill");
	return use;
}

/* ---- pressure ---- */

/* A trigger: so long in a window of two seconds somebody waited for memory. Two seconds is what an unprivileged process may ask. */
static int open_psi(const char *folder, const char *file)
{
	static const char trigger[] = "some 150000 2000000";
	char path[CGROUP_PATH_BYTES_MAX + 64];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (write(fd, trigger, sizeof trigger) == (ssize_t)sizeof trigger)
		return fd;
	close(fd);
	return -1;
}

/* Works where the hierarchy is mounted read-only, as in most containers: the kernel touches the file when a limit was hit. */
static int open_events(const char *folder)
{
	char path[CGROUP_PATH_BYTES_MAX + 64];
	snprintf(path, sizeof path, "%s/memory.events", folder);
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd >= 0 && inotify_add_watch(fd, path, IN_MODIFY) >= 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int open_v1(const char *folder, int *ret_other)
{
	char path[CGROUP_PATH_BYTES_MAX + 64], order[64];
	int fd = -1, level = -1, control = -1;
	snprintf(path, sizeof path, "%s/memory.pressure_level", folder);
	level = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof path, "%s/cgroup.event_control", folder);
	control = open(path, O_WRONLY | O_CLOEXEC);
	if (level >= 0 && control >= 0)
		fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int n = snprintf(order, sizeof order, "%d %d medium", fd, level);
	if (fd >= 0 && write(control, order, (size_t)n) != n) {
		close(fd);
		fd = -1;
	}
	if (control >= 0)
		close(control);
	if (fd < 0 && level >= 0)
		close(level);
	*ret_other = fd < 0 ? -1 : level;
	return fd;
}

int cgroup_watch_pressure(
	const struct cgroup *c, const char *root, unsigned *ret_events, int *ret_other, const char **ret_way)
{
	char folder[CGROUP_PATH_BYTES_MAX];
	int fd = -1;
	*ret_other = -1;
	*ret_events = LOOP_PRIORITY;
	*ret_way = "memory.pressure";
	if (c->version == CGROUP_V2)
		fd = open_psi(c->folder, "memory.pressure");
	if (fd >= 0)
		return fd;
	*ret_events = LOOP_READ;
	*ret_way = c->version == CGROUP_V1 ? "memory.pressure_level" : "memory.events";
	if (c->version == CGROUP_V2)
		fd = open_events(c->folder);
	else if (c->version == CGROUP_V1)
		fd = open_v1(c->folder, ret_other);
	if (fd >= 0)
		return fd;
	*ret_events = LOOP_PRIORITY;
	*ret_way = cgroup_way_of_machine;
	snprintf(folder, sizeof folder, "%.400s/proc/pressure", root);
	return open_psi(folder, "memory");
}
