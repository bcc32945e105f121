/*
 * What a button, select or dialog is about, in its custom ID: `ddc1:<verb>[:<argument>…]`. The "1" is the version of this form.
 * It carries all that is needed, so that a component works after a restart; it carries no rights, those are asked each time.
 *
 * The last argument of a verb takes the rest, so it may hold colons. Container names are at most 63 bytes.
 */
#ifndef FEATURE_CONTROL_CUSTOM_ID_H
#define FEATURE_CONTROL_CUSTOM_ID_H

#include "base/str.h"

/* id, word, number of arguments */
#define CUSTOM_IDS(X)                                                                                                  \
	X(ID_PICK, "pick", 0) /* the picker */                                                                         \
	X(ID_HELP, "help", 0)                                                                                          \
	X(ID_INFO, "info", 0)                                                                                          \
	X(ID_INFO_PAGE, "infopage", 1) /* page from 0 */                                                               \
	X(ID_PAGE, "page", 2)	       /* kind ("overview", "admin"), page from 0: of a panel */                       \
	X(ID_BULK, "bulk", 1)	       /* "restart", "stop": asks for confirmation */                                  \
	X(ID_BULK_GO, "bulkgo", 3)     /* action, Unix time until it counts, hash of the targets */                    \
	X(ID_BULK_CANCEL, "bulkno", 0)                                                                                 \
	X(ID_PICK_PAGE, "pickpage", 2) /* page from 0, what was searched for (may be empty) */                         \
	X(ID_SEARCH, "search", 0)      /* opens the dialog */                                                          \
	X(ID_SEARCH_GO, "found", 0)    /* the dialog itself */                                                         \
	X(ID_OPEN, "open", 0)	       /* the picker's select; the value is the container */                           \
	X(ID_REFRESH, "refresh", 1)    /* container */                                                                 \
	X(ID_START, "start", 1)	       /* container */                                                                 \
	X(ID_STOP, "stop", 1)                                                                                          \
	X(ID_RESTART, "restart", 1)                                                                                    \
	X(ID_LOGS, "logs", 1)	       /* container, or container:act and query[:search], see logs.c */                \
	X(ID_CARD, "card", 2)	       /* act (see info.c), container */                                               \
	X(ID_CARD_GO, "cardgo", 2)     /* the dialogs: act, container */                                               \
	X(ID_LOGS_GO, "logfind", 1)    /* the dialog */                                                                \
	X(ID_RIGHTS, "rights", 2)      /* act (see rights.c), what it is about */                                      \
	X(ID_RIGHTS_GO, "rightsgo", 2) /* the dialogs: the same */                                                     \
	X(ID_PAUSE, "pause", 1)                                                                                        \
	X(ID_UNPAUSE, "unpause", 1)                                                                                    \
	X(ID_KILL, "kill", 1)	   /* asks for confirmation */                                                         \
	X(ID_KILL_GO, "killgo", 2) /* Unix time until it counts, container */                                          \
	X(ID_CANCEL, "cancel", 1)  /* an action that waits for its turn */                                             \
	X(ID_SHOW, "show", 1)	   /* the panel of that container */

enum custom_verb {
#define X(id, word, args) id,
	CUSTOM_IDS(X)
#undef X
		ID_COUNT
};

enum { CUSTOM_ID_BYTES = 101, CUSTOM_ID_ARGS_MAX = 3, CUSTOM_ID_SEARCH_BYTES_MAX = 60 };

struct custom_id {
	enum custom_verb verb;
	struct str args[CUSTOM_ID_ARGS_MAX]; /* LENT: parts of the text that was parsed */
	unsigned arg_count;
	bool original; /* came from a panel of the original (DockerDiscordControl 1.x, 2.x) */
};

/* False: not one of ours (another version, a misspelt one, arguments missing). */
bool custom_id_parse(struct str text, struct custom_id *ret_id);
/* The original's IDs whose meaning is the same as one of ours: `restart_<name>`, `admin_button_<channel>`, … */
bool custom_id_parse_original(struct str text, struct custom_id *ret_id);

/* Arguments are joined in order; those beyond the verb's number are left out. Too long ones are cut between characters. */
void custom_id_format(char out[CUSTOM_ID_BYTES], enum custom_verb verb, struct str a, struct str b, struct str c);
/* The usual cases. */
const char *custom_id_plain(char out[CUSTOM_ID_BYTES], enum custom_verb verb);
const char *custom_id_named(char out[CUSTOM_ID_BYTES], enum custom_verb verb, struct str container);
const char *custom_id_numbered(char out[CUSTOM_ID_BYTES], enum custom_verb verb, unsigned number, struct str rest);

#endif
