#include "feature/audit/audit.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/page_cache.h"

#include "feature/audit/actions.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	RECORD_BYTES_MAX = 8192, /* texts are cut to the next line's limit, so this is never reached */
	TEXT_CHARS_MAX = 400,
	PATH_BYTES_MAX = 4096,
	ZONE_BYTES = 64
};

struct audit {
	char *path;   /* NULL: no log folder */
	bool failing; /* said already */
	struct actions actions;
	bool actions_failing;
	char zone[ZONE_BYTES];
	unsigned serial; /* two acts of one second have different numbers */
	audit_fn *on_record;
	void *arg;
};

struct audit *audit_new(const char *log_dir)
{
	struct audit *a = mem_zalloc(MEM_AUDIT, sizeof *a);
	struct buf path;

	if (!a)
		return NULL;
	str_copy(a->zone, sizeof a->zone, STR("UTC"));
	if (!log_dir || !*log_dir)
		return a;
	buf_init(&path, MEM_AUDIT, PATH_BYTES_MAX);
	buf_printf(&path, "%s/audit.jsonl", log_dir);
	if (path.overflow || !actions_init(&a->actions, log_dir)) {
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
	actions_clear(&a->actions);
	mem_free(a->path);
	mem_free(a);
}

void audit_set_zone(struct audit *a, const char *name)
{
	str_copy(a->zone, sizeof a->zone, name && *name ? str_of(name) : STR("UTC"));
}

void audit_listen(struct audit *a, audit_fn *on_record, void *arg)
{
	a->on_record = on_record;
	a->arg = arg;
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

/* audit.jsonl -> .1 -> .2 …: the last one goes. A rename that fails leaves everything where it is. */
static void rotate(const char *path)
{
	char from[PATH_BYTES_MAX + 8], to[PATH_BYTES_MAX + 8];
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < AUDIT_FILE_BYTES_MAX)
		return;
	for (int i = AUDIT_FILES_KEPT - 1; i >= 0; i--) {
		snprintf(from, sizeof from, i ? "%s.%d" : "%s", path, i);
		snprintf(to, sizeof to, "%s.%d", path, i + 1);
		if (rename(from, to) < 0 && errno != ENOENT)
			return;
	}
}

static bool append(const char *path, struct str line, struct err *err)
{
	/* Opened for each record: they are rare, and whoever moves the file away gets a new one. */
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
	struct stat st;
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
	if (ok && fstat(fd, &st) == 0)
		page_cache_appended(fd, st.st_size, line.n);
out:
	close(fd);
	return ok;
}

static void say(const struct audit_record *r)
{
	log_info("audit", "%s %.*s: %s, by %.*s (%llu), %s in channel %llu%s%.*s", r->action, STR_ARG(cut(r->target)),
		r->result, STR_ARG(cut(r->user)), (unsigned long long)r->user_id, r->source,
		(unsigned long long)r->channel_id, r->reason.n ? ": " : "", STR_ARG(cut(r->reason)));
}

/* ---- the original's form ---- */

/* What the original calls it; what it has no word for is called after ours. */
static const struct {
	const char *action, *done, *failed;
} names[] = {
	{"edit info", "INFO_EDIT_MODAL_SIMPLE", NULL},
	{"edit protected info", "PROTECTED_INFO_EDIT", NULL},
	{"open protected info", "PROTECTED_INFO_ACCESS", "PROTECTED_INFO_FAILED"},
};

static const struct {
	const char *result, *ending;
} endings[] = {{"done", ""}, {"failed", "_FAILED"}, {"timed_out", "_TIMEOUT"}, {"refused", "_REFUSED"},
	{"cancelled", "_CANCELLED"}, {"not_done", "_NOT_DONE"}, {"interrupted", "_INTERRUPTED"}};

static const struct {
	const char *source, *name;
} sources[] = {{"button", "Discord Button"}, {"select", "Discord Select"}, {"modal", "Discord Modal"},
	{"command", "Discord Command"}, {"bulk", "Discord Bulk"}};

static bool is_engine_action(const char *action)
{
	static const char *const actions[] = {"start", "stop", "restart", "pause", "unpause", "kill"};

	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (!strcmp(actions[i], action))
			return true;
	return false;
}

static void add_action(struct buf *out, const struct audit_record *r)
{
	bool failed = !strcmp(r->result, "failed");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(names[i].action, r->action))
			continue;
		if (failed && names[i].failed) {
			buf_add_str(out, names[i].failed);
			return;
		}
		buf_add_str(out, names[i].done);
		goto ending;
	}
	if (is_engine_action(r->action))
		buf_add_str(out, "DOCKER_");
	for (const char *c = r->action; *c; c++)
		buf_add_char(out, isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_');
ending:
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (!strcmp(endings[i].result, r->result))
			buf_add_str(out, endings[i].ending);
}

