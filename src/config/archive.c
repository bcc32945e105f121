#include "config/archive.h"

#include "base/clock.h"
#include "config/doc_edit.h"
#include "config/file.h"
#include "config/lock.h"
#include "config/shape.h"
#include "config/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512 };

/* Offsets and widths of POSIX.1-1988 ustar; numbers are octal texts. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], time[12], sum[8], type, link[100], magic[6], version[2],
		user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

static const char *const subs[] = {
	"", "containers", "channels", "container_info", "progress", "progress/snapshots", "mech", "mech/stories"};
static const char *const suffixes[] = {".json", ".jsonl", ".txt"};

static unsigned sum_of(const struct header *h)
{
	const unsigned char *p = (const unsigned char *)h;
	unsigned sum = 0;
	for (size_t i = 0; i < sizeof *h; i++)
		sum += i >= offsetof(struct header, sum) && i < offsetof(struct header, sum) + sizeof h->sum ? ' '
													     : p[i];
	return sum;
}

static bool add_file(struct buf *tar, const char *name, struct str text)
{
	static const char zeros[BLOCK];
	struct header h = {.type = '0',
		.magic = "ustar",
		.version = {'0', '0'},
		.mode = "0000600",
		.uid = "0000000",
		.gid = "0000000"};
	size_t n = strlen(name);
	if (n > sizeof h.name)
		return false;
	memcpy(h.name, name, n);
	snprintf(h.size, sizeof h.size, "%011zo", text.n);
	snprintf(h.time, sizeof h.time, "%011" PRIo64, (uint64_t)clock_wall_s());
	snprintf(h.sum, sizeof h.sum, "%06o", sum_of(&h));
	h.sum[7] = ' ';
	buf_add(tar, &h, sizeof h);
	buf_add_view(tar, text);
	buf_add(tar, zeros, (BLOCK - text.n % BLOCK) % BLOCK);
	return !tar->overflow;
}

/* ---- secrets ---- */

/* Path of the first secret member at any depth of objects; 0: none. Lists hold no secrets in any file. */
static unsigned find_secret(const struct doc *d, doc_ref object, struct str *path, unsigned depth, struct buf *names)
{
	if (depth >= DOC_PATH_MAX || doc_type(d, object) != DOC_OBJECT)
		return 0;
	doc_each (d, m, object) {
		size_t from = names->length;
		if (!doc_decode_key(d, m, names))
			return 0;
		path[depth] =
			(struct str){(const char *)(uintptr_t)from, names->length - from}; /* names may move: offsets */
		if (shape_is_secret((struct str){names->data + from, names->length - from}))
			return depth + 1;
		unsigned found = find_secret(d, m, path, depth + 1, names);
		if (found)
			return found;
		buf_cut(names, from);
	}
	return 0;
}

/* The next secret's path, its keys in names. */
static unsigned next_secret(const struct doc *d, struct str path[DOC_PATH_MAX], struct buf *names)
{
	buf_reset(names);
	unsigned count = find_secret(d, DOC_ROOT, path, 0, names);
	for (unsigned i = 0; i < count; i++)
		path[i].p = names->data + (uintptr_t)path[i].p;
	return count;
}

static bool strip_secrets(struct doc *d)
{
	struct str path[DOC_PATH_MAX];
	struct buf names;
	unsigned count;
	bool ok = true;
	buf_init(&names, MEM_CONFIG, DOC_BYTES_MAX);
	while (ok && (count = next_secret(d, path, &names)))
		ok = doc_remove(d, path, count);
	buf_clear(&names);
	return ok;
}

/* What the archive leaves out is taken from the file that it replaces. */
static bool keep_secrets(struct doc *d, struct doc *old)
{
	struct str path[DOC_PATH_MAX];
	struct buf names, value;
	unsigned count;
	bool ok = true;
	buf_init(&names, MEM_CONFIG, DOC_BYTES_MAX);
	buf_init(&value, MEM_CONFIG, DOC_BYTES_MAX);
	while (ok && (count = next_secret(old, path, &names))) {
		doc_ref in_old = DOC_ROOT, in_new = DOC_ROOT, parent = DOC_ROOT;
		for (unsigned i = 0; i < count; i++) {
			parent = in_new;
			in_old = doc_get_view(old, in_old, path[i]);
			in_new = in_new != DOC_NONE ? doc_get_view(d, in_new, path[i]) : DOC_NONE;
		}
		buf_reset(&value);
		ok = buf_add_view(&value, doc_raw(old, in_old));
		if (ok && in_new == DOC_NONE && parent != DOC_NONE)
			ok = doc_set(d, path, count, buf_view(&value));
		ok = ok && doc_remove(old, path, count);
	}
	buf_clear(&names);
	buf_clear(&value);
	return ok;
}

