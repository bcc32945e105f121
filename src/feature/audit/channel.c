#include "feature/audit/channel.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rand.h"
#include "discord/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	COLOUR = 0x5865F2,
	LINE_BYTES_MAX = 2048,
	NAME_CHARS_MAX = 40,
	REASON_CHARS_MAX = 150,
	PAGE_CHARS_MAX = EMBED_DESCRIPTION_CHARS_MAX - 196, /* room for the line that counts the others */
	NONCE_BYTES = 20
};

struct audit_channel {
	struct loop *loop;
	struct rest *rest;
	struct timer *timer;
	uint64_t channel_id;
	enum tr_lang lang;
	struct buf waiting; /* lines, the oldest first; takes no memory while there are none */
	uint64_t last_hash; /* of the newest line without its time; 0: none */
	unsigned repeats;   /* of it, since it was written */
	unsigned left_out;  /* records there was no room for */
	ticket request;
	size_t sent_bytes; /* of waiting, in the request under way */
	unsigned sent_left_out;
	uint64_t not_before_ms;
	const char *refused;
	bool told; /* the log has heard of the failure */
};

static void on_timer(void *arg);

struct audit_channel *audit_channel_new(struct loop *loop, struct rest *rest)
{
	struct audit_channel *a = mem_zalloc(MEM_AUDIT, sizeof *a);
	if (!a)
		return NULL;
	a->loop = loop;
	a->rest = rest;
	buf_init(&a->waiting, MEM_AUDIT, AUDIT_WAITING_BYTES_MAX);
	a->timer = timer_new(loop, on_timer, a);
	if (!a->timer) {
		audit_channel_free(a);
		return NULL;
	}
	return a;
}

void audit_channel_free(struct audit_channel *a)
{
	if (!a)
		return;
	if (a->request)
		rest_cancel(a->rest, a->request);
	timer_free(a->timer);
	buf_clear(&a->waiting);
	mem_free(a);
}

const char *audit_channel_refused(const struct audit_channel *a)
{
	return a->refused;
}

static void wake(struct audit_channel *a, uint64_t wait_ms)
{
	uint64_t now = loop_now_ms(a->loop);
	uint64_t at = now + wait_ms > a->not_before_ms ? now + wait_ms : a->not_before_ms;
	timer_set_sooner(a->timer, at - now);
}

/* ---- one record, one line ---- */

static void add_name(struct buf *out, struct str name)
{
	struct str cut = utf8_prefix(str_trim(name), NAME_CHARS_MAX);
	buf_add_str(out, "**");
	message_escape(out, cut);
	buf_add_str(out, cut.n < str_trim(name).n ? "…**" : "**");
}

static const struct {
	const char *result, *icon;
	enum tr_key word;
} results[] = {
	{"done", "✅", TR_AUDIT_DONE},
	{"failed", "❌", TR_AUDIT_FAILED},
	{"refused", "🔒", TR_AUDIT_REFUSED},
	{"timed_out", "⌛", TR_AUDIT_TIMED_OUT},
	{"cancelled", "✖️", TR_AUDIT_CANCELLED},
	{"not_done", "🚫", TR_AUDIT_NOT_DONE},
	{"interrupted", "⚠️", TR_AUDIT_INTERRUPTED},
};

static void add_result(struct buf *out, enum tr_lang lang, const struct audit_record *r)
{
	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		if (!strcmp(results[i].result, r->result))
			buf_printf(out, " · %s", tr(lang, results[i].word));
	if (r->took_ms)
		buf_printf(out, " (%u.%u s)", (unsigned)(r->took_ms / 1000), (unsigned)(r->took_ms % 1000 / 100));
	if (!r->reason.n)
		return;
	buf_add_str(out, ": ");
	message_escape(out, utf8_prefix(r->reason, REASON_CHARS_MAX));
}

static const char *icon_of(const char *result)
{
	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		if (!strcmp(results[i].result, result))
			return results[i].icon;
	return "•";
}

static void write_line(struct buf *out, enum tr_lang lang, const struct audit_record *r)
{
	char action[64];
	str_copy(action, sizeof action, str_of(r->action));
	for (char *c = action; *c; c++)
		*c = *c == '_' || *c == '`' ? ' ' : *c;
	add_name(out, r->user);
	buf_printf(out, " (<@%" PRIu64 ">): `%s`", r->user_id, action);
	if (r->target.n) {
		buf_add_char(out, ' ');
		add_name(out, r->target);
	}
	add_result(out, lang, r);
	if (r->channel_id)
		buf_printf(out, " · <#%" PRIu64 ">", r->channel_id);
}

/* ---- what waits ---- */

/* Closes the newest line: "×3" if the same came again and again, as when somebody presses in vain. */
static void end_line(struct audit_channel *a)
{
	if (a->repeats)
		buf_printf(&a->waiting, " ×%u", a->repeats + 1);
	if (a->last_hash)
		buf_add_char(&a->waiting, '\n');
	a->last_hash = 0;
	a->repeats = 0;
}

