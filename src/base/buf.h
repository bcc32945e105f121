/*
 * A growable run of bytes with a named maximum. It never overruns and never exceeds `max`: what does not fit
 * sets `overflow`, and the buffer keeps what it had. data is always followed by a NUL, so buf_text() is a C string.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>

struct buf {
	char *data; /* NULL while nothing was put in */
	size_t length;
	size_t capacity; /* bytes of data that may be used, without the NUL */
	size_t max;	 /* bytes */
	enum mem_owner owner;
	bool overflow; /* something did not fit (maximum or memory); sticky until buf_reset() */
#ifdef DDC_PROFILE
	/* where it was made: its blocks are put down to that place, not to where it grows */
	const char *file;
	unsigned line;
#endif
};

void buf_init(struct buf *b, enum mem_owner owner, size_t max_bytes); /* allocates nothing */
void buf_clear(struct buf *b);					      /* frees; usable again, same maximum */
void buf_reset(struct buf *b);					      /* empties, keeps the memory */

/* All return false, and set overflow, when the whole of what is to be added does not fit. */
bool buf_add(struct buf *b, const void *bytes, size_t length);
bool buf_add_str(struct buf *b, const char *text);
bool buf_add_view(struct buf *b, struct str s);
bool buf_add_char(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_vprintf(struct buf *b, const char *format, va_list ap);
bool buf_reserve(struct buf *b, size_t more_bytes);

void buf_consume(struct buf *b, size_t length); /* drops bytes at the front */
void buf_cut(struct buf *b, size_t length);	/* keeps only the first length bytes */

const char *buf_text(const struct buf *b); /* never NULL; valid until the buffer changes */
struct str buf_view(const struct buf *b);

/* Moves the bytes out: the caller owns the result (mem_free), the buffer is empty again. NULL if it was empty
 * and there is no memory for the terminator. */
char *buf_steal(struct buf *b);

#ifdef DDC_PROFILE
void buf_at(struct buf *b, const char *file, unsigned line);
#ifndef BASE_BUF_INSIDE
#define buf_init(b, owner, max) (buf_init(b, owner, max), buf_at(b, __FILE__, __LINE__))
#endif
#endif

#endif
