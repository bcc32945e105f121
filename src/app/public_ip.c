#include "app/public_ip.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/http_client.h"

#include <string.h>

enum { SERVICES_BYTES = 1024, ANSWER_BYTES_MAX = 128 };

struct finder {
	struct loop *loop;
	struct net *net;
	finder_fn *on_found;
	void *arg;
	struct timer *limit;
	char services[SERVICES_BYTES];
	struct str rest; /* of services: not asked yet */
	unsigned asked;
	struct http_peer *peer; /* NULL: nothing under way */
	int status;
	struct buf answer;
	bool running;
	struct public_ip known, found;
	uint64_t until_ms; /* known is good until then */
};

static void next(void *arg);
static void finish(struct finder *f);

static void on_limit(void *arg)
{
	finish(arg);
}

struct finder *finder_new(struct loop *loop, struct net *net, finder_fn *on_found, void *arg)
{
	struct finder *f = mem_zalloc(MEM_APP, sizeof *f);
	if (!f)
		return NULL;
	*f = (struct finder){.loop = loop, .net = net, .on_found = on_found, .arg = arg};
	buf_init(&f->answer, MEM_APP, ANSWER_BYTES_MAX);
	f->limit = timer_new(loop, on_limit, f);
	if (f->limit)
		return f;
	mem_free(f);
	return NULL;
}

static void drop_peer(struct finder *f)
{
	http_peer_free(f->peer);
	f->peer = NULL;
}

void finder_free(struct finder *f)
{
	if (!f)
		return;
	loop_undefer(f->loop, next, f);
	drop_peer(f);
	timer_free(f->limit);
	buf_clear(&f->answer);
	mem_free(f);
}

static void finish(struct finder *f)
{
	bool any = f->found.v4[0] || f->found.v6[0];
	loop_undefer(f->loop, next, f);
	drop_peer(f);
	timer_stop(f->limit);
	f->running = false;
	f->known = f->found;
	f->until_ms = clock_mono_ms() + (any ? PUBLIC_IP_KEPT_MS : PUBLIC_IP_UNKNOWN_KEPT_MS);
	if (!any)
		log_warn("info",
			"the public address could not be found out: none of the services in DDC_PUBLIC_IP_SERVICES told it");
	f->on_found(&f->known, f->arg);
}

static void on_head(ticket t, const struct http_response *head, void *arg)
{
	struct finder *f = arg;
	(void)t;
	f->status = head->status;
}

static void on_body(ticket t, struct str bytes, void *arg)
{
	struct finder *f = arg;
	(void)t;
	buf_add_view(&f->answer, bytes);
}

static void on_end(ticket t, const struct err *err, void *arg)
{
	struct finder *f = arg;
	(void)t;
	if (err)
		log_debug("info", "a service for the public address did not answer: %s", err->text);
	else if (f->status != 200 || f->answer.overflow || !address_take(&f->found, buf_view(&f->answer)))
		log_debug("info", "a service for the public address answered something else (status %d)", f->status);
	/* the peer is still at work with this request: it is freed when that is over */
	loop_defer(f->loop, next, f);
}

static bool ask(struct finder *f, struct str service)
{
	static const struct http_handler handler = {on_head, on_body, on_end};
	static const struct http_peer_options options = {.connections_max = 1, .waiting_max = 1, .user_agent = "ddc"};
	struct url url;
	struct err err = {0};
	buf_reset(&f->answer);
	f->status = 0;
	if (!url_parse(service, &url, &err) ||
		(url.scheme != URL_HTTPS && !(url.scheme == URL_HTTP && url_is_loopback(&url)))) {
		log_warn("config", "DDC_PUBLIC_IP_SERVICES: '%.*s' is not used; services are https addresses",
			STR_ARG(service));
		return false;
	}
	f->peer = http_peer_new(f->net, &url, &options, &err);
	const struct http_request q = {.method = "GET",
		.path = url.path[0] ? url.path : "/",
		.head_timeout_ms = PUBLIC_IP_PATIENCE_MS,
		.idle_timeout_ms = PUBLIC_IP_PATIENCE_MS};
	if (f->peer && http_request(f->peer, &q, &handler, f, &err) != TICKET_NONE)
		return true;
	log_debug("info", "a service for the public address cannot be asked: %s", err.text);
	return false;
}

static void next(void *arg)
{
	struct finder *f = arg;
	drop_peer(f);
	while (!(f->found.v4[0] && f->found.v6[0]) && f->rest.n && f->asked < PUBLIC_IP_SERVICES_MAX) {
		struct str service = str_split(str_trim(f->rest), ' ', &f->rest);
		if (!service.n)
			continue;
		f->asked++;
		if (ask(f, service))
			return;
		drop_peer(f);
	}
	finish(f);
}

bool finder_ask(struct finder *f, const char *services, struct public_ip *ret)
{
	bool same = !strcmp(services, f->services);
	*ret = f->known;
	if (same && clock_mono_ms() < f->until_ms)
		return true;
	if (f->running)
		return false;
	if (!str_copy(f->services, sizeof f->services, str_of(services)))
		log_warn("config", "DDC_PUBLIC_IP_SERVICES is longer than %d bytes; the last ones are left out",
			SERVICES_BYTES - 1);
	f->rest = str_of(f->services);
	f->asked = 0;
	f->found = (struct public_ip){0};
	f->running = loop_defer(f->loop, next, f);
	if (f->running)
		timer_set(f->limit, PUBLIC_IP_ALL_MS);
	return !f->running;
}
