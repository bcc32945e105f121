#include "feature/usage/history.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

enum { MINUTE_MS = 60000, CPU_UNKNOWN = UINT16_MAX, CPU_MAX = UINT16_MAX - 1, KIB = 1024 };
#define MEMORY_UNKNOWN UINT32_MAX

/* Minutes count modulo 2^16, which is 45 days: only differences of at most an hour are ever looked at. */
struct sample {
	uint16_t minute;
	uint16_t cpu_permille;
	uint32_t memory_kib;
};
_Static_assert(sizeof(struct sample) == 8, "an hour of a container is half a KiB");

struct ring {
	uint64_t name; /* hash of it */
	uint64_t noted_ms;
	uint16_t count, next;
	bool gone; /* the engine has its container no more */
	struct sample samples[HISTORY_SAMPLES];
};

struct history {
	struct ring *rings[HISTORY_CONTAINERS_MAX];
	unsigned count;
};

struct history *history_new(void)
{
	return mem_zalloc(MEM_CONTAINERS, sizeof(struct history));
}

void history_shed(struct history *h)
{
	if (!h)
		return;
	for (unsigned i = 0; i < h->count; i++)
		mem_free(h->rings[i]);
	h->count = 0;
}

void history_free(struct history *h)
{
	history_shed(h);
	mem_free(h);
}

static struct ring *find(const struct history *h, struct str name)
{
	uint64_t hash = hash_str(HASH_SEED, name);

	for (unsigned i = 0; i < h->count; i++)
		if (h->rings[i]->name == hash)
			return h->rings[i];
	return NULL;
}

static bool is_over(const struct ring *r, uint64_t now_ms)
{
	return now_ms - r->noted_ms > (uint64_t)HISTORY_MINUTES * MINUTE_MS;
}

/* One that nobody will miss: the longest silent of those that have ended, or have nothing to tell any more. */
static struct ring *find_spare(const struct history *h, uint64_t now_ms)
{
	struct ring *spare = NULL;

	for (unsigned i = 0; i < h->count; i++) {
		struct ring *r = h->rings[i];

		if ((r->gone || is_over(r, now_ms)) && (!spare || r->noted_ms < spare->noted_ms))
			spare = r;
	}
	return spare;
}

static struct ring *make(struct history *h, struct str name, uint64_t now_ms)
{
	struct ring *r;

	if (h->count < HISTORY_CONTAINERS_MAX) {
		r = mem_alloc(MEM_CONTAINERS, sizeof *r);
		if (r)
			h->rings[h->count++] = r;
	} else {
		r = find_spare(h, now_ms);
	}
	if (r)
		*r = (struct ring){.name = hash_str(HASH_SEED, name)};
	return r;
}

void history_let_go(struct history *h, struct str name)
{
	struct ring *r = h ? find(h, name) : NULL;

	if (r)
		r->gone = true;
}

bool history_has_room(const struct history *h, struct str name, uint64_t now_ms)
{
	return h && (h->count < HISTORY_CONTAINERS_MAX || find(h, name) || find_spare(h, now_ms));
}

static struct sample sample_of(const struct container *c, uint16_t minute)
{
	uint64_t kib = c->memory_bytes / KIB;

	return (struct sample){
		.minute = minute,
		.cpu_permille = !c->cpu_known		    ? CPU_UNKNOWN
				: c->cpu_permille > CPU_MAX ? CPU_MAX
							    : (uint16_t)c->cpu_permille,
		.memory_kib = !c->memory_known	      ? MEMORY_UNKNOWN
			      : kib >= MEMORY_UNKNOWN ? MEMORY_UNKNOWN - 1
						      : (uint32_t)kib,
	};
}

bool history_note(struct history *h, const struct container *c, uint64_t now_ms)
{
	struct str name = str_of(c->name);
	uint16_t minute = (uint16_t)(now_ms / MINUTE_MS);
	struct ring *r;
	unsigned last;

	if (!c->cpu_known && !c->memory_known)
		return true;
	r = find(h, name);
	if (!r)
		r = make(h, name, now_ms);
	if (!r)
		return false;
	if (is_over(r, now_ms)) /* old minutes must not come round again */
		r->count = 0;
	last = (r->next + HISTORY_SAMPLES - 1) % HISTORY_SAMPLES;
	if (!r->count || r->samples[last].minute != minute || now_ms - r->noted_ms > MINUTE_MS) {
		last = r->next;
		r->next = (uint16_t)((r->next + 1) % HISTORY_SAMPLES);
		r->count = (uint16_t)(r->count + (r->count < HISTORY_SAMPLES));
	}
	r->samples[last] = sample_of(c, minute);
	r->noted_ms = now_ms;
	r->gone = false;
	return true;
}

/* ---- looking back ---- */

static int by_size(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void take_memory(struct history_summary *s, uint64_t bytes)
{
	if (!s->memory_known)
		s->memory_first = bytes;
	s->memory_known = true;
	s->memory_last = bytes;
	s->memory_high = bytes > s->memory_high ? bytes : s->memory_high;
}

static void take_cpus(struct history_summary *s, uint16_t cpus[HISTORY_SAMPLES], unsigned n)
{
	if (!n)
		return;
	qsort(cpus, n, sizeof *cpus, by_size);
	s->cpu_known = true;
	s->cpu_low = cpus[0];
	s->cpu_middle = cpus[n / 2];
	s->cpu_high = cpus[n - 1];
}

bool history_summary_of(const struct history *h, struct str name, uint64_t now_ms, struct history_summary *ret_summary)
{
	const struct ring *r = h ? find(h, name) : NULL;
	uint16_t now = (uint16_t)(now_ms / MINUTE_MS), cpus[HISTORY_SAMPLES];
	struct history_summary s = {0};
	unsigned n = 0;

	if (!r || is_over(r, now_ms))
		return false;
	for (unsigned i = 0; i < r->count; i++) {
		const struct sample *at = &r->samples[(r->next + HISTORY_SAMPLES - r->count + i) % HISTORY_SAMPLES];
		unsigned age = (uint16_t)(now - at->minute);

		if (age > HISTORY_MINUTES)
			continue;
		if (!s.samples++)
			s.minutes = age + 1;
		if (at->cpu_permille != CPU_UNKNOWN)
			cpus[n++] = at->cpu_permille;
		if (at->memory_kib != MEMORY_UNKNOWN)
			take_memory(&s, (uint64_t)at->memory_kib * KIB);
	}
	take_cpus(&s, cpus, n);
	if (s.samples)
		*ret_summary = s;
	return s.samples > 0;
}
