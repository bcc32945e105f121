#include "memory/report.h"

#include "base/str.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PROC_PATH_BYTES = 512, KIB = 1024 };

static FILE *open_proc(const char *root, const char *file)
{
	char path[PROC_PATH_BYTES];
	snprintf(path, sizeof path, "%.400s/proc/self/%s", root, file);
	return fopen(path, "re");
}

static uint64_t kilobytes(const char *line)
{
	unsigned long long n = 0;
	const char *colon = strchr(line, ':');
	return colon && sscanf(colon + 1, "%llu", &n) == 1 ? n * KIB : 0;
}

static void read_statm(const char *root, uint64_t *ret_resident, uint64_t *ret_of_files)
{
	unsigned long long size = 0, resident = 0, shared = 0;
	FILE *f = open_proc(root, "statm");
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	if (f && fscanf(f, "%llu %llu %llu", &size, &resident, &shared) != 3)
		resident = shared = 0;
	if (f)
		fclose(f);
	*ret_resident = resident * page;
	*ret_of_files = shared * page;
}

uint64_t memory_held_bytes(const char *root)
{
#if defined(__SANITIZE_ADDRESS__)
	if (!root[0])
		return mem_use_total().bytes;
#endif
	uint64_t resident, of_files;
	read_statm(root, &resident, &of_files);
	return resident - of_files;
}

static void read_rollup(struct memory_figures *m, const char *root)
{
	char line[256];
	FILE *f = open_proc(root, "smaps_rollup");
	bool any = false;
	while (f && fgets(line, sizeof line, f)) {
		struct str s = str_of(line);
		any = any || str_starts(s, "Rss:");
		if (str_starts(s, "Rss:"))
			m->resident_bytes = kilobytes(line);
		else if (str_starts(s, "Private_"))
			m->private_bytes += kilobytes(line);
		else if (str_starts(s, "Shared_Clean:") || str_starts(s, "Shared_Dirty:"))
			m->shared_bytes += kilobytes(line);
	}
	if (f)
		fclose(f);
	if (any)
		return;
	read_statm(root, &m->resident_bytes, &m->shared_bytes);
	m->private_bytes = m->resident_bytes - m->shared_bytes;
}

static uint64_t read_peak(const char *root)
{
	char line[256];
	uint64_t peak = 0;
	FILE *f = open_proc(root, "status");
	while (f && !peak && fgets(line, sizeof line, f))
		if (str_starts(str_of(line), "VmHWM:"))
			peak = kilobytes(line);
	if (f)
		fclose(f);
	return peak;
}

static void read_heap(struct memory_figures *m)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33) && !defined(__SANITIZE_ADDRESS__)
	struct mallinfo2 i = mallinfo2();
	m->heap_in_use_bytes = i.uordblks + i.hblkhd;
	m->heap_free_bytes = i.fordblks;
#else
	uint64_t used = m->total.bytes + m->total.blocks * MEM_BLOCK_HEADER_BYTES;
	m->heap_counted = true;
	m->heap_in_use_bytes = used;
	m->heap_free_bytes = m->held_bytes > used ? m->held_bytes - used : 0;
#endif
}

void memory_figures_read(struct memory_figures *m, const struct cgroup *c, const char *root)
{
	*m = (struct memory_figures){
		.held_bytes = memory_held_bytes(root), .peak_bytes = read_peak(root), .cgroup = cgroup_read(c)};
	read_rollup(m, root);
	m->total = mem_use_total();
	read_heap(m);
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		m->owners[i] = mem_use_of((enum mem_owner)i);
}

void memory_add_size(struct buf *out, uint64_t bytes)
{
	if (bytes >= 100 * KIB * KIB)
		buf_printf(out, "%" PRIu64 " MB", bytes / (KIB * KIB));
	else if (bytes >= KIB * KIB)
		buf_printf(out, "%.1f MB", (double)bytes / (KIB * KIB));
	else if (bytes >= KIB)
		buf_printf(out, "%" PRIu64 " KB", bytes / KIB);
	else
		buf_printf(out, "%" PRIu64 " B", bytes);
}

/* ---- the table ---- */

