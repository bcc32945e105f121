/* Addresses: what is accepted is clean, and means the same when it is written down again. */
#include "net/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_clean(const char *text, size_t room)
{
	size_t n = strnlen(text, room);
	check(n < room);
	for (size_t i = 0; i < n; i++)
		check((unsigned char)text[i] > ' ' && text[i] != 0x7f);
}

static void write_down(const struct url *u, char *out, size_t room)
{
	static const char *const names[] = {
		[URL_HTTP] = "http", [URL_HTTPS] = "https", [URL_WS] = "ws", [URL_WSS] = "wss", [URL_TCP] = "tcp"};
	if (u->scheme == URL_UNIX) {
		snprintf(out, room, "unix://%s", u->path);
		return;
	}
	bool v6 = strchr(u->host, ':') != NULL;
	snprintf(out, room, "%s://%s%s%s:%u%s", names[u->scheme], v6 ? "[" : "", u->host, v6 ? "]" : "", u->port,
		u->path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct url u = {0}, again = {0};
	struct err err = {0};
	char text[URL_HOST_BYTES + URL_PATH_BYTES + 32];
	if (!url_parse((struct str){(const char *)data, size}, &u, &err)) {
		check(err.code != ERR_NONE && err.text[0] && !u.path[0]);
		return 0;
	}
	check_clean(u.host, sizeof u.host);
	check_clean(u.path, sizeof u.path);
	check(u.path[0] == '/' && !strchr(u.path, '#'));
	check(u.scheme == URL_UNIX ? !u.host[0] : u.host[0] && u.port);
	check(!strpbrk(u.host, "@/?#[]\\"));
	check(!url_is_loopback(&u) || strcmp(u.host, "::1") == 0 || strncmp(u.host, "127.", 4) == 0 ||
		strlen(u.host) == 9);
	write_down(&u, text, sizeof text);
	check(url_parse(str_of(text), &again, &err));
	check(memcmp(&u, &again, sizeof u) == 0);
	return 0;
}
