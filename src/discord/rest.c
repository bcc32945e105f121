#include "discord/rest.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/rand.h"
#include "discord/agent.h"
#include "discord/multipart.h"
#include "discord/rest_reply.h"
#include "net/http_client.h"

#include <stdio.h>
#include <string.h>

enum {
	CONNECTIONS_MAX =
		6, /* forty people press at once, each has 3 s, and Discord takes a quarter of a second for each */
	LATER_AT_ONCE_MAX = 3,			    /* what is no first answer to an interaction */
	OTHERS_AT_ONCE_MAX = LATER_AT_ONCE_MAX - 1, /* and has nothing to do with one */
	IDLE_CLOSE_MS = 30000,
	HEAD_TIMEOUT_MS = 15000,
	INTERACTION_HEAD_TIMEOUT_MS = 8000,
	BODY_IDLE_TIMEOUT_MS = 15000,
	FILE_HEAD_TIMEOUT_MS = 60000, /* a megabyte over a slow line */
	BACKOFF_FIRST_MS = 500,
	BACKOFF_MAX_MS = 15000,
	INTERACTION_BACKOFF_MS = 150,
	BUSY_MS = 250, /* rest_wait_ms(): somebody is before you */
	NO_MEMORY_WAIT_MS = 1000,
	TOKEN_BYTES_MAX = 256,
	PATH_BYTES_MAX = 1024
};

enum request_state { REQUEST_WAITING, REQUEST_SENT, REQUEST_DONE };

struct request {
	struct list link; /* rest->line in the order of arrival, then rest->done */
	struct rest *rest;
	ticket number;
	enum request_state state;
	enum rest_method method;
	char *path; /* with the base's path in front */
	struct route route;
	struct buf body;
	struct buf file; /* empty: none */
	char file_name[MULTIPART_NAME_BYTES];
	const char *file_type;
	bool interaction, once, has_nonce;
	bool first_answer;	/* to an interaction */
	bool replayed;		/* which may have been answered before us */
	uint64_t expires_at_ms; /* 0: never */
	uint64_t not_before_ms;
	unsigned tries;
	const char *const *fields;
	size_t field_count;
	json_event_fn *on_field;
	rest_done_fn *on_done;
	void *arg;
	/* while it is under way */
	int bucket;
	ticket http;
	uint64_t sent_us;
	struct rest_reader *reader;
	/* when it is done */
	struct rest_reply reply;
	struct err err;
};

struct rest {
	struct loop *loop;
	struct http_peer *peer;
	char base_path[URL_PATH_BYTES];
	char *authorization; /* "Bot …" */
	bool unauthorized;
	struct ratelimit limits;
	struct ticket_table tickets;
	struct list line, done; /* struct request::link */
	unsigned waiting, others_sent, all_sent;
	struct timer *timer;
	struct rest_stats stats;
};

/* ---- life ---- */

static void on_timer(void *arg);

struct rest *rest_new(struct loop *loop, struct net *net, const char *api_base, struct err *err)
{
	static const struct http_peer_options options = {.connections_max = CONNECTIONS_MAX,
		.waiting_max = CONNECTIONS_MAX,
		.idle_close_ms = IDLE_CLOSE_MS,
		.user_agent = DISCORD_USER_AGENT};
	struct url u;
	if (!url_parse(str_of(api_base), &u, err))
		return NULL;
	if (u.scheme != URL_HTTPS && !(u.scheme == URL_HTTP && url_is_loopback(&u))) {
		err_set(err, ERR_INPUT,
			"Discord's address must begin with https:// (http:// is for this machine only)");
		return NULL;
	}
	struct rest *r = mem_zalloc(MEM_REST, sizeof *r);
	if (!r) {
		err_set(err, ERR_MEMORY, "no memory for the connection to Discord");
		return NULL;
	}
	r->loop = loop;
	list_init(&r->line);
	list_init(&r->done);
	ratelimit_init(&r->limits);
	ticket_table_init(&r->tickets, MEM_REST, REST_QUEUE_MAX);
	snprintf(r->base_path, sizeof r->base_path, "%s", u.path);
	while (r->base_path[0] && r->base_path[strlen(r->base_path) - 1] == '/')
		r->base_path[strlen(r->base_path) - 1] = '\0';
	r->peer = http_peer_new(net, &u, &options, err);
	r->timer = timer_new(loop, on_timer, r);
	if (r->peer && r->timer)
		return r;
	if (r->peer)
		err_set(err, ERR_MEMORY, "no memory for the connection to Discord");
	rest_free(r);
	return NULL;
}

