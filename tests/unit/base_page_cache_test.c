/* A file that is only appended to does not stay in memory: what the kernel keeps of it is counted with
 * mincore(). */
#include "test.h"

#include "base/page_cache.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { LINES = 40000, LINE_BYTES = 100, FILE_BYTES = LINES * LINE_BYTES, PAGE = 4096, TMPFS = 0x01021994 };

/* Bytes of the file in memory. */
static size_t cached(int fd)
{
	static unsigned char pages[FILE_BYTES / PAGE + 1];
	size_t count = 0;
	void *at = mmap(NULL, FILE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	assert_true(at != MAP_FAILED);
	assert_int_equal(mincore(at, FILE_BYTES, pages), 0);
	munmap(at, FILE_BYTES);
	for (size_t i = 0; i < FILE_BYTES / PAGE; i++)
		count += pages[i] & 1;
	return count * PAGE;
}

static void test_what_is_appended_does_not_stay(void **state)
{
	char path[] = "/var/tmp/ddc-cache-XXXXXX", line[LINE_BYTES];
	struct statfs fs;
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	unlink(path);
	if (fstatfs(fd, &fs) < 0 || fs.f_type == TMPFS) { /* there its pages are all there is of a file */
		close(fd);
		skip();
	}
	memset(line, 'x', sizeof line);
	for (int i = 1; i <= LINES; i++) {
		assert_int_equal(write(fd, line, sizeof line), sizeof line);
		page_cache_appended(fd, (int64_t)i * LINE_BYTES, LINE_BYTES);
		if (i % 100 == 0)
			usleep(500); /* nobody logs faster than a disk writes */
	}
	assert_true(cached(fd) < FILE_BYTES / 2);
	fsync(fd);
	page_cache_let_go(fd);
	assert_true(cached(fd) < 64 * 1024);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_appended_does_not_stay)};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
