/* What is remembered over a restart, without a file. */
#ifndef TESTS_UNIT_FAKES_STATE_FAKE_H
#define TESTS_UNIT_FAKES_STATE_FAKE_H

#include "config/state.h"

struct state_fake {
	struct {
		uint64_t channel_id, message_id;
		enum panel_kind kind;
	} panels[256];
	unsigned count;
};
extern struct state_fake state_fake;
#define FAKE_STATE ((struct state *)&state_fake)

#endif
