/* Reading containers' logs, old lines and following ones. Source: Docker Engine API, "ContainerLogs". */
#include "docker/docker_inside.h"
#include "docker/log_demux.h"

#include <stdio.h>

struct log_reading {
	struct docker *d;
	ticket ticket;
	struct call *call;
	struct log_demux demux;
	struct docker_log_handler handler;
	void *arg;
	struct docker_log_options options;
	char id[CONTAINER_ID_BYTES];
	bool in_feed, stopped; /* stopped within its own on_line: freed behind it */
};

static void log_free(struct log_reading *r)
{
	ticket_redeem(&r->d->logs, r->ticket);
	call_cancel(r->call);
	log_demux_clear(&r->demux);
	mem_free(r);
}

static void finish(struct log_reading *r, const struct err *err)
{
	struct docker_log_handler handler = r->handler;
	void *arg = r->arg;
	struct err why = err ? *err : (struct err){0};
	log_free(r);
	if (handler.on_end)
		handler.on_end(err ? &why : NULL, arg);
}

static bool on_line(enum docker_log_stream stream, struct str line, bool cut, void *arg)
{
	struct log_reading *r = arg;
	r->handler.on_line(stream, line, cut, r->arg);
	return !r->stopped;
}

static void on_head(struct call *c, void *arg)
{
	struct log_reading *r = arg;
	struct str type = call_header(c, "content-type"); /* engines from API 1.42 on tell */
	if (str_is(type, "application/vnd.docker.multiplexed-stream"))
		r->demux.format = LOG_FORMAT_FRAMED;
	else if (str_is(type, "application/vnd.docker.raw-stream") && r->d->api >= 1042)
		r->demux.format = LOG_FORMAT_RAW;
}

static void on_body(struct str bytes, void *arg)
{
	struct log_reading *r = arg;
	struct err why = {0};
	r->in_feed = true;
	bool good = log_demux_feed(&r->demux, bytes, &why);
	r->in_feed = false;
	if (r->stopped)
		log_free(r);
	else if (!good)
		finish(r, &why);
}

static void on_end(const struct err *err, int status, void *arg)
{
	struct log_reading *r = arg;
	r->call = NULL;
	r->in_feed = true;
	log_demux_finish(&r->demux);
	r->in_feed = false;
	if (r->stopped)
		log_free(r);
	else
		finish(r, err);
}

static bool ask(struct log_reading *r, struct err *err)
{
	static const struct call_handler handler = {.on_head = on_head, .on_body = on_body, .on_end = on_end};
	char path[CONTAINER_ID_BYTES + 160], since[32] = "";
	const struct docker_log_options *o = &r->options;
	if (o->since_s > 0)
		snprintf(since, sizeof since, "&since=%lld", (long long)o->since_s);
	snprintf(path, sizeof path, "/containers/%s/logs?stdout=1&stderr=1&tail=%u%s%s%s", r->id, o->tail, since,
		o->follow ? "&follow=1" : "", o->timestamps ? "&timestamps=1" : "");
	struct call_request q = {.method = "GET",
		.path = path,
		.head_timeout_ms = DOCKER_LIST_MS,
		.idle_timeout_ms = o->follow ? 0 : DOCKER_LIST_MS};
	r->call = call_start(r->d, &q, &handler, r, err);
	return r->call;
}

/* An engine before 1.42 frames by whether there is a TTY, and tells that only in the description. */
static void on_described(const struct err *err, void *arg)
{
	struct log_reading *r = arg;
	struct entry *e = containers_by_id(&r->d->containers, r->id);
	struct err why;
	if (r->stopped) {
		log_free(r);
		return;
	}
	if (e && e->tty_known)
		r->demux.format = e->tty ? LOG_FORMAT_RAW : LOG_FORMAT_FRAMED;
	if (!ask(r, &why))
		finish(r, &why);
}

ticket docker_logs(struct docker *d, struct str name, const struct docker_log_options *o,
	const struct docker_log_handler *h, void *arg, struct err *err)
{
	struct entry *e = docker_need(d, name, err);
	if (!e)
		return TICKET_NONE;
	if (o->follow && d->limits.frugal) {
		err_set(err, ERR_LIMIT, "memory is short: no log is followed until there is some again");
		return TICKET_NONE;
	}
	struct log_reading *r = mem_zalloc(MEM_LOGS, sizeof *r);
	if (!r) {
		err_set(err, ERR_MEMORY, "no memory to read a log");
		return TICKET_NONE;
	}
	*r = (struct log_reading){.d = d, .handler = *h, .arg = arg, .options = *o};
	str_copy(r->id, sizeof r->id, str_of(e->c.id));
	log_demux_init(&r->demux, LOG_FORMAT_GUESS, on_line, r);
	if (e->tty_known)
		r->demux.format = e->tty ? LOG_FORMAT_RAW : LOG_FORMAT_FRAMED;
	r->ticket = ticket_issue(&d->logs, r);
	if (!r->ticket)
		err_set(err, ERR_LIMIT, "%d logs are already being read", DOCKER_LOG_STREAMS_MAX);
	else if (!e->tty_known && inspect_start(d, e, on_described, r, NULL))
		return r->ticket;
	else if (ask(r, err))
		return r->ticket;
	log_free(r);
	return TICKET_NONE;
}

void docker_logs_stop(struct docker *d, ticket t)
{
	struct log_reading *r = ticket_item(&d->logs, t);
	if (!r)
		return;
	r->stopped = true;
	if (!r->in_feed && r->call) /* otherwise what runs for it frees it: the feed, or the description */
		log_free(r);
}

void logs_init(struct docker *d)
{
	ticket_table_init(&d->logs, MEM_DOCKER, DOCKER_LOG_STREAMS_MAX);
}

static void clear_log(ticket t, void *item, void *arg)
{
	log_free(item);
}

void logs_clear(struct docker *d)
{
	ticket_each(&d->logs, clear_log, NULL);
	ticket_table_clear(&d->logs);
}
