#include "discord/ratelimit.h"

#include "base/bug.h"

#include <string.h>

enum {
	BUCKETS_GROW = 16,
	RETRY_DEFAULT_MS = 1000,
	MINUTE_MS = 60000,
	ROUNDED_MS = 2 /* by our clock and by the header: on a short way half a millisecond is too early */
};

void ratelimit_init(struct ratelimit *l)
{
	memset(l, 0, sizeof *l);
}

void ratelimit_clear(struct ratelimit *l)
{
	mem_free(l->buckets);
	ratelimit_init(l);
}

static struct ratelimit_bucket *at(const struct ratelimit *l, int bucket)
{
	if (bucket < 0 || (unsigned)bucket >= l->count)
		BUG("ratelimit: no bucket %d", bucket);
	return &l->buckets[bucket];
}

/* ---- finding buckets ---- */

static uint64_t hash_of_route(const struct ratelimit *l, uint64_t key)
{
	for (unsigned i = 0; i < RATELIMIT_ROUTES_MAX; i++)
		if (l->routes[i].key == key)
			return l->routes[i].hash;
	return key;
}

static void learn_route(struct ratelimit *l, uint64_t key, uint64_t hash)
{
	for (unsigned i = 0; i < RATELIMIT_ROUTES_MAX; i++)
		if (l->routes[i].key == key) {
			l->routes[i].hash = hash;
			return;
		}
	l->routes[l->next_route].key = key;
	l->routes[l->next_route].hash = hash;
	l->next_route = (l->next_route + 1) % RATELIMIT_ROUTES_MAX;
}

static int find(const struct ratelimit *l, uint64_t hash, uint64_t major)
{
	for (unsigned i = 0; i < l->count; i++)
		if (l->buckets[i].hash == hash && l->buckets[i].major == major)
			return (int)i;
	return -1;
}

static bool is_idle(const struct ratelimit_bucket *b, uint64_t now)
{
	return !b->in_flight && b->reset_ms <= now && b->blocked_ms <= now;
}

int ratelimit_find(const struct ratelimit *l, const struct route *r)
{
	return find(l, hash_of_route(l, r->key), r->major);
}

/* How much is lost by forgetting it. Forty people at once make more buckets than there is room for, one for each token: they must not
 * push out those of the channels, that would be a 429 each. */
static unsigned worth(const struct ratelimit_bucket *b, uint64_t now)
{
	bool spent = b->blocked_ms > now || b->remaining == 0;
	if (is_idle(b, now))
		return 0;
	return spent ? 3 : b->of_interaction ? 1 : 2;
}

/* A slot for a new bucket: a free one, or that of the one whose loss matters least, among these that idle for longest. */
static int make_room(struct ratelimit *l, uint64_t now)
{
	int oldest = -1;
	if (l->count < l->capacity)
		return (int)l->count++;
	if (l->capacity < REST_BUCKETS_MAX) {
		unsigned want = l->capacity + BUCKETS_GROW;
		struct ratelimit_bucket *more = mem_realloc(MEM_REST, l->buckets, want * sizeof *more);
		if (more) {
			l->buckets = more;
			l->capacity = want;
			return (int)l->count++;
		}
	}
	for (unsigned i = 0; i < l->count; i++) {
		const struct ratelimit_bucket *b = &l->buckets[i], *o = oldest < 0 ? NULL : &l->buckets[oldest];
		if (b->in_flight)
			continue;
		if (!o || worth(b, now) < worth(o, now) || (worth(b, now) == worth(o, now) && b->used_ms < o->used_ms))
			oldest = (int)i;
	}
	return oldest;
}

