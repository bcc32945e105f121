#include "base/json_reader.h"

#include "base/bug.h"

#include <string.h>

enum state {
	ST_VALUE,      /* a value must come */
	ST_FIRST_ITEM, /* a value or ']' */
	ST_FIRST_KEY,  /* a key or '}' */
	ST_KEY,	       /* a key must come */
	ST_COLON,
	ST_AFTER, /* ',' or the end of what is open */
	ST_STRING,
	ST_ESCAPE,    /* behind a backslash */
	ST_UNICODE,   /* inside \uXXXX */
	ST_NUM_MINUS, /* behind '-': a digit must come */
	ST_NUM_ZERO,  /* behind a leading 0: no further digit */
	ST_NUM_INT,
	ST_NUM_POINT, /* behind '.': a digit must come */
	ST_NUM_FRACTION,
	ST_NUM_E,      /* behind 'e': sign or digit */
	ST_NUM_E_SIGN, /* behind the sign: a digit must come */
	ST_NUM_EXPONENT,
	ST_LITERAL,
	ST_DONE,
	ST_BAD
};

/* Keys are kept only as long as a path can hold them; a longer key cannot match anything. */
enum { KEY_BYTES_MAX = 128 };

static bool bad(struct json_reader *r, const char *sentence)
{
	r->state = ST_BAD;
	if (!r->stopped)
		r->error = sentence;
	return false;
}

/* ---- the path and the table ---- */

static bool segment_matches(struct str segment, const char **pattern)
{
	const char *p = *pattern;
	if (segment.p[0] == '.' && p[0] == '.' && p[1] == '*' && (p[2] == '\0' || p[2] == '.' || p[2] == '[')) {
		*pattern = p + 2;
		return true;
	}
	if (strncmp(p, segment.p, segment.n) != 0)
		return false;
	*pattern = p + segment.n;
	return true;
}

/* Most patterns differ from the path before any '*': that is seen without looking at the levels. */
static bool path_matches(const struct json_reader *r, const char *pattern)
{
	size_t same = 0;
	while (same < r->path_length && pattern[same] == r->path[same] && pattern[same] != '*')
		same++;
	if (pattern[same] != '*')
		return same == r->path_length && pattern[same] == '\0';
	for (unsigned d = 1; d <= r->depth; d++) {
		size_t end = d < r->depth ? r->level_at[d + 1] : r->path_length;
		struct str segment = {r->path + r->level_at[d], end - r->level_at[d]};
		if (!segment.n || !segment_matches(segment, &pattern))
			return false;
	}
	return *pattern == '\0';
}

static int find_field(const struct json_reader *r)
{
	if (r->lost_path)
		return -1;
	for (size_t i = 0; i < r->field_count; i++)
		if (r->fields[i] && path_matches(r, r->fields[i]))
			return (int)i;
	return -1;
}

/* Replaces the last segment of the path (that of the current depth). */
static void set_segment(struct json_reader *r, char lead, struct str rest)
{
	size_t at = r->level_at[r->depth];
	if (r->lost_path && r->depth > r->depth_lost)
		return;
	if (at + 1 + rest.n > sizeof r->path) {
		r->lost_path = true;
		r->depth_lost = r->depth;
		r->path_length = (uint16_t)at;
		return;
	}
	r->lost_path = false;
	r->path[at] = lead;
	if (rest.n)
		memcpy(r->path + at + 1, rest.p, rest.n);
	r->path_length = (uint16_t)(at + 1 + rest.n);
}

static struct str last_key(const struct json_reader *r)
{
	size_t at = r->level_at[r->depth];
	if (r->depth == 0 || r->lost_path || r->path[at] != '.')
		return (struct str){"", 0};
	return (struct str){r->path + at + 1, r->path_length - at - 1};
}

static bool emit(struct json_reader *r, enum json_type type, int field)
{
	struct json_event event = {.type = type, .field = field, .key = last_key(r)};
	if (type == JSON_STRING || type == JSON_NUMBER) {
		event.text = buf_view(&r->text);
		event.truncated = r->truncated;
	}
	if (r->on_event(&event, r->arg))
		return true;
	r->stopped = true;
	return bad(r, NULL);
}

/* ---- values ---- */

static bool after_value(struct json_reader *r)
{
	r->state = r->depth ? ST_AFTER : ST_DONE;
	return true;
}

