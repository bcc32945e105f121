#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/snowflake.h"
#include "feature/status/board.h"
#include "feature/status/panel_private.h"
#include "feature/status/refusal.h"

#include <inttypes.h>
#include <stdio.h>

enum { PATH_BYTES = 80 };

struct shown panel_shown_of(const struct overview *o)
{
	return (struct shown){.hash = o->hash, .state_hash = o->state_hash, .known = true, .pending = o->pending};
}

static void make(struct panel *p, struct overview *o)
{
	p->host->make(o, p->settings.kind, (p->settings.figures_ms + 30000) / 60000, p->host->arg);
}

static void ask(struct panel *p, enum panel_state doing, enum rest_method method, uint64_t message_id, struct buf *body,
	rest_done_fn *on_done)
{
	char path[PATH_BYTES];
	struct err err;
	if (method == REST_POST)
		snprintf(path, sizeof path, "/channels/%" PRIu64 "/messages", p->channel_id);
	else
		snprintf(path, sizeof path, "/channels/%" PRIu64 "/messages/%" PRIu64, p->channel_id, message_id);
	struct rest_request q = {.method = method, .path = path, .body = body, .has_nonce = method == REST_POST};
	bool whole = !body || !body->overflow; /* it fits by far: only memory can have been missing */
	p->request = whole ? rest_send(p->host->rest, &q, on_done, p, &err) : TICKET_NONE;
	p->request_message_id = message_id;
	p->host->requests += p->request != TICKET_NONE;
	if (p->request)
		panel_enter(p, doing);
	else
		p->not_before_ms =
			panel_now_ms(p) + (rest_stopped(p->host->rest) ? PANEL_STOPPED_MS : PANEL_LINE_FULL_MS);
}

static void succeed(struct panel *p)
{
	if (p->told)
		log_info("status", "the panel of channel %" PRIu64 " works again", p->channel_id);
	p->told = p->gone = false;
	p->refused = false;
	p->failures = 0;
	p->not_before_ms = 0;
}

static void fail(struct panel *p, const struct rest_reply *reply, const struct err *err)
{
	enum refusal r = refusal_of(reply);
	p->host->failures++;
	p->failures++;
	p->refused = r != REFUSAL_MESSAGE_GONE && r != REFUSAL_TOO_FAST;
	p->advice = refusal_advice(r, reply);
	unsigned wait = refusal_wait_ms(r, p->failures);
	if (r == REFUSAL_RIGHTS && rest_invalid(p->host->rest) < PANEL_INVALID_MAX)
		wait = refusal_believed_ms(p->failures, p->host->believe_ms);
	p->not_before_ms = panel_now_ms(p) + wait;
	if (r == REFUSAL_CHANNEL_GONE) {
		log_warn("status", "channel %" PRIu64 " does not exist any more, its panel is dropped: %s",
			p->channel_id, tr(TR_EN, p->advice));
		panel_lose_channel(p);
		return;
	}
	if (r == REFUSAL_MESSAGE_GONE)
		log_info("status", "the panel of channel %" PRIu64 " was deleted; posting it again", p->channel_id);
	else if (!p->told)
		log_warn("status",
			"the panel of channel %" PRIu64
			" cannot be written: %s; %s. Trying again in %u s, then less often",
			p->channel_id, err->text, tr(TR_EN, p->advice), wait / 1000);
	p->told |= r != REFUSAL_MESSAGE_GONE;
	if (reply->code == 30046 && p->failures >= PANEL_TOO_FAST_MAX && p->message_id) {
		panel_make_obsolete(p, p->message_id); /* an old message with a limit of its own: a new one has none */
		panel_track(p, 0);
	}
}

/* ---- threads ---- */

static void on_awakened(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct panel *p = arg;
	panel_request_ended(p);
	if (err)
		fail(p, reply, err);
	else
		log_info("status", "thread %" PRIu64 " had fallen asleep; it is open again", p->channel_id);
	panel_enter_rest(p);
	panel_look(p);
}

