#include "web/web.h"

#include "base/mem.h"
#include "net/http_client.h" /* struct http_header */
#include "net/http_server.h"

#include <string.h>

enum { BODY_BYTES_MAX = 16 * 1024, HEADER_TIMEOUT_MS = 10000, BODY_TIMEOUT_MS = 20000, IDLE_TIMEOUT_MS = 30000 };

struct web {
	struct http_server *server;
	struct web_parts parts;
};

typedef void route_fn(struct web *w, struct http_exchange *x);

struct route {
	const char *method, *path;
	route_fn *handle;
};

/* Nothing that ddc sends may be framed, sniffed, cached or sent on. */
static const struct http_header common_headers[] = {
	{"cache-control", "no-store"},
	{"x-content-type-options", "nosniff"},
	{"x-frame-options", "DENY"},
	{"referrer-policy", "no-referrer"},
	{"content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
};

static void reply(struct http_exchange *x, int status, const char *type, struct buf *body)
{
	http_reply(x, status, type, common_headers, sizeof common_headers / sizeof *common_headers, body);
}

static void reply_error(struct http_exchange *x, int status, const char *sentence)
{
	struct buf body;
	buf_init(&body, MEM_WEB, BODY_BYTES_MAX);
	struct json_writer w = json_writer_on(&body);
	json_begin_object(&w, NULL);
	json_text(&w, "error", sentence);
	json_end_object(&w);
	buf_add_char(&body, '\n');
	reply(x, status, "application/json", &body);
	buf_clear(&body);
}

static void handle_health(struct web *w, struct http_exchange *x)
{
	struct buf body, more;
	struct web_health health = {0};
	buf_init(&body, MEM_WEB, BODY_BYTES_MAX);
	buf_init(&more, MEM_WEB, BODY_BYTES_MAX);
	struct json_writer details = json_writer_on(&more);
	json_begin_object(&details, NULL);
	w->parts.on_health(&health, &details, w->parts.arg);
	json_end_object(&details);

	struct json_writer j = json_writer_on(&body);
	json_begin_object(&j, NULL);
	json_text(&j, "status", health.well ? "ok" : "unwell");
	if (!health.well)
		json_text(&j, "reason", health.reason);
	json_text(&j, "version", DDC_VERSION);
	json_raw(&j, "details", buf_view(&more));
	json_end_object(&j);
	buf_add_char(&body, '\n');
	reply(x, health.well ? 200 : 503, "application/json", &body);
	buf_clear(&more);
	buf_clear(&body);
}

static void handle_front(struct web *w, struct http_exchange *x)
{
	struct buf body, ignored;
	struct web_health health = {0};
	buf_init(&body, MEM_WEB, BODY_BYTES_MAX);
	buf_init(&ignored, MEM_WEB, BODY_BYTES_MAX);
	struct json_writer details = json_writer_on(&ignored);
	json_begin_object(&details, NULL);
	w->parts.on_health(&health, &details, w->parts.arg);
	buf_clear(&ignored);
	buf_printf(&body,
		"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
		"<title>ddc</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 "
		"1rem;color:#222;background:#fff}@media(prefers-color-scheme:dark){body{color:#ddd;background:#1e1f22}a{"
		"color:#8ab4f8}}.ok{color:#2e9e5b}.no{color:#d9534f}</style>"
		"<h1>ddc %s</h1><p class=%s>%s</p><p>Everything is done from Discord today; this page will grow.</p>"
		"<p><a href=health>health</a></p>\n",
		DDC_VERSION, health.well ? "ok" : "no", health.well ? "All is well." : health.reason);
	reply(x, 200, "text/html; charset=utf-8", &body);
	buf_clear(&body);
}

static const struct route routes[] = {
	{"GET", "/", handle_front},
	{"GET", "/health", handle_health},
};

static void on_request(struct http_exchange *x, void *arg)
{
	struct web *w = arg;
	bool path_known = false;
	const char *method = http_exchange_method(x);
	if (strcmp(method, "HEAD") == 0)
		method = "GET"; /* the server leaves the body out */
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (strcmp(http_exchange_path(x), routes[i].path) != 0)
			continue;
		path_known = true;
		if (strcmp(method, routes[i].method) == 0) {
			routes[i].handle(w, x);
			return;
		}
	}
	if (path_known)
		reply_error(x, 405, "this address does not take that method");
	else
		reply_error(x, 404, "there is nothing at this address");
}

struct web *web_new(struct net *net, const struct web_options *options, const struct web_parts *parts, struct err *err)
{
	struct web *w = mem_zalloc(MEM_WEB, sizeof *w);
	if (!w) {
		err_set(err, ERR_MEMORY, "no memory for the web server");
		return NULL;
	}
	w->parts = *parts;
	const struct http_server_options o = {
		.bind = options->bind && options->bind[0] ? options->bind : NULL,
		.port = options->port,
		.connections_max = options->connections_max ? options->connections_max : WEB_CONNECTIONS_MAX,
		.header_timeout_ms = HEADER_TIMEOUT_MS,
		.body_timeout_ms = BODY_TIMEOUT_MS,
		.idle_timeout_ms = IDLE_TIMEOUT_MS,
		.body_bytes_max = BODY_BYTES_MAX,
	};
	w->server = http_server_new(net, &o, on_request, w, err);
	if (!w->server) {
		web_free(w);
		return NULL;
	}
	return w;
}

void web_free(struct web *w)
{
	if (!w)
		return;
	http_server_free(w->server);
	mem_free(w);
}

uint16_t web_port(const struct web *w)
{
	return http_server_port(w->server);
}
