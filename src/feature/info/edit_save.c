/* The other half of edit.h: into the file that describes the container, and nothing else of it. */
#include "feature/info/edit.h"

#include "config/file.h"
#include "config/names.h"
#include "config/save.h"

#include <stdio.h>

enum { FILE_BYTES = 320, JSON_BYTES_MAX = 32 * 1024 };

static bool names(const struct doc *d, const char *key, const char *container)
{
	doc_ref at = doc_type(d, DOC_ROOT) == DOC_OBJECT ? doc_get(d, DOC_ROOT, key) : DOC_NONE;
	struct buf text;
	bool same;

	if (at == DOC_NONE || doc_type(d, at) != DOC_STRING)
		return false;
	buf_init(&text, MEM_CONTROL, 1024);
	same = doc_decode(d, at, &text) && str_is(str_trim(buf_view(&text)), container);
	buf_clear(&text);
	return same;
}

static bool is_about(const char *folder, const char *file, const char *container)
{
	struct save *s = save_begin(folder);
	const struct doc *d = s ? save_doc(s, file, NULL) : NULL;
	bool is = d && (names(d, "container_name", container) || names(d, "docker_name", container));

	save_free(s);
	return is;
}

/* The file that describes the container; a new one beside it would take its place and lose all the rest. */
static bool find_file(const struct info_edit *e, char file[FILE_BYTES], struct err *err)
{
	char **list;
	size_t count;
	bool found = false;

	snprintf(file, FILE_BYTES, "containers/%s.json", e->container);
	if (!name_is_container(str_of(e->container)))
		return err_set(err, ERR_INPUT, "%.80s is no name of a container", e->container);
	if (is_about(e->folder, file, e->container))
		return true;
	if (!file_list(e->folder, "containers", ".json", &list, &count, err))
		return false;
	for (size_t i = 0; i < count && !found; i++) {
		snprintf(file, FILE_BYTES, "containers/%.290s", list[i]);
		found = is_about(e->folder, file, e->container);
	}
	file_list_free(list, count);
	return found ||
	       err_set(err, ERR_NOT_FOUND,
		       "no file in containers/ describes %.80s (settings of an older release? `ddc config import` brings them up to date)",
		       e->container);
}

static bool set_text(struct save *s, const char *file, const char *key, const char *text, struct err *err)
{
	const struct str path[] = {STR("info"), str_of(key)};
	struct buf json;
	bool ok;

	buf_init(&json, MEM_CONTROL, JSON_BYTES_MAX);
	ok = doc_quote(&json, str_of(text), false) ? save_set(s, file, path, 2, buf_view(&json), err)
						   : err_set(err, ERR_MEMORY, "no memory to save it");
	buf_clear(&json);
	return ok;
}

static bool set_flag(struct save *s, const char *file, const char *key, bool value, struct err *err)
{
	const struct str path[] = {STR("info"), str_of(key)};

	return save_set(s, file, path, 2, value ? STR("true") : STR("false"), err);
}

static bool set_public(struct save *s, const char *file, const struct info_edit *e, struct err *err)
{
	return set_flag(s, file, "enabled", e->enabled, err) && set_flag(s, file, "show_ip", e->show_ip, err) &&
	       set_text(s, file, "custom_text", e->text, err) && set_text(s, file, "custom_ip", e->address, err) &&
	       set_text(s, file, "custom_port", e->port, err);
}

static bool set_secret(struct save *s, const char *file, const struct info_edit *e, struct err *err)
{
	char hash[INFO_PASSWORD_HASH_BYTES];

	if (!set_flag(s, file, "protected_enabled", e->enabled, err) ||
		!set_text(s, file, "protected_content", e->text, err))
		return false;
	if (!e->has_password)
		return true;
	if (!config_hash_info_password(str_of(e->password), hash))
		return err_set(err, ERR_MEMORY, "the password could not be hashed");
	return set_text(s, file, "protected_password", hash, err);
}

bool edit_save(const struct info_edit *e, struct err *err)
{
	char file[FILE_BYTES];
	struct save *s;
	bool ok;

	if (!find_file(e, file, err))
		return false;
	s = save_begin(e->folder);
	if (!s)
		return err_set(err, ERR_MEMORY, "no memory to save it");
	/* Of the protected part no copy stays behind: it may hold a password in clear text. */
	if (e->secret)
		ok = set_secret(s, file, e, err) && save_commit_without_backup(s, err);
	else
		ok = set_public(s, file, e, err) && save_commit(s, err);
	save_free(s);
	return ok;
}
