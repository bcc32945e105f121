#include "feature/info/attempts.h"

#include "base/clock.h"
#include "base/hash.h"

static struct attempt *find(struct attempts *a, uint64_t user_id, uint64_t container)
{
	for (unsigned i = 0; i < a->used; i++)
		if (a->items[i].user_id == user_id && a->items[i].container == container)
			return &a->items[i];
	return NULL;
}

static struct attempt *slot(struct attempts *a, uint64_t now)
{
	unsigned soonest = 0;

	for (unsigned i = 0; i < a->used; i++)
		if (a->items[i].until_ms <= now)
			return &a->items[i];
	if (a->used < ATTEMPTS_MAX)
		return &a->items[a->used++];
	for (unsigned i = 1; i < a->used; i++)
		if (a->items[i].until_ms < a->items[soonest].until_ms)
			soonest = i;
	return &a->items[soonest];
}

bool attempts_take(struct attempts *a, uint64_t user_id, struct str container, unsigned *ret_left, int64_t *ret_until_s)
{
	uint64_t now = clock_mono_ms(), key = hash_str(HASH_SEED, container);
	struct attempt *t = find(a, user_id, key);

	if (!t || t->until_ms <= now) {
		if (!t)
			t = slot(a, now);
		*t = (struct attempt){user_id, key, now + ATTEMPTS_WINDOW_MS, 0};
	}
	*ret_until_s = (clock_wall_ms() + (int64_t)(t->until_ms - now) + 999) / 1000;
	*ret_left = 0;
	if (t->count >= ATTEMPTS_PER_WINDOW)
		return false;
	t->count++;
	*ret_left = ATTEMPTS_PER_WINDOW - t->count;
	return true;
}

void attempts_clear(struct attempts *a, uint64_t user_id, struct str container)
{
	struct attempt *t = find(a, user_id, hash_str(HASH_SEED, container));

	if (t)
		t->until_ms = t->count = 0;
}
