#include "docker/stats.h"

uint64_t stats_memory_bytes(const struct stats_reading *r)
{
	/* The page cache that the kernel can drop is not use. v1 carries both names, and there "total_" is
	 * the right one. */
	uint64_t cache = r->has_total_inactive_file ? r->total_inactive_file
			 : r->has_inactive_file	    ? r->inactive_file
						    : 0;
	/* The two counters are not read at one instant: the difference may be negative. */
	return cache < r->memory_usage ? r->memory_usage - cache : r->memory_usage;
}

static uint32_t cpus_of(const struct stats_reading *r)
{
	return r->online_cpus ? r->online_cpus : r->percpu_count ? r->percpu_count : 1;
}

bool stats_cpu_permille(
	const struct stats_sample *before, const struct stats_reading *now, uint64_t now_ms, uint32_t *ret_permille)
{
	if (!before->at_ms || !now->cpu_known || now->cpu_total_ns < before->cpu_total_ns)
		return false;
	double used = (double)(now->cpu_total_ns - before->cpu_total_ns), share;
	if (now->cpu_system_ns > before->cpu_system_ns && before->cpu_system_ns)
		share = used / (double)(now->cpu_system_ns - before->cpu_system_ns) * cpus_of(now);
	else if (!now->cpu_system_ns && now_ms > before->at_ms) /* Podman on some systems: the clock serves as well */
		share = used / ((double)(now_ms - before->at_ms) * 1e6);
	else
		return false;
	double top = (double)cpus_of(now); /* the two counters tick apart: a hair above "all" is "all" */
	*ret_permille = (uint32_t)((now->cpu_system_ns && share > top ? top : share) * 1000 + 0.5);
	return true;
}

void stats_apply(struct container *c, struct stats_sample *sample, const struct stats_reading *r, uint64_t now_ms,
	int64_t wall_s)
{
	/* The machine's counter moves in ticks: two readings in one breath make no rate, and must not spoil
	 * the next. */
	bool too_soon = r->cpu_known && sample->at_ms && now_ms - sample->at_ms < STATS_GAP_MIN_MS;
	if (!too_soon) {
		c->cpu_known = stats_cpu_permille(sample, r, now_ms, &c->cpu_permille);
		*sample = r->cpu_known ? (struct stats_sample){now_ms, r->cpu_total_ns, r->cpu_system_ns}
				       : (struct stats_sample){0};
	}
	c->memory_known = r->memory_known;
	c->memory_bytes = r->memory_known ? stats_memory_bytes(r) : 0;
	c->pids = r->pids;
	c->network_known = r->network_known;
	c->network_in_bytes = r->network_in;
	c->network_out_bytes = r->network_out;
	c->stats_at_s = wall_s;
}

void stats_forget(struct container *c, struct stats_sample *sample)
{
	*sample = (struct stats_sample){0};
	c->cpu_known = c->memory_known = false;
	c->cpu_permille = 0;
	c->memory_bytes = 0;
	c->pids = 0;
	c->network_known = false;
}
