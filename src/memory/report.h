/* How much memory ddc holds, by every measure there is: read when somebody asks, nothing is kept. */
#ifndef MEMORY_REPORT_H
#define MEMORY_REPORT_H

#include "base/json_writer.h"
#include "memory/cgroup.h"

struct memory_figures {
	/* the kernel's: /proc/self/smaps_rollup (older kernels: statm) */
	uint64_t resident_bytes, private_bytes, shared_bytes, peak_bytes;
	uint64_t
		held_bytes; /* resident without pages of files, which the kernel takes back by itself: what limits are held against */
	struct cgroup_use cgroup;
	/* The C library's word. Where it has none (musl, sanitizers) we count: in use are our live blocks and what stands in front of them,
	 * free is all else that is held: free blocks and their rounding, but the stack and global variables too. */
	bool heap_counted;
	uint64_t heap_in_use_bytes, heap_free_bytes;
	/* ours */
	struct mem_use total, owners[MEM_OWNER_COUNT];
};

/* root as with cgroup_find(). */
void memory_figures_read(struct memory_figures *f, const struct cgroup *c, const char *root);
/* Cheap: one small file. In a build with sanitizers what we counted ourselves, because the rest is theirs. */
uint64_t memory_held_bytes(const char *root);

void memory_write_table(struct buf *out, const struct memory_figures *f);
/* Two columns. */
void memory_write_comparison(struct buf *out, const struct memory_figures *before, const struct memory_figures *after);
void memory_write_json(struct json_writer *w, const char *key, const struct memory_figures *f);

/* "5.3 MB", "812 KB", "17 B" */
void memory_add_size(struct buf *out, uint64_t bytes);

#endif
