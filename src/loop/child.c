#include "loop/child.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 1024 }; /* no number beyond it is looked at; ddc has some dozens */

struct child {
	pid_t pid;
	int pipe_fd;
	struct watch *watch;
	child_done_fn *on_done;
	void *arg;
	struct buf text;
};

/* It has closed its pipe or is being killed, so waiting for its end is short. */
void child_end(struct child *c)
{
	if (!c)
		return;
	watch_free(c->watch);
	if (c->pipe_fd >= 0)
		close(c->pipe_fd);
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	if (c->text.data)
		explicit_bzero(c->text.data, c->text.capacity);
	buf_clear(&c->text);
	mem_free(c);
}

static void finish(struct child *c)
{
	child_done_fn *on_done = c->on_done;
	void *arg = c->arg;
	/* the object goes first, because the callback may start the next one in its place */
	struct buf text = c->text;
	buf_init(&c->text, MEM_LOOP, CHILD_TEXT_BYTES_MAX);
	child_end(c);
	on_done(buf_view(&text), arg);
	if (text.data)
		explicit_bzero(text.data, text.capacity);
	buf_clear(&text);
}

static void on_readable(int fd, unsigned events, void *arg)
{
	struct child *c = arg;
	char bytes[512];
	(void)events;
	ssize_t n = read(fd, bytes, sizeof bytes);
	if (n > 0)
		buf_add(&c->text, bytes, (size_t)n); /* beyond the maximum it is read and dropped: the child
							must not wait for us */
	explicit_bzero(bytes, sizeof bytes);
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		finish(c);
}

/* A copy of a socket would keep a connection open that the parent ends, and the port taken if the parent dies and is started
 * again. The others stay, so that no number comes to mean another file. */
static void close_sockets(void)
{
	struct stat s;
	for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS_MAX; fd++)
		if (fstat(fd, &s) == 0 && S_ISSOCK(s.st_mode))
			close(fd);
}

static _Noreturn void be_the_child(child_work_fn *work, const void *work_arg, int fd)
{
	struct buf out;
	buf_init(&out, MEM_LOOP, CHILD_TEXT_BYTES_MAX);
	close_sockets();
	work(&out, work_arg);
	struct str left = buf_view(&out);
	while (left.n) {
		ssize_t n = write(fd, left.p, left.n);
		if (n < 0 && errno != EINTR)
			_exit(1);
		if (n > 0)
			left.p += n, left.n -= (size_t)n;
	}
	_exit(0);
}

struct child *child_start(struct loop *loop, child_work_fn *work, const void *work_arg, child_done_fn *on_done,
	void *arg, struct err *err)
{
	int ends[2] = {-1, -1};
	struct child *c = mem_zalloc(MEM_LOOP, sizeof *c);
	if (!c) {
		err_set(err, ERR_MEMORY, "no memory for a helper process");
		return NULL;
	}
	*c = (struct child){.pipe_fd = -1, .on_done = on_done, .arg = arg};
	buf_init(&c->text, MEM_LOOP, CHILD_TEXT_BYTES_MAX);
	if (pipe2(ends, O_CLOEXEC) == 0) {
		c->pipe_fd = ends[0];
		c->watch = watch_new(loop, ends[0], LOOP_READ, on_readable, c);
		c->pid = c->watch ? fork() : -1;
		if (c->pid == 0)
			be_the_child(work, work_arg, ends[1]);
		close(ends[1]);
	}
	if (c->pid > 0)
		return c;
	err_errno(err, "a helper process cannot be started");
	child_end(c);
	return NULL;
}
