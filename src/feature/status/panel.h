/*
 * One managed message: the panel of one channel. It posts, edits, moves and deletes, one request at a time; what is newest wins.
 *
 *	absent ──post──> posting ──> live ──edit──> editing ──> live
 *	                             live ──the talk below fell quiet──> posting (a new one) ──> deleting (the old one) ──> live
 *	any ──channel deleted──> gone; any ──removed from the settings──> deleting ──> finished
 */
#ifndef FEATURE_STATUS_PANEL_H
#define FEATURE_STATUS_PANEL_H

#include "feature/status/overview.h"

#include "discord/rest.h"
#include "loop/loop.h"

struct panel;

enum {
	/* Requests of all panels that are under way at once. Each holds its message of some KiB until it is answered: with a hundred
	 * panels posted at the start that would be what ddc needs most memory for, and never again. Two are sent at a time. */
	PANEL_REQUESTS_MAX = 12,
	/* Discord allows a handful of edits in some seconds. A container that crashes over and over would use them all, and who presses a
	 * button would have to wait: so many are left to what people do (the beginning of an action, and its end). */
	PANEL_SPARE_EDITS = 2,
	PANEL_OBSOLETE_MAX = 4,	       /* messages waiting to be deleted; the oldest is left standing beyond that */
	PANEL_REPOST_GAP_MS = 3000,    /* a panel that somebody deletes comes back, but not in a duel */
	PANEL_LINE_FULL_MS = 2000,     /* the REST client took nothing: look again then */
	PANEL_STOPPED_MS = 300000,     /* the REST client takes nothing at all; panel_open() comes sooner as a rule */
	PANEL_OLD_MS = 59 * 60 * 1000, /* Discord's hour, less a minute for clocks that differ */
	PANEL_FIGURES_MIN_MS = 30000,
	PANEL_FIGURES_TRIES =
		3, /* first figures come about a second after the state: looked for after 3, 5, 30 s, then in rhythm */
	PANEL_AWAKEN_GAP_MS =
		60 * 60 *
		1000, /* a thread that fell asleep is woken; one that somebody put to sleep is not, over and over. Discord's shortest time */
	/* Refusals in ten minutes, of whatever ddc asks for, from which on no setting makes panels try again sooner than refusal_wait_ms()
	 * has it: many refused channels together must not come near REST_INVALID_PER_10_MIN_MAX. */
	PANEL_INVALID_MAX = 200,
	PANEL_TOO_FAST_MAX = 3 /* refused as too fast so often: a new message has no such limit */
};

enum panel_state { PANEL_ABSENT, PANEL_POSTING, PANEL_LIVE, PANEL_EDITING, PANEL_DELETING, PANEL_GONE, PANEL_FINISHED };
const char *panel_state_name(enum panel_state s);

/* What all panels share. The board owns it, and it outlives them. */
struct panel_host {
	struct loop *loop;
	struct rest *rest;
	struct state *state;
	bool open; /* Discord may be written to, and there is something to say */
	/* Makes page 0 as it looks now; the panel clears it. */
	void (*make)(struct overview *o, enum panel_kind kind, unsigned figures_minutes, void *arg);
	/* A panel has got a message, lost its channel, or finished. Nothing may be freed in here. */
	void (*on_shape)(void *arg);
	void *arg;
	unsigned history_max, believe_ms; /* see struct board_limits */
	unsigned requests;		  /* under way, of all panels: PANEL_REQUESTS_MAX at once */
	bool queue; /* panels wait for their turn; on_shape() is called when there may be room, panel_turn() then gives it */
	uint64_t posts, edits, edits_saved, failures;
};

struct panel_settings {
	enum panel_kind kind;
	bool post_initial;
	bool auto_refresh;   /* false: only actions and their results are shown as they happen */
	unsigned figures_ms; /* rhythm of CPU and memory; 0: the kind shows none, or auto_refresh is off */
	unsigned quiet_ms;   /* moved below the talk after so long a silence; 0: never */
};

struct panel *panel_new(struct panel_host *host, uint64_t channel_id); /* NULL: no memory */
void panel_free(struct panel *p);				       /* without a word to Discord; NULL is fine */

void panel_configure(struct panel *p, const struct panel_settings *s); /* COPIES; takes back panel_remove() */
void panel_remove(struct panel *p);				       /* deletes its message, then is PANEL_FINISHED */
void panel_open(struct panel *p); /* host->open is true now, or again: waiting for better times is over */
/* What it shows may have changed. hurry: because of what somebody did; all else leaves PANEL_SPARE_EDITS to that. */
void panel_news(struct panel *p, bool hurry);
void panel_turn(struct panel *p); /* if it waits until fewer requests are under way: looks again */

/* This is what somebody's command is being answered with; panel_adopt() follows when the message exists. */
void panel_offer(struct panel *p, const struct overview *o);
void panel_adopt(struct panel *p, uint64_t message_id);

/* Memory is short: which messages stand below it is forgotten. It still moves; should they all be deleted, it moves in vain. */
void panel_forget_talk(struct panel *p);
void panel_on_message(struct panel *p, uint64_t message_id, bool from_self);
void panel_on_message_deleted(struct panel *p, uint64_t message_id);
void panel_on_channel(struct panel *p, uint64_t guild_id, uint64_t last_message_id, bool gone);
void panel_on_guild(struct panel *p, uint64_t guild_id, bool removed); /* of whichever guild */

bool panel_refused(
	const struct panel *p, enum tr_key *ret_advice); /* and what to do about it; false: its messages are taken */
uint64_t panel_channel_id(const struct panel *p);
uint64_t panel_message_id(const struct panel *p); /* 0: none now */
enum panel_state panel_state_of(const struct panel *p);
const struct panel_settings *panel_settings_of(const struct panel *p);
unsigned panel_usage_ms(const struct panel *p); /* how often it needs figures; 0: not at all */

#endif
