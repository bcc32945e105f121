#include "feature/info/helper.h"

#include "base/list.h"
#include "base/mem.h"
#include "loop/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_BYTES = HELPER_TEXT_BYTES + 1 };

struct job {
	struct list link;
	helper_work_fn *work;
	helper_done_fn *on_done;
	void *arg, *input;
	size_t size;
};

struct helper {
	struct loop *loop;
	struct list jobs; /* the first is under way */
	unsigned count;
	pid_t child; /* 0: none */
	int fd;
	struct watch *watch;
	char answer[ANSWER_BYTES + 1]; /* '+' or '-', then the text */
	size_t length;
};

static void begin(void *arg);

struct helper *helper_new(struct loop *loop)
{
	struct helper *h = mem_zalloc(MEM_CONTROL, sizeof *h);

	if (h) {
		h->loop = loop;
		list_init(&h->jobs);
	}
	return h;
}

static void job_free(struct helper *h, struct job *j)
{
	list_remove(&j->link);
	h->count--;
	if (j->input)
		explicit_bzero(j->input, j->size);
	mem_free(j->input);
	mem_free(j);
}

/* It has said what it had to say, or shall say no more: waiting for its end is short. */
static void end_child(struct helper *h)
{
	if (!h->child)
		return;
	watch_free(h->watch);
	h->watch = NULL;
	close(h->fd);
	kill(h->child, SIGKILL);
	while (waitpid(h->child, NULL, 0) < 0 && errno == EINTR)
		continue;
	h->child = 0;
}

void helper_free(struct helper *h)
{
	if (!h)
		return;
	loop_undefer(h->loop, begin, h);
	end_child(h);
	list_each_safe (at, &h->jobs)
		job_free(h, list_item(at, struct job, link));
	mem_free(h);
}

static void finish(struct helper *h, bool died)
{
	struct job *j = list_item(list_first(&h->jobs), struct job, link);
	helper_done_fn *on_done = j->on_done;
	char text[HELPER_TEXT_BYTES] = "";
	bool ok = !died && h->answer[0] == '+';
	void *arg = j->arg;

	if (!died)
		strncat(text, h->answer + 1, sizeof text - 1);
	end_child(h);
	explicit_bzero(h->answer, sizeof h->answer);
	job_free(h, j);
	if (list_first(&h->jobs))
		loop_defer(h->loop, begin, h);
	on_done(ok, died, text, arg);
}

static void on_readable(int fd, unsigned events, void *arg)
{
	struct helper *h = arg;
	ssize_t n = read(fd, h->answer + h->length, ANSWER_BYTES - h->length);

	(void)events;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		h->length += (size_t)n;
	if (n > 0 && h->length < ANSWER_BYTES)
		return;
	h->answer[h->length] = '\0';
	finish(h, h->length == 0);
}

static _Noreturn void work_and_exit(const struct job *j, int fd)
{
	char out[ANSWER_BYTES] = "";
	size_t length;

	out[0] = j->work(j->input, out + 1) ? '+' : '-';
	out[sizeof out - 1] = '\0';
	length = strlen(out);
	_exit(write(fd, out, length) == (ssize_t)length ? 0 : 1);
}

static bool start_child(struct helper *h, const struct job *j)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	child = fork();
	if (child == 0)
		work_and_exit(j, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return false;
	}
	h->child = child;
	h->fd = ends[0];
	h->length = 0;
	h->watch = watch_new(h->loop, h->fd, LOOP_READ, on_readable, h);
	if (!h->watch)
		end_child(h);
	return h->watch != NULL;
}

static void begin(void *arg)
{
	struct helper *h = arg;

	if (h->child || !list_first(&h->jobs))
		return;
	if (!start_child(h, list_item(list_first(&h->jobs), struct job, link)))
		finish(h, true);
}

bool helper_run(struct helper *h, helper_work_fn *work, const void *input, size_t size, helper_done_fn *on_done, void *arg)
{
	struct job *j;

	if (h->count >= HELPER_WAITING_MAX)
		return false;
	j = mem_zalloc(MEM_CONTROL, sizeof *j);
	if (!j)
		return false;
	*j = (struct job){.work = work, .on_done = on_done, .arg = arg, .size = size};
	j->input = mem_alloc(MEM_CONTROL, size);
	list_append(&h->jobs, &j->link);
	h->count++;
	if (j->input && loop_defer(h->loop, begin, h)) {
		memcpy(j->input, input, size);
		return true;
	}
	job_free(h, j);
	return false;
}
