#include "feature/control/respond.h"

#include "base/bug.h"
#include "base/clock.h"
#include "base/log.h"
#include "loop/loop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = INTERACTION_TOKEN_BYTES + 96, ANSWER_BYTES_MAX = MESSAGE_BODY_BYTES_MAX + 256 };

/* Discord's JSON error codes that end a reply: it was dismissed, is too old, or was answered already. */
enum {
	UNKNOWN_MESSAGE = 10008,
	UNKNOWN_WEBHOOK = 10015,
	UNKNOWN_INTERACTION = 10062,
	ALREADY_ACKNOWLEDGED = 40060,
	INVALID_WEBHOOK_TOKEN = 50027
};

enum stage {
	NEW,	  /* Discord has heard nothing */
	ANSWERED, /* the first answer is on its way or there: all else are edits */
	ASKING	  /* as above, and the message's ID is being asked for */
};

struct reply {
	struct respond *owner;
	struct interaction_ref ref;
	ticket number, rest;
	enum respond_as as;
	enum stage stage;
	bool kept, deferred, first_done;
	bool unsent; /* the first answer could not even be tried: told by settle() */
	struct timer *defer;
	struct buf file; /* goes with the next body that is sent; empty: none */
	char file_name[FILE_NAME_BYTES];
	struct buf note; /* a message of its own that follows the first answer; empty: none */
	struct buf next; /* the newest edit, while another one is on its way; empty: none */
	uint64_t hash;	 /* of the newest one handed over */
	uint64_t channel_id, message_id;
	respond_posted_fn *on_posted;
	void *arg;
	respond_first_fn *on_first;
	void *first_arg;
};

struct respond {
	struct loop *loop;
	struct rest *rest;
	struct ticket_table replies;
	void (*on_quiet)(void *arg); /* NULL: nobody asks */
	void *quiet_arg;
};

static void on_sent(const struct rest_reply *reply, const struct err *err, void *arg);

struct respond *respond_new(struct loop *loop, struct rest *rest)
{
	struct respond *r = mem_zalloc(MEM_CONTROL, sizeof *r);

	if (!r)
		return NULL;
	r->loop = loop;
	r->rest = rest;
	ticket_table_init(&r->replies, MEM_CONTROL, RESPOND_OPEN_MAX);
	return r;
}

static uint64_t age_ms(const struct reply *p)
{
	uint64_t now = clock_mono_ms();

	return now > p->ref.received_ms ? now - p->ref.received_ms : 0;
}

static bool is_dead(const struct reply *p)
{
	return age_ms(p) >= (p->stage == NEW ? (uint64_t)INTERACTION_FIRST_ANSWER_MS : (uint64_t)RESPOND_LAST_MS);
}

/* ---- whether anybody waits ---- */

static void look_for_busy(ticket number, void *item, void *arg)
{
	const struct reply *p = item;
	bool waits = p->stage == NEW || p->deferred || p->next.length || p->note.length;

	(void)number;
	*(bool *)arg |= p->rest != TICKET_NONE || (waits && !is_dead(p));
}

bool respond_is_busy(struct respond *r)
{
	bool busy = false;

	ticket_each(&r->replies, look_for_busy, &busy);
	return busy;
}

static void look_for_quiet(void *arg)
{
	struct respond *r = arg;

	if (r->on_quiet && !respond_is_busy(r))
		r->on_quiet(r->quiet_arg);
}

/* After each step of each reply, when whoever made it is through with it. */
static void may_be_quiet(struct respond *r)
{
	if (r->on_quiet)
		loop_defer(r->loop, look_for_quiet, r);
}

void respond_when_quiet(struct respond *r, void (*on_quiet)(void *arg), void *arg)
{
	r->on_quiet = on_quiet;
	r->quiet_arg = arg;
}

/* ---- life ---- */

static void tell_first(struct reply *p, bool accepted, const char *why)
{
	respond_first_fn *on_first = p->on_first;

	p->on_first = NULL;
	if (on_first)
		on_first(accepted, why, p->first_arg);
}

static void reply_free(struct reply *p)
{
	respond_first_fn *on_first = p->on_first;
	void *first_arg = p->first_arg;

	may_be_quiet(p->owner);
	if (p->rest != TICKET_NONE)
		rest_cancel(p->owner->rest, p->rest);
	timer_free(p->defer);
	buf_clear(&p->next);
	buf_clear(&p->note);
	buf_clear(&p->file);
	ticket_redeem(&p->owner->replies, p->number);
	memset(p->ref.token, 0, sizeof p->ref.token);
	mem_free(p);
	if (on_first)
		on_first(false, "no answer could be sent", first_arg);
}

static void free_each(ticket number, void *item, void *arg)
{
	struct reply *p = item;

	(void)number, (void)arg;
	p->on_first = NULL;
	reply_free(p);
}

