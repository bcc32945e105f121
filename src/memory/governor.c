#include "memory/governor.h"

#include "base/log.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MB (UINT64_C(1024) * 1024)

struct shrinker {
	const char *name;
	void (*fn)(void *arg);
	void *arg;
	enum shrink_step step;
};

struct governor {
	struct loop *loop;
	struct timer *timer;
	struct governor_listener listener;
	void *arg;
	char root[CGROUP_PATH_BYTES_MAX];
	struct cgroup cgroup;
	struct governor_settings settings;
	struct governor_stats stats;
	struct shrinker shrinkers[GOVERNOR_SHRINKERS_MAX];
	unsigned shrinker_count;
	struct leak leak;
	int pressure_fd, pressure_other_fd;
	struct watch *pressure;
	uint64_t looked_ms, cleaned_ms, gap_ms; /* gap_ms: between clean-ups, grows while they give nothing */
	bool leak_suspected, cleaning;
};

const char *memory_level_name(enum memory_level level)
{
	static const char *const names[] = {[MEMORY_CALM] = "calm", [MEMORY_HIGH] = "high", [MEMORY_FULL] = "full"};
	return names[level];
}

const char *work_kind_name(enum work_kind kind)
{
	static const char *const names[] = {
		[WORK_CONTROL] = "control", [WORK_LOGS] = "logs", [WORK_WEB] = "web", [WORK_FIGURES] = "figures"};
	return names[kind];
}

void governor_tune_allocator(void)
{
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
	static const struct {
		const char *variable;
		int knob, value;
	} knobs[] = {
		{"MALLOC_TRIM_THRESHOLD_", M_TRIM_THRESHOLD, 64 * 1024}, /* the top of the heap goes back early */
		{"MALLOC_TOP_PAD_", M_TOP_PAD, 16 * 1024},
		{"MALLOC_MMAP_THRESHOLD_", M_MMAP_THRESHOLD, 64 * 1024}, /* large buffers leave no hole behind */
		{"MALLOC_ARENA_MAX", M_ARENA_MAX, 1}, /* the resolver's helper thread needs none of its own */
	};
	for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++)
		if (!getenv(knobs[i].variable))
			mallopt(knobs[i].knob, knobs[i].value);
#endif
}

/* ---- giving back ---- */

static size_t run_step(struct governor *g, enum shrink_step step)
{
	size_t before = mem_use_total().bytes;
	for (unsigned i = 0; i < g->shrinker_count; i++)
		if (g->shrinkers[i].step == step)
			g->shrinkers[i].fn(g->shrinkers[i].arg);
	size_t after = mem_use_total().bytes;
	return before > after ? before - after : 0;
}

static void trim_allocator(void)
{
#if defined(__GLIBC__)
	malloc_trim(0);
#endif
	/* musl gives whole groups back by itself: there is nothing to ask for. */
}

/* Bursts leave holes, above all the first minute: what is free in one piece of pages goes back without waiting for a level. */
static void give_back_holes(void)
{
#if defined(__GLIBC__)
	if (mallinfo2().fordblks >= GOVERNOR_SPARE_BYTES)
		trim_allocator();
#endif
}

static void say_step(const char *words, uint64_t bytes)
{
	struct buf size;
	buf_init(&size, MEM_BASE, 32);
	memory_add_size(&size, bytes);
	log_info("memory", "%s: %s", words, buf_text(&size));
	buf_clear(&size);
}

void governor_cleanup(struct governor *g, const char *why)
{
	if (g->cleaning)
		return;
	g->cleaning = true;
	uint64_t before = memory_held_bytes(g->root);
	log_info("memory", "Memory cleanup: %s", why);
	size_t caches = run_step(g, SHRINK_CACHES);
	say_step("cache cleanup", caches);
	size_t others = run_step(g, SHRINK_BUFFERS) + run_step(g, SHRINK_CONNECTIONS);
	trim_allocator();
	uint64_t after = memory_held_bytes(g->root), returned = before > after ? before - after : 0;
	say_step("buffers and idle connections", others);
	say_step("GC performed, returned to the system", returned);
	g->stats.cleanups++;
	g->stats.returned_bytes += returned;
	g->stats.held_bytes = after;
	g->cleaned_ms = loop_now_ms(g->loop);
	bool worth = returned >= GOVERNOR_SPARE_BYTES || caches + others >= GOVERNOR_SPARE_BYTES;
	g->gap_ms = worth ? 0 : g->gap_ms ? g->gap_ms * 2 : g->settings.interval_s * UINT64_C(2000);
	if (g->gap_ms > GOVERNOR_BACKOFF_MAX_MS)
		g->gap_ms = GOVERNOR_BACKOFF_MAX_MS;
	g->cleaning = false;
}

/* ---- levels ---- */

