#include "feature/status/board.h"

#include "base/log.h"
#include "feature/status/overview.h"
#include "feature/status/panel.h"

#include <inttypes.h>
#include <string.h>

struct board {
	struct panel_host host;
	struct docker *docker;
	const struct pending *pending;
	const struct config *config;
	enum tr_lang lang;
	struct panel *panels[BOARD_CHANNELS_MAX];
	unsigned panel_count;
	struct timer *timer; /* the next flush */
	struct timer *hold;  /* no panel before the engine's first word, but not for ever */
	bool ready;
	bool news;	   /* to be handed to all panels, from the next flush on */
	bool hurry;	   /* some of it is what somebody did */
	unsigned usage_ms; /* what docker_watch_usage() was told */
	struct board_limits limits;
	unsigned left_out, untracked; /* channels beyond the maxima, as the log was told */
	/* News are handed out in batches, round robin: newer ones begin where the last batch ended, so that everybody has a turn however
	 * often something happens. */
	unsigned next_panel, to_tell, to_hurry; /* so many panels from next_panel on have news; have news in a hurry */
	uint64_t batches;
};

static void make_source(
	const struct board *b, struct overview_source *s, enum panel_kind kind, unsigned figures_minutes)
{
	*s = (struct overview_source){.config = b->config,
		.docker = b->docker,
		.pending = b->pending,
		.lang = b->lang,
		.kind = kind,
		.figures_minutes = figures_minutes,
		.grouping = b->limits.grouping};
}

static void on_make(struct overview *o, enum panel_kind kind, unsigned figures_minutes, void *arg)
{
	struct overview_source s;
	make_source(arg, &s, kind, figures_minutes);
	overview_make(o, &s, 0);
}

static void on_shape(void *arg)
{
	struct board *b = arg;
	timer_set_sooner(b->timer, 0);
}

/* ---- what all panels have in common ---- */

/* Panels have moved up in the table: whose turn it was cannot be told. */
static void begin_round_again(struct board *b)
{
	b->news |= b->to_tell > 0;
	b->hurry |= b->to_hurry > 0;
}

static void sweep(struct board *b)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < b->panel_count; i++) {
		if (panel_state_of(b->panels[i]) == PANEL_FINISHED)
			panel_free(b->panels[i]);
		else
			b->panels[kept++] = b->panels[i];
	}
	if (kept != b->panel_count)
		begin_round_again(b);
	b->panel_count = kept;
}

/* Figures are read only as often as somebody looks at them. */
static void review_usage(struct board *b)
{
	unsigned usage_ms = 0;
	for (unsigned i = 0; i < b->panel_count; i++) {
		unsigned ms = panel_usage_ms(b->panels[i]);
		if (ms && !b->limits.no_figures && (!usage_ms || ms < usage_ms))
			usage_ms = ms;
	}
	if (b->limits.figures_ms && (!usage_ms || b->limits.figures_ms < usage_ms))
		usage_ms = b->limits.figures_ms;
	if (usage_ms != b->usage_ms)
		docker_watch_usage(b->docker, usage_ms);
	b->usage_ms = usage_ms;
}

/* To those that wait until fewer requests are under way; who does not get it waits on. */
static void give_turns(struct board *b)
{
	if (!b->host.queue)
		return;
	b->host.queue = false;
	for (unsigned i = 0; i < b->panel_count; i++)
		panel_turn(b->panels[i]);
}

static void tell_next(struct board *b)
{
	unsigned i = b->next_panel < b->panel_count ? b->next_panel : 0;
	bool hurry = b->to_hurry > 0;
	b->next_panel = i + 1;
	b->to_tell--;
	b->to_hurry -= hurry;
	panel_news(b->panels[i], hurry);
}

static void flush(void *arg)
{
	struct board *b = arg;
	unsigned batch = b->limits.batch ? b->limits.batch : BOARD_CHANNELS_MAX;
	sweep(b);
	review_usage(b);
	give_turns(b);
	if (b->news)
		b->to_tell = b->panel_count;
	if (b->hurry)
		b->to_hurry = b->panel_count;
	b->news = b->hurry = false;
	if (!b->to_tell)
		return;
	b->batches++;
	while (batch-- && b->to_tell)
		tell_next(b);
	if (b->to_tell)
		timer_set_sooner(b->timer, 0); /* the others after whatever else is waiting for its turn */
}

static void open_panels(struct board *b)
{
	timer_stop(b->hold);
	b->host.open = true;
	for (unsigned i = 0; i < b->panel_count; i++)
		panel_open(b->panels[i]);
}

static void on_held_long_enough(void *arg)
{
	open_panels(arg);
}

struct board *board_new(struct loop *loop, struct docker *docker, struct rest *rest, struct state *state)
{
	struct board *b = mem_zalloc(MEM_PANELS, sizeof *b);
	if (!b)
		return NULL;
	b->docker = docker;
	b->host = (struct panel_host){
		.loop = loop, .rest = rest, .state = state, .make = on_make, .on_shape = on_shape, .arg = b};
	b->timer = timer_new(loop, flush, b);
	b->hold = timer_new(loop, on_held_long_enough, b);
	if (!b->timer || !b->hold) {
		board_free(b);
		return NULL;
	}
	return b;
}

