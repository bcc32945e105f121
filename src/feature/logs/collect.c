#include "feature/logs/collect.h"

#include "base/clock.h"
#include "discord/message.h"

#include <string.h>

enum {
	/* An escaped back-tick has four bytes, a byte that is no UTF-8 becomes three. */
	LINE_BYTES_MAX = DOCKER_LOG_LINE_BYTES_MAX * 4 + 64,
	STAMP_BYTES_MAX = 40 /* "2026-11-22T18:40:01.123456789+01:00" */
};

void log_collect_init(struct log_collect *c, const struct log_query *query, enum log_form form, size_t keep_bytes)
{
	size_t most = form == LOG_FOR_FILE ? LOG_FILE_BYTES_MAX : LOG_VIEW_BYTES_MAX;

	*c = (struct log_collect){.query = *query, .form = form};
	c->keep_bytes = keep_bytes && keep_bytes < most ? keep_bytes : most;
	c->keep_lines = form == LOG_FOR_FILE ? LOG_SCAN_LINES_MAX : query->lines;
	/* A quarter of slack: what was dropped is moved away once in a while, not with each line. */
	buf_init(&c->text, MEM_LOGS, c->keep_bytes + c->keep_bytes / 4);
	buf_init(&c->line, MEM_LOGS, LINE_BYTES_MAX);
}

void log_collect_clear(struct log_collect *c)
{
	buf_clear(&c->text);
	buf_clear(&c->line);
	c->head = 0;
	c->lines = 0;
}

/* ---- keeping ---- */

static size_t kept_bytes(const struct log_collect *c)
{
	return c->text.length - c->head;
}

static void drop_oldest(struct log_collect *c)
{
	const char *begin = c->text.data + c->head;
	const char *end = memchr(begin, '\n', kept_bytes(c));

	c->head += end ? (size_t)(end - begin) + 1 : kept_bytes(c);
	c->lines--;
}

static void keep(struct log_collect *c, struct str line)
{
	if (line.n > c->keep_bytes) {
		c->too_small = true;
		return;
	}
	while (c->lines && (c->lines >= c->keep_lines || kept_bytes(c) + line.n > c->keep_bytes))
		drop_oldest(c);
	if (c->text.length + line.n > c->text.max) {
		buf_consume(&c->text, c->head);
		c->head = 0;
	}
	if (buf_add_view(&c->text, line))
		c->lines++;
	else
		c->too_small = true;
}

/* ---- one line ---- */

/* Takes the engine's time stamp off the front; empty if there is none. */
static struct str take_stamp(struct str *line)
{
	const char *blank = memchr(line->p, ' ', line->n < STAMP_BYTES_MAX ? line->n : STAMP_BYTES_MAX);
	struct str stamp = {line->p, blank ? (size_t)(blank - line->p) : line->n};

	if (stamp.n < 20 || stamp.n >= STAMP_BYTES_MAX || stamp.p[4] != '-' || stamp.p[10] != 'T')
		return STR("");
	line->p += stamp.n;
	line->n -= stamp.n;
	if (blank) {
		line->p++;
		line->n--;
	}
	return stamp;
}

/* Progress bars write one line over and over: what a terminal shows in the end is what stands behind the last
 * return. */
static struct str last_writing(struct str line)
{
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	for (size_t i = line.n; i > 0; i--)
		if (line.p[i - 1] == '\r')
			return (struct str){line.p + i, line.n - i};
	return line;
}

static bool is_stream_wanted(const struct log_collect *c, enum docker_log_stream stream)
{
	return c->query.streams == LOG_BOTH || (c->query.streams == LOG_STDERR) == (stream == DOCKER_STDERR);
}

/* Appends the words of one line to c->line, as the form wants them. */
static void add_words(struct log_collect *c, struct str line, bool cut)
{
	struct str shown = line;

	if (c->form == LOG_FOR_EYES)
		shown = utf8_prefix(line, LOG_LINE_CHARS_MAX);
	if (c->form == LOG_FOR_EYES)
		message_escape_code(&c->line, shown);
	else
		message_strip_codes(&c->line, shown);
	if (cut || shown.n < line.n)
		buf_add_str(&c->line, "…");
}

static bool is_wanted(struct log_collect *c, struct str line)
{
	bool wanted;

	if (!c->query.search[0])
		return true;
	/* Searched without colours: they stand in the middle of words. The whole line, not only what is shown
	 * of it. */
	buf_reset(&c->line);
	message_strip_codes(&c->line, line);
	wanted = str_contains_nocase(buf_view(&c->line), str_of(c->query.search));
	buf_reset(&c->line);
	return wanted;
}

static void add_front(struct log_collect *c, enum docker_log_stream stream, struct str stamp)
{
	if (c->form == LOG_FOR_EYES) {
		if (stream == DOCKER_STDERR && c->query.streams == LOG_BOTH)
			buf_add_str(&c->line, LOG_MARK);
		return;
	}
	buf_add_view(&c->line, stamp);
	buf_add_str(&c->line, stream == DOCKER_STDERR ? " err " : " out ");
}

static int64_t seconds_of(struct str stamp)
{
	char text[STAMP_BYTES_MAX];

	str_copy(text, sizeof text, stamp);
	return clock_parse_rfc3339_s(text);
}

void log_collect_add(struct log_collect *c, enum docker_log_stream stream, struct str line, bool cut)
{
	struct str stamp = take_stamp(&line);

	c->read++;
	line = last_writing(line);
	if (!is_stream_wanted(c, stream) || !is_wanted(c, line))
		return;
	c->found++;
	if (stamp.n)
		c->newest_s = seconds_of(stamp);
	c->has_stderr = c->has_stderr || stream == DOCKER_STDERR;
	buf_reset(&c->line);
	add_front(c, stream, stamp);
	add_words(c, line, cut);
	buf_add_char(&c->line, '\n');
	keep(c, buf_view(&c->line));
}

/* ---- what is kept ---- */

struct str log_collect_text(const struct log_collect *c)
{
	return (struct str){buf_text(&c->text) + c->head, kept_bytes(c)};
}

struct str log_collect_newest(const struct log_collect *c, size_t max_chars, unsigned *ret_lines)
{
	struct str all = log_collect_text(c);
	size_t from = all.n, chars = 0;
	unsigned lines = 0;

	while (from > 0) {
		size_t begin = from - 1;
		while (begin > 0 && all.p[begin - 1] != '\n')
			begin--;
		size_t more = utf8_count((struct str){all.p + begin, from - begin});
		if (chars + more > max_chars)
			break;
		chars += more;
		from = begin;
		lines++;
	}
	*ret_lines = lines;
	return (struct str){all.p + from, all.n - from};
}
