#include "feature/doctor/doctor.h"

#include <inttypes.h>
#include <stdio.h>

/* Source: Discord API, "Permissions". */
#define PERMISSION_ADMINISTRATOR (UINT64_C(1) << 3)

static const struct {
	uint64_t bit;
	enum tr_key name;
} needed[] = {
	{UINT64_C(1) << 10, TR_DOCTOR_PERMISSION_VIEW},
	{UINT64_C(1) << 11, TR_DOCTOR_PERMISSION_SEND},
	{UINT64_C(1) << 14, TR_DOCTOR_PERMISSION_EMBED},
	{UINT64_C(1) << 15, TR_DOCTOR_PERMISSION_ATTACH},
	{UINT64_C(1) << 16, TR_DOCTOR_PERMISSION_HISTORY},
};

void doctor_add_missing(struct buf *out, enum tr_lang lang, uint64_t permissions)
{
	size_t before = out->length;

	if (permissions & PERMISSION_ADMINISTRATOR)
		return;
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!(permissions & needed[i].bit))
			buf_printf(out, "%s%s", out->length > before ? ", " : "", tr(lang, needed[i].name));
}

struct report {
	struct buf *out;
	enum tr_lang lang;
	bool well;
};

enum mark { GOOD, WARNING, BAD };

/* {a} and {b} are what the text wants put in. */
static void line(struct report *r, enum mark mark, enum tr_key key, const char *a, const char *b)
{
	static const char *const marks[] = {"✅", "⚠️", "❌"};

	buf_printf(r->out, "%s ", marks[mark]);
	TR_ADD(r->out, r->lang, key, {"a", str_of(a)}, {"b", str_of(b)});
	buf_add_char(r->out, '\n');
	r->well = r->well && mark == GOOD;
}

static const char *number(char out[24], int64_t n)
{
	snprintf(out, 24, "%" PRId64, n);
	return out;
}

static void add_discord(struct report *r, const struct doctor_facts *f)
{
	char text[24];

	if (f->stopped)
		line(r, BAD, TR_DOCTOR_STOPPED, f->stopped, "");
	else if (!f->connected)
		line(r, WARNING, TR_DOCTOR_NOT_CONNECTED, f->gateway, "");
	else
		line(r, GOOD, TR_DOCTOR_CONNECTED, number(text, f->latency_ms), "");
	if (f->needs_messages && !f->has_messages)
		line(r, WARNING, TR_DOCTOR_INTENT_MISSING, "", "");
	else
		line(r, GOOD, TR_DOCTOR_INTENTS, f->has_messages ? "Guilds, Guild Messages" : "Guilds", "");
	if (f->registration)
		line(r, BAD, TR_DOCTOR_NOT_REGISTERED, f->registration, "");
	else
		line(r, GOOD, TR_DOCTOR_REGISTERED, "", "");
	if (f->skew_known && (f->skew_ms > DOCTOR_SKEW_MS || f->skew_ms < -DOCTOR_SKEW_MS))
		line(r, WARNING, TR_DOCTOR_CLOCK_WRONG, number(text, f->skew_ms / 1000), "");
	else if (f->skew_known)
		line(r, GOOD, TR_DOCTOR_CLOCK, "", "");
}

static void add_channels(struct report *r, const struct doctor_facts *f)
{
	unsigned good = 0, unseen = 0;
	char text[24];

	for (unsigned i = 0; i < f->channel_count; i++) {
		const struct doctor_channel *c = &f->channels[i];
		struct buf missing;
		char id[24];

		snprintf(id, sizeof id, "%" PRIu64, c->id);
		buf_init(&missing, r->out->owner, 1024);
		if (c->seen)
			doctor_add_missing(&missing, r->lang, c->permissions);
		if (missing.length)
			line(r, BAD, TR_DOCTOR_CHANNEL_MISSING, id, buf_text(&missing));
		else if (c->refused)
			line(r, BAD, TR_DOCTOR_CHANNEL_REFUSED, id, c->refused);
		else if (c->seen)
			good++;
		else
			unseen++;
		buf_clear(&missing);
	}
	if (good)
		line(r, GOOD, TR_DOCTOR_CHANNELS_GOOD, number(text, good), "");
	if (unseen)
		line(r, GOOD, TR_DOCTOR_CHANNELS_UNSEEN, number(text, unseen), "");
	if (!f->channel_count)
		line(r, BAD, TR_DOCTOR_NO_CHANNELS, "", "");
	if (f->channels_beyond)
		line(r, WARNING, TR_DOCTOR_CHANNELS_BEYOND, number(text, f->channels_beyond), "");
}

static void add_docker(struct report *r, const struct doctor_facts *f)
{
	char text[24];

	if (!f->docker_up)
		line(r, BAD, TR_DOCTOR_DOCKER_DOWN, f->docker_why ? f->docker_why : "?", "");
	else
		line(r, GOOD, TR_DOCTOR_DOCKER, f->engine, f->api);
	if (f->docker_up && f->docker_why)
		line(r, WARNING, TR_DOCTOR_DOCKER_REFUSES, f->docker_why, "");
	if (f->no_memory_accounting)
		line(r, WARNING, TR_DOCTOR_NO_MEMORY_FIGURES, "", "");
	if (f->containers_beyond)
		line(r, WARNING, TR_DOCTOR_CONTAINERS_BEYOND, number(text, f->containers_beyond), "");
}

static void add_settings(struct report *r, const struct doctor_facts *f)
{
	char text[24];

	if (!f->problems)
		line(r, GOOD, TR_DOCTOR_SETTINGS, "", "");
	else
		line(r, f->errors ? BAD : WARNING, TR_DOCTOR_SETTINGS_PROBLEMS, number(text, f->problems), "");
	for (unsigned i = 0; i < f->problem_text_count; i++)
		buf_printf(r->out, "-# • %s\n", f->problem_texts[i]);
}

bool doctor_add(struct buf *out, enum tr_lang lang, const struct doctor_facts *f)
{
	struct report r = {out, lang, true};
	char text[24];

	add_discord(&r, f);
	add_channels(&r, f);
	add_docker(&r, f);
	add_settings(&r, f);
	line(&r, GOOD, TR_DOCTOR_MEMORY, number(text, (int64_t)(f->memory_bytes / 1024)), "");
	return r.well;
}
