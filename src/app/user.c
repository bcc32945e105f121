#define _XOPEN_SOURCE	700 /* nftw */
#define _DEFAULT_SOURCE	    /* setgroups */
#include "app/user.h"

#include "base/str.h"

#include <errno.h>
#include <ftw.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER_DEFAULT 1000

static const char engine_socket[] = "/var/run/docker.sock";

bool user_parse_id(const char *text, unsigned *ret_id)
{
	struct str s = str_trim(str_of(text));
	int64_t id;
	if (!s.n || s.p[0] < '0' || s.p[0] > '9' || !str_to_int(s, 0, UINT32_MAX - 1, &id))
		return false;
	*ret_id = (unsigned)id;
	return true;
}

static bool read_id(const char *name, unsigned *ret_id, struct err *err)
{
	const char *text = getenv(name);
	if (!text || !text[0])
		*ret_id = USER_DEFAULT;
	else if (!user_parse_id(text, ret_id))
		return err_set(err, ERR_INPUT, "%s is \"%.20s\", which is no number of a user or group", name, text);
	return true;
}

/* nftw() has no argument for its callback */
static uid_t new_user;
static gid_t new_group;

static int give(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	(void)!lchown(path, new_user, new_group); /* what cannot be given (NFS) is told of when it cannot be written */
	return 0;
}

static void give_folder(const char *path)
{
	enum { FOLDERS_OPEN_MAX = 8 };
	struct stat st;
	if (path[0] && stat(path, &st) == 0 && (st.st_uid != new_user || st.st_gid != new_group))
		nftw(path, give, FOLDERS_OPEN_MAX, FTW_PHYS | FTW_MOUNT);
}

static const char *socket_path(void)
{
	static const char scheme[] = "unix://";
	const char *host = getenv("DOCKER_HOST");
	if (!host || !host[0])
		return engine_socket;
	return strncmp(host, scheme, sizeof scheme - 1) == 0 ? host + sizeof scheme - 1 : NULL;
}

/* The socket's group stays ours, root's too: without it the engine cannot be reached. */
static int set_groups(void)
{
	struct stat st;
	const char *path = socket_path();
	gid_t groups[1];
	size_t count = 0;
	if (path && stat(path, &st) == 0)
		groups[count++] = st.st_gid;
	return setgroups(count, groups);
}

bool user_drop(const struct paths *paths, char *ret_note, size_t note_size, struct err *err)
{
	unsigned user, group;
	const char *puid = getenv("PUID"), *pgid = getenv("PGID");
	ret_note[0] = '\0';
	if (geteuid() != 0 || ((!puid || !puid[0]) && (!pgid || !pgid[0])))
		return true;
	if (!read_id("PUID", &user, err) || !read_id("PGID", &group, err))
		return false;
	new_user = user;
	new_group = group;
	give_folder(paths->config);
	give_folder(paths->logs);
	if (set_groups() != 0 && errno == EPERM) {
		snprintf(ret_note, note_size,
			"stays root (without rights) instead of user %u: changing needs the capabilities "
			"SETUID and SETGID, "
			"or start the container with --user %u:%u",
			user, user, group);
		return true;
	}
	if (setgid(group) != 0 || setuid(user) != 0)
		return err_errno(err, "cannot become user %u, group %u (PUID, PGID)", user, group);
	if (user != 0 && setuid(0) == 0)
		return err_set(err, ERR_SYSTEM, "could become root again after PUID was applied");
	return true;
}
