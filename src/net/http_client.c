#include "net/http_client.h"

#include "base/clock.h"
#include "net/http_client_inside.h"
#include "net/net_inside.h"

#include <stdio.h>
#include <string.h>

enum { REQUEST_HEAD_BYTES_MAX = 8192, CONNECTIONS_MAX = 32 };

/* ---- peers ---- */

static void on_kick(void *arg);
static void on_idle_timer(void *arg);

static bool choose_tls(struct http_peer *p, const struct http_peer_options *o, struct err *err)
{
	bool special = o->tls_ca_file || o->tls_cert_file || o->tls_key_file || o->tls_no_verify;
	if (!url_is_tls(&p->url) && !(p->url.scheme == URL_TCP && special))
		return true;
	if (special)
		p->own_tls = tls_profile_new(&(struct tls_options){.roots = p->net->roots,
						     .ca_file = o->tls_ca_file,
						     .cert_file = o->tls_cert_file,
						     .key_file = o->tls_key_file,
						     .no_verify = o->tls_no_verify},
			err);
	p->tls = special ? p->own_tls : net_tls(p->net, err);
	return p->tls != NULL;
}

static void name_peer(struct http_peer *p)
{
	const char *brackets = strchr(p->url.host, ':') ? "[]" : "";
	if (p->url.scheme == URL_UNIX)
		str_copy(p->name, sizeof p->name, str_of(p->url.path));
	else
		snprintf(p->name, sizeof p->name, "%.1s%s%.1s:%u", brackets, p->url.host, brackets + (*brackets != 0),
			p->url.port);
}

struct http_peer *http_peer_new(struct net *n, const struct url *u, const struct http_peer_options *o, struct err *err)
{
	struct http_peer *p = mem_zalloc(MEM_NET, sizeof *p);
	if (!p)
		goto no_memory;
	p->net = n;
	p->url = *u;
	p->options = *o;
	p->options.tls_ca_file = p->options.tls_cert_file = p->options.tls_key_file = NULL;
	list_init(&p->waiting);
	list_init(&p->conns);
	if (o->connections_max < 1 || o->connections_max > CONNECTIONS_MAX)
		p->options.connections_max = o->connections_max ? CONNECTIONS_MAX : 1;
	ticket_table_init(&p->tickets, MEM_NET, TICKETS_MAX);
	name_peer(p);
	p->kick = timer_new(n->loop, on_kick, p);
	p->idle_timer = timer_new(n->loop, on_idle_timer, p);
	if (!p->kick || !p->idle_timer)
		goto no_memory;
	if (choose_tls(p, o, err))
		return p;
	http_peer_free(p);
	return NULL;
no_memory:
	http_peer_free(p);
	err_set(err, ERR_MEMORY, "no memory for an HTTP client");
	return NULL;
}

/* Unhooks r from everything, and frees it. Its connection is left without a request. */
static void request_free(struct request *r)
{
	struct http_peer *p = r->peer;
	if (r->conn)
		r->conn->request = NULL;
	else if (!list_empty(&r->link))
		p->waiting_count--;
	list_remove(&r->link);
	ticket_redeem(&p->tickets, r->number);
	timer_free(r->timer);
	buf_clear(&r->head);
	buf_clear(&r->body);
	mem_free(r);
}

void http_peer_free(struct http_peer *p)
{
	if (!p)
		return;
	list_each_safe (pos, &p->conns) {
		struct http_conn *c = list_item(pos, struct http_conn, link);
		if (c->request)
			request_free(c->request);
		conn_free(c);
	}
	list_each_safe (pos, &p->waiting)
		request_free(list_item(pos, struct request, link));
	timer_free(p->kick);
	timer_free(p->idle_timer);
	ticket_table_clear(&p->tickets);
	tls_profile_free(p->own_tls);
	mem_free(p);
}

struct http_peer_stats http_peer_stats_of(const struct http_peer *p)
{
	struct http_peer_stats s = p->stats;
	s.connections = p->conn_count;
	s.waiting = p->waiting_count;
	s.busy = 0;
	list_each (pos, &p->conns)
		s.busy += list_item(pos, struct http_conn, link)->request != NULL;
	return s;
}

/* ---- connections that wait for work ---- */

void http_peer_close_idle(struct http_peer *p)
{
	list_each_safe (pos, &p->conns) {
		struct http_conn *c = list_item(pos, struct http_conn, link);
		if (!c->request)
			conn_free(c);
	}
}

static void on_idle_timer(void *arg)
{
	struct http_peer *p = arg;
	uint64_t now = clock_mono_ms();
	list_each_safe (pos, &p->conns) {
		struct http_conn *c = list_item(pos, struct http_conn, link);
		if (c->request)
			continue;
		if (c->idle_until_ms <= now)
			conn_free(c);
		else
			timer_set_sooner(p->idle_timer, c->idle_until_ms - now);
	}
}