void respond_free(struct respond *r)
{
	if (!r)
		return;
	r->on_quiet = NULL;
	loop_undefer(r->loop, look_for_quiet, r);
	ticket_each(&r->replies, free_each, NULL);
	ticket_table_clear(&r->replies);
	mem_free(r);
}

static struct reply *find(const struct respond *r, ticket t)
{
	return ticket_item(&r->replies, t);
}

/* Whoever is told may close the reply. NULL: it is gone. */
static struct reply *tell_and_find(struct reply *p, bool accepted, const char *why)
{
	struct respond *owner = p->owner;
	ticket number = p->number;

	tell_first(p, accepted, why);
	return find(owner, number);
}

/* Ends it unless something is still on its way or more may come. */
static void settle(struct reply *p)
{
	if (p->unsent) {
		p->unsent = false;
		if (!(p = tell_and_find(p, false, "no answer could be sent")))
			return;
	}
	if (p->rest == TICKET_NONE && !p->next.length && !p->note.length && !p->kept && p->stage != NEW && !p->deferred)
		reply_free(p);
}

static void sweep_one(ticket number, void *item, void *arg)
{
	struct reply *p = item;

	(void)number, (void)arg;
	if (p->rest == TICKET_NONE && is_dead(p))
		reply_free(p);
}

void respond_sweep(struct respond *r)
{
	ticket_each(&r->replies, sweep_one, NULL);
}

ticket respond_begin(struct respond *r, const struct interaction_ref *ref, enum respond_as as)
{
	struct reply *p;

	respond_sweep(r);
	p = mem_zalloc(MEM_CONTROL, sizeof *p);
	if (!p)
		return TICKET_NONE;
	p->owner = r;
	p->ref = *ref;
	p->as = as;
	buf_init(&p->next, MEM_CONTROL, ANSWER_BYTES_MAX);
	buf_init(&p->note, MEM_CONTROL, ANSWER_BYTES_MAX);
	buf_init(&p->file, MEM_CONTROL, REST_FILE_BYTES_MAX);
	p->number = ticket_issue(&r->replies, p);
	if (p->number == TICKET_NONE) {
		log_warn("control", "%d answers are under way already; one more cannot be given", RESPOND_OPEN_MAX);
		mem_free(p);
		return TICKET_NONE;
	}
	return p->number;
}

bool respond_is_open(const struct respond *r, ticket t)
{
	const struct reply *p = find(r, t);

	return p && !is_dead(p);
}

uint64_t respond_age_ms(const struct respond *r, ticket t)
{
	const struct reply *p = find(r, t);

	return p && !is_dead(p) ? age_ms(p) : UINT64_MAX;
}

void respond_keep(struct respond *r, ticket t)
{
	struct reply *p = find(r, t);

	if (p)
		p->kept = true;
}

void respond_close(struct respond *r, ticket t)
{
	struct reply *p = find(r, t);

	if (!p)
		return;
	p->kept = p->deferred = false;
	if (p->stage == NEW && p->rest == TICKET_NONE)
		reply_free(p);
	else
		settle(p);
}

bool respond_on_first(struct respond *r, ticket t, respond_first_fn *on_first, void *arg)
{
	struct reply *p = find(r, t);

	if (!p || p->stage != NEW)
		return false;
	p->on_first = on_first;
	p->first_arg = arg;
	return true;
}

void respond_watch(struct respond *r, ticket t, uint64_t channel_id, respond_posted_fn *on_posted, void *arg)
{
	struct reply *p = find(r, t);

	if (!p)
		return;
	p->channel_id = channel_id;
	p->on_posted = on_posted;
	p->arg = arg;
}

/* ---- sending ---- */

static bool on_field(const struct json_event *event, void *arg)
{
	struct reply *p = arg;

	if (event->type == JSON_STRING)
		str_to_u64(event->text, &p->message_id);
	return true;
}

/* TAKES body; NULL: none. */
static void post(struct reply *p, enum rest_method method, const char *path, struct buf *body, uint64_t until_ms)
{
	static const char *const fields[] = {".resource.message.id"};
	struct err err = {0};
	const struct rest_file file = {p->file_name, "text/plain; charset=utf-8", &p->file};
	struct rest_request q = {
		.method = method, .path = path, .body = body, .interaction = true, .replayed = p->ref.replayed};

	if (p->file.length && body)
		q.file = &file;

	if (age_ms(p) < until_ms)
		q.expires_ms = (unsigned)(until_ms - age_ms(p));
	if (p->on_posted && method == REST_POST) {
		q.fields = fields;
		q.field_count = 1;
		q.on_field = on_field;
	}
	p->rest = rest_send(p->owner->rest, &q, on_sent, p, &err);
	if (p->rest != TICKET_NONE)
		return;
	log_warn("control", "an answer could not be sent: %s", err.text);
	p->unsent = !p->first_done;
}

