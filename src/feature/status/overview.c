#include "feature/status/overview.h"

#include "base/hash.h"
#include "feature/status/grouping.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	DESCRIPTION_CHARS = EMBED_DESCRIPTION_CHARS_MAX - 96, /* room for what counting by code points may miss */
	REASON_CHARS_MAX = 150,
	CPU_CHARS = 6,
	MEMORY_CHARS = 7 /* "12.5 %", "1023 MB": the columns */
};

static void count_in(struct overview *o, struct str s, bool is_figure)
{
	o->hash = hash_str(o->hash, s);
	if (!is_figure)
		o->state_hash = hash_str(o->state_hash, s);
}

/* ---- one line a container ---- */

struct line {
	struct buf text;
	struct buf news; /* what of it counts as news: as it would be without figures, whether they are known or not */
};

static bool shows_figures(const struct view *v, enum panel_kind kind)
{
	return kind == PANEL_ADMIN_OVERVIEW && v->state == CONTAINER_RUNNING && v->settings->detailed_status &&
	       !v->pending.active && v->engine && !v->engine->stale;
}

static void add_padded(struct buf *out, const struct buf *figure, unsigned chars)
{
	size_t have = utf8_count(buf_view(figure));
	for (size_t i = have; i < chars; i++)
		buf_add_char(out, ' ');
	buf_add_view(out, buf_view(figure));
}

/* Figures come first, in type of one width, so that they stand under each other whatever the names are. */
static void add_columns(struct line *line, const struct view *v)
{
	struct buf figure;
	buf_init(&figure, MEM_PANELS, 64);
	buf_add_str(&line->text, "`");
	view_add_cpu(&figure, v);
	add_padded(&line->text, &figure, CPU_CHARS);
	buf_reset(&figure);
	buf_add_char(&line->text, ' ');
	view_add_memory(&figure, v);
	add_padded(&line->text, &figure, MEMORY_CHARS);
	buf_add_str(&line->text, "` ");
	buf_clear(&figure);
}

static void make_line(struct line *line, const struct view *v, enum panel_kind kind, enum tr_lang lang)
{
	bool columns = shows_figures(v, kind) && v->engine->cpu_known; /* it is the last to come: no column half full */
	bool plain = columns && (v->engine->health == HEALTH_NONE || v->engine->health == HEALTH_HEALTHY);
	buf_reset(&line->text);
	buf_reset(&line->news);
	buf_add_str(&line->text, view_icon(v));
	buf_add_char(&line->text, ' ');
	if (columns)
		add_columns(line, v);
	buf_add_str(&line->text, "**");
	view_add_name(&line->text, v, OVERVIEW_NAME_CHARS_MAX);
	buf_add_str(&line->text, "**");
	if (v->settings->info_enabled)
		buf_add_str(&line->text, " ℹ️");
	if (!plain) /* icon and figures say it all, and a phone is narrow */
		view_add_summary(&line->text, v, lang);
	buf_printf(&line->news, "%s%s%d", view_icon(v), v->settings->name, v->settings->info_enabled);
	view_add_name(&line->news, v, OVERVIEW_NAME_CHARS_MAX);
	view_add_summary(&line->news, v, lang);
}

static void make_heading(struct buf *out, const struct grouping *g, unsigned char group, enum tr_lang lang)
{
	buf_reset(out);
	buf_add_str(out, "-# ");
	if (group == GROUP_OTHERS)
		buf_add_str(out, tr(lang, TR_OVERVIEW_OTHERS));
	else
		view_add_text(out, g->groups[group].name, OVERVIEW_NAME_CHARS_MAX, false);
}

/* ---- everything above the lines ---- */

struct totals {
	unsigned of_tone[TONE_COUNT], shown;
	uint64_t cpu_permille, memory_bytes;
	bool cpu_known, memory_known;
};

static struct view view_at(const struct overview_source *s, const struct config_container *c)
{
	struct str name = str_of(c->name);
	return view_of(s->docker, name, c, s->pending ? pending_find(s->pending, name) : NULL);
}