static enum memory_level level_for(const struct governor *g, uint64_t held)
{
	uint64_t limit = g->stats.limit_bytes, threshold = g->stats.threshold_bytes;
	if (held > limit || (g->stats.level == MEMORY_FULL && held > limit / 100 * GOVERNOR_RETURN_PERCENT))
		return MEMORY_FULL;
	if (held > threshold || (g->stats.level >= MEMORY_HIGH && held > threshold / 100 * GOVERNOR_RETURN_PERCENT))
		return MEMORY_HIGH;
	return MEMORY_CALM;
}

static void enter(struct governor *g, enum memory_level level)
{
	static const char *const words[] = {
		[MEMORY_CALM] = "everything is allowed again",
		[MEMORY_HIGH] = "memory is given back early from here on",
		[MEMORY_FULL] = "new work is refused (logs, pages, figures); containers can still be controlled",
	};
	if (level == g->stats.level)
		return;
	log_line(level == MEMORY_FULL ? LOG_WARN : LOG_INFO, "memory",
		"memory is %s, it was %s: %" PRIu64 " KB held, threshold %" PRIu64 " KB, limit %" PRIu64 " KB; %s",
		memory_level_name(level), memory_level_name(g->stats.level), g->stats.held_bytes / 1024,
		g->stats.threshold_bytes / 1024, g->stats.limit_bytes / 1024, words[level]);
	g->stats.level = level;
	g->gap_ms = 0;
	if (g->listener.on_level)
		g->listener.on_level(level, g->arg);
}

static void measure(struct governor *g)
{
	g->stats.held_bytes = memory_held_bytes(g->root);
	if (g->stats.held_bytes > g->stats.held_peak_bytes)
		g->stats.held_peak_bytes = g->stats.held_bytes;
	g->looked_ms = loop_now_ms(g->loop);
}

/* A clean-up comes before the level is believed: what could be given back was never needed. */
static void judge(struct governor *g)
{
	measure(g);
	enum memory_level level = level_for(g, g->stats.held_bytes);
	bool due = level > g->stats.level || (level != MEMORY_CALM && g->looked_ms >= g->cleaned_ms + g->gap_ms);
	if (level != MEMORY_CALM && due) {
		governor_cleanup(g, level == MEMORY_FULL ? "above the limit" : "above the threshold");
		level = level_for(g, g->stats.held_bytes);
	}
	enter(g, level);
}

static void on_suspicion(enum mem_owner owner, size_t from_bytes, size_t to_bytes, void *arg)
{
	struct governor *g = arg;
	g->leak_suspected = true;
	log_warn("memory",
		"a leak is suspected: %s grew from %zu to %zu bytes over at least %d looks and did not come back",
		mem_owner_name(owner), from_bytes, to_bytes, LEAK_RISES * LEAK_EPOCH_SAMPLES);
}

static void sample(struct governor *g)
{
	size_t bytes[MEM_OWNER_COUNT];
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		bytes[i] = mem_use_of((enum mem_owner)i).bytes;
	leak_sample(&g->leak, bytes, g->listener.units ? g->listener.units(g->arg) : 0, on_suspicion, g);
	if (!g->leak_suspected)
		return;
	g->leak_suspected = false;
	governor_cleanup(g, "a leak is suspected");
}

void governor_look(struct governor *g)
{
	g->stats.looks++;
	judge(g);
	if (g->listener.on_look)
		g->listener.on_look(g->stats.held_bytes, g->stats.limit_bytes, g->arg);
}

static void on_timer(void *arg)
{
	struct governor *g = arg;
	timer_set(g->timer, g->settings.interval_s * UINT64_C(1000));
	sample(g);
	give_back_holes();
	governor_look(g);
}

bool governor_allows(struct governor *g, enum work_kind kind)
{
	if (kind == WORK_CONTROL)
		return true;
	if (loop_now_ms(g->loop) >= g->looked_ms + GOVERNOR_LOOK_GAP_MS)
		judge(g);
	if (g->stats.level != MEMORY_FULL)
		return true;
	g->stats.refused[kind]++;
	return false;
}

/* ---- the kernel speaks ---- */

static void on_pressure(int fd, unsigned events, void *arg)
{
	struct governor *g = arg;
	char ignored[1024];
	uint64_t now = loop_now_ms(g->loop);
	if (events &
		LOOP_HANGUP) { /* the group has gone; the kernel says so again and again, with "pressure" beside it */
		watch_free(g->pressure);
		g->pressure = NULL;
		g->stats.pressure_way = NULL;
		return;
	}
	if (events & LOOP_READ)
		while (read(fd, ignored, sizeof ignored) > 0)
			continue;
	g->stats.pressure_events++;
	if (g->cleaned_ms && now < g->cleaned_ms + GOVERNOR_PRESSURE_GAP_MS)
		return;
	governor_cleanup(g, "the kernel is short of memory");
	governor_look(g);
}

