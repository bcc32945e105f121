/*
 * How everything that ddc depends on is, a line each, and what to do where it is not well. Pure: facts in, lines out.
 */
#ifndef FEATURE_DOCTOR_DOCTOR_H
#define FEATURE_DOCTOR_DOCTOR_H

#include "base/buf.h"
#include "i18n/tr.h"

enum {
	DOCTOR_CHANNELS_MAX =
		100, /* whose permissions are remembered; refusals are looked at in every channel there is */
	DOCTOR_CHANNEL_LINES_MAX =
		5, /* of channels with a fault; the others are counted: a message holds 4096 characters */
	DOCTOR_REASON_CHARS_MAX =
		140, /* of each text that comes from elsewhere, for the same reason; the log has all of it */
	DOCTOR_PROBLEMS_MAX = 4, /* of the settings; the log has all */
	DOCTOR_SKEW_MS = 5000	 /* less may be the way of the message */
};

struct doctor_channel {
	uint64_t id;
	bool seen; /* somebody pressed or typed something there, so Discord told what ddc may do */
	bool is_thread;
	uint64_t permissions; /* Discord's bits */
	const char *refused;  /* what to do about the panel that cannot be written; NULL: it can */
};

struct doctor_facts {
	/* Discord */
	bool connected;
	const char *gateway; /* state, if not connected */
	const char *stopped; /* why it will not try again, or why there is no token; NULL: neither */
	uint32_t latency_ms;
	bool needs_messages, has_messages; /* the intent for moving panels below the talk */
	unsigned refusals;		   /* so many in ten minutes that nothing but answers is sent; 0: not so many */
	const char *registration;	   /* why the commands are not registered; NULL: they are */
	bool skew_known;
	int64_t skew_ms; /* of our clock against Discord's */
	const struct doctor_channel *channels;
	unsigned channel_count;
	unsigned channels_beyond, tracked_beyond; /* DDC_MAX_CHANNELS, DDC_MAX_TRACKED_CHANNELS leave so many out */
	uint64_t audit_channel_id;
	const char *audit_refused; /* what to do about it; NULL: it takes messages, or there is none */
	uint64_t alert_channel_id;
	bool alert_refused;	  /* it takes no messages; the log says why */
	unsigned alerts_left_out; /* containers short of memory that are one too many to be told */
	/* Docker */
	bool docker_up;
	const char *docker_why; /* why not, or what is refused though it is up; NULL: nothing */
	const char *engine, *api;
	unsigned containers, containers_beyond; /* DDC_MAX_CONTAINERS leaves so many out */
	unsigned wanted_beyond;			/* of these, such as the settings have */
	const char *wanted_names;		/* the first of them, ", " between */
	unsigned figures_beyond;		/* DDC_MAX_CACHE_SIZE leaves so many out */
	unsigned without_hour;			/* running ones that /stats has no last hour of */
	bool no_refresh;			/* DDC_ENABLE_BACKGROUND_REFRESH is off */
	bool alerts_refresh;			/* DDC_MEMORY_ALERT_CHANNEL has figures read all the same */
	bool no_memory_accounting;
	/* settings and ourselves */
	unsigned problems, errors;
	const char *const *problem_texts;
	unsigned problem_text_count;
	uint64_t memory_bytes, memory_limit_bytes; /* held, as the governor counts; the limit in force */
	int memory_level;			   /* 0 calm, 1 high, 2 full */
};

/* Names of what is missing of what ddc needs in a channel, ", " between; nothing if all is there. */
void doctor_add_missing(struct buf *out, enum tr_lang lang, uint64_t permissions, bool is_thread);
/* Lines with ✅, ⚠️ or ❌ in front. True: all is well. */
bool doctor_add(struct buf *out, enum tr_lang lang, const struct doctor_facts *f);

#endif
