/* struct net as the other files of net/ see it. Nobody else includes this. */
#ifndef NET_NET_INSIDE_H
#define NET_NET_INSIDE_H

#include "net/net.h"
#include "net/resolve.h"
#include "net/tls.h"

/* How much is read from a connection at a time, on the stack. */
enum { NET_READ_BYTES = 4096 };

struct net {
	struct loop *loop;
	struct resolver *resolver;
	struct roots *roots;
	struct tls_profile *tls; /* the default one, made when the first TLS connection is opened */
};

/* The profile that trusts the system's certificates. NULL: err says why. */
struct tls_profile *net_tls(struct net *n, struct err *err);

#endif