void board_free(struct board *b)
{
	if (!b)
		return;
	for (unsigned i = 0; i < b->panel_count; i++)
		panel_free(b->panels[i]);
	timer_free(b->timer);
	timer_free(b->hold);
	mem_free(b);
}

void board_set_pending(struct board *b, const struct pending *p)
{
	b->pending = p;
}

/* ---- channels ---- */

static struct panel *find(const struct board *b, uint64_t channel_id)
{
	for (unsigned i = 0; i < b->panel_count; i++)
		if (panel_channel_id(b->panels[i]) == channel_id && panel_state_of(b->panels[i]) != PANEL_FINISHED)
			return b->panels[i];
	return NULL;
}

static bool has_panel(const struct config_channel *c)
{
	return c->kind == CHANNEL_CONTROL || c->allow_serverstatus;
}

static unsigned minutes_to_ms(int minutes)
{
	enum { WEEK_MINUTES = 7 * 24 * 60 };
	return (unsigned)(minutes < 1 ? 1 : minutes > WEEK_MINUTES ? WEEK_MINUTES : minutes) * 60000u;
}

static bool moves(const struct config_channel *c)
{
	return has_panel(c) && c->recreate_on_inactivity && c->inactivity_timeout_minutes > 0;
}

static struct panel_settings settings_of(const struct config_channel *c, bool tracked)
{
	bool admin = c->kind == CHANNEL_CONTROL;
	return (struct panel_settings){
		.kind = admin ? PANEL_ADMIN_OVERVIEW : PANEL_OVERVIEW,
		.post_initial = c->post_initial,
		.auto_refresh = c->auto_refresh && tracked,
		.figures_ms = admin && c->auto_refresh && tracked ? minutes_to_ms(c->update_interval_minutes) : 0,
		.quiet_ms = moves(c) && tracked ? minutes_to_ms(c->inactivity_timeout_minutes) : 0,
	};
}

static struct panel *add(struct board *b, uint64_t channel_id)
{
	struct panel *p = panel_new(&b->host, channel_id);
	if (p)
		b->panels[b->panel_count++] = p;
	return p;
}

static void remove_missing(struct board *b)
{
	for (unsigned i = 0; i < b->panel_count; i++) {
		const struct config_channel *c = config_find_channel(b->config, panel_channel_id(b->panels[i]));
		if (!c || !has_panel(c))
			panel_remove(b->panels[i]);
	}
}

/* Its message stays where it is: a limit is no reason to delete what people look at. */
static void let_go(struct board *b, struct panel *p)
{
	unsigned i = 0;
	while (i < b->panel_count && b->panels[i] != p)
		i++;
	if (i == b->panel_count)
		return;
	panel_free(p);
	b->panels[i] = b->panels[--b->panel_count];
	begin_round_again(b);
}

static unsigned channels_max(const struct board *b)
{
	unsigned max = b->limits.channels_max;
	return max && max < BOARD_CHANNELS_MAX ? max : BOARD_CHANNELS_MAX;
}

static void tell_left_out(
	const struct board *b, unsigned left_out, uint64_t first, unsigned untracked, uint64_t first_untracked)
{
	if (left_out && left_out != b->left_out)
		log_warn("status",
			"%u channels lie beyond DDC_MAX_CHANNELS (%u) and get no panel, the first is %" PRIu64,
			left_out, channels_max(b), first);
	if (untracked && untracked != b->untracked)
		log_warn("status",
			"%u channels lie beyond DDC_MAX_TRACKED_CHANNELS (%u): their panels show actions but do not follow by themselves, the "
			"first is %" PRIu64,
			untracked, b->limits.tracked_max, first_untracked);
}

void board_set_config(struct board *b, const struct config *config)
{
	unsigned count = 0, left_out = 0, untracked = 0;
	uint64_t first = 0, first_untracked = 0;
	b->config = config;
	b->lang = tr_lang_of(config->language);
	remove_missing(b);
	sweep(b);
	for (unsigned i = 0; i < config->channel_count; i++) {
		const struct config_channel *c = &config->channels[i];
		if (!has_panel(c))
			continue;
		bool tracked = !b->limits.tracked_max || count < b->limits.tracked_max;
		struct panel_settings settings = settings_of(c, tracked);
		struct panel *p = find(b, c->id);
		if (count < channels_max(b) && b->panel_count < BOARD_CHANNELS_MAX && !p)
			p = add(b, c->id);
		else if (count >= channels_max(b) && p)
			let_go(b, p), p = NULL;
		count++;
		if (!p && !left_out++)
			first = c->id;
		else if (p && !tracked && !untracked++)
			first_untracked = c->id;
		if (p)
			panel_configure(p, &settings);
	}
	tell_left_out(b, left_out, first, untracked, first_untracked);
	b->left_out = left_out;
	b->untracked = untracked;
	review_usage(b);
}

