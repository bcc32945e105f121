#include "web/metrics.h"

#include "base/bug.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct metrics {
	metrics_source_fn *source;
	void *arg;
	bool openmetrics;
	unsigned family; /* the one being written */
	bool begun;	 /* its head is there */
	char behind
		[CONTAINER_NAME_BYTES]; /* of a family with a sample for each container: the last one that is there */
	bool behind_any;
	/* of this scrape, so that all families tell of the same moment */
	struct memory_figures memory;
	struct docker_stats docker;
	struct rest_stats rest;
	struct gateway_stats gateway;
	struct board_stats board;
	struct pending_stats pending;
	struct governor_stats governor;
	unsigned states[CONTAINER_DEAD + 1];
	struct metrics_source s;
};

enum kind { GAUGE, COUNTER, HISTOGRAM };

struct family {
	const char *name; /* counters without _total */
	enum kind kind;
	const char *help;
	void (*write)(struct metrics *m, struct buf *out, const char *name);
	/* for numbers that need no code: where it lies in struct metrics */
	size_t offset;
	enum { U64, U32, SECONDS_U32 } type;
	void (*write_container)(struct buf *out, const char *name, const struct container *c);
	size_t needs; /* offset of the pointer in struct metrics_source without which there is nothing to say; NEEDS_NOTHING */
};
#define NEEDS_NOTHING SIZE_MAX

bool metrics_wants_openmetrics(struct str accept)
{
	return str_contains_nocase(accept, STR("application/openmetrics-text"));
}

/* ---- samples ---- */

static void add_label(struct buf *out, const char *value)
{
	for (const char *c = value; *c; c++) {
		if (*c == '\\' || *c == '"')
			buf_add_char(out, '\\');
		if (*c == '\n')
			buf_add_str(out, "\\n");
		else
			buf_add_char(out, *c);
	}
}

static void begin_sample(struct buf *out, const char *name, const char *label, const char *value)
{
	buf_add_str(out, name);
	if (!label)
		return;
	buf_printf(out, "{%s=\"", label);
	add_label(out, value);
	buf_add_str(out, "\"}");
}

static void add_number(struct buf *out, const char *name, const char *label, const char *value, uint64_t number)
{
	begin_sample(out, name, label, value);
	buf_printf(out, " %" PRIu64 "\n", number);
}

static void add_double(struct buf *out, const char *name, const char *label, const char *value, double number)
{
	begin_sample(out, name, label, value);
	buf_printf(out, " %.3f\n", number);
}

/* OpenMetrics wants bounds as floats in one spelling: "1.0", where the older format's clients write "1". */
static void add_bound(struct buf *out, double seconds, bool openmetrics)
{
	char text[32];
	snprintf(text, sizeof text, "%g", seconds);
	buf_printf(out, "%s%s", text, openmetrics && !strpbrk(text, ".e") ? ".0" : "");
}

static void add_histogram(struct metrics *m, struct buf *out, const char *name, const struct histogram *h)
{
	uint64_t so_far = 0;
	for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
		so_far += h->buckets[i];
		buf_printf(out, "%s_bucket{le=\"", name);
		add_bound(out, histogram_bounds_ms[i] / 1000.0, m->openmetrics);
		buf_printf(out, "\"} %" PRIu64 "\n", so_far);
	}
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum %.6f\n%s_count %" PRIu64 "\n", name, h->count, name,
		(double)h->sum_us / 1e6, name, h->count);
}

/* ---- families that need code ---- */

static void write_build(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, "version", DDC_VERSION, 1);
}

static void write_heap(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, "state", "in_use", m->memory.heap_in_use_bytes);
	add_number(out, name, "state", "free", m->memory.heap_free_bytes);
}

static void write_owner_bytes(struct metrics *m, struct buf *out, const char *name)
{
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		add_number(out, name, "owner", mem_owner_name((enum mem_owner)i), m->memory.owners[i].bytes);
}

static void write_owner_blocks(struct metrics *m, struct buf *out, const char *name)
{
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		add_number(out, name, "owner", mem_owner_name((enum mem_owner)i), m->memory.owners[i].blocks);
}

static void write_owner_peaks(struct metrics *m, struct buf *out, const char *name)
{
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		add_number(out, name, "owner", mem_owner_name((enum mem_owner)i), m->memory.owners[i].peak_bytes);
}