static void watch_pressure(struct governor *g)
{
	unsigned events;
	g->pressure_fd =
		cgroup_watch_pressure(&g->cgroup, g->root, &events, &g->pressure_other_fd, &g->stats.pressure_way);
	if (g->pressure_fd >= 0)
		g->pressure = watch_new(g->loop, g->pressure_fd, events, on_pressure, g);
	if (!g->pressure)
		g->stats.pressure_way = NULL;
}

/* ---- settings ---- */

static void warn_of_contradictions(const struct governor *g, uint64_t container)
{
	const struct governor_settings *s = &g->settings;
	if (container && s->limit_mb * MB > container)
		log_warn("memory",
			"DDC_MEMORY_LIMIT_MB is %u, but the container may hold only %" PRIu64 " KB: %" PRIu64
			" KB are taken as the limit",
			s->limit_mb, container / 1024, g->stats.limit_bytes / 1024);
	if (s->threshold_mb && s->threshold_mb * MB >= g->stats.limit_bytes)
		log_warn("memory",
			"DDC_GC_THRESHOLD_MB is %u, not below the limit of %" PRIu64 " KB: %" PRIu64 " KB are taken",
			s->threshold_mb, g->stats.limit_bytes / 1024, g->stats.threshold_bytes / 1024);
}

void governor_set(struct governor *g, const struct governor_settings *s)
{
	uint64_t container = cgroup_read(&g->cgroup).limit_bytes,
		 from_container = container / 100 * GOVERNOR_CONTAINER_PERCENT;
	uint64_t limit = s->limit_mb * MB;
	bool same = g->stats.limit_bytes && memcmp(s, &g->settings, sizeof *s) == 0;
	if (!limit && !container)
		limit = GOVERNOR_DEFAULT_LIMIT_MB * MB;
	if (container && (!limit || limit > container))
		limit = !s->limit_mb && from_container > GOVERNOR_DEFAULT_LIMIT_MB * MB ? GOVERNOR_DEFAULT_LIMIT_MB * MB
											: from_container;
	uint64_t threshold = s->threshold_mb * MB;
	if (!threshold || threshold >= limit)
		threshold = limit / 100 * GOVERNOR_THRESHOLD_PERCENT;
	g->settings = *s;
	if (!g->settings.interval_s)
		g->settings.interval_s = 60;
	g->stats.limit_bytes = limit;
	g->stats.threshold_bytes = threshold;
	timer_set_sooner(g->timer, g->settings.interval_s * UINT64_C(1000));
	if (same)
		return;
	log_info("memory",
		"Memory limit %" PRIu64 " KB, clean-up from %" PRIu64 " KB, a look every %u s; container: %" PRIu64
		" KB%s; pressure: %s",
		limit / 1024, threshold / 1024, g->settings.interval_s, container / 1024,
		container ? "" : " (no limit)",
		g->stats.pressure_way ? g->stats.pressure_way : "not told by this kernel");
	warn_of_contradictions(g, container);
}

struct governor *governor_new(struct loop *loop, const char *root, const struct governor_listener *listener, void *arg)
{
	struct governor *g = mem_zalloc(MEM_APP, sizeof *g);
	if (!g)
		return NULL;
	g->loop = loop;
	g->listener = *listener;
	g->arg = arg;
	g->pressure_fd = g->pressure_other_fd = -1;
	snprintf(g->root, sizeof g->root, "%s", root);
	g->timer = timer_new(loop, on_timer, g);
	if (!g->timer) {
		governor_free(g);
		return NULL;
	}
	leak_init(&g->leak);
	cgroup_find(&g->cgroup, g->root);
	watch_pressure(g);
	return g;
}

void governor_free(struct governor *g)
{
	if (!g)
		return;
	watch_free(g->pressure);
	if (g->pressure_fd >= 0)
		close(g->pressure_fd);
	if (g->pressure_other_fd >= 0)
		close(g->pressure_other_fd);
	timer_free(g->timer);
	mem_free(g);
}

void governor_add_shrinker(
	struct governor *g, enum shrink_step step, const char *name, void (*fn)(void *arg), void *arg)
{
	if (g->shrinker_count < GOVERNOR_SHRINKERS_MAX)
		g->shrinkers[g->shrinker_count++] = (struct shrinker){name, fn, arg, step};
}

void governor_forget_shrinkers(struct governor *g)
{
	if (g)
		g->shrinker_count = 0;
}

void governor_figures(const struct governor *g, struct memory_figures *ret)
{
	memory_figures_read(ret, &g->cgroup, g->root);
}

struct governor_stats governor_stats_of(const struct governor *g)
{
	return g->stats;
}

unsigned governor_leak_suspicions(const struct governor *g, enum mem_owner owner)
{
	return leak_suspicions(&g->leak, owner);
}