/* A thread goes to sleep when nobody writes in it, and edits of a panel are no writing. True: it is being woken. */
static bool awaken(struct panel *p, const struct rest_reply *reply)
{
	char path[PATH_BYTES];
	struct buf body;
	struct err err;
	uint64_t now = panel_now_ms(p);
	if (!refusal_is_archived(reply) || (p->awakened_ms && now - p->awakened_ms < PANEL_AWAKEN_GAP_MS))
		return false;
	p->awakened_ms = now;
	buf_init(&body, MEM_PANELS, 64);
	buf_add_str(&body, "{\"archived\":false}");
	snprintf(path, sizeof path, "/channels/%" PRIu64, p->channel_id);
	struct rest_request q = {.method = REST_PATCH, .path = path, .body = &body};
	p->request = rest_send(p->host->rest, &q, on_awakened, p, &err);
	p->host->requests += p->request != TICKET_NONE;
	buf_clear(&body);
	if (p->request)
		panel_enter(p, PANEL_EDITING);
	return p->request;
}

/* ---- posting ---- */

static void on_posted(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct panel *p = arg;
	panel_request_ended(p);
	if (err) {
		if (reply->status >= 400 && reply->status < 500)
			p->nonce = 0;
		fail(p, reply, err);
	} else if (!reply->id) { /* posted, but which one it is got lost: the same nonce will tell */
		p->not_before_ms = panel_now_ms(p) + refusal_wait_ms(REFUSAL_PASSING, ++p->failures);
	} else {
		p->host->posts++;
		p->nonce = 0;
		succeed(p);
		p->last_post_ms = p->last_edit_ms = panel_now_ms(p);
		if (p->message_id && p->message_id != p->request_message_id) {
			panel_make_obsolete(p, reply->id); /* a command has made a newer one meanwhile */
		} else {
			if (p->message_id)
				panel_make_obsolete(p, p->message_id);
			panel_track(p, reply->id);
			p->shown = p->request_shows;
		}
	}
	panel_enter_rest(p);
	panel_look(p);
}

void panel_schedule_figures(struct panel *p, bool missing)
{
	static const uint64_t first_waits[PANEL_FIGURES_TRIES] = {3000, 5000, 30000};
	uint64_t wait = p->settings.figures_ms;
	if (!wait) {
		p->figures_due_ms = NEVER;
		return;
	}
	if (missing && p->figures_tries < PANEL_FIGURES_TRIES)
		wait = first_waits[p->figures_tries++];
	if (wait > p->settings.figures_ms)
		wait = p->settings.figures_ms;
	p->figures_due_ms = panel_now_ms(p) + wait;
}

static void write_body(struct message *m, const struct overview *o, uint64_t nonce)
{
	char text[20];
	message_init(m, MEM_PANELS);
	if (nonce) {
		snprintf(text, sizeof text, "%016" PRIx64, nonce);
		message_flags(m, MESSAGE_SUPPRESS_NOTIFICATIONS);
		message_nonce(m, text);
	} else {
		message_replace_all(m);
	}
	overview_write(o, m);
	message_finish(m);
}

void panel_post(struct panel *p)
{
	struct overview o;
	struct message m;
	while (!p->nonce)
		rand_bytes(&p->nonce, sizeof p->nonce);
	make(p, &o);
	write_body(&m, &o, p->nonce);
	p->request_shows = panel_shown_of(&o);
	p->news = p->hurry = false;
	p->figures_tries = 0;
	panel_schedule_figures(p, o.figures_missing);
	ask(p, PANEL_POSTING, REST_POST, p->message_id, &m.body, on_posted);
	if (!p->request)
		p->news = true;
	message_clear(&m);
	overview_clear(&o);
}

/* ---- editing ---- */

