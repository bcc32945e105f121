#include "base/mem.h"

#include "base/bug.h"

#include <stdlib.h>
#include <string.h>

/* Sixteen bytes in front of every block: libraries rely on the alignment that malloc() promises, so the header is
 * as large as the strictest alignment asks, and the magic number in the rest of it finds stray pointers. */
struct header {
	_Alignas(max_align_t) size_t size;
	uint32_t owner;
	uint32_t magic;
};

enum { MAGIC_LIVE = 0x0ddc0ddc, MAGIC_DEAD = 0x0dead0dd };

static struct mem_use uses[MEM_OWNER_COUNT];
static struct mem_use total;
static unsigned fail_countdown;

static const char *const owner_names[MEM_OWNER_COUNT] = {
#define X(id, name) [id] = name,
	MEM_OWNERS(X)
#undef X
};

static void count_in(struct mem_use *u, size_t size)
{
	u->bytes += size;
	u->blocks++;
	u->allocated++;
	if (u->bytes > u->peak_bytes)
		u->peak_bytes = u->bytes;
}

static void count_out(struct mem_use *u, size_t size)
{
	u->bytes -= size;
	u->blocks--;
}

static bool injected_failure(void)
{
	return fail_countdown && --fail_countdown == 0;
}

static struct header *header_of(const void *block)
{
	struct header *h = (struct header *)(uintptr_t)block - 1;
	if (h->magic != MAGIC_LIVE)
		BUG("mem: %p is not a live block", block);
	return h;
}

void *mem_realloc(enum mem_owner owner, void *block, size_t size_bytes)
{
	struct header *old = block ? header_of(block) : NULL;
	size_t old_size = old ? old->size : 0;
	if (old)
		owner = (enum mem_owner)old->owner;
	if (size_bytes > SIZE_MAX - sizeof(struct header) || injected_failure())
		return NULL;
	struct header *h = realloc(old, sizeof *h + size_bytes);
	if (!h)
		return NULL;
	if (block) {
		count_out(&uses[owner], old_size);
		count_out(&total, old_size);
	}
	h->size = size_bytes;
	h->owner = owner;
	h->magic = MAGIC_LIVE;
	count_in(&uses[owner], size_bytes);
	count_in(&total, size_bytes);
	return h + 1;
}

void *mem_alloc(enum mem_owner owner, size_t size_bytes)
{
	return mem_realloc(owner, NULL, size_bytes);
}

void *mem_zalloc(enum mem_owner owner, size_t size_bytes)
{
	void *block = mem_alloc(owner, size_bytes);
	if (block)
		memset(block, 0, size_bytes);
	return block;
}

void *mem_array(enum mem_owner owner, size_t count, size_t item_bytes)
{
	size_t size;
	if (__builtin_mul_overflow(count, item_bytes, &size))
		return NULL;
	return mem_zalloc(owner, size);
}

char *mem_strndup(enum mem_owner owner, const char *text, size_t length)
{
	char *copy = mem_alloc(owner, length + 1);
	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *mem_strdup(enum mem_owner owner, const char *text)
{
	return mem_strndup(owner, text, strlen(text));
}

void mem_free(void *block)
{
	if (!block)
		return;
	struct header *h = header_of(block);
	count_out(&uses[h->owner], h->size);
	count_out(&total, h->size);
	h->magic = MAGIC_DEAD;
	free(h);
}

void mem_free_secret(char *text)
{
	if (text)
		explicit_bzero(text, mem_size(text));
	mem_free(text);
}

size_t mem_size(const void *block)
{
	return block ? header_of(block)->size : 0;
}

const char *mem_owner_name(enum mem_owner owner)
{
	return owner < MEM_OWNER_COUNT ? owner_names[owner] : "?";
}

struct mem_use mem_use_of(enum mem_owner owner)
{
	return uses[owner];
}

struct mem_use mem_use_total(void)
{
	return total;
}

void mem_fail_at(unsigned n)
{
	fail_countdown = n;
}
