/* A Discord REST client that sends nothing: what was asked for is written down, and the test answers when it likes. */
#ifndef TESTS_UNIT_FAKES_REST_FAKE_H
#define TESTS_UNIT_FAKES_REST_FAKE_H

#include "discord/rest.h"

struct fake_request {
	enum rest_method method;
	char path[96];
	char *body; /* NULL: none */
	bool has_nonce;
	ticket ticket;
	rest_done_fn *on_done; /* NULL once answered or cancelled */
	void *arg;
};

struct rest_fake {
	struct fake_request requests[2048];
	unsigned count;		/* ever */
	unsigned wait_ms;	/* what rest_wait_ms() says */
	unsigned spare_wait_ms; /* what it says to those who leave some to others */
	unsigned invalid;	/* what rest_invalid() says */
	bool full;		/* rest_send() takes nothing */
	bool stopped;		/* nor will it for long: the token was refused */
};
extern struct rest_fake rest_fake;
#define FAKE_REST ((struct rest *)&rest_fake)

void rest_fake_clear(void);
unsigned fake_open_requests(void);					   /* not answered yet */
unsigned fake_open_requests_of(const char *part);			   /* of these, with part in the path */
unsigned fake_sent(enum rest_method method);				   /* ever */
struct fake_request *fake_last(void);					   /* NULL: none */
struct fake_request *fake_open(enum rest_method method, const char *part); /* the oldest open one; NULL: none */

/* Answers it. status 0: no answer at all. id: of the message, on success. */
void fake_reply(struct fake_request *r, int status, int code, uint64_t id);

#endif
