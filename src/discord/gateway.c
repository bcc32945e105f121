#include "base/bug.h"
#include "base/rand.h"
#include "discord/agent.h"
#include "discord/close_codes.h"
#include "discord/gateway_inside.h"

#include <stdio.h>
#include <string.h>

enum {
	OPEN_TIMEOUT_MS = 20000,
	BEAT_MIN_MS = 100,
	BEAT_MAX_MS = 600000, /* Discord's is 41,250 */
	BACKOFF_FLOOR_MS = 500,
	BACKOFF_MAX_MS = 120000,
	RESUME_BACKOFF_MAX_MS = 8000,
	RESUME_TRIES_MAX = 16, /* two minutes of it, as long as a session lives about */
	HELD_MS = 60000,       /* a connection that was ready for so long counts as a success */
	TOKEN_BYTES_MAX = 256,
	URL_BYTES = 320
};

/* What each state is called, and how long it may last before the connection is given up (0: its own timer, or none). */
static const struct {
	const char *name;
	unsigned patience_ms;
	const char *complaint;
} states[] = {
	[GATEWAY_STOPPED] = {"stopped", 0, NULL},
	[GATEWAY_WAITING] = {"waiting", 0, NULL},
	[GATEWAY_ASKING] = {"asking", 0, NULL},
	[GATEWAY_OPENING] = {"opening", OPEN_TIMEOUT_MS + 5000, "the connection could not be opened in time"},
	[GATEWAY_HELLO] = {"hello", 20000, "Discord did not say hello"},
	[GATEWAY_IDENTIFYING] = {"identifying", 60000, "Discord did not begin the session"},
	[GATEWAY_RESUMING] = {"resuming", 120000, "Discord did not resume the session"},
	[GATEWAY_READY] = {"ready", 0, NULL},
};

const char *gateway_state_name(enum gateway_state s)
{
	return (unsigned)s < sizeof states / sizeof *states ? states[s].name : "?";
}

void gateway_enter(struct gateway *g, enum gateway_state state, const char *why)
{
	g->state = state;
	timer_stop(g->step);
	if (states[state].patience_ms)
		timer_set(g->step, states[state].patience_ms);
	if (state == GATEWAY_READY)
		g->ready_since_ms = loop_now_ms(g->loop);
	if (g->listener.on_state)
		g->listener.on_state(state, why, g->arg);
}

bool gateway_can_resume(const struct gateway *g)
{
	return g->session.id[0] != '\0';
}

void gateway_forget_session(struct gateway *g)
{
	bool had = gateway_can_resume(g);
	memset(&g->session, 0, sizeof g->session);
	g->resume_at_base = false;
	if (had && g->listener.on_session)
		g->listener.on_session(&g->session, g->arg);
}

/* ---- the end of a connection ---- */

/* Our side is done with the connection; a close frame may still leave. code 0: it has ended already. */
static void drop_connection(struct gateway *g, int code, const char *reason)
{
	timer_stop(g->beat);
	inflater_free(g->inflater);
	g->inflater = NULL;
	g->ack_awaited = false;
	if (!g->ws)
		return;
	if (code) {
		ws_free(g->leaving);
		g->leaving = g->ws;
		ws_close(g->ws, code, reason);
	} else {
		ws_free(g->ws);
	}
	g->ws = NULL;
}

static uint64_t backoff_ms(struct gateway *g)
{
	unsigned shift = g->tries < 8 ? g->tries : 8;
	uint64_t ms = (uint64_t)BACKOFF_FLOOR_MS << shift;
	/* A resume spends no IDENTIFY, and people press buttons meanwhile. */
	uint64_t max = gateway_can_resume(g) && g->tries < RESUME_TRIES_MAX ? RESUME_BACKOFF_MAX_MS : BACKOFF_MAX_MS;
	if (ms > max)
		ms = max;
	return ms / 2 + rand_below(ms / 2 + 1) + BACKOFF_FLOOR_MS / 2;
}

