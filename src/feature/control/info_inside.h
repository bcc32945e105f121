/* What info.c (what is shown) and info_dialogs.c (what is typed) share. Nobody else includes this. */
#ifndef FEATURE_CONTROL_INFO_INSIDE_H
#define FEATURE_CONTROL_INFO_INSIDE_H

#include "feature/control/turn.h"
#include "feature/info/attempts.h"
#include "loop/helper.h"

struct info {
	struct control *c;
	struct helper *helper;
	struct list looks; /* struct look: wait for the public address */
	struct list jobs;  /* struct job: wait for the helper */
	struct attempts attempts;
};

enum { LOOKS_MAX = 32, JOBS_MAX = HELPER_WAITING_MAX };

void info_jobs_end(struct info *i); /* ddc ends: each is recorded as interrupted */
/* The container may be looked at by this person; otherwise the answer has been given. */
const struct config_container *info_find(const struct turn *t, enum policy_verb verb, struct str name);
bool info_may(const struct turn *t, enum policy_verb verb, const struct config_container *k); /* without a word */

void info_ask_password(const struct turn *t, struct str container);
void info_ask_edit(const struct turn *t, struct str container, bool secret);

#endif