static void drop_reader(struct request *q)
{
	if (!q->reader)
		return;
	rest_reader_clear(q->reader);
	mem_free(q->reader);
	q->reader = NULL;
}

static void request_free(struct request *q)
{
	if (!q)
		return;
	list_remove(&q->link);
	drop_reader(q);
	buf_clear(&q->body);
	buf_clear(&q->file);
	mem_free_secret(q->path);
	mem_free(q);
}

static void free_all(struct list *head)
{
	list_each_safe (pos, head)
		request_free(list_item(pos, struct request, link));
}

void rest_free(struct rest *r)
{
	if (!r)
		return;
	http_peer_free(r->peer);
	timer_free(r->timer);
	free_all(&r->line);
	free_all(&r->done);
	ticket_table_clear(&r->tickets);
	ratelimit_clear(&r->limits);
	mem_free_secret(r->authorization);
	mem_free(r);
}

/* What goes into a line of HTTP: an id's or token's letters, never a blank, a line break or a control code. */
static bool is_plain(const char *text, size_t max_bytes)
{
	size_t n = strlen(text);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 0x7F)
			return false;
	return n > 0 && n <= max_bytes;
}

bool rest_set_token(struct rest *r, const char *token)
{
	char line[TOKEN_BYTES_MAX + 8];
	if (!is_plain(token, TOKEN_BYTES_MAX))
		return false;
	snprintf(line, sizeof line, "Bot %s", token);
	char *copy = mem_strdup(MEM_REST, line);
	explicit_bzero(line, sizeof line);
	if (!copy)
		return false;
	mem_free_secret(r->authorization);
	r->authorization = copy;
	r->unauthorized = false;
	return true;
}

unsigned rest_invalid(const struct rest *r)
{
	return ratelimit_invalid(&r->limits, clock_mono_ms());
}

/* Somebody waits for the answer to an interaction: what others were refused must not cost them theirs. */
static bool too_many_invalid(unsigned invalid, bool interaction)
{
	return invalid >= (interaction ? REST_INVALID_OF_INTERACTIONS_MAX : REST_INVALID_PER_10_MIN_MAX);
}

bool rest_stopped(const struct rest *r)
{
	return r->unauthorized || too_many_invalid(rest_invalid(r), false);
}

bool rest_token_refused(const struct rest *r)
{
	return r->unauthorized;
}

/* ---- the end of a request ---- */

static const char *shown_path(const struct request *q, char out[ROUTE_SHOWN_BYTES])
{
	route_show(q->path + strlen(q->rest->base_path), out);
	return out;
}

static void finish(struct request *q)
{
	if (q->state == REQUEST_WAITING)
		q->rest->waiting--;
	q->state = REQUEST_DONE;
	list_remove(&q->link);
	list_append(&q->rest->done, &q->link);
	q->rest->stats.failures += q->err.code != ERR_NONE;
	timer_set_sooner(q->rest->timer, 0);
}

static void finish_with(struct request *q, enum err_code code, const char *sentence)
{
	char path[ROUTE_SHOWN_BYTES];
	err_set(&q->err, code, "%s %s: %s", route_method_name(q->method), shown_path(q, path), sentence);
	finish(q);
}

/* Calls back those that are done. A callback may send, cancel and so on: the list is looked at afresh each time. */
static void call_back(struct rest *r)
{
	for (struct list *first; (first = list_first(&r->done));) {
		struct request *q = list_item(first, struct request, link);
		ticket_redeem(&r->tickets, q->number);
		list_remove(&q->link);
		q->on_done(&q->reply, q->err.code ? &q->err : NULL, q->arg);
		request_free(q);
	}
}

static void fail_all_waiting(struct rest *r, enum err_code code, const char *sentence)
{
	list_each_safe (pos, &r->line) {
		struct request *q = list_item(pos, struct request, link);
		if (q->state == REQUEST_WAITING)
			finish_with(q, code, sentence);
	}
}

static void fail_if_too_many_invalid(struct rest *r)
{
	unsigned invalid = rest_invalid(r);
	if (!too_many_invalid(invalid, false))
		return;
	list_each_safe (pos, &r->line) {
		struct request *q = list_item(pos, struct request, link);
		if (q->state == REQUEST_WAITING && too_many_invalid(invalid, q->interaction))
			finish_with(q, ERR_LIMIT,
				"not sent, because too many of the last requests were refused by Discord");
	}
}