static void write_level(struct metrics *m, struct buf *out, const char *name)
{
	for (unsigned i = 0; i < MEMORY_LEVEL_COUNT; i++)
		add_number(out, name, "level", memory_level_name((enum memory_level)i), m->governor.level == i);
}

static void write_leaks(struct metrics *m, struct buf *out, const char *name)
{
	for (unsigned i = 0; i < MEM_OWNER_COUNT; i++)
		add_number(out, name, "owner", mem_owner_name((enum mem_owner)i),
			governor_leak_suspicions(m->s.governor, (enum mem_owner)i));
}

static void write_refused(struct metrics *m, struct buf *out, const char *name)
{
	for (unsigned i = WORK_CONTROL + 1; i < WORK_KIND_COUNT; i++) /* what controls containers never is */
		add_number(out, name, "kind", work_kind_name((enum work_kind)i), m->governor.refused[i]);
	if (m->s.pending)
		add_number(out, name, "kind", "action", m->pending.refused);
}

static void write_states(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, "state", container_state_name(CONTAINER_UNKNOWN), m->states[CONTAINER_UNKNOWN]);
	for (unsigned i = CONTAINER_CREATED; i <= CONTAINER_DEAD; i++)
		add_number(out, name, "state", container_state_name((enum container_state)i), m->states[i]);
}

static void write_beyond(struct metrics *m, struct buf *out, const char *name)
{
	struct board_stats b = m->board;
	add_number(out, name, "limit", "DDC_MAX_CONTAINERS", docker_containers_beyond_max(m->s.docker));
	add_number(out, name, "limit", "DDC_MAX_CACHE_SIZE", docker_figures_beyond_max(m->s.docker));
	add_number(out, name, "limit", "DDC_MAX_CHANNELS", b.beyond_channels);
	add_number(out, name, "limit", "DDC_MAX_TRACKED_CHANNELS", b.beyond_tracked);
	add_number(out, name, "limit", "memory_alerts", m->s.alert ? alert_left_out(m->s.alert) : 0);
}

static void write_docker_up(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, NULL, NULL, docker_link_of(m->s.docker) == DOCKER_UP);
}

static void write_docker_durations(struct metrics *m, struct buf *out, const char *name)
{
	add_histogram(m, out, name, &m->docker.durations);
}

static void write_discord_up(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, NULL, NULL, gateway_state_of(m->s.gateway) == GATEWAY_READY);
}

static void write_discord_durations(struct metrics *m, struct buf *out, const char *name)
{
	add_histogram(m, out, name, &m->rest.durations);
}

static void write_actions(struct metrics *m, struct buf *out, const char *name)
{
	for (unsigned a = 0; a < DOCKER_ACTION_COUNT; a++)
		for (unsigned o = 0; o < PENDING_OUTCOME_COUNT; o++)
			buf_printf(out, "%s{action=\"%s\",result=\"%s\"} %" PRIu64 "\n", name,
				docker_action_name((enum docker_action)a),
				pending_outcome_name((enum pending_outcome)o), m->pending.ended[a][o]);
}

static void write_queues(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, "queue", "actions", pending_count(m->s.pending));
	add_number(out, name, "queue", "discord", m->rest.waiting);
}

static void write_queue_limits(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, "queue", "actions", m->s.pending_max);
	add_number(out, name, "queue", "discord", REST_QUEUE_MAX);
}

static void write_alerts(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, NULL, NULL, alert_active(m->s.alert));
}

static void write_alerts_sent(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, NULL, NULL, alert_sent(m->s.alert));
}

static void write_wakeups(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, NULL, NULL, loop_stats_of(m->s.loop).wakeups);
}

/* ---- the process; names as every client library of Prometheus has them ---- */

static void write_cpu(struct metrics *m, struct buf *out, const char *name)
{
	struct rusage u;
	if (getrusage(RUSAGE_SELF, &u) == 0)
		add_double(out, name, NULL, NULL,
			(double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
				(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
}

static void write_start(struct metrics *m, struct buf *out, const char *name)
{
	add_number(out, name, NULL, NULL, (uint64_t)m->s.started_s);
}

static void write_virtual(struct metrics *m, struct buf *out, const char *name)
{
	unsigned long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (f && fscanf(f, "%llu", &pages) == 1)
		add_number(out, name, NULL, NULL, pages * (uint64_t)sysconf(_SC_PAGESIZE));
	if (f)
		fclose(f);
}

static void write_open_fds(struct metrics *m, struct buf *out, const char *name)
{
	unsigned count = 0;
	DIR *d = opendir("/proc/self/fd");
	while (d && readdir(d))
		count++;
	if (d)
		closedir(d);
	if (count > 3)
		add_number(out, name, NULL, NULL, count - 3); /* ".", ".." and this look */
}

static void write_max_fds(struct metrics *m, struct buf *out, const char *name)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) == 0)
		add_number(out, name, NULL, NULL, r.rlim_cur);
}