static void wait_for(struct gateway *g, uint64_t delay_ms, const char *why)
{
	gateway_enter(g, GATEWAY_WAITING, why);
	if (g->state == GATEWAY_WAITING) /* the listener may have stopped us */
		timer_set(g->step, delay_ms);
}

static void try_again(struct gateway *g, uint64_t at_least_ms, const char *why)
{
	/* Only a connection that held proves that the way is free: one that ends right after READY must not spend the
	 * IDENTIFYs of the day. */
	if (g->state == GATEWAY_READY && loop_now_ms(g->loop) - g->ready_since_ms >= HELD_MS)
		g->tries = 0;
	uint64_t wait = backoff_ms(g);
	g->tries++;
	g->stats.reconnects++;
	wait_for(g, wait > at_least_ms ? wait : at_least_ms, why);
}

/* The session's address may have gone while the session has not. */
static void try_elsewhere(struct gateway *g)
{
	if (g->state == GATEWAY_OPENING || g->state == GATEWAY_HELLO || g->state == GATEWAY_RESUMING)
		g->resume_at_base = !g->resume_at_base;
}

void gateway_leave(struct gateway *g, const char *why, uint64_t delay_ms)
{
	drop_connection(g, OWN_CLOSE_CODE, "back soon");
	try_again(g, delay_ms, why);
}

static void stop_for_good(struct gateway *g, int code, const char *sentence)
{
	drop_connection(g, 0, NULL);
	gateway_forget_session(g);
	gateway_enter(g, GATEWAY_STOPPED, sentence);
	if (g->state == GATEWAY_STOPPED && g->listener.on_stopped)
		g->listener.on_stopped(code, sentence, g->arg);
}

static void take_close(struct gateway *g, int code, const struct err *err)
{
	const struct close_meaning *m = close_meaning_of(code);
	char why[ERR_TEXT_BYTES + 64];
	if (code)
		snprintf(why, sizeof why, "%s (close code %d)", m->sentence, code);
	else
		snprintf(why, sizeof why, "%s", err ? err->text : "the connection ended without a close code");
	try_elsewhere(g);
	drop_connection(g, 0, NULL);
	if (m->action == CLOSE_STOP) {
		stop_for_good(g, code, code == 4014 ? close_disallowed_sentence(g->intents) : m->sentence);
		return;
	}
	if (m->action == CLOSE_IDENTIFY)
		gateway_forget_session(g);
	try_again(g, 0, why);
}

/* ---- the connection ---- */

static void on_open(struct ws *w, void *arg)
{
	struct gateway *g = arg;
	if (w == g->ws)
		gateway_enter(g, GATEWAY_HELLO, "connected");
}

static void on_closed(struct ws *w, int close_code, struct str reason, const struct err *err, void *arg)
{
	struct gateway *g = arg;
	(void)reason;
	if (w == g->leaving) {
		g->leaving = NULL;
		ws_free(w);
		if (g->state == GATEWAY_STOPPED && g->listener.on_state)
			g->listener.on_state(GATEWAY_STOPPED, "the goodbye was heard", g->arg);
	} else if (w == g->ws) {
		take_close(g, close_code, err);
	}
}

static void on_inflated(struct str bytes, void *arg)
{
	struct gateway *g = arg;
	wire_feed(&g->wire, bytes.p, bytes.n);
}

/* True if the piece ends a message of the gateway. */
static bool read_piece(struct gateway *g, const struct ws_piece *piece, const char **ret_problem)
{
	if (!piece->binary) {
		if (piece->first)
			wire_begin(&g->wire);
		wire_feed(&g->wire, piece->bytes.p, piece->bytes.n);
		return piece->last;
	}
	if (!g->inflater) {
		*ret_problem = "Discord sent compressed data that nobody asked for";
		return false;
	}
	*ret_problem = inflater_feed(g->inflater, piece->bytes, on_inflated, g);
	/* A compressed message may be cut into several of the WebSocket's; its own end tells. */
	return !*ret_problem && piece->last && inflater_at_end(g->inflater);
}

