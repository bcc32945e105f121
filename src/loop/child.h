/*
 * Work that would hold the loop (hashing for seconds, a folder full of files) in a forked child: what it
 * needs of memory vanishes with it, and what it has to say comes back as text through a pipe.
 */
#ifndef LOOP_CHILD_H
#define LOOP_CHILD_H

#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

struct child;
enum { CHILD_TEXT_BYTES_MAX = 8192 }; /* of what it says; the rest is cut */

/* In the child: a copy of the whole process, without its loop. Writes what it has to say to out. */
typedef void child_work_fn(struct buf *out, const void *arg);
/* In the parent, from the loop, exactly once unless child_end() came first; the child is gone then and its
 * object too. text is during the call only, and wiped afterwards; empty if it ended without a word. */
typedef void child_done_fn(struct str text, void *arg);

/* work_arg is LENT for the call (the child has its copy). NULL: err says why. */
struct child *child_start(struct loop *loop, child_work_fn *work, const void *work_arg, child_done_fn *on_done,
	void *arg, struct err *err);
void child_end(struct child *c); /* kills it, no callback; NULL is fine */

#endif
