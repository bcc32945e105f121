/* The acting half of the engine's stand-in: what was asked for is written down, and the test answers when it likes. */
#ifndef TESTS_UNIT_FAKES_DOCKER_ACT_FAKE_H
#define TESTS_UNIT_FAKES_DOCKER_ACT_FAKE_H

#include "docker_fake.h"

enum fake_call_kind { FAKE_ACT, FAKE_REFRESH, FAKE_USAGE, FAKE_LOGS };

struct fake_call {
	enum fake_call_kind kind;
	char name[CONTAINER_NAME_BYTES];
	enum docker_action action;
	int stop_timeout_s;
	ticket ticket;
	docker_done_fn *on_done; /* NULL once answered or forgotten */
	void *arg;
	struct docker_log_options log_options;
	struct docker_log_handler log; /* on_end NULL once ended or stopped */
};

struct docker_act_fake {
	struct fake_call calls[512];
	unsigned count;
	struct err refuse;	 /* code other than ERR_NONE: docker_act() starts nothing and says this */
	struct err refuse_usage; /* the same for docker_read_usage() */
};
extern struct docker_act_fake docker_act_fake;

void docker_act_fake_clear(void);
/* How often this action was asked of the engine; name NULL: of all containers. */
unsigned fake_acts(const char *name, enum docker_action action);
/* Answers the oldest open call of that kind for the container; text NULL: done. False: there is none. */
bool fake_answer(enum fake_call_kind kind, const char *name, const char *error_text);

/* The oldest open reading of a log; NULL: none. */
struct fake_call *fake_log(const char *name);
void fake_log_line(struct fake_call *c, enum docker_log_stream stream, const char *line);
void fake_log_end(struct fake_call *c, enum err_code code, const char *error_text); /* NULL: all was there */

#endif
