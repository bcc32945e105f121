#include "app/log_file.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/page_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct log_file {
	int fd;
	long written;
	bool failed; /* the last write failed: said once, until one works again */
	char path[];
};

static bool open_file(struct log_file *f)
{
	struct stat st;
	f->fd = open(f->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (f->fd < 0)
		return false;
	f->written = fstat(f->fd, &st) == 0 ? (long)st.st_size : 0;
	return true;
}

static void numbered(const struct log_file *f, int n, char out[600])
{
	if (n)
		snprintf(out, 600, "%.580s.%d", f->path, n);
	else
		snprintf(out, 600, "%.580s", f->path);
}

static void turn_over(struct log_file *f)
{
	char from[600], to[600];
	page_cache_let_go(f->fd);
	close(f->fd);
	for (int n = LOG_FILE_KEEP - 1; n >= 0; n--) {
		numbered(f, n, from);
		numbered(f, n + 1, to);
		rename(from, to);
	}
	if (!open_file(f))
		f->fd = -1;
}

static void on_line(enum log_level level, const char *line, void *arg)
{
	struct log_file *f = arg;
	(void)level;
	if (f->fd >= 0 && f->written > LOG_FILE_BYTES_MAX)
		turn_over(f);
	if (f->fd < 0 && !open_file(f))
		return;
	struct iovec parts[] = {{(void *)(uintptr_t)line, strlen(line)}, {(void *)(uintptr_t) "\n", 1}};
	ssize_t n = writev(f->fd, parts, 2);
	if (n > 0) {
		f->written += n;
		page_cache_appended(f->fd, f->written, (size_t)n);
	}
	if (n < 0 && !f->failed) {
		const char *reason = strerror(errno);
		log_set_sink(NULL, NULL);
		log_warn("log", "%s cannot be written: %s; the log goes on here", f->path, reason);
		log_set_sink(on_line, f);
	}
	f->failed = n < 0;
}

struct log_file *log_file_open(const char *folder, struct err *err)
{
	size_t size = strlen(folder) + sizeof "/ddc.log";
	struct log_file *f = mem_zalloc(MEM_LOGS, sizeof *f + size);
	if (!f) {
		err_set(err, ERR_MEMORY, "no memory for the log file");
		return NULL;
	}
	snprintf(f->path, size, "%s/ddc.log", folder);
	mkdir(folder, 0750);
	if (!open_file(f)) {
		err_errno(err, "%s/ddc.log", folder);
		mem_free(f);
		return NULL;
	}
	log_set_sink(on_line, f);
	return f;
}

void log_file_close(struct log_file *f)
{
	if (!f)
		return;
	log_set_sink(NULL, NULL);
	if (f->fd >= 0)
		close(f->fd);
	mem_free(f);
}