static bool open_container(struct json_reader *r, bool array)
{
	int field = find_field(r);
	if (field >= 0 && !emit(r, array ? JSON_ARRAY : JSON_OBJECT, field))
		return false;
	if (r->depth == JSON_DEPTH_MAX)
		return bad(r, "nested too deeply");
	r->depth++;
	r->level_at[r->depth] = r->path_length;
	r->is_array = array ? r->is_array | UINT64_C(1) << r->depth : r->is_array & ~(UINT64_C(1) << r->depth);
	if (array)
		set_segment(r, '[', STR("]"));
	r->state = array ? ST_FIRST_ITEM : ST_FIRST_KEY;
	return true;
}

static bool in_array(const struct json_reader *r)
{
	return r->is_array >> r->depth & 1;
}

static bool close_container(struct json_reader *r, bool array)
{
	if (!r->depth || in_array(r) != array)
		return bad(r, array ? "']' where no array is open" : "'}' where no object is open");
	r->path_length = r->level_at[r->depth];
	if (r->lost_path && r->depth <= r->depth_lost)
		r->lost_path = false;
	r->depth--;
	int field = find_field(r);
	if (field >= 0 && !emit(r, array ? JSON_ARRAY_END : JSON_OBJECT_END, field))
		return false;
	return after_value(r);
}

static void begin_text(struct json_reader *r, bool key)
{
	buf_reset(&r->text);
	r->text.max = key ? KEY_BYTES_MAX : r->max_string_bytes;
	r->truncated = false;
	r->high_surrogate = 0;
	r->in_key = key;
	r->field = key ? -1 : find_field(r);
	r->wanted = key || r->field >= 0;
}

static bool begin_string(struct json_reader *r, bool key)
{
	begin_text(r, key);
	r->state = ST_STRING;
	return true;
}

static bool begin_number(struct json_reader *r, char c)
{
	begin_text(r, false);
	r->text.max = JSON_NUMBER_BYTES_MAX;
	buf_add_char(&r->text, c);
	r->state = c == '-' ? ST_NUM_MINUS : c == '0' ? ST_NUM_ZERO : ST_NUM_INT;
	return true;
}

static bool begin_literal(struct json_reader *r, const char *literal)
{
	r->literal = literal;
	r->literal_at = 1;
	r->state = ST_LITERAL;
	return true;
}

static bool begin_value(struct json_reader *r, char c)
{
	switch (c) {
	case '{': return open_container(r, false);
	case '[': return open_container(r, true);
	case '"': return begin_string(r, false);
	case 't': return begin_literal(r, "true");
	case 'f': return begin_literal(r, "false");
	case 'n': return begin_literal(r, "null");
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return begin_number(r, c);
		return bad(r, "a value was expected");
	}
}

static bool end_literal(struct json_reader *r)
{
	int field = find_field(r);
	enum json_type type = r->literal[0] == 't' ? JSON_TRUE : r->literal[0] == 'f' ? JSON_FALSE : JSON_NULL;
	if (field >= 0 && !emit(r, type, field))
		return false;
	return after_value(r);
}

/* ---- strings ---- */

static void keep(struct json_reader *r, const char *bytes, size_t n)
{
	if (!r->wanted || r->truncated)
		return;
	if (!buf_add(&r->text, bytes, n)) {
		size_t room = r->text.max - r->text.length;
		if (room < n)
			buf_add(&r->text, bytes, room);
		r->truncated = true;
	}
}

static void keep_code_point(struct json_reader *r, uint32_t cp)
{
	char out[4];
	size_t n = utf8_put(out, cp);
	keep(r, n ? out : "\xEF\xBF\xBD", n ? n : 3);
}

/* A high surrogate waits for its other half; alone it is not a character. */
static void flush_surrogate(struct json_reader *r)
{
	if (r->high_surrogate)
		keep_code_point(r, 0xFFFFFFFF);
	r->high_surrogate = 0;
}

static void take_code_unit(struct json_reader *r, uint32_t unit)
{
	if (unit >= 0xDC00 && unit <= 0xDFFF && r->high_surrogate) {
		keep_code_point(r, 0x10000 + ((r->high_surrogate - 0xD800) << 10) + (unit - 0xDC00));
		r->high_surrogate = 0;
		return;
	}
	flush_surrogate(r);
	if (unit >= 0xD800 && unit <= 0xDBFF)
		r->high_surrogate = unit;
	else
		keep_code_point(r, unit);
}