/* ---- judging an answer ---- */

static enum err_code code_for(int status)
{
	switch (status) {
	case 400: return ERR_INPUT;
	case 401:
	case 403: return ERR_FORBIDDEN;
	case 404: return ERR_NOT_FOUND;
	case 409: return ERR_CONFLICT;
	case 429: return ERR_LIMIT;
	default: return status >= 500 ? ERR_UNREACHABLE : ERR_PROTOCOL;
	}
}

static void finish_with_answer(struct request *q)
{
	char path[ROUTE_SHOWN_BYTES], code[24] = "";
	const struct rest_reply *a = &q->reply;
	if (a->code)
		snprintf(code, sizeof code, ", code %d", a->code);
	err_set(&q->err, code_for(a->status), "%s %s: Discord answered %d%s%s%s", route_method_name(q->method),
		shown_path(q, path), a->status, code, a->message[0] ? ": " : "", a->message);
	finish(q);
}

/* Would doing it twice be the same as doing it once? The first answer to an interaction is: the second one is refused. */
static bool may_repeat(const struct request *q)
{
	return !q->once && (q->method != REST_POST || q->has_nonce || q->first_answer);
}

static uint64_t backoff_ms(const struct request *q)
{
	if (q->interaction)
		return INTERACTION_BACKOFF_MS * (uint64_t)q->tries;
	uint64_t ms = (uint64_t)BACKOFF_FIRST_MS << (q->tries - 1);
	if (ms > BACKOFF_MAX_MS)
		ms = BACKOFF_MAX_MS;
	return ms / 2 + rand_below(ms / 2 + 1);
}

/* Keeps its place in the line, so that those behind it stay behind it. */
static void send_again(struct request *q, uint64_t wait_ms)
{
	q->state = REQUEST_WAITING;
	q->not_before_ms = clock_mono_ms() + wait_ms;
	q->rest->waiting++;
	q->rest->stats.retries++;
	memset(&q->reply, 0, sizeof q->reply);
}

static void judge_lost(struct request *q, const struct err *err)
{
	if (q->tries < REST_TRIES_MAX && may_repeat(q))
		send_again(q, backoff_ms(q));
	else if (err)
		finish_with(q, err->code, err->text);
	else if (q->reply.status >= 500)
		finish_with_answer(q);
	else
		finish_with(q, ERR_PROTOCOL, "the answer is not one of Discord's (no whole JSON)");
}

static void judge_429(struct request *q)
{
	q->rest->stats.rate_limited++;
	if (q->tries < REST_TRIES_MAX)
		send_again(q, 0); /* the bucket, or the global block, knows how long */
	else
		finish_with_answer(q);
}

static void judge_401(struct request *q)
{
	finish_with_answer(q);
	if (q->interaction) /* only this interaction's token has ended */
		return;
	q->rest->unauthorized = true;
	fail_all_waiting(q->rest, ERR_FORBIDDEN, "not sent, because Discord does not accept the bot token");
}

static void judge(struct request *q, bool whole, const struct err *err)
{
	int status = q->reply.status;
	bool success = status >= 200 && status < 300;
	if (err || status >= 500 || (success && !whole))
		judge_lost(q, err);
	else if (status == 429)
		judge_429(q);
	else if (status == 401)
		judge_401(q);
	else if (success)
		finish(q);
	else if (q->reply.code == 40060 && q->tries > 1 && q->first_answer && !q->replayed) {
		q->reply.status = 204; /* acknowledged: by our own earlier try, whose answer was lost */
		finish(q);
	} else
		finish_with_answer(q);
}

/* ---- under way ---- */

struct header_source {
	struct http_peer *peer;
	ticket http;
};

static struct str header_of(const char *name, void *arg)
{
	const struct header_source *s = arg;
	return http_header_of(s->peer, s->http, name);
}

static void on_head(ticket t, const struct http_response *head, void *arg)
{
	struct request *q = arg;
	struct header_source source = {q->rest->peer, t};
	rest_reader_head(q->reader, head->status, header_of, &source);
}

static void on_body(ticket t, struct str bytes, void *arg)
{
	struct request *q = arg;
	(void)t;
	rest_reader_body(q->reader, bytes);
}

