#include "web/memory_page.h"

#include "base/mem.h"

#include <inttypes.h>
#include <string.h>

enum { SITES_SHOWN = 20 };

static void write_governor(struct buf *out, const struct governor_stats *s)
{
	buf_printf(out, "\n%-16s%12s\nlimit           ", "level", memory_level_name(s->level));
	memory_add_size(out, s->limit_bytes);
	buf_add_str(out, ", clean-up from ");
	memory_add_size(out, s->threshold_bytes);
	buf_printf(out, "\nclean-ups       %" PRIu64 ", returned ", s->cleanups);
	memory_add_size(out, s->returned_bytes);
	buf_printf(out, "\npressure        %" PRIu64 " events (%s)\n", s->pressure_events,
		s->pressure_way ? s->pressure_way : "not told by this kernel");
}

static void write_shed(struct buf *out, const struct governor *g)
{
	const struct shrinker_stats *s;
	for (unsigned i = 0; (s = governor_shrinker_stats(g, i)); i++) {
		if (!s->bytes)
			continue;
		buf_printf(out, "given back      %s, ", s->name);
		memory_add_size(out, s->bytes);
		buf_add_char(out, '\n');
	}
}

static void write_shed_json(struct json_writer *w, const struct governor *g)
{
	const struct shrinker_stats *s;
	json_begin_object(w, "given_back");
	for (unsigned i = 0; (s = governor_shrinker_stats(g, i)); i++)
		json_int(w, s->name, (int64_t)s->bytes);
	json_end_object(w);
}

static void write_suspicions(struct buf *out, const struct governor *g)
{
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++) {
		unsigned n = governor_leak_suspicions(g, (enum mem_owner)i);
		if (n)
			buf_printf(out, "leak suspected  %s, %u times\n", mem_owner_name((enum mem_owner)i), n);
	}
}

/* From the folder that everybody knows on, wherever it was built. */
static const char *short_path(const char *file)
{
	const char *src = strstr(file, "src/");
	return src ? src : file;
}

static void write_sites(struct buf *out)
{
	struct mem_site sites[SITES_SHOWN];
	unsigned n = mem_top_sites(sites, SITES_SHOWN);
	if (n)
		buf_printf(out, "\n%-12s%10s%9s  %s\n", "owner", "live", "blocks", "allocated at");
	for (unsigned i = 0; i < n; i++)
		buf_printf(out, "%-12s%10zu%9zu  %s:%u\n", mem_owner_name(sites[i].owner), sites[i].bytes,
			sites[i].blocks, short_path(sites[i].file), sites[i].line);
}

static void write_sites_json(struct json_writer *w)
{
	struct mem_site sites[SITES_SHOWN];
	unsigned n = mem_top_sites(sites, SITES_SHOWN);
	if (!n)
		return;
	json_begin_array(w, "sites");
	for (unsigned i = 0; i < n; i++) {
		json_begin_object(w, NULL);
		json_text(w, "owner", mem_owner_name(sites[i].owner));
		json_text(w, "file", short_path(sites[i].file));
		json_int(w, "line", sites[i].line);
		json_int(w, "bytes", (int64_t)sites[i].bytes);
		json_int(w, "blocks", (int64_t)sites[i].blocks);
		json_end_object(w);
	}
	json_end_array(w);
}

void memory_page_text(struct buf *out, struct governor *g, bool cleanup)
{
	struct memory_figures before, after;
	governor_figures(g, &before);
	if (cleanup) {
		governor_cleanup(g, "asked for");
		governor_figures(g, &after);
		memory_write_comparison(out, &before, &after);
	} else {
		memory_write_table(out, &before);
	}
	struct governor_stats s = governor_stats_of(g);
	write_governor(out, &s);
	write_shed(out, g);
	write_suspicions(out, g);
	write_sites(out);
}

void memory_page_json(struct buf *out, struct governor *g, bool cleanup)
{
	struct memory_figures f;
	struct json_writer w = json_writer_on(out);
	json_begin_object(&w, NULL);
	governor_figures(g, &f);
	memory_write_json(&w, cleanup ? "before" : "now", &f);
	if (cleanup) {
		governor_cleanup(g, "asked for");
		governor_figures(g, &f);
		memory_write_json(&w, "after", &f);
	}
	struct governor_stats s = governor_stats_of(g);
	json_text(&w, "level", memory_level_name(s.level));
	json_int(&w, "limit_bytes", (int64_t)s.limit_bytes);
	json_int(&w, "threshold_bytes", (int64_t)s.threshold_bytes);
	json_int(&w, "cleanups", (int64_t)s.cleanups);
	json_int(&w, "returned_bytes", (int64_t)s.returned_bytes);
	json_int(&w, "pressure_events", (int64_t)s.pressure_events);
	write_shed_json(&w, g);
	json_begin_object(&w, "leak_suspicions");
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		if (governor_leak_suspicions(g, (enum mem_owner)i))
			json_int(&w, mem_owner_name((enum mem_owner)i), governor_leak_suspicions(g, (enum mem_owner)i));
	json_end_object(&w);
	write_sites_json(&w);
	json_end_object(&w);
	buf_add_char(out, '\n');
}
