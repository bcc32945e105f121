#include "base/clock.h"
#include "base/log.h"
#include "base/snowflake.h"
#include "feature/status/panel_private.h"

#include <inttypes.h>
#include <string.h>

const char *panel_state_name(enum panel_state s)
{
	static const char *const names[] = {
		[PANEL_ABSENT] = "absent",
		[PANEL_POSTING] = "posting",
		[PANEL_LIVE] = "live",
		[PANEL_EDITING] = "editing",
		[PANEL_DELETING] = "deleting",
		[PANEL_GONE] = "gone",
		[PANEL_FINISHED] = "finished",
	};
	return names[s];
}

void panel_enter(struct panel *p, enum panel_state state)
{
	if (state == p->state)
		return;
	log_debug("status", "panel of channel %" PRIu64 ": %s -> %s", p->channel_id, panel_state_name(p->state),
		panel_state_name(state));
	p->state = state;
	if (state == PANEL_LIVE || state == PANEL_GONE || state == PANEL_FINISHED)
		p->host->on_shape(p->host->arg);
}

void panel_enter_rest(struct panel *p)
{
	panel_enter(p, p->gone ? PANEL_GONE : p->message_id ? PANEL_LIVE : PANEL_ABSENT);
}

void panel_request_ended(struct panel *p)
{
	p->request = TICKET_NONE;
	p->host->requests--;
	if (p->host->queue)
		p->host->on_shape(p->host->arg);
}

uint64_t panel_now_ms(const struct panel *p)
{
	return loop_now_ms(p->host->loop);
}

void panel_wake_at(struct panel *p, uint64_t at_ms)
{
	uint64_t now = panel_now_ms(p);
	if (at_ms != NEVER)
		timer_set_sooner(p->timer, at_ms > now ? at_ms - now : 0);
}

static void on_timer(void *arg)
{
	panel_look(arg);
}

struct panel *panel_new(struct panel_host *host, uint64_t channel_id)
{
	struct panel *p = mem_zalloc(MEM_PANELS, sizeof *p);
	if (!p)
		return NULL;
	*p = (struct panel){.host = host, .channel_id = channel_id, .figures_due_ms = NEVER};
	p->timer = timer_new(host->loop, on_timer, p);
	if (!p->timer) {
		mem_free(p);
		return NULL;
	}
	return p;
}

void panel_free(struct panel *p)
{
	if (!p)
		return;
	if (p->request) {
		rest_cancel(p->host->rest, p->request);
		panel_request_ended(p);
	}
	timer_free(p->timer);
	mem_free(p->talk);
	mem_free(p);
}

/* ---- which message it is ---- */

static void remember(struct panel *p, enum panel_kind kind, uint64_t message_id)
{
	struct err err;
	if (state_panel(p->host->state, p->channel_id, kind) != message_id &&
		!state_set_panel(p->host->state, p->channel_id, kind, message_id, &err))
		log_warn("status", "the panel of channel %" PRIu64 " cannot be remembered over a restart: %s",
			p->channel_id, err.text);
}

static void forget_talk(struct panel *p)
{
	mem_free(p->talk);
	p->talk = NULL;
	p->talk_count = p->talk_capacity = 0;
	p->talk_more = false;
}

void panel_track(struct panel *p, uint64_t message_id)
{
	if (message_id != p->message_id)
		forget_talk(p); /* what stood below the old one stands above the new one */
	p->message_id = message_id;
	p->wanted |= message_id != 0;
	if (!message_id)
		p->shown = (struct shown){0};
	remember(p, p->settings.kind, message_id);
}

void panel_make_obsolete(struct panel *p, uint64_t message_id)
{
	for (unsigned i = 0; i < p->obsolete_count; i++)
		if (p->obsolete[i] == message_id)
			return;
	if (p->obsolete_count == PANEL_OBSOLETE_MAX)
		memmove(p->obsolete, p->obsolete + 1, --p->obsolete_count * sizeof *p->obsolete);
	p->obsolete[p->obsolete_count++] = message_id;
}

void panel_lose_channel(struct panel *p)
{
	p->gone = true;
	panel_track(p, 0);
	p->obsolete_count = 0;
	panel_enter(p, PANEL_GONE);
}

/* ---- what next ---- */

static uint64_t move_due_ms(const struct panel *p)
{
	if (!p->settings.quiet_ms || !p->message_id || p->talk_id <= p->message_id)
		return NEVER;
	int64_t due = p->talk_ms + (int64_t)p->settings.quiet_ms;
	return due > 0 ? (uint64_t)due : 0;
}