static void not_under_way(struct request *q, const struct ratelimit_answer *answer)
{
	struct rest *r = q->rest;
	ratelimit_answered(&r->limits, q->bucket, &q->route, q->method == REST_GET, answer, clock_mono_ms());
	r->all_sent--;
	r->others_sent -= !q->interaction;
	q->http = TICKET_NONE;
}

static void pump(struct rest *r);

static void on_end(ticket t, const struct err *err, void *arg)
{
	struct request *q = arg;
	struct rest *r = q->rest;
	(void)t;
	bool whole = rest_reader_end(q->reader);
	q->reply = q->reader->reply;
	uint64_t took_us = clock_mono_us() - q->sent_us;
	q->reply.took_ms = (uint32_t)(took_us / 1000);
	not_under_way(q, q->reply.status ? &q->reader->limits : NULL);
	drop_reader(q);
	if (q->reply.status) {
		r->stats.last_latency_ms = q->reply.took_ms;
		histogram_add(&r->stats.durations, took_us);
	}
	judge(q, whole, err);
	r->stats.invalid = rest_invalid(r);
	pump(r);
	call_back(r);
}

/* The bytes go with the request; a copy stays for the next try. */
static bool write_body(const struct request *q, struct buf *body, char type[MULTIPART_TYPE_BYTES])
{
	if (!q->file_name[0]) {
		str_copy(type, MULTIPART_TYPE_BYTES, STR("application/json"));
		return buf_add_view(body, buf_view(&q->body));
	}
	const struct multipart_file file = {q->file_name, q->file_type, buf_view(&q->file)};
	return multipart_write(body, type, buf_view(&q->body), &file);
}

static unsigned head_timeout_ms(const struct request *q)
{
	if (q->file_name[0])
		return FILE_HEAD_TIMEOUT_MS;
	return q->interaction ? INTERACTION_HEAD_TIMEOUT_MS : HEAD_TIMEOUT_MS;
}

static ticket start_http(struct request *q, struct err *err)
{
	static const struct http_handler handler = {on_head, on_body, on_end};
	struct rest *r = q->rest;
	struct http_header authorization = {"Authorization", r->authorization};
	char type[MULTIPART_TYPE_BYTES];
	struct buf body;
	buf_init(&body, MEM_REST,
		REST_BODY_BYTES_MAX + (q->file_name[0] ? REST_FILE_BYTES_MAX + MULTIPART_FRAME_BYTES : 0));
	if (!write_body(q, &body, type)) {
		buf_clear(&body);
		err_set(err, ERR_MEMORY, "no memory");
		return TICKET_NONE;
	}
	/* These methods say "Content-Length: 0" when they have nothing to say. */
	bool has_body = body.length || q->method == REST_POST || q->method == REST_PUT || q->method == REST_PATCH;
	struct http_request h = {.method = route_method_name(q->method),
		.path = q->path,
		.headers = &authorization,
		.header_count = q->interaction ? 0 : 1,
		.content_type = body.length ? type : NULL,
		.body = has_body ? &body : NULL,
		.head_timeout_ms = head_timeout_ms(q),
		.idle_timeout_ms = BODY_IDLE_TIMEOUT_MS};
	ticket t = http_request(r->peer, &h, &handler, q, err);
	buf_clear(&body);
	return t;
}

static void send_now(struct request *q, int bucket, uint64_t now)
{
	struct rest *r = q->rest;
	struct err err = {0};
	q->state = REQUEST_SENT;
	q->bucket = bucket;
	q->sent_us = clock_mono_us();
	q->tries++;
	r->waiting--;
	r->all_sent++;
	r->others_sent += !q->interaction;
	r->stats.requests++;
	ratelimit_sent(&r->limits, bucket, q->method == REST_GET, q->interaction, now);
	q->reader = mem_alloc(MEM_REST, sizeof *q->reader);
	if (q->reader) {
		rest_reader_init(q->reader, q->fields, q->field_count, q->on_field, q->arg);
		q->http = start_http(q, &err);
	} else {
		err_set(&err, ERR_MEMORY, "no memory");
	}
	if (q->http)
		return;
	not_under_way(q, NULL);
	drop_reader(q);
	judge_lost(q, &err);
}

/* ---- the line ---- */

static void soonest(uint64_t *wait, uint64_t candidate)
{
	if (candidate < *wait)
		*wait = candidate;
}

static unsigned at_once_max(const struct request *q)
{
	return q->first_answer ? CONNECTIONS_MAX : LATER_AT_ONCE_MAX;
}

