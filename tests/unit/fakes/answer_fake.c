#include "answer_fake.h"

#include "base/mem.h"
#include "feature/status/board.h"

#include <stdio.h>
#include <string.h>

struct answer_fake answer_fake;

void answer_fake_clear(void)
{
	for (unsigned i = 0; i < answer_fake.count; i++) {
		mem_free(answer_fake.requests[i].body);
		mem_free(answer_fake.requests[i].file);
	}
	memset(&answer_fake, 0, sizeof answer_fake);
}

ticket rest_send(struct rest *r, const struct rest_request *q, rest_done_fn *on_done, void *arg, struct err *err)
{
	struct fake_request *f = &answer_fake.requests[answer_fake.count];

	(void)r, (void)err;
	*f = (struct fake_request){.method = q->method, .asked = *q, .on_done = on_done, .arg = arg};
	str_copy(f->path, sizeof f->path, str_of(q->path));
	f->body = mem_strdup(MEM_TEST, q->body ? buf_text(q->body) : "");
	if (q->body)
		buf_clear(q->body);
	if (q->file) {
		f->file = mem_strndup(MEM_TEST, buf_text(q->file->data), q->file->data->length);
		str_copy(f->file_name, sizeof f->file_name, str_of(q->file->name));
		buf_clear(q->file->data);
	}
	return ++answer_fake.count;
}

void rest_cancel(struct rest *r, ticket t)
{
	(void)r;
	if (t && t <= answer_fake.count)
		answer_fake.requests[t - 1].on_done = NULL;
}

struct rest_stats rest_stats_of(const struct rest *r)
{
	(void)r;
	return (struct rest_stats){.last_latency_ms = answer_fake.last_latency_ms};
}

struct fake_request *answer_fake_last(void)
{
	return answer_fake.count ? &answer_fake.requests[answer_fake.count - 1] : NULL;
}

void answer_fake_answer(struct fake_request *f, int status, int code, uint64_t id)
{
	struct rest_reply reply = {.status = status, .code = code};
	rest_done_fn *on_done = f->on_done;
	struct err err;
	char digits[24];

	if (!on_done)
		return;
	f->on_done = NULL;
	if (id && f->asked.on_field) {
		snprintf(digits, sizeof digits, "%llu", (unsigned long long)id);
		f->asked.on_field(&(struct json_event){.type = JSON_STRING, .text = str_of(digits)}, f->arg);
	} else {
		reply.id = id;
	}
	err_set(&err, ERR_INPUT, "status %d, code %d", status, code);
	on_done(&reply, status / 100 == 2 ? NULL : &err, f->arg);
}

void answer_fake_answer_all(uint64_t id)
{
	for (unsigned i = 0; i < answer_fake.count; i++)
		answer_fake_answer(&answer_fake.requests[i], 200, 0, id);
}

/* /doctor asks the board; no test of answers has one. */

bool board_refused(const struct board *b, uint64_t channel_id, enum tr_key *ret_advice)
{
	(void)b, (void)channel_id;
	*ret_advice = answer_fake.refused_advice;
	return answer_fake.refused;
}

bool board_needs_messages(const struct config *config)
{
	(void)config;
	return false;
}
