/* struct net as the other files of net/ see it. Nobody else includes this. */
#ifndef NET_NET_INSIDE_H
#define NET_NET_INSIDE_H

#include "base/buf.h"
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

/* What is to be sent next of a head and a body of which so many bytes are out, at most NET_READ_BYTES of it joined: the head's end
 * and the body's beginning leave as one packet, one record of TLS. The view is into one of the three. */
struct str net_next_piece(const struct buf *head, const struct buf *body, size_t sent, char joined[NET_READ_BYTES]);

/* The profile that trusts the system's certificates. NULL: err says why. */
struct tls_profile *net_tls(struct net *n, struct err *err);

#endif
