/*
 * The certificates of authorities that this system trusts, looked up one at a time: only those whose name is wanted are
 * ever parsed, for as long as one handshake lasts. A parsed bundle would cost half a megabyte (docs/decisions/0003).
 *
 * Two kinds of places, as in OpenSSL: a directory with one file per certificate, named by a hash of its subject
 * ("4042bcee.0"), and a PEM bundle, which is read from front to back.
 */
#ifndef NET_ROOTS_H
#define NET_ROOTS_H

#include "base/str.h"

#include <mbedtls/x509_crt.h>

struct roots;

enum {
	ROOTS_PER_NAME_MAX = 8,		    /* certificates of one name that are tried, in each place */
	ROOTS_CERTIFICATE_BYTES_MAX = 8192, /* DER; the largest in use have 2 KiB. Larger ones are passed over */
	ROOTS_BUNDLE_BYTES_MAX = 4 << 20    /* what lies behind is not looked at */
};

/* file, directory: as SSL_CERT_FILE and SSL_CERT_DIR (a list with ":"). If either is given, nothing else is trusted;
 * if neither, the usual places of Linux systems are. COPIES both. Reads nothing yet. */
struct roots *roots_new(const char *file, const char *directory);
void roots_free(struct roots *r);

/* The trusted certificates whose subject is the issuer of `child`, as a chain that the caller frees
 * (mbedtls_x509_crt_free(), then mbedtls_free()); NULL in *ret_list if there is none. Fits
 * mbedtls_ssl_conf_ca_cb(). 0, or an mbedTLS error when there is no memory. */
int roots_find_issuer(void *roots, const mbedtls_x509_crt *child, mbedtls_x509_crt **ret_list);

/* OpenSSL's hash of a name (X509_NAME_hash), given as the DER of its Name. Exposed for tests. */
bool roots_name_hash(struct str der_name, uint32_t *ret_hash);

#endif