/* Only from the end: numbers of buckets are known to the requests under way. */
void ratelimit_trim(struct ratelimit *l, uint64_t now)
{
	while (l->count && is_idle(&l->buckets[l->count - 1], now))
		l->count--;
	unsigned want = (l->count + BUCKETS_GROW - 1) / BUCKETS_GROW * BUCKETS_GROW;
	if (want >= l->capacity)
		return;
	struct ratelimit_bucket *fewer = want ? mem_realloc(MEM_REST, l->buckets, want * sizeof *fewer) : NULL;
	if (!want)
		mem_free(l->buckets);
	else if (!fewer)
		return;
	l->buckets = fewer;
	l->capacity = want;
}

int ratelimit_bucket_of(struct ratelimit *l, const struct route *r, uint64_t now)
{
	uint64_t hash = hash_of_route(l, r->key);
	int i = find(l, hash, r->major);
	if (i >= 0)
		return i;
	i = make_room(l, now);
	if (i >= 0)
		l->buckets[i] = (struct ratelimit_bucket){
			.hash = hash, .major = r->major, .limit = -1, .remaining = -1, .used_ms = now};
	return i;
}

/* ---- may it go? ---- */

static uint64_t left(uint64_t until, uint64_t now)
{
	return until > now ? until - now : 0;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

uint64_t ratelimit_global_wait_ms(const struct ratelimit *l, uint64_t now)
{
	uint64_t first = l->sent_ms[l->next_sent]; /* the one 50 sends ago */
	uint64_t wait = first ? left(first + RATELIMIT_GLOBAL_WINDOW_MS, now) : 0;
	return later(wait, left(l->global_blocked_ms, now));
}

uint64_t ratelimit_wait_ms(const struct ratelimit *l, int bucket, bool read, bool outside_global, uint64_t now)
{
	const struct ratelimit_bucket *b = at(l, bucket);
	uint64_t wait = left(b->blocked_ms, now);
	bool window_open = b->reset_ms > now;
	if (b->in_flight && (!read || b->writes_in_flight || b->remaining < 0 || !window_open))
		return RATELIMIT_IN_FLIGHT;
	if (window_open && b->remaining >= 0 && b->remaining <= (int)b->in_flight) {
		if (b->remaining > 0)
			return RATELIMIT_IN_FLIGHT;
		wait = later(wait, left(b->reset_ms, now));
	}
	return outside_global ? wait : later(wait, ratelimit_global_wait_ms(l, now));
}

uint64_t ratelimit_spare_wait_ms(const struct ratelimit *l, int bucket, unsigned spare, uint64_t now)
{
	const struct ratelimit_bucket *b = at(l, bucket);
	int half = b->limit > 0 ? b->limit / 2 : 0;
	int keep = (int)spare < half ? (int)spare : half;
	return b->remaining >= 0 && b->remaining <= keep ? left(b->reset_ms, now) : 0;
}

void ratelimit_sent(struct ratelimit *l, int bucket, bool read, bool outside_global, uint64_t now)
{
	struct ratelimit_bucket *b = at(l, bucket);
	b->in_flight++;
	b->writes_in_flight += !read;
	b->used_ms = now;
	b->of_interaction = outside_global;
	if (outside_global)
		return;
	l->sent_ms[l->next_sent] = now ? now : 1;
	l->next_sent = (l->next_sent + 1) % RATELIMIT_GLOBAL_PER_S;
}

/* ---- answers ---- */

static void count_invalid(struct ratelimit *l, uint64_t now)
{
	uint64_t minute = now / MINUTE_MS + 1;
	unsigned slot = (unsigned)(minute % 10);
	if (l->invalid[slot].minute != minute)
		l->invalid[slot].count = 0;
	l->invalid[slot].minute = minute;
	l->invalid[slot].count++;
}

unsigned ratelimit_invalid(const struct ratelimit *l, uint64_t now)
{
	uint64_t minute = now / MINUTE_MS + 1;
	unsigned sum = 0;
	for (unsigned i = 0; i < 10; i++)
		if (l->invalid[i].minute + 10 > minute)
			sum += l->invalid[i].count;
	return sum;
}

/* The route's bucket has got its name: its provisional ones, of this and every other channel, are renamed in place, so that their
 * numbers and what is known of them stay good. Where another route has led to the same bucket already, that one goes on. */
static int name_bucket(struct ratelimit *l, int bucket, const struct route *r, uint64_t hash)
{
	int result = bucket;
	learn_route(l, r->key, hash);
	for (unsigned i = 0; i < l->count; i++) {
		struct ratelimit_bucket *b = &l->buckets[i];
		if (b->hash == hash || (b->hash != r->key && (int)i != bucket))
			continue;
		int known = find(l, hash, b->major);
		if (known < 0)
			b->hash = hash;
		else if (b->blocked_ms > l->buckets[known].blocked_ms)
			l->buckets[known].blocked_ms = b->blocked_ms;
		if (known >= 0 && (int)i == bucket)
			result = known;
	}
	return result;
}

static void obey_429(struct ratelimit *l, struct ratelimit_bucket *b, const struct ratelimit_answer *a, uint64_t now)
{
	uint64_t wait = a->retry_after_ms >= 0 ? (uint64_t)a->retry_after_ms : RETRY_DEFAULT_MS;
	if (wait > RATELIMIT_WAIT_MAX_MS)
		wait = RATELIMIT_WAIT_MAX_MS;
	if (a->scope == SCOPE_GLOBAL)
		l->global_blocked_ms = later(l->global_blocked_ms, now + wait);
	else
		b->blocked_ms = later(b->blocked_ms, now + wait);
}

void ratelimit_answered(struct ratelimit *l, int bucket, const struct route *r, bool read,
	const struct ratelimit_answer *a, uint64_t now)
{
	struct ratelimit_bucket *b = at(l, bucket);
	if (b->in_flight)
		b->in_flight--;
	if (!read && b->writes_in_flight)
		b->writes_in_flight--;
	if (!a)
		return;
	if (a->bucket)
		b = at(l, name_bucket(l, bucket, r, a->bucket));
	b->used_ms = now;
	if (a->limit >= 0)
		b->limit = a->limit;
	if (a->remaining >= 0 && a->reset_after_ms >= 0) {
		uint64_t wait = (uint64_t)a->reset_after_ms;
		b->remaining = a->remaining;
		b->reset_ms = now + ROUNDED_MS + (wait < RATELIMIT_WAIT_MAX_MS ? wait : RATELIMIT_WAIT_MAX_MS);
	}
	if (a->status == 429)
		obey_429(l, b, a, now);
	if (a->status == 401 || a->status == 403 || (a->status == 429 && a->scope != SCOPE_SHARED))
		count_invalid(l, now);
}

/* ---- walking a line ---- */

void ratelimit_begin_scan(struct ratelimit *l)
{
	l->scan++;
}

bool ratelimit_held_up(const struct ratelimit *l, int bucket)
{
	return at(l, bucket)->scan == l->scan;
}

void ratelimit_hold_up(struct ratelimit *l, int bucket)
{
	at(l, bucket)->scan = l->scan;
}

int64_t ratelimit_parse_seconds(struct str s)
{
	struct str fraction;
	struct str whole = str_split(str_trim(s), '.', &fraction);
	int64_t seconds, ms = 0, unit = 100;
	if (!str_to_int(whole, 0, RATELIMIT_WAIT_MAX_MS / 1000, &seconds)) {
		uint64_t huge;
		return str_to_u64(whole, &huge) ? RATELIMIT_WAIT_MAX_MS : -1;
	}
	for (size_t i = 0; i < fraction.n; i++) {
		if (fraction.p[i] < '0' || fraction.p[i] > '9')
			return -1;
		ms += (fraction.p[i] - '0') * unit;
		if (unit == 0 && fraction.p[i] != '0') {
			ms++; /* rounded up: one too early is one 429 */
			break;
		}
		unit /= 10;
	}
	return seconds * 1000 + ms;
}
