/*
 * What an overview says: the text, colour and buttons of one page, made from settings, engine and pending actions. Pure; nothing is
 * sent from here. Limits: Discord API, "Message Resource" (a description of 4096 characters).
 */
#ifndef FEATURE_STATUS_OVERVIEW_H
#define FEATURE_STATUS_OVERVIEW_H

#include "config/config.h"
#include "config/state.h"
#include "discord/message.h"
#include "docker/docker.h"
#include "feature/control/pending.h"
#include "feature/view/view.h"

enum {
	OVERVIEW_LINES_MAX = 50, /* of one page: about two screens of a phone */
	OVERVIEW_NAME_CHARS_MAX = 32,
	OVERVIEW_LINE_BYTES_MAX = 1024
};

/* Where it is read from. All LENT; pending may be NULL. */
struct overview_source {
	const struct config *config;
	const struct docker *docker;
	const struct pending *pending;
	enum tr_lang lang;
	enum panel_kind kind;
	unsigned figures_minutes; /* how often CPU and memory are brought up to date here; 0: by chance only */
	unsigned grouping;	  /* bits of enum group_by; 0: one list */
};

struct overview {
	enum panel_kind kind;
	enum tr_lang lang;
	struct buf text; /* the description */
	struct buf footer;
	uint32_t colour;
	unsigned page, pages; /* page from 0; what is asked for beyond the end gives the last one */
	bool has_info;	      /* some container has something to say about itself */
	bool something_up;    /* bulk actions make sense */
	bool pending;	      /* an action is under way somewhere */
	bool figures_missing; /* CPU or memory of a running container is to be shown and not known yet */
	uint64_t state_hash;  /* of all but the figures: when it differs there is news */
	uint64_t hash;	      /* of everything */
};

/* Fills *o; owner of its memory is MEM_PANELS. */
void overview_make(struct overview *o, const struct overview_source *s, unsigned page);
void overview_clear(struct overview *o);
/* Writes embed and buttons into m, which is open. */
void overview_write(const struct overview *o, struct message *m);

#endif
