/*
 * Runs something in a child and stops it right before each system call that changes a file or a folder. Whatever is on the
 * disk then is what a kill at that moment leaves, and the child is killed there, or goes on. Nothing has to be told about the
 * code: a write that somebody adds later is found too.
 */
#ifndef TESTS_UNIT_TRACED_H
#define TESTS_UNIT_TRACED_H

#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef bool traced_work_fn(void); /* in the child */
typedef void traced_point_fn(unsigned point, void *arg);

static const long traced_calls[] = {SYS_write, SYS_pwrite64, SYS_writev, SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_fchmod,
	SYS_fchown, SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_linkat, SYS_symlinkat, SYS_fchmodat, SYS_fchownat, SYS_openat,
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_rename
	SYS_rename, SYS_unlink, SYS_mkdir, SYS_rmdir, SYS_link, SYS_symlink, SYS_chmod, SYS_chown, SYS_open, SYS_creat,
#endif
	-1};

/* Of openat only what can make or empty a file. */
static inline bool traced_changes(const struct __ptrace_syscall_info *call)
{
	bool known = false;
	for (const long *c = traced_calls; *c >= 0; c++)
		known = known || (long)call->entry.nr == *c;
	if ((long)call->entry.nr == SYS_openat)
		return call->entry.args[2] & 0100 /* O_CREAT, of every architecture we build for */;
#ifdef SYS_open
	if ((long)call->entry.nr == SYS_open)
		return call->entry.args[1] & 0100;
#endif
	return known;
}

static inline bool traced_at_change(pid_t child)
{
	struct __ptrace_syscall_info call;
	return ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) > 0 && call.op == PTRACE_SYSCALL_INFO_ENTRY &&
	       traced_changes(&call);
}

static inline pid_t traced_start(traced_work_fn *work)
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(99);
		raise(SIGSTOP);
		_exit(work() ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status)); /* else ptrace is not allowed here */
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL), 0);
	return child;
}

/* Kills at the kill_at-th point (from 1; 0: never), calling on_point (may be NULL) at each before. Returns how many points there were;
 * *ret_killed tells whether it came to that. The work must end well otherwise. */
static inline unsigned traced_run(
	traced_work_fn *work, unsigned kill_at, traced_point_fn *on_point, void *arg, bool *ret_killed)
{
	unsigned points = 0;
	int status, signal = 0;
	pid_t child = traced_start(work);
	*ret_killed = false;
	for (;;) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, 0, signal), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return points;
		}
		assert_true(WIFSTOPPED(status));
		signal = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
		if (signal || !traced_at_change(child))
			continue;
		points++;
		if (on_point)
			on_point(points, arg);
		if (points == kill_at) {
			kill(child, SIGKILL);
			assert_int_equal(waitpid(child, &status, 0), child);
			*ret_killed = true;
			return points;
		}
	}
}

/* The same to its end, without stopping. */
static inline void traced_finish(traced_work_fn *work)
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(work() ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#endif
