/* The parts of an address: "https://host:port/path", "ws://…", "unix:///path", "tcp://host:port". Pure. */
#ifndef NET_URL_H
#define NET_URL_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

enum url_scheme { URL_HTTP, URL_HTTPS, URL_WS, URL_WSS, URL_UNIX, URL_TCP };
enum { URL_HOST_BYTES = 256, URL_PATH_BYTES = 256 };

struct url {
	enum url_scheme scheme;
	char host[URL_HOST_BYTES]; /* without brackets of an IPv6 address; empty for unix */
	uint16_t port;		   /* the scheme's default if none was written (tcp: 2375) */
	char path[URL_PATH_BYTES]; /* "/…" with its query, no trailing "/" is added; unix: the socket's path */
};

/* Refuses user:password@, unknown schemes, bad ports, control characters; err names the part that is wrong. */
bool url_parse(struct str text, struct url *ret_url, struct err *err);
bool url_is_tls(const struct url *u);
/* True for 127.0.0.0/8, ::1 and "localhost": the only places where Discord may be spoken to without TLS. */
bool url_is_loopback(const struct url *u);

#endif
