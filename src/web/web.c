#include "web/web.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/http_client.h" /* struct http_header */
#include "net/http_server.h"
#include "web/access.h"
#include "web/memory_page.h"

#include <limits.h>
#include <string.h>

enum { BODY_BYTES_MAX = 16 * 1024, HEADER_TIMEOUT_MS = 10000, BODY_TIMEOUT_MS = 20000, IDLE_TIMEOUT_MS = 30000 };

struct web {
	struct http_server *server;
	struct web_parts parts;
	char *metrics_token, *bind; /* NULL: none; all addresses */
};

typedef void route_fn(struct web *w, struct http_exchange *x);

struct route {
	const char *method, *path;
	route_fn *handle;
	bool always; /* also when memory is short */
};

/* Nothing that ddc sends may be framed, sniffed, cached or sent on. */
static const struct http_header common_headers[] = {
	{"cache-control", "no-store"},
	{"x-content-type-options", "nosniff"},
	{"x-frame-options", "DENY"},
	{"referrer-policy", "no-referrer"},
	{"content-security-policy",
		"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'"},
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

/* What an engine or a proxy in front of it said may be part of the text. */
static void add_escaped(struct buf *out, const char *text)
{
	static const char *const entities[UCHAR_MAX + 1] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};
	for (; *text; text++)
		if (entities[(unsigned char)*text])
			buf_add_str(out, entities[(unsigned char)*text]);
		else
			buf_add_char(out, *text);
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
		"<h1>ddc %s</h1><p class=%s>",
		DDC_VERSION, health.well ? "ok" : "no");
	add_escaped(&body, health.well ? "All is well." : health.reason);
	buf_add_str(&body,
		"</p><p>Everything is done from Discord today; this page will grow.</p><p><a href=health>health</a></p>\n");
	reply(x, 200, "text/html; charset=utf-8", &body);
	buf_clear(&body);
}

/* ---- metrics and memory ---- */

static struct metrics_source source_of(const struct web *w)
{
	struct metrics_source s = {0};
	w->parts.on_source(&s, w->parts.arg);
	return s;
}

static bool has_memory(const struct web *w)
{
	struct governor *g = source_of(w).governor;
	return !g || governor_allows(g, WORK_WEB);
}

static void refuse_for_memory(struct http_exchange *x)
{
	struct http_header headers[sizeof common_headers / sizeof *common_headers + 1];
	struct buf body;
	memcpy(headers, common_headers, sizeof common_headers);
	headers[sizeof common_headers / sizeof *common_headers] = (struct http_header){"retry-after", "60"};
	buf_init(&body, MEM_WEB, BODY_BYTES_MAX);
	buf_add_str(&body,
		"{\"error\":\"memory is short: pages wait until there is some again; containers can still be controlled from "
		"Discord\"}\n");
	http_reply(x, 503, "application/json", headers, sizeof headers / sizeof *headers, &body);
	buf_clear(&body);
}

/* A proxy in front makes everybody look near: then only a token tells who may. Proxies give themselves away by what they add; those
 * that add nothing mostly speak HTTP/1.0 to what stands behind them (nginx's proxy_pass as it comes), which no scraper does. */
static bool came_directly(const struct http_exchange *x)
{
	static const char *const traces[] = {"forwarded", "via", "x-forwarded-for", "x-forwarded-host",
		"x-forwarded-proto", "x-forwarded-server", "x-real-ip", "cf-connecting-ip", "true-client-ip"};
	for (size_t i = 0; i < sizeof traces / sizeof *traces; i++)
		if (http_exchange_header(x, traces[i]).n)
			return false;
	return !http_exchange_is_http_1_0(x);
}

static bool may_read_metrics(const struct web *w, const struct http_exchange *x)
{
	if (w->metrics_token)
		return access_token_ok(http_exchange_header(x, "authorization"), w->metrics_token);
	return access_is_private(http_exchange_peer(x)) && came_directly(x);
}

static bool on_more_metrics(struct buf *out, void *arg)
{
	return metrics_more(arg, out);
}

static void on_metrics_end(void *arg)
{
	metrics_free(arg);
}

