/* Random numbers from the kernel: for jitter, tickets, nonces and salts alike. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

void rand_bytes(void *out, size_t length);
uint64_t rand_below(uint64_t limit); /* 0 … limit-1; 0 for limit 0 */

#endif
