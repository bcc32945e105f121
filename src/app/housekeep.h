/*
 * Brings the configuration folder up to date at start and after each change, in a child process: older layouts become today's, secrets are sealed or hashed. What it
 * did is in the log, a line each. On a folder that is up to date it does nothing.
 */
#ifndef APP_HOUSEKEEP_H
#define APP_HOUSEKEEP_H

#include "loop/loop.h"

struct housekeep;

/* LENDS folder until it is freed. NULL (said in the log): it could not be started; everything else works all the same. */
struct housekeep *housekeep_start(struct loop *loop, const char *folder);
void housekeep_again(struct housekeep *h); /* the folder was written; NULL is fine */
void housekeep_free(struct housekeep *h);  /* NULL is fine; ends the child, which leaves whole files at any moment */

#endif
