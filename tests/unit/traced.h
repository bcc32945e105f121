/*
 * Runs something in a child and stops it right before each system call that changes a file or a folder. Whatever is on the
 * disk then is what a kill at that moment leaves, and the child is killed there, or goes on. Nothing has to be told about the
 * code: a write that somebody adds later is found too. A filter in the kernel picks the calls, so that the others cost nothing.
 */
#ifndef TESTS_UNIT_TRACED_H
#define TESTS_UNIT_TRACED_H

#include "test.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef bool traced_work_fn(void); /* in the child */
typedef void traced_point_fn(unsigned point, void *arg);

static const long traced_calls[] = {SYS_write, SYS_pwrite64, SYS_writev, SYS_fsync, SYS_fdatasync, SYS_ftruncate,
	SYS_fchmod, SYS_fchown, SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_linkat, SYS_symlinkat, SYS_fchmodat,
	SYS_fchownat, SYS_openat,
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_rename
	SYS_rename, SYS_unlink, SYS_mkdir, SYS_rmdir, SYS_link, SYS_symlink, SYS_chmod, SYS_chown, SYS_open, SYS_creat,
#endif
	-1};

/* In the child: from now on these calls stop it, in front of the call. */
static inline bool traced_filter(void)
{
	enum { CALLS = sizeof traced_calls / sizeof *traced_calls - 1 };
	struct sock_filter code[CALLS + 3];
	code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (unsigned char i = 0; i < CALLS; i++)
		code[1 + i] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)traced_calls[i], (unsigned char)(CALLS - i), 0);
	code[CALLS + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[CALLS + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	const struct sock_fprog program = {.len = CALLS + 3, .filter = code};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Of the calls that open only those that can make or empty a file. */
static inline bool traced_at_change(pid_t child, int status)
{
	struct __ptrace_syscall_info call;
	if (status >> 8 != (SIGTRAP | PTRACE_EVENT_SECCOMP << 8) ||
		ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) <= 0 ||
		call.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return false;
	if ((long)call.seccomp.nr == SYS_openat)
		return call.seccomp.args[2] & 0100 /* O_CREAT, of every architecture we build for */;
#ifdef SYS_open
	if ((long)call.seccomp.nr == SYS_open)
		return call.seccomp.args[1] & 0100;
#endif
	return true;
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
		_exit(traced_filter() && work() ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status)); /* else ptrace is not allowed here */
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL), 0);
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
		assert_int_equal(ptrace(PTRACE_CONT, child, 0, signal), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return points;
		}
		assert_true(WIFSTOPPED(status));
		signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
		if (!traced_at_change(child, status))
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
