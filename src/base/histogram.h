/* How long things took, as /metrics tells it: how many were not longer than each bound, and their sum. */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdint.h>

/* From "the same machine" to "somebody has gone to lunch"; fixed, so that figures of all times can be added up. */
enum { HISTOGRAM_BOUNDS = 9 };
extern const uint32_t histogram_bounds_ms[HISTOGRAM_BOUNDS];

struct histogram {
	uint64_t buckets
		[HISTOGRAM_BOUNDS]; /* each counts its own range only; what is longer than all is in count alone */
	uint64_t count, sum_us;
};

/* In microseconds: an engine on the same machine answers in less than one millisecond. */
void histogram_add(struct histogram *h, uint64_t took_us);

#endif