/* Out of the settings: take the message away, then be done. */
static void leave(struct panel *p)
{
	if (p->message_id) {
		panel_make_obsolete(p, p->message_id);
		panel_track(p, 0);
	}
	if (p->obsolete_count)
		panel_delete_one(p);
	else
		panel_enter(p, PANEL_FINISHED);
}

static void work(struct panel *p, uint64_t now)
{
	uint64_t repost_at = p->last_post_ms ? p->last_post_ms + PANEL_REPOST_GAP_MS : 0;
	if (!p->message_id) {
		if (p->wanted && now >= repost_at)
			panel_post(p);
		else if (p->wanted)
			panel_wake_at(p, repost_at);
	} else if (now >= move_due_ms(p)) {
		panel_post(p);
	} else if (p->news || now >= p->figures_due_ms) {
		panel_edit_if_different(p, now);
	}
	if (!p->request && now >= p->not_before_ms && p->obsolete_count)
		panel_delete_one(p);
}

void panel_look(struct panel *p)
{
	uint64_t now = panel_now_ms(p);
	if (p->request || !p->configured || p->state == PANEL_FINISHED)
		return;
	timer_stop(p->timer);
	if (p->gone) {
		if (p->removed)
			panel_enter(p, PANEL_FINISHED);
		return;
	}
	if (!p->host->open || p->shut_out)
		return;
	if (now < p->not_before_ms) {
		panel_wake_at(p, p->not_before_ms);
		return;
	}
	if (p->host->requests >= PANEL_REQUESTS_MAX) {
		p->queued = p->host->queue = true; /* what is true then will be sent, not what is true now */
		return;
	}
	if (p->removed)
		leave(p);
	else
		work(p, now);
	if (p->request || p->state == PANEL_FINISHED)
		return;
	if (now < p->not_before_ms)
		panel_wake_at(p, p->not_before_ms);
	if (p->message_id) {
		panel_wake_at(p, p->figures_due_ms > now ? p->figures_due_ms : NEVER);
		panel_wake_at(p, move_due_ms(p));
	}
}

/* ---- what others say ---- */

static void take_from_state(struct panel *p)
{
	enum panel_kind kind = p->settings.kind, other = kind == PANEL_OVERVIEW ? PANEL_ADMIN_OVERVIEW : PANEL_OVERVIEW;
	uint64_t own = state_panel(p->host->state, p->channel_id, kind);
	uint64_t others = state_panel(p->host->state, p->channel_id, other);
	if (others) {
		remember(p, other, 0);
		if (own && own != others)
			panel_make_obsolete(p, others);
	}
	if (own || others) {
		p->shown = (struct shown){0};
		panel_track(p, own ? own : others);
	}
}

void panel_configure(struct panel *p, const struct panel_settings *s)
{
	bool other_kind = p->configured && p->settings.kind != s->kind;
	if (other_kind)
		remember(p, p->settings.kind, 0);
	p->settings = *s;
	if (other_kind) { /* the same message, with other content */
		p->shown.known = false;
		remember(p, s->kind, p->message_id);
	}
	if (!p->configured)
		take_from_state(p);
	p->configured = true;
	p->removed = false;
	p->wanted = s->post_initial || p->wanted;
	p->news = true;
	if (!s->figures_ms || p->figures_due_ms == NEVER || p->figures_due_ms > panel_now_ms(p) + s->figures_ms)
		panel_schedule_figures(p, false);
	if (!p->request)
		panel_enter_rest(p);
	panel_look(p);
}

void panel_remove(struct panel *p)
{
	p->removed = true;
	panel_look(p);
}

/* Back in the guild, or in a new session: should it be shut out still, one refusal says so. */
static void let_in(struct panel *p)
{
	if (!p->shut_out)
		return;
	p->shut_out = p->refused = false;
	p->failures = 0;
	p->not_before_ms = 0;
	p->news = true;
}

void panel_open(struct panel *p)
{
	let_in(p);
	p->failures = 0;
	p->not_before_ms = 0;
	p->news = true;
	panel_look(p);
}

void panel_news(struct panel *p, bool hurry)
{
	p->news = true;
	p->hurry |= hurry;
	panel_look(p);
}

void panel_turn(struct panel *p)
{
	if (!p->queued)
		return;
	p->queued = false;
	panel_look(p);
}

void panel_offer(struct panel *p, const struct overview *o)
{
	p->offered = panel_shown_of(o);
}