static void on_piece(struct ws *w, const struct ws_piece *piece, void *arg)
{
	struct gateway *g = arg;
	const char *problem = NULL;
	if (w != g->ws)
		return;
	g->stats.bytes += piece->bytes.n;
	bool whole = read_piece(g, piece, &problem);
	if (!problem && g->wire.event.bytes > GATEWAY_MESSAGE_BYTES_MAX)
		problem = "Discord sent a message without end";
	if (problem) {
		wire_begin(&g->wire);
		gateway_leave(g, problem, 0);
		return;
	}
	if (!whole)
		return;
	gateway_take_message(g);
	wire_begin(&g->wire);
}

/* "wss://gateway.discord.gg" becomes ".../?v=10&encoding=json"; the same parameters for resuming. */
static bool gateway_address(const struct gateway *g, const char *base, struct url *ret_url, struct err *err)
{
	char text[URL_BYTES];
	struct str rest, host = str_split(str_of(base), '?', &rest);
	while (host.n && host.p[host.n - 1] == '/')
		host.n--;
	int n = snprintf(text, sizeof text, "%.*s/?v=10&encoding=json%s", STR_ARG(host),
		g->compress ? "&compress=zlib-stream" : "");
	if (n < 0 || (size_t)n >= sizeof text)
		return err_set(err, ERR_PROTOCOL, "Discord's gateway has an address that is too long");
	struct url u;
	if (!url_parse(str_of(text), &u, err))
		return false;
	if (u.scheme != URL_WSS && !(u.scheme == URL_WS && url_is_loopback(&u)))
		return err_set(
			err, ERR_PROTOCOL, "Discord's gateway has an address without encryption; it is not used");
	*ret_url = u;
	return true;
}

static void open_connection(struct gateway *g, const char *base)
{
	static const struct ws_handler handler = {.on_open = on_open, .on_piece = on_piece, .on_closed = on_closed};
	static const struct ws_options options = {.user_agent = DISCORD_USER_AGENT, .open_timeout_ms = OPEN_TIMEOUT_MS};
	struct err err = {0};
	struct url u;
	wire_begin(&g->wire);
	memset(&g->sends, 0, sizeof g->sends);
	g->ack_awaited = false;
	if (g->compress && !g->inflater && !(g->inflater = inflater_new()))
		err_set(&err, ERR_MEMORY, "no memory for the compressed stream");
	else if (gateway_address(g, base, &u, &err))
		g->ws = ws_connect(g->net, &u, &options, &handler, g, &err);
	gateway_enter(g, GATEWAY_OPENING, gateway_can_resume(g) ? "to resume" : "for a new session");
	if (g->ws || g->state != GATEWAY_OPENING)
		return;
	try_elsewhere(g);
	drop_connection(g, 0, NULL);
	try_again(g, 0, err.text);
}

/* ---- asking where to connect ---- */

enum ask_field { A_URL, A_REMAINING, A_RESET_AFTER, A_CONCURRENCY };
static const char *const ask_fields[] = {
	[A_URL] = ".url",
	[A_REMAINING] = ".session_start_limit.remaining",
	[A_RESET_AFTER] = ".session_start_limit.reset_after",
	[A_CONCURRENCY] = ".session_start_limit.max_concurrency",
};

static bool on_ask_field(const struct json_event *e, void *arg)
{
	struct gateway *g = arg;
	int64_t n = -1;
	if (e->type == JSON_NUMBER && !str_to_int(e->text, 0, INT32_MAX, &n))
		n = -1;
	switch (e->field) {
	case A_URL:
		if (e->type == JSON_STRING && !str_copy(g->asked.url, sizeof g->asked.url, e->text))
			g->asked.url[0] = '\0';
		break;
	case A_REMAINING: g->asked.remaining = n; break;
	case A_RESET_AFTER: g->asked.reset_after_ms = n; break;
	default: g->asked.concurrency = n;
	}
	return true;
}

