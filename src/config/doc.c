#include "config/doc.h"

#include <string.h>

/* The parser walks with a loop, not with recursion: a file of a million brackets costs table, not stack. The
 * container being filled is `open`; while it is open its `next` holds its parent. */
struct parser {
	struct doc *d;
	uint32_t at;
	doc_ref open, last; /* last: the child before */
	uint32_t key_start, key_end;
};

static bool fail(struct parser *p, const char *why)
{
	if (!p->d->error) {
		p->d->error = why;
		p->d->error_at = p->at;
	}
	return false;
}

static char peek(const struct parser *p)
{
	return p->at < p->d->length ? p->d->text[p->at] : '\0';
}

static void skip_space(struct parser *p)
{
	while (peek(p) == ' ' || peek(p) == '\t' || peek(p) == '\n' || peek(p) == '\r')
		p->at++;
}

static struct doc_node *add_node(struct parser *p, enum doc_type type)
{
	struct doc *d = p->d;
	if (d->count == DOC_VALUES_MAX) {
		fail(p, "the file holds more than 200,000 values");
		return NULL;
	}
	if (d->count == d->capacity) {
		uint32_t more = d->capacity ? d->capacity * 2 : 32;
		struct doc_node *grown = mem_realloc(MEM_CONFIG, d->nodes, more * sizeof *grown);
		if (!grown) {
			fail(p, "there is no memory to read it");
			return NULL;
		}
		d->nodes = grown;
		d->capacity = more;
	}
	doc_ref r = d->count++;
	if (p->last != DOC_NONE)
		d->nodes[p->last].next = r;
	else if (p->open != DOC_NONE)
		d->nodes[p->open].first = r;
	p->last = r;
	d->nodes[r] = (struct doc_node){.start = p->at,
		.end = p->at,
		.key_start = p->key_start,
		.key_end = p->key_end,
		.first = DOC_NONE,
		.next = DOC_NONE,
		.type = type};
	p->key_start = p->key_end = 0;
	return &d->nodes[r];
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool skip_escape(struct parser *p)
{
	char c = p->at + 1 < p->d->length ? p->d->text[p->at + 1] : '\0';
	p->at += 2;
	if (c == 'u') {
		for (int i = 0; i < 4; i++, p->at++)
			if (!is_hex(peek(p)))
				return fail(p, "\\u must be followed by four hexadecimal digits");
		return true;
	}
	return (c && strchr("\"\\/bfnrt", c)) || fail(p, "there is no such escape after the backslash");
}

static bool skip_string(struct parser *p)
{
	struct doc *d = p->d;
	p->at++;
	while (p->at < d->length) {
		unsigned char c = (unsigned char)d->text[p->at];
		if (c == '"') {
			p->at++;
			return true;
		}
		if (c == '\\') {
			if (!skip_escape(p))
				return false;
			continue;
		}
		if (c == 0)
			return fail(p, "there is a NUL byte in the file");
		if (c < 0x20)
			d->oddities |= DOC_HAS_RAW_CONTROL;
		size_t n = c < 0x80 ? 1 : utf8_step((struct str){d->text + p->at, d->length - p->at}, NULL);
		if (!n)
			d->oddities |= DOC_HAS_BAD_UTF8;
		p->at += (uint32_t)(n ? n : 1);
	}
	return fail(p, "a text that begins with \" has no end");
}

static bool skip_digits(struct parser *p)
{
	uint32_t from = p->at;
	while (peek(p) >= '0' && peek(p) <= '9')
		p->at++;
	return p->at > from || fail(p, "a digit is missing in the number");
}

static bool skip_word(struct parser *p, const char *word)
{
	size_t n = strlen(word);
	if (p->d->length - p->at < n || memcmp(p->d->text + p->at, word, n) != 0)
		return false;
	p->at += (uint32_t)n;
	return true;
}

static bool skip_number(struct parser *p)
{
	if (peek(p) == '-')
		p->at++;
	if (skip_word(p, "Infinity") || skip_word(p, "NaN"))
		return true;
	bool zero = peek(p) == '0';
	uint32_t from = p->at;
	if (!skip_digits(p))
		return false;
	if (zero && p->at > from + 1)
		return fail(p, "a number must not begin with 0");
	if (peek(p) == '.') {
		p->at++;
		if (!skip_digits(p))
			return false;
	}
	if (peek(p) == 'e' || peek(p) == 'E') {
		p->at++;
		if (peek(p) == '+' || peek(p) == '-')
			p->at++;
		return skip_digits(p);
	}
	return true;
}

static bool scalar(struct parser *p, enum doc_type type)
{
	struct doc_node *n = add_node(p, type);
	doc_ref r = p->last;
	if (!n)
		return false;
	bool ok = type == DOC_STRING   ? skip_string(p)
		  : type == DOC_NUMBER ? skip_number(p)
		  : type == DOC_TRUE   ? skip_word(p, "true")
		  : type == DOC_FALSE  ? skip_word(p, "false")
				       : skip_word(p, "null");
	p->d->nodes[r].end = p->at;
	return ok || fail(p, "here must stand a value: text in \" \", a number, true, false, null, { } or [ ]");
}

static bool open_container(struct parser *p, enum doc_type type)
{
	struct doc_node *n = add_node(p, type);
	if (!n)
		return false;
	n->next = p->open; /* the way back */
	p->open = p->last;
	p->last = DOC_NONE;
	p->at++;
	return true;
}

static void close_container(struct parser *p)
{
	struct doc_node *n = &p->d->nodes[p->open];
	doc_ref self = p->open;
	p->at++;
	n->end = p->at;
	p->open = n->next;
	n->next = DOC_NONE;
	p->last = self;
}

static bool value(struct parser *p)
{
	switch (peek(p)) {
	case '{': return open_container(p, DOC_OBJECT);
	case '[': return open_container(p, DOC_ARRAY);
	case '"': return scalar(p, DOC_STRING);
	case 't': return scalar(p, DOC_TRUE);
	case 'f': return scalar(p, DOC_FALSE);
	case 'n': return scalar(p, DOC_NULL);
	case '/':
	case '#': return fail(p, "comments are not allowed in JSON");
	case '\'': return fail(p, "texts are written with \", not with '");
	case '}':
	case ']': return fail(p, "there is a comma too many before this bracket");
	case '\0':
		if (p->at < p->d->length)
			return fail(p, "there is a NUL byte in the file");
		return fail(p, "the file ends too early");
	default:
		if (!strchr("-0123456789IN", peek(p)))
			return fail(p, "here must stand a value: text in \" \", a number, true, false, null, "
				       "{ } or [ ]");
		return scalar(p, DOC_NUMBER);
	}
}

static bool key(struct parser *p)
{
	skip_space(p);
	if (peek(p) == '}')
		return fail(p, "there is a comma too many before this bracket");
	if (peek(p) != '"')
		return fail(p, p->at >= p->d->length ? "the file ends too early" : "here must stand a name in \" \"");
	uint32_t start = p->at;
	if (!skip_string(p))
		return false;
	p->key_start = start;
	p->key_end = p->at;
	skip_space(p);
	if (peek(p) != ':')
		return fail(p, "a : is missing after the name");
	p->at++;
	return true;
}

static bool is_empty(const struct parser *p, bool object)
{
	return p->last == DOC_NONE && peek(p) == (object ? '}' : ']');
}

/* One round: a value (with its key), and every bracket that closes behind it. */
static bool next_value(struct parser *p)
{
	bool object = p->open != DOC_NONE && p->d->nodes[p->open].type == DOC_OBJECT;
	if (object && !key(p))
		return false;
	skip_space(p);
	doc_ref before = p->open;
	if (!value(p))
		return false;
	skip_space(p);
	if (p->open != before && !is_empty(p, p->d->nodes[p->open].type == DOC_OBJECT))
		return true;
	while (p->open != DOC_NONE) {
		object = p->d->nodes[p->open].type == DOC_OBJECT;
		skip_space(p);
		if (peek(p) == ',') {
			if (p->last == DOC_NONE)
				return fail(p, "there is a comma without a value before it");
			p->at++;
			return true;
		}
		if (peek(p) != (object ? '}' : ']'))
			return fail(p, p->at >= p->d->length ? "the file ends too early"
				       : object		     ? "a comma or } is missing"
							     : "a comma or ] is missing");
		close_container(p);
	}
	return true;
}

static bool check_start(struct parser *p)
{
	struct doc *d = p->d;
	const unsigned char *t = (const unsigned char *)d->text;
	if (d->length >= 2 && ((t[0] == 0xFF && t[1] == 0xFE) || (t[0] == 0xFE && t[1] == 0xFF)))
		return fail(p, "the file is written in UTF-16; save it as UTF-8");
	if (d->length >= 3 && memcmp(t, "\xEF\xBB\xBF", 3) == 0) {
		d->oddities |= DOC_HAS_BOM;
		p->at = 3;
	}
	skip_space(p);
	return p->at < d->length || fail(p, "the file is empty");
}

bool doc_parse(struct doc *d, char *text, size_t length)
{
	*d = (struct doc){.text = text, .length = length};
	struct parser p = {.d = d, .open = DOC_NONE, .last = DOC_NONE};
	if (length > DOC_BYTES_MAX)
		return fail(&p, "the file is larger than 8 MiB");
	if (!check_start(&p))
		return false;
	do
		if (!next_value(&p))
			return false;
	while (p.open != DOC_NONE);
	skip_space(&p);
	return p.at >= d->length || fail(&p, "there is more text behind the end of the document");
}

bool doc_parse_copy(struct doc *d, struct str text)
{
	char *copy = mem_strndup(MEM_CONFIG, text.n ? text.p : "", text.n);
	if (copy)
		return doc_parse(d, copy, text.n);
	*d = (struct doc){.error = "there is no memory to read it"};
	return false;
}

void doc_clear(struct doc *d)
{
	mem_free_secret(d->text);
	mem_free(d->nodes);
	*d = (struct doc){0};
}

enum doc_type doc_type(const struct doc *d, doc_ref r)
{
	return d->nodes[r].type;
}

const char *doc_type_name(enum doc_type type)
{
	static const char *const names[] = {[DOC_OBJECT] = "an object",
		[DOC_ARRAY] = "a list",
		[DOC_STRING] = "a text",
		[DOC_NUMBER] = "a number",
		[DOC_TRUE] = "true",
		[DOC_FALSE] = "false",
		[DOC_NULL] = "null"};
	return names[type];
}

struct str doc_raw(const struct doc *d, doc_ref r)
{
	return (struct str){d->text + d->nodes[r].start, d->nodes[r].end - d->nodes[r].start};
}

unsigned doc_line(const struct doc *d, uint32_t at)
{
	unsigned line = 1;
	for (uint32_t i = 0; i < at && i < d->length; i++)
		line += d->text[i] == '\n';
	return line;
}

doc_ref doc_first(const struct doc *d, doc_ref parent)
{
	return parent < d->count ? d->nodes[parent].first : DOC_NONE;
}

doc_ref doc_next(const struct doc *d, doc_ref r)
{
	return d->nodes[r].next;
}

static void put_code_point(struct buf *out, uint32_t cp)
{
	char bytes[4];
	size_t n = utf8_put(bytes, cp ? cp : 0xFFFD); /* our texts are C strings */
	if (n)
		buf_add(out, bytes, n);
	else
		buf_add_str(out, "\xEF\xBF\xBD"); /* half a surrogate pair */
}

static uint32_t hex4(const char *p)
{
	uint32_t v = 0;
	for (int i = 0; i < 4; i++)
		v = v << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
	return v;
}

/* p stands behind "\u"; returns the bytes used. */
static size_t unescape_unicode(struct buf *out, const char *p, const char *end)
{
	uint32_t cp = hex4(p);
	if (cp >= 0xD800 && cp < 0xDC00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u') {
		uint32_t low = hex4(p + 6);
		if (low >= 0xDC00 && low < 0xE000) {
			put_code_point(out, 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00));
			return 10;
		}
	}
	put_code_point(out, cp);
	return 4;
}