/* TAKES body. */
static void post_first(struct reply *p, struct buf *body)
{
	char path[PATH_BYTES];

	timer_free(p->defer);
	p->defer = NULL;
	p->stage = ANSWERED;
	snprintf(path, sizeof path, "/interactions/%" PRIu64 "/%s/callback%s", p->ref.id, p->ref.token,
		p->on_posted ? "?with_response=true" : "");
	post(p, REST_POST, path, body, INTERACTION_FIRST_ANSWER_MS);
}

/* TAKES body. */
static void post_original(struct reply *p, enum rest_method method, struct buf *body)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof path, "/webhooks/%" PRIu64 "/%s/messages/@original", p->ref.application_id, p->ref.token);
	post(p, method, path, body, INTERACTION_LIFE_MS);
}

static bool is_end(int code)
{
	return code == UNKNOWN_MESSAGE || code == UNKNOWN_WEBHOOK || code == UNKNOWN_INTERACTION ||
	       code == INVALID_WEBHOOK_TOKEN;
}

static void say_failure(const struct reply *p, const struct rest_reply *reply, const struct err *err)
{
	/* People dismiss private messages and connections are slow: no news for the owner. */
	if (is_end(reply->code) || reply->code == ALREADY_ACKNOWLEDGED || err->code == ERR_CANCELLED)
		log_debug("control", "an answer came too late or its message is gone: %s", err->text);
	else
		log_warn("control", "Discord did not take %s: %s", p->first_done ? "an edit of an answer" : "an answer",
			err->text);
}

static void tell_posted(struct reply *p, uint64_t message_id)
{
	respond_posted_fn *on_posted = p->on_posted;

	p->on_posted = NULL;
	on_posted(p->channel_id, message_id, p->arg);
}

/* Asks for the ID if the answer that Discord gave did not have it. */
static void learn_id(struct reply *p, const struct rest_reply *reply)
{
	uint64_t id = p->message_id ? p->message_id : reply->id;

	if (!p->on_posted || p->deferred)
		return;
	if (id) {
		tell_posted(p, id);
	} else if (p->stage != ASKING) {
		p->stage = ASKING;
		post_original(p, REST_GET, NULL);
	}
}

static void send_next(struct reply *p)
{
	struct buf body = p->next;

	buf_init(&p->next, MEM_CONTROL, ANSWER_BYTES_MAX);
	if (is_dead(p)) {
		buf_clear(&body);
		return;
	}
	post_original(p, REST_PATCH, &body);
	buf_clear(&body);
}

static void send_note(struct reply *p)
{
	struct buf body = p->note;
	char path[PATH_BYTES];

	buf_init(&p->note, MEM_CONTROL, ANSWER_BYTES_MAX);
	snprintf(path, sizeof path, "/webhooks/%" PRIu64 "/%s", p->ref.application_id, p->ref.token);
	if (!is_dead(p) && !p->deferred)
		post(p, REST_POST, path, &body, INTERACTION_LIFE_MS);
	buf_clear(&body);
}

/* The end of the reply comes before the news of it, so that nothing more is sent there. */
static void end_first(struct reply *p, const char *why)
{
	respond_first_fn *on_first = p->on_first;
	void *arg = p->first_arg;

	p->on_first = NULL;
	reply_free(p);
	if (on_first)
		on_first(false, why, arg);
}

static void on_sent(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct reply *p = arg;
	bool first = !p->first_done;

	may_be_quiet(p->owner);
	p->rest = TICKET_NONE;
	if (err) {
		say_failure(p, reply, err);
		p->hash = 0; /* whatever is shown now, it is not that */
		/* "Already answered": its token lives, though the first answer was not this one. */
		if (is_end(reply->code) || (first && reply->code != ALREADY_ACKNOWLEDGED)) {
			end_first(p, err->text);
			return;
		}
	}
	p->first_done = true;
	if (first && !(p = tell_and_find(p, !err, err ? err->text : "")))
		return;
	if (!err)
		learn_id(p, reply);
	if (p->rest == TICKET_NONE && p->next.length)
		send_next(p);
	if (p->rest == TICKET_NONE && p->note.length)
		send_note(p);
	settle(p);
}

/* ---- what is sent ---- */

void respond_message(const struct respond *r, ticket t, struct message *m)
{
	const struct reply *p = find(r, t);

	message_init(m, MEM_CONTROL);
	if (!p)
		return;
	if (p->stage == NEW && p->as == RESPOND_PRIVATE)
		message_flags(m, MESSAGE_EPHEMERAL);
	if (p->stage != NEW || p->as == RESPOND_UPDATE)
		message_replace_all(m);
}

