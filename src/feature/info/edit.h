/* What the dialogs change about a container's information: checked field by field, then saved into its file. */
#ifndef FEATURE_INFO_EDIT_H
#define FEATURE_INFO_EDIT_H

#include "base/err.h"
#include "config/config.h"
#include "i18n/tr.h"

/* The original's limits, in characters. A longer text that somebody wrote into the file may stay as long as it is. */
enum {
	EDIT_TEXT_MAX = 250,
	EDIT_ADDRESS_MAX = 100,
	EDIT_PORT_MAX = 5,
	EDIT_PASSWORD_MAX = INFO_PASSWORD_CHARACTERS_MAX,
	EDIT_LONG_TEXT_MAX = 1000
};

struct info_edit {
	bool secret; /* the protected part: only enabled, text and password count */
	bool enabled, show_ip;
	bool has_password; /* false: the stored one stays */
	char folder[512], container[256];
	char text[EDIT_LONG_TEXT_MAX * 4 + 1], address[EDIT_ADDRESS_MAX * 4 + 1], port[EDIT_PORT_MAX * 4 + 1];
	char password[EDIT_PASSWORD_MAX * 4 + 1];
};

/* Longest text that the dialog takes: the limit, or what stands there now. */
unsigned edit_text_max(const char *now);
/* "x", "1", "y", "j", "o", … : yes; empty, "0", "n", "-": no. False: neither. */
bool edit_flag(struct str typed, bool *ret_set);

struct info_typed {
	struct str text, address, port, enabled, show, password;
};
/* Fills e from what was typed; a line for each field that cannot be used goes to problems. True: all can. k: as it is now. */
bool edit_read(struct info_edit *e, const struct info_typed *typed, const struct config_container *k, enum tr_lang lang,
	struct buf *problems);

/* Blocks: for a child process. The file keeps everything else; the password is stored hashed. */
bool edit_save(const struct info_edit *e, struct err *err);

#endif
