#include "base/rand.h"

#include "base/bug.h"

#include <errno.h>
#include <sys/random.h>

void rand_bytes(void *out, size_t length)
{
	unsigned char *p = out;
	while (length) {
		ssize_t n = getrandom(p, length, 0);
		if (n < 0 && errno != EINTR)
			BUG("getrandom: errno %d", errno);
		if (n > 0)
			p += n, length -= (size_t)n;
	}
}

uint64_t rand_below(uint64_t limit)
{
	uint64_t value;
	if (!limit)
		return 0;
	rand_bytes(&value, sizeof value);
	return value % limit; /* the bias is below 2^-32 for every limit we use */
}
