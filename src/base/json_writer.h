/*
 * Writes JSON into a buffer, commas and escapes included. In an object every call gets a key, in an array NULL.
 * Errors are those of the buffer: check buf->overflow once at the end.
 *
 *	struct json_writer w = json_writer_on(&body);
 *	json_begin_object(&w, NULL);
 *	json_string(&w, "content", STR("hello"));
 *	json_end_object(&w);
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/buf.h"

struct json_writer {
	struct buf *out; /* LENT */
	uint64_t filled; /* one bit per depth: something stands there already */
	unsigned depth;
};

struct json_writer json_writer_on(struct buf *out);

void json_begin_object(struct json_writer *w, const char *key);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w, const char *key);
void json_end_array(struct json_writer *w);

void json_string(struct json_writer *w, const char *key, struct str value); /* invalid UTF-8 becomes U+FFFD */
void json_text(struct json_writer *w, const char *key, const char *value);  /* NULL writes null */
void json_textf(struct json_writer *w, const char *key, const char *format, ...) __attribute__((format(printf, 3, 4)));
void json_int(struct json_writer *w, const char *key, int64_t value);
void json_double(struct json_writer *w, const char *key, double value, int decimals);
void json_bool(struct json_writer *w, const char *key, bool value);
void json_null(struct json_writer *w, const char *key);
void json_id(struct json_writer *w, const char *key, uint64_t id);	/* a snowflake, as a string; 0 writes null */
void json_raw(struct json_writer *w, const char *key, struct str json); /* json must be one whole value */

/* Escapes s as the inside of a JSON string. */
void json_escape(struct buf *out, struct str s);

#endif
