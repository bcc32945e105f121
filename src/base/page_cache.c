#include "base/page_cache.h"

#include <fcntl.h>

void page_cache_appended(int fd, int64_t end_bytes, size_t n)
{
	int64_t step = end_bytes / PAGE_CACHE_STEP_BYTES;
	if (step == (end_bytes - (int64_t)n) / PAGE_CACHE_STEP_BYTES)
		return;
	if (step > 1) /* a length of 0 would mean all of it */
		posix_fadvise(fd, 0, (step - 1) * PAGE_CACHE_STEP_BYTES, POSIX_FADV_DONTNEED);
	sync_file_range(fd, 0, end_bytes, SYNC_FILE_RANGE_WRITE);
}

void page_cache_let_go(int fd)
{
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}
