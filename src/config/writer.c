#include "config/writer.h"

#include "base/mem.h"
#include "config/doc.h"
#include "config/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 4096 }; /* one write() at a time: a kill between two of them is a case of its own */

static writer_fault_fn *fault;
static void *fault_arg;

void writer_set_fault(writer_fault_fn *fn, void *arg)
{
	fault = fn;
	fault_arg = arg;
}

static bool step(enum writer_step s, const char *path)
{
	return !fault || fault(s, path, fault_arg);
}

/* errno in words that name the cause and the cure. */
static bool explain(struct err *err, const char *name)
{
	switch (errno) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG: /* a limit on the size of files (ulimit -f) */
		return err_set(err, ERR_SYSTEM,
			"%.80s could not be saved: the disk is full. The old file is still there", name);
	case EROFS:
		return err_set(err, ERR_FORBIDDEN,
			"%.80s could not be saved: the folder is mounted read-only. The old file is still "
			"there",
			name);
	case EACCES:
	case EPERM:
		return err_set(err, ERR_FORBIDDEN,
			"%.60s could not be saved: user %u may not write there. Give it the folder (chown), "
			"or set PUID and PGID",
			name, (unsigned)geteuid());
	case ENOENT:
	case ENOTDIR:
	case ESTALE:
		return err_set(err, ERR_NOT_FOUND,
			"%.80s could not be saved: the folder is gone. Is its mount still there?", name);
	case EBUSY:
	case EXDEV:
		return err_set(err, ERR_SYSTEM,
			"%.80s could not be saved: the file is mounted by itself. Mount its folder instead", name);
	case EISDIR:
		return err_set(err, ERR_CONFLICT, "%.80s could not be saved: there is a folder of that name", name);
	default: return err_errno(err, "%.80s could not be saved", name);
	}
}

static bool write_all(int fd, const char *path, struct str text)
{
	while (text.n) {
		size_t piece = text.n < PIECE_BYTES ? text.n : PIECE_BYTES;
		if (!step(STEP_WRITE, path))
			return false;
		ssize_t n = write(fd, text.p, piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? ENOSPC : errno;
			return false;
		}
		text.p += n;
		text.n -= (size_t)n;
	}
	return true;
}

/* A new file belongs to whom the old one, or else the folder, belongs to; only root can, and nobody else
 * needs to. */
static void keep_owner(int fd, const char *path, const char *folder)
{
	struct stat st;
	if ((stat(path, &st) == 0 || stat(folder, &st) == 0) && fchown(fd, st.st_uid, st.st_gid) < 0)
		return;
}

struct target {
	char path[PATH_MAX];   /* links resolved */
	char folder[PATH_MAX]; /* of path */
	char temp[PATH_MAX];
};

