#include "docker/docker.h"

#include "docker/docker_inside.h"
#include "docker/self.h"
#include "net/http_client.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	TLS_PORT = 2376, /* what Docker's own client takes for tcp:// with certificates */
	PLAIN_PORT = 2375,
	/* the event stream, logs, actions, and room for the small questions */
	CONNECTIONS_MAX = 1 + DOCKER_LOG_STREAMS_MAX + DOCKER_ACTIONS_AT_ENGINE_MAX + 7,
	REQUESTS_WAITING_MAX = DOCKER_JOBS_MAX,
	IDLE_CLOSE_MS = 30000 /* longer than from one container's figures to the next: their connection is used again */
};

/* ---- connecting ---- */

static bool certificate_path(char *to, size_t size, const char *folder, const char *name)
{
	int n = snprintf(to, size, "%s/%s", folder, name);
	return n > 0 && (size_t)n < size && access(to, R_OK) == 0;
}

static bool peer_new(struct docker *d, struct net *net, const struct docker_options *o, struct err *err)
{
	char ca[512], cert[512], key[512];
	struct url url;
	const char *host = o->host && *o->host ? o->host : "unix:///var/run/docker.sock";
	if (!url_parse(str_of(host), &url, err))
		return false;
	if (url.scheme == URL_WS || url.scheme == URL_WSS)
		return err_set(err, ERR_INPUT, "DOCKER_HOST must be unix://, tcp:// or https://");
	bool tls = (o->cert_path || o->tls_verify) && url.scheme == URL_TCP;
	if (tls) {
		url.scheme = URL_HTTPS;
		url.port = url.port == PLAIN_PORT ? TLS_PORT : url.port;
	}
	struct http_peer_options p = {
		.connections_max = CONNECTIONS_MAX,
		.waiting_max = REQUESTS_WAITING_MAX,
		.idle_close_ms = IDLE_CLOSE_MS,
		.user_agent = "ddc/" DDC_VERSION,
		.tls_no_verify = url_is_tls(&url) && !o->tls_verify,
	};
	if (o->cert_path && url_is_tls(&url)) {
		p.tls_ca_file = certificate_path(ca, sizeof ca, o->cert_path, "ca.pem") ? ca : NULL;
		p.tls_cert_file = certificate_path(cert, sizeof cert, o->cert_path, "cert.pem") ? cert : NULL;
		p.tls_key_file = certificate_path(key, sizeof key, o->cert_path, "key.pem") ? key : NULL;
	}
	d->peer = http_peer_new(net, &url, &p, err);
	return d->peer;
}

struct docker *docker_new(struct loop *loop, struct net *net, const struct docker_options *options,
	const struct docker_listener *listener, void *arg, struct err *err)
{
	struct docker *d = mem_zalloc(MEM_DOCKER, sizeof *d);
	if (!d) {
		err_set(err, ERR_MEMORY, "no memory for the Docker client");
		return NULL;
	}
	*d = (struct docker){.loop = loop,
		.listener = *listener,
		.arg = arg,
		.action_timeout_ms = options->action_timeout_ms,
		.may_read_usage = options->may_read_usage,
		.may_read_usage_arg = options->may_read_usage_arg,
		.limits = {.containers_max = options->containers_max}};
	list_init(&d->calls);
	containers_init(&d->containers, options->containers_max ? options->containers_max : DOCKER_CONTAINERS_MAX);
	d->containers.is_wanted = options->is_wanted;
	d->containers.arg = options->wanted_arg;
	self_id(d->containers.self);
	jobs_init(d);
	logs_init(d);
	bool ready = inspect_init(d);
	ready = usage_init(d) && ready;
	ready = listing_init(d) && ready;
	ready = link_init(d) && ready;
	if (!ready)
		err_set(err, ERR_MEMORY, "no memory for the Docker client's timers");
	if (ready && peer_new(d, net, options, err))
		return d;
	docker_free(d);
	return NULL;
}

void docker_free(struct docker *d)
{
	if (!d)
		return;
	inspect_clear(d); /* before jobs and logs, that they would call */
	usage_clear(d);
	jobs_clear(d);
	logs_clear(d);
	events_close(d);
	listing_clear(d);
	call_cancel(d->link_call);
	link_clear(d);
	http_peer_free(d->peer);
	containers_clear(&d->containers);
	mem_free(d);
}

/* ---- looking ---- */

enum docker_link docker_link_of(const struct docker *d)
{
	return d->link;
}

const struct err *docker_link_error(const struct docker *d)
{
	return &d->why;
}

const char *docker_engine_version(const struct docker *d)
{
	return d->engine;
}

const char *docker_api_version(const struct docker *d)
{
	return d->api_text;
}

int64_t docker_down_since_s(const struct docker *d)
{
	return d->down_since_s;
}

const struct container *docker_find(const struct docker *d, struct str name)
{
	struct entry *e = containers_find(&d->containers, name);
	if (e)
		usage_forget_old(d, e);
	return e ? &e->c : NULL;
}

enum container_state docker_state_of(const struct docker *d, struct str name)
{
	const struct container *c = docker_find(d, name);
	const struct left_out *out = &d->containers.out;
	if (c)
		return c->stale ? CONTAINER_UNKNOWN : c->state;
	/* Missing is what an engine says that answers; one that does not, or not yet, says nothing. */
	if (d->link != DOCKER_UP || !d->known)
		return CONTAINER_UNKNOWN;
	if (left_out_has(out, name))
		return CONTAINER_BEYOND;
	return out->wanted > out->known_count ? CONTAINER_UNKNOWN : CONTAINER_MISSING;
}

unsigned docker_container_count(const struct docker *d)
{
	return d->containers.count;
}

const struct container *docker_container_at(const struct docker *d, unsigned index)
{
	struct entry *e = index < d->containers.count ? d->containers.at[index] : NULL;
	if (e)
		usage_forget_old(d, e);
	return e ? &e->c : NULL;
}

unsigned docker_containers_beyond_max(const struct docker *d)
{
	return d->containers.out.count;
}

_Static_assert((int)DOCKER_BEYOND_NAMES == (int)LEFT_OUT_NAMES, "all names that are kept are told");

struct docker_beyond docker_beyond_of(const struct docker *d)
{
	const struct left_out *out = &d->containers.out;
	struct docker_beyond b = {.count = out->count, .wanted = out->wanted, .max = d->containers.max};
	for (unsigned i = 0; i < out->named; i++)
		b.names[i] = out->names[i];
	return b;
}

struct docker_stats docker_stats_of(const struct docker *d)
{
	return d->stats;
}
