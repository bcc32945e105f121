#include "docker/call.h"

#include "base/clock.h"
#include "docker/docker_inside.h"
#include "net/http_client.h"

#include <stdio.h>
#include <string.h>

enum { CALL_PATH_BYTES = 512, STATUS_NOT_MODIFIED = 304 };

struct call {
	struct list link;
	struct docker *d;
	const struct call_handler *handler;
	void *arg;
	ticket ticket;
	uint64_t started_us;
	int status;
	bool is_question;	  /* a short one: its latency tells how the engine feels */
	struct wire_error *error; /* being read, for status 400 and above */
};

static void call_free(struct call *c)
{
	if (c->error)
		wire_error_clear(c->error);
	mem_free(c->error);
	list_remove(&c->link);
	mem_free(c);
}

static bool is_good(int status)
{
	return (status >= 200 && status < 300) || status == STATUS_NOT_MODIFIED;
}

static void on_head(ticket t, const struct http_response *head, void *arg)
{
	struct call *c = arg;
	c->status = head->status;
	docker_heard(c->d);
	if (!is_good(c->status)) {
		c->error = mem_zalloc(MEM_DOCKER, sizeof *c->error);
		if (c->error)
			wire_error_init(c->error);
		return;
	}
	if (c->is_question) {
		uint64_t took_us = clock_mono_us() - c->started_us;
		c->d->stats.last_latency_ms = (uint32_t)(took_us / 1000);
		histogram_add(&c->d->stats.durations, took_us);
	}
	if (c->handler->on_head && c->status != STATUS_NOT_MODIFIED)
		c->handler->on_head(c, c->arg);
}

static void on_body(ticket t, struct str bytes, void *arg)
{
	struct call *c = arg;
	docker_heard(c->d);
	if (c->error)
		wire_error_feed(c->error, bytes);
	else if (is_good(c->status) && c->handler->on_body)
		c->handler->on_body(bytes, c->arg);
}

static void on_end(ticket t, const struct err *err, void *arg)
{
	struct call *c = arg;
	struct err why = {0};
	if (err)
		why = *err;
	else if (c->error)
		wire_error_finish(c->error, c->status, &why);
	else if (!is_good(c->status))
		err_set(&why, ERR_PROTOCOL, "the engine answered with HTTP status %d", c->status);
	const struct call_handler *handler = c->handler;
	void *handler_arg = c->arg;
	int status = c->status;
	if (why.code)
		c->d->stats.failures++;
	call_free(c);
	handler->on_end(why.code ? &why : NULL, status, handler_arg);
}

static const struct http_handler http_handler = {.on_head = on_head, .on_body = on_body, .on_end = on_end};

struct call *call_start(
	struct docker *d, const struct call_request *r, const struct call_handler *h, void *arg, struct err *err)
{
	char path[CALL_PATH_BYTES], version[VERSION_BYTES];
	version_format(d->api, version);
	int n = r->plain ? snprintf(path, sizeof path, "%s", r->path)
			 : snprintf(path, sizeof path, "/v%s%s", version, r->path);
	if (n < 0 || (size_t)n >= sizeof path) {
		err_set(err, ERR_LIMIT, "the request to the engine is too long");
		return NULL;
	}
	struct call *c = mem_zalloc(MEM_DOCKER, sizeof *c);
	if (!c) {
		err_set(err, ERR_MEMORY, "no memory for a request to the engine");
		return NULL;
	}
	*c = (struct call){.d = d, .handler = h, .arg = arg, .started_us = clock_mono_us()};
	c->is_question = strcmp(r->method, "GET") == 0 && r->idle_timeout_ms;
	list_append(&d->calls, &c->link);
	struct http_request q = {
		.method = r->method,
		.path = path,
		.head_timeout_ms = r->head_timeout_ms,
		.idle_timeout_ms = r->idle_timeout_ms,
	};
	c->ticket = http_request(d->peer, &q, &http_handler, c, err);
	if (!c->ticket) {
		call_free(c);
		return NULL;
	}
	d->stats.requests++;
	return c;
}

void call_cancel(struct call *c)
{
	if (!c)
		return;
	http_cancel(c->d->peer, c->ticket);
	call_free(c);
}

struct str call_header(struct call *c, const char *name)
{
	return http_header_of(c->d->peer, c->ticket, name);
}