static const struct row {
	const char *name;
	size_t offset;
	bool if_any; /* no line while there is nothing */
} rows[] = {
	{"resident", offsetof(struct memory_figures, resident_bytes), false},
	{"  private", offsetof(struct memory_figures, private_bytes), false},
	{"  shared", offsetof(struct memory_figures, shared_bytes), false},
	{"  without files", offsetof(struct memory_figures, held_bytes), false},
	{"resident, peak", offsetof(struct memory_figures, peak_bytes), true},
	{"cgroup", offsetof(struct memory_figures, cgroup.current_bytes), true},
	{"cgroup, peak", offsetof(struct memory_figures, cgroup.peak_bytes), true},
	{"cgroup, limit", offsetof(struct memory_figures, cgroup.limit_bytes), true},
	{"heap in use", offsetof(struct memory_figures, heap_in_use_bytes), false},
	{"heap free", offsetof(struct memory_figures, heap_free_bytes), false},
};

static uint64_t value_at(const struct memory_figures *f, size_t offset)
{
	uint64_t value;
	memcpy(&value, (const char *)f + offset, sizeof value);
	return value;
}

static void add_cell(struct buf *out, uint64_t bytes)
{
	char text[32];
	struct buf b;
	buf_init(&b, MEM_BASE, sizeof text);
	memory_add_size(&b, bytes);
	buf_printf(out, "%12s", buf_text(&b));
	buf_clear(&b);
}

static void add_owner(struct buf *out, const char *name, const struct mem_use *u)
{
	buf_printf(out, "%-16s", name);
	add_cell(out, u->bytes);
	buf_printf(out, "%9zu", u->blocks);
	add_cell(out, u->peak_bytes);
	buf_add_char(out, '\n');
}

void memory_write_table(struct buf *out, const struct memory_figures *f)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t value = value_at(f, rows[i].offset);
		if (!value && rows[i].if_any)
			continue;
		buf_printf(out, "%-16s", rows[i].name);
		add_cell(out, value);
		buf_add_char(out, '\n');
	}
	if (f->heap_counted)
		buf_add_str(
			out, "heap: by ddc's own count; free is all else that is held, stack and globals included\n");
	buf_printf(out, "\n%-16s%12s%9s%12s\n", "owner", "live", "blocks", "peak");
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		if (f->owners[i].allocated)
			add_owner(out, mem_owner_name((enum mem_owner)i), &f->owners[i]);
	add_owner(out, "all", &f->total);
}

static void compare(struct buf *out, const char *name, uint64_t before, uint64_t after)
{
	buf_printf(out, "%-16s", name);
	add_cell(out, before);
	add_cell(out, after);
	buf_add_char(out, '\n');
}

void memory_write_comparison(struct buf *out, const struct memory_figures *before, const struct memory_figures *after)
{
	buf_printf(out, "%-16s%12s%12s\n", "", "before", "after");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t x = value_at(before, rows[i].offset), y = value_at(after, rows[i].offset);
		if (x || y || !rows[i].if_any)
			compare(out, rows[i].name, x, y);
	}
	buf_add_char(out, '\n');
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		if (before->owners[i].allocated)
			compare(out, mem_owner_name((enum mem_owner)i), before->owners[i].bytes,
				after->owners[i].bytes);
	compare(out, "all", before->total.bytes, after->total.bytes);
}

/* ---- for programs ---- */

static void write_use(struct json_writer *w, const char *key, const struct mem_use *u)
{
	json_begin_object(w, key);
	json_int(w, "bytes", (int64_t)u->bytes);
	json_int(w, "blocks", (int64_t)u->blocks);
	json_int(w, "peak_bytes", (int64_t)u->peak_bytes);
	json_end_object(w);
}

void memory_write_json(struct json_writer *w, const char *key, const struct memory_figures *f)
{
	json_begin_object(w, key);
	json_int(w, "resident_bytes", (int64_t)f->resident_bytes);
	json_int(w, "private_bytes", (int64_t)f->private_bytes);
	json_int(w, "shared_bytes", (int64_t)f->shared_bytes);
	json_int(w, "held_bytes", (int64_t)f->held_bytes);
	json_int(w, "peak_bytes", (int64_t)f->peak_bytes);
	json_int(w, "cgroup_bytes", (int64_t)f->cgroup.current_bytes);
	json_int(w, "cgroup_limit_bytes", (int64_t)f->cgroup.limit_bytes);
	json_int(w, "cgroup_peak_bytes", (int64_t)f->cgroup.peak_bytes);
	json_int(w, "heap_in_use_bytes", (int64_t)f->heap_in_use_bytes);
	json_int(w, "heap_free_bytes", (int64_t)f->heap_free_bytes);
	json_bool(w, "heap_counted", f->heap_counted);
	write_use(w, "all", &f->total);
	json_begin_object(w, "owners");
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		if (f->owners[i].allocated)
			write_use(w, mem_owner_name((enum mem_owner)i), &f->owners[i]);
	json_end_object(w);
	json_end_object(w);
}
