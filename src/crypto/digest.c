#include "crypto/digest.h"

#include <mbedtls/md.h>

#include <string.h>

struct digest {
	const char *name;
	mbedtls_md_type_t type;
};

static const struct digest digests[] = {
	{"sha256", MBEDTLS_MD_SHA256},
	{"sha512", MBEDTLS_MD_SHA512},
	{"sha1", MBEDTLS_MD_SHA1},
	{"sha224", MBEDTLS_MD_SHA224},
	{"sha384", MBEDTLS_MD_SHA384},
	{"md5", MBEDTLS_MD_MD5},
	{"sha3_224", MBEDTLS_MD_SHA3_224},
	{"sha3_256", MBEDTLS_MD_SHA3_256},
	{"sha3_384", MBEDTLS_MD_SHA3_384},
	{"sha3_512", MBEDTLS_MD_SHA3_512},
	{"ripemd160", MBEDTLS_MD_RIPEMD160},
};

static const mbedtls_md_info_t *info_of(const struct digest *d)
{
	return mbedtls_md_info_from_type(d->type);
}

const struct digest *digest_find(struct str name)
{
	char plain[16]; /* Python takes SHA256, sha-256 and sha3-256 too */
	size_t n = 0;
	for (size_t i = 0; i < name.n && n < sizeof plain - 1; i++)
		if (name.p[i] != '-' || (n == 4 && memcmp(plain, "sha3", 4) == 0))
			plain[n++] = name.p[i] == '-'			    ? '_'
				     : name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 32)
									    : name.p[i];
	plain[n] = '\0';
	for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
		if (strcmp(plain, digests[i].name) == 0)
			return info_of(&digests[i]) ? &digests[i] : NULL;
	return NULL;
}

bool digest_is_sha3(const struct digest *d)
{
	return strncmp(d->name, "sha3", 4) == 0;
}

size_t digest_bytes(const struct digest *d)
{
	return mbedtls_md_get_size(info_of(d));
}

bool digest_of(const struct digest *d, struct str text, unsigned char *out)
{
	return mbedtls_md(info_of(d), (const unsigned char *)text.p, text.n, out) == 0;
}

bool digest_hmac(const struct digest *d, struct str key, struct str text, unsigned char *tag)
{
	return mbedtls_md_hmac(info_of(d), (const unsigned char *)key.p, key.n, (const unsigned char *)text.p, text.n,
		       tag) == 0;
}

/* HMAC with the key already worked in: the two halves are hashed once and copied for each round, which halves
 * the time of mbedTLS's own PBKDF2. */
struct prf {
	mbedtls_md_context_t inner, outer, work;
	size_t size;
};

static bool start_half(mbedtls_md_context_t *half, const mbedtls_md_info_t *info, const unsigned char *key,
	size_t block, unsigned char mask)
{
	unsigned char pad[144]; /* the largest block is that of SHA3-224 */
	for (size_t i = 0; i < block; i++)
		pad[i] = key[i] ^ mask;
	bool ok = mbedtls_md_setup(half, info, 0) == 0 && mbedtls_md_starts(half) == 0 &&
		  mbedtls_md_update(half, pad, block) == 0;
	explicit_bzero(pad, sizeof pad);
	return ok;
}

static size_t block_bytes(const struct digest *d)
{
	switch (d->type) {
	case MBEDTLS_MD_SHA384:
	case MBEDTLS_MD_SHA512: return 128;
	case MBEDTLS_MD_SHA3_224: return 144;
	case MBEDTLS_MD_SHA3_256: return 136;
	case MBEDTLS_MD_SHA3_384: return 104;
	case MBEDTLS_MD_SHA3_512: return 72;
	default: return 64;
	}
}

static bool prf_init(struct prf *f, const struct digest *d, struct str password)
{
	const mbedtls_md_info_t *info = info_of(d);
	unsigned char key[144] = {0};
	size_t block = block_bytes(d);
	mbedtls_md_init(&f->inner);
	mbedtls_md_init(&f->outer);
	mbedtls_md_init(&f->work);
	f->size = mbedtls_md_get_size(info);
	bool ok = true;
	if (password.n > block)
		ok = digest_of(d, password, key);
	else if (password.n)
		memcpy(key, password.p, password.n);
	ok = ok && start_half(&f->inner, info, key, block, 0x36) && start_half(&f->outer, info, key, block, 0x5c) &&
	     mbedtls_md_setup(&f->work, info, 0) == 0;
	explicit_bzero(key, sizeof key);
	return ok;
}

static void prf_clear(struct prf *f)
{
	mbedtls_md_free(&f->inner);
	mbedtls_md_free(&f->outer);
	mbedtls_md_free(&f->work);
}

/* out may be the same memory as a or b. */
static bool prf_of(struct prf *f, struct str a, struct str b, unsigned char *out)
{
	unsigned char half[DIGEST_BYTES_MAX];
	return mbedtls_md_clone(&f->work, &f->inner) == 0 &&
	       mbedtls_md_update(&f->work, (const unsigned char *)a.p, a.n) == 0 &&
	       mbedtls_md_update(&f->work, (const unsigned char *)b.p, b.n) == 0 &&
	       mbedtls_md_finish(&f->work, half) == 0 && mbedtls_md_clone(&f->work, &f->outer) == 0 &&
	       mbedtls_md_update(&f->work, half, f->size) == 0 && mbedtls_md_finish(&f->work, out) == 0;
}

static bool pbkdf2_block(struct prf *f, struct str salt, uint32_t rounds, uint32_t number, unsigned char *sum)
{
	unsigned char u[DIGEST_BYTES_MAX];
	const char counter[4] = {(char)(number >> 24), (char)(number >> 16), (char)(number >> 8), (char)number};
	if (!prf_of(f, salt, (struct str){counter, sizeof counter}, u))
		return false;
	memcpy(sum, u, f->size);
	for (uint32_t i = 1; i < rounds; i++) {
		if (!prf_of(f, (struct str){(const char *)u, f->size}, STR(""), u))
			return false;
		for (size_t k = 0; k < f->size; k++)
			sum[k] ^= u[k];
	}
	return true;
}

bool pbkdf2(const struct digest *d, struct str password, struct str salt, uint32_t rounds, unsigned char *out,
	size_t length)
{
	struct prf f;
	unsigned char sum[DIGEST_BYTES_MAX];
	bool ok = prf_init(&f, d, password) && rounds > 0;
	for (uint32_t number = 1; ok && length; number++) {
		size_t part = length < f.size ? length : f.size;
		ok = pbkdf2_block(&f, salt, rounds, number, sum);
		if (ok)
			memcpy(out, sum, part);
		out += part;
		length -= part;
	}
	explicit_bzero(sum, sizeof sum);
	prf_clear(&f);
	return ok;
}

bool same_in_constant_time(const void *a, const void *b, size_t length)
{
	const unsigned char *x = a, *y = b;
	volatile unsigned char difference = 0;
	for (size_t i = 0; i < length; i++)
		difference = (unsigned char)(difference | (x[i] ^ y[i]));
	return difference == 0;
}
