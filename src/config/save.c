#include "config/save.h"

#include "base/hash.h"
#include "config/file.h"
#include "config/lock.h"
#include "config/names.h"
#include "config/options.h"
#include "config/private.h"
#include "config/writer.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct open_file {
	char *name;
	struct doc doc;
	bool changed;
	bool was_there;
	uint64_t read_hash; /* of the bytes that the change began with */
};

struct save {
	char *folder;
	struct open_file files[SAVE_FILES_MAX];
	unsigned count;
};

struct save *save_begin(const char *folder)
{
	struct save *s = mem_zalloc(MEM_CONFIG, sizeof *s);
	if (s && (s->folder = mem_strdup(MEM_CONFIG, folder))) {
		lock_take(folder);
		return s;
	}
	mem_free(s);
	return NULL;
}

void save_free(struct save *s)
{
	if (!s)
		return;
	lock_drop();
	for (unsigned i = 0; i < s->count; i++) {
		mem_free(s->files[i].name);
		doc_clear(&s->files[i].doc);
	}
	mem_free(s->folder);
	mem_free(s);
}

static bool no_memory(struct err *err, const char *file)
{
	return err_set(err, ERR_MEMORY, "%.80s could not be saved: there is no memory", file);
}

static bool open_doc(const char *folder, const char *file, struct open_file *f, struct err *err)
{
	struct doc *d = &f->doc;
	char *text;
	size_t length;
	struct err why = {0};
	switch (file_read(folder, file, DOC_BYTES_MAX, &text, &length, &why)) {
	case FILE_ABSENT: return doc_parse_copy(d, STR("{}")) || no_memory(err, file);
	case FILE_FAILED: return err_set(err, why.code, "%.60s could not be saved: %.110s", file, why.text);
	case FILE_READ: break;
	}
	f->was_there = true;
	f->read_hash = hash_str(HASH_SEED, (struct str){text, length});
	if (!str_trim((struct str){text, length}).n) { /* an empty file holds nothing that could be lost */
		mem_free(text);
		return doc_parse_copy(d, STR("{}")) || no_memory(err, file);
	}
	if (!doc_parse(d, text, length))
		return err_set(err, ERR_CONFLICT,
			"%.50s could not be saved: what is there is not JSON (line %u: %.60s). Correct it "
			"first",
			file, doc_line(d, d->error_at), d->error);
	return true;
}

struct doc *save_doc(struct save *s, const char *file, struct err *err)
{
	for (unsigned i = 0; i < s->count; i++)
		if (strcmp(s->files[i].name, file) == 0)
			return &s->files[i].doc;
	if (s->count == SAVE_FILES_MAX) {
		err_set(err, ERR_LIMIT, "a change of more than %d files", SAVE_FILES_MAX);
		return NULL;
	}
	struct open_file *f = &s->files[s->count];
	*f = (struct open_file){.name = mem_strdup(MEM_CONFIG, file)};
	if (!f->name) {
		no_memory(err, file);
		return NULL;
	}
	if (!open_doc(s->folder, file, f, err)) {
		doc_clear(&f->doc);
		mem_free(f->name);
		return NULL;
	}
	s->count++;
	return &f->doc;
}

static bool must_be_object(const struct doc *d, const char *file, struct err *err)
{
	return doc_type(d, DOC_ROOT) == DOC_OBJECT ||
	       err_set(err, ERR_CONFLICT, "%.60s could not be saved: it holds %s where it must hold an object", file,
		       doc_type_name(doc_type(d, DOC_ROOT)));
}

static struct open_file *file_of(struct doc *d)
{
	return (struct open_file *)(void *)((char *)d - offsetof(struct open_file, doc));
}

void save_touch(struct save *s, struct doc *d)
{
	(void)s;
	file_of(d)->changed = true;
}

bool save_set(
	struct save *s, const char *file, const struct str *path, unsigned count, struct str json, struct err *err)
{
	struct doc *d = save_doc(s, file, err);
	bool ok = d && must_be_object(d, file, err) && (doc_set(d, path, count, json) || no_memory(err, file));
	if (ok)
		file_of(d)->changed = true;
	return ok;
}