void board_set_limits(struct board *b, const struct board_limits *l)
{
	b->limits = *l;
	b->host.history_max = l->history_max;
	b->host.believe_ms = l->believe_ms;
	review_usage(b);
}

void board_remove_leftovers(struct board *b)
{
	uint64_t channel_id;
	for (unsigned i = 0; b->config && (channel_id = state_panel_channel(b->host.state, i)); i++) {
		const struct config_channel *c = config_find_channel(b->config, channel_id);
		if ((c && has_panel(c)) || find(b, channel_id))
			continue;
		struct panel *p = b->panel_count < BOARD_CHANNELS_MAX ? add(b, channel_id) : NULL;
		if (!p)
			return; /* at the next start */
		log_info("status", "channel %" PRIu64 " is not in the settings any more; its panel is removed",
			channel_id);
		panel_configure(p, &(struct panel_settings){.kind = PANEL_OVERVIEW});
		panel_remove(p);
	}
}

bool board_needs_messages(const struct config *config)
{
	for (unsigned i = 0; i < config->channel_count; i++)
		if (moves(&config->channels[i]))
			return true;
	return false;
}

/* ---- news ---- */

void board_on_ready(struct board *b, uint64_t self_user_id)
{
	b->ready = true;
	if (b->host.open || docker_link_of(b->docker) != DOCKER_CONNECTING)
		open_panels(b);
	else
		timer_set_sooner(b->hold, BOARD_ENGINE_WAIT_MS);
}

static void on_news(struct board *b, struct str container, unsigned wait_ms, bool hurry)
{
	const struct config_container *c = b->config ? config_find_container(b->config, container) : NULL;
	if (!c || !c->active)
		return;
	b->news = true;
	b->hurry |= hurry;
	timer_set_sooner(b->timer, wait_ms);
}

void board_on_container(struct board *b, struct str container)
{
	on_news(b, container, BOARD_COALESCE_MS, false);
}

void board_on_action(struct board *b, struct str container)
{
	on_news(b, container, BOARD_COALESCE_MS, true);
}

void board_on_details(struct board *b, struct str container)
{
	on_news(b, container, BOARD_DETAILS_MS, false);
}

void board_on_everything(struct board *b)
{
	if (b->ready && !b->host.open && docker_link_of(b->docker) != DOCKER_CONNECTING)
		open_panels(b);
	b->news = true;
	timer_set_sooner(b->timer, BOARD_COALESCE_MS);
}

void board_forget_talk(struct board *b)
{
	for (unsigned i = 0; i < b->panel_count; i++)
		panel_forget_talk(b->panels[i]);
}

void board_on_message(struct board *b, uint64_t channel_id, uint64_t message_id, bool from_self)
{
	struct panel *p = find(b, channel_id);
	if (p)
		panel_on_message(p, message_id, from_self);
}

void board_on_message_deleted(struct board *b, uint64_t channel_id, uint64_t message_id)
{
	struct panel *p = find(b, channel_id);
	if (p)
		panel_on_message_deleted(p, message_id);
}

void board_on_channel(struct board *b, uint64_t channel_id, uint64_t guild_id, uint64_t last_message_id, bool gone)
{
	struct panel *p = find(b, channel_id);
	if (p)
		panel_on_channel(p, guild_id, last_message_id, gone);
}

void board_on_guild(struct board *b, uint64_t guild_id, bool removed)
{
	for (unsigned i = 0; i < b->panel_count; i++)
		panel_on_guild(b->panels[i], guild_id, removed);
}

/* ---- commands ---- */

void board_write(struct board *b, struct message *m, uint64_t channel_id, enum panel_kind kind, unsigned page)
{
	struct panel *p = find(b, channel_id);
	bool same_kind = p && panel_settings_of(p)->kind == kind;
	struct overview_source s;
	struct overview o;
	make_source(b, &s, kind, same_kind ? panel_settings_of(p)->figures_ms / 60000 : 0);
	overview_make(&o, &s, page);
	overview_write(&o, m);
	if (same_kind && page == 0)
		panel_offer(p, &o);
	overview_clear(&o);
}

void board_adopt(struct board *b, uint64_t channel_id, enum panel_kind kind, uint64_t message_id)
{
	struct panel *p = find(b, channel_id);
	if (p && panel_settings_of(p)->kind == kind)
		panel_adopt(p, message_id);
}

bool board_refused(const struct board *b, uint64_t channel_id, enum tr_key *ret_advice)
{
	for (unsigned i = 0; i < b->panel_count; i++)
		if (panel_channel_id(b->panels[i]) == channel_id)
			return panel_refused(b->panels[i], ret_advice);
	return false;
}

struct board_stats board_stats_of(const struct board *b)
{
	struct board_stats s = {.channels = b->panel_count,
		.posts = b->host.posts,
		.edits = b->host.edits,
		.edits_saved = b->host.edits_saved,
		.failures = b->host.failures,
		.batches = b->batches,
		.beyond_channels = b->left_out,
		.beyond_tracked = b->untracked};
	for (unsigned i = 0; i < b->panel_count; i++)
		s.panels += panel_message_id(b->panels[i]) != 0;
	return s;
}
