/*
 * Tells when the configuration folder was changed by somebody: an editor, the original, a script, a SIGHUP. Uses the kernel's notices
 * (inotify) for the folder and its containers/ and channels/; several changes in a row become one call. No polling.
 */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "base/err.h"
#include "loop/loop.h"

struct reload;
enum { RELOAD_QUIET_MS = 400 }; /* a save of the original writes a dozen files one after another */

/* From the loop, RELOAD_QUIET_MS after the last change; until freed. */
typedef void reload_fn(void *arg);

/* NULL: the kernel has no watches left, or the folder is not there; SIGHUP still works then (err says why). COPIES folder. */
struct reload *reload_new(struct loop *loop, const char *folder, reload_fn *on_change, void *arg, struct err *err);
/* Looks now instead of waiting for notices; reload_fn comes inside of the call, if anything has changed. */
void reload_look(struct reload *r);
void reload_free(struct reload *r); /* NULL is fine */

#endif
