#include "feature/doctor/doctor.h"

#include <inttypes.h>
#include <stdio.h>

/* Source: Discord API, "Permissions". */
#define PERMISSION_ADMINISTRATOR (UINT64_C(1) << 3)

static const struct {
	uint64_t bit;
	enum tr_key name;
	bool in_threads, elsewhere;
} needed[] = {
	{UINT64_C(1) << 10, TR_DOCTOR_PERMISSION_VIEW, true, true},
	{UINT64_C(1) << 11, TR_DOCTOR_PERMISSION_SEND, false, true},
	{UINT64_C(1) << 38, TR_DOCTOR_PERMISSION_THREADS, true, false},
	{UINT64_C(1) << 14, TR_DOCTOR_PERMISSION_EMBED, true, true},
	{UINT64_C(1) << 15, TR_DOCTOR_PERMISSION_ATTACH, true, true},
	{UINT64_C(1) << 16, TR_DOCTOR_PERMISSION_HISTORY, true, true},
};

void doctor_add_missing(struct buf *out, enum tr_lang lang, uint64_t permissions, bool is_thread)
{
	size_t before = out->length;

	if (permissions & PERMISSION_ADMINISTRATOR)
		return;
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if ((is_thread ? needed[i].in_threads : needed[i].elsewhere) && !(permissions & needed[i].bit))
			buf_printf(out, "%s%s", out->length > before ? ", " : "", tr(lang, needed[i].name));
}

struct report {
	struct buf *out;
	enum tr_lang lang;
	bool well;
};

enum mark { GOOD, WARNING, BAD };

/* What comes from elsewhere, NULL where nothing is known: cut to what a line may take. */
static void add_cut(struct buf *out, const char *text)
{
	struct str cut = utf8_prefix(str_of(text), DOCTOR_REASON_CHARS_MAX);

	buf_add_view(out, cut);
	if (text && text[cut.n])
		buf_add_str(out, "…");
}

/* {a} and {b} are what the text wants put in. */
static void line(struct report *r, enum mark mark, enum tr_key key, const char *a, const char *b)
{
	static const char *const marks[] = {"✅", "⚠️", "❌"};

	struct buf cut_a, cut_b;

	buf_init(&cut_a, r->out->owner, 1024);
	buf_init(&cut_b, r->out->owner, 1024);
	add_cut(&cut_a, a);
	add_cut(&cut_b, b);
	buf_printf(r->out, "%s ", marks[mark]);
	TR_ADD(r->out, r->lang, key, {"a", buf_view(&cut_a)}, {"b", buf_view(&cut_b)});
	buf_add_char(r->out, '\n');
	r->well = r->well && mark == GOOD;
	buf_clear(&cut_a);
	buf_clear(&cut_b);
}

static const char *number(char out[24], int64_t n)
{
	snprintf(out, 24, "%" PRId64, n);
	return out;
}

static void add_count(struct report *r, enum mark mark, enum tr_key key, unsigned count)
{
	char text[24];

	if (count)
		line(r, mark, key, number(text, count), "");
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
	add_count(r, BAD, TR_DOCTOR_TOO_MANY_REFUSED, f->refusals);
	if (f->registration)
		line(r, BAD, TR_DOCTOR_NOT_REGISTERED, f->registration, "");
	else
		line(r, GOOD, TR_DOCTOR_REGISTERED, "", "");
	if (f->skew_known && (f->skew_ms > DOCTOR_SKEW_MS || f->skew_ms < -DOCTOR_SKEW_MS))
		line(r, WARNING, TR_DOCTOR_CLOCK_WRONG, number(text, f->skew_ms / 1000), "");
	else if (f->skew_known)
		line(r, GOOD, TR_DOCTOR_CLOCK, "", "");
}

/* False: nothing is wrong with it. told: may it have a line? */
static bool add_channel(struct report *r, const struct doctor_channel *c, bool told)
{
	struct buf missing;
	char id[24];
	bool bad;

	snprintf(id, sizeof id, "%" PRIu64, c->id);
	buf_init(&missing, r->out->owner, 1024);
	if (c->seen)
		doctor_add_missing(&missing, r->lang, c->permissions, c->is_thread);
	bad = missing.length || c->refused;
	if (told && missing.length)
		line(r, BAD, TR_DOCTOR_CHANNEL_MISSING, id, buf_text(&missing));
	else if (told && c->refused)
		line(r, BAD, TR_DOCTOR_CHANNEL_REFUSED, id, c->refused);
	buf_clear(&missing);
	return bad;
}

