/*
 * scrypt (RFC 7914) for a program that lives in 6 MiB. The usual way keeps N blocks of 128*r bytes (32 MiB
 * for a common hash); here every k-th block is kept and the ones between are computed again when they are
 * asked for, so that SCRYPT_MEMORY_BYTES is enough for any N, at (k+3)/4 times the work.
 */
#ifndef CRYPTO_SCRYPT_H
#define CRYPTO_SCRYPT_H

#include "base/str.h"

enum {
	SCRYPT_MEMORY_BYTES = 2 * 1024 * 1024, /* of base/mem (owner web), freed before it returns */
	SCRYPT_N_MAX = 1 << 18,
	SCRYPT_R_MAX = 32,
	SCRYPT_RP_MAX = 1 << 12,  /* r*p: half a MiB of blocks beside the table */
	SCRYPT_COST_MAX = 1 << 25 /* N*r*p, times (k+3)/4: 25 times Werkzeug's default; about ten seconds */
};

/* Whether scrypt() would do it: the limits above, and N a power of two above 1. Cheap. */
bool scrypt_allowed(uint64_t n, uint64_t r, uint64_t p);

/* False if it is not allowed, or without memory. */
bool scrypt(
	struct str password, struct str salt, uint64_t n, uint32_t r, uint32_t p, unsigned char *out, size_t length);

#endif