static void make_idle(struct http_conn *c)
{
	c->state = CONN_IDLE;
	c->resume = false;
	c->idle_until_ms = clock_mono_ms() + c->peer->options.idle_close_ms;
	buf_clear(&c->in);
	timer_set_sooner(c->peer->idle_timer, c->peer->options.idle_close_ms);
	conn_update_flow(c);
}

/* ---- the line ---- */

/* The one used last: the others can grow old and be closed. */
static struct http_conn *find_idle(struct http_peer *p)
{
	struct http_conn *best = NULL;
	list_each (pos, &p->conns) {
		struct http_conn *c = list_item(pos, struct http_conn, link);
		if (!c->request && (!best || c->idle_until_ms > best->idle_until_ms))
			best = c;
	}
	return best;
}

static void start_waiting(struct http_peer *p)
{
	while (!list_empty(&p->waiting)) {
		struct request *r = list_item(list_first(&p->waiting), struct request, link);
		struct http_conn *c = find_idle(p);
		struct err err;
		if (!c && p->conn_count >= p->options.connections_max)
			return;
		if (!c && !(c = conn_new(p, &err))) {
			request_fail(r, &err); /* kicks again */
			return;
		}
		list_remove(&r->link);
		p->waiting_count--;
		conn_start(c, r);
	}
}

static void on_kick(void *arg)
{
	struct http_peer *p = arg;
	list_each (pos, &p->conns) {
		struct http_conn *c = list_item(pos, struct http_conn, link);
		if (c->resume) {
			timer_set(p->kick, 0);
			conn_resume(c); /* anything may have changed: look again from the start */
			return;
		}
	}
	start_waiting(p);
}

/* ---- the end of a request ---- */

static void finish(struct request *r, const struct err *err, bool reusable)
{
	struct http_handler handler = r->handler;
	struct http_peer *p = r->peer;
	struct http_conn *c = r->conn;
	ticket number = r->number;
	void *arg = r->arg;
	request_free(r);
	if (c && reusable && p->options.idle_close_ms)
		make_idle(c);
	else
		conn_free(c);
	p->stats.failures += err != NULL;
	timer_set(p->kick, 0);
	handler.on_end(number, err, arg);
}

void request_done(struct request *r, bool reusable)
{
	finish(r, NULL, reusable);
}

void request_fail(struct request *r, const struct err *err)
{
	struct err copy = *err; /* it may live in what ends now */
	finish(r, &copy, false);
}

void request_put_back(struct request *r)
{
	r->repeated = true;
	r->sent = 0;
	list_insert_before(r->peer->waiting.next, &r->link);
	r->peer->waiting_count++;
	timer_set(r->peer->kick, 0);
}

void request_restart_timer(struct request *r, unsigned delay_ms)
{
	if (delay_ms && !r->paused)
		timer_set(r->timer, delay_ms);
	else
		timer_stop(r->timer);
}

static void on_request_timer(void *arg)
{
	struct request *r = arg;
	const char *name = r->peer->name;
	struct err err;
	if (r->has_head)
		err_set(&err, ERR_TIMEOUT, "%.100s sent nothing for %u ms in the middle of its answer", name,
			r->idle_timeout_ms);
	else if (!r->conn)
		err_set(&err, ERR_TIMEOUT, "all connections to %.100s were busy for %u ms", name, r->head_timeout_ms);
	else if (!stream_is_open(r->conn->stream))
		err_set(&err, ERR_TIMEOUT, "no connection to %.100s within %u ms (still %s)", name, r->head_timeout_ms,
			stream_state_name(r->conn->stream));
	else
		err_set(&err, ERR_TIMEOUT, "%.100s gave no answer within %u ms", name, r->head_timeout_ms);
	request_fail(r, &err);
}

/* ---- asking ---- */