static bool make_temp(const struct target *t, struct str text)
{
	if (!step(STEP_OPEN, t->temp))
		return false;
	unlink(t->temp); /* of a run that was killed */
	int fd = open(t->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	keep_owner(fd, t->path, t->folder);
	bool ok = write_all(fd, t->temp, text) && step(STEP_SYNC, t->temp) && fsync(fd) == 0;
	int saved = errno;
	if (close(fd) < 0 && ok) { /* network file systems tell of a full disk here */
		saved = errno;
		ok = false;
	}
	if (!ok)
		unlink(t->temp);
	errno = saved;
	return ok;
}

static bool sync_folder(const char *folder)
{
	if (!step(STEP_SYNC_FOLDER, folder))
		return false;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES; /* a folder that may be written and not read: nothing to sync through */
	bool ok = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
	int saved = errno;
	close(fd);
	errno = saved;
	return ok;
}

static bool replace(const struct target *t, struct str text)
{
	if (!make_temp(t, text))
		return false;
	if (!step(STEP_RENAME, t->path) || rename(t->temp, t->path) < 0) {
		int saved = errno;
		unlink(t->temp);
		errno = saved;
		return false;
	}
	return sync_folder(t->folder);
}

static bool aim(struct target *t, const char *folder, const char *name)
{
	char path[PATH_MAX], real[PATH_MAX];
	if (!file_path(path, sizeof path, folder, name)) {
		errno = ENAMETOOLONG;
		return false;
	}
	struct stat st;
	bool link = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	snprintf(t->path, sizeof t->path, "%s", link && realpath(path, real) ? real : path);
	const char *slash = strrchr(t->path, '/');
	snprintf(t->folder, sizeof t->folder, "%.*s", (int)(slash - t->path), t->path);
	int n = snprintf(t->temp, sizeof t->temp, "%s/.%s.tmp", t->folder, slash + 1);
	if (n < 0 || (size_t)n >= sizeof t->temp) {
		errno = ENAMETOOLONG;
		return false;
	}
	return true;
}

/* Only folders inside the configuration folder are made; that one itself may be a mount that has not come up.
 */
static bool make_folder(const struct target *t, const char *folder)
{
	struct stat st;
	if (stat(t->folder, &st) == 0 || errno != ENOENT)
		return true;
	if (stat(folder, &st) < 0)
		return false;
	if (mkdir(t->folder, 0750) < 0)
		return errno == EEXIST;
	/* as with files: only root can, and nobody else needs to */
	return chown(t->folder, st.st_uid, st.st_gid) == 0 || true;
}

static bool same_content(const char *folder, const char *name, struct str text, char **ret_old, size_t *ret_length)
{
	*ret_old = NULL;
	if (file_read(folder, name, DOC_BYTES_MAX, ret_old, ret_length, NULL) != FILE_READ)
		return false;
	return str_eq((struct str){*ret_old, *ret_length}, text);
}

static bool back_up(const char *folder, const char *name, struct str old, struct err *err)
{
	char backup[PATH_MAX];
	struct target t;
	snprintf(backup, sizeof backup, "%s.bak", name);
	return (aim(&t, folder, backup) && replace(&t, old)) || explain(err, backup);
}

static bool read_back(const char *folder, const char *name, struct str text, struct err *err)
{
	char *now;
	size_t length;
	if (!step(STEP_READ_BACK, name))
		return explain(err, name);
	bool same = same_content(folder, name, text, &now, &length);
	mem_free_secret(now);
	return same ||
	       err_set(err, ERR_SYSTEM, "%.80s was written, but reads back differently: look at the disk", name);
}

bool writer_put(const char *folder, const char *name, struct str text, unsigned flags, struct err *err)
{
	struct target t;
	char *old;
	size_t old_length;
	if (same_content(folder, name, text, &old, &old_length)) {
		mem_free_secret(old);
		return true;
	}
	bool ok = aim(&t, folder, name) && make_folder(&t, folder);
	if (!ok)
		explain(err, name);
	if (ok && old && (flags & WRITER_BACKUP))
		ok = back_up(folder, name, (struct str){old, old_length}, err);
	mem_free_secret(old);
	if (!ok)
		return false;
	return replace(&t, text) ? read_back(folder, name, text, err) : explain(err, name);
}

bool writer_remove(const char *folder, const char *name, struct err *err)
{
	char path[PATH_MAX];
	if (!file_path(path, sizeof path, folder, name))
		errno = ENAMETOOLONG;
	else if (unlink(path) == 0 || errno == ENOENT)
		return true;
	return err_errno(err, "%.80s could not be removed", name);
}

bool writer_set_aside(const char *folder, const char *name, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct stat st;
	if (!file_path(from, sizeof from, folder, name))
		return err_set(err, ERR_INPUT, "the path of %.80s is too long", name);
	for (unsigned i = 0; i < 100; i++) { /* an older one is not overwritten */
		int n = i ? snprintf(to, sizeof to, "%s.broken%u", from, i)
			  : snprintf(to, sizeof to, "%s.broken", from);
		if (n < 0 || (size_t)n >= sizeof to)
			break;
		if (lstat(to, &st) == 0)
			continue;
		return rename(from, to) == 0 || explain(err, name);
	}
	return err_set(err, ERR_LIMIT, "there are too many broken copies of %.80s; remove some", name);
}

static void take_along(const char *from, const char *to)
{
	DIR *dir = opendir(to);
	char a[PATH_MAX], b[PATH_MAX];
	for (struct dirent *e; dir && (e = readdir(dir));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
			file_path(a, sizeof a, to, e->d_name) && file_path(b, sizeof b, from, e->d_name) &&
			rename(a, b) < 0)
			break; /* the rename of the folder will fail, and say so */
	if (dir)
		closedir(dir);
}

bool writer_move_folder(const char *folder, const char *from, const char *to, struct err *err)
{
	char a[PATH_MAX], b[PATH_MAX];
	if (!file_path(a, sizeof a, folder, from) || !file_path(b, sizeof b, folder, to)) {
		errno = ENAMETOOLONG;
		return explain(err, to);
	}
	bool ok = sync_folder(a) && step(STEP_RENAME, b);
	if (ok && rename(a, b) < 0) {
		if (errno == ENOTEMPTY || errno == EEXIST)
			take_along(a, b);
		ok = rename(a, b) == 0;
	}
	return (ok && sync_folder(folder)) || explain(err, to);
}
