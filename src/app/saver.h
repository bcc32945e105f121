/*
 * Brings the state (config/state.h) to the disk, in a child process: a slow card or a hanging network folder
 * then holds up nothing. One child at a time; what is set meanwhile goes with the next one. A failure is said
 * once, and tried again each minute and with the next change.
 */
#ifndef APP_SAVER_H
#define APP_SAVER_H

#include "config/state.h"
#include "loop/loop.h"

enum { SAVER_AGAIN_MS = 60 * 1000 };

struct saver;

/* Both SHARED; they outlive it. NULL: no memory. */
struct saver *saver_new(struct loop *loop, struct state *state);
/* Blocks if something is not saved yet: the end of the process. NULL is fine. */
void saver_free(struct saver *s);

#endif