static void add_channels(struct report *r, const struct doctor_facts *f)
{
	unsigned good = 0, unseen = 0, bad = 0;
	char id[24];

	for (unsigned i = 0; i < f->channel_count; i++) {
		const struct doctor_channel *c = &f->channels[i];

		if (add_channel(r, c, bad < DOCTOR_CHANNEL_LINES_MAX))
			bad++;
		else if (c->seen)
			good++;
		else
			unseen++;
	}
	add_count(r, BAD, TR_DOCTOR_CHANNELS_MORE, bad > DOCTOR_CHANNEL_LINES_MAX ? bad - DOCTOR_CHANNEL_LINES_MAX : 0);
	add_count(r, GOOD, TR_DOCTOR_CHANNELS_GOOD, good);
	add_count(r, GOOD, TR_DOCTOR_CHANNELS_UNSEEN, unseen);
	if (!f->channel_count)
		line(r, BAD, TR_DOCTOR_NO_CHANNELS, "", "");
	add_count(r, WARNING, TR_DOCTOR_CHANNELS_LIMIT, f->channels_beyond);
	add_count(r, WARNING, TR_DOCTOR_TRACKED_LIMIT, f->tracked_beyond);
	if (f->audit_refused)
		line(r, BAD, TR_DOCTOR_AUDIT_REFUSED, number(id, (int64_t)f->audit_channel_id), f->audit_refused);
	if (f->alert_refused)
		line(r, BAD, TR_DOCTOR_ALERT_REFUSED, number(id, (int64_t)f->alert_channel_id), "");
	add_count(r, WARNING, TR_DOCTOR_ALERTS_LEFT_OUT, f->alerts_left_out);
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
	if (f->wanted_beyond)
		line(r, BAD, TR_DOCTOR_CONTAINERS_WANTED, number(text, f->wanted_beyond), f->wanted_names);
	else
		add_count(r, WARNING, TR_DOCTOR_CONTAINERS_BEYOND, f->containers_beyond);
	add_count(r, WARNING, TR_DOCTOR_FIGURES_LIMIT, f->figures_beyond);
	add_count(r, WARNING, TR_DOCTOR_HISTORY_LIMIT, f->without_hour);
	if (f->no_refresh)
		line(r, WARNING, f->alerts_refresh ? TR_DOCTOR_REFRESH_FOR_ALERTS : TR_DOCTOR_NO_REFRESH, "", "");
}

static void add_settings(struct report *r, const struct doctor_facts *f)
{
	char text[24];

	if (!f->problems)
		line(r, GOOD, TR_DOCTOR_SETTINGS, "", "");
	else
		line(r, f->errors ? BAD : WARNING, TR_DOCTOR_SETTINGS_PROBLEMS, number(text, f->problems), "");
	for (unsigned i = 0; i < f->problem_text_count; i++) {
		buf_add_str(r->out, "-# • ");
		add_cut(r->out, f->problem_texts[i]);
		buf_add_char(r->out, '\n');
	}
}

static void add_memory(struct report *r, const struct doctor_facts *f)
{
	static const struct {
		enum mark mark;
		enum tr_key key;
	} levels[] = {{GOOD, TR_DOCTOR_MEMORY_LIMIT}, {WARNING, TR_DOCTOR_MEMORY_HIGH}, {BAD, TR_DOCTOR_MEMORY_FULL}};
	char held[24], limit[24];

	line(r, levels[f->memory_level].mark, levels[f->memory_level].key,
		number(held, (int64_t)(f->memory_bytes / 1024)),
		number(limit, (int64_t)(f->memory_limit_bytes / 1024)));
}

bool doctor_add(struct buf *out, enum tr_lang lang, const struct doctor_facts *f)
{
	struct report r = {out, lang, true};

	add_discord(&r, f);
	add_channels(&r, f);
	add_docker(&r, f);
	add_settings(&r, f);
	add_memory(&r, f);
	return r.well;
}
