#include "feature/audit/audit.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	RECORD_BYTES_MAX = 8192, /* texts are cut to the next line's limit, so this is never reached */
	TEXT_CHARS_MAX = 400,
	PATH_BYTES_MAX = 4096
};

struct audit {
	char *path;   /* NULL: no log folder */
	bool failing; /* said already */
};

struct audit *audit_new(const char *log_dir)
{
	struct audit *a = mem_zalloc(MEM_AUDIT, sizeof *a);
	struct buf path;

	if (!a || !log_dir || !*log_dir)
		return a;
	buf_init(&path, MEM_AUDIT, PATH_BYTES_MAX);
	buf_printf(&path, "%s/audit.jsonl", log_dir);
	if (path.overflow) {
		buf_clear(&path);
		mem_free(a);
		return NULL;
	}
	a->path = buf_steal(&path);
	return a;
}

void audit_free(struct audit *a)
{
	if (!a)
		return;
	mem_free(a->path);
	mem_free(a);
}

static struct str cut(struct str s)
{
	return utf8_prefix(s, TEXT_CHARS_MAX);
}

static void write_record(struct buf *out, const struct audit_record *r)
{
	struct json_writer w = json_writer_on(out);
	char at[CLOCK_ISO_BYTES];

	clock_iso_utc(clock_wall_s(), at);
	json_begin_object(&w, NULL);
	json_text(&w, "at", at);
	json_id(&w, "user_id", r->user_id);
	json_string(&w, "user", cut(r->user));
	json_text(&w, "action", r->action);
	json_string(&w, "target", cut(r->target));
	json_text(&w, "source", r->source);
	json_id(&w, "channel_id", r->channel_id);
	json_text(&w, "result", r->result);
	json_string(&w, "reason", cut(r->reason));
	json_int(&w, "took_ms", r->took_ms);
	json_end_object(&w);
	buf_add_char(out, '\n');
}

/* A line that a full disk or a crash cut off must not swallow the next one. */
static bool ends_in_the_middle(int fd)
{
	struct stat st;
	char last;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	       pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

static bool append(const char *path, struct str line, struct err *err)
{
	/* Opened for each record: they are rare, and whoever moves the file away gets a new one. */
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
	bool ok = false;
	ssize_t n;

	if (fd < 0)
		return err_errno(err, "cannot open %.100s", path);
	if (ends_in_the_middle(fd) && write(fd, "\n", 1) != 1) {
		err_errno(err, "cannot write %.100s", path);
		goto out;
	}
	n = write(fd, line.p, line.n);
	if (n < 0)
		err_errno(err, "cannot write %.100s", path);
	else if ((size_t)n < line.n)
		err_set(err, ERR_SYSTEM, "cannot write %.100s: only a part fitted (disk full?)", path);
	else
		ok = true;
out:
	close(fd);
	return ok;
}

static void say(const struct audit_record *r)
{
	log_info("audit", "%s %.*s: %s, by %.*s (%llu), %s in channel %llu%s%.*s", r->action,
		STR_ARG(cut(r->target)), r->result, STR_ARG(cut(r->user)), (unsigned long long)r->user_id,
		r->source, (unsigned long long)r->channel_id, r->reason.n ? ": " : "",
		STR_ARG(cut(r->reason)));
}

void audit_write(struct audit *a, const struct audit_record *r)
{
	struct buf line;
	struct err err = {0};
	bool ok;

	say(r);
	if (!a || !a->path)
		return;
	buf_init(&line, MEM_AUDIT, RECORD_BYTES_MAX);
	write_record(&line, r);
	ok = !line.overflow ? append(a->path, buf_view(&line), &err)
			    : err_set(&err, ERR_MEMORY, "no memory for a record");
	buf_clear(&line);
	if (!ok && !a->failing)
		log_error("audit", "%s; records are in the log only until it works again", err.text);
	if (ok && a->failing)
		log_info("audit", "%s can be written again", a->path);
	a->failing = !ok;
}
