/*
 * Reads the gateway's messages as a stream: a message of 10 MB costs what the few wanted fields cost. The keys come in any order
 * ("t" may stand behind "d"), so what several events share is collected first and told apart at the end.
 * Source: Discord API, "Gateway Events". Inside of the gateway. Pure.
 */
#ifndef DISCORD_GATEWAY_WIRE_H
#define DISCORD_GATEWAY_WIRE_H

#include "discord/interaction_reader.h"

enum gateway_op {
	OP_DISPATCH = 0,
	OP_HEARTBEAT = 1,
	OP_IDENTIFY = 2,
	OP_RESUME = 6,
	OP_RECONNECT = 7,
	OP_INVALID_SESSION = 9,
	OP_HELLO = 10,
	OP_HEARTBEAT_ACK = 11,
	OP_NONE = -1
};

enum gateway_event_name {
	EVENT_UNKNOWN, /* not said, or one that ddc has no use for */
	EVENT_READY,
	EVENT_RESUMED,
	EVENT_GUILD_CREATE,
	EVENT_GUILD_UPDATE,
	EVENT_GUILD_DELETE,
	EVENT_CHANNEL_CREATE,
	EVENT_CHANNEL_UPDATE,
	EVENT_CHANNEL_DELETE,
	EVENT_THREAD_CREATE,
	EVENT_THREAD_UPDATE,
	EVENT_THREAD_DELETE,
	EVENT_THREAD_LIST_SYNC,
	EVENT_MESSAGE_CREATE,
	EVENT_MESSAGE_DELETE,
	EVENT_MESSAGE_DELETE_BULK,
	EVENT_INTERACTION_CREATE
};

enum {
	WIRE_STRING_BYTES_MAX = 24 * 1024, /* the longest text of an interaction: 6,000 characters of 4 bytes */
	WIRE_NAME_BYTES = 404,		   /* 100 characters of 4 bytes, and the NUL */
	WIRE_CHANNELS_MAX = 256,	   /* wanted ones in one message */
	WIRE_IDS_MAX = 200		   /* guilds of READY, messages deleted at once (Discord: 100) */
};

struct wire_channel {
	uint64_t id, last_message_id;
	int type;
	char name[WIRE_NAME_BYTES];
};

/* One message. What it did not say is 0, "" or false. */
struct wire_event {
	int op;
	enum gateway_event_name name;
	bool has_seq;
	int64_t seq;
	bool d_true; /* op 9: may be resumed */
	int64_t heartbeat_interval_ms;
	char session_id[64], resume_url[256];
	bool session_cut; /* one of them was longer */
	uint64_t id, guild_id, channel_id, user_id, author_id, application_id;
	int type;
	bool unavailable;
	struct wire_channel self; /* name, type, last message of a channel event; the name of a guild */
	size_t bytes;
};

struct wire {
	struct json_reader json;
	struct wire_event event;
	struct interaction_reader interaction;
	struct wire_channel open; /* the channel being read in a list */
	struct buf channels;	  /* struct wire_channel[] */
	uint64_t ids[WIRE_IDS_MAX];
	unsigned id_count;
	bool name_known, interaction_off;
	/* LENT: ids of the channels that are wanted out of lists; NULL: none. */
	const uint64_t *wanted;
	unsigned wanted_count;
};

void wire_init(struct wire *w);
void wire_clear(struct wire *w);
void wire_begin(struct wire *w); /* a new message */
/* False once it is not JSON; the rest of the message may still be fed. */
bool wire_feed(struct wire *w, const void *bytes, size_t length);
/* The whole message, valid until wire_begin(); NULL if it was none, *ret_problem says why. */
const struct wire_event *wire_end(struct wire *w, const char **ret_problem);

unsigned wire_channel_count(const struct wire *w);
const struct wire_channel *wire_channel_at(const struct wire *w, unsigned i);
const struct interaction *wire_interaction(struct wire *w, const char **ret_problem);

#endif
