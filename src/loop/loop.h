/*
 * The event loop: one thread, epoll, timers, signals. Nothing in here knows what it is used for.
 *
 * One turn: due timers, then ready descriptors, then deferred calls; then sleep until the next timer or event.
 * Callbacks must not block. They may create, change and free any watch or timer, their own included.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct watch;
struct timer;

struct loop *loop_new(void);	/* NULL: no descriptor or no memory (errno says which) */
void loop_free(struct loop *l); /* NULL is fine; BUG if a watch or timer is still there: a leak becomes visible */

void loop_run(struct loop *l); /* returns after loop_stop() */
void loop_stop(struct loop *l);
bool loop_turn(struct loop *l, int max_wait_ms); /* one turn (-1: wait as long as needed); false once stopped */

/* The sleep before this turn ended now; cheap, the same for the whole turn. */
uint64_t loop_now_ms(const struct loop *l);

struct loop_stats {
	uint64_t wakeups; /* turns that began because something happened */
	unsigned watches, timers;
};
struct loop_stats loop_stats_of(const struct loop *l);

/* ---- descriptors ---- */
enum {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
	LOOP_HANGUP = 4,  /* error or hang-up; always reported */
	LOOP_PRIORITY = 8 /* EPOLLPRI: what the kernel has to say of a file below /proc or /sys */
};
typedef void watch_fn(int fd, unsigned events, void *arg);

/* SHARES fd: the caller closes it, after watch_free(). on_ready runs whenever events are there, until freed.
 * NULL: the kernel refused the descriptor, or no memory. */
struct watch *watch_new(struct loop *l, int fd, unsigned events, watch_fn *on_ready, void *arg);
void watch_set(struct watch *w, unsigned events);
void watch_free(struct watch *w); /* NULL is fine; safe inside any callback */

/* ---- timers ---- */
typedef void timer_fn(void *arg);

/* Created idle. on_due runs once per timer_set(). */
struct timer *timer_new(struct loop *l, timer_fn *on_due, void *arg);
void timer_set(struct timer *t, uint64_t delay_ms); /* from now; replaces an earlier setting */
/* Never later than delay_ms from now: keeps an earlier setting. */
void timer_set_sooner(struct timer *t, uint64_t delay_ms);
void timer_stop(struct timer *t);
bool timer_pending(const struct timer *t);
uint64_t timer_left_ms(const struct timer *t); /* 0 when due or idle */
void timer_free(struct timer *t);	       /* NULL is fine; safe inside any callback */

/* ---- signals ---- */
typedef void signal_fn(int number, void *arg);
/* From now on the signal arrives as a callback on the loop. One callback per signal; at most 8 signals. */
bool loop_on_signal(struct loop *l, int number, signal_fn *on_signal, void *arg);

/* ---- later, but not yet ---- */
typedef void defer_fn(void *arg);
/* Runs fn once, at the end of this turn (or the next one if called outside). LOOP_DEFERRED_MAX calls may wait.
 * For freeing an object inside its own callback, and for answers that must not come inside the call that asked. */
enum { LOOP_DEFERRED_MAX = 1024 };
bool loop_defer(struct loop *l, defer_fn *fn, void *arg);
/* Takes back what waits with this fn and arg (all of them). */
void loop_undefer(struct loop *l, defer_fn *fn, void *arg);

#endif