/* ---- containers; what is not known has no sample: a zero would be a statement, and rules go by it ---- */

/* What it did when the engine was last heard of is not what it does. */
static enum container_state state_of(const struct container *c)
{
	return c->stale ? CONTAINER_UNKNOWN : c->state;
}

static void write_container_up(struct buf *out, const char *name, const struct container *c)
{
	if (state_of(c) == CONTAINER_UNKNOWN)
		return;
	add_number(out, name, "name", c->name, c->state == CONTAINER_RUNNING);
}

static void write_container_healthy(struct buf *out, const char *name, const struct container *c)
{
	if (!c->stale && (c->health == HEALTH_HEALTHY || c->health == HEALTH_UNHEALTHY))
		add_number(out, name, "name", c->name, c->health == HEALTH_HEALTHY);
}

static void write_container_oom(struct buf *out, const char *name, const struct container *c)
{
	if (c->restart_count >= 0 || c->oom_killed)
		add_number(out, name, "name", c->name, c->oom_killed);
}

static void write_container_oom_kills(struct buf *out, const char *name, const struct container *c)
{
	add_number(out, name, "name", c->name, c->oom_kills);
}

static void write_container_cpu(struct buf *out, const char *name, const struct container *c)
{
	if (c->cpu_known && !c->stale)
		add_double(out, name, "name", c->name, c->cpu_permille / 1000.0);
}

static void write_container_memory(struct buf *out, const char *name, const struct container *c)
{
	if (c->memory_known && !c->stale)
		add_number(out, name, "name", c->name, c->memory_bytes);
}

static void write_container_limit(struct buf *out, const char *name, const struct container *c)
{
	if (c->memory_known && c->memory_limit_bytes)
		add_number(out, name, "name", c->name, c->memory_limit_bytes);
}

static void write_container_restarts(struct buf *out, const char *name, const struct container *c)
{
	if (c->restart_count >= 0)
		add_number(out, name, "name", c->name, (uint64_t)c->restart_count);
}

/* ---- the table ---- */

#define NEED(part) offsetof(struct metrics_source, part)
#define CODE(n, k, h, fn, need)                                                                                        \
	{                                                                                                              \
		n, k, h, fn, 0, U64, NULL, need                                                                        \
	}
#define PLAIN(n, k, h, at, need)                                                                                       \
	{                                                                                                              \
		n, k, h, NULL, offsetof(struct metrics, at), U64, NULL, need                                           \
	}
#define PLAIN32(n, k, h, at, need)                                                                                     \
	{                                                                                                              \
		n, k, h, NULL, offsetof(struct metrics, at), U32, NULL, need                                           \
	}
#define EACH(n, k, h, fn)                                                                                              \
	{                                                                                                              \
		n, k, h, NULL, 0, U64, fn, NEED(docker)                                                                \
	}