static void add_up(struct overview *o, struct totals *t, const struct view *v)
{
	t->shown++;
	t->of_tone[view_tone_of(v)]++;
	o->has_info |= v->settings->info_enabled;
	o->pending |= v->pending.active;
	o->something_up |= v->engine && !v->engine->stale && container_is_up(v->engine);
	if (!shows_figures(v, o->kind))
		return;
	o->figures_missing |= !v->engine->cpu_known || !v->engine->memory_known;
	t->cpu_known |= v->engine->cpu_known;
	t->memory_known |= v->engine->memory_known;
	t->cpu_permille += v->engine->cpu_known ? v->engine->cpu_permille : 0;
	t->memory_bytes += v->engine->memory_known ? v->engine->memory_bytes : 0;
}

/* Red for what failed, and so on; what somebody stopped on purpose does not spoil the green of the rest. */
static uint32_t worst_colour(const struct totals *t)
{
	static const enum view_tone order[] = {TONE_BAD, TONE_WARN, TONE_UNKNOWN, TONE_BUSY, TONE_GOOD};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (t->of_tone[order[i]])
			return view_tone_colour(order[i]);
	return view_tone_colour(TONE_OFF);
}

static void add_engine_banner(struct overview *o, const struct overview_source *s)
{
	struct buf reason;
	char when[40];
	int64_t since_s = docker_down_since_s(s->docker);
	const struct err *why = docker_link_error(s->docker);
	size_t before = o->text.length;
	if (docker_link_of(s->docker) != DOCKER_DOWN)
		return;
	snprintf(when, sizeof when, "<t:%" PRId64 ":R>", since_s);
	if (since_s > 0 && docker_container_count(s->docker))
		TR_ADD(&o->text, o->lang, TR_OVERVIEW_ENGINE_DOWN, {"when", str_of(when)});
	else
		buf_add_str(&o->text, tr(o->lang, TR_OVERVIEW_ENGINE_SILENT));
	if (o->kind == PANEL_ADMIN_OVERVIEW &&
		why->code != ERR_NONE) { /* paths and addresses are the admins' business */
		buf_init(&reason, MEM_PANELS, 1024);
		view_add_text(&reason, str_of(why->text), REASON_CHARS_MAX, false);
		buf_add_char(&o->text, '\n');
		TR_ADD(&o->text, o->lang, TR_OVERVIEW_ENGINE_REASON, {"reason", buf_view(&reason)});
		buf_clear(&reason);
	}
	buf_add_str(&o->text, "\n\n");
	count_in(o, (struct str){o->text.data + before, o->text.length - before}, false);
}

static void add_totals(struct overview *o, const struct totals *t)
{
	static const struct {
		enum view_tone tone;
		const char *icon;
		enum tr_key key_one;
	} parts[] = {
		{TONE_GOOD, "🟢", TR_TOTALS_GOOD_ONE},
		{TONE_BUSY, "⏳", TR_TOTALS_BUSY_ONE},
		{TONE_OFF, "⏹️", TR_TOTALS_OFF_ONE},
		{TONE_BAD, "🔴", TR_TOTALS_BAD_ONE},
		{TONE_WARN, "⚠️", TR_TOTALS_WARN_ONE},
		{TONE_UNKNOWN, "❔", TR_TOTALS_UNKNOWN_ONE},
	};
	size_t before = o->text.length;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		unsigned count = t->of_tone[parts[i].tone];
		if (!count)
			continue;
		buf_printf(&o->text, "%s%s ", o->text.length > before ? " · " : "", parts[i].icon);
		tr_count(&o->text, o->lang, parts[i].key_one, count);
	}
	buf_add_char(&o->text, '\n');
	count_in(o, (struct str){o->text.data + before, o->text.length - before}, false);
}

static void add_usage(struct overview *o, const struct totals *t)
{
	/* The sum as if it were one container: written the same way. */
	struct container sum = {.state = CONTAINER_RUNNING,
		.cpu_known = t->cpu_known,
		.memory_known = t->memory_known,
		.cpu_permille = (uint32_t)t->cpu_permille,
		.memory_bytes = t->memory_bytes};
	struct view v = {.engine = &sum, .state = CONTAINER_RUNNING};
	struct buf cpu, memory;
	size_t before = o->text.length;
	if (!t->cpu_known)
		return;
	buf_init(&cpu, MEM_PANELS, 64);
	buf_init(&memory, MEM_PANELS, 64);
	view_add_cpu(&cpu, &v);
	view_add_memory(&memory, &v);
	TR_ADD(&o->text, o->lang, TR_ADMIN_USAGE, {"cpu", buf_view(&cpu)}, {"memory", buf_view(&memory)});
	buf_add_char(&o->text, '\n');
	count_in(o, (struct str){o->text.data + before, o->text.length - before}, true);
	buf_clear(&cpu);
	buf_clear(&memory);
}

