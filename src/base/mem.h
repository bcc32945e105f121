/*
 * Owner-tagged allocation: every block says who holds it, and the program can tell at any moment.
 *
 * A block carries a 16-byte header (size and owner), so that freeing needs no owner and the counters are
 * always exact. Libraries are given these functions too (net/ and config/ hook them in).
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who holds memory. The names are what `ddc memory` and /metrics print. */
#define MEM_OWNERS(X)                                                                                                  \
	X(MEM_BASE, "base")                                                                                            \
	X(MEM_LOOP, "loop")                                                                                            \
	X(MEM_NET, "net")                                                                                              \
	X(MEM_TLS, "tls")                                                                                              \
	X(MEM_DOCKER, "docker")                                                                                        \
	X(MEM_CONTAINERS, "containers")                                                                                \
	X(MEM_GATEWAY, "gateway")                                                                                      \
	X(MEM_REST, "rest")                                                                                            \
	X(MEM_PANELS, "panels")                                                                                        \
	X(MEM_CONTROL, "control")                                                                                      \
	X(MEM_CONFIG, "config")                                                                                        \
	X(MEM_CATALOGUE, "catalogue")                                                                                  \
	X(MEM_LOGS, "logs")                                                                                            \
	X(MEM_WEB, "web")                                                                                              \
	X(MEM_AUDIT, "audit")                                                                                          \
	X(MEM_APP, "app")                                                                                              \
	X(MEM_TEST, "test")

enum mem_owner {
#define X(id, name) id,
	MEM_OWNERS(X)
#undef X
		MEM_OWNER_COUNT
};

enum { MEM_BLOCK_HEADER_BYTES = 16 }; /* of ours in front of each block; the allocator's own are not known to us */

struct mem_use {
	size_t bytes;	    /* live, as asked for (without the header) */
	size_t blocks;	    /* live */
	size_t peak_bytes;  /* highest since start */
	uint64_t allocated; /* blocks ever handed out */
};

/* All return NULL when there is no memory (or an injected failure); the caller says what that means.
 * A size of 0 yields a valid block. The result is owned by the caller and ends with mem_free(). */
void *mem_alloc(enum mem_owner owner, size_t size_bytes);
void *mem_zalloc(enum mem_owner owner, size_t size_bytes);
void *mem_array(enum mem_owner owner, size_t count, size_t item_bytes); /* zeroed; checks the product */
char *mem_strdup(enum mem_owner owner, const char *text);
char *mem_strndup(enum mem_owner owner, const char *text, size_t length);

/* Like realloc(): block may be NULL. On failure the old block is untouched. The owner of an existing block
 * stays as it was. */
void *mem_realloc(enum mem_owner owner, void *block, size_t size_bytes);

void mem_free(void *block); /* NULL is fine */
size_t mem_size(const void *block);

/* Frees text (may be NULL) after overwriting it: for tokens and passwords. */
void mem_free_secret(char *text);

const char *mem_owner_name(enum mem_owner owner);
struct mem_use mem_use_of(enum mem_owner owner);
struct mem_use mem_use_total(void);

/* ---- profiling (meson -Dprofile=true): where live blocks were allocated ---- */
struct mem_site {
	const char *file;
	unsigned line;
	enum mem_owner owner;
	size_t bytes, blocks; /* live */
};
#define MEM_SITE_LIBRARY "a library" /* file of what libraries allocate; line 0 */
enum { MEM_SITES_MAX = 1024 };	     /* more call sites share one that is called "others" */
/* The largest first; returns how many. 0 in a build without profiling. */
unsigned mem_top_sites(struct mem_site *ret_sites, unsigned max);

#ifdef DDC_PROFILE
/* Says who asks next; the calls below are wrapped with it. */
void mem_at(const char *file, unsigned line);
#ifndef BASE_MEM_INSIDE
#define mem_alloc(...)	 (mem_at(__FILE__, __LINE__), mem_alloc(__VA_ARGS__))
#define mem_zalloc(...)	 (mem_at(__FILE__, __LINE__), mem_zalloc(__VA_ARGS__))
#define mem_array(...)	 (mem_at(__FILE__, __LINE__), mem_array(__VA_ARGS__))
#define mem_strdup(...)	 (mem_at(__FILE__, __LINE__), mem_strdup(__VA_ARGS__))
#define mem_strndup(...) (mem_at(__FILE__, __LINE__), mem_strndup(__VA_ARGS__))
#define mem_realloc(...) (mem_at(__FILE__, __LINE__), mem_realloc(__VA_ARGS__))
#endif
#endif

/* Tests: the n-th allocation from now on fails (1 = the next one); 0 switches it off. */
void mem_fail_at(unsigned n);

#endif
