#include "docker/self.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = CONTAINER_ID_BYTES - 1, SHORT_ID_DIGITS = 12 };

static size_t hex_digits(struct str s)
{
	size_t n = 0;
	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || (s.p[n] >= 'a' && s.p[n] <= 'f')))
		n++;
	return n;
}

/* The last run of exactly 64 digits in s: nested engines put the inner id behind the outer one. */
static bool last_id(struct str s, char out[CONTAINER_ID_BYTES])
{
	bool found = false;
	while (s.n) {
		size_t n = hex_digits(s);
		if (n == ID_DIGITS)
			found = str_copy(out, CONTAINER_ID_BYTES, (struct str){s.p, n});
		n = n ? n : 1;
		s.p += n;
		s.n -= n;
	}
	return found;
}

static struct str field(struct str line, unsigned index)
{
	struct str rest = line, word = line;
	for (unsigned i = 0; i <= index; i++)
		word = str_split(rest, ' ', &rest);
	return word;
}

bool self_from_mountinfo(struct str line, char out[CONTAINER_ID_BYTES])
{
	/* The host itself has mounts below /var/lib/docker/containers/ID too (shm): only the three files that
	 * the engine puts into a container's own /etc tell where we are. */
	struct str root = field(line, 3), at = field(line, 4);
	if (!str_is(at, "/etc/hostname") && !str_is(at, "/etc/hosts") && !str_is(at, "/etc/resolv.conf"))
		return false;
	return str_contains_nocase(root, STR("containers/")) && last_id(root, out);
}

bool self_from_cgroup(struct str line, char out[CONTAINER_ID_BYTES])
{
	struct str path; /* "12:memory:/docker/ID", "0::/system.slice/docker-ID.scope" */
	(void)str_split(line, ':', &path);
	(void)str_split(path, ':', &path);
	return last_id(path, out);
}

bool self_from_hostname(struct str name, char out[CONTAINER_ID_BYTES])
{
	size_t n = hex_digits(name);
	if (n != name.n || (n != SHORT_ID_DIGITS && n != ID_DIGITS))
		return false;
	return str_copy(out, CONTAINER_ID_BYTES, name);
}

static bool scan(
	const char *path, bool (*take)(struct str line, char out[CONTAINER_ID_BYTES]), char out[CONTAINER_ID_BYTES])
{
	char line[1024];
	bool found = false;
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof line, f))
		found = take(str_trim(str_of(line)), out);
	fclose(f);
	return found;
}

void self_id(char out[CONTAINER_ID_BYTES])
{
	out[0] = '\0';
	if (!scan("/proc/self/mountinfo", self_from_mountinfo, out) &&
		!scan("/proc/self/cgroup", self_from_cgroup, out))
		self_from_hostname(str_of(getenv("HOSTNAME")), out);
}
