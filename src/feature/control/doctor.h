/* What control keeps for /doctor: what Discord told about each channel, and how far the clocks are apart. */
#ifndef FEATURE_CONTROL_DOCTOR_H
#define FEATURE_CONTROL_DOCTOR_H

#include "feature/doctor/doctor.h"

struct control;
struct interaction;

struct seen_channel {
	uint64_t id, permissions;
	bool told; /* in the log, once for each state of affairs */
};

struct seen {
	struct seen_channel channels[DOCTOR_CHANNELS_MAX]; /* configured ones */
	unsigned count;
	bool skew_known;
	int64_t skew_ms;
};

/* Looks at what each interaction says about its channel. */
void doctor_watch(struct control *c, const struct interaction *in);

#endif
