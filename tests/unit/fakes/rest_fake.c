#include "rest_fake.h"

#include <string.h>

struct rest_fake rest_fake;

void rest_fake_clear(void)
{
	for (unsigned i = 0; i < rest_fake.count; i++)
		mem_free(rest_fake.requests[i].body);
	memset(&rest_fake, 0, sizeof rest_fake);
}

ticket rest_send(struct rest *r, const struct rest_request *q, rest_done_fn *on_done, void *arg, struct err *err)
{
	struct rest_fake *f = (struct rest_fake *)r;
	char *body = q->body ? buf_steal(q->body) : NULL;
	if (f->full || f->stopped) {
		mem_free(body);
		err_set(err, ERR_LIMIT, "the line is full");
		return TICKET_NONE;
	}
	struct fake_request *n = &f->requests[f->count++];
	*n = (struct fake_request){.method = q->method,
		.body = body,
		.has_nonce = q->has_nonce,
		.ticket = f->count,
		.on_done = on_done,
		.arg = arg};
	str_copy(n->path, sizeof n->path, str_of(q->path));
	return n->ticket;
}

void rest_cancel(struct rest *r, ticket t)
{
	if (t != TICKET_NONE)
		((struct rest_fake *)r)->requests[t - 1].on_done = NULL;
}

unsigned rest_wait_ms(const struct rest *r, enum rest_method method, const char *path, unsigned spare)
{
	const struct rest_fake *f = (const struct rest_fake *)r;
	(void)method, (void)path;
	return spare && f->spare_wait_ms > f->wait_ms ? f->spare_wait_ms : f->wait_ms;
}

bool rest_stopped(const struct rest *r)
{
	return ((const struct rest_fake *)r)->stopped;
}

unsigned rest_invalid(const struct rest *r)
{
	return ((const struct rest_fake *)r)->invalid;
}

unsigned fake_open_requests_of(const char *part)
{
	unsigned n = 0;
	for (unsigned i = 0; i < rest_fake.count; i++)
		n += rest_fake.requests[i].on_done && strstr(rest_fake.requests[i].path, part);
	return n;
}

unsigned fake_open_requests(void)
{
	return fake_open_requests_of("");
}

unsigned fake_sent(enum rest_method method)
{
	unsigned n = 0;
	for (unsigned i = 0; i < rest_fake.count; i++)
		n += rest_fake.requests[i].method == method;
	return n;
}

struct fake_request *fake_last(void)
{
	return rest_fake.count ? &rest_fake.requests[rest_fake.count - 1] : NULL;
}

struct fake_request *fake_open(enum rest_method method, const char *part)
{
	for (unsigned i = 0; i < rest_fake.count; i++) {
		struct fake_request *r = &rest_fake.requests[i];
		if (r->on_done && r->method == method && strstr(r->path, part))
			return r;
	}
	return NULL;
}

void fake_reply(struct fake_request *r, int status, int code, uint64_t id)
{
	struct rest_reply reply = {.status = status, .code = code, .id = id};
	struct err err;
	bool ok = status >= 200 && status < 300;
	rest_done_fn *on_done = r->on_done;
	r->on_done = NULL;
	if (!ok)
		err_set(&err, ERR_PROTOCOL, "Discord answered %d (code %d)", status, code);
	on_done(&reply, ok ? NULL : &err, r->arg);
}