/* ms until q may go; UINT64_MAX: when something else has ended. */
static uint64_t wait_of(struct rest *r, struct request *q, int bucket, uint64_t now)
{
	uint64_t wait = ratelimit_wait_ms(&r->limits, bucket, q->method == REST_GET, q->interaction, now);
	uint64_t own = q->not_before_ms > now ? q->not_before_ms - now : 0;
	if (own > wait)
		wait = own;
	if (wait == 0 && (r->all_sent >= at_once_max(q) || (!q->interaction && r->others_sent >= OTHERS_AT_ONCE_MAX)))
		return UINT64_MAX;
	return wait;
}

static bool expire(struct request *q, uint64_t now, uint64_t *wait)
{
	if (!q->expires_at_ms)
		return false;
	if (q->expires_at_ms <= now) {
		finish_with(q, ERR_TIMEOUT, "not sent, because it would have come too late");
		return true;
	}
	soonest(wait, q->expires_at_ms - now);
	return false;
}

/* First answers have 3 s and somebody who looks at "thinking …": they overtake everything. */
enum urgency { URGENT, SOON, LATER };

static enum urgency urgency_of(const struct request *q)
{
	return q->first_answer ? URGENT : q->interaction ? SOON : LATER;
}

static void pump_some(struct rest *r, enum urgency urgency, uint64_t now, uint64_t *wait)
{
	list_each_safe (pos, &r->line) {
		struct request *q = list_item(pos, struct request, link);
		if (q->state != REQUEST_WAITING || urgency_of(q) != urgency || expire(q, now, wait))
			continue;
		int bucket = ratelimit_bucket_of(&r->limits, &q->route, now);
		if (bucket < 0) {
			soonest(wait, NO_MEMORY_WAIT_MS);
			continue;
		}
		if (ratelimit_held_up(&r->limits, bucket))
			continue;
		uint64_t until = wait_of(r, q, bucket, now);
		if (until == 0)
			send_now(q, bucket, now);
		else
			soonest(wait, until);
		if (q->state == REQUEST_WAITING) /* also when it could not be started */
			ratelimit_hold_up(&r->limits, bucket);
	}
}

static void pump(struct rest *r)
{
	uint64_t now = clock_mono_ms(), wait = UINT64_MAX;
	if (!r->waiting)
		return;
	fail_if_too_many_invalid(r);
	ratelimit_begin_scan(&r->limits);
	for (enum urgency u = URGENT; u <= LATER; u++)
		pump_some(r, u, now, &wait);
	/* What could not even be started has a time for its next try. */
	list_each (pos, &r->line) {
		const struct request *q = list_item(pos, struct request, link);
		if (q->state == REQUEST_WAITING && q->not_before_ms > now)
			soonest(&wait, q->not_before_ms - now);
	}
	if (wait != UINT64_MAX)
		timer_set_sooner(r->timer, wait);
}

static void on_timer(void *arg)
{
	struct rest *r = arg;
	pump(r);
	call_back(r);
}

/* ---- asking ---- */

static bool may_ask(struct rest *r, const struct rest_request *q, struct err *err)
{
	if (r->unauthorized)
		return err_set(err, ERR_FORBIDDEN,
			"Discord does not accept the bot token; nothing is sent until it is changed");
	if (!r->authorization && !q->interaction)
		return err_set(err, ERR_FORBIDDEN, "there is no bot token yet");
	if (too_many_invalid(rest_invalid(r), q->interaction))
		return err_set(
			err, ERR_LIMIT, "too many of the last requests were refused by Discord; waiting some minutes");
	if (r->tickets.live >= REST_QUEUE_MAX)
		return err_set(err, ERR_LIMIT, "%d requests to Discord are waiting already", REST_QUEUE_MAX);
	if (q->body && (q->body->overflow || q->body->length > REST_BODY_BYTES_MAX))
		return err_set(err, ERR_LIMIT, "the request to Discord is larger than %d bytes", REST_BODY_BYTES_MAX);
	if (q->file && (q->file->data->overflow || q->file->data->length > REST_FILE_BYTES_MAX))
		return err_set(err, ERR_LIMIT, "the file for Discord is larger than %d bytes", REST_FILE_BYTES_MAX);
	if (q->path[0] != '/' || !is_plain(q->path, PATH_BYTES_MAX))
		return err_set(err, ERR_INPUT, "a path that cannot be sent");
	return true;
}