static const struct family families[] = {
	CODE("ddc_build_info", GAUGE, "A one with the version as a label.", write_build, NEEDS_NOTHING),
	PLAIN("ddc_memory_resident_bytes", GAUGE, "Memory of the process, pages of files included.",
		memory.resident_bytes, NEED(governor)),
	PLAIN("ddc_memory_private_bytes", GAUGE, "The part of it that no other process has.", memory.private_bytes,
		NEED(governor)),
	PLAIN("ddc_memory_shared_bytes", GAUGE, "The part of it that others may have too.", memory.shared_bytes,
		NEED(governor)),
	PLAIN("ddc_memory_resident_peak_bytes", GAUGE, "The most it ever was.", memory.peak_bytes, NEED(governor)),
	PLAIN("ddc_memory_held_bytes", GAUGE,
		"Resident memory without pages of files: what the limits are held against.", memory.held_bytes,
		NEED(governor)),
	PLAIN("ddc_memory_limit_bytes", GAUGE, "Above it new work is refused.", governor.limit_bytes, NEED(governor)),
	PLAIN("ddc_memory_threshold_bytes", GAUGE, "Above it memory is given back early.", governor.threshold_bytes,
		NEED(governor)),
	PLAIN("ddc_memory_cgroup_bytes", GAUGE, "What the container holds, as the kernel counts; 0: unknown.",
		memory.cgroup.current_bytes, NEED(governor)),
	PLAIN("ddc_memory_cgroup_limit_bytes", GAUGE, "What the container may hold; 0: no limit.",
		memory.cgroup.limit_bytes, NEED(governor)),
	PLAIN("ddc_memory_cgroup_oom_kills", COUNTER,
		"Processes of the container that the kernel ended for lack of memory.", memory.cgroup.oom_kills,
		NEED(governor)),
	CODE("ddc_memory_heap_bytes", GAUGE,
		"The heap: the C library's word, or ddc's own count where it has none (musl; free is then all else that is held).",
		write_heap, NEED(governor)),
	CODE("ddc_memory_owner_bytes", GAUGE, "Live memory by the part of ddc that holds it.", write_owner_bytes,
		NEED(governor)),
	CODE("ddc_memory_owner_blocks", GAUGE, "Live blocks by owner.", write_owner_blocks, NEED(governor)),
	CODE("ddc_memory_owner_peak_bytes", GAUGE, "The most an owner ever held.", write_owner_peaks, NEED(governor)),
	CODE("ddc_memory_level", GAUGE, "One for the level in force.", write_level, NEED(governor)),
	PLAIN("ddc_memory_cleanups", COUNTER, "Clean-ups.", governor.cleanups, NEED(governor)),
	PLAIN("ddc_memory_returned_bytes", COUNTER, "Memory that clean-ups gave back to the system.",
		governor.returned_bytes, NEED(governor)),
	PLAIN("ddc_memory_pressure_events", COUNTER, "Times the kernel said that memory is short.",
		governor.pressure_events, NEED(governor)),
	CODE("ddc_memory_leak_suspicions", COUNTER, "Growth that did not come back, by owner.", write_leaks,
		NEED(governor)),
	CODE("ddc_work_refused", COUNTER, "Work that was not begun because a limit was reached.", write_refused,
		NEED(governor)),
	CODE("ddc_beyond_limit", GAUGE, "Things that are left out because a limit says so.", write_beyond, NEED(board)),
	CODE("ddc_containers", GAUGE, "Containers by state; unknown while the engine is out of reach.", write_states,
		NEED(docker)),
	EACH("ddc_container_running", GAUGE, "One while it runs.", write_container_up),
	EACH("ddc_container_healthy", GAUGE,
		"One while its health check succeeds, zero while it fails; absent without one, and while it starts.",
		write_container_healthy),
	EACH("ddc_container_oom_killed", GAUGE, "One if its last end was for lack of memory; absent until known.",
		write_container_oom),
	EACH("ddc_container_oom_kills", COUNTER, "Ends for lack of memory since ddc knows it.",
		write_container_oom_kills),
	EACH("ddc_container_cpu_ratio", GAUGE, "Processor time used, 1 for one processor; absent while unknown.",
		write_container_cpu),
	EACH("ddc_container_memory_bytes", GAUGE, "Memory as docker stats shows it; absent while unknown.",
		write_container_memory),
	EACH("ddc_container_memory_limit_bytes", GAUGE, "What it may hold; absent without a limit.",
		write_container_limit),
	EACH("ddc_container_restarts", COUNTER, "Restarts by the engine's restart policy; absent until known.",
		write_container_restarts),
	CODE("ddc_docker_up", GAUGE, "One while the engine answers and its events come in.", write_docker_up,
		NEED(docker)),
	PLAIN("ddc_docker_requests", COUNTER, "Requests to the engine.", docker.requests, NEED(docker)),
	PLAIN("ddc_docker_errors", COUNTER, "Requests that failed or were refused.", docker.failures, NEED(docker)),
	PLAIN("ddc_docker_reconnects", COUNTER, "Times the connection was lost and had to be made anew.",
		docker.reconnects, NEED(docker)),
	PLAIN("ddc_docker_events", COUNTER, "Events of the engine.", docker.events, NEED(docker)),
	PLAIN("ddc_docker_resyncs", COUNTER, "Whole lists that were read.", docker.resyncs, NEED(docker)),
	CODE("ddc_docker_request_duration_seconds", HISTOGRAM, "From a question to the engine to its answer.",
		write_docker_durations, NEED(docker)),
	CODE("ddc_discord_up", GAUGE, "One while logged in at the gateway.", write_discord_up, NEED(gateway)),
	{"ddc_discord_heartbeat_latency_seconds", GAUGE, "Heartbeat to acknowledgement.", NULL,
		offsetof(struct metrics, gateway.latency_ms), SECONDS_U32, NULL, NEED(gateway)},
	PLAIN("ddc_discord_reconnects", COUNTER, "Times the gateway connection had to be made anew.",
		gateway.reconnects, NEED(gateway)),
	PLAIN("ddc_discord_resumes", COUNTER, "Sessions that were resumed.", gateway.resumes, NEED(gateway)),
	PLAIN("ddc_discord_identifies", COUNTER, "Sessions that were begun.", gateway.identifies, NEED(gateway)),
	PLAIN("ddc_discord_events", COUNTER, "Events of the gateway.", gateway.events, NEED(gateway)),
	PLAIN("ddc_discord_received_bytes", COUNTER, "Bytes from the gateway, unpacked.", gateway.bytes, NEED(gateway)),
	PLAIN("ddc_discord_requests", COUNTER, "Requests to the REST API.", rest.requests, NEED(rest)),
	PLAIN("ddc_discord_errors", COUNTER, "Requests that failed in the end.", rest.failures, NEED(rest)),
	PLAIN("ddc_discord_rate_limited", COUNTER, "Answers with status 429.", rest.rate_limited, NEED(rest)),
	PLAIN("ddc_discord_retries", COUNTER, "Requests that were sent again.", rest.retries, NEED(rest)),
	PLAIN("ddc_discord_invalid_requests", GAUGE, "Answers 401, 403 and 429 in the last ten minutes.", rest.invalid,
		NEED(rest)),
	CODE("ddc_discord_request_duration_seconds", HISTOGRAM, "From a request to the end of its answer.",
		write_discord_durations, NEED(rest)),
	CODE("ddc_actions", COUNTER, "Actions on containers that have ended.", write_actions, NEED(pending)),
	CODE("ddc_queue_length", GAUGE, "What waits or is under way.", write_queues, NEED(pending)),
	CODE("ddc_queue_limit", GAUGE, "How much may wait or be under way.", write_queue_limits, NEED(pending)),
	PLAIN32("ddc_channels", GAUGE, "Channels in the settings.", s.channels, NEED(board)),
	PLAIN32("ddc_panels", GAUGE, "Panels that stand in channels.", board.panels, NEED(board)),
	PLAIN("ddc_panel_posts", COUNTER, "Panels posted.", board.posts, NEED(board)),
	PLAIN("ddc_panel_edits", COUNTER, "Panels edited.", board.edits, NEED(board)),
	PLAIN("ddc_panel_edits_saved", COUNTER, "Edits that were not needed: nothing that is shown had changed.",
		board.edits_saved, NEED(board)),
	PLAIN("ddc_panel_failures", COUNTER, "Panels that could not be written.", board.failures, NEED(board)),
	PLAIN("ddc_panel_batches", COUNTER, "Groups of panels that were looked at in one go.", board.batches,
		NEED(board)),
	CODE("ddc_memory_alerts_active", GAUGE, "Memory alerts that have not recovered.", write_alerts, NEED(alert)),
	CODE("ddc_memory_alerts_sent", COUNTER, "Notifications about memory, recoveries included.", write_alerts_sent,
		NEED(alert)),
	CODE("ddc_loop_wakeups", COUNTER, "Times ddc woke up.", write_wakeups, NEED(loop)),
	CODE("process_cpu_seconds", COUNTER, "Processor time used.", write_cpu, NEEDS_NOTHING),
	CODE("process_start_time_seconds", GAUGE, "Unix time of the start.", write_start, NEEDS_NOTHING),
	PLAIN("process_resident_memory_bytes", GAUGE, "Resident memory.", memory.resident_bytes, NEED(governor)),
	CODE("process_virtual_memory_bytes", GAUGE, "Address space.", write_virtual, NEEDS_NOTHING),
	CODE("process_open_fds", GAUGE, "Open descriptors.", write_open_fds, NEEDS_NOTHING),
	CODE("process_max_fds", GAUGE, "Descriptors that may be open.", write_max_fds, NEEDS_NOTHING),
};
enum { FAMILY_COUNT = sizeof families / sizeof *families, NAME_BYTES = 96 };

