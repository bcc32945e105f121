#include "feature/logs/fetch.h"

#include "base/clock.h"

struct log_fetch {
	struct docker *docker;
	ticket reading;
	struct log_collect collect;
	log_fetch_fn *on_done;
	void *arg;
};

void log_fetch_free(struct log_fetch *f)
{
	if (!f)
		return;
	if (f->reading != TICKET_NONE)
		docker_logs_stop(f->docker, f->reading);
	log_collect_clear(&f->collect);
	mem_free(f);
}

static void on_line(enum docker_log_stream stream, struct str line, bool cut, void *arg)
{
	struct log_fetch *f = arg;

	log_collect_add(&f->collect, stream, line, cut);
}

static void on_end(const struct err *err, void *arg)
{
	struct log_fetch *f = arg;

	f->reading = TICKET_NONE;
	f->on_done(&f->collect, err, f->arg);
}

struct log_fetch *log_fetch_start(struct docker *d, struct str container, const struct log_query *query,
	enum log_form form, size_t keep_bytes, log_fetch_fn *on_done, void *arg, struct err *err)
{
	static const struct docker_log_handler handler = {on_line, on_end};
	const struct docker_log_options o = {
		.tail = form == LOG_FOR_FILE ? LOG_SCAN_LINES_MAX : log_query_tail(query),
		.since_s = log_query_since_s(query, clock_wall_s()),
		.timestamps = true,
	};
	struct log_fetch *f = mem_zalloc(MEM_LOGS, sizeof *f);

	if (!f) {
		err_set(err, ERR_MEMORY, "no memory to read a log");
		return NULL;
	}
	f->docker = d;
	f->on_done = on_done;
	f->arg = arg;
	log_collect_init(&f->collect, query, form, keep_bytes);
	f->reading = docker_logs(d, container, &o, &handler, f, err);
	if (f->reading != TICKET_NONE)
		return f;
	log_fetch_free(f);
	return NULL;
}
