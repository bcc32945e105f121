/* /ping: public, as in the original: how long the gateway takes to answer. */
#include "feature/control/commands/commands.h"

#include <stdio.h>

/* The first heartbeat is answered up to 41 s after the login; until then the last request tells as much. */
static uint32_t latency_ms(const struct control *c)
{
	uint32_t ms = c->parts.latency_ms ? c->parts.latency_ms(c->parts.latency_arg) : 0;

	return ms ? ms : rest_stats_of(c->parts.rest).last_latency_ms;
}

void command_ping(const struct turn *t)
{
	struct respond *r = t->c->respond;
	uint32_t ms = latency_ms(t->c);
	enum tr_lang lang = public_lang(t->c);
	struct message m;
	struct buf text;
	char number[12];
	ticket reply;

	if (!turn_may(t, VERB_PING, NULL, STR("")) || !turn_is_free(t, VERB_PING, "ping", false, STR("")))
		return;
	reply = respond_begin(r, &t->in->ref, RESPOND_PUBLIC);
	snprintf(number, sizeof number, "%u", (unsigned)ms);
	buf_init(&text, MEM_CONTROL, 512);
	if (ms)
		TR_ADD(&text, lang, TR_CONTROL_PING, {"ms", str_of(number)});
	else
		buf_add_str(&text, tr(lang, TR_CONTROL_PING_UNKNOWN));
	respond_message(r, reply, &m);
	message_embed(&m, STR("🏓 Pong"), view_tone_colour(TONE_GOOD));
	message_text(&m, buf_view(&text));
	respond_send(r, reply, &m);
	buf_clear(&text);
	turn_consume(t, "ping", false, STR(""));
}
