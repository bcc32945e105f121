/*
 * Hashes by the names that stored strings use, HMAC and PBKDF2 (RFC 8018) on mbedTLS, and the comparison that
 * tells nothing by its duration. Everything here computes; nothing waits, logs or touches a file.
 */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "base/str.h"

enum { DIGEST_BYTES_MAX = 64 };

/* Names as Python's hashlib has them: sha256, sha512, sha1, md5, sha3_256 … NULL if the build has no such
 * hash. */
struct digest;
const struct digest *digest_find(struct str name);
size_t digest_bytes(const struct digest *d);
bool digest_is_sha3(const struct digest *d);

/* False only without memory. tag: digest_bytes() of room. */
bool digest_hmac(const struct digest *d, struct str key, struct str text, unsigned char *tag);
bool digest_of(const struct digest *d, struct str text, unsigned char *out);

/* out: length bytes. Blocks for rounds * (length / digest size) * about 0.4 us: call it where waiting is
 * allowed. */
bool pbkdf2(const struct digest *d, struct str password, struct str salt, uint32_t rounds, unsigned char *out,
	size_t length);

/* Same length and same bytes; takes the same time whatever they are. */
bool same_in_constant_time(const void *a, const void *b, size_t length);

#endif
