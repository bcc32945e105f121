/* Private control panels, for those who open and fill them: panel.c and act.c. */
#ifndef FEATURE_CONTROL_PANEL_H
#define FEATURE_CONTROL_PANEL_H

#include "feature/control/turn.h"

enum { PANEL_TEXT_BYTES_MAX = 4096 };

struct panel {
	struct list link;
	struct control *c;
	ticket reply;		   /* edits go there */
	ticket usage, refresh;	   /* of the engine client */
	uint64_t message_id;	   /* 0: not known (it was a new message) */
	uint64_t answers;	   /* the interaction that the message is the answer to */
	unsigned act;		   /* of pending: the one that this panel's last press reserved; 0: none */
	struct policy_subject who; /* it only decides which buttons are shown, a press is asked again */
	uint64_t *roles;	   /* who's; owned */
	enum tr_lang lang;
	char name[CONTAINER_NAME_BYTES];
	bool figures_refused; /* memory is short: those that are shown are old */
	struct buf note;      /* how the last action ended */
};

/* The panel that this interaction's answer will be, with a reply of its own. NULL: no memory. It is not taken away before
 * control->opening is set to NULL again. */
struct panel *panel_begin(const struct turn *t, struct str name);
void panel_redraw(struct panel *p);
void panel_note_end(struct panel *p, const struct pending_action *a, enum pending_outcome outcome,
	const struct err *err, uint32_t took_ms);

#endif
