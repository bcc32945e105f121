#include "loop/helper.h"

#include "base/list.h"
#include "base/mem.h"
#include "loop/child.h"

#include <string.h>

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
	struct child *child; /* NULL: none */
};

static void begin(void *arg);

struct helper *helper_new(struct loop *loop)
{
	struct helper *h = mem_zalloc(MEM_LOOP, sizeof *h);

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

void helper_free(struct helper *h)
{
	if (!h)
		return;
	loop_undefer(h->loop, begin, h);
	child_end(h->child);
	list_each_safe (at, &h->jobs)
		job_free(h, list_item(at, struct job, link));
	mem_free(h);
}

/* In the child: '+' or '-', then the text. */
static void do_job(struct buf *out, const void *arg)
{
	const struct job *j = arg;
	char text[HELPER_TEXT_BYTES] = "";
	bool ok = j->work(j->input, text);

	buf_add_char(out, ok ? '+' : '-');
	buf_add_str(out, text);
}

static void on_child_done(struct str said, void *arg)
{
	struct helper *h = arg;
	struct job *j = list_item(list_first(&h->jobs), struct job, link);
	helper_done_fn *on_done = j->on_done;
	void *on_done_arg = j->arg;
	char text[HELPER_TEXT_BYTES] = "";

	h->child = NULL;
	if (said.n)
		str_copy(text, sizeof text, (struct str){said.p + 1, said.n - 1});
	job_free(h, j);
	if (list_first(&h->jobs))
		loop_defer(h->loop, begin, h);
	on_done(said.n && said.p[0] == '+', !said.n, text, on_done_arg);
}

static void begin(void *arg)
{
	struct helper *h = arg;
	struct err err = {0};

	if (h->child || !list_first(&h->jobs))
		return;
	h->child =
		child_start(h->loop, do_job, list_item(list_first(&h->jobs), struct job, link), on_child_done, h, &err);
	if (!h->child)
		on_child_done(STR(""), h);
}

bool helper_run(
	struct helper *h, helper_work_fn *work, const void *input, size_t size, helper_done_fn *on_done, void *arg)
{
	struct job *j;

	if (h->count >= HELPER_WAITING_MAX)
		return false;
	j = mem_zalloc(MEM_LOOP, sizeof *j);
	if (!j)
		return false;
	*j = (struct job){.work = work, .on_done = on_done, .arg = arg, .size = size};
	j->input = mem_alloc(MEM_LOOP, size);
	list_append(&h->jobs, &j->link);
	h->count++;
	if (j->input && loop_defer(h->loop, begin, h)) {
		memcpy(j->input, input, size);
		return true;
	}
	job_free(h, j);
	return false;
}
