/* A REST client for answers to interactions: keeps long paths and bodies, and hands out the ID that an answer carries inside. */
#ifndef TESTS_UNIT_FAKES_ANSWER_FAKE_H
#define TESTS_UNIT_FAKES_ANSWER_FAKE_H

#include "discord/rest.h"
#include "i18n/tr.h"

struct fake_request {
	enum rest_method method;
	char path[700];
	char *body; /* "" if none */
	char *file; /* NULL if none */
	char file_name[64];
	struct rest_request asked;
	rest_done_fn *on_done; /* NULL once answered or cancelled */
	void *arg;
};

struct answer_fake {
	struct fake_request requests[512];
	unsigned count;
	uint32_t last_latency_ms;
	bool refused; /* the board cannot write its panels: */
	enum tr_key refused_advice;
};
extern struct answer_fake answer_fake;
#define FAKE_REST ((struct rest *)&answer_fake)

void answer_fake_clear(void);
struct fake_request *answer_fake_last(void);
/* Answers all that wait, in order, new ones included; id: of the message that the answer names (0: it names none). */
void answer_fake_answer_all(uint64_t id);
void answer_fake_answer(struct fake_request *r, int status, int code, uint64_t id);

#endif
