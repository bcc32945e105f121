/*
 * The one way anything is written into the folder: a temporary file beside the target, fsync, rename, fsync
 * of the folder, read back. Whatever happens in between (a kill, a full disk), there is the old file or the
 * new one, whole.
 *
 * The file keeps its owner when we may give it (root, in a folder that belongs to PUID), and gets mode 0600.
 * A link is followed: what it points to is replaced, in its own folder.
 */
#ifndef CONFIG_WRITER_H
#define CONFIG_WRITER_H

#include "base/err.h"
#include "base/str.h"

enum {
	WRITER_BACKUP = 1 << 0, /* keep the version before as <name>.bak; only if the content differs */
};

/* name: relative to folder; its folder (containers/, channels/) is made if it is missing. Nothing is done,
 * and true returned, if the file has this content already. err: a sentence with the name and what the owner
 * can do. */
bool writer_put(const char *folder, const char *name, struct str text, unsigned flags, struct err *err);
bool writer_remove(const char *folder, const char *name, struct err *err); /* true if it was not there */
/* Puts a broken file aside as <name>.broken, so that a good one can be written; it is never deleted. */
bool writer_set_aside(const char *folder, const char *name, struct err *err);

/* Moves a finished folder into its place with one rename. What lies at the place (nothing that matters: the
 * caller has looked) is taken along first. */
bool writer_move_folder(const char *folder, const char *from, const char *to, struct err *err);

/* Tests: called before each step on disk. false makes the step fail with errno; it may also end the process.
 */
enum writer_step { STEP_OPEN, STEP_WRITE, STEP_SYNC, STEP_RENAME, STEP_SYNC_FOLDER, STEP_READ_BACK, STEP_COUNT };
typedef bool writer_fault_fn(enum writer_step step, const char *path, void *arg);
void writer_set_fault(writer_fault_fn *fault, void *arg); /* NULL: none */

#endif
