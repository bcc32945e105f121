#include "feature/control/cooldown.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

enum { COOLDOWNS_FIRST = 32, MINUTE_MS = 60000 };

/* The per-minute limits live in the same store, under keys that no command can have. */
#define KEY_COMMANDS "#commands"
#define KEY_BUTTONS  "#buttons"

/* Times are monotonic: setting the clock neither frees nor locks anybody. */
struct entry {
	uint64_t user_id;
	uint64_t container; /* hash of its name; 0: none */
	uint64_t until_ms;
	unsigned count; /* of the per-minute windows */
	char key[COOLDOWN_KEY_BYTES];
};

struct cooldowns {
	struct entry *entries;
	unsigned used, capacity;
};

struct cooldowns *cooldowns_new(void)
{
	return mem_zalloc(MEM_CONTROL, sizeof(struct cooldowns));
}

void cooldowns_free(struct cooldowns *c)
{
	if (!c)
		return;
	mem_free(c->entries);
	mem_free(c);
}

static uint64_t hash_of(struct str s)
{
	uint64_t hash = s.n ? hash_str(HASH_SEED, s) : 0;

	return s.n && !hash ? 1 : hash;
}

static struct entry *find(const struct cooldowns *c, uint64_t user_id, const char *key, uint64_t container)
{
	for (unsigned i = 0; i < c->used; i++) {
		struct entry *e = &c->entries[i];

		if (e->user_id == user_id && e->container == container && !strncmp(e->key, key, sizeof e->key - 1))
			return e;
	}
	return NULL;
}

static uint64_t left_ms(const struct entry *e)
{
	uint64_t now = clock_mono_ms();

	return e && e->until_ms > now ? e->until_ms - now : 0;
}

static void drop_ended(struct cooldowns *c)
{
	for (unsigned i = 0; i < c->used;) {
		if (left_ms(&c->entries[i]))
			i++;
		else
			c->entries[i] = c->entries[--c->used];
	}
}

static bool grow(struct cooldowns *c)
{
	unsigned want = c->capacity ? c->capacity * 2 : COOLDOWNS_FIRST;
	struct entry *more;

	if (want > COOLDOWNS_MAX)
		return false;
	more = mem_realloc(MEM_CONTROL, c->entries, want * sizeof *more);
	if (!more)
		return false;
	c->entries = more;
	c->capacity = want;
	return true;
}

/* Room for one more, at the cost of the one that ends soonest if there is no other way. */
static struct entry *slot(struct cooldowns *c)
{
	unsigned soonest = 0;

	drop_ended(c);
	if (c->used < c->capacity || grow(c))
		return &c->entries[c->used++];
	if (!c->used)
		return NULL;
	for (unsigned i = 1; i < c->used; i++)
		if (c->entries[i].until_ms < c->entries[soonest].until_ms)
			soonest = i;
	return &c->entries[soonest];
}

static struct entry *add(struct cooldowns *c, uint64_t user_id, const char *key, uint64_t container, uint64_t ms)
{
	struct entry *e = find(c, user_id, key, container);

	if (!e)
		e = slot(c);
	if (!e)
		return NULL;
	*e = (struct entry){.user_id = user_id, .container = container, .until_ms = clock_mono_ms() + ms};
	str_copy(e->key, sizeof e->key, str_of(key));
	return e;
}

static unsigned per_minute(const struct config *config, bool button)
{
	return button ? config->max_buttons_per_minute : config->max_commands_per_minute;
}

int64_t cooldown_until_s(const struct cooldowns *c, const struct config *config, uint64_t user_id, const char *key,
	bool button, struct str container)
{
	uint64_t left, minute;
	const struct entry *window;
	unsigned limit = per_minute(config, button);

	if (!config->cooldowns_enabled)
		return 0;
	left = left_ms(find(c, user_id, key, hash_of(container)));
	window = find(c, user_id, button ? KEY_BUTTONS : KEY_COMMANDS, 0);
	minute = left_ms(window);
	if (limit && minute > left && window->count >= limit)
		left = minute;
	return left ? (clock_wall_ms() + (int64_t)left + 999) / 1000 : 0;
}

void cooldown_consume(struct cooldowns *c, const struct config *config, uint64_t user_id, const char *key, bool button,
	struct str container)
{
	unsigned seconds = config_cooldown_s(config, key, button);
	const char *minute_key = button ? KEY_BUTTONS : KEY_COMMANDS;
	struct entry *window;

	if (!config->cooldowns_enabled)
		return;
	if (seconds)
		add(c, user_id, key, hash_of(container), (uint64_t)seconds * 1000);
	if (!per_minute(config, button))
		return;
	window = find(c, user_id, minute_key, 0);
	if (!left_ms(window))
		window = add(c, user_id, minute_key, 0, MINUTE_MS);
	if (window)
		window->count++;
}
