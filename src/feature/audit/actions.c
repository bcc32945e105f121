#include "feature/audit/actions.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/page_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 8192, PATH_BYTES_MAX = 4096, TAIL_BYTES_MAX = 16384 };

/* Where the entries of a list stand, read in one pass. Strings are skipped, so brackets in them count for nothing. */
struct scan {
	unsigned depth, count;
	bool in_string, escaped, is_list, closed, bad, between;
	int64_t at, end; /* end: behind the last whole entry, or behind the opening bracket */
	unsigned skip;	 /* entries to be passed over … */
	int64_t start;	 /* … and where the first one behind them begins; -1: not seen */
};

bool actions_init(struct actions *a, const char *folder)
{
	struct buf path;

	*a = (struct actions){.size = -1};
	if (!folder || !*folder)
		return true;
	buf_init(&path, MEM_AUDIT, PATH_BYTES_MAX);
	buf_printf(&path, "%s/user_actions.json", folder);
	a->path = path.overflow ? NULL : buf_steal(&path);
	buf_clear(&path);
	return a->path != NULL;
}

void actions_clear(struct actions *a)
{
	mem_free(a->path);
	a->path = NULL;
}

/* ---- reading what is there ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void entry_ends(struct scan *s)
{
	s->count++;
	s->end = s->at + 1;
	s->between = true;
}

static void scan_open(struct scan *s, char c)
{
	if (s->depth == 0) {
		s->bad = c != '[';
		s->is_list = c == '[';
		s->end = s->at + 1;
	} else if (s->depth == 1) {
		s->bad = c != '{';
		if (s->count == s->skip && s->start < 0)
			s->start = s->at;
		s->between = false;
	}
	s->depth++;
}

static void scan_close(struct scan *s, char c)
{
	if (!s->depth) {
		s->bad = true;
		return;
	}
	s->depth--;
	if (s->depth == 1)
		entry_ends(s);
	if (s->depth == 0)
		s->closed = c == ']';
}

static void scan_byte(struct scan *s, char c)
{
	if (s->in_string) {
		if (s->escaped)
			s->escaped = false;
		else if (c == '\\')
			s->escaped = true;
		else if (c == '"')
			s->in_string = false;
		return;
	}
	if (is_blank(c))
		return;
	if (s->closed || (s->depth == 0 && c != '[') || (s->depth == 1 && !strchr("{],", c)) || !c) {
		s->bad = true;
		return;
	}
	if (c == '"')
		s->in_string = true;
	else if (c == '{' || c == '[')
		scan_open(s, c);
	else if (c == '}' || c == ']')
		scan_close(s, c);
}

/* Until the end, or until something that no list of objects has. False: it cannot be read (errno). */
static bool scan_file(int fd, unsigned skip, struct scan *ret_scan)
{
	struct scan s = {.skip = skip, .start = -1};
	char chunk[CHUNK_BYTES];
	ssize_t n;

	while (!s.bad && (n = pread(fd, chunk, sizeof chunk, s.at)) != 0) {
		if (n < 0)
			return false;
		for (ssize_t i = 0; i < n && !s.bad; i++, s.at++)
			scan_byte(&s, chunk[i]);
	}
	*ret_scan = s;
	return true;
}

/* ---- mending ---- */

static bool close_list(int fd, int64_t end)
{
	static const char tail[] = "\n]\n";

	return ftruncate(fd, end) == 0 && pwrite(fd, tail, sizeof tail - 1, end) == (ssize_t)sizeof tail - 1;
}

/* Not a list at all: the viewer takes it for empty, so nothing is lost by a new one beside it. */
static bool put_aside(struct actions *a, struct err *err)
{
	char to[PATH_BYTES_MAX + 8];

	snprintf(to, sizeof to, "%s.broken", a->path);
	if (rename(a->path, to) < 0)
		return err_errno(err, "cannot rename %.100s", a->path);
	log_warn(
		"audit", "%s is not a list of actions; it is kept as %s.broken, and a new one begun", a->path, a->path);
	return true;
}

static int open_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
	struct stat st;

	if (fd < 0) {
		err_errno(err, "cannot open %.100s", path);
		return -1;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		err_set(err, ERR_SYSTEM, "%.100s is not a file", path);
		close(fd);
		return -1;
	}
	return fd;
}

static int64_t time_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static void remember(struct actions *a, int fd)
{
	struct stat st;

	a->size = -1;
	if (fstat(fd, &st) < 0)
		return;
	a->file = (uint64_t)st.st_ino;
	a->size = (int64_t)st.st_size;
	a->time_ns = time_ns(&st);
}

static bool is_as_we_left_it(const struct actions *a, int fd)
{
	struct stat st;

	return a->size > 0 && fstat(fd, &st) == 0 && (int64_t)st.st_size == a->size && time_ns(&st) == a->time_ns &&
	       (uint64_t)st.st_ino == a->file;
}