/* ---- export ---- */

static bool is_json(const char *name)
{
	size_t n = strlen(name);
	return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

static bool add_named(
	struct buf *tar, const char *folder, const char *name, bool secrets, unsigned *count, struct err *err)
{
	char *text;
	size_t length;
	struct doc d = {0};
	bool ok;
	if (strcmp(name, "ddc_session.json") == 0 ||
		file_read(folder, name, DOC_BYTES_MAX, &text, &length, NULL) != FILE_READ)
		return true;
	if (secrets || !is_json(name)) {
		ok = add_file(tar, name, (struct str){text, length});
		mem_free_secret(text);
	} else if (doc_parse(&d, text, length)) {
		ok = strip_secrets(&d) && add_file(tar, name, (struct str){d.text, d.length});
	} else { /* whether it holds secrets nobody can tell */
		doc_clear(&d);
		return err_set(err, ERR_INPUT, "%.60s is not JSON; correct it first, or export with the secrets", name);
	}
	doc_clear(&d);
	*count += ok;
	return ok ||
	       err_set(err, ERR_LIMIT, "the archive would be larger than 64 MiB, or %.60s has too long a name", name);
}

static bool add_sub(struct buf *tar, const char *folder, const char *sub, const char *suffix, bool secrets,
	unsigned *count, struct err *err)
{
	char **names;
	size_t n;
	bool ok = true;
	file_list(folder, *sub ? sub : ".", suffix, &names, &n, NULL);
	for (size_t i = 0; ok && i < n; i++) {
		char name[400];
		snprintf(name, sizeof name, "%s%s%s", sub, *sub ? "/" : "", names[i]);
		ok = add_named(tar, folder, name, secrets, count, err);
	}
	file_list_free(names, n);
	return ok;
}

static bool write_out(const char *file, struct str bytes, struct err *err)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, "%.100s could not be written", file);
	bool ok = true;
	fchmod(fd, 0600); /* the file may have been there; a file system without modes does not matter */
	while (ok && bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		ok = n > 0;
		bytes.p += ok ? n : 0;
		bytes.n -= ok ? (size_t)n : 0;
	}
	ok = ok && (fsync(fd) == 0 || errno == EINVAL);
	if (!ok)
		err_errno(err, "%.100s could not be written", file);
	close(fd);
	return ok;
}

bool archive_export(const char *folder, const char *file, bool secrets, unsigned *ret_count, struct err *err)
{
	static const char zeros[2 * BLOCK];
	struct buf tar;
	unsigned count = 0;
	bool ok = true;
	buf_init(&tar, MEM_CONFIG, ARCHIVE_BYTES_MAX);
	for (size_t i = 0; ok && i < sizeof subs / sizeof *subs; i++)
		for (size_t k = 0; ok && k < sizeof suffixes / sizeof *suffixes; k++)
			ok = add_sub(&tar, folder, subs[i], suffixes[k], secrets, &count, err);
	if (ok && secrets)
		ok = add_named(&tar, folder, ".translation_key", true, &count, err);
	if (ok && !count)
		ok = err_set(err, ERR_NOT_FOUND, "there is nothing to export in %.100s", folder);
	ok = ok && buf_add(&tar, zeros, sizeof zeros) && write_out(file, buf_view(&tar), err);
	if (tar.data)
		explicit_bzero(tar.data, tar.length);
	buf_clear(&tar);
	if (ok)
		*ret_count = count;
	return ok;
}

/* ---- import ---- */

/* Only names that an export could have: no way out of the folder, nothing hidden but the key. */
static bool is_allowed(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	size_t n = slash ? (size_t)(slash - name) : 0;
	bool known = false;
	if (strcmp(name, ".translation_key") == 0)
		return true;
	for (size_t i = 0; i < sizeof subs / sizeof *subs; i++)
		known = known || (strlen(subs[i]) == n && memcmp(subs[i], name, n) == 0);
	bool suffix = false;
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		size_t length = strlen(base), m = strlen(suffixes[i]);
		suffix = suffix || (length > m && strcmp(base + length - m, suffixes[i]) == 0);
	}
	return known && suffix && base[0] != '.';
}

struct member {
	char name[101];
	struct str text;
};