static struct request *request_new(struct rest *r, const struct rest_request *ask)
{
	struct request *q = mem_zalloc(MEM_REST, sizeof *q);
	size_t base = strlen(r->base_path), path = strlen(ask->path);
	char *full = q ? mem_alloc(MEM_REST, base + path + 1) : NULL;
	if (!full) {
		mem_free(q);
		return NULL;
	}
	memcpy(full, r->base_path, base);
	memcpy(full + base, ask->path, path + 1);
	q->rest = r;
	q->path = full;
	list_init(&q->link);
	buf_init(&q->body, MEM_REST, REST_BODY_BYTES_MAX);
	buf_init(&q->file, MEM_REST, REST_FILE_BYTES_MAX);
	q->method = ask->method;
	q->route = route_of(ask->method, ask->path);
	q->interaction = ask->interaction;
	q->first_answer = ask->interaction && str_starts(str_of(ask->path), "/interactions/");
	q->once = ask->once;
	q->has_nonce = ask->has_nonce;
	q->replayed = ask->replayed;
	q->expires_at_ms = ask->expires_ms ? clock_mono_ms() + ask->expires_ms : 0;
	q->fields = ask->fields;
	q->field_count = ask->field_count;
	q->on_field = ask->on_field;
	return q;
}

/* Moves the caller's bytes over; they are ours to free whatever happens. */
static void take_body(struct buf *to, struct buf *from)
{
	to->data = from->data;
	to->length = from->length;
	to->capacity = from->capacity;
	buf_init(from, from->owner, from->max);
}

ticket rest_send(struct rest *r, const struct rest_request *ask, rest_done_fn *on_done, void *arg, struct err *err)
{
	struct request *q = NULL;
	if (!may_ask(r, ask, err))
		goto refuse;
	q = request_new(r, ask);
	if (!q || !(q->number = ticket_issue(&r->tickets, q))) {
		err_set(err, ERR_MEMORY, "no memory for a request to Discord");
		goto refuse;
	}
	if (ask->body)
		take_body(&q->body, ask->body);
	if (ask->file) {
		take_body(&q->file, ask->file->data);
		str_copy(q->file_name, sizeof q->file_name, str_of(ask->file->name));
		q->file_type = ask->file->content_type;
	}
	q->on_done = on_done;
	q->arg = arg;
	list_append(&r->line, &q->link);
	r->waiting++;
	pump(r);
	return q->number;
refuse:
	request_free(q);
	if (ask->body)
		buf_clear(ask->body);
	if (ask->file)
		buf_clear(ask->file->data);
	return TICKET_NONE;
}

void rest_cancel(struct rest *r, ticket t)
{
	struct request *q = ticket_redeem(&r->tickets, t);
	if (!q)
		return;
	if (q->state == REQUEST_WAITING)
		r->waiting--;
	if (q->state == REQUEST_SENT) {
		http_cancel(r->peer, q->http);
		not_under_way(q, NULL);
	}
	request_free(q);
	timer_set_sooner(r->timer, 0); /* somebody behind it may go now */
}

unsigned rest_wait_ms(const struct rest *r, enum rest_method method, const char *path, unsigned spare)
{
	uint64_t now = clock_mono_ms();
	struct route route = route_of(method, path);
	int bucket = ratelimit_find(&r->limits, &route);
	uint64_t wait = bucket < 0 ? ratelimit_global_wait_ms(&r->limits, now)
				   : ratelimit_wait_ms(&r->limits, bucket, method == REST_GET, route.by_token, now);
	uint64_t for_spare = bucket < 0 ? 0 : ratelimit_spare_wait_ms(&r->limits, bucket, spare, now);
	wait = wait < for_spare ? for_spare : wait;
	list_each (pos, &r->line) {
		const struct request *q = list_item(pos, struct request, link);
		if (wait < BUSY_MS && q->route.key == route.key && q->route.major == route.major)
			wait = BUSY_MS;
	}
	if (wait == RATELIMIT_IN_FLIGHT)
		return BUSY_MS;
	return (unsigned)wait;
}

void rest_close_idle(struct rest *r)
{
	http_peer_close_idle(r->peer);
}

void rest_trim(struct rest *r)
{
	ratelimit_trim(&r->limits, clock_mono_ms());
}

struct rest_stats rest_stats_of(const struct rest *r)
{
	struct rest_stats s = r->stats;
	s.waiting = r->waiting + r->all_sent;
	s.invalid = rest_invalid(r);
	return s;
}
