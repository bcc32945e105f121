#include "config/doc_edit.h"

#include "base/json_writer.h"

#include <string.h>

/* d with the bytes [from, to) replaced. */
static bool splice(struct doc *d, uint32_t from, uint32_t to, struct str with)
{
	struct doc changed;
	size_t length = d->length - (to - from) + with.n;
	char *text = mem_alloc(MEM_CONFIG, length + 1);
	if (!text)
		return false;
	memcpy(text, d->text, from);
	if (with.n)
		memcpy(text + from, with.p, with.n);
	memcpy(text + from + with.n, d->text + to, d->length - to);
	text[length] = '\0';
	if (!doc_parse(&changed, text, length)) {
		doc_clear(&changed);
		return false;
	}
	doc_clear(d);
	*d = changed;
	return true;
}

bool doc_replace(struct doc *d, doc_ref at, struct str json)
{
	return splice(d, d->nodes[at].start, d->nodes[at].end, json);
}

/* White space between the opening bracket and the first member: "\n  " in a file that Python indented. */
static struct str lead_of(const struct doc *d, doc_ref object)
{
	doc_ref first = doc_first(d, object);
	if (first == DOC_NONE)
		return STR("");
	uint32_t from = d->nodes[object].start + 1;
	return (struct str){d->text + from, d->nodes[first].key_start - from};
}

/* The first member of an empty object: indented one step deeper than the object's own line. */
static void add_lead(struct buf *b, const struct doc *d, doc_ref object, bool closing)
{
	struct str unit = lead_of(d, DOC_ROOT);
	const char *line = unit.n ? memrchr(unit.p, '\n', unit.n) : NULL;
	if (!line && doc_first(d, DOC_ROOT) != DOC_NONE)
		return; /* a file on one line stays so */
	struct str step = line ? (struct str){line + 1, (size_t)(unit.p + unit.n - line - 1)} : STR("  ");
	unsigned depth = 0;
	for (uint32_t i = 0; i < d->count; i++) /* containers that enclose this one */
		depth += i != object && d->nodes[i].start < d->nodes[object].start &&
			 d->nodes[i].end >= d->nodes[object].end;
	buf_add_char(b, '\n');
	for (unsigned i = 0; i < depth + !closing; i++)
		buf_add_view(b, step);
}

static struct str after_colon(const struct doc *d)
{
	doc_ref first = doc_first(d, DOC_ROOT);
	if (first == DOC_NONE || doc_type(d, DOC_ROOT) != DOC_OBJECT)
		return STR(": ");
	const struct doc_node *n = &d->nodes[first];
	struct str between = {d->text + n->key_end, n->start - n->key_end};
	return between.n && between.n < 8 && !memchr(between.p, '\n', between.n) ? between : STR(": ");
}

static bool insert(struct doc *d, doc_ref object, struct str key, struct str json)
{
	struct buf b;
	doc_ref last = DOC_NONE;
	buf_init(&b, MEM_CONFIG, DOC_BYTES_MAX);
	doc_each (d, m, object)
		last = m;
	uint32_t at = last != DOC_NONE ? d->nodes[last].end : d->nodes[object].start + 1;
	uint32_t to = at;
	if (last != DOC_NONE) {
		buf_add_char(&b, ',');
		buf_add_view(&b, lead_of(d, object));
	} else {
		to = d->nodes[object].end - 1;
		add_lead(&b, d, object, false);
	}
	doc_quote(&b, key, doc_is_ascii(d));
	buf_add_view(&b, after_colon(d));
	buf_add_view(&b, json);
	if (last == DOC_NONE)
		add_lead(&b, d, object, true);
	bool ok = !b.overflow && splice(d, at, to, buf_view(&b));
	buf_clear(&b);
	return ok;
}

bool doc_set(struct doc *d, const struct str *path, unsigned count, struct str json)
{
	doc_ref object = DOC_ROOT;
	unsigned depth = 0;
	if (count == 0 || doc_type(d, DOC_ROOT) != DOC_OBJECT)
		return false;
	for (; depth < count; depth++) {
		doc_ref next = doc_get_view(d, object, path[depth]);
		if (next == DOC_NONE)
			break;
		if (depth + 1 == count)
			return doc_replace(d, next, json);
		if (doc_type(d, next) != DOC_OBJECT)
			return doc_replace(d, next, STR("{}")) && doc_set(d, path, count, json);
		object = next;
	}
	if (depth + 1 == count)
		return insert(d, object, path[depth], json);
	return insert(d, object, path[depth], STR("{}")) && doc_set(d, path, count, json);
}

static bool cut_member(struct doc *d, doc_ref object, doc_ref member)
{
	doc_ref before = DOC_NONE;
	for (doc_ref m = doc_first(d, object); m != member; m = doc_next(d, m))
		before = m;
	const struct doc_node *n = &d->nodes[member];
	uint32_t from = n->key_start, to = n->end;
	if (before != DOC_NONE)
		from = d->nodes[before].end; /* with the comma in front */
	else if (n->next != DOC_NONE)
		to = d->nodes[n->next].key_start; /* with the comma behind */
	else
		from = d->nodes[object].start + 1, to = d->nodes[object].end - 1;
	return splice(d, from, to, STR(""));
}

bool doc_remove(struct doc *d, const struct str *path, unsigned count)
{
	for (;;) {
		doc_ref object = DOC_ROOT;
		for (unsigned i = 0; i + 1 < count && object != DOC_NONE; i++)
			object = doc_get_view(d, object, path[i]);
		doc_ref member = object != DOC_NONE ? doc_get_view(d, object, path[count - 1]) : DOC_NONE;
		if (member == DOC_NONE)
			return true;
		if (!cut_member(d, object, member))
			return false;
	}
}

bool doc_is_ascii(const struct doc *d)
{
	for (size_t i = 0; i < d->length; i++)
		if ((unsigned char)d->text[i] >= 0x80)
			return false;
	return strstr(d->text, "\\u") != NULL;
}

static void add_utf16(struct buf *out, uint32_t cp)
{
	if (cp < 0x10000) {
		buf_printf(out, "\\u%04x", (unsigned)cp);
		return;
	}
	cp -= 0x10000;
	buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + (cp >> 10)), (unsigned)(0xDC00 + (cp & 0x3FF)));
}

bool doc_quote(struct buf *out, struct str text, bool ascii)
{
	buf_add_char(out, '"');
	while (text.n && ascii) {
		uint32_t cp;
		size_t n = utf8_step(text, &cp);
		if (n > 1)
			add_utf16(out, cp);
		else
			json_escape(out, (struct str){text.p, 1});
		n = n ? n : 1;
		text.p += n, text.n -= n;
	}
	json_escape(out, text);
	return buf_add_char(out, '"') && !out->overflow;
}
