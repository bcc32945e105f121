#include "loop/loop.h"

#include "base/bug.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EVENTS_PER_TURN = 32, SIGNALS_MAX = 8 };

struct watch {
	struct loop *loop;
	struct list link; /* loop->watches or loop->graveyard */
	int fd;
	unsigned events;
	watch_fn *on_ready;
	void *arg;
	bool dead; /* freed during this turn: its events are skipped, its memory goes at the end */
};

struct timer {
	struct loop *loop;
	struct list link; /* loop->timers_due while set (sorted, soonest first), alone otherwise */
	uint64_t due_ms;
	timer_fn *on_due;
	void *arg;
	uint64_t turn; /* loop->wakeups when it was set: it is not due in the turn that set it */
	bool set;
};

struct deferred {
	struct list link;
	defer_fn *fn;
	void *arg;
};

struct signal_slot {
	int number;
	signal_fn *on_signal;
	void *arg;
};

struct loop {
	int epoll_fd;
	bool stopped;
	bool in_turn;
	uint64_t now_ms;
	uint64_t wakeups;
	struct list watches;	/* struct watch::link */
	struct list graveyard;	/* struct watch::link */
	struct list timers_due; /* struct timer::link */
	struct list deferred;	/* struct deferred::link */
	unsigned watch_count, timer_count, deferred_count;
	int signal_fd;
	sigset_t signals;
	struct watch *signal_watch;
	struct signal_slot slots[SIGNALS_MAX];
	unsigned slot_count;
};

struct loop *loop_new(void)
{
	struct loop *l = mem_zalloc(MEM_LOOP, sizeof *l);
	if (!l)
		return NULL;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0) {
		mem_free(l);
		return NULL;
	}
	l->signal_fd = -1;
	sigemptyset(&l->signals);
	list_init(&l->watches);
	list_init(&l->graveyard);
	list_init(&l->timers_due);
	list_init(&l->deferred);
	l->now_ms = clock_mono_ms();
	return l;
}

static void bury(struct loop *l)
{
	list_each_safe (pos, &l->graveyard) {
		list_remove(pos);
		mem_free(list_item(pos, struct watch, link));
	}
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	watch_free(l->signal_watch);
	if (l->signal_fd >= 0)
		close(l->signal_fd);
	if (l->watch_count || l->timer_count)
		BUG("loop_free: %u watches and %u timers were never freed", l->watch_count, l->timer_count);
	list_each_safe (pos, &l->deferred)
		mem_free(list_item(pos, struct deferred, link));
	bury(l);
	close(l->epoll_fd);
	mem_free(l);
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

uint64_t loop_now_ms(const struct loop *l)
{
	return l->in_turn ? l->now_ms : clock_mono_ms();
}

struct loop_stats loop_stats_of(const struct loop *l)
{
	return (struct loop_stats){.wakeups = l->wakeups, .watches = l->watch_count, .timers = l->timer_count};
}

/* ---- descriptors ---- */

static uint32_t epoll_mask(unsigned events)
{
	return (events & LOOP_READ ? (uint32_t)EPOLLIN | EPOLLRDHUP : 0) |
	       (events & LOOP_WRITE ? (uint32_t)EPOLLOUT : 0) | (events & LOOP_PRIORITY ? (uint32_t)EPOLLPRI : 0);
}

static unsigned loop_events(uint32_t mask)
{
	return (mask & (EPOLLIN | EPOLLRDHUP) ? LOOP_READ : 0u) | (mask & EPOLLOUT ? LOOP_WRITE : 0u) |
	       (mask & (EPOLLERR | EPOLLHUP) ? LOOP_HANGUP : 0u) | (mask & EPOLLPRI ? LOOP_PRIORITY : 0u);
}

struct watch *watch_new(struct loop *l, int fd, unsigned events, watch_fn *on_ready, void *arg)
{
	struct watch *w = mem_zalloc(MEM_LOOP, sizeof *w);
	if (!w)
		return NULL;
	*w = (struct watch){.loop = l, .fd = fd, .events = events, .on_ready = on_ready, .arg = arg};
	struct epoll_event ev = {.events = epoll_mask(events), .data.ptr = w};
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0) {
		mem_free(w);
		return NULL;
	}
	list_append(&l->watches, &w->link);
	l->watch_count++;
	return w;
}

void watch_set(struct watch *w, unsigned events)
{
	struct epoll_event ev = {.events = epoll_mask(events), .data.ptr = w};
	if (w->dead || w->events == events)
		return;
	if (epoll_ctl(w->loop->epoll_fd, EPOLL_CTL_MOD, w->fd, &ev) < 0)
		BUG("watch_set: fd %d is not watched (errno %d)", w->fd, errno);
	w->events = events;
}

void watch_free(struct watch *w)
{
	if (!w || w->dead)
		return;
	struct loop *l = w->loop;
	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
	w->dead = true;
	list_remove(&w->link);
	l->watch_count--;
	if (l->in_turn)
		list_append(&l->graveyard, &w->link);
	else
		mem_free(w);
}

/* ---- timers: a sorted list, because a program of ours has some dozens of them ---- */

struct timer *timer_new(struct loop *l, timer_fn *on_due, void *arg)
{
	struct timer *t = mem_zalloc(MEM_LOOP, sizeof *t);
	if (!t)
		return NULL;
	*t = (struct timer){.loop = l, .on_due = on_due, .arg = arg};
	list_init(&t->link);
	l->timer_count++;
	return t;
}

static void set_at(struct timer *t, uint64_t due_ms)
{
	struct list *head = &t->loop->timers_due, *where = head;
	list_remove(&t->link);
	t->due_ms = due_ms;
	t->set = true;
	t->turn = t->loop->in_turn ? t->loop->wakeups : 0;
	while (where->prev != head && list_item(where->prev, struct timer, link)->due_ms > due_ms)
		where = where->prev;
	list_insert_before(where, &t->link);
}

