#include "discord/inflate.h"

#include "base/mem.h"

#include <string.h>
#include <zlib.h>

struct inflater {
	z_stream z;
	uint32_t tail; /* the last four packed bytes */
	char piece[INFLATE_PIECE_BYTES];
};

enum { FLUSH_SUFFIX = 0x0000FFFF };

static voidpf on_alloc(voidpf opaque, uInt count, uInt size)
{
	(void)opaque;
	return mem_array(MEM_GATEWAY, count, size);
}

static void on_free(voidpf opaque, voidpf block)
{
	(void)opaque;
	mem_free(block);
}

struct inflater *inflater_new(void)
{
	struct inflater *i = mem_zalloc(MEM_GATEWAY, sizeof *i);
	if (!i)
		return NULL;
	i->z.zalloc = on_alloc;
	i->z.zfree = on_free;
	if (inflateInit(&i->z) != Z_OK) {
		mem_free(i);
		return NULL;
	}
	i->tail = ~(uint32_t)0;
	return i;
}

void inflater_free(struct inflater *i)
{
	if (!i)
		return;
	inflateEnd(&i->z);
	mem_free(i);
}

static void remember_tail(struct inflater *i, struct str packed)
{
	for (size_t k = packed.n > 4 ? packed.n - 4 : 0; k < packed.n; k++)
		i->tail = i->tail << 8 | (unsigned char)packed.p[k];
}

const char *inflater_feed(struct inflater *i, struct str packed, inflated_fn *on_piece, void *arg)
{
	remember_tail(i, packed);
	i->z.next_in = (z_const Bytef *)(uintptr_t)packed.p;
	i->z.avail_in = (uInt)packed.n;
	do {
		i->z.next_out = (Bytef *)i->piece;
		i->z.avail_out = sizeof i->piece;
		int result = inflate(&i->z, Z_SYNC_FLUSH);
		size_t n = sizeof i->piece - i->z.avail_out;
		if (n)
			on_piece((struct str){i->piece, n}, arg);
		if (result == Z_STREAM_END)
			return "the compressed stream ended, which Discord's never does";
		if (result == Z_MEM_ERROR)
			return "no memory for the compressed stream";
		if (result != Z_OK && result != Z_BUF_ERROR) /* Z_BUF_ERROR: nothing left to do */
			return "the compressed stream is broken";
	} while (i->z.avail_in || i->z.avail_out == 0);
	return NULL;
}

bool inflater_at_end(const struct inflater *i)
{
	return i->tail == FLUSH_SUFFIX;
}
