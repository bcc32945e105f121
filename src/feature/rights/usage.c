#include "feature/rights/usage.h"

#include "base/clock.h"
#include "base/mem.h"

#include <string.h>

struct use {
	uint64_t user_id, at_ms; /* monotonic */
	char grant[GRANT_ID_BYTES];
};

struct rights_usage {
	struct use *uses; /* the oldest first; NULL: none yet */
	unsigned count, capacity;
};

enum { FIRST = 16 };

struct rights_usage *rights_usage_new(void)
{
	return mem_zalloc(MEM_CONTROL, sizeof(struct rights_usage));
}

void rights_usage_free(struct rights_usage *u)
{
	if (!u)
		return;
	mem_free(u->uses);
	mem_free(u);
}

static bool is_it(const struct use *use, const char *grant, uint64_t user_id)
{
	return use->user_id == user_id && !strcmp(use->grant, grant);
}

static bool is_old(const struct use *use)
{
	return clock_mono_ms() - use->at_ms >= RIGHTS_HOUR_MS;
}

unsigned rights_used(const struct rights_usage *u, const char *grant, uint64_t user_id)
{
	unsigned n = 0;

	for (unsigned i = 0; i < u->count; i++)
		n += is_it(&u->uses[i], grant, user_id) && !is_old(&u->uses[i]);
	return n;
}

static void drop(struct rights_usage *u, unsigned first, unsigned count)
{
	u->count -= count;
	memmove(&u->uses[first], &u->uses[first + count], (u->count - first) * sizeof *u->uses);
}

static void make_room(struct rights_usage *u)
{
	unsigned old = 0, capacity = u->capacity ? u->capacity * 2 : FIRST;
	struct use *more;

	while (old < u->count && is_old(&u->uses[old]))
		old++;
	if (old)
		drop(u, 0, old);
	if (u->count < u->capacity)
		return;
	more = capacity <= RIGHTS_USES_MAX ? mem_realloc(MEM_CONTROL, u->uses, capacity * sizeof *more) : NULL;
	if (more) {
		u->uses = more;
		u->capacity = capacity;
	} else if (u->count) {
		drop(u, 0, 1);
	}
}

void rights_use(struct rights_usage *u, const char *grant, uint64_t user_id)
{
	if (!*grant)
		return;
	make_room(u);
	if (u->count == u->capacity)
		return;
	u->uses[u->count] = (struct use){.user_id = user_id, .at_ms = clock_mono_ms()};
	str_copy(u->uses[u->count++].grant, GRANT_ID_BYTES, str_of(grant));
}

void rights_give_back(struct rights_usage *u, const char *grant, uint64_t user_id)
{
	for (unsigned i = u->count; i-- > 0;) {
		if (!is_it(&u->uses[i], grant, user_id))
			continue;
		drop(u, i, 1);
		return;
	}
}
