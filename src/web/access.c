#include "web/access.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* Sources: RFC 1918, 3927, 6598 (IPv4), 4193, 4291 (IPv6). */
static const struct range {
	uint32_t network;
	unsigned bits;
} private_v4[] = {
	{0x7f000000, 8},
	{0x0a000000, 8},
	{0xac100000, 12},
	{0xc0a80000, 16},
	{0xa9fe0000, 16},
	{0x64400000, 10},
};

static bool in_range(uint32_t address, const struct range *r)
{
	return (address ^ r->network) >> (32 - r->bits) == 0;
}

bool access_is_loopback(const char *peer)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, peer, &v4) == 1)
		return in_range(ntohl(v4.s_addr), &private_v4[0]);
	return inet_pton(AF_INET6, peer, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool access_is_private(const char *peer)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, peer, &v4) == 1) {
		for (size_t i = 0; i < sizeof private_v4 / sizeof *private_v4; i++)
			if (in_range(ntohl(v4.s_addr), &private_v4[i]))
				return true;
		return false;
	}
	if (inet_pton(AF_INET6, peer, &v6) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_LINKLOCAL(&v6) || (v6.s6_addr[0] & 0xfe) == 0xfc;
}

bool access_token_ok(struct str header, const char *token)
{
	struct str given, scheme = str_split(header, ' ', &given);
	size_t length = strlen(token);
	given = str_trim(given);
	unsigned char different = given.n != length;
	for (size_t i = 0; i < given.n; i++)
		different |= (unsigned char)given.p[i] ^ (unsigned char)token[length ? i % length : 0];
	return length && str_is_nocase(scheme, "bearer") && !different;
}
