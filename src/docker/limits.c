/* What may be kept and begun, as the settings and the memory allow; may change at any time. */
#include "docker/docker_inside.h"

#include "base/clock.h"
#include "net/http_client.h"

void docker_set_limits(struct docker *d, const struct docker_limits *l)
{
	unsigned max = l->containers_max ? l->containers_max : DOCKER_CONTAINERS_MAX;
	bool changed = max != d->containers.max;
	d->limits = *l;
	d->containers.max = max;
	while (d->containers.count > max)
		docker_tell_gone(d, containers_evict(&d->containers));
	if (changed) {
		d->told_beyond = 0;
		listing_again(d); /* who lies beyond is counted anew, who fits now comes in */
	}
	usage_plan(d);
}

void docker_ask_wanted(struct docker *d)
{
	containers_ask_again(&d->containers);
	if (d->containers.out.count)
		listing_again(d); /* one of them may be wanted now, or none of them any more */
}

struct docker_limits docker_limits_of(const struct docker *d)
{
	return d->limits;
}

unsigned docker_figures_beyond_max(const struct docker *d)
{
	unsigned running = 0;
	for (unsigned i = 0; i < d->containers.count; i++)
		running += d->containers.at[i]->c.state == CONTAINER_RUNNING;
	return d->limits.figures_max && running > d->limits.figures_max ? running - d->limits.figures_max : 0;
}

/* The wall clock may have been set meanwhile; it is all there is where the engine counts no CPU. */
static int64_t figures_age_s(const struct entry *e)
{
	if (e->sample.at_ms)
		return (int64_t)((clock_mono_ms() - e->sample.at_ms) / 1000);
	return clock_wall_s() - e->c.stats_at_s;
}

void usage_forget_old(const struct docker *d, struct entry *e)
{
	struct container *c = &e->c;
	int64_t ttl = d->limits.figures_ttl_s, rhythm = d->usage_interval_ms / 1000 * 2;
	if (!ttl || (!c->cpu_known && !c->memory_known) || figures_age_s(e) <= (ttl > rhythm ? ttl : rhythm))
		return;
	c->cpu_known = c->memory_known = c->network_known = false;
	c->pids = 0;
}

bool usage_is_fresh(const struct docker *d, const struct entry *e)
{
	return d->limits.figures_fresh_s && e->c.cpu_known && e->c.memory_known &&
	       loop_now_ms(d->loop) - e->sample.at_ms < d->limits.figures_fresh_s * UINT64_C(1000);
}

void docker_close_idle(struct docker *d)
{
	http_peer_close_idle(d->peer);
}

void docker_trim(struct docker *d)
{
	containers_trim(&d->containers);
}
