#include "net/url.h"

#include <string.h>

struct scheme {
	const char *prefix;
	enum url_scheme scheme;
	uint16_t default_port;
};

static const struct scheme schemes[] = {
	{"http://", URL_HTTP, 80},
	{"https://", URL_HTTPS, 443},
	{"ws://", URL_WS, 80},
	{"wss://", URL_WSS, 443},
	{"unix://", URL_UNIX, 0},
	{"tcp://", URL_TCP, 2375},
};

static const struct scheme *find_scheme(struct str text)
{
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t n = strlen(schemes[i].prefix);
		if (text.n >= n && str_is_nocase((struct str){text.p, n}, schemes[i].prefix))
			return &schemes[i];
	}
	return NULL;
}

static bool is_clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool is_host(struct str s, bool bracketed)
{
	const char *more = bracketed ? ":.%" : ".-_";
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], lower = (char)(c | 0x20);
		if (!((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || memchr(more, c, strlen(more))))
			return false;
	}
	return s.n > 0 && (!bracketed || memchr(s.p, ':', s.n));
}

static bool take_port(struct str text, struct url *u, struct err *err)
{
	uint64_t port;
	if (!str_to_u64(text, &port) || port == 0 || port > 65535)
		return err_set(err, ERR_INPUT, "the port \"%.*s\" is not a number from 1 to 65535", STR_ARG(text));
	u->port = (uint16_t)port;
	return true;
}

/* "host", "host:port", "[v6]", "[v6]:port" */
static bool take_authority(struct str text, struct url *u, struct err *err)
{
	struct str host = text, port = {0};
	bool bracketed = text.n && text.p[0] == '[', has_port = false;
	if (memchr(text.n ? text.p : "", '@', text.n))
		return err_set(err, ERR_INPUT, "an address must not contain a user name or password");
	if (bracketed) {
		struct str rest;
		host = str_split((struct str){text.p + 1, text.n - 1}, ']', &rest);
		if (host.n + 1 >= text.n)
			return err_set(err, ERR_INPUT, "the address has \"[\" without \"]\"");
		has_port = rest.n > 0;
		if (has_port && rest.p[0] != ':')
			return err_set(err, ERR_INPUT, "the address has something other than a port behind \"]\"");
		port = (struct str){rest.p + 1, rest.n - has_port};
	} else if (text.n && memchr(text.p, ':', text.n)) {
		host = str_split(text, ':', &port);
		has_port = true;
	}
	if (!is_host(host, bracketed))
		return err_set(err, ERR_INPUT, "the address has no valid host name");
	if (!str_copy(u->host, sizeof u->host, host))
		return err_set(err, ERR_INPUT, "the host name is longer than %d bytes", URL_HOST_BYTES - 1);
	return !has_port || take_port(port, u, err);
}

bool url_parse(struct str text, struct url *ret_url, struct err *err)
{
	struct url u = {0};
	const struct scheme *s = find_scheme(text);
	if (!is_clean(text))
		return err_set(err, ERR_INPUT, "the address contains a blank or a control character");
	if (!s)
		return err_set(err, ERR_INPUT,
			"the address does not start with http://, https://, ws://, wss://, unix:// or tcp://");
	size_t skip = strlen(s->prefix), end = skip;
	u.scheme = s->scheme;
	u.port = s->default_port;
	if (s->scheme != URL_UNIX) {
		while (end < text.n && !strchr("/?#", text.p[end]))
			end++;
		if (!take_authority((struct str){text.p + skip, end - skip}, &u, err))
			return false;
	}
	struct str fragment, path = str_split((struct str){text.p + end, text.n - end}, '#', &fragment);
	if (s->scheme == URL_UNIX && (path.n < 2 || path.p[0] != '/'))
		return err_set(err, ERR_INPUT, "unix:// must be followed by the absolute path of a socket");
	if (path.n && path.p[0] == '?') {
		u.path[0] = '/';
		if (!str_copy(u.path + 1, sizeof u.path - 1, path))
			return err_set(err, ERR_INPUT, "the path is longer than %d bytes", URL_PATH_BYTES - 1);
	} else if (!str_copy(u.path, sizeof u.path, path.n ? path : STR("/")))
		return err_set(err, ERR_INPUT, "the path is longer than %d bytes", URL_PATH_BYTES - 1);
	*ret_url = u;
	return true;
}

bool url_is_tls(const struct url *u)
{
	return u->scheme == URL_HTTPS || u->scheme == URL_WSS;
}

bool url_is_loopback(const struct url *u)
{
	/* Numeric 127.x.y.z only: "127.example.org" is somebody's machine. */
	bool numeric = u->host[0] && strspn(u->host, "0123456789.") == strlen(u->host);
	return u->scheme != URL_UNIX && (str_is_nocase(str_of(u->host), "localhost") || strcmp(u->host, "::1") == 0 ||
						(numeric && strncmp(u->host, "127.", 4) == 0));
}