void respond_note(struct respond *r, ticket t, struct message *m)
{
	struct reply *p = find(r, t);

	message_finish(m);
	if (p && p->stage == NEW && !m->body.overflow) {
		buf_clear(&p->note);
		buf_add_view(&p->note, buf_view(&m->body));
	}
	message_clear(m);
}

static void send_first(struct reply *p, struct message *m)
{
	struct buf body;

	buf_init(&body, MEM_CONTROL, ANSWER_BYTES_MAX);
	answer_write(&body, p->as == RESPOND_UPDATE ? ANSWER_UPDATE : ANSWER_MESSAGE, m, 0);
	post_first(p, &body);
	buf_clear(&body);
}

static void send_edit(struct reply *p, struct message *m)
{
	p->deferred = false;
	buf_clear(&p->next);
	buf_add_view(&p->next, buf_view(&m->body));
	if (p->rest == TICKET_NONE)
		send_next(p);
}

void respond_send(struct respond *r, ticket t, struct message *m)
{
	struct reply *p = find(r, t);

	message_finish(m);
	if (m->body.overflow)
		log_error("control", "an answer is larger than %d bytes or there is no memory for it",
			MESSAGE_BODY_BYTES_MAX);
	if (p && p->stage == NEW && (is_dead(p) || m->body.overflow)) {
		reply_free(p); /* there will be no first answer */
		p = NULL;
	}
	if (!p || is_dead(p) || m->body.overflow || (p->stage != NEW && p->hash == m->hash && !p->deferred)) {
		message_clear(m);
		return;
	}
	p->hash = m->hash;
	if (p->stage == NEW)
		send_first(p, m);
	else
		send_edit(p, m);
	message_clear(m);
	settle(p);
}

void respond_modal(struct respond *r, ticket t, const char *custom_id, struct str title,
	const struct modal_field *fields, unsigned count)
{
	struct reply *p = find(r, t);
	struct buf body;

	if (!p || p->stage != NEW)
		return;
	buf_init(&body, MEM_CONTROL, ANSWER_BYTES_MAX);
	answer_write_modal(&body, custom_id, title, fields, count);
	post_first(p, &body);
	buf_clear(&body);
	settle(p);
}

void respond_send_file(struct respond *r, ticket t, struct message *m, const char *name, struct buf *data)
{
	struct reply *p = find(r, t);

	if (p) {
		message_file(m, name);
		str_copy(p->file_name, sizeof p->file_name, str_of(name));
		buf_clear(&p->file);
		p->file = *data;
		buf_init(data, data->owner, data->max);
	}
	buf_clear(data);
	respond_send(r, t, m);
}

void respond_choices(struct respond *r, ticket t, const struct choice *choices, unsigned count)
{
	struct reply *p = find(r, t);
	struct buf body;

	if (!p || p->stage != NEW)
		return;
	buf_init(&body, MEM_CONTROL, ANSWER_BYTES_MAX);
	answer_write_choices(&body, choices, count);
	post_first(p, &body);
	buf_clear(&body);
	settle(p);
}

void respond_nothing(struct respond *r, ticket t)
{
	struct reply *p = find(r, t);
	struct buf body;

	if (!p || p->stage != NEW)
		return;
	buf_init(&body, MEM_CONTROL, ANSWER_BYTES_MAX);
	answer_write(&body, ANSWER_DEFERRED_UPDATE, NULL, 0);
	post_first(p, &body);
	buf_clear(&body);
	settle(p);
}

/* ---- in time ---- */

static void on_defer(void *arg)
{
	struct reply *p = arg;
	struct buf body;

	if (p->stage != NEW)
		return;
	buf_init(&body, MEM_CONTROL, ANSWER_BYTES_MAX);
	answer_write(&body, p->as == RESPOND_UPDATE ? ANSWER_DEFERRED_UPDATE : ANSWER_DEFERRED, NULL,
		p->as == RESPOND_PRIVATE ? MESSAGE_EPHEMERAL : 0);
	p->deferred = true;
	post_first(p, &body);
	buf_clear(&body);
	settle(p);
}

void respond_defer(struct respond *r, ticket t)
{
	struct reply *p = find(r, t);

	if (p)
		on_defer(p);
}

void respond_wait(struct respond *r, ticket t)
{
	struct reply *p = find(r, t);
	uint64_t age;

	if (!p || p->stage != NEW || p->defer)
		return;
	age = age_ms(p);
	p->defer = timer_new(r->loop, on_defer, p);
	if (p->defer)
		timer_set(p->defer, age < RESPOND_DEFER_MS ? RESPOND_DEFER_MS - age : 0);
	else
		on_defer(p);
}
