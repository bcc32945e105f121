/* What control keeps for /doctor: what Discord told about each channel, and how far the clocks are apart. */
#ifndef FEATURE_CONTROL_DOCTOR_H
#define FEATURE_CONTROL_DOCTOR_H

#include "base/ticket.h"
#include "feature/doctor/doctor.h"

struct control;
struct interaction;

struct seen_channel {
	uint64_t id, permissions;
	bool is_thread;
	bool told; /* in the log, once for each state of affairs */
};

enum {
	DOCTOR_NOTES_MAX =
		16 /* who was told of which channel, 24 bytes each; the oldest is forgotten, and told again */
};

struct seen {
	struct seen_channel channels[DOCTOR_CHANNELS_MAX]; /* configured ones */
	unsigned count;
	struct doctor_note {
		uint64_t channel_id, user_id, fault; /* a hash of what was said */
	} notes[DOCTOR_NOTES_MAX];
	unsigned note_at;
	bool skew_known;
	int64_t skew_ms;
};

/* Looks at what each interaction says about its channel. */
void doctor_watch(struct control *c, const struct interaction *in);

/* The panel of this channel cannot be written, and an admin asks for something here: behind the answer comes a line that only they see.
 * Once for each state of affairs. */
struct turn;
void doctor_note(const struct turn *t, ticket reply);

#endif
