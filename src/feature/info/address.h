/* Where a container can be reached: what the owner wrote, or the public address of this machine. Pure. */
#ifndef FEATURE_INFO_ADDRESS_H
#define FEATURE_INFO_ADDRESS_H

#include "base/buf.h"
#include "config/config.h"

enum { ADDRESS_CHARS_MAX = 255, ADDRESS_V4_BYTES = 16, ADDRESS_V6_BYTES = 46 };

/* "" where nobody could tell, or looking it up is switched off. */
struct public_ip {
	char v4[ADDRESS_V4_BYTES], v6[ADDRESS_V6_BYTES];
};

/* A host name, an IPv4 or IPv6 address (in brackets or not), with or without ":port". */
bool address_ok(struct str text);
bool address_port_ok(struct str text); /* 1 to 65535, digits only */
/* Reads an answer that is an address and nothing else; false otherwise. Private and loopback ones are none. */
bool address_take(struct public_ip *ip, struct str answer);

/* What is to be shown needs the public address. */
bool address_needs_public(const struct config_container *c);
/* "`host:port`", one or two lines; false: there is nothing to show. invalid: what is configured is no address. */
bool address_add(struct buf *out, const struct config_container *c, const struct public_ip *ip, bool *ret_invalid);

#endif
