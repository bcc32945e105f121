#include "app/housekeep.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/migrate.h"
#include "loop/child.h"

struct housekeep {
	struct loop *loop;
	struct child *child;
	bool again; /* something was written while it ran */
	const char *folder;
	uint64_t complained; /* of the last complaint: each is told once */
};

static void start(struct housekeep *h);

/* In the child. A line that begins with '!' is a complaint. */
static void do_it(struct buf *out, const void *folder)
{
	struct err err = {0};
	if (!config_housekeep(folder, out, &err))
		buf_printf(out, "!%s\n", err.text);
}

/* A read-only folder is no news at each change of it. */
static void complain(struct housekeep *h, struct str line, uint64_t before)
{
	uint64_t hash = hash_str(HASH_SEED, line);
	h->complained = hash;
	if (hash != before)
		log_warn("config", "%.*s", STR_ARG(line));
}

static void on_done(struct str text, void *arg)
{
	struct housekeep *h = arg;
	h->child = NULL;
	uint64_t complained = h->complained;
	h->complained = 0;
	while (text.n) {
		struct str line = str_split(text, '\n', &text);
		if (line.n && line.p[0] == '!')
			complain(h, (struct str){line.p + 1, line.n - 1}, complained);
		else if (line.n)
			log_info("config", "%.*s", STR_ARG(line));
	}
	if (h->again) {
		h->again = false;
		start(h);
	}
}

static void start(struct housekeep *h)
{
	struct err err = {0};
	h->child = child_start(h->loop, do_it, h->folder, on_done, h, &err);
	if (!h->child)
		log_warn("config", "%s; the folder stays as it is", err.text);
}

struct housekeep *housekeep_start(struct loop *loop, const char *folder)
{
	struct housekeep *h = mem_zalloc(MEM_APP, sizeof *h);
	if (!h)
		return NULL;
	h->loop = loop;
	h->folder = folder;
	start(h);
	return h;
}

void housekeep_again(struct housekeep *h)
{
	if (!h)
		return;
	if (h->child)
		h->again = true;
	else
		start(h);
}

void housekeep_free(struct housekeep *h)
{
	if (!h)
		return;
	child_end(h->child);
	mem_free(h);
}
