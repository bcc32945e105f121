/*
 * user_actions.json, as the original's viewer reads it: a JSON list, oldest first. A new entry is written over the closing
 * bracket, so that nothing is rewritten for it; what a crash has torn is mended when the file is opened, and entries of the
 * original stay as they are.
 */
#ifndef FEATURE_AUDIT_ACTIONS_H
#define FEATURE_AUDIT_ACTIONS_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

enum {
	ACTIONS_KEPT = 10000, /* entries, as the original keeps them */
	ACTIONS_SLACK = 500   /* more may stand there until the oldest are taken out: once for so many acts */
};

struct actions {
	char *path; /* NULL: none */
	/* the file as we left it; another one, or another state of it, is read anew */
	uint64_t file;
	int64_t size, time_ns;
	int64_t end; /* behind the last entry: there the next one goes */
	unsigned count;
};

bool actions_init(struct actions *a, const char *folder); /* NULL or "": none. False: no memory */
void actions_clear(struct actions *a);
/* json: one whole object. Blocks for a disk write of its size, now and then for a copy of the file. */
bool actions_append(struct actions *a, struct str json, struct err *err);

#endif
