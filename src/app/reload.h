/*
 * Tells when the configuration folder was changed by somebody: an editor, the original, a script, a SIGHUP. Uses the kernel's notices
 * (inotify) for the folder, its containers/ and channels/, and by themselves for files that are links or were mounted one by one, whose changes
 * the folder does not tell. Several changes in a row become one call. Looks by itself only while the folder is away, and on network file
 * systems, whose other users the kernel does not see; there in a child, because a server that is away makes whoever looks wait.
 */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "base/err.h"
#include "loop/loop.h"

struct reload;
enum {
	RELOAD_QUIET_MS = 400,	/* a save of the original writes a dozen files one after another */
	RELOAD_MADE_MS = 2000,	/* a new file is written by and by; a new link is whole at once, and nothing follows */
	RELOAD_LOOK_MS = 30000, /* how often to look where the kernel tells nothing */
	RELOAD_FILES_MAX = 200	/* files watched by themselves; the folder's notices serve for the rest */
};

/* From the loop, RELOAD_QUIET_MS after the last change; until freed. */
typedef void reload_fn(void *arg);

/* read_as: config_fingerprint() from before the folder was read, so that what changed since is not missed.
 * NULL: the kernel has no watches left, or the folder is not there; SIGHUP still works then (err says why). COPIES folder. */
struct reload *reload_new(
	struct loop *loop, const char *folder, uint64_t read_as, reload_fn *on_change, void *arg, struct err *err);
/* Looks now instead of waiting for notices; reload_fn comes inside of the call, if anything has changed. */
void reload_look(struct reload *r);
void reload_free(struct reload *r); /* NULL is fine */

#endif