/* ---- pages ---- */

/* The lines of one page as they are put together, one after the other. */
struct pager {
	struct overview *o;
	struct buf heading;
	size_t room, left; /* characters */
	unsigned page, lines;
	unsigned char group; /* whose heading stands last */
	bool begun;	     /* there is a heading on this page */
};

static void take_heading(struct pager *p)
{
	struct overview *o = p->o;
	if (p->lines)
		buf_add_char(&o->text, '\n');
	count_in(o, buf_view(&p->heading), false);
	buf_add_view(&o->text, buf_view(&p->heading));
	buf_add_char(&o->text, '\n');
}

static void take_line(struct overview *o, const struct line *line)
{
	count_in(o, buf_view(&line->text), true);
	count_in(o, buf_view(&line->news), false);
	buf_add_view(&o->text, buf_view(&line->text));
	buf_add_char(&o->text, '\n');
}

/* Puts it on the page under way, or the next: with the heading, if there is none above it there yet. */
static void place(struct pager *p, const struct line *line, const struct grouping *g, unsigned char group, bool take)
{
	bool heads = g->headed && (!p->begun || group != p->group);
	size_t chars = utf8_count(buf_view(&line->text)) + 1;
	if (heads)
		make_heading(&p->heading, g, group, p->o->lang);
	size_t above = heads ? utf8_count(buf_view(&p->heading)) + 2 : 0;
	if (p->lines && (p->lines + heads >= OVERVIEW_LINES_MAX || chars + above > p->left)) {
		p->page++, p->lines = 0, p->left = p->room;
		heads = g->headed;
		if (heads)
			make_heading(&p->heading, g, group, p->o->lang);
		above = heads ? utf8_count(buf_view(&p->heading)) + 2 : 0;
	}
	if (take && p->page == p->o->page) {
		if (heads)
			take_heading(p);
		take_line(p->o, line);
	}
	p->begun = true, p->group = group;
	p->lines += 1 + heads;
	p->left -= chars + above < p->left ? chars + above : p->left;
}

/* Goes through all lines and takes those of o->page; returns how many pages there are. */
static unsigned add_lines(struct overview *o, const struct overview_source *s, const struct grouping *g, bool take)
{
	struct line line;
	struct pager p = {.o = o, .room = DESCRIPTION_CHARS - utf8_count(buf_view(&o->text))};
	p.left = p.room;
	buf_init(&line.text, MEM_PANELS, OVERVIEW_LINE_BYTES_MAX);
	buf_init(&line.news, MEM_PANELS, OVERVIEW_LINE_BYTES_MAX);
	buf_init(&p.heading, MEM_PANELS, OVERVIEW_LINE_BYTES_MAX);
	for (unsigned i = 0; i < g->count; i++) {
		struct view v = view_at(s, &s->config->containers[g->order[i]]);
		make_line(&line, &v, o->kind, o->lang);
		place(&p, &line, g, g->group[i], take);
	}
	buf_clear(&line.text);
	buf_clear(&line.news);
	buf_clear(&p.heading);
	return p.page + 1;
}

static void add_footer(struct overview *o, const struct overview_source *s)
{
	char page[12], pages[12];
	if (o->pages > 1) {
		snprintf(page, sizeof page, "%u", o->page + 1);
		snprintf(pages, sizeof pages, "%u", o->pages);
		TR_ADD(&o->footer, o->lang, TR_OVERVIEW_PAGE, {"page", str_of(page)}, {"pages", str_of(pages)});
	}
	if (o->kind == PANEL_ADMIN_OVERVIEW && s->figures_minutes) {
		buf_add_str(&o->footer, o->footer.length ? " · " : "");
		tr_count(&o->footer, o->lang, TR_ADMIN_FIGURES_ONE, s->figures_minutes);
	}
	count_in(o, buf_view(&o->footer), false);
}