static const char *source_name(const char *source)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (!strcmp(sources[i].source, source))
			return sources[i].name;
	return source;
}

/* ISO 8601 with the offset of the zone in force. */
static void add_time(struct buf *out, int64_t at_s)
{
	time_t at = (time_t)at_s;
	struct tm tm;
	char text[64];
	size_t n;

	if (!localtime_r(&at, &tm) || !(n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &tm)) || n < 5)
		return;
	buf_printf(out, "%.*s:%s", (int)n - 2, text, text + n - 2);
}

static void add_details(struct buf *out, const struct audit_record *r)
{
	struct str reason = cut(r->reason);

	buf_printf(out, "%s", r->result);
	if (r->took_ms)
		buf_printf(out, " in %u.%u s", (unsigned)(r->took_ms / 1000), (unsigned)(r->took_ms % 1000 / 100));
	if (reason.n)
		buf_printf(out, ": %.*s", STR_ARG(reason));
	buf_printf(out, " | user %" PRIu64 ", channel %" PRIu64, r->user_id, r->channel_id);
}

static void write_entry(struct audit *a, struct buf *out, const struct audit_record *r)
{
	struct json_writer w = json_writer_on(out);
	int64_t now = clock_wall_s();
	struct buf text;

	buf_init(&text, MEM_AUDIT, RECORD_BYTES_MAX);
	json_begin_object(&w, NULL);
	add_time(&text, now);
	json_string(&w, "timestamp", buf_view(&text));
	json_int(&w, "timestamp_unix", now);
	json_text(&w, "timezone", a->zone);
	buf_reset(&text);
	add_action(&text, r);
	json_string(&w, "action", buf_view(&text));
	json_string(&w, "target", r->target.n ? cut(r->target) : STR("-"));
	json_string(&w, "user", r->user.n ? cut(r->user) : STR("System"));
	json_text(&w, "source", source_name(r->source));
	buf_reset(&text);
	add_details(&text, r);
	json_string(&w, "details", buf_view(&text));
	json_textf(&w, "id", "%" PRId64 "-%04u", now, a->serial++ % 10000);
	json_bool(&w, "migrated", false);
	json_end_object(&w);
	out->overflow |= text.overflow;
	buf_clear(&text);
}

/* ---- both ---- */

static void tell(const char *what, bool ok, bool *failing, const struct err *err)
{
	if (!ok && !*failing)
		log_error("audit", "%s; records are missing there until it works again", err->text);
	if (ok && *failing)
		log_info("audit", "%s can be written again", what);
	*failing = !ok;
}

static void write_ours(struct audit *a, const struct audit_record *r)
{
	struct buf line;
	struct err err = {0};
	bool ok;

	buf_init(&line, MEM_AUDIT, RECORD_BYTES_MAX);
	write_record(&line, r);
	rotate(a->path);
	ok = !line.overflow ? append(a->path, buf_view(&line), &err)
			    : err_set(&err, ERR_MEMORY, "no memory for a record");
	buf_clear(&line);
	tell(a->path, ok, &a->failing, &err);
}

static void write_theirs(struct audit *a, const struct audit_record *r)
{
	struct buf entry;
	struct err err = {0};
	bool ok;

	buf_init(&entry, MEM_AUDIT, RECORD_BYTES_MAX);
	write_entry(a, &entry, r);
	ok = !entry.overflow ? actions_append(&a->actions, buf_view(&entry), &err)
			     : err_set(&err, ERR_MEMORY, "no memory for a record");
	buf_clear(&entry);
	tell(a->actions.path, ok, &a->actions_failing, &err);
}

void audit_write(struct audit *a, const struct audit_record *r)
{
	say(r);
	if (!a)
		return;
	if (a->on_record)
		a->on_record(r, a->arg);
	if (!a->path)
		return;
	write_ours(a, r);
	write_theirs(a, r);
}
