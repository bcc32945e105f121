/*
 * FNV-1a with 64 bits: tells things apart quickly, and whether something changed. It protects nothing: who
 * may choose the input can make two that are equal. Some results are stored (ddc_state.json), so the function
 * stays as it is.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

#define HASH_SEED UINT64_C(0xcbf29ce484222325)

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count); /* goes on from hash; HASH_SEED to begin */
uint64_t hash_str(uint64_t hash, struct str s);

#endif
