#include "base/snowflake.h"
#include "discord/gateway_inside.h"

#include "base/rand.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Calls a listener's function if there is one. */
#define TELL(g, function, ...)                                                                                         \
	do {                                                                                                           \
		if ((g)->listener.function)                                                                            \
			(g)->listener.function(__VA_ARGS__);                                                           \
	} while (0)

enum {
	SENTENCE_BYTES = 200,
	INVALID_SESSION_WAIT_MS = 1000,
	INVALID_SESSION_WAIT_MORE_MS = 4000,
	RECONNECT_WAIT_MS = 200
};

void gateway_warn(struct gateway *g, const char *format, ...)
{
	char sentence[SENTENCE_BYTES];
	va_list ap;
	va_start(ap, format);
	vsnprintf(sentence, sizeof sentence, format, ap);
	va_end(ap);
	TELL(g, on_warning, sentence, g->arg);
}

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '-' ? digits + 62 : c == '_' ? digits + 63 : c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* A bot's token begins with its user id, in base64. */
uint64_t gateway_id_of_token(const char *token)
{
	char text[SNOWFLAKE_BYTES];
	size_t n = 0;
	unsigned bits = 0, held = 0;
	uint64_t id = 0;
	for (; *token && *token != '.' && *token != '='; token++) {
		int digit = base64_digit(*token);
		if (digit < 0)
			return 0;
		held = held << 6 | (unsigned)digit;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (n == sizeof text - 1)
			return 0;
		text[n++] = (char)(held >> bits & 0xFF);
	}
	return snowflake_parse((struct str){text, n}, &id) ? id : 0;
}

/* ---- events ---- */

static bool is_wanted(const struct gateway *g, uint64_t channel_id)
{
	for (unsigned i = 0; i < g->channel_count; i++)
		if (g->channels[i] == channel_id)
			return true;
	return false;
}

static void tell_channel(struct gateway *g, const struct wire_channel *c, uint64_t guild_id, bool gone)
{
	struct gateway_channel channel = {.id = c->id,
		.guild_id = guild_id,
		.last_message_id = c->last_message_id,
		.type = c->type,
		.name = str_of(c->name),
		.gone = gone};
	TELL(g, on_channel, &channel, g->arg);
}

static void take_ready(struct gateway *g, const struct wire_event *v)
{
	g->user_id = v->user_id ? v->user_id : gateway_id_of_token(g->token);
	g->application_id = v->application_id ? v->application_id : g->user_id;
	snprintf(g->session.id, sizeof g->session.id, "%s", v->session_id);
	snprintf(g->session.resume_url, sizeof g->session.resume_url, "%s", v->resume_url);
	g->session.seq = v->has_seq ? v->seq : 0;
	g->resume_at_base = false;
	if (v->session_cut)
		gateway_warn(g, "Discord's session has a longer name or address than ddc keeps; it may not be resumed");
	gateway_enter(g, GATEWAY_READY, "a new session");
	TELL(g, on_session, &g->session, g->arg);
	TELL(g, on_ready, g->user_id, g->application_id, false, g->arg);
	/* They follow as GUILD_CREATE, unless there is an outage. */
	for (unsigned i = 0; i < g->wire.id_count; i++)
		TELL(g, on_guild, g->wire.ids[i], STR(""), false, false, g->arg);
}

static void take_resumed(struct gateway *g)
{
	if (g->state != GATEWAY_RESUMING)
		return;
	g->stats.resumes++;
	g->resume_at_base = false;
	if (!g->user_id)
		g->user_id = gateway_id_of_token(g->token);
	if (!g->application_id)
		g->application_id = g->user_id;
	gateway_enter(g, GATEWAY_READY, "resumed the session");
	TELL(g, on_ready, g->user_id, g->application_id, true, g->arg);
}

static void take_guild(struct gateway *g, const struct wire_event *v)
{
	bool deleted = v->name == EVENT_GUILD_DELETE;
	if (!v->id)
		return;
	TELL(g, on_guild, v->id, str_of(v->self.name), !deleted && !v->unavailable, deleted && !v->unavailable, g->arg);
}

static void take_channels(struct gateway *g, uint64_t guild_id)
{
	for (unsigned i = 0; i < wire_channel_count(&g->wire); i++)
		tell_channel(g, wire_channel_at(&g->wire, i), guild_id, false);
}

static void take_channel(struct gateway *g, const struct wire_event *v)
{
	bool gone = v->name == EVENT_CHANNEL_DELETE || v->name == EVENT_THREAD_DELETE;
	if (is_wanted(g, v->id))
		tell_channel(g, &v->self, v->guild_id, gone);
}

