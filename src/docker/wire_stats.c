#include "docker/wire.h"

enum {
	S_ALL,
	S_TOTAL,
	S_PERCPU,
	S_SYSTEM,
	S_ONLINE,
	S_USAGE,
	S_TOTAL_INACTIVE,
	S_INACTIVE,
	S_PIDS,
	S_NET_IN,
	S_NET_OUT
};

static const char *const stats_fields[] = {
	[S_ALL] = "",
	[S_TOTAL] = ".cpu_stats.cpu_usage.total_usage",
	[S_PERCPU] = ".cpu_stats.cpu_usage.percpu_usage[]",
	[S_SYSTEM] = ".cpu_stats.system_cpu_usage",
	[S_ONLINE] = ".cpu_stats.online_cpus",
	[S_USAGE] = ".memory_stats.usage",
	[S_TOTAL_INACTIVE] = ".memory_stats.stats.total_inactive_file",
	[S_INACTIVE] = ".memory_stats.stats.inactive_file",
	[S_PIDS] = ".pids_stats.current",
	[S_NET_IN] = ".networks.*.rx_bytes",
	[S_NET_OUT] = ".networks.*.tx_bytes",
};

static void take_number(struct stats_reading *r, int field, uint64_t n)
{
	switch (field) {
	case S_TOTAL: r->cpu_total_ns = n; return;
	case S_PERCPU: r->percpu_count++; return;
	case S_SYSTEM: r->cpu_system_ns = n; return;
	case S_ONLINE: r->online_cpus = n > 65536 ? 65536 : (uint32_t)n; return;
	case S_USAGE:
		r->memory_usage = n;
		r->memory_known = true;
		return;
	case S_TOTAL_INACTIVE:
		r->total_inactive_file = n;
		r->has_total_inactive_file = true;
		return;
	case S_INACTIVE:
		r->inactive_file = n;
		r->has_inactive_file = true;
		return;
	case S_PIDS: r->pids = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n; return;
	case S_NET_IN:
		r->network_in += n;
		r->network_known = true;
		return;
	case S_NET_OUT: r->network_out += n; return;
	}
}

static bool on_json(const struct json_event *ev, void *arg)
{
	struct wire_stats *s = arg;
	uint64_t n;
	if (ev->field == S_ALL) {
		/* An ended container gets an answer too, with nothing but zeros in it. */
		s->now.cpu_known = s->now.cpu_total_ns > 0;
		return ev->type == JSON_OBJECT || ev->type == JSON_OBJECT_END;
	}
	if (ev->type == JSON_NUMBER && str_to_u64(ev->text, &n))
		take_number(&s->now, ev->field, n);
	return true;
}

void wire_stats_init(struct wire_stats *s)
{
	*s = (struct wire_stats){.wire.what = "usage figures"};
	json_reader_init(&s->wire.reader, MEM_DOCKER, stats_fields, sizeof stats_fields / sizeof stats_fields[0], 64,
		on_json, s);
}
