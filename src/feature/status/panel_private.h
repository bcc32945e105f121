/*
 * Inside of a panel, shared by panel.c (what is to be done, and when) and panel_send.c (the requests and what comes back). Nobody
 * else includes this.
 */
#ifndef FEATURE_STATUS_PANEL_PRIVATE_H
#define FEATURE_STATUS_PANEL_PRIVATE_H

#include "feature/status/panel.h"

#define NEVER UINT64_MAX

/* What a message says, or what was sent and may come to be said. */
struct shown {
	uint64_t hash, state_hash;
	bool known; /* false: another life of ddc, or another program, wrote it */
	bool pending;
};

struct panel {
	struct panel_host *host;
	struct timer *timer;
	uint64_t channel_id, guild_id; /* guild_id 0: not heard of yet */
	struct panel_settings settings;
	enum panel_state state;
	bool configured, removed, gone;
	bool shut_out;	    /* ddc was removed from the guild */
	bool queued;	    /* until fewer requests are under way */
	bool wanted;	    /* there shall be a message */
	bool news;	    /* what is shown may not be true any more */
	bool hurry;	    /* because of what somebody did */
	bool refused;	    /* so that somebody must do something */
	bool told;	    /* the log has heard of the present failure */
	bool talk_more;	    /* there was more talk than is remembered */
	enum tr_key advice; /* what somebody must do */
	unsigned obsolete_count;
	uint64_t message_id;
	uint64_t obsolete[PANEL_OBSOLETE_MAX];

	ticket request; /* the one under way */
	uint64_t request_message_id;
	struct shown request_shows;
	uint64_t nonce; /* of a post whose outcome is not known: the same again gives the same message */

	struct shown shown, offered;
	uint64_t awakened_ms; /* its thread; 0: never */
	uint64_t last_edit_ms, last_post_ms, not_before_ms, figures_due_ms;
	unsigned figures_tries;
	unsigned failures; /* in a row */
	uint64_t *
		talk; /* messages of others that stand below it, the oldest first: once all are deleted it is the last one again */
	unsigned talk_count, talk_capacity;
	uint64_t talk_id; /* the newest message of somebody else */
	int64_t talk_ms;  /* when it came, monotonic; negative: before this machine started */
};

_Static_assert(sizeof(struct panel) <= 288, "one for each channel: docs/memory.md has the budget");

/* panel.c */
void panel_look(struct panel *
		p); /* decides what is to be done and does one thing of it; called whenever anything may have changed */
void panel_enter(struct panel *p, enum panel_state state);
void panel_request_ended(struct panel *p);		/* it is not under way any more: others may have their turn */
void panel_enter_rest(struct panel *p);			/* the state without a request under way */
void panel_track(struct panel *p, uint64_t message_id); /* 0: none any more; remembered over a restart */
void panel_make_obsolete(struct panel *p, uint64_t message_id);
void panel_lose_channel(struct panel *p);
uint64_t panel_now_ms(const struct panel *p);
void panel_wake_at(struct panel *p, uint64_t at_ms); /* looks again then, or sooner */

/* panel_send.c: each begins one request, or sets not_before_ms when it cannot; panel_look() runs again when it has ended. */
void panel_post(
	struct panel *p); /* the first message, or a new one below the talk: the old one goes once this one stands */
void panel_edit_if_different(struct panel *p, uint64_t now);
void panel_delete_one(struct panel *p);
void panel_schedule_figures(struct panel *p, bool missing);
struct shown panel_shown_of(const struct overview *o);

#endif