static void take_message_event(struct gateway *g, const struct wire_event *v)
{
	struct gateway_message m = {.id = v->id,
		.channel_id = v->channel_id,
		.guild_id = v->guild_id,
		.author_id = v->author_id,
		.from_self = v->author_id && v->author_id == g->user_id};
	if (!m.channel_id)
		return;
	if (v->name == EVENT_MESSAGE_DELETE_BULK) {
		for (unsigned i = 0; i < g->wire.id_count; i++) {
			m.id = g->wire.ids[i];
			TELL(g, on_message_deleted, &m, g->arg);
		}
	} else if (m.id && v->name == EVENT_MESSAGE_DELETE) {
		TELL(g, on_message_deleted, &m, g->arg);
	} else if (m.id) {
		TELL(g, on_message, &m, g->arg);
	}
}

/* A resumed session replays what we may have had already; a button must not be pressed twice by that. */
static bool seen_before(struct gateway *g, uint64_t id)
{
	for (unsigned i = 0; i < RECENT_INTERACTIONS; i++)
		if (g->recent[i] == id)
			return true;
	g->recent[g->next_recent] = id;
	g->next_recent = (g->next_recent + 1) % RECENT_INTERACTIONS;
	return false;
}

static void take_interaction(struct gateway *g)
{
	const char *problem = NULL;
	g->wire.interaction.in.ref.replayed = g->state == GATEWAY_RESUMING;
	const struct interaction *in = wire_interaction(&g->wire, &problem);
	if (!in) {
		gateway_warn(g, "an interaction was left out: %s", problem);
		return;
	}
	if (seen_before(g, in->ref.id))
		return;
	if (!g->application_id)
		g->application_id = in->ref.application_id;
	TELL(g, on_interaction, in, g->arg);
}

static void take_dispatch(struct gateway *g, const struct wire_event *v)
{
	g->stats.events++;
	if (v->has_seq)
		g->session.seq = v->seq;
	switch (v->name) {
	case EVENT_READY: take_ready(g, v); break;
	case EVENT_RESUMED: take_resumed(g); break;
	case EVENT_GUILD_CREATE:
		take_guild(g, v);
		take_channels(g, v->id);
		break;
	case EVENT_GUILD_UPDATE:
	case EVENT_GUILD_DELETE: take_guild(g, v); break;
	case EVENT_THREAD_LIST_SYNC: take_channels(g, v->guild_id); break;
	case EVENT_CHANNEL_CREATE:
	case EVENT_CHANNEL_UPDATE:
	case EVENT_CHANNEL_DELETE:
	case EVENT_THREAD_CREATE:
	case EVENT_THREAD_UPDATE:
	case EVENT_THREAD_DELETE: take_channel(g, v); break;
	case EVENT_MESSAGE_CREATE:
	case EVENT_MESSAGE_DELETE:
	case EVENT_MESSAGE_DELETE_BULK: take_message_event(g, v); break;
	case EVENT_INTERACTION_CREATE: take_interaction(g); break;
	case EVENT_UNKNOWN: break;
	}
}

/* ---- the other ops ---- */

static void take_ack(struct gateway *g)
{
	if (g->ack_awaited)
		g->stats.latency_ms = (uint32_t)(loop_now_ms(g->loop) - g->beat_sent_ms);
	g->ack_awaited = false;
}

static void take_invalid_session(struct gateway *g, bool resumable)
{
	uint64_t wait = INVALID_SESSION_WAIT_MS + rand_below(INVALID_SESSION_WAIT_MORE_MS + 1);
	if (!resumable)
		gateway_forget_session(g);
	gateway_leave(g, resumable ? "Discord wants the session resumed" : "Discord has ended the session", wait);
}

void gateway_take_message(struct gateway *g)
{
	const char *problem = NULL;
	const struct wire_event *v = wire_end(&g->wire, &problem);
	if (g->wire.event.bytes > g->stats.largest_message_bytes)
		g->stats.largest_message_bytes = g->wire.event.bytes;
	if (!v) {
		gateway_warn(g, "a message of Discord's gateway was left out: %s", problem);
		return;
	}
	switch (v->op) {
	case OP_DISPATCH: take_dispatch(g, v); break;
	case OP_HEARTBEAT: gateway_send_beat(g); break;
	case OP_RECONNECT: gateway_leave(g, "Discord asks for a new connection", RECONNECT_WAIT_MS); break;
	case OP_INVALID_SESSION: take_invalid_session(g, v->d_true); break;
	case OP_HELLO:
		if (g->state != GATEWAY_HELLO)
			break;
		gateway_begin_beating(g, v->heartbeat_interval_ms);
		gateway_greet(g);
		break;
	case OP_HEARTBEAT_ACK: take_ack(g); break;
	default: break; /* new ops may come; they are for somebody else */
	}
}