static void stop_for_token(struct gateway *g)
{
	stop_for_good(g, 4004, close_meaning_of(4004)->sentence);
}

static void on_asked(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct gateway *g = arg;
	char why[96];
	g->asking = TICKET_NONE;
	if (err && reply->status == 401) {
		stop_for_token(g);
		return;
	}
	if (err || !g->asked.url[0]) {
		try_again(g, 0, err ? err->text : "Discord did not say where its gateway is");
		return;
	}
	snprintf(g->base_url, sizeof g->base_url, "%s", g->asked.url);
	if (g->asked.concurrency > 0)
		g->identifies.concurrency = (unsigned)g->asked.concurrency;
	if (!gateway_can_resume(g) && g->asked.remaining == 0) {
		int64_t wait = g->asked.reset_after_ms > 1000 ? g->asked.reset_after_ms : 1000;
		snprintf(why, sizeof why, "Discord allows this bot no more new sessions for %lld minutes",
			(long long)(wait / 60000 + 1));
		wait_for(g, (uint64_t)wait, why);
		return;
	}
	open_connection(g, g->base_url);
}

static void ask(struct gateway *g)
{
	struct rest_request q = {.method = REST_GET,
		.path = "/gateway/bot",
		.fields = ask_fields,
		.field_count = sizeof ask_fields / sizeof *ask_fields,
		.on_field = on_ask_field};
	struct err err = {0};
	g->asked.url[0] = '\0';
	g->asked.remaining = g->asked.reset_after_ms = g->asked.concurrency = -1;
	gateway_enter(g, GATEWAY_ASKING, "where to connect");
	if (g->state != GATEWAY_ASKING)
		return;
	g->asking = rest_send(g->rest, &q, on_asked, g, &err);
	if (g->asking)
		return;
	if (err.code == ERR_FORBIDDEN)
		stop_for_token(g);
	else
		try_again(g, 0, err.text);
}

static void next_try(struct gateway *g)
{
	if (gateway_can_resume(g)) {
		bool own = g->session.resume_url[0] && !g->resume_at_base;
		if (own || g->base_url[0])
			open_connection(g, own ? g->session.resume_url : g->base_url);
		else
			ask(g);
		return;
	}
	uint64_t wait = identify_budget_wait_ms(&g->identifies, loop_now_ms(g->loop));
	if (wait)
		wait_for(g, wait, wait > 60000 ? "too many new sessions today" : "between two new sessions");
	else
		ask(g);
}

/* ---- timers ---- */

static void on_step(void *arg)
{
	struct gateway *g = arg;
	if (g->state == GATEWAY_WAITING) {
		next_try(g);
		return;
	}
	const char *complaint = states[g->state].complaint;
	if (!complaint)
		BUG("gateway: a timer in state %s", gateway_state_name(g->state));
	try_elsewhere(g);
	gateway_leave(g, complaint, 0);
}

static void on_beat(void *arg)
{
	struct gateway *g = arg;
	if (g->ack_awaited) {
		gateway_leave(g, "Discord did not answer the heartbeat", 0);
		return;
	}
	timer_set(g->beat, g->beat_interval_ms);
	if (!gateway_send_beat(g))
		return;
	g->ack_awaited = true;
	g->beat_sent_ms = loop_now_ms(g->loop);
}

void gateway_begin_beating(struct gateway *g, int64_t interval_ms)
{
	int64_t ms = interval_ms < BEAT_MIN_MS ? BEAT_MIN_MS : interval_ms > BEAT_MAX_MS ? BEAT_MAX_MS : interval_ms;
	g->beat_interval_ms = (uint64_t)ms;
	timer_set(g->beat, rand_below(g->beat_interval_ms)); /* so that not all bots of the world beat at once */
}

