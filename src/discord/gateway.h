/*
 * Discord's gateway, version 10: one WebSocket that identifies or resumes, beats, and brings events.
 * Source: Discord API, "Gateway", "Gateway Events", "Opcodes and Status Codes".
 *
 * It reconnects by itself with back-off and jitter, resumes whenever Discord allows it, guards the IDENTIFY budget, and stops
 * for good only on the close codes that mean "this cannot work" (4004, 4010 … 4014); then on_stopped tells what to change.
 */
#ifndef DISCORD_GATEWAY_H
#define DISCORD_GATEWAY_H

#include "base/err.h"
#include "discord/interaction.h"
#include "discord/rest.h"
#include "net/net.h"

struct gateway;

/* Discord's bits. Never members, never presences. */
enum gateway_intent { INTENT_GUILDS = 1 << 0, INTENT_GUILD_MESSAGES = 1 << 9, INTENT_MESSAGE_CONTENT = 1 << 15 };

enum gateway_state {
	GATEWAY_STOPPED, /* not started, or stopped for good */
	GATEWAY_WAITING, /* for the next try */
	GATEWAY_ASKING,	 /* GET /gateway/bot */
	GATEWAY_OPENING, /* TCP, TLS, upgrade */
	GATEWAY_HELLO,	 /* open, waiting for op 10 */
	GATEWAY_IDENTIFYING,
	GATEWAY_RESUMING,
	GATEWAY_READY
};
const char *gateway_state_name(enum gateway_state s);

/* What a restart needs to resume. seq and id are 0/"" if there is none. */
struct gateway_session {
	char id[64];
	char resume_url[256];
	int64_t seq;
};

struct gateway_message { /* MESSAGE_CREATE, MESSAGE_DELETE as far as panels need them */
	uint64_t id, channel_id, guild_id, author_id;
	bool from_self;
};

struct gateway_channel { /* out of GUILD_CREATE, CHANNEL_CREATE/UPDATE/DELETE: only of wanted ids, see below */
	uint64_t id, guild_id, last_message_id;
	int type; /* Discord's channel types; 11 and 12 are threads */
	struct str name;
	bool gone;
};

/* All from the loop; views are valid during the call. Every one may be NULL. They may call gateway_start() and gateway_stop(), but
 * not gateway_free(). */
struct gateway_listener {
	void (*on_state)(enum gateway_state state, const char *why, void *arg);
	/* After a resume in a new process the ids are those that the token tells; 0 if it does not. */
	void (*on_ready)(uint64_t user_id, uint64_t application_id, bool resumed, void *arg);
	void (*on_guild)(uint64_t guild_id, struct str name, bool available, bool removed, void *arg);
	void (*on_channel)(const struct gateway_channel *c, void *arg);
	void (*on_message)(const struct gateway_message *m, void *arg);
	void (*on_message_deleted)(const struct gateway_message *m, void *arg);
	void (*on_interaction)(const struct interaction *in, void *arg);
	void (*on_session)(const struct gateway_session *s, void *arg); /* worth saving; at READY, and when it ends */
	/* It will not try again until gateway_start(): close code and a sentence with what to change. */
	void (*on_stopped)(int close_code, const char *sentence, void *arg);
	/* Something Discord sent that could not be used (and was left out): for the log. */
	void (*on_warning)(const char *sentence, void *arg);
};

struct gateway_options {
	const char *token; /* COPIED */
	unsigned intents;
	bool compress;			       /* zlib-stream */
	const struct gateway_session *session; /* COPIED; NULL: none */
	const uint64_t *channels;	       /* COPIED: channels that on_channel is wanted for (at most 256) */
	unsigned channel_count;
};
enum {
	GATEWAY_CHANNELS_MAX = 256,
	GATEWAY_IDENTIFIES_PER_DAY_MAX = 900,
	GATEWAY_MESSAGE_BYTES_MAX = 128 * 1024 * 1024
};

/* rest is SHARED and must outlive the gateway (it asks for the address and the IDENTIFY budget). */
struct gateway *gateway_new(
	struct loop *loop, struct net *net, struct rest *rest, const struct gateway_listener *l, void *arg);
void gateway_free(struct gateway *g); /* drops the connection so that the session can be resumed; NULL is fine */
/* Again: with the new options, reconnecting; the session is kept if token and intents are the same. False: no memory, or
 * something in the options that cannot be. */
bool gateway_start(struct gateway *g, const struct gateway_options *o);
/* keep: close 4000, else 1000. Without callbacks. Let the loop turn a little, so that the close frame gets out. */
void gateway_stop(struct gateway *g, bool keep_session);
/* After gateway_stop(): its close frame is on its way, or not answered yet. on_state (GATEWAY_STOPPED) tells when that is over. */
bool gateway_is_leaving(const struct gateway *g);

enum gateway_state gateway_state_of(const struct gateway *g);
const struct gateway_session *gateway_session_of(const struct gateway *g);
struct gateway_stats {
	uint32_t latency_ms; /* heartbeat to ACK; 0 until known */
	uint64_t events, bytes, reconnects, resumes, identifies;
	size_t largest_message_bytes;
};
struct gateway_stats gateway_stats_of(const struct gateway *g);

#endif
