#include "feature/alert/alert.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rand.h"
#include "discord/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { COLOUR_BAD = 0xED4245, COLOUR_GOOD = 0x57F287, COLOUR_NEUTRAL = 0x99AAB5, NONCE_BYTES = 20 };
#define KEY_SELF UINT64_C(0)

enum news { NEWS_HIGH, NEWS_OVER, NEWS_ENDED };

static const struct {
	unsigned colour;
	enum tr_key text;
	const char *word;
} newses[] = {
	[NEWS_HIGH] = {COLOUR_BAD, TR_ALERT_MEMORY_HIGH, "is short"},
	[NEWS_OVER] = {COLOUR_GOOD, TR_ALERT_MEMORY_OVER, "is well again"},
	[NEWS_ENDED] = {COLOUR_NEUTRAL, TR_ALERT_MEMORY_ENDED, "matters no more, it has ended"},
};

/* One thing above its share. */
struct high {
	uint64_t key;	   /* KEY_SELF, or the hash of the container's id */
	uint64_t since_ms; /* of what has ended: since its end */
	char *name;	   /* as it was told; NULL: it was not, nor is that under way */
	bool told;
	bool ended;    /* the container does not run any more */
	bool left_out; /* the log has its name */
	bool seen;     /* during a walk over all containers */
};

_Static_assert(sizeof(struct high) <= 32, "docs/memory.md has the budget");

/* A message under way. */
struct sending {
	struct alert *alert;
	uint64_t key;
	enum news news;
	ticket request; /* TICKET_NONE: this place is free */
};

struct alert {
	struct loop *loop;
	struct rest *rest;
	struct alert_settings settings;
	struct high *high; /* grows with what is above its share, and goes when nothing is */
	unsigned count, capacity;
	struct sending sending[ALERT_SENDING_MAX];
	uint64_t sent;
	uint64_t not_before_ms; /* the channel refused: not before */
	unsigned failures;	/* in a row */
	bool full_told;
};

struct alert *alert_new(struct loop *loop, struct rest *rest)
{
	struct alert *a = mem_zalloc(MEM_PANELS, sizeof *a);
	if (a)
		a->loop = loop, a->rest = rest;
	return a;
}

/* ---- who is above ---- */

static uint64_t key_of(const struct container *c)
{
	uint64_t hash = hash_str(HASH_SEED, str_of(c->id));
	return hash == KEY_SELF ? 1 : hash;
}

static struct high *find(const struct alert *a, uint64_t key)
{
	for (unsigned i = 0; i < a->count; i++)
		if (a->high[i].key == key)
			return &a->high[i];
	return NULL;
}

static struct high *add(struct alert *a, uint64_t key, const char *name)
{
	if (a->count == ALERT_WATCHED_MAX) {
		if (!a->full_told)
			log_warn("memory",
				"more than %d containers are short of memory at once; %s and further ones are not watched",
				ALERT_WATCHED_MAX, name);
		a->full_told = true;
		return NULL;
	}
	if (a->count == a->capacity) {
		unsigned capacity = a->capacity ? a->capacity * 2 : 4;
		struct high *grown = mem_realloc(MEM_PANELS, a->high, capacity * sizeof *grown);
		if (!grown)
			return NULL;
		a->high = grown;
		a->capacity = capacity;
	}
	struct high *h = &a->high[a->count++];
	*h = (struct high){.key = key, .since_ms = loop_now_ms(a->loop)};
	return h;
}

static void drop(struct alert *a, struct high *h)
{
	mem_free(h->name);
	*h = a->high[--a->count];
	if (a->count)
		return;
	mem_free(a->high);
	a->high = NULL;
	a->capacity = 0;
	a->full_told = false;
}

static void drop_all(struct alert *a)
{
	for (unsigned i = 0; i < ALERT_SENDING_MAX; i++) {
		if (a->sending[i].request)
			rest_cancel(a->rest, a->sending[i].request);
		a->sending[i].request = TICKET_NONE;
	}
	while (a->count)
		drop(a, a->high);
}

void alert_free(struct alert *a)
{
	if (!a)
		return;
	drop_all(a);
	mem_free(a);
}

void alert_set(struct alert *a, const struct alert_settings *s)
{
	if (s->channel_id != a->settings.channel_id)
		a->failures = 0, a->not_before_ms = 0;
	if (!s->channel_id)
		drop_all(a);
	a->settings = *s;
}

/* ---- telling ---- */

static struct sending *sending_of(struct alert *a, uint64_t key)
{
	for (unsigned i = 0; i < ALERT_SENDING_MAX; i++)
		if (a->sending[i].request && a->sending[i].key == key)
			return &a->sending[i];
	return NULL;
}

