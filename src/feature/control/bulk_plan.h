/* What a run over all containers would do, before it is done: whom it concerns, whom it leaves out and why.
 */
#ifndef FEATURE_CONTROL_BULK_PLAN_H
#define FEATURE_CONTROL_BULK_PLAN_H

#include "feature/control/turn.h"

enum {
	PLAN_TEXT_BYTES_MAX = 16384,
	PLAN_LIST_CHARS_MAX = 1500 /* of names in one list; the rest is counted */
};

enum fate { ACT, LEAVE_OUT /* with a reason */, NOT_UP, NONE_OF_OURS };

/* ret_decision: why it is left out, or by which grant it is not. */
enum fate plan_fate_of(const struct control *c, const struct policy_subject *who, enum docker_action action,
	const struct config_container *settings, struct policy_decision *ret_decision);

struct plan {
	unsigned acts, not_up, unnamed; /* unnamed: of acts, those that no longer fitted into names */
	uint64_t hash;			/* of what would be acted on */
	struct buf names, left_out;
};

void plan_make(const struct turn *t, enum docker_action action, struct plan *plan);
void plan_clear(struct plan *plan);
void plan_add_names(struct buf *out, const struct plan *plan, enum tr_lang lang);

#endif
