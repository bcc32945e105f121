#include "base/histogram.h"

const uint32_t histogram_bounds_ms[HISTOGRAM_BOUNDS] = {1, 5, 10, 50, 100, 500, 1000, 5000, 30000};

void histogram_add(struct histogram *h, uint64_t took_us)
{
	h->count++;
	h->sum_us += took_us;
	for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++)
		if (took_us <= UINT64_C(1000) * histogram_bounds_ms[i]) {
			h->buckets[i]++;
			return;
		}
}