void timer_set(struct timer *t, uint64_t delay_ms)
{
	set_at(t, clock_mono_ms() + delay_ms);
}

void timer_set_sooner(struct timer *t, uint64_t delay_ms)
{
	uint64_t due_ms = clock_mono_ms() + delay_ms;
	if (!t->set || due_ms < t->due_ms)
		set_at(t, due_ms);
}

void timer_stop(struct timer *t)
{
	list_remove(&t->link);
	t->set = false;
}

bool timer_pending(const struct timer *t)
{
	return t->set;
}

uint64_t timer_left_ms(const struct timer *t)
{
	uint64_t now = clock_mono_ms();
	return t->set && t->due_ms > now ? t->due_ms - now : 0;
}

void timer_free(struct timer *t)
{
	if (!t)
		return;
	timer_stop(t);
	t->loop->timer_count--;
	mem_free(t);
}

static void run_timers(struct loop *l)
{
	/* Only what was due when the turn began: a timer that its own callback sets to 0 waits for the next turn, so
	 * that descriptors get their share. Setting takes a fresh clock, hence "later than" and not "at". */
	for (struct list *first; (first = list_first(&l->timers_due));) {
		struct timer *t = list_item(first, struct timer, link);
		if (t->due_ms > l->now_ms || t->turn == l->wakeups)
			return;
		timer_stop(t);
		t->on_due(t->arg);
	}
}

/* ---- signals ---- */

static void on_signal_ready(int fd, unsigned events, void *arg)
{
	struct loop *l = arg;
	struct signalfd_siginfo info;
	(void)events;
	while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
		for (unsigned i = 0; i < l->slot_count; i++)
			if (l->slots[i].number == (int)info.ssi_signo)
				l->slots[i].on_signal(l->slots[i].number, l->slots[i].arg);
}

bool loop_on_signal(struct loop *l, int number, signal_fn *on_signal, void *arg)
{
	if (l->slot_count == SIGNALS_MAX)
		return false;
	sigaddset(&l->signals, number);
	sigprocmask(SIG_BLOCK, &l->signals, NULL);
	int fd = signalfd(l->signal_fd, &l->signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return false;
	if (l->signal_fd < 0) {
		l->signal_watch = watch_new(l, fd, LOOP_READ, on_signal_ready, l);
		if (!l->signal_watch) {
			close(fd);
			return false;
		}
	}
	l->signal_fd = fd;
	l->slots[l->slot_count++] = (struct signal_slot){number, on_signal, arg};
	return true;
}

/* ---- deferred calls ---- */

bool loop_defer(struct loop *l, defer_fn *fn, void *arg)
{
	if (l->deferred_count == LOOP_DEFERRED_MAX)
		return false;
	struct deferred *d = mem_alloc(MEM_LOOP, sizeof *d);
	if (!d)
		return false;
	d->fn = fn;
	d->arg = arg;
	list_append(&l->deferred, &d->link);
	l->deferred_count++;
	return true;
}

static void drop_deferred(struct loop *l, struct deferred *d)
{
	list_remove(&d->link);
	l->deferred_count--;
	mem_free(d);
}

void loop_undefer(struct loop *l, defer_fn *fn, void *arg)
{
	list_each_safe (pos, &l->deferred) {
		struct deferred *d = list_item(pos, struct deferred, link);
		if (d->fn == fn && d->arg == arg)
			drop_deferred(l, d);
	}
}

static void run_deferred(struct loop *l)
{
	/* Only what waits now: a call that defers itself again must not hold the turn. */
	for (unsigned left = l->deferred_count; left && !list_empty(&l->deferred); left--) {
		struct deferred *d = list_item(list_first(&l->deferred), struct deferred, link);
		defer_fn *fn = d->fn;
		void *arg = d->arg;
		drop_deferred(l, d);
		fn(arg);
	}
}

/* ---- one turn ---- */

static int wait_ms(const struct loop *l, int max_wait_ms)
{
	if (!list_empty(&l->deferred))
		return 0;
	struct list *first = list_first(&l->timers_due);
	if (!first)
		return max_wait_ms;
	uint64_t now = clock_mono_ms(), due = list_item(first, struct timer, link)->due_ms;
	uint64_t left = due > now ? due - now : 0;
	if (left > 24 * 3600 * 1000)
		left = 24 * 3600 * 1000; /* int milliseconds end at 24 days */
	return max_wait_ms >= 0 && (uint64_t)max_wait_ms < left ? max_wait_ms : (int)left;
}

static void run_watches(const struct epoll_event *events, int count)
{
	for (int i = 0; i < count; i++) {
		struct watch *w = events[i].data.ptr;
		if (!w->dead)
			w->on_ready(w->fd, loop_events(events[i].events), w->arg);
	}
}

bool loop_turn(struct loop *l, int max_wait_ms)
{
	struct epoll_event events[EVENTS_PER_TURN];
	if (l->in_turn)
		BUG("loop_turn inside a callback");
	if (l->stopped)
		return false;
	int count = epoll_wait(l->epoll_fd, events, EVENTS_PER_TURN, wait_ms(l, max_wait_ms));
	if (count < 0 && errno != EINTR)
		BUG("epoll_wait: errno %d", errno);
	l->in_turn = true;
	l->now_ms = clock_mono_ms();
	l->wakeups++;
	run_timers(l);
	run_watches(events, count);
	run_deferred(l);
	l->in_turn = false;
	bury(l);
	return !l->stopped;
}

void loop_run(struct loop *l)
{
	while (loop_turn(l, -1))
		continue;
}
