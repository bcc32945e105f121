/*
 * Files that are only written to: nobody here reads them again, but in a container every page of them that the kernel keeps counts as ours,
 * in its limit and in `docker stats`. Source: posix_fadvise(2), sync_file_range(2).
 */
#ifndef BASE_PAGE_CACHE_H
#define BASE_PAGE_CACHE_H

#include <stddef.h>
#include <stdint.h>

enum { PAGE_CACHE_STEP_BYTES = 64 * 1024 }; /* a file keeps about twice as many in memory */

/* n bytes have just been added and the file is end_bytes long now. Asks the kernel to begin writing it out, and to let go of what has been
 * written out since the last time. Waits for nothing; does something once in PAGE_CACHE_STEP_BYTES. */
void page_cache_appended(int fd, int64_t end_bytes, size_t n);
/* The file was read from end to end, or is done with. */
void page_cache_let_go(int fd);

#endif
