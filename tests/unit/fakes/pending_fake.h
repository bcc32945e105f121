/* Actions under way, as the test says. */
#ifndef TESTS_UNIT_FAKES_PENDING_FAKE_H
#define TESTS_UNIT_FAKES_PENDING_FAKE_H

#include "feature/control/pending.h"

struct pending_fake {
	struct pending_action actions[4];
	unsigned count;
};
extern struct pending_fake pending_fake;
#define FAKE_PENDING ((struct pending *)&pending_fake)

void pending_fake_add(const char *container, enum docker_action action, const char *user, int64_t since_s);

#endif