/* ---- writing ---- */

static bool is_there(const struct metrics *m, const struct family *f)
{
	const void *part;
	if (f->needs == NEEDS_NOTHING)
		return true;
	memcpy(&part, (const char *)&m->s + f->needs, sizeof part);
	return part != NULL;
}

/* In OpenMetrics a counter's family has the name without _total; in the older format the sample's. */
static void begin_family(const struct metrics *m, struct buf *out, const struct family *f)
{
	static const char *const kinds[] = {[GAUGE] = "gauge", [COUNTER] = "counter", [HISTOGRAM] = "histogram"};
	const char *ending = f->kind == COUNTER && !m->openmetrics ? "_total" : "";
	buf_printf(out, "# HELP %s%s %s\n# TYPE %s%s %s\n", f->name, ending, f->help, f->name, ending, kinds[f->kind]);
}

static void write_plain(const struct metrics *m, struct buf *out, const struct family *f, const char *name)
{
	const char *at = (const char *)m + f->offset;
	uint32_t small;
	uint64_t large;
	memcpy(&small, at, sizeof small);
	memcpy(&large, at, sizeof large);
	if (f->type == SECONDS_U32)
		add_double(out, name, NULL, NULL, small / 1000.0);
	else
		add_number(out, name, NULL, NULL, f->type == U32 ? small : large);
}

