/*
 * What stands around control/ in its tests: the objects that it needs, one setup and teardown, a board and an
 * audit that only remember, and a person. Used with config_fake, docker_act_fake and answer_fake.
 */
#ifndef CONTROL_STAGE_H
#define CONTROL_STAGE_H

#include "base/clock.h"
#include "fakes/answer_fake.h"
#include "fakes/config_fake.h"
#include "fakes/docker_act_fake.h"
#include "feature/control/control.h"
#include "feature/control/respond.h"
#include "feature/status/board.h"
#include "loop/loop.h"

#define STAGE_NOW_MS UINT64_C(5000000)
#define STAGE_WALL_S INT64_C(1790000000)

extern struct loop *loop;
extern struct pending *pending;
extern struct cooldowns *cooldowns;
extern struct control *control;
extern uint32_t gateway_ms; /* what /ping is told; 42 at the beginning */

/* The last panel that the board took over. */
extern struct stage_adopted {
	uint64_t channel_id, message_id;
	enum panel_kind kind;
	unsigned count;
} adopted;

/* The last audit record: "action target source result reason", and two of them alone; and the first of all records, a line each. */
extern struct stage_record {
	char line[400], result[24], reason[200], all[2048];
	unsigned count;
} record;

/* What control is made with. A test that needs more than the stage has (a folder, a reload) fills that in before. */
extern struct control_parts parts;

int stage_setup(void **state);
int stage_teardown(void **state);

void pass_ms(uint64_t ms); /* on both clocks; one turn of the loop */
/* As Discord would send it, in English; Anna is FAKE_ADMIN, everybody else is Bob. IDs and tokens count from
 * 50001. */
struct interaction interaction(enum interaction_type type, uint64_t user, uint64_t channel);

#endif
