/*
 * JSON as a stream (RFC 8259): bytes go in as they arrive from the network, and the fields somebody asked for come
 * out as events. Nothing else is kept, so a 10 MB message costs what its largest wanted string costs.
 *
 * What is wanted is a table of paths. A path is written as in ".d.member.roles[]": ".key" for a member of an object,
 * "[]" for any element of an array, ".*" for any key. The empty path is the document itself.
 *
 *	enum { F_ID, F_OPTION, F_OPTION_NAME };
 *	static const char *const fields[] = {
 *		[F_ID] = ".d.id", [F_OPTION] = ".d.options[]", [F_OPTION_NAME] = ".d.options[].name",
 *	};
 *
 * Strings arrive decoded, as valid UTF-8 (what is not becomes U+FFFD). Numbers arrive as they were written, so that ids
 * keep every digit. A path may appear only once in the table.
 */
#ifndef BASE_JSON_READER_H
#define BASE_JSON_READER_H

#include "base/buf.h"

enum json_type {
	JSON_OBJECT, /* begins */
	JSON_OBJECT_END,
	JSON_ARRAY, /* begins */
	JSON_ARRAY_END,
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL
};

struct json_event {
	enum json_type type;
	int field;	 /* index into the table of paths */
	struct str key;	 /* the last key on the way here (for ".*"); empty in an array */
	struct str text; /* JSON_STRING and JSON_NUMBER; valid during the call only */
	bool truncated;	 /* the string was longer than max_string_bytes; text is its beginning */
};

/* Called from json_reader_feed(). Returning false ends the reading: feed returns false and stopped is set. */
typedef bool json_event_fn(const struct json_event *event, void *arg);

enum {
	JSON_DEPTH_MAX = 48,	   /* Discord's deepest message is about 20 */
	JSON_PATH_BYTES_MAX = 320, /* keys of one way down; a longer way is read over and matches nothing */
	JSON_NUMBER_BYTES_MAX = 64 /* longer numbers exist in no protocol of ours: an error */
};

struct json_reader {
	const char *const *fields;
	size_t field_count;
	json_event_fn *on_event;
	void *arg;

	unsigned char state;
	unsigned char escape_left; /* hex digits of \uXXXX still to come */
	unsigned char literal_at;  /* how much of true, false, null has been seen */
	unsigned char depth;
	bool in_key;	/* the string being read is a key */
	bool wanted;	/* the value being read matches a field */
	bool stopped;	/* the callback said enough */
	bool lost_path; /* path did not fit; depth_lost says from where */
	unsigned char depth_lost;
	int field; /* of the value being read */
	const char *literal;
	uint32_t code_unit, high_surrogate;
	uint64_t is_array; /* one bit per depth */
	uint16_t path_length;
	uint16_t level_at[JSON_DEPTH_MAX + 1]; /* where the segment of this depth begins in path */
	char path[JSON_PATH_BYTES_MAX];
	uint64_t offset; /* bytes read so far */
	struct buf text; /* the string, key or number being read */
	size_t max_string_bytes;
	bool truncated;
	const char *error; /* a static sentence once something was wrong */
};

/* LENDS fields for the life of the reader. Allocates nothing until a wanted string comes. */
void json_reader_init(struct json_reader *r, enum mem_owner owner, const char *const *fields, size_t field_count,
	size_t max_string_bytes, json_event_fn *on_event, void *arg);
void json_reader_clear(struct json_reader *r);
/* Ready for the next document; keeps table and callback. */
void json_reader_reset(struct json_reader *r);

/* False once the text is not JSON, too deep, or the callback ended it; r->error tells (NULL if stopped). */
bool json_reader_feed(struct json_reader *r, const void *bytes, size_t length);

/* Call at the end of the text: true if it was exactly one whole JSON value. */
bool json_reader_finish(struct json_reader *r);

/* True as soon as one whole value was read (newline-separated streams reset there). */
bool json_reader_done(const struct json_reader *r);

#endif
