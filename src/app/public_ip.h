/*
 * The address under which this machine is seen from outside: asked of services that answer with nothing else, when somebody looks
 * at it, and remembered. https only, but for loopback addresses.
 */
#ifndef APP_PUBLIC_IP_H
#define APP_PUBLIC_IP_H

#include "feature/info/address.h"
#include "net/net.h"

enum {
	PUBLIC_IP_KEPT_MS = 15 * 60 * 1000,
	PUBLIC_IP_UNKNOWN_KEPT_MS = 60 * 1000, /* nobody could tell: not asked again at every press */
	PUBLIC_IP_PATIENCE_MS = 5000,	       /* for each service … */
	PUBLIC_IP_ALL_MS = 12000,	       /* … and for all of them: somebody waits */
	PUBLIC_IP_SERVICES_MAX = 8
};

struct finder;
/* From the loop, once after each finder_ask() that said false. */
typedef void finder_fn(const struct public_ip *ip, void *arg);

struct finder *finder_new(struct loop *loop, struct net *net, finder_fn *on_found, void *arg);
void finder_free(struct finder *f); /* NULL is fine */
/* services: addresses with blanks between; asked in this order until IPv4 and IPv6 are both known. COPIES them. True: *ret is
 * what is remembered. */
bool finder_ask(struct finder *f, const char *services, struct public_ip *ret);

#endif
