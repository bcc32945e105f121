/*
 * The network as a whole: one library context on our loop, one place for TLS trust. Everything else in net/ hangs on it.
 * The only folder that knows which network and TLS libraries these are.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/err.h"
#include "loop/loop.h"

struct net;

struct net_trust {
	const char *ca_file; /* PEM bundle, SSL_CERT_FILE; NULL: the usual places */
	const char *ca_dir;  /* hashed directory, SSL_CERT_DIR; NULL: the usual places */
};

/* COPIES trust. NULL: no memory or no descriptors, err says. Reads no certificate yet. */
struct net *net_new(struct loop *loop, const struct net_trust *trust, struct err *err);
void net_free(struct net *n); /* after everything made from it; NULL is fine */

#endif