bool save_remove(struct save *s, const char *file, const struct str *path, unsigned count, struct err *err)
{
	struct doc *d = save_doc(s, file, err);
	size_t before = d ? d->length : 0;
	bool ok = d && must_be_object(d, file, err) && (doc_remove(d, path, count) || no_memory(err, file));
	if (ok && d->length != before)
		file_of(d)->changed = true;
	return ok;
}

/* The lock keeps ddc's own processes apart; an editor or the original knows none. */
static bool is_as_it_was(const struct save *s, const struct open_file *f, struct err *err)
{
	char *text;
	size_t length;
	enum file_result now = file_read(s->folder, f->name, DOC_BYTES_MAX, &text, &length, NULL);
	bool same = now == FILE_READ ? f->was_there && hash_str(HASH_SEED, (struct str){text, length}) == f->read_hash
				     : now == FILE_ABSENT && !f->was_there;
	if (now == FILE_READ)
		mem_free_secret(text);
	return same || err_set(err, ERR_CONFLICT,
			       "%.60s could not be saved: somebody else changed it at the same moment. Nothing was "
			       "overwritten; do it again",
			       f->name);
}

static bool commit(struct save *s, unsigned flags, struct err *err)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->files[i].changed && !is_as_it_was(s, &s->files[i], err))
			return false;
	for (unsigned i = 0; i < s->count; i++) {
		struct open_file *f = &s->files[i];
		unsigned hashed = 0;
		if (!f->changed)
			continue;
		/* a password in clear text must not live on in the copy either */
		if (strncmp(f->name, "containers/", 11) == 0 && !hash_protected(&f->doc, &hashed))
			return no_memory(err, f->name);
		if (!writer_put(s->folder, f->name, (struct str){f->doc.text, f->doc.length}, hashed ? 0 : flags, err))
			return false;
		f->was_there = true;
		f->read_hash = hash_str(HASH_SEED, (struct str){f->doc.text, f->doc.length});
		f->changed = false;
	}
	return true;
}

bool save_commit(struct save *s, struct err *err)
{
	return commit(s, WRITER_BACKUP, err);
}

bool save_commit_without_backup(struct save *s, struct err *err)
{
	return commit(s, 0, err);
}

/* ---- settings by name ---- */

static unsigned split_path(const char *name, struct str *path, unsigned at)
{
	struct str rest = str_of(name);
	while (rest.n && at < DOC_PATH_MAX)
		path[at++] = str_split(rest, '.', &rest);
	return at;
}

/* As the original spells it: switches and numbers of advanced_settings are texts, ids and ports too. */
static bool spell(struct buf *out, const struct option *o, struct str text, struct err *err)
{
	int64_t number = 0;
	struct str parsed;
	bool clamped;
	char allowed[400];
	if (!option_parse(o, text, &number, &parsed, &clamped) || clamped)
		return err_set(err, ERR_INPUT, "%.40s: it must be %.120s", o->name,
			option_allowed(o, allowed, sizeof allowed));
	bool as_text = o->store == STORE_ADVANCED;
	if (o->type == OPTION_BOOL)
		return buf_add_str(out, as_text ? (number ? "\"1\"" : "\"0\"") : number ? "true" : "false");
	if (o->type == OPTION_INT)
		return buf_printf(out, as_text ? "\"%" PRId64 "\"" : "%" PRId64, number);
	return doc_quote(out, o->type == OPTION_TEXT ? text : parsed, false);
}

static bool save_option_once(
	const char *folder, const char *file, const struct option *o, const char *text, struct err *err)
{
	struct str path[DOC_PATH_MAX];
	struct buf json;
	unsigned count = 0;
	bool ok = false;
	if (o->store == STORE_ADVANCED)
		path[count++] = STR("advanced_settings");
	count = split_path(o->name, path, count);
	buf_init(&json, MEM_CONFIG, DOC_BYTES_MAX);
	struct save *s = save_begin(folder);
	if (!s)
		no_memory(err, file);
	else if (!text)
		ok = save_remove(s, file, path, count, err) && save_commit(s, err);
	else
		ok = spell(&json, o, str_of(text), err) && save_set(s, file, path, count, buf_view(&json), err) &&
		     save_commit(s, err);
	save_free(s);
	buf_clear(&json);
	return ok;
}

enum { TRIES = 3 };