static void on_edited(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct panel *p = arg;
	bool current = p->message_id == p->request_message_id;
	panel_request_ended(p);
	if (err) {
		p->news = true;
		if (awaken(p, reply))
			return;
		fail(p, reply, err);
		if (current && refusal_of(reply) == REFUSAL_MESSAGE_GONE)
			panel_track(p, 0);
	} else {
		p->host->edits++;
		succeed(p);
		p->last_edit_ms = panel_now_ms(p);
		if (current)
			p->shown = p->request_shows;
	}
	panel_enter_rest(p);
	panel_look(p);
}

static bool is_worth_an_edit(const struct panel *p, const struct overview *o, bool figures_due)
{
	if (!p->shown.known)
		return true;
	if (o->hash == p->shown.hash)
		return false;
	if (!p->settings.auto_refresh && !o->pending && !p->shown.pending)
		return false;
	return o->state_hash != p->shown.state_hash || (figures_due && o->hash != p->shown.hash);
}

/* 0: may be edited now. Discord limits edits of old messages hard, and does not tell beforehand. */
static uint64_t edit_wait_ms(const struct panel *p, uint64_t now)
{
	char path[PATH_BYTES];
	bool old = clock_wall_ms() - snowflake_time_ms(p->message_id) > PANEL_OLD_MS;
	uint64_t free_at = p->last_edit_ms + BOARD_OLD_EDIT_GAP_MS;
	snprintf(path, sizeof path, "/channels/%" PRIu64 "/messages/%" PRIu64, p->channel_id, p->message_id);
	uint64_t wait = rest_wait_ms(p->host->rest, REST_PATCH, path, p->hurry ? 0 : PANEL_SPARE_EDITS);
	if (old && p->last_edit_ms && free_at > now && free_at - now > wait)
		wait = free_at - now;
	return wait;
}

static void send_edit(struct panel *p, const struct overview *o)
{
	struct message m;
	write_body(&m, o, 0);
	p->request_shows = panel_shown_of(o);
	ask(p, PANEL_EDITING, REST_PATCH, p->message_id, &m.body, on_edited);
	message_clear(&m);
}

void panel_edit_if_different(struct panel *p, uint64_t now)
{
	struct overview o;
	bool figures_due = now >= p->figures_due_ms, news = p->news;
	uint64_t wait = edit_wait_ms(p, now);
	if (wait) {
		panel_wake_at(p, now + wait); /* what is true then will be sent, not what is true now */
		return;
	}
	make(p, &o);
	p->news = p->hurry = false;
	/* Half of the first figures now and the other half in a moment would be two edits. */
	bool complete = !o.figures_missing || p->figures_tries != 1;
	bool worth = is_worth_an_edit(p, &o, figures_due && complete);
	if (worth) {
		if (o.state_hash != p->shown.state_hash)
			p->figures_tries = 0;
		send_edit(p, &o);
		p->news = p->request == TICKET_NONE;
	} else if (news) {
		p->host->edits_saved++;
	}
	if (worth || figures_due)
		panel_schedule_figures(p, o.figures_missing);
	overview_clear(&o);
}

/* ---- deleting ---- */

static void on_deleted(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct panel *p = arg;
	enum refusal r = err ? refusal_of(reply) : REFUSAL_MESSAGE_GONE;
	panel_request_ended(p);
	if (r == REFUSAL_PASSING || r == REFUSAL_TOO_FAST || (err && refusal_is_blind(reply))) {
		fail(p, reply, err);
	} else if (r == REFUSAL_CHANNEL_GONE) {
		panel_lose_channel(p);
	} else { /* gone, or out of our hands for good */
		p->failures = 0;
		for (unsigned i = 0; i < p->obsolete_count; i++)
			if (p->obsolete[i] == p->request_message_id)
				p->obsolete[i] = p->obsolete[--p->obsolete_count];
	}
	panel_enter_rest(p);
	panel_look(p);
}

void panel_delete_one(struct panel *p)
{
	ask(p, PANEL_DELETING, REST_DELETE, p->obsolete[0], NULL, on_deleted);
}
