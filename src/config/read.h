/*
 * Lenient reading, the same way everywhere: what can be understood is used, what cannot becomes a problem
 * (one sentence with file, place, value and what is allowed) and the default. Values are judged by the table
 * of options.
 */
#ifndef CONFIG_READ_H
#define CONFIG_READ_H

#include "base/list.h"
#include "config/doc.h"
#include "config/options.h"

enum { PROBLEMS_MAX = 500 }; /* a folder with more is broken in one way; the rest is only counted */

struct reading {
	struct list *problems; /* of struct config_problem; LENT */
	unsigned problem_count;
	bool no_memory;
};

/* A document being read, with its name for sentences. */
struct spot {
	struct reading *reading;
	const char *file;
	const struct doc *doc;
};

/* at: where it stands (for the line), or DOC_NONE. place: "info.custom_port", may be "". */
void read_problem(const struct spot *s, doc_ref at, const char *place, bool is_error, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* False if the file is absent, or cannot be used (a problem says why). doc must be cleared either way. */
bool read_doc(struct reading *r, const char *folder, const char *file, struct doc *doc);
/* As above, and a problem if the document is not of the type. */
bool read_doc_of(struct reading *r, const char *folder, const char *file, enum doc_type type, struct doc *doc);

/* The value of an option: number for bools and numbers, text (owned by the caller, MEM_CONFIG) for the
 * others. False if it is null, or not understood (then a problem says so): take the default. at may be
 * DOC_NONE. */
bool read_number(const struct spot *s, doc_ref at, const struct option *o, const char *place, int64_t *ret_number);
bool read_text(const struct spot *s, doc_ref at, const struct option *o, const char *place, char **ret_text);
/* Text or a whole number, 17 to 20 digits, exact. */
bool read_id(const struct spot *s, doc_ref at, const char *place, uint64_t *ret_id);
bool read_is_nothing(const struct spot *s, doc_ref at); /* null, or "": how the original writes "none" */
/* Any scalar as text, without judging it: "25565", "true". NULL for null, lists and objects, or without
 * memory. */
char *read_scalar(const struct spot *s, doc_ref at);
/* A string of at most max_bytes into out (terminated); false if at is no string. */
bool read_short(const struct spot *s, doc_ref at, char *out, size_t size);

#endif
