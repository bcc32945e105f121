/*
 * Objects of the folder as other programs expect them: every key that is known, with its type and its
 * default, and then whatever else stands there. What `ddc config show --json` prints is made of this.
 */
#ifndef CONFIG_SHAPE_H
#define CONFIG_SHAPE_H

#include "base/json_writer.h"
#include "config/doc.h"

enum shape_type {
	SHAPE_BOOL,
	SHAPE_INT,    /* within [min, max] unless both are 0 */
	SHAPE_NUMBER, /* as it is written, if it is a number */
	SHAPE_TEXT,   /* a number becomes its digits */
	SHAPE_TEXT_OR_NULL,
	SHAPE_ID,    /* text of digits, or null */
	SHAPE_TEXTS, /* list of texts and ids */
	SHAPE_ANY,
	SHAPE_OBJECT /* has rows of its own */
};

struct shape {
	const char *key;
	enum shape_type type;
	const char *otherwise;	  /* JSON: when it is missing or not of the type */
	const char *alias;	  /* another name that is read too, or NULL */
	const struct shape *rows; /* SHAPE_OBJECT; ends with a row without key */
	int64_t min, max;
	unsigned characters_max; /* of a text; 0: any */
	const char *
		allowed; /* words with blanks between, one of which it must be (or begin with, if that ends with /); NULL: any */
};

struct shape_writer {
	struct json_writer *w;
	bool reveal; /* secrets too */
};

/* object: DOC_NONE gives all defaults. */
void shape_object(
	const struct shape_writer *s, const char *key, const struct doc *d, doc_ref object, const struct shape *rows);
/* The members only, into an object that is open; without those named in but (NULL, or ending with NULL). */
void shape_members(const struct shape_writer *s, const struct doc *d, doc_ref object, const struct shape *rows,
	const char *const *but);
/* Any value, with secrets masked by the names of their keys. */
void shape_value(const struct shape_writer *s, const char *key, const struct doc *d, doc_ref value);
/* "***" for text under a key that names a secret. */
void shape_secret(const struct shape_writer *s, const char *key, const char *text);
bool shape_is_secret(struct str key);

extern const struct shape container_shape[], stored_info_shape[], info_shape[], channel_shape[], spam_shape[],
	task_shape[], rules_shape[], rule_shape[], translation_shape[], pair_shape[];

#endif