void panel_adopt(struct panel *p, uint64_t message_id)
{
	if (!message_id || message_id == p->message_id)
		return;
	if (p->message_id)
		panel_make_obsolete(p, p->message_id);
	p->gone = false; /* it was just answered in there */
	panel_track(p, message_id);
	p->shown = p->offered;
	p->last_edit_ms = panel_now_ms(p);
	p->news = true; /* since it was offered something may have happened */
	if (!p->request)
		panel_enter_rest(p);
	p->host->on_shape(p->host->arg);
	panel_look(p);
}

static void remember_talk(struct panel *p, uint64_t message_id)
{
	unsigned most = p->settings.quiet_ms ? p->host->history_max : 0;
	if (p->talk_count == p->talk_capacity && p->talk_capacity < most) {
		unsigned capacity = p->talk_capacity ? p->talk_capacity * 2 : 8;
		capacity = capacity < most ? capacity : most;
		uint64_t *grown = mem_realloc(MEM_PANELS, p->talk, capacity * sizeof *grown);
		if (grown) {
			p->talk = grown;
			p->talk_capacity = capacity;
		}
	}
	if (p->talk_count < p->talk_capacity && p->talk_count < most)
		p->talk[p->talk_count++] = message_id;
	else
		p->talk_more = true;
}

/* People clear up behind them: when nothing of it is left, the panel is the last message again and need not move. */
static void take_back_talk(struct panel *p, uint64_t message_id)
{
	unsigned i = 0;
	while (i < p->talk_count && p->talk[i] != message_id)
		i++;
	if (i == p->talk_count)
		return;
	memmove(p->talk + i, p->talk + i + 1, (--p->talk_count - i) * sizeof *p->talk);
	if (p->talk_more)
		return;
	p->talk_id = p->talk_count ? p->talk[p->talk_count - 1] : p->message_id;
	panel_look(p);
}

void panel_forget_talk(struct panel *p)
{
	bool more = p->talk_count || p->talk_more;
	forget_talk(p);
	p->talk_more = more;
}

void panel_on_message(struct panel *p, uint64_t message_id, bool from_self)
{
	if (from_self || message_id <= p->talk_id)
		return;
	p->talk_id = message_id;
	p->talk_ms = (int64_t)panel_now_ms(p);
	if (message_id > p->message_id)
		remember_talk(p, message_id);
	panel_look(p);
}

void panel_on_message_deleted(struct panel *p, uint64_t message_id)
{
	for (unsigned i = 0; i < p->obsolete_count; i++)
		if (p->obsolete[i] == message_id && !p->request)
			p->obsolete[i] = p->obsolete[--p->obsolete_count];
	if (p->message_id && message_id > p->message_id)
		take_back_talk(p, message_id);
	if (!p->message_id || message_id != p->message_id)
		return;
	panel_track(p, 0);
	if (!p->request)
		panel_enter_rest(p);
	panel_look(p);
}

void panel_on_guild(struct panel *p, uint64_t guild_id, bool removed)
{
	if (!p->guild_id || p->guild_id != guild_id || p->shut_out == removed)
		return;
	if (removed) {
		p->shut_out = p->refused = true;
		p->advice = TR_REFUSAL_GUILD;
	} else {
		let_in(p);
		panel_look(p);
	}
}

void panel_on_channel(struct panel *p, uint64_t guild_id, uint64_t last_message_id, bool gone)
{
	p->guild_id = guild_id ? guild_id : p->guild_id;
	let_in(p);
	if (gone) {
		panel_lose_channel(p);
		panel_look(p);
		return;
	}
	p->gone = false;
	p->failures = 0;
	p->not_before_ms = 0; /* permissions may have changed: that is when Discord tells of a channel */
	if (last_message_id > p->talk_id &&
		last_message_id > p->message_id) { /* whose it is, is not said: then it is talk */
		p->talk_id = last_message_id;
		remember_talk(p, last_message_id);
		p->talk_more = true; /* there may be others between */
		p->talk_ms = (int64_t)panel_now_ms(p) - (clock_wall_ms() - snowflake_time_ms(last_message_id));
	}
	if (!p->request)
		panel_enter_rest(p);
	panel_look(p);
}

bool panel_refused(const struct panel *p, enum tr_key *ret_advice)
{
	*ret_advice = p->advice;
	return p->refused;
}

uint64_t panel_channel_id(const struct panel *p)
{
	return p->channel_id;
}

uint64_t panel_message_id(const struct panel *p)
{
	return p->message_id;
}

enum panel_state panel_state_of(const struct panel *p)
{
	return p->state;
}

const struct panel_settings *panel_settings_of(const struct panel *p)
{
	return &p->settings;
}

unsigned panel_usage_ms(const struct panel *p)
{
	return p->configured && p->wanted && !p->removed && !p->gone ? p->settings.figures_ms : 0;
}
