#include "base/json_writer.h"
#include "discord/gateway_inside.h"

#include <string.h>

enum { MINUTE_MS = 60000, DAY_MS = 24 * 3600 * 1000, IDENTIFY_WINDOW_MS = 5000 };

bool send_budget_take(struct send_budget *b, bool beat, uint64_t now_ms)
{
	unsigned used = 0;
	for (unsigned i = 0; i < SENDS_PER_MINUTE_MAX; i++)
		used += b->at_ms[i] && b->at_ms[i] + MINUTE_MS > now_ms;
	if (used >= (beat ? SENDS_PER_MINUTE_MAX : SENDS_PER_MINUTE_MAX - SENDS_FOR_BEATS))
		return false;
	b->at_ms[b->next] = now_ms ? now_ms : 1;
	b->next = (b->next + 1) % SENDS_PER_MINUTE_MAX;
	return true;
}

uint64_t identify_budget_wait_ms(const struct identify_budget *b, uint64_t now_ms)
{
	uint64_t window = IDENTIFY_WINDOW_MS / (b->concurrency ? b->concurrency : 1);
	uint64_t until = b->last_ms ? b->last_ms + window : 0;
	if (b->today >= GATEWAY_IDENTIFIES_PER_DAY_MAX && b->day_began_ms + DAY_MS > until)
		until = b->day_began_ms + DAY_MS;
	return until > now_ms ? until - now_ms : 0;
}

void identify_budget_take(struct identify_budget *b, uint64_t now_ms)
{
	if (!b->today || b->day_began_ms + DAY_MS <= now_ms) {
		b->day_began_ms = now_ms;
		b->today = 0;
	}
	b->today++;
	b->last_ms = now_ms ? now_ms : 1;
}

static bool send_payload(struct gateway *g, struct buf *payload, bool beat)
{
	bool ok = g->ws && !payload->overflow && send_budget_take(&g->sends, beat, loop_now_ms(g->loop)) &&
		  ws_send_text(g->ws, buf_view(payload));
	if (payload->data)
		explicit_bzero(payload->data, payload->length); /* the token may be in it */
	buf_clear(payload);
	return ok;
}

static struct json_writer begin(struct buf *payload, enum gateway_op op)
{
	buf_init(payload, MEM_GATEWAY, PAYLOAD_BYTES_MAX);
	buf_reserve(payload, 512); /* in one piece, so that no copy of the token stays behind in freed memory */
	struct json_writer w = json_writer_on(payload);
	json_begin_object(&w, NULL);
	json_int(&w, "op", (int)op);
	return w;
}

bool gateway_send_identify(struct gateway *g)
{
	struct buf payload;
	struct json_writer w = begin(&payload, OP_IDENTIFY);
	json_begin_object(&w, "d");
	json_text(&w, "token", g->token);
	json_int(&w, "intents", g->intents);
	json_begin_object(&w, "properties");
	json_text(&w, "os", "linux");
	json_text(&w, "browser", "ddc");
	json_text(&w, "device", "ddc");
	json_end_object(&w);
	json_int(&w, "large_threshold", 50);
	json_end_object(&w);
	json_end_object(&w);
	return send_payload(g, &payload, false);
}

bool gateway_send_resume(struct gateway *g)
{
	struct buf payload;
	struct json_writer w = begin(&payload, OP_RESUME);
	json_begin_object(&w, "d");
	json_text(&w, "token", g->token);
	json_text(&w, "session_id", g->session.id);
	json_int(&w, "seq", g->session.seq);
	json_end_object(&w);
	json_end_object(&w);
	return send_payload(g, &payload, false);
}

bool gateway_send_beat(struct gateway *g)
{
	struct buf payload;
	struct json_writer w = begin(&payload, OP_HEARTBEAT);
	if (g->session.seq > 0)
		json_int(&w, "d", g->session.seq);
	else
		json_null(&w, "d");
	json_end_object(&w);
	return send_payload(g, &payload, true);
}