/* Takes one member off tar. False at the end, and with err for what is no archive. */
static bool take(struct str *tar, struct member *ret, struct err *err)
{
	struct header h;
	char size_text[13] = "", sum_text[9] = "";
	if (!tar->n || tar->p[0] == '\0')
		return false;
	if (tar->n < BLOCK)
		return err_set(err, ERR_INPUT, "the file is no archive of ddc, or it is damaged");
	memcpy(&h, tar->p, sizeof h);
	memcpy(size_text, h.size, sizeof h.size);
	memcpy(sum_text, h.sum, sizeof h.sum);
	char *end;
	unsigned long long size = strtoull(size_text, &end, 8);
	if (strtoul(sum_text, NULL, 8) != sum_of(&h) || end == size_text || size > ARCHIVE_BYTES_MAX || h.prefix[0])
		return err_set(err, ERR_INPUT, "the file is no archive of ddc, or it is damaged");
	size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
	if (tar->n - BLOCK < padded)
		return err_set(err, ERR_INPUT, "the archive ends too early");
	memcpy(ret->name, h.name, sizeof h.name);
	ret->name[100] = '\0';
	ret->text = (struct str){tar->p + BLOCK, (size_t)size};
	tar->p += BLOCK + padded;
	tar->n -= BLOCK + padded;
	if (h.type != '0' && h.type != '\0')
		return err_set(err, ERR_INPUT, "the archive holds %.60s, which is no ordinary file", ret->name);
	return true;
}

static bool judge(struct str tar, unsigned *ret_count, struct err *err)
{
	struct member m;
	struct err why = {0};
	*ret_count = 0;
	while (take(&tar, &m, &why)) {
		struct doc d = {0};
		if (!is_allowed(m.name))
			return err_set(err, ERR_INPUT, "the archive holds %.60s, which does not belong into the folder",
				m.name);
		bool ok = !is_json(m.name) || doc_parse_copy(&d, m.text);
		if (!ok)
			err_set(err, ERR_INPUT, "%.60s of the archive is not JSON: line %u: %.60s", m.name,
				doc_line(&d, d.error_at), d.error);
		doc_clear(&d);
		if (!ok)
			return false;
		++*ret_count;
	}
	if (why.code)
		return err_set(err, why.code, "%s", why.text);
	return *ret_count || err_set(err, ERR_INPUT, "the archive holds no files");
}

static bool put_member(const char *folder, const struct member *m, struct err *err)
{
	struct doc d = {0}, old = {0};
	char *text;
	size_t length;
	bool merge = is_json(m->name) && file_read(folder, m->name, DOC_BYTES_MAX, &text, &length, NULL) == FILE_READ;
	if (!merge)
		return writer_put(folder, m->name, m->text, WRITER_BACKUP, err);
	bool ok = doc_parse_copy(&d, m->text) || err_set(err, ERR_MEMORY, "there is no memory for the import");
	if (ok && doc_parse(&old, text, length)) /* a broken one has nothing to give */
		ok = keep_secrets(&d, &old) || err_set(err, ERR_MEMORY, "there is no memory for the import");
	else if (!ok)
		mem_free_secret(text);
	ok = ok && writer_put(folder, m->name, (struct str){d.text, d.length}, WRITER_BACKUP, err);
	doc_clear(&d);
	doc_clear(&old);
	return ok;
}

bool archive_is_other(const char *file)
{
	char first[64];
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool dir = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	ssize_t n = dir ? 0 : read(fd, first, sizeof first);
	close(fd);
	return dir || str_starts(str_trim((struct str){first, n > 0 ? (size_t)n : 0}), "{");
}

bool archive_import(const char *folder, const char *file, struct buf *report, struct err *err)
{
	char *bytes;
	size_t length;
	unsigned count;
	struct member m;
	const char *slash = strrchr(file, '/');
	char dir[1024] = ".";
	if (slash)
		str_copy(dir, sizeof dir, (struct str){file, slash == file ? 1 : (size_t)(slash - file)});
	struct err why = {0};
	enum file_result r = file_read(dir, slash ? slash + 1 : file, ARCHIVE_BYTES_MAX, &bytes, &length, &why);
	if (r != FILE_READ)
		return err_set(err, ERR_NOT_FOUND, "%.80s: %.90s", file,
			r == FILE_ABSENT ? "there is no such file" : why.text);
	struct str tar = {bytes, length};
	bool ok = judge(tar, &count, err);
	lock_take(folder);
	while (ok && take(&tar, &m, NULL)) {
		ok = put_member(folder, &m, err);
		if (ok)
			buf_printf(report, "%s\n", m.name);
	}
	lock_drop();
	mem_free_secret(bytes);
	return ok;
}
