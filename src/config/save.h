/*
 * Changes to the folder. Edits are gathered in memory and written file by file (writer.h): only the bytes of
 * what changed, in the file as it is at that moment, with the version before beside it as .bak. A file that
 * cannot be understood is never overwritten.
 */
#ifndef CONFIG_SAVE_H
#define CONFIG_SAVE_H

#include "base/err.h"
#include "config/doc_edit.h"

enum { SAVE_FILES_MAX = 8 }; /* files of one change; a change of more is several */

struct save;
struct save *save_begin(const char *folder); /* NULL without memory. Holds the folder (lock.h) until save_free() */
void save_free(struct save *s);

/* The document to look at; an empty object if the file is not there. Valid until the next call with s.
 * NULL (err) if it is there and cannot be used. */
struct doc *save_doc(struct save *s, const char *file, struct err *err);
bool save_set(
	struct save *s, const char *file, const struct str *path, unsigned count, struct str json, struct err *err);
bool save_remove(struct save *s, const char *file, const struct str *path, unsigned count, struct err *err);
/* After a change of d (of save_doc()) by doc_edit.h itself. */
void save_touch(struct save *s, struct doc *d);
/* Writes the files that were changed; a protected password that is still in clear text is hashed on the way. Refused
 * (ERR_CONFLICT, nothing written) if somebody else wrote one of them since it was read. On another failure some
 * files may be written and others not, each whole; saving again finishes. */
bool save_commit(struct save *s, struct err *err);
/* The same without a .bak: for changes that take a secret away, which must not live on in the copy. */
bool save_commit_without_backup(struct save *s, struct err *err);

/* A setting may leave a clear token beside it: call config_secure() (migrate.h) afterwards where computing is allowed; the
 * daemon does so whenever the folder changes. */
/* One setting by its name in the table of options, spelled as the original spells it; refused if the table
 * does not allow the text. text NULL removes it (the default counts again). */
bool config_save_setting(const char *folder, const char *name, const char *text, struct err *err);
/* note may be NULL. */
bool config_save_admin(const char *folder, uint64_t user_id, const char *note, struct err *err);
bool config_remove_admin(const char *folder, uint64_t user_id, struct err *err);
/* A field of containers/<name>.json ("info.custom_text") by its row in the table. */
bool config_save_container(
	const char *folder, const char *container, const char *field, const char *text, struct err *err);

#endif
