/* What the files of control/ and its folders share: the object, and one turn of the dialogue. Nobody outside includes this. */
#ifndef FEATURE_CONTROL_TURN_H
#define FEATURE_CONTROL_TURN_H

#include "base/list.h"
#include "feature/control/control.h"
#include "feature/control/custom_id.h"
#include "feature/control/doctor.h"
#include "feature/control/policy.h"
#include "feature/control/respond.h"
#include "feature/logs/query.h"
#include "feature/rights/usage.h"
#include "feature/view/view.h"

enum {
	CONTROL_SEEN_MAX = 64, /* interactions remembered, so that one delivered twice is served once */
	CONTROL_NAME_CHARS_MAX = 40,
	LOG_LIVE_MAX = 4 /* live log views at once: each asks the engine and Discord every few seconds */
};

struct bulk;
struct desk;
struct info;
struct panel;

struct control {
	struct control_parts parts;
	const struct config *config;
	struct respond *respond;
	struct list panels; /* struct panel: open control panels, the oldest first */
	unsigned panel_count;
	struct panel *opening; /* being opened by the turn under way: it is not taken away meanwhile */
	struct rights_usage *usage;
	struct list acts;	 /* struct act: asked for, their end not yet told */
	struct history *history; /* of usage; NULL: no memory for it */
	bool history_full;	 /* the log knows it */
	struct list stats_asks;	 /* struct stats_ask: figures being read for /stats */
	struct list log_views;	 /* struct log_view: being read, or live */
	struct info *info;
	struct desk *desk;	     /* of changes to rights */
	struct seen seen_of_discord; /* for /doctor */
	struct bulk *bulk;	     /* NULL: none under way */
	uint64_t seen[CONTROL_SEEN_MAX];
	unsigned seen_at;
};

/* One interaction being served. LENDS everything for the call. */
struct turn {
	struct control *c;
	const struct interaction *in;
	enum tr_lang lang;  /* the person's own */
	const char *source; /* for the record: "command", "button", "select", "modal" */
	struct policy_subject who;
};

/* ---- turn.c ---- */
struct turn turn_of(struct control *c, const struct interaction *in);
struct str turn_user(const struct turn *t); /* what the person is called */
uint64_t *turn_copy_roles(
	const struct policy_subject *who); /* for who goes on after the turn; MEM_CONTROL; NULL: none, or no memory */
/* On a private message of ours a press changes it; elsewhere it gets an answer of its own, so that nobody else is disturbed. */
enum respond_as turn_as(const struct turn *t);

/* One private sentence as the answer. */
void turn_say(const struct turn *t, struct str text);
void turn_say_key(const struct turn *t, enum tr_key key);
/* Who asks, as of now: the time of day and the uses of grants are looked up anew. For who goes on after the turn. */
void turn_now(const struct control *c, struct policy_subject *who);
void turn_refuse(const struct turn *t, enum policy_rule rule, enum policy_verb verb,
	const struct config_container *container, struct str target);
/* False: refused, answered and recorded. */
bool turn_may(const struct turn *t, enum policy_verb verb, const struct config_container *container, struct str target);
/* As above, and the grant by which it is allowed ("": none was needed). */
bool turn_may_by(const struct turn *t, enum policy_verb verb, const struct config_container *container,
	struct str target, char ret_grant[GRANT_ID_BYTES]);
bool turn_is_free(const struct turn *t, enum policy_verb verb, const char *key, bool button, struct str target);
void turn_consume(const struct turn *t, const char *key, bool button, struct str target);
void turn_record(const struct turn *t, const char *action, struct str target, const char *result, struct str reason,
	uint32_t took_ms);

/* Each act is recorded once, when it has ended; should ddc be killed before, this line of the log tells of it. */
void log_begun(const char *action, struct str target, struct str user, uint64_t user_id);

enum tr_key action_key(enum docker_action a); /* "Restart" */
enum tr_lang public_lang(const struct control *c);
void add_seconds(struct buf *out, uint32_t ms); /* "2.1" */

/* ---- picker.c ---- */
void picker_show(const struct turn *t, unsigned page, struct str search);
void picker_ask(const struct turn *t); /* the dialog */

/* ---- help.c, info.c ---- */
void help_show(const struct turn *t);
void info_show(const struct turn *t, unsigned page);
void info_show_card(const struct turn *t, struct str container);
void info_press(const struct turn *t, struct str act, struct str container);	/* of ID_CARD */
void info_typed_in(const struct turn *t, struct str act, struct str container); /* a dialog, of ID_CARD_GO */
struct info *info_new(struct control *c);
void info_free(struct info *i); /* NULL is fine */

/* ---- panel.c: the private control panel of one container ---- */
void panel_show(const struct turn *t, struct str container);
void panel_refresh(const struct turn *t, struct str container);
void panels_leave(struct control *c, const struct interaction *in); /* that message shows something else now */
void panels_follow(struct control *c, struct str container);	    /* empty: all */
void panels_note_end(struct control *c, const struct pending_action *a, enum pending_outcome outcome,
	const struct err *err, uint32_t took_ms);
void panels_shed(struct control *c); /* those that nobody has touched for a while stop following */
void panels_free(struct control *c);

/* ---- act.c: acts on one container; each begins when Discord has accepted the answer ---- */
void act_press(const struct turn *t, struct str container, enum docker_action action);
void act_confirmed(const struct turn *t, struct str container, enum docker_action action, struct str until);
void act_cancel(const struct turn *t, struct str container); /* one that waits for its turn */
void acts_end(struct control *c); /* ddc ends: those under way are recorded as what has become of them */
const char *act_result(enum pending_outcome outcome); /* its word in the audit */
/* The word and the reason for the record of a pending action that the end of ddc cuts off; 0: one that had not begun. */
const char *act_cut_off(const struct control *c, unsigned number, const char **ret_reason, uint32_t *ret_took_ms);

/* ---- bulk.c: all containers at once, after a second look ---- */
void bulk_ask(const struct turn *t, enum docker_action action);
void bulk_go(const struct turn *t, const struct custom_id *id);
void bulk_cancel(const struct turn *t);
void bulk_go_on(struct control *c); /* something ended: there may be room for the next */
void bulk_end(struct bulk *b);	    /* ddc ends: as acts_end(); NULL is fine */

/* ---- rights.c and those beside it: who may what, asked and changed ---- */
struct desk *desk_new(struct control *c);
void desk_end(struct desk *d); /* ddc ends: what is being saved is recorded as interrupted; NULL is fine */
void rights_show(const struct turn *t, struct str who, struct str container); /* /rights */
void rights_press(const struct turn *t, struct str act, struct str rest);     /* of ID_RIGHTS */
void rights_typed_in(const struct turn *t, struct str act, struct str rest);  /* a dialog, of ID_RIGHTS_GO */

/* ---- commands/stats.c ---- */
void stats_free(struct control *c);
unsigned stats_without_hour(const struct control *c); /* running ones for whose history there was no room */

/* ---- logs.c: private views of a container's log ---- */
/* A new message; policy and cooldown have been asked. query NULL: as usual; lines 0: as many as usual. */
void logs_open(const struct turn *t, struct str container, const struct log_query *query);
void logs_press(const struct turn *t, struct str id); /* a button or the select; id: the argument of ID_LOGS */
void logs_found(const struct turn *t, struct str id); /* the dialog; of ID_LOGS_GO */
void logs_free(struct control *c);

#endif