/* The first container whose name is behind the last one: between two pieces some may have come or gone. */
static unsigned place_behind(const struct metrics *m)
{
	unsigned low = 0, high = m->behind_any ? docker_container_count(m->s.docker) : 0;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (str_cmp(str_of(docker_container_at(m->s.docker, middle)->name), str_of(m->behind)) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* False: the piece is full, go on here next time. */
static bool write_containers(struct metrics *m, struct buf *out, const struct family *f, const char *name)
{
	unsigned i = place_behind(m);
	for (; i < docker_container_count(m->s.docker); i++) {
		const struct container *c = docker_container_at(m->s.docker, i);
		if (out->length >= METRICS_PIECE_BYTES)
			return false;
		if (m->behind_any && strcmp(m->behind, c->name) == 0)
			continue; /* two of one name, for a moment while one is being replaced: a sample each is forbidden */
		f->write_container(out, name, c);
		m->behind_any = true;
		str_copy(m->behind, sizeof m->behind, str_of(c->name));
	}
	m->behind_any = false;
	return true;
}

static bool write_family(struct metrics *m, struct buf *out, const struct family *f)
{
	char name[NAME_BYTES];
	if (!is_there(m, f))
		return true;
	snprintf(name, sizeof name, "%s%s", f->name, f->kind == COUNTER ? "_total" : "");
	if (!m->begun)
		begin_family(m, out, f);
	m->begun = true;
	if (f->write_container)
		return write_containers(m, out, f, name);
	if (f->write)
		f->write(m, out, name);
	else
		write_plain(m, out, f, name);
	return true;
}

static void snapshot(struct metrics *m)
{
	if (m->s.governor) {
		governor_figures(m->s.governor, &m->memory);
		m->governor = governor_stats_of(m->s.governor);
	}
	if (m->s.docker)
		m->docker = docker_stats_of(m->s.docker);
	if (m->s.rest)
		m->rest = rest_stats_of(m->s.rest);
	if (m->s.gateway)
		m->gateway = gateway_stats_of(m->s.gateway);
	if (m->s.board)
		m->board = board_stats_of(m->s.board);
	if (m->s.pending)
		m->pending = pending_stats_of(m->s.pending);
	for (unsigned i = 0; m->s.docker && i < docker_container_count(m->s.docker); i++)
		m->states[state_of(docker_container_at(m->s.docker, i))]++;
}

struct metrics *metrics_new(metrics_source_fn *source, void *arg, bool openmetrics)
{
	struct metrics *m = mem_zalloc(MEM_WEB, sizeof *m);
	if (!m)
		return NULL;
	m->source = source;
	m->arg = arg;
	m->openmetrics = openmetrics;
	source(&m->s, arg);
	snapshot(m);
	return m;
}

void metrics_free(struct metrics *m)
{
	mem_free(m);
}

bool metrics_more(struct metrics *m, struct buf *out)
{
	m->source(&m->s, m->arg);
	while (m->family < FAMILY_COUNT) {
		if (out->length >= METRICS_PIECE_BYTES)
			return true;
		if (!write_family(m, out, &families[m->family]))
			return true;
		m->family++;
		m->begun = false;
	}
	if (m->openmetrics)
		buf_add_str(out, "# EOF\n");
	return false;
}
