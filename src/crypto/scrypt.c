#include "crypto/scrypt.h"

#include "base/mem.h"
#include "crypto/digest.h"

#include <string.h>

struct mixer {
	uint64_t n;
	uint32_t r;
	uint64_t step;	     /* every step-th block is kept */
	size_t words;	     /* of one block: 32 * r */
	uint32_t *kept;	     /* ceil(n / step) blocks */
	uint32_t *x, *y, *v; /* the running block, scratch, a recomputed block */
};

static uint32_t rotl(uint32_t a, int b)
{
	return a << b | a >> (32 - b);
}

#define QUARTER(a, b, c, d)                                                                                            \
	do {                                                                                                           \
		x[b] ^= rotl(x[a] + x[d], 7);                                                                          \
		x[c] ^= rotl(x[b] + x[a], 9);                                                                          \
		x[d] ^= rotl(x[c] + x[b], 13);                                                                         \
		x[a] ^= rotl(x[d] + x[c], 18);                                                                         \
	} while (0)

static void salsa20_8(uint32_t block[16])
{
	uint32_t x[16];
	memcpy(x, block, sizeof x);
	for (int i = 0; i < 4; i++) {
		QUARTER(0, 4, 8, 12);
		QUARTER(5, 9, 13, 1);
		QUARTER(10, 14, 2, 6);
		QUARTER(15, 3, 7, 11);
		QUARTER(0, 1, 2, 3);
		QUARTER(5, 6, 7, 4);
		QUARTER(10, 11, 8, 9);
		QUARTER(15, 12, 13, 14);
	}
	for (int i = 0; i < 16; i++)
		block[i] += x[i];
}

/* scryptBlockMix of section 4: even results go to the first half, odd ones to the second. b is replaced. */
static void block_mix(const struct mixer *m, uint32_t *b)
{
	uint32_t t[16];
	memcpy(t, b + m->words - 16, sizeof t);
	for (size_t i = 0; i < 2 * (size_t)m->r; i++) {
		for (int k = 0; k < 16; k++)
			t[k] ^= b[i * 16 + (size_t)k];
		salsa20_8(t);
		memcpy(m->y + (i / 2 + (i & 1 ? m->r : 0)) * 16, t, sizeof t);
	}
	memcpy(b, m->y, m->words * sizeof *b);
}

/* Block number j of the table, computed from the last one kept before it. */
static const uint32_t *table_at(const struct mixer *m, uint64_t j)
{
	const uint32_t *kept = m->kept + j / m->step * m->words;
	if (j % m->step == 0)
		return kept;
	memcpy(m->v, kept, m->words * sizeof *m->v);
	for (uint64_t i = 0; i < j % m->step; i++)
		block_mix(m, m->v);
	return m->v;
}

static void ro_mix(const struct mixer *m, unsigned char *block)
{
	for (size_t i = 0; i < m->words; i++)
		m->x[i] = (uint32_t)block[i * 4] | (uint32_t)block[i * 4 + 1] << 8 | (uint32_t)block[i * 4 + 2] << 16 |
			  (uint32_t)block[i * 4 + 3] << 24;
	for (uint64_t i = 0; i < m->n; i++) {
		if (i % m->step == 0)
			memcpy(m->kept + i / m->step * m->words, m->x, m->words * sizeof *m->x);
		block_mix(m, m->x);
	}
	for (uint64_t i = 0; i < m->n; i++) {
		const uint32_t *last = m->x + m->words - 16;
		const uint32_t *v = table_at(m, ((uint64_t)last[1] << 32 | last[0]) & (m->n - 1));
		for (size_t k = 0; k < m->words; k++)
			m->x[k] ^= v[k];
		block_mix(m, m->x);
	}
	for (size_t i = 0; i < m->words * 4; i++)
		block[i] = (unsigned char)(m->x[i / 4] >> (i % 4 * 8));
}

/* How far apart the kept blocks are, so that they fit. */
static uint64_t step_for(uint64_t n, uint64_t r)
{
	uint64_t block = 128 * r, step = 1;
	while ((n + step - 1) / step * block > SCRYPT_MEMORY_BYTES - 3 * block)
		step++;
	return step;
}

bool scrypt_allowed(uint64_t n, uint64_t r, uint64_t p)
{
	return n > 1 && n <= SCRYPT_N_MAX && (n & (n - 1)) == 0 && r >= 1 && r <= SCRYPT_R_MAX && p >= 1 &&
	       p <= SCRYPT_RP_MAX && r * p <= SCRYPT_RP_MAX && n * r * p * (step_for(n, r) + 3) / 4 <= SCRYPT_COST_MAX;
}

static bool mixer_init(struct mixer *m, uint64_t n, uint32_t r)
{
	*m = (struct mixer){.n = n, .r = r, .step = step_for(n, r), .words = 32 * (size_t)r};
	size_t block = m->words * sizeof(uint32_t);
	size_t count = (size_t)((n + m->step - 1) / m->step);
	m->kept = mem_array(MEM_WEB, count + 3, block);
	if (!m->kept)
		return false;
	m->x = m->kept + count * m->words;
	m->y = m->x + m->words;
	m->v = m->y + m->words;
	return true;
}

bool scrypt(struct str password, struct str salt, uint64_t n, uint32_t r, uint32_t p, unsigned char *out, size_t length)
{
	struct mixer m;
	const struct digest *sha256 = digest_find(STR("sha256"));
	if (!scrypt_allowed(n, r, p) || !mixer_init(&m, n, r))
		return false;
	size_t size = 128 * (size_t)r * p;
	unsigned char *blocks = mem_alloc(MEM_WEB, size);
	bool ok = blocks && pbkdf2(sha256, password, salt, 1, blocks, size);
	for (uint32_t i = 0; ok && i < p; i++)
		ro_mix(&m, blocks + 128 * (size_t)r * i);
	ok = ok && pbkdf2(sha256, password, (struct str){(const char *)blocks, size}, 1, out, length);
	mem_free_secret((char *)blocks);
	mem_free_secret((char *)m.kept);
	return ok;
}
