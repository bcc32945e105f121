/* Reads one answer of Discord as it arrives: status, headers of the rate limits, the few fields that everybody wants, and the
 * first form error with its path. Inside of rest.c. */
#ifndef DISCORD_REST_REPLY_H
#define DISCORD_REST_REPLY_H

#include "discord/ratelimit.h"

struct rest_reader {
	struct json_reader json;  /* our fields */
	struct json_reader asked; /* the caller's fields, of 2xx answers only */
	bool has_asked;
	struct rest_reply reply;
	struct ratelimit_answer limits;
	int64_t body_retry_ms; /* retry_after of the body, -1: none */
	char form_path[64], form_text[96];
	size_t bytes; /* of the body */
};

/* fields may be NULL. LENDS fields and arg for the life of the reader. */
void rest_reader_init(
	struct rest_reader *r, const char *const *fields, size_t field_count, json_event_fn *on_field, void *arg);
void rest_reader_clear(struct rest_reader *r);
/* header: gives the value of a header (lower case), an empty view if there is none. */
void rest_reader_head(struct rest_reader *r, int status, struct str (*header)(const char *name, void *arg), void *arg);
void rest_reader_body(struct rest_reader *r, struct str bytes);
/* After the last byte. False if this was no answer of Discord's: not JSON, or cut in the middle. Completes reply and limits. */
bool rest_reader_end(struct rest_reader *r);

#endif
