#include "base/json_writer.h"

#include "base/bug.h"

#include <inttypes.h>
#include <stdarg.h>

struct json_writer json_writer_on(struct buf *out)
{
	return (struct json_writer){.out = out};
}

/* How much of s stands for itself: most of most texts. */
static size_t plain_run(struct str s)
{
	size_t i = 0;
	while (i < s.n && s.p[i] >= 32 && s.p[i] < 127 && s.p[i] != '"' && s.p[i] != '\\')
		i++;
	return i;
}

void json_escape(struct buf *out, struct str s)
{
	static const char short_for[32] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	while (s.n) {
		size_t run = plain_run(s);
		buf_add(out, s.p, run);
		s.p += run, s.n -= run;
		if (!s.n)
			break;
		size_t n = utf8_step(s, NULL);
		unsigned char c = (unsigned char)s.p[0];
		if (!n)
			buf_add_str(out, "\xEF\xBF\xBD");
		else if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < 32 && short_for[c])
			buf_printf(out, "\\%c", short_for[c]);
		else if (c < 32 || c == 127)
			buf_printf(out, "\\u%04x", c);
		else
			buf_add(out, s.p, n);
		s.p += n ? n : 1, s.n -= n ? n : 1;
	}
}

static void begin_item(struct json_writer *w, const char *key)
{
	if (w->filled >> w->depth & 1)
		buf_add_char(w->out, ',');
	w->filled |= UINT64_C(1) << w->depth;
	if (!key)
		return;
	buf_add_char(w->out, '"');
	json_escape(w->out, str_of(key));
	buf_add_str(w->out, "\":");
}

static void open_with(struct json_writer *w, const char *key, char c)
{
	begin_item(w, key);
	buf_add_char(w->out, c);
	if (++w->depth >= 64)
		BUG("json_writer: too deep");
	w->filled &= ~(UINT64_C(1) << w->depth);
}

static void close_with(struct json_writer *w, char c)
{
	if (w->depth-- == 0)
		BUG("json_writer: nothing is open");
	buf_add_char(w->out, c);
}

void json_begin_object(struct json_writer *w, const char *key)
{
	open_with(w, key, '{');
}

void json_end_object(struct json_writer *w)
{
	close_with(w, '}');
}

void json_begin_array(struct json_writer *w, const char *key)
{
	open_with(w, key, '[');
}

void json_end_array(struct json_writer *w)
{
	close_with(w, ']');
}

void json_string(struct json_writer *w, const char *key, struct str value)
{
	begin_item(w, key);
	buf_add_char(w->out, '"');
	json_escape(w->out, value);
	buf_add_char(w->out, '"');
}

void json_text(struct json_writer *w, const char *key, const char *value)
{
	if (value)
		json_string(w, key, str_of(value));
	else
		json_null(w, key);
}

void json_textf(struct json_writer *w, const char *key, const char *format, ...)
{
	struct buf text;
	va_list ap;
	buf_init(&text, w->out->owner, w->out->max);
	va_start(ap, format);
	if (!buf_vprintf(&text, format, ap))
		w->out->overflow = true;
	va_end(ap);
	json_string(w, key, buf_view(&text));
	buf_clear(&text);
}

void json_int(struct json_writer *w, const char *key, int64_t value)
{
	begin_item(w, key);
	buf_printf(w->out, "%" PRId64, value);
}

void json_double(struct json_writer *w, const char *key, double value, int decimals)
{
	begin_item(w, key);
	if (value != value || value > 1e300 || value < -1e300)
		buf_add_str(w->out, "null"); /* JSON has no NaN and no infinity */
	else
		buf_printf(w->out, "%.*f", decimals, value);
}

void json_bool(struct json_writer *w, const char *key, bool value)
{
	begin_item(w, key);
	buf_add_str(w->out, value ? "true" : "false");
}

void json_null(struct json_writer *w, const char *key)
{
	begin_item(w, key);
	buf_add_str(w->out, "null");
}

void json_id(struct json_writer *w, const char *key, uint64_t id)
{
	begin_item(w, key);
	if (id)
		buf_printf(w->out, "\"%" PRIu64 "\"", id);
	else
		buf_add_str(w->out, "null");
}

void json_raw(struct json_writer *w, const char *key, struct str json)
{
	begin_item(w, key);
	buf_add_view(w->out, json);
}
