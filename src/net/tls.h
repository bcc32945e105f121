/*
 * TLS 1.2 and 1.3, the client's side, over any transport that can be asked for bytes. A profile says who is trusted
 * and who we are; it is shared by all connections of its kind. The only file (with roots) that calls mbedTLS' TLS.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/err.h"

#include <stddef.h>
#include <sys/types.h>

struct roots;
struct tls;
struct tls_profile;

/* Redirects mbedTLS' allocations to base/mem and starts its cryptography. Counted: one tls_library_end() for each. */
bool tls_library_init(struct err *err);
void tls_library_end(void);

struct tls_options {
	struct roots *roots;		  /* SHARES. Who is trusted, unless ca_file is given */
	const char *ca_file;		  /* PEM; the only ones trusted. Small: it is held parsed */
	const char *cert_file, *key_file; /* PEM; both or none */
	bool no_verify;
};

/* NULL: a file could not be used, err names it and says why. */
struct tls_profile *tls_profile_new(const struct tls_options *o, struct err *err);
void tls_profile_free(struct tls_profile *p); /* after its connections; NULL is fine */

/* The transport: bytes moved, -EAGAIN, 0 for the end (read), or another negative errno. send takes everything. */
struct tls_transport {
	ssize_t (*send)(void *arg, const void *bytes, size_t length);
	ssize_t (*recv)(void *arg, void *bytes, size_t length);
	void *arg;
};

/* host: the name (or numeric address) that the certificate must be for. SHARES profile. */
struct tls *tls_new(struct tls_profile *p, const char *host, const struct tls_transport *transport, struct err *err);
void tls_free(struct tls *t); /* NULL is fine; sends nothing */

int tls_handshake(struct tls *t, struct err *err); /* 0 done; -EAGAIN; else err says why it failed */
/* > 0 bytes; 0: the peer said goodbye; -EAGAIN; else err says why */
ssize_t tls_read(struct tls *t, void *bytes, size_t length, struct err *err);
ssize_t tls_write(struct tls *t, const void *bytes, size_t length, struct err *err); /* may take less, never 0 */
bool tls_has_pending(const struct tls *t); /* decrypted bytes wait that the transport will not announce */
void tls_goodbye(struct tls *t);
const char *tls_version(const struct tls *t); /* "TLSv1.3" */

#endif
