/*
 * The managed messages: one overview per status channel, one admin overview per control channel, tracked by ID, restored after a
 * restart, posted again when deleted, moved below the talk as configured, edited only when their content changes, coalesced, and never
 * against Discord's limits.
 */
#ifndef FEATURE_STATUS_BOARD_H
#define FEATURE_STATUS_BOARD_H

#include "config/config.h"
#include "config/state.h"
#include "discord/rest.h"
#include "docker/docker.h"
#include "feature/control/pending.h"
#include "i18n/tr.h"

struct board;

enum {
	BOARD_CHANNELS_MAX = 250,    /* about 0.5 KiB each; Discord's gateway client looks out for 256 */
	BOARD_ENGINE_WAIT_MS = 5000, /* so long the first panels wait for the engine's first word */
	BOARD_COALESCE_MS = 40,	     /* several events of one act become one edit; below the 50 ms we promise */
	BOARD_DETAILS_MS =
		4000, /* what is learnt without anything happening: after a start all of it comes within this, a container each 50 ms */
	BOARD_OLD_EDIT_GAP_MS = 6000 /* messages older than an hour: error 30046 otherwise */
};

/* What the settings allow; may change at any time. */
struct board_limits {
	unsigned
		channels_max; /* DDC_MAX_CHANNELS: channels that get a panel, at most BOARD_CHANNELS_MAX; 0: that many */
	unsigned
		tracked_max; /* DDC_MAX_TRACKED_CHANNELS: whose panel follows by itself; the others' only shows actions. 0: all */
	unsigned batch;	      /* DDC_BATCH_UPDATE_SIZE: panels looked at in one go; 0: all */
	unsigned history_max; /* DDC_MAX_MESSAGE_HISTORY: messages below a panel that are remembered one by one */
	unsigned
		believe_ms; /* DDC_DISCORD_CACHE_DURATION: a refused channel is tried again after so long at the latest; 0: as Discord's
				* refusal suggests */
	bool no_figures;     /* DDC_ENABLE_BACKGROUND_REFRESH=false: CPU and memory are not read by themselves */
	unsigned grouping;   /* DDC_PANEL_GROUPS: bits of enum group_by */
	unsigned figures_ms; /* somebody else wants figures this often; 0: nobody does */
};

struct board *board_new(struct loop *loop, struct docker *docker, struct rest *rest, struct state *state);
void board_free(struct board *b);
void board_set_limits(
	struct board *b, const struct board_limits *l); /* COPIES; before board_set_config() to count at once */
void board_set_pending(struct board *b, const struct pending *p); /* SHARED; made after the board */
/* SHARED until the next one. Channels that are new, gone, or of another kind are seen to. */
void board_set_config(struct board *b, const struct config *config);

/* Channels that were taken out of the settings while ddc was not running: the message that is remembered there is deleted, and no other.
 * For whoever knows that the settings are whole: a file that cannot be read takes no channel out. */
void board_remove_leftovers(struct board *b);

/* ready: Discord may be written to. Restores, adopts, posts what is due. */
void board_on_ready(struct board *b, uint64_t self_user_id);
/* Something about it changed, pending included; after a renaming board_on_everything() is right. New figures alone (CONTAINER_USAGE) need no call: panels that show them look by
 * themselves, in their own rhythm. */
void board_on_container(struct board *b, struct str container);
void board_on_action(
	struct board *b, struct str container); /* somebody's action began there or ended: before all else */
void board_on_details(struct board *b, struct str container); /* CONTAINER_DESCRIBED: no hurry */
void board_on_everything(struct board *b);		      /* resync, link up or down */
void board_on_message(struct board *b, uint64_t channel_id, uint64_t message_id, bool from_self);
void board_on_message_deleted(struct board *b, uint64_t channel_id, uint64_t message_id);
void board_forget_talk(struct board *b); /* memory is short: see panel_forget_talk() */
/* From GUILD_CREATE / CHANNEL_UPDATE: the newest message there, so that nothing has to be asked for. */
void board_on_channel(struct board *b, uint64_t channel_id, uint64_t guild_id, uint64_t last_message_id, bool gone);
/* removed: ddc was; panels there are left alone until it is back. */
void board_on_guild(struct board *b, uint64_t guild_id, bool removed);
/* Does any feature in use need MESSAGE_CREATE? (otherwise the intent is not asked for) */
bool board_needs_messages(const struct config *config);

/* For the answer to /serverstatus and /control: the message that the answer creates becomes the channel's panel.
 * board_write writes the panel (embeds and buttons) into m, which is open; page is 0 for the first. */
struct message;
void board_write(struct board *b, struct message *m, uint64_t channel_id, enum panel_kind kind, unsigned page);
/* The answer exists now as message_id: the old panel of that channel is deleted, the new one tracked. */
void board_adopt(struct board *b, uint64_t channel_id, enum panel_kind kind, uint64_t message_id);

/* This channel's panel cannot be written, and what to do about it; false: it can, or there is none. */
bool board_refused(const struct board *b, uint64_t channel_id, enum tr_key *ret_advice);

struct board_stats {
	unsigned channels, panels;
	unsigned beyond_channels, beyond_tracked; /* left out by the limits */
	uint64_t posts, edits, edits_saved, failures, batches;
};
struct board_stats board_stats_of(const struct board *b);

#endif