static bool check_request(const struct http_peer *p, const struct http_request *q, struct err *err)
{
	unsigned unused = p->options.connections_max > p->conn_count ? p->options.connections_max - p->conn_count : 0;
	list_each (pos, &p->conns)
		unused += !list_item(pos, struct http_conn, link)->request;
	if (p->waiting_count >= p->options.waiting_max + unused)
		return err_set(err, ERR_LIMIT, "%u requests to %.100s wait already", p->waiting_count, p->name);
	if (!http1_is_token(q->method) || strlen(q->method) >= METHOD_BYTES)
		return err_set(err, ERR_INPUT, "not an HTTP method");
	if (q->path[0] != '/' || !http1_is_target(q->path))
		return err_set(err, ERR_INPUT, "a request's path must start with / and contain no blanks");
	for (size_t i = 0; i < q->header_count; i++)
		if (!http1_is_token(q->headers[i].name) || !http1_is_value(q->headers[i].value))
			return err_set(err, ERR_INPUT, "the header %.40s is malformed", q->headers[i].name);
	if (q->content_type && !http1_is_value(q->content_type))
		return err_set(err, ERR_INPUT, "the content type is malformed");
	if (q->body && q->body->length > HTTP_BODY_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a request's body must not exceed %d MiB", HTTP_BODY_BYTES_MAX >> 20);
	return true;
}

static bool may_have_body(const char *method)
{
	return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static void write_host(const struct http_peer *p, struct buf *b)
{
	bool usual = p->url.port == (url_is_tls(&p->url) ? 443 : 80);
	const char *colon = usual ? strrchr(p->name, ':') : NULL;
	int length = colon ? (int)(colon - p->name) : (int)strlen(p->name);
	if (p->url.scheme == URL_UNIX)
		buf_add_str(b, "Host: localhost\r\n");
	else
		buf_printf(b, "Host: %.*s\r\n", length, p->name);
}

/* Content-Length is said even if it is 0 where a server could wait for a body (RFC 9110, 8.6). */
static bool write_head(struct request *r, const struct http_request *q)
{
	struct http_peer *p = r->peer;
	struct buf *b = &r->head;
	buf_printf(b, "%s %s HTTP/1.1\r\n", q->method, q->path);
	write_host(p, b);
	if (p->options.user_agent)
		buf_printf(b, "User-Agent: %s\r\n", p->options.user_agent);
	for (size_t i = 0; i < q->header_count; i++)
		buf_printf(b, "%s: %s\r\n", q->headers[i].name, q->headers[i].value);
	if (q->content_type && r->body.length)
		buf_printf(b, "Content-Type: %s\r\n", q->content_type);
	if (r->body.length || may_have_body(q->method))
		buf_printf(b, "Content-Length: %zu\r\n", r->body.length);
	return buf_add_str(b, "\r\n") && !b->overflow;
}

static struct request *request_new(struct http_peer *p, const struct http_request *q, struct err *err)
{
	struct request *r = mem_zalloc(MEM_NET, sizeof *r);
	if (!r) {
		err_set(err, ERR_MEMORY, "no memory for a request");
		return NULL;
	}
	r->peer = p;
	list_init(&r->link);
	buf_init(&r->head, MEM_NET, REQUEST_HEAD_BYTES_MAX);
	buf_init(&r->body, MEM_NET, HTTP_BODY_BYTES_MAX);
	str_copy(r->method, sizeof r->method, str_of(q->method));
	if (q->body) {
		r->body = *q->body;
		buf_init(q->body, q->body->owner, q->body->max);
	}
	r->timer = timer_new(p->net->loop, on_request_timer, r);
	r->number = ticket_issue(&p->tickets, r);
	if (r->timer && r->number != TICKET_NONE && write_head(r, q))
		return r;
	err_set(err, ERR_LIMIT, "the request to %.100s has too many or too long headers, or there is no memory",
		p->name);
	request_free(r);
	return NULL;
}

ticket http_request(
	struct http_peer *p, const struct http_request *q, const struct http_handler *h, void *arg, struct err *err)
{
	struct request *r = check_request(p, q, err) ? request_new(p, q, err) : NULL;
	if (!r) {
		if (q->body)
			buf_clear(q->body);
		return TICKET_NONE;
	}
	r->handler = *h;
	r->arg = arg;
	r->head_timeout_ms = q->head_timeout_ms;
	r->idle_timeout_ms = q->idle_timeout_ms;
	request_restart_timer(r, r->head_timeout_ms);
	list_append(&p->waiting, &r->link);
	p->waiting_count++;
	p->stats.requests++;
	timer_set(p->kick, 0);
	return r->number;
}

void http_cancel(struct http_peer *p, ticket t)
{
	struct request *r = ticket_item(&p->tickets, t);
	if (!r)
		return;
	struct http_conn *c = r->conn;
	bool unused = c && c->state == CONN_HEAD && r->sent == 0;
	request_free(r);
	if (unused && p->options.idle_close_ms)
		make_idle(c);
	else
		conn_free(c);
	timer_set(p->kick, 0);
}

void http_pause(struct http_peer *p, ticket t, bool paused)
{
	struct request *r = ticket_item(&p->tickets, t);
	if (!r || r->paused == paused)
		return;
	r->paused = paused;
	if (r->has_head)
		request_restart_timer(r, r->idle_timeout_ms);
	if (!r->conn)
		return;
	r->conn->resume = !paused;
	conn_update_flow(r->conn);
	if (!paused)
		timer_set(p->kick, 0);
}

struct str http_header_of(struct http_peer *p, ticket t, const char *name)
{
	struct request *r = ticket_item(&p->tickets, t);
	if (!r || !r->conn || !r->conn->head)
		return (struct str){0};
	struct str value = http1_field(r->conn->head, name);
	if (value.n > HTTP_HEADER_BYTES_MAX)
		value.n = HTTP_HEADER_BYTES_MAX;
	return value;
}
