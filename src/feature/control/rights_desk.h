/* What the files about rights share: changes that are being saved, what is typed for a grant, and the views.
 * Nobody else includes this. */
#ifndef FEATURE_CONTROL_RIGHTS_DESK_H
#define FEATURE_CONTROL_RIGHTS_DESK_H

#include "feature/control/turn.h"
#include "feature/rights/draft.h"
#include "feature/rights/grant.h"
#include "loop/helper.h"

enum {
	DRAFTS_MAX = 8,		 /* grants being written, 3 KiB each; the oldest is forgotten */
	DRAFT_LIFE_S = 15 * 60,	 /* as long as the message with the button lives */
	RIGHTS_CONFIRM_S = 60,	 /* a second look is good for so long */
	RIGHTS_NAME_BYTES = 161, /* 40 characters */
	RIGHTS_TEXT_BYTES_MAX = 16384
};

struct desk {
	struct control *c;
	struct helper *helper;
	struct list changes; /* struct change: being saved */
	struct list drafts;  /* struct kept: the oldest first */
	unsigned draft_count;
};

/* ---- rights_change.c: checked, saved in a helper process, put in force, told, recorded ---- */

enum change_kind {
	CHANGE_ADD_ADMIN,
	CHANGE_REMOVE_ADMIN,
	CHANGE_GRANT,
	CHANGE_REVOKE,
	CHANGE_CONTROL,
	CHANGE_GROUP,
	CHANGE_COUNT
};

struct change_order {
	enum change_kind kind;
	uint64_t id; /* admins: of the user or role */
	bool is_role;
	bool last_too;		       /* the last admin may go: it was asked */
	bool by_grant;		       /* control channels */
	char name[RIGHTS_NAME_BYTES];  /* of the user or role, "" if not known; of the group */
	char grant_id[GRANT_ID_BYTES]; /* to be revoked */
	uint64_t grant_hash;	       /* of what it was when that was asked for; 0: whatever it is */
	struct grant_draft draft;      /* to be granted; its containers are those of a group too ("": it goes) */
};

/* Asks policy for it, too. COPIES order; the turn's answer comes when it is saved, or says why not. */
void change_run(const struct turn *t, const struct change_order *order);
uint64_t change_grant_hash(const struct config_grant *g);
const struct config_grant *rights_find_grant(const struct control *c, const char *id);

/* ---- rights_dialogs.c ---- */

void draft_forget(struct desk *d, uint64_t user_id);
void drafts_free(struct desk *d);
void draft_ask(const struct turn *t, const struct grant_draft *draft); /* the dialog with it in it */
void draft_again(const struct turn *t, struct str channel);	       /* the same with what is kept */
void draft_typed(const struct turn *t, struct str channel);	       /* the dialog came back */
void draft_for_everyone(const struct turn *t);			       /* "yes, everybody" */
void draft_take(
	const struct turn *t, const struct grant_draft *draft); /* all is there: checked and granted, or told why not */
void group_ask(const struct turn *t, struct str name);
void group_typed(const struct turn *t);

/* ---- admins.c ---- */

void admin_ask(const struct turn *t, struct str typed); /* the dialog */
void admin_typed(const struct turn *t);
void admin_add(const struct turn *t, uint64_t id, bool is_role, struct str name);
void admin_remove(const struct turn *t, uint64_t id, bool is_role); /* asks where a second look is due */
void admin_removed(const struct turn *t, struct str until_and_id);  /* that look was taken */
void admins_show(const struct turn *t, unsigned page);
void admins_pick(const struct turn *t); /* the select of that list */

/* ---- rights_list.c: all grants, for admins ---- */

void grants_show(const struct turn *t, unsigned page);
void grant_show(const struct turn *t, struct str id);
void grant_ask_revoke(const struct turn *t, struct str id);
void grant_revoke(const struct turn *t, struct str until_hash_and_id);
void control_ask(const struct turn *t);
void control_switch(const struct turn *t, struct str until_and_word);
void groups_show(const struct turn *t);

/* ---- small things ---- */

/* A button of these views. */
void rights_button(struct message *m, enum tr_lang lang, enum button_style style, const char *emoji, enum tr_key label,
	const char *act, struct str rest);
/* ◀️ ▶️ where there is more than one page; they lead to act with the page. */
void rights_pages(struct message *m, const char *act, unsigned page, unsigned pages);
/* Embed and text as the turn's answer, with its message still open for buttons. */
ticket rights_begin(const struct turn *t, struct message *m, enum tr_key title, enum view_tone tone, struct str text);
void rights_end(const struct turn *t, ticket reply, struct message *m);
/* A second look: the text, a red button that leads to act with the time until it counts in front of rest, and
 * the way back. */
void rights_ask_again(const struct turn *t, enum tr_key title, struct str text, enum tr_key yes, const char *act,
	struct str rest, const char *back);
/* "<time>:<rest>" as rights_ask_again() wrote it. False: too late, and that was said. */
bool rights_in_time(const struct turn *t, struct str text, struct str *ret_rest);
/* The person or role that an option or field names. False: none that Discord knows. */
bool rights_who(const struct turn *t, struct str value, uint64_t *ret_id, bool *ret_is_role, struct str *ret_name);
void rights_add_mention(struct buf *out, uint64_t id, bool is_role);

#endif