/* On top of what somebody else wrote in between. */
static bool save_option(const char *folder, const char *file, const struct option *o, const char *text, struct err *err)
{
	struct err why = {0};
	for (int i = 0; i < TRIES; i++) {
		why = (struct err){0};
		if (save_option_once(folder, file, o, text, &why))
			return true;
		if (why.code != ERR_CONFLICT)
			break;
	}
	return err_set(err, why.code, "%s", why.text);
}

bool config_save_setting(const char *folder, const char *name, const char *text, struct err *err)
{
	const struct option *o = option_find(name);
	if (!o || o->type == OPTION_TABLE || o->type == OPTION_LIST)
		return err_set(err, ERR_NOT_FOUND, "there is no setting called %.80s", name);
	if (o->store == STORE_ENVIRONMENT)
		return err_set(err, ERR_INPUT, "%.80s is a variable; it cannot be kept in the folder", name);
	return save_option(folder, "config.json", o, text, err);
}

bool config_save_container(
	const char *folder, const char *container, const char *field, const char *text, struct err *err)
{
	char file[300];
	const struct option *o = option_find_in(STORE_CONTAINER, str_of(field));
	if (!name_is_container(str_of(container)))
		return err_set(err, ERR_INPUT, "%.80s is no name of a container", container);
	if (!o || o->type == OPTION_LIST)
		return err_set(err, ERR_NOT_FOUND, "containers have no field %.80s", field);
	snprintf(file, sizeof file, "containers/%s.json", container);
	return save_option(folder, file, o, text, err);
}

/* ---- admins ---- */

static const char ADMINS[] = "admins.json", ADMIN_LIST[] = "discord_admin_users", ADMIN_NOTES[] = "admin_notes";

/* The list without, or with one more, id: written anew, because items of lists have no names to splice by. */
static bool admin_list(const struct doc *d, struct buf *out, struct str id, bool with)
{
	doc_ref list = doc_get(d, DOC_ROOT, ADMIN_LIST);
	bool any = false;
	buf_add_char(out, '[');
	doc_ref one = list != DOC_NONE && doc_type(d, list) == DOC_ARRAY ? doc_first(d, list) : DOC_NONE;
	for (; one != DOC_NONE; one = doc_next(d, one)) {
		struct str raw = doc_raw(d, one);
		struct str inner = doc_type(d, one) == DOC_STRING ? (struct str){raw.p + 1, raw.n - 2} : raw;
		if (str_eq(str_trim(inner), id))
			continue;
		buf_add_str(out, any ? ",\n    " : "\n    ");
		buf_add_view(out, raw);
		any = true;
	}
	if (with)
		buf_printf(out, "%s\n    \"%.*s\"", any ? "," : "", STR_ARG(id));
	buf_add_str(out, any || with ? "\n  ]" : "]");
	return !out->overflow;
}

static bool change_admin(const char *folder, uint64_t user_id, const char *note, bool with, struct err *err)
{
	char digits[24];
	struct buf list, text;
	snprintf(digits, sizeof digits, "%" PRIu64, user_id);
	const struct str list_path[] = {str_of(ADMIN_LIST)}, note_path[] = {str_of(ADMIN_NOTES), str_of(digits)};
	buf_init(&list, MEM_CONFIG, DOC_BYTES_MAX);
	buf_init(&text, MEM_CONFIG, DOC_BYTES_MAX);
	struct save *s = save_begin(folder);
	struct doc *d = s ? save_doc(s, ADMINS, err) : NULL;
	bool ok = d && admin_list(d, &list, str_of(digits), with) && doc_quote(&text, str_of(note), true) &&
		  save_set(s, ADMINS, list_path, 1, buf_view(&list), err);
	if (ok && with && note)
		ok = save_set(s, ADMINS, note_path, 2, buf_view(&text), err);
	if (ok && !with)
		ok = save_remove(s, ADMINS, note_path, 2, err);
	ok = ok && save_commit(s, err);
	if (!s)
		no_memory(err, ADMINS);
	save_free(s);
	buf_clear(&list);
	buf_clear(&text);
	return ok;
}

bool config_save_admin(const char *folder, uint64_t user_id, const char *note, struct err *err)
{
	return change_admin(folder, user_id, note, true, err);
}

bool config_remove_admin(const char *folder, uint64_t user_id, struct err *err)
{
	return change_admin(folder, user_id, NULL, false, err);
}
