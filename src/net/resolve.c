#include "net/resolve.h"

#include "base/bug.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	NAME_BYTES = 256,
	RUNNING_MAX = 2,		/* questions on their way at once; the others wait in line */
	THREAD_STACK_BYTES = 256 * 1024 /* glibc's name services need more than 64 KiB; untouched pages cost nothing */
};

/*
 * One question on its helper thread. It belongs to both sides, and both call let_go() exactly once: the second to do
 * so frees it. So neither cancelling nor freeing the resolver has to wait for getaddrinfo(), which cannot be
 * interrupted. Plain calloc(): base/mem counts without locks, for one thread.
 *
 * A job whose question was cancelled or timed out stays in the resolver's list: its thread still counts.
 */
struct job {
	atomic_bool one_has_left;
	int fd;	     /* eventfd: the answer is there */
	int failure; /* EAI_…, 0 for success */
	struct resolved result;
	char name[NAME_BYTES];
	/* of the loop's side alone */
	struct list link; /* resolver->jobs */
	struct resolver *resolver;
	struct question *question; /* NULL: nobody waits for the answer any more */
	struct watch *watch;
};

struct question {
	struct list link; /* resolver->questions, in the order of asking */
	struct resolver *resolver;
	ticket number;
	uint64_t deadline_ms;
	resolved_fn *on_resolved;
	void *arg;
	bool known; /* answered without a thread: numeric or cached */
	struct resolved result;
	struct job *job; /* NULL while waiting in line */
	char name[NAME_BYTES];
};

struct cached {
	uint64_t until_ms;
	struct resolved result;
	char *name; /* NULL: free slot */
};

struct resolver {
	struct loop *loop;
	struct timer *timer; /* known answers, and the earliest deadline */
	struct ticket_table tickets;
	struct list questions; /* struct question::link */
	struct list jobs;      /* struct job::link */
	unsigned running;      /* jobs with a question */
	unsigned threads;      /* all jobs */
	struct cached cache[RESOLVE_CACHE_MAX];
};

static void on_timer(void *arg);

struct resolver *resolver_new(struct loop *loop)
{
	struct resolver *r = mem_zalloc(MEM_NET, sizeof *r);
	if (!r)
		return NULL;
	r->loop = loop;
	list_init(&r->questions);
	list_init(&r->jobs);
	ticket_table_init(&r->tickets, MEM_NET, RESOLVE_PENDING_MAX);
	r->timer = timer_new(loop, on_timer, r);
	if (!r->timer) {
		mem_free(r);
		return NULL;
	}
	return r;
}

static void let_go(struct job *j)
{
	if (!atomic_exchange(&j->one_has_left, true))
		return;
	close(j->fd);
	free(j);
}

static void leave_job(struct question *q)
{
	if (!q->job)
		return;
	q->job->question = NULL;
	q->job = NULL;
	q->resolver->running--;
}

static void job_free(struct job *j)
{
	if (j->question)
		leave_job(j->question);
	watch_free(j->watch);
	list_remove(&j->link);
	j->resolver->threads--;
	let_go(j);
}

static void question_free(struct question *q)
{
	leave_job(q);
	ticket_redeem(&q->resolver->tickets, q->number);
	list_remove(&q->link);
	mem_free(q);
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	list_each_safe (pos, &r->questions)
		question_free(list_item(pos, struct question, link));
	list_each_safe (pos, &r->jobs)
		job_free(list_item(pos, struct job, link));
	for (unsigned i = 0; i < RESOLVE_CACHE_MAX; i++)
		mem_free(r->cache[i].name);
	timer_free(r->timer);
	ticket_table_clear(&r->tickets);
	mem_free(r);
}

/* ---- the helper thread ---- */

static bool add_address(struct resolved *out, unsigned at, const struct addrinfo *a)
{
	return getnameinfo(a->ai_addr, a->ai_addrlen, out->address[at], RESOLVE_ADDRESS_BYTES, NULL, 0,
		       NI_NUMERICHOST) == 0;
}

/* The first ones in the system's order, but never of one family alone when there are two: a machine with a broken
 * IPv6 route still gets through. */
static void collect(const struct addrinfo *list, struct resolved *out)
{
	int first_family = list ? list->ai_family : 0;
	bool mixed = false;
	for (const struct addrinfo *a = list; a; a = a->ai_next) {
		bool other = a->ai_family != first_family;
		if (out->count < RESOLVE_ADDRESSES_MAX)
			out->count += add_address(out, out->count, a);
		else if (other && !mixed)
			add_address(out, RESOLVE_ADDRESSES_MAX - 1, a);
		mixed |= other;
	}
}

static void *run_job(void *arg)
{
	struct job *j = arg;
	struct addrinfo *list = NULL, hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	uint64_t one = 1;
	j->failure = getaddrinfo(j->name, NULL, &hints, &list);
	if (j->failure == 0) {
		collect(list, &j->result);
		freeaddrinfo(list);
	}
	if (write(j->fd, &one, sizeof one) < 0)
		BUG("a fresh eventfd takes no 1: errno %d", errno);
	let_go(j);
	return NULL;
}

static bool start_thread(struct job *j)
{
	pthread_t thread;
	pthread_attr_t attr;
	sigset_t all, before;
	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the loop's thread */
	int failed = pthread_create(&thread, &attr, run_job, j);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return failed == 0;
}

/* ---- answers ---- */

static void answer(struct question *q, const struct resolved *result, const struct err *err)
{
	resolved_fn *on_resolved = q->on_resolved;
	void *arg = q->arg;
	struct resolved copy = *result;
	struct resolver *r = q->resolver;
	question_free(q);
	timer_set(r->timer, 0); /* the next in line may start */
	on_resolved(&copy, err, arg);
}

