#include "feature/view/view.h"

#include "discord/message.h"
#include "discord/text.h"
#include "feature/control/pending.h"

#include <inttypes.h>
#include <stdio.h>

enum { USER_CHARS_MAX = 24 };

struct view view_of(const struct docker *d, struct str name, const struct config_container *settings,
	const struct pending_action *pending)
{
	struct str key = settings ? str_of(settings->name) : name;
	struct view v = {
		.settings = settings,
		.engine = docker_find(d, key),
		.name = settings ? str_of(settings->display_name) : name,
	};
	/* Of one that is out of reach the engine's state is unknown; what it was last is worth a word. */
	v.state = v.engine ? v.engine->state : docker_state_of(d, key);
	if (pending)
		v.pending = (struct view_pending){true, pending->action, pending->since_s, pending->user};
	return v;
}

/* ---- what a view is: one look for each thing that can be told apart ---- */

enum look {
	LOOK_UNKNOWN,
	LOOK_STALE,
	LOOK_MISSING,
	LOOK_BEYOND,
	LOOK_CREATED,
	LOOK_RUNNING,
	LOOK_HEALTHY,
	LOOK_UNHEALTHY,
	LOOK_STARTING,
	LOOK_PAUSED,
	LOOK_RESTARTING,
	LOOK_REMOVING,
	LOOK_STOPPED,
	LOOK_FAILED,
	LOOK_OOM,
	LOOK_DEAD,
	LOOK_PENDING
};

static const struct {
	const char *icon;
	enum view_tone tone;
} looks[] = {
	[LOOK_UNKNOWN] = {"❔", TONE_UNKNOWN},
	[LOOK_STALE] = {"❔", TONE_UNKNOWN},
	[LOOK_MISSING] = {"🚫", TONE_WARN},
	[LOOK_BEYOND] = {"🙈", TONE_WARN},
	[LOOK_CREATED] = {"🆕", TONE_OFF},
	[LOOK_RUNNING] = {"🟢", TONE_GOOD},
	[LOOK_HEALTHY] = {"💚", TONE_GOOD},
	[LOOK_UNHEALTHY] = {"⚠️", TONE_WARN},
	[LOOK_STARTING] = {"🔵", TONE_BUSY},
	[LOOK_PAUSED] = {"⏸️", TONE_WARN},
	[LOOK_RESTARTING] = {"🔁", TONE_WARN},
	[LOOK_REMOVING] = {"🗑️", TONE_BUSY},
	[LOOK_STOPPED] = {"⏹️", TONE_OFF},
	[LOOK_FAILED] = {"🔴", TONE_BAD},
	[LOOK_OOM] = {"💥", TONE_BAD},
	[LOOK_DEAD] = {"💀", TONE_BAD},
	[LOOK_PENDING] = {"⏳", TONE_BUSY},
};

static const uint32_t colours[TONE_COUNT] = {
	[TONE_GOOD] = 0x3ba55d,
	[TONE_BUSY] = 0x5865f2,
	[TONE_WARN] = 0xfaa61a,
	[TONE_BAD] = 0xed4245,
	[TONE_OFF] = 0x747f8d,
	[TONE_UNKNOWN] = 0x9b59b6,
};

/* What a process ends with, as far as there is an agreement. The shell's 128 + signal number among it. */
static const struct exit_word {
	int code;
	bool wanted; /* how a container ends that somebody stopped: no alarm */
	enum tr_key key;
} exit_words[] = {
	{126, false, TR_EXIT_NOT_EXECUTABLE}, {127, false, TR_EXIT_NO_COMMAND},
	{130, true, TR_EXIT_INTERRUPTED}, /* SIGINT */
	{134, false, TR_EXIT_ABORTED},	  /* SIGABRT */
	{137, true, TR_EXIT_KILLED},	  /* SIGKILL: what `docker stop` ends with when the process does not listen */
	{139, false, TR_EXIT_CRASHED},	  /* SIGSEGV */
	{143, true, TR_EXIT_ASKED},	  /* SIGTERM: what `docker stop` begins with */
};

static const struct exit_word *exit_word_of(int code)
{
	for (size_t i = 0; i < sizeof exit_words / sizeof *exit_words; i++)
		if (exit_words[i].code == code)
			return &exit_words[i];
	return NULL;
}

