#include "memory/leak.h"

#include <string.h>

void leak_init(struct leak *l)
{
	memset(l, 0, sizeof *l);
	l->warm_up = LEAK_WARM_UP_EPOCHS;
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		l->owners[i].low = UINT32_MAX;
}

static void begin_anew(struct leak *l)
{
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++) {
		l->owners[i].begun = false;
		l->owners[i].low = UINT32_MAX;
	}
	l->samples = 0;
}

static void begin_series(struct leak_owner *o, uint32_t floor)
{
	o->baseline = o->top = floor;
	o->rises = 0;
	o->begun = true;
}

static bool has_come_back(const struct leak_owner *o)
{
	return o->floor <= o->baseline + (o->top - o->baseline) / 2 && o->floor < o->top;
}

static bool is_suspect(const struct leak_owner *o)
{
	uint32_t rise = o->top - o->baseline;
	return o->rises >= LEAK_RISES && rise >= LEAK_RISE_BYTES_MIN &&
	       rise >= o->baseline / 100 * LEAK_RISE_PERCENT_MIN;
}

static void end_epoch(struct leak_owner *o, enum mem_owner owner, leak_fn *on_suspicion, void *arg)
{
	o->floor = o->low;
	o->low = UINT32_MAX;
	if (!o->begun || has_come_back(o))
		begin_series(o, o->floor);
	if (o->floor <= o->top)
		return;
	o->top = o->floor;
	o->rises += o->rises < LEAK_RISES;
	if (!is_suspect(o))
		return;
	uint32_t from = o->baseline;
	o->suspicions++;
	begin_series(o, o->floor);
	if (on_suspicion)
		on_suspicion(owner, from, o->floor, arg);
}

void leak_sample(struct leak *l, const size_t bytes[MEM_OWNER_COUNT], unsigned units, leak_fn *on_suspicion, void *arg)
{
	if (units > l->units) {
		l->units = units;
		begin_anew(l);
	}
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++) {
		uint32_t now = bytes[i] < UINT32_MAX ? (uint32_t)bytes[i] : UINT32_MAX - 1;
		if (now < l->owners[i].low)
			l->owners[i].low = now;
	}
	if (++l->samples < LEAK_EPOCH_SAMPLES)
		return;
	l->samples = 0;
	if (l->warm_up && l->warm_up--) {
		begin_anew(l);
		return;
	}
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		end_epoch(&l->owners[i], (enum mem_owner)i, on_suspicion, arg);
}

unsigned leak_suspicions(const struct leak *l, enum mem_owner owner)
{
	return l->owners[owner].suspicions;
}
