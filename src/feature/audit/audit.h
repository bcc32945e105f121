/*
 * Who did what: one record per act, appended, never rewritten. audit.jsonl in the log folder is ours (one JSON object a line).
 * Without a log folder the record goes to the log alone.
 */
#ifndef FEATURE_AUDIT_AUDIT_H
#define FEATURE_AUDIT_AUDIT_H

#include "base/err.h"
#include "base/str.h"

struct audit;

struct audit_record {
	uint64_t user_id;
	struct str user;	/* display name */
	const char *action;	/* "start", "bulk_stop", … */
	struct str target;	/* container, channel, …; may be empty */
	const char *source;	/* "button", "command", "bulk", "select", "modal" */
	uint64_t channel_id;
	const char *result;	/* "done", "failed", "refused", "timed_out" */
	struct str reason;	/* the rule or the engine's sentence */
	uint32_t took_ms;
};

struct audit *audit_new(const char *log_dir); /* NULL folder is fine; COPIES */
void audit_free(struct audit *a);
void audit_write(struct audit *a, const struct audit_record *r);

#endif