static enum look look_of_exited(const struct container *c)
{
	const struct exit_word *word = exit_word_of(c->exit_code);
	if (c->oom_killed)
		return LOOK_OOM;
	return c->exit_code == 0 || (word && word->wanted) ? LOOK_STOPPED : LOOK_FAILED;
}

static enum look look_of_running(const struct container *c)
{
	static const enum look of_health[] = {
		[HEALTH_NONE] = LOOK_RUNNING,
		[HEALTH_STARTING] = LOOK_STARTING,
		[HEALTH_HEALTHY] = LOOK_HEALTHY,
		[HEALTH_UNHEALTHY] = LOOK_UNHEALTHY,
	};
	return of_health[c->health];
}

static enum look look_of_state(const struct view *v)
{
	static const enum look of_state[] = {
		[CONTAINER_UNKNOWN] = LOOK_UNKNOWN,
		[CONTAINER_MISSING] = LOOK_MISSING,
		[CONTAINER_BEYOND] = LOOK_BEYOND,
		[CONTAINER_CREATED] = LOOK_CREATED,
		[CONTAINER_RUNNING] = LOOK_RUNNING,
		[CONTAINER_PAUSED] = LOOK_PAUSED,
		[CONTAINER_RESTARTING] = LOOK_RESTARTING,
		[CONTAINER_REMOVING] = LOOK_REMOVING,
		[CONTAINER_EXITED] = LOOK_STOPPED,
		[CONTAINER_DEAD] = LOOK_DEAD,
	};
	if (v->engine && v->state == CONTAINER_RUNNING)
		return look_of_running(v->engine);
	if (v->engine && v->state == CONTAINER_EXITED)
		return look_of_exited(v->engine);
	return of_state[v->state];
}

static bool is_stale(const struct view *v)
{
	return v->engine && v->engine->stale && v->state != CONTAINER_UNKNOWN;
}

static enum look look_of(const struct view *v)
{
	if (v->pending.active)
		return LOOK_PENDING;
	return is_stale(v) ? LOOK_STALE : look_of_state(v);
}

enum view_tone view_tone_of(const struct view *v)
{
	return looks[look_of(v)].tone;
}

uint32_t view_tone_colour(enum view_tone tone)
{
	return colours[tone];
}

const char *view_icon(const struct view *v)
{
	return looks[look_of(v)].icon;
}

/* ---- words ---- */

static void add_exited(struct buf *out, const struct container *c, enum tr_lang lang)
{
	const struct exit_word *word = exit_word_of(c->exit_code);
	char code[16];
	snprintf(code, sizeof code, "%d", c->exit_code);
	if (c->exit_code == 0 && !c->oom_killed)
		buf_add_str(out, tr(lang, TR_STATE_STOPPED));
	else if (c->oom_killed || word)
		TR_ADD(out, lang, TR_STATE_EXITED_WHY, {"code", str_of(code)},
			{"why", str_of(tr(lang, c->oom_killed ? TR_EXIT_OUT_OF_MEMORY : word->key))});
	else
		TR_ADD(out, lang, TR_STATE_EXITED, {"code", str_of(code)});
}

static void add_engine_state(struct buf *out, const struct view *v, enum tr_lang lang)
{
	static const enum tr_key words[] = {
		[LOOK_UNKNOWN] = TR_STATE_UNKNOWN,
		[LOOK_STALE] = TR_STATE_UNKNOWN,
		[LOOK_MISSING] = TR_STATE_MISSING,
		[LOOK_BEYOND] = TR_STATE_BEYOND,
		[LOOK_CREATED] = TR_STATE_CREATED,
		[LOOK_RUNNING] = TR_STATE_RUNNING,
		[LOOK_HEALTHY] = TR_STATE_HEALTHY,
		[LOOK_UNHEALTHY] = TR_STATE_UNHEALTHY,
		[LOOK_STARTING] = TR_STATE_STARTING,
		[LOOK_PAUSED] = TR_STATE_PAUSED,
		[LOOK_RESTARTING] = TR_STATE_RESTARTING,
		[LOOK_REMOVING] = TR_STATE_REMOVING,
		[LOOK_STOPPED] = TR_STATE_STOPPED,
		[LOOK_FAILED] = TR_STATE_STOPPED,
		[LOOK_OOM] = TR_STATE_STOPPED,
		[LOOK_DEAD] = TR_STATE_DEAD,
	};
	if (v->state == CONTAINER_EXITED && v->engine)
		add_exited(out, v->engine, lang);
	else
		buf_add_str(out, tr(lang, words[look_of_state(v)]));
}

