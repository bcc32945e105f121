/*
 * Discord's REST API: one line of requests per rate-limit bucket, in order, never against the limit.
 * Source: Discord API, "Rate Limits", "Reference".
 *
 * The bucket is learnt from the answers' headers; until then the route with its major parameter stands for it. 429s are obeyed
 * by scope and the request is sent again; so are 5xx and lost connections for what may be repeated (GET, PUT, PATCH,
 * DELETE, and POSTs that carry a nonce). After a 401 everything stops until rest_set_token(). 403s stop nothing here: the
 * owner of the channel decides.
 */
#ifndef DISCORD_REST_H
#define DISCORD_REST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/histogram.h"
#include "base/json_reader.h"
#include "base/ticket.h"
#include "net/net.h"

struct rest;

enum {
	REST_QUEUE_MAX = 256,	/* requests waiting or under way, all buckets */
	REST_BUCKETS_MAX = 128, /* remembered; idle ones are forgotten first */
	REST_TRIES_MAX = 5,
	REST_BODY_BYTES_MAX = 64 * 1024, /* of one request without files */
	REST_FILE_BYTES_MAX =
		1024 * 1024, /* of one file; twice that while it is sent, so keep it below where you can */
	/* Answers in ten minutes that Discord counts as invalid; it bans at 10,000. From here on nothing is sent that nobody waits for ... */
	REST_INVALID_PER_10_MIN_MAX = 1000,
	REST_INVALID_OF_INTERACTIONS_MAX = 5000 /* ... and from here on nothing at all */
};

enum rest_method { REST_GET, REST_POST, REST_PUT, REST_PATCH, REST_DELETE };

/* What every answer is searched for. Texts are cut to fit. */
struct rest_reply {
	int status;	   /* HTTP; 0 if there was no answer at all */
	int code;	   /* Discord's JSON error code, 0 if none */
	char message[160]; /* Discord's words for the error, with the path of the first form error if there is one */
	uint64_t id;	   /* .id of the answer (a message, a channel, an application) */
	uint64_t channel_id;
	uint32_t took_ms; /* from sending to the end of the answer */
};

/* Exactly once, from the loop. err NULL on 2xx. err->text is fit for a log line: no token, no path with one. It must not call
 * rest_free(). */
typedef void rest_done_fn(const struct rest_reply *reply, const struct err *err, void *arg);

/* One file beside the JSON. Source: Discord API, "Uploading Files". */
struct rest_file {
	const char *name;	  /* LENT for the call; shown to people */
	const char *content_type; /* LENT for ever: a literal */
	struct buf *data;	  /* TAKES the bytes, also on failure */
};

struct rest_request {
	enum rest_method method;
	const char *path;	      /* "/channels/123/messages/456", without base; LENT for the call */
	struct buf *body;	      /* JSON; TAKES the bytes, also on failure; NULL: none */
	const struct rest_file *file; /* NULL: none. LENT for the call; the body says its name (message_file()) */
	bool interaction; /* callback or webhook by token: no Authorization, outside the global limit, before others;
				 first answers (/interactions/…) before edits of answers */
	bool once;	  /* never repeat after a lost answer (a POST without nonce is treated so anyway) */
	bool has_nonce;	  /* POST that may be repeated */
	bool replayed; /* first answer: another process may have given one. "Already answered" is an error then, also behind a
				 try of ours whose answer was lost; otherwise it was that try, and counts as success */
	unsigned
		expires_ms; /* not sent any more after this many ms in the line (0: never): answers that come too late */
	/* More of the answer (2xx only), as a stream of JSON events with on_done's arg; NULL: only struct rest_reply. LENT for the
	 * request's life. Of an answer that broke off and was asked for again the events begin again. */
	const char *const *fields;
	size_t field_count;
	bool (*on_field)(const struct json_event *event, void *arg);
};

/* api_base: "https://discord.com/api/v10"; http only to loopback addresses. COPIES it. */
struct rest *rest_new(struct loop *loop, struct net *net, const char *api_base, struct err *err);
void rest_free(struct rest *r);				/* without calling back; NULL is fine */
bool rest_set_token(struct rest *r, const char *token); /* COPIES; also clears the stop after a 401 */
/* After a 401, or too many invalid requests; after those, interactions go on. */
bool rest_stopped(const struct rest *r);
unsigned rest_invalid(const struct rest *r); /* answers of the last ten minutes that Discord counts as invalid */

bool rest_token_refused(const struct rest *r); /* after a 401 */

/* LENDS q. TICKET_NONE: nothing was started (err: line full, stopped, body too large). */
ticket rest_send(struct rest *r, const struct rest_request *q, rest_done_fn *on_done, void *arg, struct err *err);
void rest_cancel(struct rest *r, ticket t); /* no callback any more; what was not sent is not sent */
/* ms until a request on this path would be sent if asked for now (0: at once), as far as one can tell: for coalescing edits. spare: so
 * many requests of what Discord allows on that path in one window are to stay free for what has more hurry. */
unsigned rest_wait_ms(const struct rest *r, enum rest_method method, const char *path, unsigned spare);

struct rest_stats {
	uint64_t requests, failures, rate_limited, retries, invalid;
	unsigned waiting;
	uint32_t last_latency_ms;
	struct histogram durations; /* of everything that was answered */
};
struct rest_stats rest_stats_of(const struct rest *r);
void rest_close_idle(struct rest *r); /* memory is short: connections that nobody uses now are made again later */
void rest_trim(struct rest *r);	      /* the same for rate limits that are over */

#endif
