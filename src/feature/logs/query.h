/* What somebody wants to see of a log. A value; its short form stands in custom IDs, so that buttons work
 * after a restart. Pure. */
#ifndef FEATURE_LOGS_QUERY_H
#define FEATURE_LOGS_QUERY_H

#include "base/str.h"

#include <stdint.h>

enum log_since { LOG_SINCE_ALL, LOG_SINCE_10_MIN, LOG_SINCE_HOUR, LOG_SINCE_DAY, LOG_SINCE_COUNT };
enum log_streams { LOG_BOTH, LOG_STDOUT, LOG_STDERR, LOG_STREAMS_COUNT };

enum {
	LOG_LINES_MAX = 1000,	    /* that a view may ask for; about fifty of them fit into a message */
	LOG_SCAN_LINES_MAX = 10000, /* the newest, looked through by a search or for a file: about a megabyte */
	LOG_SEARCH_BYTES = 64,
	LOG_QUERY_TEXT_BYTES = 8
};

struct log_query {
	unsigned lines; /* 1 … LOG_LINES_MAX */
	enum log_since since;
	enum log_streams streams;
	char search[LOG_SEARCH_BYTES]; /* "": everything */
};

/* "50hb": lines, since, streams; the search is not in it. */
void log_query_format(char out[LOG_QUERY_TEXT_BYTES], const struct log_query *q);
bool log_query_parse(struct str text, struct log_query *ret_query); /* search is left as it is */

/* The words of the command's choices: "10m", "1h", "24h"; "stdout", "stderr". Anything else is all, or both.
 */
enum log_since log_since_of(struct str word);
enum log_streams log_streams_of(struct str word);
const char *log_since_word(enum log_since since); /* "all" for the first */

int64_t log_query_since_s(const struct log_query *q, int64_t now_s); /* Unix time; 0: from the beginning */
/* How many of the newest lines must be read so that q.lines of them may be left. */
unsigned log_query_tail(const struct log_query *q);

#endif
