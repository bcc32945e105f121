/* What the files of a log's view share. Nobody else includes this. */
#ifndef FEATURE_CONTROL_LOGS_INSIDE_H
#define FEATURE_CONTROL_LOGS_INSIDE_H

#include "feature/control/turn.h"
#include "feature/logs/fetch.h"

enum { LOG_SEARCH_CHARS_MAX = 40, LOG_USER_BYTES = 40, LOG_TEXT_BYTES_MAX = EMBED_DESCRIPTION_CHARS_MAX * 4 };

/* What stands at the end of a view that is not live any more. */
enum ending { NOT_ENDED, ENDED_STOPPED, ENDED_OVER, ENDED_TOKEN, ENDED_DENIED };

struct log_view {
	struct list link;
	struct control *c;
	ticket reply;
	uint64_t message_id; /* 0: not known (it was a new message) */
	uint64_t answers;    /* the interaction that the message is the answer to */
	struct policy_subject who;
	uint64_t *roles; /* who.roles: a live view is asked again each time, long after the press */
	enum tr_lang lang;
	char name[CONTAINER_NAME_BYTES];
	struct log_query query;
	struct log_fetch *fetch;
	bool file, live, by_token;
	enum ending ending;
	struct timer *timer;
	unsigned refreshes_left;
	uint64_t received_ms, until_ms;
	int64_t until_s;
	/* for the record, once */
	bool record;
	char user[LOG_USER_BYTES];
	const char *source, *what;
};

/* What a press does; the letters stand in custom IDs: <container>:<act><query>[:<search>]. */
enum log_act { ACT_REFRESH = 'r', ACT_LIVE = 'l', ACT_STOP = 's', ACT_SEARCH = 'q', ACT_SINCE = 't', ACT_FILE = 'f' };

const char *log_id(char out[CUSTOM_ID_BYTES], enum custom_verb verb, enum log_act act, struct str name,
	const struct log_query *query, const char *search);

/* ---- logs_show.c ---- */
/* log NULL: err says why there is none; both NULL: only how it ended. */
void log_view_draw(struct log_view *v, const struct log_collect *log, const struct err *err);
/* What was collected becomes the file of the answer. */
void log_view_send_file(struct log_view *v, struct log_collect *log);

#endif
