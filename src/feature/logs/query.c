#include "feature/logs/query.h"

#include <stdio.h>
#include <string.h>

static const struct {
	char letter;
	const char *word;
	int64_t seconds;
} sinces[LOG_SINCE_COUNT] = {
	[LOG_SINCE_ALL] = {'a', "all", 0},
	[LOG_SINCE_10_MIN] = {'m', "10m", 600},
	[LOG_SINCE_HOUR] = {'h', "1h", 3600},
	[LOG_SINCE_DAY] = {'d', "24h", 86400},
};

static const struct {
	char letter;
	const char *word;
} streams[LOG_STREAMS_COUNT] = {
	[LOG_BOTH] = {'b', "both"},
	[LOG_STDOUT] = {'o', "stdout"},
	[LOG_STDERR] = {'e', "stderr"},
};

void log_query_format(char out[LOG_QUERY_TEXT_BYTES], const struct log_query *q)
{
	unsigned lines = q->lines > LOG_LINES_MAX ? LOG_LINES_MAX : q->lines;

	snprintf(out, LOG_QUERY_TEXT_BYTES, "%u%c%c", lines, sinces[q->since].letter, streams[q->streams].letter);
}

bool log_query_parse(struct str text, struct log_query *ret_query)
{
	struct log_query q = *ret_query;
	int64_t lines;
	bool since_known = false, streams_known = false;

	if (text.n < 3 || !str_to_int((struct str){text.p, text.n - 2}, 1, LOG_LINES_MAX, &lines))
		return false;
	q.lines = (unsigned)lines;
	for (int i = 0; i < LOG_SINCE_COUNT; i++) {
		if (sinces[i].letter == text.p[text.n - 2]) {
			q.since = (enum log_since)i;
			since_known = true;
		}
	}
	for (int i = 0; i < LOG_STREAMS_COUNT; i++) {
		if (streams[i].letter == text.p[text.n - 1]) {
			q.streams = (enum log_streams)i;
			streams_known = true;
		}
	}
	if (since_known && streams_known)
		*ret_query = q;
	return since_known && streams_known;
}

enum log_since log_since_of(struct str word)
{
	for (int i = 0; i < LOG_SINCE_COUNT; i++)
		if (str_is(word, sinces[i].word))
			return (enum log_since)i;
	return LOG_SINCE_ALL;
}

enum log_streams log_streams_of(struct str word)
{
	for (int i = 0; i < LOG_STREAMS_COUNT; i++)
		if (str_is(word, streams[i].word))
			return (enum log_streams)i;
	return LOG_BOTH;
}

const char *log_since_word(enum log_since since)
{
	return sinces[since].word;
}

int64_t log_query_since_s(const struct log_query *q, int64_t now_s)
{
	return q->since == LOG_SINCE_ALL ? 0 : now_s - sinces[q->since].seconds;
}

unsigned log_query_tail(const struct log_query *q)
{
	/* The engine counts its last lines before anybody looks for words or streams. */
	return q->search[0] || q->streams != LOG_BOTH ? LOG_SCAN_LINES_MAX : q->lines;
}
