#define BASE_BUF_INSIDE
#include "base/buf.h"

#include "base/bug.h"

#include <stdio.h>
#include <string.h>

/* Most of what we build is a JSON body of a few hundred bytes; starting here avoids a chain of tiny steps. */
enum { BUF_FIRST_BYTES = 128 };

void buf_init(struct buf *b, enum mem_owner owner, size_t max_bytes)
{
	*b = (struct buf){.owner = owner, .max = max_bytes};
}

#ifdef DDC_PROFILE
void buf_at(struct buf *b, const char *file, unsigned line)
{
	b->file = file;
	b->line = line;
}

static char *resize(struct buf *b, size_t size)
{
	mem_at(b->file, b->line);
	return (mem_realloc)(b->owner, b->data, size);
}
#else
static char *resize(struct buf *b, size_t size)
{
	return mem_realloc(b->owner, b->data, size);
}
#endif

void buf_clear(struct buf *b)
{
	mem_free(b->data);
	b->data = NULL;
	b->length = b->capacity = 0;
	b->overflow = false;
}

void buf_reset(struct buf *b)
{
	b->length = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

static bool fail(struct buf *b)
{
	b->overflow = true;
	return false;
}

bool buf_reserve(struct buf *b, size_t more_bytes)
{
	if (more_bytes > b->max || b->length > b->max - more_bytes)
		return fail(b);
	if (b->data && b->capacity - b->length >= more_bytes)
		return true;
	size_t need = b->length + more_bytes;
	size_t capacity = b->capacity ? b->capacity : BUF_FIRST_BYTES;
	while (capacity < need)
		capacity += capacity / 2 + 1; /* a buffer of one byte must grow too */
	if (capacity > b->max)
		capacity = b->max;
	char *data = resize(b, capacity + 1);
	if (!data)
		return fail(b);
	data[b->length] = '\0';
	b->data = data;
	b->capacity = capacity;
	return true;
}

bool buf_add(struct buf *b, const void *bytes, size_t length)
{
	if (!buf_reserve(b, length))
		return false;
	if (length)
		memcpy(b->data + b->length, bytes, length);
	b->length += length;
	b->data[b->length] = '\0';
	return true;
}

bool buf_add_str(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

bool buf_add_view(struct buf *b, struct str s)
{
	return buf_add(b, s.p, s.n);
}

bool buf_add_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

/* Into the room that is there; formatted again only if that was too small. */
bool buf_vprintf(struct buf *b, const char *format, va_list ap)
{
	va_list again;
	size_t room = b->data ? b->capacity - b->length : 0;
	va_copy(again, ap);
	int n = vsnprintf(b->data ? b->data + b->length : NULL, b->data ? room + 1 : 0, format, again);
	va_end(again);
	if (n < 0)
		BUG("buf_printf: bad format");
	if (b->data && (size_t)n <= room) {
		b->length += (size_t)n;
		return true;
	}
	if (b->data)
		b->data[b->length] = '\0';
	if (!buf_reserve(b, (size_t)n))
		return false;
	vsnprintf(b->data + b->length, (size_t)n + 1, format, ap);
	b->length += (size_t)n;
	return true;
}

bool buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	bool ok = buf_vprintf(b, format, ap);
	va_end(ap);
	return ok;
}

void buf_consume(struct buf *b, size_t length)
{
	if (length > b->length)
		BUG("buf_consume: %zu of %zu", length, b->length);
	if (!length)
		return;
	b->length -= length;
	memmove(b->data, b->data + length, b->length + 1);
}

void buf_cut(struct buf *b, size_t length)
{
	if (length >= b->length)
		return;
	b->length = length;
	b->data[length] = '\0';
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

struct str buf_view(const struct buf *b)
{
	return (struct str){buf_text(b), b->length};
}

char *buf_steal(struct buf *b)
{
	char *data = b->data ? b->data : mem_strdup(b->owner, "");
	buf_init(b, b->owner, b->max);
	return data;
}
