/*
 * Whatever the gateway's connection may bring: JSON or a compressed stream, in messages and pieces of any
 * size. The first byte says which and how it is cut. Everything that is handed on is touched, so that the
 * sanitizers see what it points to.
 */
#include "discord/gateway_inside.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned char touched;

static void touch(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		touched ^= (unsigned char)s.p[i];
	if (!utf8_valid(s))
		abort(); /* what comes out is always text */
}

static void touch_interaction(const struct interaction *in)
{
	struct str texts[] = {in->user_name, in->display_name, in->command, in->custom_id};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		touch(texts[i]);
	for (unsigned i = 0; i < in->option_count; i++)
		touch(in->options[i].name), touch(in->options[i].value);
	for (unsigned i = 0; i < in->field_count; i++)
		touch(in->fields[i].name), touch(in->fields[i].value);
	for (unsigned i = 0; i < in->value_count; i++)
		touch(in->values[i]);
	for (unsigned i = 0; i < in->role_count; i++)
		touched ^= (unsigned char)in->roles[i];
	for (unsigned i = 0; i < in->resolved_count; i++) {
		touch(in->resolved[i].name);
		for (unsigned k = 0; k < in->resolved[i].role_count; k++)
			touched ^= (unsigned char)in->resolved[i].roles[k];
		if (interaction_resolved_of(in, in->resolved[i].id) != &in->resolved[i])
			abort();
	}
	if (!in->ref.id || !in->user_id || !in->ref.token[0] || strchr(in->ref.token, '/'))
		abort();
}

static void end_message(struct wire *w)
{
	const char *problem = NULL;
	const struct wire_event *v = wire_end(w, &problem);
	if (!v) {
		if (!problem)
			abort();
	} else if (v->name == EVENT_INTERACTION_CREATE) {
		const struct interaction *in = wire_interaction(w, &problem);
		if (in)
			touch_interaction(in);
	} else {
		touch(str_of(v->self.name));
		for (unsigned i = 0; i < wire_channel_count(w); i++)
			touch(str_of(wire_channel_at(w, i)->name));
	}
	wire_begin(w);
}

static void on_inflated(struct str bytes, void *arg)
{
	wire_feed(arg, bytes.p, bytes.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t wanted[] = {UINT64_C(1180000000000000111)};
	struct wire w;
	if (!size)
		return 0;
	bool compressed = data[0] & 1;
	size_t step = (data[0] >> 1) + 1u;
	struct inflater *inflater = compressed ? inflater_new() : NULL;
	wire_init(&w);
	w.wanted = wanted;
	w.wanted_count = 1;
	for (size_t i = 1; i < size; i += step) {
		struct str piece = {(const char *)data + i, size - i < step ? size - i : step};
		if (!compressed)
			wire_feed(&w, piece.p, piece.n);
		else if (inflater_feed(inflater, piece, on_inflated, &w))
			break;
		else if (inflater_at_end(inflater))
			end_message(&w);
		if (w.event.bytes > 1 << 20)
			break;
	}
	end_message(&w);
	wire_clear(&w);
	inflater_free(inflater);
	if (mem_use_total().blocks)
		abort();
	return 0;
}
