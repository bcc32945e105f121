/* /stats: what a container uses now, and the last hour in words. */
#include "feature/control/commands/commands.h"

#include "base/clock.h"
#include "feature/usage/history.h"

#include <stdio.h>

enum {
	ASKS_MAX = 16,	       /* waiting for the engine's figures at once; beyond that it is shown without new ones */
	WORDS_SAMPLES_MIN = 3, /* fewer make no hour */
	TEXT_BYTES_MAX = 4096,
	FIGURE_BYTES_MAX = 64,
	STEADY_PERMILLE = 10 /* CPU that moves by no more than a percent stands still */
};

/* One /stats whose figures are being read. */
struct stats_ask {
	struct list link;
	struct control *c;
	ticket reply, usage;
	enum tr_lang lang;
	char name[CONTAINER_NAME_BYTES];
};

const struct command_option stats_options[STATS_OPTION_COUNT] = {CONTAINER_OPTION};

static void ask_free(struct stats_ask *a)
{
	if (a->usage != TICKET_NONE)
		docker_forget(a->c->parts.docker, a->usage);
	respond_close(a->c->respond, a->reply);
	list_remove(&a->link);
	mem_free(a);
}

void stats_free(struct control *c)
{
	list_each_safe (at, &c->stats_asks)
		ask_free(list_item(at, struct stats_ask, link));
}

/* ---- now ---- */

static void add_line(struct buf *out, enum tr_lang lang, enum tr_key key, const char *name, struct buf *value)
{
	TR_ADD(out, lang, key, {name, buf_view(value)});
	buf_add_char(out, '\n');
	buf_reset(value);
}

static void write_memory(struct buf *out, const struct view *v, enum tr_lang lang)
{
	const struct container *e = v->engine;
	struct buf memory, limit;
	char share[16];

	buf_init(&memory, MEM_CONTROL, FIGURE_BYTES_MAX);
	buf_init(&limit, MEM_CONTROL, FIGURE_BYTES_MAX);
	view_add_memory(&memory, v);
	if (e->memory_known && e->memory_limit_bytes) {
		view_add_bytes(&limit, e->memory_limit_bytes);
		snprintf(share, sizeof share, "%u", (unsigned)(e->memory_bytes * 100 / e->memory_limit_bytes));
		TR_ADD(out, lang, TR_STATS_MEMORY_OF, {"memory", buf_view(&memory)}, {"limit", buf_view(&limit)},
			{"share", str_of(share)});
		buf_add_char(out, '\n');
	} else {
		add_line(out, lang, TR_STATS_MEMORY, "memory", &memory);
	}
	buf_clear(&memory);
	buf_clear(&limit);
}

static void write_rest(struct buf *out, const struct container *e, enum tr_lang lang)
{
	struct buf in, gone;

	buf_init(&in, MEM_CONTROL, FIGURE_BYTES_MAX);
	buf_init(&gone, MEM_CONTROL, FIGURE_BYTES_MAX);
	if (e->pids) {
		tr_count(out, lang, TR_STATS_PROCESSES_ONE, e->pids);
		buf_add_char(out, '\n');
	}
	if (e->network_known) {
		view_add_bytes(&in, e->network_in_bytes);
		view_add_bytes(&gone, e->network_out_bytes);
		TR_ADD(out, lang, TR_STATS_NETWORK, {"in", buf_view(&in)}, {"out", buf_view(&gone)});
		buf_add_char(out, '\n');
	}
	buf_clear(&in);
	buf_clear(&gone);
}

static void write_now(struct buf *out, const struct view *v, enum tr_lang lang, const struct err *err)
{
	struct buf value;

	if (!v->engine || v->engine->stale || v->state != CONTAINER_RUNNING)
		return;
	buf_init(&value, MEM_CONTROL, TEXT_BYTES_MAX);
	if (!v->settings->detailed_status) {
		buf_printf(out, "%s\n", tr(lang, TR_STATS_HIDDEN));
	} else if (err && err->code != ERR_MEMORY) {
		message_escape(&value, str_of(err->text));
		add_line(out, lang, TR_STATS_UNREADABLE, "reason", &value);
	} else {
		view_add_cpu(&value, v);
		add_line(out, lang, TR_STATS_CPU, "cpu", &value);
		write_memory(out, v, lang);
		write_rest(out, v->engine, lang);
	}
	if (err && err->code == ERR_MEMORY && v->settings->detailed_status) {
		view_add_old_figures(&value, v, lang);
		buf_printf(out, "⚠️ %s\n", buf_text(&value));
	}
	buf_clear(&value);
}

