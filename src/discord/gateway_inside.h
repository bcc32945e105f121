/* What the files of the gateway share: gateway.c (its life), gateway_send.c (what goes out), gateway_events.c (what comes in). */
#ifndef DISCORD_GATEWAY_INSIDE_H
#define DISCORD_GATEWAY_INSIDE_H

#include "discord/gateway.h"
#include "discord/gateway_wire.h"
#include "discord/inflate.h"
#include "net/ws_client.h"

enum {
	SENDS_PER_MINUTE_MAX = 120, /* Discord's; more and it hangs up with 4008 */
	SENDS_FOR_BEATS = 10,	    /* of them only for heartbeats */
	PAYLOAD_BYTES_MAX = 4096,
	RECENT_INTERACTIONS = 64,
	OWN_CLOSE_CODE = 4000 /* not 1000 or 1001: those end the session */
};

/* Sends of the last minute, as a ring. */
struct send_budget {
	uint64_t at_ms[SENDS_PER_MINUTE_MAX];
	unsigned next;
};
bool send_budget_take(struct send_budget *b, bool beat, uint64_t now_ms);

/* Our own count of IDENTIFYs: at 1,000 a day Discord resets the token. */
struct identify_budget {
	uint64_t day_began_ms, last_ms;
	unsigned today;
	unsigned concurrency; /* that many may identify in 5 s */
};
uint64_t identify_budget_wait_ms(const struct identify_budget *b, uint64_t now_ms);
void identify_budget_take(struct identify_budget *b, uint64_t now_ms);

struct gateway {
	struct loop *loop;
	struct net *net;
	struct rest *rest;
	struct gateway_listener listener;
	void *arg;
	/* options */
	char *token;
	unsigned intents;
	bool compress;
	uint64_t *channels;
	unsigned channel_count;
	/* the session */
	enum gateway_state state;
	struct gateway_session session;
	uint64_t user_id, application_id;
	/* getting there */
	char base_url[256];  /* from /gateway/bot; "" until asked */
	bool resume_at_base; /* the last try at the session's own address failed */
	unsigned tries;	     /* since a connection held */
	uint64_t ready_since_ms;
	struct timer *step; /* of the state: the next try, or the end of patience */
	ticket asking;
	struct {
		char url[256];
		int64_t remaining, reset_after_ms, concurrency; /* -1: not said */
	} asked;
	struct identify_budget identifies;
	/* the connection */
	struct ws *ws;
	struct ws *leaving; /* closed by us; its close frame may still be on the way */
	struct inflater *inflater;
	struct wire wire;
	struct timer *beat;
	uint64_t beat_interval_ms, beat_sent_ms;
	bool ack_awaited;
	struct send_budget sends;
	uint64_t recent[RECENT_INTERACTIONS]; /* ids of interactions, against replays */
	unsigned next_recent;
	struct gateway_stats stats;
};

/* gateway.c */
void gateway_enter(struct gateway *g, enum gateway_state state, const char *why);
/* Closes our side and tries again after delay_ms (or a back-off if that is longer). */
void gateway_leave(struct gateway *g, const char *why, uint64_t delay_ms);
void gateway_forget_session(struct gateway *g);
void gateway_begin_beating(struct gateway *g, int64_t interval_ms);
void gateway_greet(struct gateway *g); /* after HELLO: resume or identify */
bool gateway_can_resume(const struct gateway *g);

/* gateway_send.c: false if it could not be sent (limit, or the connection is not open) */
bool gateway_send_identify(struct gateway *g);
bool gateway_send_resume(struct gateway *g);
bool gateway_send_beat(struct gateway *g);

/* gateway_events.c */
void gateway_take_message(struct gateway *g); /* g->wire holds a whole message */
void gateway_warn(struct gateway *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The bot's user id as the token tells it; 0 if it does not. */
uint64_t gateway_id_of_token(const char *token);

#endif