/* Replaces what is not UTF-8 in the finished string; also a character that truncation cut in half. */
static void mend_utf8(struct json_reader *r)
{
	if (utf8_valid(buf_view(&r->text)))
		return;
	struct buf mended;
	buf_init(&mended, r->text.owner, r->text.max);
	struct str s = buf_view(&r->text);
	while (s.n) {
		size_t n = utf8_step(s, NULL);
		if (!n && r->truncated && s.n < 4)
			break;
		if (!(n ? buf_add(&mended, s.p, n) : buf_add_str(&mended, "\xEF\xBF\xBD")))
			break;
		s.p += n ? n : 1, s.n -= n ? n : 1;
	}
	buf_clear(&r->text);
	r->text = mended;
}

static bool end_string(struct json_reader *r)
{
	flush_surrogate(r);
	if (r->in_key) {
		set_segment(r, '.', r->truncated ? (struct str){r->path, sizeof r->path} : buf_view(&r->text));
		r->state = ST_COLON;
		return true;
	}
	if (r->wanted) {
		mend_utf8(r);
		if (!emit(r, JSON_STRING, r->field))
			return false;
	}
	return after_value(r);
}

static bool take_escape(struct json_reader *r, char c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	if (c == 'u') {
		r->escape_left = 4;
		r->code_unit = 0;
		r->state = ST_UNICODE;
		return true;
	}
	const char *at = c ? strchr(from, c) : NULL;
	if (!at)
		return bad(r, "unknown escape in a string");
	flush_surrogate(r);
	keep(r, &to[at - from], 1);
	r->state = ST_STRING;
	return true;
}

static bool take_hex(struct json_reader *r, char c)
{
	uint32_t digit = c >= '0' && c <= '9'	? (uint32_t)(c - '0')
			 : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
			 : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
						: 16;
	if (digit == 16)
		return bad(r, "\\u needs four hexadecimal digits");
	r->code_unit = r->code_unit << 4 | digit;
	if (--r->escape_left == 0) {
		take_code_unit(r, r->code_unit);
		r->state = ST_STRING;
	}
	return true;
}

/* The run of ordinary bytes at p; takes it in one step, because long unwanted strings are the bulk of a big message. */
static size_t string_run(struct json_reader *r, const char *p, size_t n)
{
	size_t i = 0;
	while (i < n && p[i] != '"' && p[i] != '\\' && (unsigned char)p[i] >= 0x20)
		i++;
	if (i) {
		flush_surrogate(r);
		keep(r, p, i);
	}
	return i;
}

static bool take_string(struct json_reader *r, char c)
{
	if (c == '"')
		return end_string(r);
	if (c == '\\') {
		r->state = ST_ESCAPE;
		return true;
	}
	return bad(r, "control character in a string");
}

/* ---- numbers ---- */

static bool number_may_end(enum state s)
{
	return s == ST_NUM_ZERO || s == ST_NUM_INT || s == ST_NUM_FRACTION || s == ST_NUM_EXPONENT;
}

static enum state number_next(enum state s, char c)
{
	bool digit = c >= '0' && c <= '9';
	switch (s) {
	case ST_NUM_MINUS: return c == '0' ? ST_NUM_ZERO : digit ? ST_NUM_INT : ST_BAD;
	case ST_NUM_INT:
		if (digit)
			return ST_NUM_INT;
		/* fall through */
	case ST_NUM_ZERO: return c == '.' ? ST_NUM_POINT : c == 'e' || c == 'E' ? ST_NUM_E : ST_BAD;
	case ST_NUM_POINT: return digit ? ST_NUM_FRACTION : ST_BAD;
	case ST_NUM_FRACTION: return digit ? ST_NUM_FRACTION : c == 'e' || c == 'E' ? ST_NUM_E : ST_BAD;
	case ST_NUM_E: return c == '+' || c == '-' ? ST_NUM_E_SIGN : digit ? ST_NUM_EXPONENT : ST_BAD;
	case ST_NUM_E_SIGN:
	case ST_NUM_EXPONENT: return digit ? ST_NUM_EXPONENT : ST_BAD;
	default: return ST_BAD;
	}
}