static void write_state(struct buf *out, const struct view *v, enum tr_lang lang)
{
	struct buf since;

	buf_init(&since, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_printf(out, "%s **", view_icon(v));
	view_add_state(out, v, lang);
	buf_add_str(out, "**");
	view_add_since(&since, v, lang);
	if (since.length)
		buf_printf(out, " · %s", buf_text(&since));
	buf_add_char(out, '\n');
	if (v->state == CONTAINER_BEYOND)
		buf_printf(out, "%s\n", tr(lang, TR_STATE_BEYOND_WHY));
	if (v->engine && v->engine->restart_count > 0) {
		tr_count(out, lang, TR_CONTROL_PANEL_RESTARTS_ONE, v->engine->restart_count);
		buf_add_char(out, '\n');
	}
	buf_clear(&since);
}

/* ---- the last hour ---- */

static void say_cpu(struct buf *out, const struct history_summary *s, enum tr_lang lang)
{
	struct buf low, high, middle;

	buf_init(&low, MEM_CONTROL, FIGURE_BYTES_MAX);
	buf_init(&high, MEM_CONTROL, FIGURE_BYTES_MAX);
	buf_init(&middle, MEM_CONTROL, FIGURE_BYTES_MAX);
	view_add_permille(&low, s->cpu_low);
	view_add_permille(&high, s->cpu_high);
	view_add_permille(&middle, s->cpu_middle);
	TR_ADD(out, lang, s->cpu_high - s->cpu_low <= STEADY_PERMILLE ? TR_STATS_CPU_STEADY : TR_STATS_CPU_BETWEEN,
		{"low", buf_view(&low)}, {"high", buf_view(&high)}, {"middle", buf_view(&middle)});
	buf_add_char(out, '\n');
	buf_clear(&low);
	buf_clear(&high);
	buf_clear(&middle);
}

/* A twentieth up or down is no news. */
static enum tr_key memory_key(const struct history_summary *s)
{
	uint64_t more = s->memory_first + s->memory_first / 20, less = s->memory_first - s->memory_first / 20;

	if (s->memory_last > more)
		return TR_STATS_MEMORY_GREW;
	return s->memory_last < less ? TR_STATS_MEMORY_FELL : TR_STATS_MEMORY_STEADY;
}

static void say_memory(struct buf *out, const struct history_summary *s, enum tr_lang lang)
{
	uint64_t most = s->memory_first > s->memory_last ? s->memory_first : s->memory_last;
	struct buf from, to, high;

	buf_init(&from, MEM_CONTROL, FIGURE_BYTES_MAX);
	buf_init(&to, MEM_CONTROL, FIGURE_BYTES_MAX);
	buf_init(&high, MEM_CONTROL, FIGURE_BYTES_MAX);
	view_add_bytes(&from, s->memory_first);
	view_add_bytes(&to, s->memory_last);
	view_add_bytes(&high, s->memory_high);
	TR_ADD(out, lang, memory_key(s), {"from", buf_view(&from)}, {"to", buf_view(&to)});
	if (s->memory_high > most + most / 10) {
		buf_add_char(out, ' ');
		TR_ADD(out, lang, TR_STATS_MEMORY_PEAK, {"high", buf_view(&high)});
	}
	buf_add_char(out, '\n');
	buf_clear(&from);
	buf_clear(&to);
	buf_clear(&high);
}

static void write_hour(
	const struct control *c, struct buf *out, const struct view *v, struct str name, enum tr_lang lang)
{
	struct history_summary s;
	uint64_t now = clock_mono_ms();

	if (!v->settings->detailed_status)
		return;
	buf_add_char(out, '\n');
	if (!history_has_room(c->history, name, now)) {
		buf_add_str(out, "-# ");
		tr_count(out, lang, TR_STATS_HISTORY_FULL_ONE, HISTORY_CONTAINERS_MAX);
		return;
	}
	if (!history_summary_of(c->history, name, now, &s) || s.samples < WORDS_SAMPLES_MIN) {
		buf_printf(out, "-# %s\n", tr(lang, TR_STATS_NO_HISTORY));
		return;
	}
	buf_add_str(out, "**");
	tr_count(out, lang, TR_STATS_MINUTES_ONE, s.minutes);
	buf_add_str(out, "**\n");
	if (s.cpu_known)
		say_cpu(out, &s, lang);
	if (s.memory_known)
		say_memory(out, &s, lang);
}

unsigned stats_without_hour(const struct control *c)
{
	uint64_t now = clock_mono_ms();
	unsigned n = 0;

	for (unsigned i = 0; i < c->config->container_count; i++) {
		const struct config_container *k = &c->config->containers[i];
		const struct container *e = docker_find(c->parts.docker, str_of(k->name));

		n += k->active && k->detailed_status && e && (e->cpu_known || e->memory_known) &&
		     !history_has_room(c->history, str_of(k->name), now);
	}
	return n;
}

/* ---- the answer ---- */

static void stats_show(struct control *c, ticket reply, struct str name, enum tr_lang lang, const struct err *err)
{
	const struct config_container *settings = config_find_container(c->config, name);
	struct view v = view_of(c->parts.docker, name, settings, pending_find(c->parts.pending, name));
	struct buf text, title;
	struct message m;

	respond_message(c->respond, reply, &m);
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_init(&title, MEM_CONTROL, TEXT_BYTES_MAX);
	if (settings) { /* taken out while the figures were read */
		buf_add_str(&title, "📊 ");
		view_add_name(&title, &v, CONTROL_NAME_CHARS_MAX);
		write_state(&text, &v, lang);
		write_now(&text, &v, lang, err);
		write_hour(c, &text, &v, name, lang);
	} else {
		policy_explain(
			&text, lang, (struct policy_decision){false, RULE_CONTAINER_UNKNOWN}, VERB_SEE_STATS, NULL);
	}
	message_embed(&m, buf_view(&title), view_tone_colour(view_tone_of(&v)));
	message_text(&m, str_trim(buf_view(&text)));
	respond_send(c->respond, reply, &m);
	buf_clear(&title);
	buf_clear(&text);
}

static void on_usage(const struct err *err, void *arg)
{
	struct stats_ask *a = arg;

	a->usage = TICKET_NONE;
	stats_show(a->c, a->reply, str_of(a->name), a->lang, err);
	ask_free(a);
}

/* False: there is nothing to wait for; err says why if there should be. */
static bool ask(const struct turn *t, ticket reply, struct str name, struct err *err)
{
	struct stats_ask *a;

	if (docker_state_of(t->c->parts.docker, name) != CONTAINER_RUNNING || list_count(&t->c->stats_asks) >= ASKS_MAX)
		return false;
	a = mem_zalloc(MEM_CONTROL, sizeof *a);
	if (!a)
		return err_set(err, ERR_MEMORY, "no memory");
	*a = (struct stats_ask){.c = t->c, .reply = reply, .lang = t->lang};
	str_copy(a->name, sizeof a->name, name);
	list_append(&t->c->stats_asks, &a->link);
	a->usage = docker_read_usage(t->c->parts.docker, name, on_usage, a, err);
	if (a->usage != TICKET_NONE)
		return true;
	list_remove(&a->link);
	mem_free(a);
	return false;
}

void command_stats_complete(const struct turn *t)
{
	command_complete_container(t, VERB_SEE_STATS, NULL);
}

void command_stats(const struct turn *t)
{
	const struct config_container *c = command_container(t);
	struct str name = c ? str_of(c->name) : command_container_typed(t);
	struct err err = {0};
	ticket reply;

	if (!turn_may(t, VERB_SEE_STATS, c, name) || !turn_is_free(t, VERB_SEE_STATS, "stats", false, name))
		return;
	reply = respond_begin(t->c->respond, &t->in->ref, RESPOND_PRIVATE);
	respond_wait(t->c->respond, reply);
	if (!c->detailed_status || !ask(t, reply, name, &err))
		stats_show(t->c, reply, name, t->lang, err.code ? &err : NULL);
	turn_consume(t, "stats", false, name);
}
