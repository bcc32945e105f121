#include "feature/info/address.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_v4(struct str s)
{
	char text[ADDRESS_V4_BYTES];
	struct in_addr ip;

	return s.n && str_copy(text, sizeof text, s) && inet_pton(AF_INET, text, &ip) == 1;
}

static bool is_v6(struct str s)
{
	char text[ADDRESS_V6_BYTES];
	struct in6_addr ip;

	return s.n && str_copy(text, sizeof text, s) && inet_pton(AF_INET6, text, &ip) == 1;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_';
}

static bool only_digits_and_dots(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return true;
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_name_char(s.p[i]) || (s.p[i] == '.' && (i == 0 || i + 1 == s.n || s.p[i - 1] == '.')))
			return false;
	return s.n && s.p[0] != '-' && !only_digits_and_dots(s);
}

bool address_port_ok(struct str text)
{
	uint64_t port;

	return text.n <= 5 && str_to_u64(text, &port) && port > 0 && port < 65536;
}

bool address_ok(struct str text)
{
	struct str host = text, port;
	const char *colon;

	if (!text.n || text.n > ADDRESS_CHARS_MAX)
		return false;
	if (is_v6(text))
		return true;
	if (text.p[0] == '[') {
		const char *end = memchr(text.p, ']', text.n);

		if (!end || !is_v6((struct str){text.p + 1, (size_t)(end - text.p) - 1}))
			return false;
		port = (struct str){end + 1, text.n - (size_t)(end + 1 - text.p)};
		return !port.n || (port.p[0] == ':' && address_port_ok((struct str){port.p + 1, port.n - 1}));
	}
	colon = memchr(text.p, ':', text.n);
	if (colon) {
		host.n = (size_t)(colon - text.p);
		if (!address_port_ok((struct str){colon + 1, text.n - host.n - 1}))
			return false;
	}
	return is_v4(host) || is_name(host);
}

/* Source: RFC 6890, the registries of special-purpose addresses. */
static bool is_public_v4(struct str s)
{
	static const struct {
		uint32_t net;
		unsigned bits;
	} special[] = {{0x00000000, 8}, {0x0A000000, 8}, {0x64400000, 10}, {0x7F000000, 8}, {0xA9FE0000, 16},
		{0xAC100000, 12}, {0xC0A80000, 16}, {0xE0000000, 3}};
	char text[ADDRESS_V4_BYTES];
	struct in_addr ip;

	str_copy(text, sizeof text, s);
	inet_pton(AF_INET, text, &ip);
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		if ((ntohl(ip.s_addr) ^ special[i].net) >> (32 - special[i].bits) == 0)
			return false;
	return true;
}

/* What is given out to the public begins with the bits 001. */
static bool is_public_v6(struct str s)
{
	char text[ADDRESS_V6_BYTES];
	struct in6_addr ip;

	str_copy(text, sizeof text, s);
	inet_pton(AF_INET6, text, &ip);
	return ip.s6_addr[0] >> 5 == 1;
}

bool address_take(struct public_ip *ip, struct str answer)
{
	struct str s = str_trim(answer);

	if (is_v4(s) && is_public_v4(s))
		return str_copy(ip->v4, sizeof ip->v4, s);
	if (is_v6(s) && is_public_v6(s))
		return str_copy(ip->v6, sizeof ip->v6, s);
	return false;
}

bool address_needs_public(const struct config_container *c)
{
	return c->info_show_ip && !str_trim(str_of(c->info_ip)).n;
}

static void add_one(struct buf *out, struct str host, struct str port, bool v6)
{
	buf_add_str(out, out->length && out->data[out->length - 1] == '`' ? "\n`" : "`");
	buf_add_str(out, v6 && port.n ? "[" : "");
	buf_add_view(out, host);
	buf_add_str(out, v6 && port.n ? "]" : "");
	if (port.n)
		buf_printf(out, ":%.*s", STR_ARG(port));
	buf_add_char(out, '`');
}

bool address_add(struct buf *out, const struct config_container *c, const struct public_ip *ip, bool *ret_invalid)
{
	struct str own = str_trim(str_of(c->info_ip)), port = str_trim(str_of(c->info_port));
	bool has_port = own.n && !is_v6(own) && (memchr(own.p, ':', own.n) || own.p[0] == '[');
	size_t before = out->length;

	*ret_invalid = false;
	if (!c->info_show_ip)
		return false;
	if (!address_port_ok(port))
		port.n = 0;
	if (own.n) {
		*ret_invalid = !address_ok(own);
		if (!*ret_invalid)
			add_one(out, own, has_port ? (struct str){0} : port, is_v6(own));
	} else {
		if (ip && ip->v4[0])
			add_one(out, str_of(ip->v4), port, false);
		if (ip && ip->v6[0])
			add_one(out, str_of(ip->v6), port, true);
	}
	return out->length > before;
}
