#include "feature/alert/alert.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/rand.h"
#include "discord/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { COLOUR_BAD = 0xED4245, COLOUR_GOOD = 0x57F287, NONCE_BYTES = 20 };

/* One thing above its share. */
struct high {
	char name[CONTAINER_NAME_BYTES]; /* "" is ddc itself: no container has that name */
	uint64_t since_ms;
	bool told;
};

_Static_assert(sizeof(struct high) <= 96, "docs/memory.md has the budget");

struct alert {
	struct loop *loop;
	struct rest *rest;
	struct alert_settings settings;
	struct high *high; /* grows with what is above its share, and goes when nothing is */
	unsigned count, capacity;
	uint64_t sent;
	bool full_told, failed_told;
};

struct alert *alert_new(struct loop *loop, struct rest *rest)
{
	struct alert *a = mem_zalloc(MEM_PANELS, sizeof *a);
	if (a)
		a->loop = loop, a->rest = rest;
	return a;
}

void alert_free(struct alert *a)
{
	if (!a)
		return;
	mem_free(a->high);
	mem_free(a);
}

void alert_set(struct alert *a, const struct alert_settings *s)
{
	a->settings = *s;
}

/* ---- telling ---- */

static void on_sent(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct alert *a = arg;
	(void)reply;
	if (err && !a->failed_told)
		log_warn("memory", "the alert channel %" PRIu64 " cannot be written to: %s", a->settings.channel_id,
			err->text);
	a->failed_told = err != NULL;
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
	const struct alert *a, struct buf *out, const char *name, bool over, uint64_t bytes, uint64_t limit)
{
	struct buf shown, used, most;
	char percent[16];
	buf_init(&shown, MEM_PANELS, 512);
	buf_init(&used, MEM_PANELS, 32);
	buf_init(&most, MEM_PANELS, 32);
	message_escape(&shown, str_of(name[0] ? name : "ddc"));
	add_size(&used, bytes);
	add_size(&most, limit);
	snprintf(percent, sizeof percent, "%" PRIu64, limit ? bytes * 100 / limit : 0);
	TR_ADD(out, a->settings.lang, over ? TR_ALERT_MEMORY_OVER : TR_ALERT_MEMORY_HIGH, {"name", buf_view(&shown)},
		{"used", buf_view(&used)}, {"limit", buf_view(&most)}, {"percent", str_of(percent)});
	buf_clear(&shown);
	buf_clear(&used);
	buf_clear(&most);
}

/* False: not taken (the line is full, or nobody is to be told); the next look tries again. */
static bool tell(struct alert *a, const char *name, bool over, uint64_t bytes, uint64_t limit)
{
	char path[64], nonce[NONCE_BYTES];
	struct message m;
	struct buf text;
	uint64_t random;
	struct err err;
	if (!a->settings.channel_id)
		return false;
	buf_init(&text, MEM_PANELS, 1024);
	write_sentence(a, &text, name, over, bytes, limit);
	rand_bytes(&random, sizeof random);
	snprintf(nonce, sizeof nonce, "%016" PRIx64, random);
	message_init(&m, MEM_PANELS);
	message_nonce(&m, nonce);
	message_embed(&m, (struct str){"", 0}, over ? COLOUR_GOOD : COLOUR_BAD);
	message_text(&m, buf_view(&text));
	message_finish(&m);
	snprintf(path, sizeof path, "/channels/%" PRIu64 "/messages", a->settings.channel_id);
	struct rest_request q = {.method = REST_POST, .path = path, .body = &m.body, .has_nonce = true};
	bool taken = rest_send(a->rest, &q, on_sent, a, &err) != TICKET_NONE;
	a->sent += taken;
	if (taken)
		log_info("memory", "told channel %" PRIu64 ": memory of %s is %s (%" PRIu64 " of %" PRIu64 " KB)",
			a->settings.channel_id, name[0] ? name : "ddc", over ? "well again" : "short", bytes / 1024,
			limit / 1024);
	message_clear(&m);
	buf_clear(&text);
	return taken;
}

/* ---- who is above ---- */

static struct high *find(const struct alert *a, const char *name)
{
	for (unsigned i = 0; i < a->count; i++)
		if (strcmp(a->high[i].name, name) == 0)
			return &a->high[i];
	return NULL;
}

static struct high *add(struct alert *a, const char *name)
{
	if (a->count == ALERT_CONTAINERS_MAX) {
		if (!a->full_told)
			log_warn("memory",
				"more than %d containers are short of memory at once; %s and further ones are not told of",
				ALERT_CONTAINERS_MAX, name);
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
	*h = (struct high){.since_ms = loop_now_ms(a->loop)};
	str_copy(h->name, sizeof h->name, str_of(name));
	return h;
}

static void drop(struct alert *a, struct high *h)
{
	*h = a->high[--a->count];
	if (a->count)
		return;
	mem_free(a->high);
	a->high = NULL;
	a->capacity = 0;
	a->full_told = false;
}

static void look(struct alert *a, const char *name, uint64_t bytes, uint64_t limit)
{
	struct high *h = find(a, name);
	uint64_t percent = limit ? bytes * 100 / limit : 0;
	bool below = percent + ALERT_RECOVERY_PERCENT < a->settings.percent ||
		     (percent < a->settings.percent && h && !h->told);
	if (!h && limit && percent >= a->settings.percent)
		h = add(a, name);
	if (!h)
		return;
	if (below) {
		if (!h->told || tell(a, name, true, bytes, limit))
			drop(a, h);
	} else if (!h->told && loop_now_ms(a->loop) - h->since_ms >= a->settings.lasting_s * UINT64_C(1000)) {
		h->told = tell(a, name, false, bytes, limit);
	}
}

void alert_on_container(struct alert *a, const struct container *c, enum container_event event)
{
	if (!a->settings.channel_id)
		return;
	if (c->state != CONTAINER_RUNNING || event == CONTAINER_GONE) {
		struct high *h = find(a, c->name);
		if (h) /* a new run begins with a new figure; the end itself is somebody else's news */
			drop(a, h);
	} else if (event == CONTAINER_USAGE && c->memory_known && c->memory_limit_bytes) {
		look(a, c->name, c->memory_bytes, c->memory_limit_bytes);
	}
}

void alert_on_self(struct alert *a, uint64_t held_bytes, uint64_t limit_bytes)
{
	if (a->settings.channel_id)
		look(a, "", held_bytes, limit_bytes);
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

uint64_t alert_sent(const struct alert *a)
{
	return a->sent;
}
