/*
 * How a container looks in words, icons and colours. Pure: same input, same text. Every panel, reply and card uses these, so that
 * one thing is called the same everywhere.
 */
#ifndef FEATURE_VIEW_VIEW_H
#define FEATURE_VIEW_VIEW_H

#include "config/config.h"
#include "docker/docker.h"
#include "i18n/tr.h"

/* What is being done to a container at this moment, from whatever path (button, command, bulk, task). */
struct view_pending {
	bool active;
	enum docker_action action;
	int64_t since_s;
	const char *user; /* display name; LENT */
};

/* One container as a panel sees it: settings, engine, pending. Made by view_of(). */
struct view {
	const struct config_container *settings; /* NULL: not configured (then name is Docker's) */
	const struct container *engine;		 /* NULL: missing or unknown, see state */
	enum container_state state;
	struct view_pending pending;
	struct str name; /* as shown, not escaped */
};

struct pending_action;
/* name: Docker's, used where there are no settings. pending: NULL for none. Everything is SHARED with the caller's objects. */
struct view view_of(const struct docker *d, struct str name, const struct config_container *settings,
	const struct pending_action *pending);

enum view_tone { TONE_GOOD, TONE_BUSY, TONE_WARN, TONE_BAD, TONE_OFF, TONE_UNKNOWN, TONE_COUNT };
enum view_tone view_tone_of(const struct view *v);
uint32_t view_tone_colour(enum view_tone tone); /* for embeds */
const char *view_icon(const struct view *v);	/* one emoji */

/* "Running", "Healthy", "Exited (137) · out of memory", "Restarting… (by Ann)", "Not found", "Cannot tell", "Last seen: Running". */
void view_add_state(struct buf *out, const struct view *v, enum tr_lang lang);
/* "started <t:…:R>" or "stopped <t:…:R>"; nothing if unknown. Discord keeps it current by itself: no edits needed. */
void view_add_since(struct buf *out, const struct view *v, enum tr_lang lang);
/* What stands behind the name in a list, " · " in front of each part: the state where the icon does not say it all, and
 * when it began where that helps: short enough for one line of a phone. */
void view_add_summary(struct buf *out, const struct view *v, enum tr_lang lang);
void view_add_cpu(struct buf *out, const struct view *v);    /* "1.2 %" or "–" */
void view_add_memory(struct buf *out, const struct view *v); /* "512 MB" or "1.4 GB", "–" when unknown */
/* For who was refused new figures because memory is short: how old those are, or that there are none. */
void view_add_old_figures(struct buf *out, const struct view *v, enum tr_lang lang);
void view_add_permille(struct buf *out, uint32_t cpu_permille);
void view_add_bytes(struct buf *out, uint64_t bytes); /* as the two above */
/* The name, escaped for Discord and cut to max_chars; right-to-left names cannot turn the rest of the line around. */
void view_add_name(struct buf *out, const struct view *v, unsigned max_chars);
/* The same for any other text from outside (names of people). plain: for labels of buttons and options, which know no Markdown. */
void view_add_text(struct buf *out, struct str text, unsigned max_chars, bool plain);

/* What the state allows: start a stopped one, stop or restart a running one, … (rights are policy's business). */
bool view_action_fits(const struct view *v, enum docker_action a);

#endif