static void add_stale_state(struct buf *out, const struct view *v, enum tr_lang lang)
{
	struct buf was;
	buf_init(&was, out->owner, 256);
	add_engine_state(&was, v, lang);
	TR_ADD(out, lang, TR_STATE_STALE, {"state", buf_view(&was)});
	buf_clear(&was);
}

static void add_pending_state(struct buf *out, const struct view_pending *p, enum tr_lang lang)
{
	static const enum tr_key words[DOCKER_ACTION_COUNT] = {
		[DOCKER_START] = TR_PENDING_START,
		[DOCKER_STOP] = TR_PENDING_STOP,
		[DOCKER_RESTART] = TR_PENDING_RESTART,
		[DOCKER_PAUSE] = TR_PENDING_PAUSE,
		[DOCKER_UNPAUSE] = TR_PENDING_UNPAUSE,
		[DOCKER_KILL] = TR_PENDING_KILL,
	};
	struct str what = str_of(tr(lang, words[p->action]));
	struct buf user;
	if (!p->user || !*p->user) {
		buf_add_view(out, what);
		return;
	}
	buf_init(&user, out->owner, 512);
	view_add_text(&user, str_of(p->user), USER_CHARS_MAX, false);
	TR_ADD(out, lang, TR_PENDING_BY, {"what", what}, {"user", buf_view(&user)});
	buf_clear(&user);
}

void view_add_state(struct buf *out, const struct view *v, enum tr_lang lang)
{
	if (v->pending.active)
		add_pending_state(out, &v->pending, lang);
	else if (is_stale(v))
		add_stale_state(out, v, lang);
	else
		add_engine_state(out, v, lang);
}

static void add_when(struct buf *out, enum tr_lang lang, enum tr_key key, int64_t at_s)
{
	char when[40];
	snprintf(when, sizeof when, "<t:%" PRId64 ":R>", at_s);
	TR_ADD(out, lang, key, {"when", str_of(when)});
}

void view_add_since(struct buf *out, const struct view *v, enum tr_lang lang)
{
	bool up = v->state == CONTAINER_RUNNING || v->state == CONTAINER_PAUSED;
	bool ended = v->state == CONTAINER_EXITED || v->state == CONTAINER_DEAD;
	if (v->pending.active && v->pending.since_s > 0)
		add_when(out, lang, TR_SINCE_ASKED, v->pending.since_s);
	else if (v->pending.active || !v->engine)
		return;
	else if (up && v->engine->started_at_s > 0)
		add_when(out, lang, TR_SINCE_STARTED, v->engine->started_at_s);
	else if (ended && v->engine->finished_at_s > 0)
		add_when(out, lang, TR_SINCE_STOPPED, v->engine->finished_at_s);
}

/* Things whose icon and time say it all. */
static bool is_plain(const struct view *v)
{
	enum look look = look_of(v);
	return look == LOOK_RUNNING || look == LOOK_HEALTHY ||
	       (look == LOOK_STOPPED && v->engine && v->engine->exit_code == 0 && v->engine->finished_at_s > 0);
}

void view_add_summary(struct buf *out, const struct view *v, enum tr_lang lang)
{
	bool ended = v->state == CONTAINER_EXITED || v->state == CONTAINER_DEAD;
	struct buf since;
	buf_init(&since, out->owner, 256);
	if (is_plain(v)) {
		view_add_since(&since, v, lang);
	} else {
		buf_add_str(out, " · ");
		view_add_state(out, v, lang);
		/* When it ended is worth knowing, and the state has the verb already; when something in trouble was started is not. */
		if (ended && !v->pending.active && !is_stale(v) && v->engine && v->engine->finished_at_s > 0)
			buf_printf(&since, "<t:%" PRId64 ":R>", v->engine->finished_at_s);
	}
	if (since.length) {
		buf_add_str(out, " · ");
		buf_add_view(out, buf_view(&since));
	}
	buf_clear(&since);
}

/* ---- figures ---- */

static bool has_figures(const struct view *v)
{
	return v->engine && !v->engine->stale && v->state == CONTAINER_RUNNING;
}

void view_add_permille(struct buf *out, uint32_t cpu_permille)
{
	if (cpu_permille < 1000)
		buf_printf(out, "%u.%u %%", cpu_permille / 10, cpu_permille % 10);
	else
		buf_printf(out, "%u %%", (cpu_permille + 5) / 10);
}