/* NULL: it has to wait. A channel that refused is tried with one message. */
static struct sending *free_place(struct alert *a)
{
	struct sending *found = NULL;
	if (loop_now_ms(a->loop) < a->not_before_ms)
		return NULL;
	for (unsigned i = 0; i < ALERT_SENDING_MAX; i++) {
		if (!a->sending[i].request)
			found = &a->sending[i];
		else if (a->failures)
			return NULL;
	}
	return found;
}

static void fail(struct alert *a, const struct err *err)
{
	uint64_t wait = ALERT_RETRY_MS;
	for (unsigned i = 0; i < a->failures && wait < ALERT_RETRY_MAX_MS; i++)
		wait *= 2;
	if (!a->failures++)
		log_warn("memory",
			"the alert channel %" PRIu64 " cannot be written to: %s; it is tried again, ever less often",
			a->settings.channel_id, err->text);
	a->not_before_ms = loop_now_ms(a->loop) + (wait < ALERT_RETRY_MAX_MS ? wait : ALERT_RETRY_MAX_MS);
}

static void succeed(struct alert *a, const struct high *h, enum news news)
{
	if (a->failures)
		log_info("memory", "the alert channel %" PRIu64 " can be written to again", a->settings.channel_id);
	a->failures = 0;
	a->not_before_ms = 0;
	a->sent++;
	log_info("memory", "told channel %" PRIu64 ": memory of %s %s", a->settings.channel_id,
		h ? h->name : "what is gone", newses[news].word);
}

static void on_sent(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct sending *s = arg;
	struct alert *a = s->alert;
	struct high *h = find(a, s->key);
	(void)reply;
	s->request = TICKET_NONE;
	if (err)
		fail(a, err);
	else
		succeed(a, h, s->news);
	if (!h)
		return;
	if (s->news == NEWS_HIGH && !err)
		h->told = true;
	else if (!err || (s->news == NEWS_HIGH && h->ended))
		drop(a, h);
	else if (s->news == NEWS_HIGH)
		mem_free(h->name), h->name = NULL;
}

static void add_size(struct buf *out, uint64_t bytes)
{
	if (bytes >= UINT64_C(10) << 30)
		buf_printf(out, "%" PRIu64 " GB", bytes >> 30);
	else if (bytes >= UINT64_C(10) << 20)
		buf_printf(out, "%" PRIu64 " MB", bytes >> 20);
	else
		buf_printf(out, "%" PRIu64 " KB", bytes >> 10);
}

static void write_sentence(
	const struct alert *a, struct buf *out, const char *name, enum news news, uint64_t bytes, uint64_t limit)
{
	struct buf shown, used, most;
	char percent[16];
	buf_init(&shown, MEM_PANELS, 512);
	buf_init(&used, MEM_PANELS, 32);
	buf_init(&most, MEM_PANELS, 32);
	message_escape(&shown, str_of(name));
	add_size(&used, bytes);
	add_size(&most, limit);
	snprintf(percent, sizeof percent, "%" PRIu64, limit ? bytes * 100 / limit : 0);
	TR_ADD(out, a->settings.lang, newses[news].text, {"name", buf_view(&shown)}, {"used", buf_view(&used)},
		{"limit", buf_view(&most)}, {"percent", str_of(percent)});
	buf_clear(&shown);
	buf_clear(&used);
	buf_clear(&most);
}

static void write_message(struct message *m, struct str text, enum news news)
{
	char nonce[NONCE_BYTES];
	uint64_t random;
	rand_bytes(&random, sizeof random);
	snprintf(nonce, sizeof nonce, "%016" PRIx64, random);
	message_init(m, MEM_PANELS);
	message_nonce(m, nonce);
	message_embed(m, (struct str){"", 0}, newses[news].colour);
	message_text(m, text);
	message_finish(m);
}

/* bytes and limit: as far as the news has them. False: not now; the next look tries again. */
static bool tell(struct alert *a, const struct high *h, enum news news, uint64_t bytes, uint64_t limit)
{
	struct sending *s = free_place(a);
	char path[64];
	struct message m;
	struct buf text;
	struct err err;
	if (!s || sending_of(a, h->key))
		return false;
	buf_init(&text, MEM_PANELS, 1024);
	write_sentence(a, &text, h->name, news, bytes, limit);
	write_message(&m, buf_view(&text), news);
	snprintf(path, sizeof path, "/channels/%" PRIu64 "/messages", a->settings.channel_id);
	struct rest_request q = {.method = REST_POST, .path = path, .body = &m.body, .has_nonce = true};
	*s = (struct sending){.alert = a, .key = h->key, .news = news};
	s->request = rest_send(a->rest, &q, on_sent, s, &err);
	message_clear(&m);
	buf_clear(&text);
	return s->request;
}

