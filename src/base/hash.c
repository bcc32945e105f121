#include "base/hash.h"

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
	for (const unsigned char *p = bytes; count--; p++)
		hash = (hash ^ *p) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t hash_str(uint64_t hash, struct str s)
{
	return hash_bytes(hash, s.p, s.n);
}