static void fail(struct question *q, enum err_code code, const char *why)
{
	struct err err;
	err_set(&err, code, "the name %.100s could not be resolved: %s", q->name, why);
	answer(q, &(struct resolved){0}, &err);
}

static struct cached *find_cached(struct resolver *r, const char *name)
{
	for (unsigned i = 0; i < RESOLVE_CACHE_MAX; i++) {
		struct cached *c = &r->cache[i];
		if (c->name && c->until_ms > clock_mono_ms() && strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

static void remember(struct resolver *r, const char *name, const struct resolved *result)
{
	struct cached *oldest = &r->cache[0];
	for (unsigned i = 0; i < RESOLVE_CACHE_MAX; i++) {
		struct cached *c = &r->cache[i];
		if (c->name && strcmp(c->name, name) == 0) {
			oldest = c;
			break;
		}
		if (!c->name || (oldest->name && c->until_ms < oldest->until_ms))
			oldest = c;
	}
	mem_free(oldest->name);
	*oldest = (struct cached){.until_ms = clock_mono_ms() + RESOLVE_CACHE_S * 1000, .result = *result};
	oldest->name = mem_strdup(MEM_NET, name);
}

static void on_job_done(int fd, unsigned events, void *arg)
{
	struct job *j = arg;
	struct resolver *r = j->resolver;
	struct question *q = j->question;
	uint64_t count;
	(void)events;
	if (read(fd, &count, sizeof count) < 0)
		return;
	struct resolved result = j->result; /* the thread's, until the descriptor could be read */
	int failure = j->failure;
	if (result.count)
		remember(r, j->name, &result); /* also what came too late: the next one who asks need not wait */
	job_free(j);
	if (!q)
		timer_set(r->timer, 0); /* there may be room for the next in line */
	else if (failure)
		fail(q, ERR_UNREACHABLE, gai_strerror(failure));
	else if (result.count == 0)
		fail(q, ERR_UNREACHABLE, "it has no address");
	else
		answer(q, &result, NULL);
}

static bool start(struct question *q)
{
	struct resolver *r = q->resolver;
	struct job *j = calloc(1, sizeof *j);
	if (!j)
		return false;
	memcpy(j->name, q->name, sizeof j->name);
	j->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (j->fd >= 0)
		j->watch = watch_new(r->loop, j->fd, LOOP_READ, on_job_done, j);
	if (!j->watch || !start_thread(j)) {
		watch_free(j->watch);
		if (j->fd >= 0)
			close(j->fd);
		free(j);
		return false;
	}
	j->resolver = r;
	j->question = q;
	q->job = j;
	list_append(&r->jobs, &j->link);
	r->running++;
	r->threads++;
	return true;
}

/* What can be done for q now; true if its callback ran (anything may have changed then). */
static bool advance(struct resolver *r, struct question *q)
{
	struct cached *c = q->job || q->known ? NULL : find_cached(r, q->name);
	if (q->known || c) {
		answer(q, c ? &c->result : &q->result, NULL);
		return true;
	}
	if (q->deadline_ms <= clock_mono_ms()) {
		fail(q, ERR_TIMEOUT, "no answer in time");
		return true;
	}
	if (!q->job && r->running < RUNNING_MAX && r->threads < RESOLVE_THREADS_MAX && !start(q)) {
		fail(q, ERR_SYSTEM, "no helper thread could be started");
		return true;
	}
	return false;
}

static void on_timer(void *arg)
{
	struct resolver *r = arg;
	uint64_t now = clock_mono_ms();
	list_each_safe (pos, &r->questions) {
		struct question *q = list_item(pos, struct question, link);
		if (advance(r, q))
			return; /* answer() has set the timer to come back; r may be gone */
		timer_set_sooner(r->timer, q->deadline_ms > now ? q->deadline_ms - now : 0);
	}
}

/* ---- asking ---- */

static bool is_numeric(const char *name)
{
	struct in6_addr any;
	return inet_pton(AF_INET, name, &any) == 1 || inet_pton(AF_INET6, name, &any) == 1;
}

ticket resolve_name(struct resolver *r, const char *name, resolved_fn *on_resolved, void *arg, struct err *err)
{
	if (!*name || strlen(name) >= NAME_BYTES) {
		err_set(err, ERR_INPUT, "a host name must have 1 to %d bytes", NAME_BYTES - 1);
		return TICKET_NONE;
	}
	struct question *q = mem_zalloc(MEM_NET, sizeof *q);
	ticket number = q ? ticket_issue(&r->tickets, q) : TICKET_NONE;
	if (number == TICKET_NONE) {
		mem_free(q);
		err_set(err, ERR_LIMIT, "more than %d host names wait to be resolved", RESOLVE_PENDING_MAX);
		return TICKET_NONE;
	}
	q->resolver = r;
	q->number = number;
	q->deadline_ms = clock_mono_ms() + RESOLVE_TIMEOUT_MS;
	q->on_resolved = on_resolved;
	q->arg = arg;
	str_copy(q->name, sizeof q->name, str_of(name));
	q->known = is_numeric(name);
	if (q->known) {
		q->result.count = 1;
		str_copy(q->result.address[0], RESOLVE_ADDRESS_BYTES, str_of(name));
	}
	list_append(&r->questions, &q->link);
	timer_set(r->timer, 0);
	return number;
}

void resolve_cancel(struct resolver *r, ticket t)
{
	struct question *q = ticket_item(&r->tickets, t);
	if (q)
		question_free(q);
	timer_set_sooner(r->timer, 0);
}