void audit_channel_on_record(const struct audit_record *r, void *audit_channel)
{
	struct audit_channel *a = audit_channel;
	struct buf line;
	if (!a->channel_id)
		return;
	buf_init(&line, MEM_AUDIT, LINE_BYTES_MAX);
	write_line(&line, a->lang, r);
	for (char *c = line.data; c && c < line.data + line.length; c++)
		*c = *c == '\n' || *c == '\r' ? ' ' : *c;
	uint64_t hash = hash_str(HASH_SEED, buf_view(&line)) | 1; /* 0: none */
	if (hash == a->last_hash) {
		a->repeats++;
	} else {
		end_line(a);
		if (line.overflow || a->waiting.length + line.length + 64 > AUDIT_WAITING_BYTES_MAX) {
			a->left_out++;
		} else {
			buf_printf(&a->waiting, "%s <t:%" PRId64 ":T> ", icon_of(r->result), clock_wall_s());
			buf_add_view(&a->waiting, buf_view(&line));
			a->last_hash = hash;
		}
	}
	buf_clear(&line);
	if (!a->request)
		wake(a, AUDIT_GATHER_MS);
}

/* ---- telling ---- */

static void forget_sent(struct audit_channel *a)
{
	a->left_out -= a->sent_left_out;
	buf_consume(&a->waiting, a->sent_bytes);
	if (!a->waiting.length)
		buf_clear(&a->waiting);
}

static const char *advice_for(const struct rest_reply *reply)
{
	enum { CODE_THREAD_ARCHIVED = 50083, CODE_THREAD_LOCKED = 160005 };
	if (reply->code == CODE_THREAD_ARCHIVED || reply->code == CODE_THREAD_LOCKED)
		return "the thread is archived or locked; open it again";
	if (reply->status == 404)
		return "there is no such channel; look at DDC_AUDIT_CHANNEL";
	return "grant ddc View Channel, Send Messages and Embed Links there (in threads: Send Messages in Threads)";
}

static void on_sent(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct audit_channel *a = arg;
	bool refused = err && (reply->status == 403 || reply->status == 404);
	a->request = TICKET_NONE;
	a->refused = refused ? advice_for(reply) : NULL;
	if (!err)
		forget_sent(a);
	if (err && !a->told)
		log_warn("audit",
			"the audit channel %" PRIu64 " cannot be written to: %s%s%s. The audit files are complete",
			a->channel_id, err->text, refused ? "; " : "", refused ? a->refused : "");
	if (!err && a->told)
		log_info("audit", "the audit channel can be written to again");
	a->told = err != NULL;
	a->sent_bytes = a->sent_left_out = 0;
	a->not_before_ms = loop_now_ms(a->loop) + (refused ? AUDIT_REFUSED_MS : err ? AUDIT_RETRY_MS : AUDIT_GAP_MS);
	if (a->waiting.length || a->left_out)
		wake(a, 0);
}

/* As many whole lines as one message holds. */
static struct str next_page(const struct audit_channel *a)
{
	struct str all = buf_view(&a->waiting), rest = all, page = {all.p, 0};
	size_t chars = 0;
	while (rest.n) {
		struct str line = str_split(rest, '\n', &rest);
		chars += utf8_count(line) + 1;
		if (chars > PAGE_CHARS_MAX && page.n)
			break;
		page.n = (size_t)(line.p + line.n - all.p) + 1;
	}
	page.n = page.n > all.n ? all.n : page.n;
	return page;
}

static void write_message(const struct audit_channel *a, struct message *m, struct str page)
{
	char nonce[NONCE_BYTES];
	struct buf text;
	uint64_t random;
	rand_bytes(&random, sizeof random);
	snprintf(nonce, sizeof nonce, "%016" PRIx64, random);
	buf_init(&text, MEM_AUDIT, AUDIT_WAITING_BYTES_MAX + 256);
	buf_add_view(&text, page);
	if (a->left_out && page.n == a->waiting.length) {
		buf_add_str(&text, "-# ");
		tr_count(&text, a->lang, TR_AUDIT_LEFT_OUT_ONE, a->left_out);
	}
	message_init(m, MEM_AUDIT);
	message_flags(m, MESSAGE_SUPPRESS_NOTIFICATIONS);
	message_nonce(m, nonce);
	message_embed(m, STR(""), COLOUR);
	message_text(m, str_trim(buf_view(&text)));
	message_finish(m);
	buf_clear(&text);
}

static void on_timer(void *arg)
{
	struct audit_channel *a = arg;
	struct message m;
	struct err err;
	char path[64];
	if (a->request || !a->channel_id)
		return;
	end_line(a);
	if (!a->waiting.length && !a->left_out)
		return;
	struct str page = next_page(a);
	write_message(a, &m, page);
	snprintf(path, sizeof path, "/channels/%" PRIu64 "/messages", a->channel_id);
	struct rest_request q = {.method = REST_POST, .path = path, .body = &m.body, .has_nonce = true};
	a->request = rest_send(a->rest, &q, on_sent, a, &err);
	a->sent_bytes = page.n;
	a->sent_left_out = page.n == a->waiting.length ? a->left_out : 0;
	message_clear(&m);
	if (!a->request) /* the line is full */
		wake(a, AUDIT_GAP_MS);
}

void audit_channel_set(struct audit_channel *a, uint64_t channel_id, enum tr_lang lang)
{
	a->lang = lang;
	if (channel_id == a->channel_id)
		return;
	if (a->request)
		rest_cancel(a->rest, a->request);
	a->request = TICKET_NONE;
	a->channel_id = channel_id;
	a->refused = NULL;
	a->told = false;
	a->not_before_ms = 0;
	if (!channel_id) {
		buf_clear(&a->waiting);
		a->last_hash = a->repeats = a->left_out = 0;
	} else if (a->waiting.length || a->last_hash) {
		wake(a, AUDIT_GATHER_MS);
	}
}
