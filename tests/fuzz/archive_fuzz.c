/*
 * Whatever an archive may hold that somebody imports: it is refused as a whole, or every file lands inside the folder and nowhere
 * else, under a name that an export could have given it.
 */
#include "base/mem.h"
#include "config/archive.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char top[64];

static void remove_top(void)
{
	char command[160];
	snprintf(command, sizeof command, "rm -rf %s", top);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", top);
}

static void make_top(void)
{
	char path[128];
	snprintf(top, sizeof top, "/dev/shm/ddc-fuzz-XXXXXX");
	if (!mkdtemp(top))
		abort();
	atexit(remove_top);
	snprintf(path, sizeof path, "%s/in", top);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/in/deep", top);
	mkdir(path, 0700);
}

/* No folder beside ours came into being (st_nlink of a folder counts those in it). */
static void check_outside(void)
{
	static const char *const places[] = {"", "/in"};
	for (size_t i = 0; i < 2; i++) {
		char path[128];
		struct stat st;
		snprintf(path, sizeof path, "%s%s", top, places[i]);
		if (stat(path, &st) < 0 || st.st_nlink > 3)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char folder[96], file[96];
	struct buf report;
	struct err err = {0};
	if (size > 1 << 16)
		return 0;
	if (!top[0])
		make_top();
	snprintf(folder, sizeof folder, "%s/in/deep", top);
	snprintf(file, sizeof file, "%s/archive.tar", top);
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	buf_init(&report, MEM_TEST, 1 << 20);
	if (!archive_import(folder, file, &report, &err) && !err.text[0])
		abort();
	buf_clear(&report);
	check_outside();
	if (mem_use_total().blocks)
		abort();
	return 0;
}