/* Knows afterwards where the next entry goes; what is behind the last whole one is cut off. -1: err. */
static int open_list(struct actions *a, struct err *err)
{
	int fd = open_file(a->path, err);
	struct scan s;

	if (fd < 0 || is_as_we_left_it(a, fd))
		return fd;
	if (!scan_file(fd, 0, &s)) {
		err_errno(err, "cannot read %.100s", a->path);
		goto fail;
	}
	if (!s.is_list && s.bad) {
		close(fd);
		fd = put_aside(a, err) ? open_file(a->path, err) : -1;
		if (fd < 0)
			return -1;
		s = (struct scan){0};
	}
	if (!s.is_list) {
		if (ftruncate(fd, 0) < 0 || pwrite(fd, "[", 1, 0) != 1 || !close_list(fd, 1)) {
			err_errno(err, "cannot write %.100s", a->path);
			goto fail;
		}
		s.end = 1;
	} else if (!s.closed || s.bad) {
		log_warn("audit", "%s was cut off in the middle; it is mended, and %u entries are kept", a->path,
			s.count);
		if (!close_list(fd, s.end)) {
			err_errno(err, "cannot write %.100s", a->path);
			goto fail;
		}
	}
	a->end = s.end;
	a->count = s.count;
	remember(a, fd);
	page_cache_let_go(fd);
	return fd;
fail:
	close(fd);
	return -1;
}

/* ---- taking the oldest out ---- */

static bool copy_from(int from, int to, int64_t start, int64_t end)
{
	char chunk[CHUNK_BYTES];

	if (write(to, "[\n", 2) != 2)
		return false;
	while (start < end) {
		size_t want = end - start < CHUNK_BYTES ? (size_t)(end - start) : CHUNK_BYTES;
		ssize_t n = pread(from, chunk, want, start);

		if (n <= 0 || write(to, chunk, (size_t)n) != n)
			return false;
		start += n;
	}
	return write(to, "\n]\n", 3) == 3;
}

static bool trim(struct actions *a, struct err *err)
{
	char temporary[PATH_BYTES_MAX + 8];
	int from = open_file(a->path, err), to;
	struct scan s;
	bool ok;

	if (from < 0)
		return false;
	snprintf(temporary, sizeof temporary, "%s.tmp", a->path);
	to = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	ok = to >= 0 && scan_file(from, a->count - ACTIONS_KEPT, &s) && s.start > 0 &&
	     copy_from(from, to, s.start, s.end) && rename(temporary, a->path) == 0;
	if (!ok)
		err_errno(err, "the oldest entries of %.100s cannot be taken out", a->path);
	if (!ok && to >= 0)
		unlink(temporary);
	page_cache_let_go(from);
	if (to >= 0)
		close(to);
	close(from);
	if (ok)
		a->size = -1; /* looked at again before the next entry */
	return ok;
}

/* ---- writing ---- */

static bool write_tail(struct actions *a, int fd, struct str tail, struct err *err)
{
	ssize_t n = pwrite(fd, tail.p, tail.n, a->end);

	if (n == (ssize_t)tail.n) {
		page_cache_appended(fd, a->end + n, tail.n);
		return true;
	}
	if (n < 0)
		err_errno(err, "cannot write %.100s", a->path);
	else
		err_set(err, ERR_SYSTEM, "cannot write %.100s: only a part fitted (disk full?)", a->path);
	if (!close_list(fd, a->end))
		a->size = -1; /* mended at the next entry */
	return false;
}

bool actions_append(struct actions *a, struct str json, struct err *err)
{
	struct buf tail;
	bool ok = false;
	int fd;

	if (!a->path)
		return true;
	if (a->count >= ACTIONS_KEPT + ACTIONS_SLACK && a->size > 0 && !trim(a, err))
		return false;
	fd = open_list(a, err);
	if (fd < 0)
		return false;
	buf_init(&tail, MEM_AUDIT, TAIL_BYTES_MAX);
	buf_add_str(&tail, a->count ? ",\n" : "\n");
	buf_add_view(&tail, json);
	buf_add_str(&tail, "\n]\n");
	if (tail.overflow)
		err_set(err, ERR_MEMORY, "no memory for an entry");
	else
		ok = write_tail(a, fd, buf_view(&tail), err);
	if (ok) {
		a->end += (int64_t)(tail.length - 3);
		a->count++;
		/* what was longer behind it (blanks of another writer) goes */
		if (ftruncate(fd, a->end + 3) < 0)
			a->size = -1;
		else
			remember(a, fd);
	}
	buf_clear(&tail);
	close(fd);
	return ok;
}
