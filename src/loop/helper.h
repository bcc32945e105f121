/*
 * Work that would hold up the loop (hashing a password, writing settings), one job after another, each in a
 * forked child (loop/child.h) whose memory vanishes with it.
 */
#ifndef LOOP_HELPER_H
#define LOOP_HELPER_H

#include <stdbool.h>
#include <stddef.h>

struct loop;
struct helper;

enum {
	HELPER_WAITING_MAX = 16, /* jobs, the one under way included: so many dialogs sent off within one hashing */
	HELPER_TEXT_BYTES = 400
};

/* In the child: true, or false with a sentence in text (empty at the beginning). */
typedef bool helper_work_fn(const void *input, char text[HELPER_TEXT_BYTES]);
/* Exactly once, from the loop, unless the helper is freed. died: the child ended without a word. */
typedef void helper_done_fn(bool ok, bool died, const char *text, void *arg);

struct helper *helper_new(struct loop *loop);
void helper_free(struct helper *h); /* ends what is under way without calling back; NULL is fine */
/* COPIES input (size bytes; overwritten when it is done with). False: too many wait, or no memory. */
bool helper_run(
	struct helper *h, helper_work_fn *work, const void *input, size_t size, helper_done_fn *on_done, void *arg);

#endif
