#include "memory/governor.h"

#include "base/log.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MB (UINT64_C(1024) * 1024)

enum { SIZE_BYTES = 32, WHO_BYTES_MAX = 512 };

struct shrinker {
	struct shrinker_stats stats;
	void (*fn)(void *arg);
	void *arg;
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
	struct shrinker shrinkers[GOVERNOR_SHRINKERS_MAX]; /* by step, in the order of registration */
	unsigned shrinker_count;
	struct leak leak;
	unsigned leak_rhythm_ms;
	int pressure_fd, pressure_other_fd;
	struct watch *pressure;
	uint64_t container_bytes;		/* what the container may hold; 0: it has no limit */
	uint64_t looked_ms, cleaned_ms, gap_ms; /* gap_ms: between clean-ups, grows while they give nothing */
	uint64_t look_due_ms, sample_due_ms;
	bool leak_suspected, cleaning, look_soon;
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

/* Adds to who what it gave back: "usage history 12 KB". */
static size_t run_shrinker(struct shrinker *sh, struct buf *who)
{
	size_t before = mem_use_total().bytes;
	sh->fn(sh->arg);
	size_t after = mem_use_total().bytes, freed = before > after ? before - after : 0;
	sh->stats.bytes += freed;
	if (freed) {
		buf_printf(who, "%s%s ", who->length ? ", " : "", sh->stats.name);
		memory_add_size(who, freed);
	}
	return freed;
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

/* TAKES who. */
static void say_step(const char *words, uint64_t bytes, struct buf *who)
{
	struct buf size;
	buf_init(&size, MEM_BASE, SIZE_BYTES);
	memory_add_size(&size, bytes);
	log_info("memory", "%s: %s%s%s%s", words, buf_text(&size), who->length ? " (" : "", buf_text(who),
		who->length ? ")" : "");
	buf_clear(&size);
	buf_clear(who);
}

static size_t shrink(struct governor *g, const char *words, enum shrink_step first, enum shrink_step last)
{
	struct buf who;
	size_t bytes = 0;
	buf_init(&who, MEM_BASE, WHO_BYTES_MAX);
	for (unsigned i = 0; i < g->shrinker_count; i++)
		if (g->shrinkers[i].stats.step >= first && g->shrinkers[i].stats.step <= last)
			bytes += run_shrinker(&g->shrinkers[i], &who);
	say_step(words, bytes, &who);
	return bytes;
}

/* from: steps before it are left out. True: it was worth it. */
static bool clean_up(struct governor *g, const char *why, enum shrink_step from)
{
	struct buf nobody;
	if (g->cleaning)
		return true;
	g->cleaning = true;
	uint64_t before = memory_held_bytes(g->root);
	log_info("memory", "Memory cleanup: %s", why);
	size_t freed = shrink(g, "cache cleanup", from, SHRINK_CACHES);
	freed += shrink(g, "buffers and idle connections", SHRINK_BUFFERS, SHRINK_CONNECTIONS);
	trim_allocator();
	uint64_t after = memory_held_bytes(g->root), returned = before > after ? before - after : 0;
	buf_init(&nobody, MEM_BASE, 0);
	say_step("GC performed, returned to the system", returned, &nobody);
	g->stats.cleanups++;
	g->stats.returned_bytes += returned;
	g->stats.held_bytes = after;
	g->cleaned_ms = loop_now_ms(g->loop);
	g->cleaning = false;
	return returned >= GOVERNOR_SPARE_BYTES || freed >= GOVERNOR_SPARE_BYTES;
}

void governor_cleanup(struct governor *g, const char *why)
{
	clean_up(g, why, SHRINK_CACHES);
}

/* Nobody asked: what gives nothing back is done less and less often. */
static void clean_up_unasked(struct governor *g, const char *why, enum shrink_step from)
{
	bool worth = clean_up(g, why, from);
	g->gap_ms = worth ? 0 : g->gap_ms ? g->gap_ms * 2 : g->settings.interval_s * UINT64_C(2000);
	if (g->gap_ms > GOVERNOR_BACKOFF_MAX_MS)
		g->gap_ms = GOVERNOR_BACKOFF_MAX_MS;
}

/* ---- limits ---- */

static void say_limits(const struct governor *g)
{
	const struct governor_settings *s = &g->settings;
	uint64_t limit = g->stats.limit_bytes, container = g->container_bytes;
	log_info("memory",
		"Memory limit %" PRIu64 " KB, clean-up from %" PRIu64 " KB, a look every %u s; container: %" PRIu64
		" KB%s; pressure: %s",
		limit / 1024, g->stats.threshold_bytes / 1024, s->interval_s, container / 1024,
		container ? "" : " (no limit)",
		g->stats.pressure_way ? g->stats.pressure_way : "not told by this kernel");
	if (s->limit_mb * MB > limit)
		log_warn("memory",
			"DDC_MEMORY_LIMIT_MB is %u, but the container may hold only %" PRIu64
			" KB, and a tenth of that is to stay free: %" PRIu64 " KB are taken as the limit",
			s->limit_mb, container / 1024, limit / 1024);
	if (s->threshold_mb && s->threshold_mb * MB >= limit)
		log_warn("memory",
			"DDC_GC_THRESHOLD_MB is %u, not below the limit of %" PRIu64 " KB: %" PRIu64 " KB are taken",
			s->threshold_mb, limit / 1024, g->stats.threshold_bytes / 1024);
}

static void put_limits(struct governor *g)
{
	uint64_t limit = (g->settings.limit_mb ? g->settings.limit_mb : GOVERNOR_DEFAULT_LIMIT_MB) * MB;
	uint64_t most = g->container_bytes / 100 * GOVERNOR_CONTAINER_PERCENT,
		 threshold = g->settings.threshold_mb * MB;
	if (g->container_bytes && limit > most)
		limit = most;
	if (!threshold || threshold >= limit)
		threshold = limit / 100 * GOVERNOR_THRESHOLD_PERCENT;
	g->stats.limit_bytes = limit;
	g->stats.threshold_bytes = threshold;
}

/* It may be given another limit while we run (docker update --memory). */
static void watch_the_container(struct governor *g)
{
	uint64_t now = cgroup_limit(&g->cgroup), before = g->container_bytes;
	if (now == before || !g->stats.limit_bytes)
		return;
	log_info("memory", "the container may hold %" PRIu64 " KB%s now, it was %" PRIu64 " KB%s", now / 1024,
		now ? "" : " (no limit)", before / 1024, before ? "" : " (no limit)");
	g->container_bytes = now;
	put_limits(g);
	say_limits(g);
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
	if (level != MEMORY_CALM && due && g->cleaned_ms != g->looked_ms) {
		clean_up_unasked(g, level == MEMORY_FULL ? "above the limit" : "above the threshold", SHRINK_CACHES);
		level = level_for(g, g->stats.held_bytes);
	}
	enter(g, level);
}

static void on_suspicion(enum mem_owner owner, size_t from_bytes, size_t to_bytes, void *arg)
{
	struct governor *g = arg;
	g->leak_suspected = true;
	log_warn("memory",
		"a leak is suspected: %s grew from %zu to %zu bytes over at least %u s and did not come back",
		mem_owner_name(owner), from_bytes, to_bytes,
		g->leak_rhythm_ms / 1000 * LEAK_RISES * LEAK_EPOCH_SAMPLES);
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
	watch_the_container(g);
	judge(g);
	if (g->listener.on_look)
		g->listener.on_look(g->stats.held_bytes, g->stats.limit_bytes, g->arg);
}

/* Looks and samples have each their own rhythm, and share the timer: what is due at nearly the same time is done together, so that an
 * idle ddc is woken once. */
static void plan(struct governor *g)
{
	uint64_t now = loop_now_ms(g->loop), due = g->look_due_ms;
	if (g->sample_due_ms < due)
		due = g->sample_due_ms;
	if (g->look_soon)
		due = now;
	timer_set(g->timer, due > now ? due - now : 0);
}

static void on_timer(void *arg)
{
	struct governor *g = arg;
	uint64_t now = loop_now_ms(g->loop), about = now + GOVERNOR_TOGETHER_MS;
	bool any_due = now >= g->sample_due_ms || now >= g->look_due_ms;
	bool sample_due = any_due && about >= g->sample_due_ms, look_due = any_due && about >= g->look_due_ms;
	bool look_now = look_due || g->look_soon;
	g->look_soon = false;
	if (sample_due)
		g->sample_due_ms = now + g->leak_rhythm_ms;
	if (look_due)
		g->look_due_ms = now + g->settings.interval_s * UINT64_C(1000);
	plan(g);
	if (sample_due)
		sample(g);
	if (!look_now)
		return;
	give_back_holes();
	governor_look(g);
}

void governor_set_leak_rhythm(struct governor *g, unsigned ms)
{
	g->leak_rhythm_ms = ms;
	g->sample_due_ms = loop_now_ms(g->loop) + ms;
	plan(g);
}

bool governor_allows(struct governor *g, enum work_kind kind)
{
	if (kind == WORK_CONTROL)
		return true;
	if (loop_now_ms(g->loop) >= g->looked_ms + GOVERNOR_LOOK_GAP_MS)
		measure(g);
	enum memory_level level = level_for(g, g->stats.held_bytes);
	if (level != g->stats.level) { /* in force from the next turn on: here somebody is at work */
		g->look_soon = true;
		plan(g);
	}
	if (g->stats.level != MEMORY_FULL || level != MEMORY_FULL)
		return true;
	g->stats.refused[kind]++;
	return false;
}

/* ---- the kernel speaks ---- */

/* With less it is not what we hold that memory is short of. */
static bool holds_much(const struct governor *g)
{
	return g->stats.held_bytes >= g->stats.threshold_bytes / 100 * GOVERNOR_MUCH_PERCENT;
}

/* Where the kernel tells of the whole machine only, others may be the ones that are short. In a group of our own it may be pages of files;
 * what sockets take counts there too, so connections go, but nothing that somebody would miss. */
void governor_on_pressure(struct governor *g)
{
	uint64_t gap = g->gap_ms > GOVERNOR_PRESSURE_GAP_MS ? g->gap_ms : GOVERNOR_PRESSURE_GAP_MS;
	g->stats.pressure_events++;
	if (g->cleaned_ms && loop_now_ms(g->loop) < g->cleaned_ms + gap)
		return;
	measure(g);
	if (!holds_much(g) && g->stats.pressure_way == cgroup_way_of_machine)
		return;
	clean_up_unasked(g, "the kernel is short of memory", holds_much(g) ? SHRINK_CACHES : SHRINK_BUFFERS);
	governor_look(g);
}

static void on_pressure(int fd, unsigned events, void *arg)
{
	struct governor *g = arg;
	char ignored[1024];
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
	governor_on_pressure(g);
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

void governor_set(struct governor *g, const struct governor_settings *s)
{
	uint64_t container = cgroup_limit(&g->cgroup), due;
	bool same = g->stats.limit_bytes && container == g->container_bytes && memcmp(s, &g->settings, sizeof *s) == 0;
	g->settings = *s;
	g->container_bytes = container;
	if (!g->settings.interval_s)
		g->settings.interval_s = GOVERNOR_DEFAULT_INTERVAL_S;
	due = loop_now_ms(g->loop) + g->settings.interval_s * UINT64_C(1000);
	if (!g->stats.limit_bytes || due < g->look_due_ms)
		g->look_due_ms = due;
	plan(g);
	put_limits(g);
	if (!same)
		say_limits(g);
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
	g->leak_rhythm_ms = GOVERNOR_LEAK_RHYTHM_MS;
	g->settings.interval_s = GOVERNOR_DEFAULT_INTERVAL_S;
	g->sample_due_ms = loop_now_ms(loop) + g->leak_rhythm_ms;
	g->look_due_ms = loop_now_ms(loop) + g->settings.interval_s * UINT64_C(1000);
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
	unsigned at = g->shrinker_count;
	if (at == GOVERNOR_SHRINKERS_MAX)
		return;
	for (; at && g->shrinkers[at - 1].stats.step > step; at--)
		g->shrinkers[at] = g->shrinkers[at - 1];
	g->shrinkers[at] = (struct shrinker){{name, step, 0}, fn, arg};
	g->shrinker_count++;
}

const struct shrinker_stats *governor_shrinker_stats(const struct governor *g, unsigned n)
{
	return n < g->shrinker_count ? &g->shrinkers[n].stats : NULL;
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