static bool decode(const char *p, const char *end, struct buf *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	while (p < end) {
		if (*p != '\\') {
			size_t n = utf8_step((struct str){p, (size_t)(end - p)}, NULL);
			if (n)
				buf_add(out, p, n);
			else
				buf_add_str(out, "\xEF\xBF\xBD");
			p += n ? n : 1;
			continue;
		}
		char c = p[1];
		p += 2;
		const char *at = strchr(from, c);
		if (c == 'u')
			p += unescape_unicode(out, p, end);
		else
			buf_add_char(out, at ? to[at - from] : c);
	}
	return !out->overflow;
}

bool doc_decode(const struct doc *d, doc_ref r, struct buf *out)
{
	const struct doc_node *n = &d->nodes[r];
	return n->type == DOC_STRING && decode(d->text + n->start + 1, d->text + n->end - 1, out);
}

bool doc_decode_key(const struct doc *d, doc_ref r, struct buf *out)
{
	const struct doc_node *n = &d->nodes[r];
	return n->key_end > n->key_start && decode(d->text + n->key_start + 1, d->text + n->key_end - 1, out);
}

static bool key_equals(const struct doc *d, doc_ref r, struct str wanted)
{
	const struct doc_node *n = &d->nodes[r];
	if (n->key_end == n->key_start)
		return false;
	struct str raw = {d->text + n->key_start + 1, n->key_end - n->key_start - 2};
	if (!memchr(raw.p, '\\', raw.n))
		return str_eq(raw, wanted);
	struct buf b;
	buf_init(&b, MEM_CONFIG, raw.n * 3);
	bool same = decode(raw.p, raw.p + raw.n, &b) && str_eq(buf_view(&b), wanted);
	buf_clear(&b);
	return same;
}

bool doc_key_is(const struct doc *d, doc_ref member, const char *name)
{
	return key_equals(d, member, str_of(name));
}

doc_ref doc_get_view(const struct doc *d, doc_ref object, struct str name)
{
	doc_ref found = DOC_NONE;
	if (object >= d->count || d->nodes[object].type != DOC_OBJECT)
		return DOC_NONE;
	doc_each (d, r, object)
		if (key_equals(d, r, name))
			found = r;
	return found;
}

doc_ref doc_get(const struct doc *d, doc_ref object, const char *name)
{
	return doc_get_view(d, object, str_of(name));
}

doc_ref doc_path(const struct doc *d, doc_ref object, const char *path)
{
	struct str rest = str_of(path);
	while (rest.n && object != DOC_NONE)
		object = doc_get_view(d, object, str_split(rest, '.', &rest));
	return object;
}
