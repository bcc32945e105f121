/*
 * What a test leaves in /tmp when it is ended in the middle (a crash, BUG(), a time limit) is removed all the
 * same: by a process of its own, which is told the paths through a pipe and acts when the pipe's other end
 * has gone, whatever took it.
 */
#ifndef TESTS_UNIT_LEFTOVERS_H
#define TESTS_UNIT_LEFTOVERS_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEFTOVERS_BYTES_MAX = 65536 };

static inline int leftovers_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_DNR || type == FTW_D)
		chmod(path, 0700);
	return remove(path);
}

/* A file, or a folder with all that is in it; it need not be there. */
static inline int leftovers_remove(const char *path)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		chmod(path, 0700);
	return nftw(path, leftovers_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void leftovers_wait_and_remove(int from)
{
	static char paths[LEFTOVERS_BYTES_MAX];
	size_t n = 0;
	ssize_t more;
	while (n < sizeof paths - 1 && (more = read(from, paths + n, sizeof paths - 1 - n)) > 0)
		n += (size_t)more;
	for (size_t at = 0; at < n; at += strlen(paths + at) + 1)
		leftovers_remove(paths + at);
}

/* A session of its own: who ends the test's process group does not end this one. No descriptor is kept but
 * the pipe's end, so nobody waits for it either. */
static inline int leftovers_start(void)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		for (int fd = 0; fd < 256; fd++)
			if (fd != ends[0])
				close(fd);
		leftovers_wait_and_remove(ends[0]);
		_exit(0);
	}
	close(ends[0]);
	return pid < 0 ? -1 : ends[1];
}

/* From now on path is removed when this process has ended, and its children, which share the pipe, with it.
 */
static inline int leftovers_watch(const char *path)
{
	static int to = -1;
	if (to < 0)
		to = leftovers_start();
	return to >= 0 && write(to, path, strlen(path) + 1) == (ssize_t)(strlen(path) + 1) ? 0 : -1;
}

#endif