void view_add_bytes(struct buf *out, uint64_t bytes)
{
	const uint64_t mb = 1 << 20;
	uint64_t tenths = bytes / mb * 10 + (bytes % mb * 10 + mb / 2) / mb;
	if (tenths < 100)
		buf_printf(out, "%" PRIu64 ".%" PRIu64 " MB", tenths / 10, tenths % 10);
	else if (tenths < 10240)
		buf_printf(out, "%" PRIu64 " MB", (tenths + 5) / 10);
	else
		buf_printf(out, "%" PRIu64 ".%" PRIu64 " GB", tenths / 10240, tenths % 10240 * 10 / 10240);
}

void view_add_cpu(struct buf *out, const struct view *v)
{
	if (!has_figures(v) || !v->engine->cpu_known)
		buf_add_str(out, "–");
	else
		view_add_permille(out, v->engine->cpu_permille);
}

void view_add_memory(struct buf *out, const struct view *v)
{
	if (!has_figures(v) || !v->engine->memory_known)
		buf_add_str(out, "–");
	else
		view_add_bytes(out, v->engine->memory_bytes);
}

void view_add_old_figures(struct buf *out, const struct view *v, enum tr_lang lang)
{
	if (has_figures(v) && (v->engine->cpu_known || v->engine->memory_known))
		add_when(out, lang, TR_FIGURES_OLD, v->engine->stats_at_s);
	else
		buf_add_str(out, tr(lang, TR_FIGURES_NONE));
}

/* ---- names ---- */

static bool is_direction_mark(uint32_t c)
{
	return c == 0x200e || c == 0x200f || c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/* Hebrew, Arabic and their neighbours: blocks with strong right-to-left letters. */
static bool is_right_to_left(uint32_t c)
{
	return (c >= 0x0590 && c <= 0x08ff) || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfeff) ||
	       (c >= 0x10800 && c <= 0x10fff) || (c >= 0x1e800 && c <= 0x1efff);
}

/* Copies text without what would break a line or turn it around; returns whether it has right-to-left letters. */
static bool add_clean(struct buf *out, struct str text)
{
	bool rtl = false;
	while (text.n) {
		uint32_t c = 0xfffd;
		size_t step = utf8_step(text, &c);
		if (!step)
			buf_add_str(out, "\xef\xbf\xbd");
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			buf_add_char(out, ' ');
		else if (!is_direction_mark(c))
			buf_add(out, text.p, step);
		rtl |= step && is_right_to_left(c);
		text.p += step ? step : 1;
		text.n -= step ? step : 1;
	}
	return rtl;
}

void view_add_text(struct buf *out, struct str text, unsigned max_chars, bool plain)
{
	struct buf clean, head;
	buf_init(&clean, out->owner, 1024);
	buf_init(&head, out->owner, 1024);
	bool rtl = add_clean(&clean, utf8_prefix(text, 200)); /* longer than any limit that we write for */
	text_add_cut(&head, str_trim(buf_view(&clean)), max_chars);
	if (!plain) {
		message_escape(out, buf_view(&head)); /* isolates by itself */
	} else {
		buf_add_str(out, rtl ? "\u2068" : ""); /* isolate: what follows keeps its own direction */
		buf_add_view(out, buf_view(&head));
		buf_add_str(out, rtl ? "\u2069" : "");
	}
	buf_clear(&clean);
	buf_clear(&head);
}

void view_add_name(struct buf *out, const struct view *v, unsigned max_chars)
{
	view_add_text(out, v->name, max_chars, false);
}

/* ---- acts ---- */

bool view_action_fits(const struct view *v, enum docker_action a)
{
	enum {
		S = 1 << DOCKER_START,
		T = 1 << DOCKER_STOP,
		R = 1 << DOCKER_RESTART,
		P = 1 << DOCKER_PAUSE,
		U = 1 << DOCKER_UNPAUSE,
		K = 1 << DOCKER_KILL
	};
	static const unsigned fits[] = {
		[CONTAINER_CREATED] = S,
		[CONTAINER_RUNNING] = T | R | P | K,
		[CONTAINER_PAUSED] = U | T | R | K,
		[CONTAINER_RESTARTING] = T | R | K,
		[CONTAINER_EXITED] = S,
		[CONTAINER_DEAD] = 0,
	};
	if (v->pending.active || is_stale(v))
		return false;
	return fits[v->state] >> a & 1;
}