void gateway_greet(struct gateway *g)
{
	bool resume = gateway_can_resume(g), sent;
	if (resume) {
		gateway_enter(g, GATEWAY_RESUMING, "asking for what was missed");
	} else {
		identify_budget_take(&g->identifies, loop_now_ms(g->loop));
		g->stats.identifies++;
		gateway_enter(g, GATEWAY_IDENTIFYING, "asking for a new session");
	}
	if (!g->ws)
		return;
	sent = resume ? gateway_send_resume(g) : gateway_send_identify(g);
	if (!sent)
		gateway_leave(g, "the greeting could not be sent", 0);
}

/* ---- life ---- */

struct gateway *gateway_new(
	struct loop *loop, struct net *net, struct rest *rest, const struct gateway_listener *l, void *arg)
{
	struct gateway *g = mem_zalloc(MEM_GATEWAY, sizeof *g);
	if (!g)
		return NULL;
	g->loop = loop;
	g->net = net;
	g->rest = rest;
	g->listener = *l;
	g->arg = arg;
	wire_init(&g->wire);
	g->step = timer_new(loop, on_step, g);
	g->beat = timer_new(loop, on_beat, g);
	if (g->step && g->beat)
		return g;
	gateway_free(g);
	return NULL;
}

void gateway_free(struct gateway *g)
{
	if (!g)
		return;
	rest_cancel(g->rest, g->asking);
	drop_connection(g, 0, NULL);
	ws_free(g->leaving);
	timer_free(g->step);
	timer_free(g->beat);
	wire_clear(&g->wire);
	mem_free_secret(g->token);
	mem_free(g->channels);
	mem_free(g);
}

void gateway_stop(struct gateway *g, bool keep_session)
{
	rest_cancel(g->rest, g->asking);
	g->asking = TICKET_NONE;
	drop_connection(g, keep_session ? OWN_CLOSE_CODE : 1000, "bye");
	timer_stop(g->step);
	g->state = GATEWAY_STOPPED;
	if (!keep_session)
		memset(&g->session, 0, sizeof g->session);
}

bool gateway_is_leaving(const struct gateway *g)
{
	return g->leaving != NULL;
}

static bool take_options(struct gateway *g, const struct gateway_options *o)
{
	size_t token_length = o->token ? strlen(o->token) : 0;
	bool first = g->token == NULL;
	if (!token_length || token_length > TOKEN_BYTES_MAX || o->channel_count > GATEWAY_CHANNELS_MAX)
		return false;
	bool same = !first && strcmp(g->token, o->token) == 0 && g->intents == o->intents;
	uint64_t *channels = mem_array(MEM_GATEWAY, o->channel_count, sizeof *channels);
	char *token = mem_strdup(MEM_GATEWAY, o->token);
	if (!channels || !token) {
		mem_free(channels);
		mem_free_secret(token);
		return false;
	}
	if (o->channel_count)
		memcpy(channels, o->channels, o->channel_count * sizeof *channels);
	mem_free(g->channels);
	mem_free_secret(g->token);
	g->channels = channels;
	g->channel_count = o->channel_count;
	g->token = token;
	g->intents = o->intents;
	g->compress = o->compress;
	g->wire.wanted = channels;
	g->wire.wanted_count = o->channel_count;
	if (same)
		return true;
	g->user_id = g->application_id = 0;
	memset(&g->session, 0, sizeof g->session);
	if (first && o->session) /* a running one's session belongs to the old token or the old intents */
		g->session = *o->session;
	return true;
}

bool gateway_start(struct gateway *g, const struct gateway_options *o)
{
	struct gateway_session before = g->session;
	gateway_stop(g, true);
	if (!take_options(g, o)) {
		g->session = before;
		return false;
	}
	g->tries = 0;
	g->resume_at_base = false;
	g->state = GATEWAY_WAITING;
	timer_set(g->step, 0);
	return true;
}

enum gateway_state gateway_state_of(const struct gateway *g)
{
	return g->state;
}

const struct gateway_session *gateway_session_of(const struct gateway *g)
{
	return &g->session;
}

struct gateway_stats gateway_stats_of(const struct gateway *g)
{
	return g->stats;
}
