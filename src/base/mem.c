#define BASE_MEM_INSIDE
#include "base/mem.h"

#include "base/bug.h"

#include <stdlib.h>
#include <string.h>

/* Sixteen bytes in front of every block: libraries rely on the alignment that malloc() promises, so the
 * header is as large as the strictest alignment asks, and the magic number in the rest of it finds stray
 * pointers. */
struct header {
	_Alignas(max_align_t) size_t size;
	uint16_t owner;
	uint16_t site; /* of the profiling build; 0 otherwise */
	uint32_t magic;
};

_Static_assert(sizeof(struct header) == MEM_BLOCK_HEADER_BYTES, "reports count with it");

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

/* ---- profiling ---- */
#ifdef DDC_PROFILE
static struct mem_site sites[MEM_SITES_MAX]; /* [0]: all for which there is no room */
static unsigned site_total = 1;
static const char *at_file;
static unsigned at_line;

void mem_at(const char *file, unsigned line)
{
	at_file = file;
	at_line = line;
}

/* Whoever asks without a word is a library that was given these functions. A block that grows stays where it
 * began. */
static uint16_t site_of(uint16_t before, enum mem_owner owner)
{
	const char *file = at_file ? at_file : MEM_SITE_LIBRARY;
	unsigned line = at_file ? at_line : 0;
	if (before)
		return before;
	for (unsigned i = 1; i < site_total; i++)
		if (sites[i].line == line && sites[i].owner == owner && strcmp(sites[i].file, file) == 0)
			return (uint16_t)i;
	if (site_total == MEM_SITES_MAX)
		return 0;
	sites[site_total] = (struct mem_site){.file = file, .line = line, .owner = owner};
	return (uint16_t)site_total++;
}

static void site_forget(void)
{
	at_file = NULL;
}

static void site_count(uint16_t site, size_t old_size, size_t size, bool fresh)
{
	sites[site].bytes += size - old_size;
	sites[site].blocks += fresh;
}

static void site_uncount(uint16_t site, size_t size)
{
	sites[site].bytes -= size;
	sites[site].blocks--;
}

unsigned mem_top_sites(struct mem_site *ret_sites, unsigned max)
{
	unsigned count = 0;
	sites[0].file = "others";
	for (unsigned i = 0; i < site_total; i++) {
		unsigned at = count;
		if (!sites[i].blocks)
			continue;
		while (at > 0 && ret_sites[at - 1].bytes < sites[i].bytes)
			at--;
		if (at == max)
			continue;
		unsigned moved = (count < max ? count : max - 1) - at;
		memmove(ret_sites + at + 1, ret_sites + at, moved * sizeof *ret_sites);
		ret_sites[at] = sites[i];
		count += count < max;
	}
	return count;
}
#else
static uint16_t site_of(uint16_t before, enum mem_owner owner)
{
	(void)before, (void)owner;
	return 0;
}

static void site_forget(void)
{
}

static void site_count(uint16_t site, size_t old_size, size_t size, bool fresh)
{
	(void)site, (void)old_size, (void)size, (void)fresh;
}

static void site_uncount(uint16_t site, size_t size)
{
	(void)site, (void)size;
}

unsigned mem_top_sites(struct mem_site *ret_sites, unsigned max)
{
	(void)ret_sites, (void)max;
	return 0;
}
#endif

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
	uint16_t site = site_of(old ? old->site : 0, owner);
	site_forget();
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
	h->owner = (uint16_t)owner;
	h->site = site;
	site_count(h->site, old_size, size_bytes, old == NULL);
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
	site_uncount(h->site, h->size);
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
