#include "app/housekeep.h"

#include "base/log.h"
#include "base/mem.h"
#include "config/migrate.h"
#include "loop/child.h"

struct housekeep {
	struct child *child;
};

/* In the child. A line that begins with '!' is a complaint. */
static void do_it(struct buf *out, const void *folder)
{
	struct err err = {0};
	if (!config_housekeep(folder, out, &err))
		buf_printf(out, "!%s\n", err.text);
}

static void on_done(struct str text, void *arg)
{
	struct housekeep *h = arg;
	h->child = NULL;
	while (text.n) {
		struct str line = str_split(text, '\n', &text);
		if (line.n && line.p[0] == '!')
			log_warn("config", "%.*s", (int)line.n - 1, line.p + 1);
		else if (line.n)
			log_info("config", "%.*s", STR_ARG(line));
	}
}

struct housekeep *housekeep_start(struct loop *loop, const char *folder)
{
	struct err err = {0};
	struct housekeep *h = mem_zalloc(MEM_APP, sizeof *h);
	if (!h)
		return NULL;
	h->child = child_start(loop, do_it, folder, on_done, h, &err);
	if (!h->child)
		log_warn("config", "%s; the folder stays as it is", err.text);
	return h;
}

void housekeep_free(struct housekeep *h)
{
	if (!h)
		return;
	child_end(h->child);
	mem_free(h);
}