static bool end_number(struct json_reader *r)
{
	if (r->wanted && !emit(r, JSON_NUMBER, r->field))
		return false;
	return after_value(r);
}

/* Returns true if c was part of the number; false with ST_BAD for an error, with another state if the number ended
 * before c. */
static bool take_number(struct json_reader *r, char c)
{
	enum state next = number_next(r->state, c);
	if (next == ST_BAD) {
		if (number_may_end(r->state))
			end_number(r);
		else
			bad(r, "malformed number");
		return false;
	}
	if (!buf_add_char(&r->text, c)) {
		bad(r, "number too long");
		return false;
	}
	r->state = (unsigned char)next;
	return true;
}

/* ---- the machine ---- */

static bool take_literal(struct json_reader *r, char c)
{
	if (r->literal[r->literal_at] != c)
		return bad(r, "unknown word; true, false or null was expected");
	if (r->literal[++r->literal_at] == '\0')
		return end_literal(r);
	return true;
}

static bool take_after(struct json_reader *r, char c)
{
	if (c == ']' || c == '}')
		return close_container(r, c == ']');
	if (c != ',')
		return bad(r, "',' or the end of the object or array was expected");
	r->state = in_array(r) ? ST_VALUE : ST_KEY;
	return true;
}

static bool take_token(struct json_reader *r, char c)
{
	if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
		return true;
	switch ((enum state)r->state) {
	case ST_FIRST_ITEM:
		if (c == ']')
			return close_container(r, true);
		return begin_value(r, c);
	case ST_VALUE: return begin_value(r, c);
	case ST_FIRST_KEY:
		if (c == '}')
			return close_container(r, false);
		/* fall through */
	case ST_KEY: return c == '"' ? begin_string(r, true) : bad(r, "a key was expected");
	case ST_COLON:
		if (c != ':')
			return bad(r, "':' was expected");
		r->state = ST_VALUE;
		return true;
	case ST_AFTER: return take_after(r, c);
	case ST_DONE: return bad(r, "text behind the end of the JSON value");
	default: BUG("json_reader: state %d", r->state);
	}
}

bool json_reader_feed(struct json_reader *r, const void *bytes, size_t length)
{
	const char *p = bytes;
	for (size_t i = 0; i < length && r->state != ST_BAD;) {
		char c = p[i];
		size_t used = 1;
		switch ((enum state)r->state) {
		case ST_STRING:
			used = string_run(r, p + i, length - i);
			if (!used) {
				take_string(r, c);
				used = 1;
			}
			break;
		case ST_ESCAPE: take_escape(r, c); break;
		case ST_UNICODE: take_hex(r, c); break;
		case ST_LITERAL: take_literal(r, c); break;
		default:
			if (r->state >= ST_NUM_MINUS && r->state <= ST_NUM_EXPONENT)
				used = take_number(r, c) ? 1 : 0;
			else
				take_token(r, c);
		}
		i += used;
		r->offset += used;
	}
	return r->state != ST_BAD;
}

bool json_reader_finish(struct json_reader *r)
{
	if (r->depth == 0 && number_may_end(r->state))
		end_number(r);
	if (r->state == ST_DONE)
		return true;
	if (r->state != ST_BAD)
		bad(r, "the text ends in the middle of the JSON value");
	return false;
}

bool json_reader_done(const struct json_reader *r)
{
	return r->state == ST_DONE;
}

void json_reader_init(struct json_reader *r, enum mem_owner owner, const char *const *fields, size_t field_count,
	size_t max_string_bytes, json_event_fn *on_event, void *arg)
{
	memset(r, 0, sizeof *r);
	r->fields = fields;
	r->field_count = field_count;
	r->on_event = on_event;
	r->arg = arg;
	r->max_string_bytes = max_string_bytes;
	buf_init(&r->text, owner, max_string_bytes);
	r->state = ST_VALUE;
}

void json_reader_clear(struct json_reader *r)
{
	buf_clear(&r->text);
	r->state = ST_BAD;
}

void json_reader_reset(struct json_reader *r)
{
	struct buf text = r->text;
	json_reader_init(r, text.owner, r->fields, r->field_count, r->max_string_bytes, r->on_event, r->arg);
	buf_reset(&text);
	r->text = text;
}