static void handle_metrics(struct web *w, struct http_exchange *x)
{
	static const struct http_pieces pieces = {on_more_metrics, on_metrics_end};
	if (!may_read_metrics(w, x)) {
		reply_error(x, w->metrics_token ? 401 : 403,
			w->metrics_token
				? "metrics want the token of DDC_METRICS_TOKEN: Authorization: Bearer ..."
				: "metrics are for this machine and private networks, not by way of a proxy; set "
				  "DDC_METRICS_TOKEN for others");
		return;
	}
	bool openmetrics = metrics_wants_openmetrics(http_exchange_header(x, "accept"));
	struct metrics *m = metrics_new(w->parts.on_source, w->parts.arg, openmetrics);
	if (!m) {
		refuse_for_memory(x);
		return;
	}
	http_reply_pieces(x, 200, openmetrics ? METRICS_TYPE_OPENMETRICS : METRICS_TYPE_TEXT, common_headers,
		sizeof common_headers / sizeof *common_headers, &pieces, m);
}

/* This machine: `ddc health` gets its answer however many others there are. */
static bool is_near(const char *peer, void *arg)
{
	const struct web *w = arg;
	return access_is_loopback(peer) || (w->bind && strcmp(peer, w->bind) == 0);
}

/* For `ddc memory` on the same machine; nothing that a page of somebody else could ask for by way of a browser here. */
static bool is_from_here(struct web *w, const struct http_exchange *x)
{
	return is_near(http_exchange_peer(x), w) && came_directly(x) && !http_exchange_header(x, "origin").n &&
	       !http_exchange_header(x, "sec-fetch-site").n;
}

static void reply_memory(struct web *w, struct http_exchange *x, bool cleanup)
{
	struct governor *g = source_of(w).governor;
	struct buf body;
	if (!is_from_here(w, x)) {
		reply_error(x, 403, "the memory report is for this machine: run ddc memory there");
		return;
	}
	if (!g) {
		reply_error(x, 503, "ddc is starting");
		return;
	}
	bool json = str_contains_nocase(http_exchange_header(x, "accept"), STR("application/json"));
	buf_init(&body, MEM_WEB, BODY_BYTES_MAX);
	if (json)
		memory_page_json(&body, g, cleanup);
	else
		memory_page_text(&body, g, cleanup);
	reply(x, 200, json ? "application/json" : "text/plain; charset=utf-8", &body);
	buf_clear(&body);
}

static void handle_memory(struct web *w, struct http_exchange *x)
{
	reply_memory(w, x, false);
}

static void handle_cleanup(struct web *w, struct http_exchange *x)
{
	reply_memory(w, x, true);
}

static const struct route routes[] = {
	{"GET", "/", handle_front, false},
	{"GET", "/health", handle_health, true},
	{"GET", "/metrics", handle_metrics, true},
	{"GET", "/memory", handle_memory, true},
	{"POST", "/memory/cleanup", handle_cleanup, true},
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
		if (strcmp(method, routes[i].method) != 0)
			continue;
		if (routes[i].always || has_memory(w))
			routes[i].handle(w, x);
		else
			refuse_for_memory(x);
		return;
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
	if (options->metrics_token && options->metrics_token[0]) {
		w->metrics_token = mem_strdup(MEM_WEB, options->metrics_token);
		log_add_secret(options->metrics_token);
	}
	if (options->bind && options->bind[0])
		w->bind = mem_strdup(MEM_WEB, options->bind);
	const struct http_server_options o = {
		.bind = options->bind && options->bind[0] ? options->bind : NULL,
		.port = options->port,
		.connections_max = options->connections_max ? options->connections_max : WEB_CONNECTIONS_MAX,
		.header_timeout_ms = HEADER_TIMEOUT_MS,
		.body_timeout_ms = BODY_TIMEOUT_MS,
		.idle_timeout_ms = IDLE_TIMEOUT_MS,
		.body_bytes_max = 0, /* nothing that can be asked for here needs one */
		.comes_first = is_near,
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
	mem_free_secret(w->metrics_token);
	mem_free(w->bind);
	mem_free(w);
}

void web_close_idle(struct web *w)
{
	http_server_close_idle(w->server);
}

uint16_t web_port(const struct web *w)
{
	return http_server_port(w->server);
}
