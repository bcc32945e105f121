/*
 * Who did what: one record per act, refusals too, appended, never rewritten. audit.jsonl in the log folder is ours (one JSON object a
 * line); user_actions.json beside it is the original's, for its viewer (actions.h). Without a log folder the record goes to the
 * log alone.
 */
#ifndef FEATURE_AUDIT_AUDIT_H
#define FEATURE_AUDIT_AUDIT_H

#include "base/err.h"
#include "base/str.h"

struct audit;

enum {
	AUDIT_FILE_BYTES_MAX = 4 * 1024 * 1024, /* about 15,000 acts; then audit.jsonl becomes .1, .1 becomes .2 … */
	AUDIT_FILES_KEPT = 4			/* besides the one that is written */
};

struct audit_record {
	uint64_t user_id;
	struct str user;    /* display name */
	const char *action; /* "start", "bulk_stop", … */
	struct str target;  /* container, channel, …; may be empty */
	const char *source; /* "button", "command", "bulk", "select", "modal" */
	uint64_t channel_id;
	/* "done", "failed", "refused", "timed_out", "cancelled" (before it began); "not_done": Discord did not accept the answer, so
	 * that it was not begun; "interrupted": ddc was stopped meanwhile */
	const char *result;
	struct str reason; /* the rule or the engine's sentence */
	uint32_t took_ms;
};

struct audit *audit_new(const char *log_dir); /* NULL folder is fine; COPIES */
void audit_free(struct audit *a);
/* The zone that localtime() goes by, as the settings call it. COPIES. */
void audit_set_zone(struct audit *a, const char *name);
/* Told of each record as it is written, folder or not; one listener. */
typedef void audit_fn(const struct audit_record *r, void *arg);
void audit_listen(struct audit *a, audit_fn *on_record, void *arg);
void audit_write(struct audit *a, const struct audit_record *r);

#endif
