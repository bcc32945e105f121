/* Buttons, selects and dialogs: the table from custom ID to what it does. */
#ifndef FEATURE_CONTROL_COMPONENTS_COMPONENTS_H
#define FEATURE_CONTROL_COMPONENTS_COMPONENTS_H

#include "feature/control/turn.h"

/* Answers every component and dialog, known or not. */
void components_run(const struct turn *t);

void component_pick(const struct turn *t, const struct custom_id *id); /* 🛠️, and back to the picker */
void component_pick_page(const struct turn *t, const struct custom_id *id);
void component_search(const struct turn *t, const struct custom_id *id);
void component_search_go(const struct turn *t, const struct custom_id *id); /* the dialog */
void component_open(const struct turn *t, const struct custom_id *id);	    /* the select */
void component_refresh(const struct turn *t, const struct custom_id *id);
void component_act(const struct turn *t, const struct custom_id *id); /* start, stop, restart, pause, … */
void component_kill_go(const struct turn *t, const struct custom_id *id);
void component_cancel(const struct turn *t, const struct custom_id *id);
void component_show(const struct turn *t, const struct custom_id *id);
void component_bulk(const struct turn *t, const struct custom_id *id);
void component_bulk_go(const struct turn *t, const struct custom_id *id);
void component_bulk_cancel(const struct turn *t, const struct custom_id *id);
void component_card(const struct turn *t, const struct custom_id *id); /* of a container's information */
void component_card_go(const struct turn *t, const struct custom_id *id);
void component_help(const struct turn *t, const struct custom_id *id);
void component_info(const struct turn *t, const struct custom_id *id);
void component_page(const struct turn *t, const struct custom_id *id); /* of an overview */

void component_logs(const struct turn *t, const struct custom_id *id);
void component_logs_go(const struct turn *t, const struct custom_id *id); /* the dialog */

void component_rights(const struct turn *t, const struct custom_id *id);
void component_rights_go(const struct turn *t, const struct custom_id *id); /* the dialogs */

/* A page number out of a custom ID; 0 if it is none. */
unsigned component_number(struct str text);

#endif