void overview_make(struct overview *o, const struct overview_source *s, unsigned page)
{
	struct totals totals = {0};
	struct grouping g;
	*o = (struct overview){
		.kind = s->kind, .lang = s->lang, .page = page, .hash = HASH_SEED, .state_hash = HASH_SEED};
	buf_init(&o->text, MEM_PANELS, EMBED_DESCRIPTION_CHARS_MAX * 4);
	buf_init(&o->footer, MEM_PANELS, 256);
	for (unsigned i = 0; i < s->config->container_count; i++) {
		if (!s->config->containers[i].active)
			continue;
		struct view v = view_at(s, &s->config->containers[i]);
		add_up(o, &totals, &v);
	}
	add_engine_banner(o, s);
	if (totals.shown) {
		add_totals(o, &totals);
		add_usage(o, &totals);
		buf_add_char(&o->text, '\n');
	} else {
		buf_add_str(&o->text, tr(o->lang, TR_OVERVIEW_EMPTY));
		count_in(o, STR("empty"), false);
	}
	if (!grouping_make(&g, s->config, s->docker, s->grouping))
		g.count = 0; /* no memory: the totals still stand */
	o->pages = add_lines(o, s, &g, false);
	if (o->page >= o->pages)
		o->page = o->pages - 1;
	add_lines(o, s, &g, true);
	grouping_clear(&g);
	add_footer(o, s);
	o->colour = worst_colour(&totals);
	const uint32_t rest[] = {o->colour, o->kind, o->lang, o->has_info, o->something_up, o->pages};
	count_in(o, (struct str){(const char *)rest, sizeof rest}, false);
}

void overview_clear(struct overview *o)
{
	buf_clear(&o->text);
	buf_clear(&o->footer);
}

/* ---- as a message ---- */

static const char *kind_word(enum panel_kind kind)
{
	return kind == PANEL_ADMIN_OVERVIEW ? "admin" : "overview";
}

static void add_page_button(const struct overview *o, struct message *m, const char *emoji, unsigned to, bool possible)
{
	char id[CUSTOM_ID_CHARS_MAX + 1], page[12], pages[12];
	struct buf label;
	if (!possible)
		return;
	snprintf(id, sizeof id, "ddc1:page:%s:%u", kind_word(o->kind), to);
	snprintf(page, sizeof page, "%u", to + 1);
	snprintf(pages, sizeof pages, "%u", o->pages);
	buf_init(&label, MEM_PANELS, 256);
	TR_ADD(&label, o->lang, TR_OVERVIEW_PAGE, {"page", str_of(page)}, {"pages", str_of(pages)});
	message_button(m, BUTTON_SECONDARY, emoji, buf_view(&label), id, false);
	buf_clear(&label);
}

static void add_button(const struct overview *o, struct message *m, enum button_style style, const char *emoji,
	enum tr_key label, const char *id, bool disabled)
{
	message_button(m, style, emoji, str_of(tr(o->lang, label)), id, disabled);
}

void overview_write(const struct overview *o, struct message *m)
{
	bool admin = o->kind == PANEL_ADMIN_OVERVIEW;
	message_embed(m, str_of(tr(o->lang, admin ? TR_ADMIN_TITLE : TR_OVERVIEW_TITLE)), o->colour);
	message_text(m, str_trim(buf_view(&o->text)));
	message_footer(m, buf_view(&o->footer));
	message_row(m);
	if (!admin && o->has_info)
		add_button(o, m, BUTTON_SECONDARY, "ℹ️", TR_PANEL_INFO, "ddc1:info", false);
	add_button(o, m, admin ? BUTTON_PRIMARY : BUTTON_SECONDARY, "🛠️", TR_PANEL_PICK, "ddc1:pick", false);
	if (admin) {
		add_button(o, m, BUTTON_SECONDARY, "🔄", TR_PANEL_RESTART_ALL, "ddc1:bulk:restart", !o->something_up);
		add_button(o, m, BUTTON_DANGER, "⏹️", TR_PANEL_STOP_ALL, "ddc1:bulk:stop", !o->something_up);
	}
	add_button(o, m, BUTTON_SECONDARY, "❔", TR_PANEL_HELP, "ddc1:help", false);
	message_row(m);
	add_page_button(o, m, "◀️", o->page - 1, o->page > 0);
	add_page_button(o, m, "▶️", o->page + 1, o->page + 1 < o->pages);
}