static void tell_high(struct alert *a, struct high *h, const char *name, uint64_t bytes, uint64_t limit)
{
	unsigned told = 0;
	for (unsigned i = 0; i < a->count; i++)
		told += a->high[i].name != NULL;
	if (told >= ALERT_CONTAINERS_MAX) {
		if (!h->left_out)
			log_warn("memory",
				"%s is short of memory (%" PRIu64 " of %" PRIu64
				" KB), but the channel is not told: it knows of %d already",
				name, bytes / 1024, limit / 1024, ALERT_CONTAINERS_MAX);
		h->left_out = true;
		return;
	}
	h->name = mem_strdup(MEM_PANELS, name);
	if (h->name && tell(a, h, NEWS_HIGH, bytes, limit)) {
		h->left_out = false;
	} else {
		mem_free(h->name);
		h->name = NULL;
	}
}

/* ---- looking ---- */

static bool is_over(const struct alert *a, uint64_t percent)
{
	unsigned share = a->settings.percent, gap = share / 5;
	if (gap > ALERT_RECOVERY_PERCENT)
		gap = ALERT_RECOVERY_PERCENT;
	return percent + (gap ? gap : 1) <= share;
}

static void look(struct alert *a, uint64_t key, const char *name, uint64_t bytes, uint64_t limit)
{
	struct high *h = find(a, key);
	uint64_t percent = limit ? bytes * 100 / limit : 0;
	bool is_high = limit && percent >= a->settings.percent;
	if (!h && is_high)
		h = add(a, key, name);
	if (!h || sending_of(a, key))
		return;
	h->ended = false;
	if (h->told && is_over(a, percent))
		tell(a, h, NEWS_OVER, bytes, limit);
	else if (!h->told && !is_high)
		drop(a, h);
	else if (!h->told && loop_now_ms(a->loop) - h->since_ms >= a->settings.lasting_s * UINT64_C(1000))
		tell_high(a, h, name, bytes, limit);
}

/* A new run begins with a new figure. Who was told of the old one hears of its end, unless the new one comes at once. */
static void end(struct alert *a, struct high *h)
{
	if (!h->name) {
		drop(a, h);
	} else if (!h->ended) {
		h->ended = true;
		h->since_ms = loop_now_ms(a->loop);
	}
}

static void tell_of_ends(struct alert *a)
{
	for (unsigned i = 0; i < a->count; i++) {
		const struct high *h = &a->high[i];
		if (h->ended && h->told && loop_now_ms(a->loop) - h->since_ms >= ALERT_ENDED_MS)
			tell(a, h, NEWS_ENDED, 0, 0);
	}
}

/* A paused one holds what it held. */
static bool holds_memory(const struct container *c)
{
	return c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED;
}

void alert_on_container(struct alert *a, const struct container *c, enum container_event event)
{
	struct high *h = a->count && event != CONTAINER_USAGE ? find(a, key_of(c)) : NULL;
	if (!a->settings.channel_id)
		return;
	if (event == CONTAINER_USAGE && c->state == CONTAINER_RUNNING && c->memory_known && c->memory_limit_bytes)
		look(a, key_of(c), c->name, c->memory_bytes, c->memory_limit_bytes);
	else if (h && event == CONTAINER_GONE && holds_memory(c)) /* a limit has left it out: it may run on */
		drop(a, h);
	else if (h && !holds_memory(c))
		end(a, h);
	tell_of_ends(a);
}

void alert_on_self(struct alert *a, uint64_t held_bytes, uint64_t limit_bytes)
{
	if (!a->settings.channel_id)
		return;
	look(a, KEY_SELF, "ddc", held_bytes, limit_bytes);
	tell_of_ends(a);
}

void alert_on_resync(struct alert *a, const struct docker *d)
{
	for (unsigned i = 0; a->count && i < docker_container_count(d); i++) {
		const struct container *c = docker_container_at(d, i);
		struct high *h = c && holds_memory(c) ? find(a, key_of(c)) : NULL;
		if (h)
			h->seen = true;
	}
	for (unsigned i = a->count; i-- > 0;) {
		struct high *h = &a->high[i];
		bool runs = h->seen || h->key == KEY_SELF;
		h->seen = false;
		if (!runs)
			end(a, h);
	}
}

unsigned alert_usage_ms(const struct alert *a)
{
	return a->settings.channel_id ? ALERT_READ_MS : 0;
}

unsigned alert_active(const struct alert *a)
{
	unsigned n = 0;
	for (unsigned i = 0; i < a->count; i++)
		n += a->high[i].told;
	return n;
}

bool alert_refused(const struct alert *a)
{
	return a->failures > 0;
}

unsigned alert_left_out(const struct alert *a)
{
	unsigned n = 0;
	for (unsigned i = 0; i < a->count; i++)
		n += a->high[i].left_out;
	return n;
}

uint64_t alert_sent(const struct alert *a)
{
	return a->sent;
}
