/*
 * A JSON document that stays what it is: its text, and a table of where each value stands in it. Values are
 * read out on demand and with every digit they were written with; a change (doc_edit.h) replaces only the
 * bytes of that value, so that unknown keys, key order, escapes and white space are never touched. RFC 8259,
 * and what Python's reader takes besides: NaN and Infinity, lone surrogates, duplicate keys (the last one
 * counts).
 *
 * Why no library: a tree loses the spelling of numbers, the places, and duplicate keys, and ids of 20 digits
 * do not fit its integers (docs/decisions).
 */
#ifndef CONFIG_DOC_H
#define CONFIG_DOC_H

#include "base/buf.h"

enum doc_type { DOC_OBJECT, DOC_ARRAY, DOC_STRING, DOC_NUMBER, DOC_TRUE, DOC_FALSE, DOC_NULL };

typedef uint32_t doc_ref;
#define DOC_ROOT ((doc_ref)0)
#define DOC_NONE UINT32_MAX

enum {
	DOC_BYTES_MAX = 8 * 1024 * 1024, /* the longest file of the original, a full action history, has about 2 MiB */
	DOC_VALUES_MAX = 200000		 /* that history has 100,000; their table is 28 bytes each */
};

/* Things that the original would refuse, and we read all the same. */
enum { DOC_HAS_BOM = 1 << 0, DOC_HAS_RAW_CONTROL = 1 << 1, DOC_HAS_BAD_UTF8 = 1 << 2, DOC_HAS_DUPLICATES = 1 << 3 };

struct doc_node {
	uint32_t start, end;	     /* bytes of the text, quotes and brackets included */
	uint32_t key_start, key_end; /* of the key with its quotes; equal if there is none */
	doc_ref first, next;	     /* child, sibling */
	enum doc_type type;
};

struct doc {
	char *text; /* owned; followed by a NUL */
	size_t length;
	struct doc_node *nodes;
	uint32_t count, capacity;
	unsigned oddities;
	const char *error; /* static; NULL while all is well */
	uint32_t error_at;
};

/* TAKES text (base/mem, length + 1 bytes, terminated). False with d->error and d->error_at; d must be cleared
 * either way. */
bool doc_parse(struct doc *d, char *text, size_t length);
bool doc_parse_copy(struct doc *d, struct str text);
void doc_clear(struct doc *d);

enum doc_type doc_type(const struct doc *d, doc_ref r);
const char *doc_type_name(enum doc_type type); /* "a list", "true", … for sentences */
struct str doc_raw(const struct doc *d, doc_ref r);
unsigned doc_line(const struct doc *d, uint32_t at); /* from 1 */

doc_ref doc_first(const struct doc *d, doc_ref parent); /* DOC_NONE if empty or no container */
doc_ref doc_next(const struct doc *d, doc_ref r);
#define doc_each(d, pos, parent) for (doc_ref pos = doc_first(d, parent); pos != DOC_NONE; pos = doc_next(d, pos))

/* The last member of that name; DOC_NONE if object is none, or DOC_NONE itself. */
doc_ref doc_get(const struct doc *d, doc_ref object, const char *key);
doc_ref doc_get_view(const struct doc *d, doc_ref object, struct str key);
/* "info.custom_ip": member of a member. No key in our tables has a dot in it. */
doc_ref doc_path(const struct doc *d, doc_ref object, const char *path);
bool doc_key_is(const struct doc *d, doc_ref member, const char *key);

/* Adds the decoded string (or key) to out, as valid UTF-8. */
bool doc_decode(const struct doc *d, doc_ref string, struct buf *out);
bool doc_decode_key(const struct doc *d, doc_ref member, struct buf *out);

#endif
