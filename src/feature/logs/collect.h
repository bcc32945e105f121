/*
 * The end of a log as it passes by: lines go in, the newest that fit stay, ready to be shown. Never more is
 * kept than will be shown. Pure.
 *
 * For eyes: terminal codes and other control codes gone, back-ticks harmless, long lines cut, LOG_MARK in
 * front of what came over stderr (a mark and no colour: colours in a code block are not drawn by every
 * client, and then their codes stand in the text). For a file: one line as "time out|err text", whole.
 */
#ifndef FEATURE_LOGS_COLLECT_H
#define FEATURE_LOGS_COLLECT_H

#include "base/buf.h"
#include "docker/docker.h"
#include "feature/logs/query.h"

#define LOG_MARK "▍"

enum {
	LOG_LINE_CHARS_MAX = 300,	 /* of one line for eyes: eight lines of a phone */
	LOG_SHOWN_CHARS_MAX = 3500,	 /* of all: an embed holds 4,096, and words stand around it */
	LOG_VIEW_BYTES_MAX = 12 * 1024,	 /* kept for eyes, while the log is read: 3,500 characters of CJK and some */
	LOG_FILE_BYTES_MAX = 512 * 1024, /* of a file; two and a half times that while it is sent */
	LOG_FILE_BYTES_MIN = 1024
};

enum log_form { LOG_FOR_EYES, LOG_FOR_FILE };

struct log_collect {
	struct log_query query;
	enum log_form form;
	struct buf text;   /* lines, each with its line break */
	size_t head;	   /* what stands before it has been dropped */
	size_t keep_bytes; /* at most so much stays */
	unsigned keep_lines;
	unsigned lines;	      /* in text */
	unsigned read, found; /* lines that came; lines among them that were wanted */
	int64_t newest_s;     /* Unix time of the newest wanted line; 0: none, or its time is not known */
	bool has_stderr;      /* among those wanted */
	bool too_small;	      /* no memory: lines are missing */
	struct buf line;      /* being made */
};

/* COPIES query. keep_bytes: 0 for the maximum of the form. */
void log_collect_init(struct log_collect *c, const struct log_query *query, enum log_form form, size_t keep_bytes);
void log_collect_clear(struct log_collect *c);
/* line: with the engine's time stamp in front, as docker_logs() gives it with timestamps. */
void log_collect_add(struct log_collect *c, enum docker_log_stream stream, struct str line, bool cut);

struct str log_collect_text(const struct log_collect *c); /* everything that is kept */
/* The newest whole lines with at most max_chars characters altogether. */
struct str log_collect_newest(const struct log_collect *c, size_t max_chars, unsigned *ret_lines);

#endif
