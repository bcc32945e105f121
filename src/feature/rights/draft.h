/* A grant as somebody types it, word for word: kept until it is right, so that nothing is typed twice. */
#ifndef FEATURE_RIGHTS_DRAFT_H
#define FEATURE_RIGHTS_DRAFT_H

#include "config/rights.h"
#include "i18n/tr.h"

enum {
	DRAFT_MAY_CHARS_MAX = 100, /* all ten words with commas are 60 */
	DRAFT_CONTAINERS_CHARS_MAX = 500,
	DRAFT_HOURS_CHARS_MAX = 20,
	DRAFT_PER_HOUR_CHARS_MAX = 4
};

struct grant_draft {
	bool everyone;
	bool who_is_role;
	uint64_t who_id;     /* 0: nobody yet */
	uint64_t channel_id; /* 0: everywhere */
	char may[DRAFT_MAY_CHARS_MAX * 4 + 1], containers[DRAFT_CONTAINERS_CHARS_MAX * 4 + 1];
	char hours[DRAFT_HOURS_CHARS_MAX * 4 + 1], per_hour[DRAFT_PER_HOUR_CHARS_MAX * 4 + 1];
	char note[GRANT_NOTE_CHARS_MAX * 4 + 1];
};

/* Fills g (which LENDS of d and targets); a line for each field that cannot be used goes to problems. Who it
 * is for is the caller's to ask: nobody is no problem here. */
bool draft_read(const struct grant_draft *d, struct config_grant *g, struct buf *targets, enum tr_lang lang,
	struct buf *problems);
/* The same for the containers alone. */
bool draft_read_targets(
	struct str typed, bool groups_too, struct buf *targets, enum tr_lang lang, struct buf *problems);

enum tr_key draft_right_key(enum right r); /* what the right is for, in a few words */

#endif
