/*
 * From the layouts of v1 to the one of v2.3. A folder of containers (or channels) is built beside its place
 * and moved there with one rename, so that a run that is interrupted leaves either the old layout, which
 * loading still understands, or the new one; config.json comes last.
 */
#include "config/migrate.h"

#include "base/snowflake.h"
#include "config/file.h"
#include "config/lock.h"
#include "config/names.h"
#include "config/private.h"
#include "config/save.h"
#include "config/writer.h"

#include <stdio.h>
#include <string.h>

struct migration {
	const char *folder;
	struct reading *r;
	struct layers layers;
	struct buf *report;
	struct err *err;
};

static bool set(struct doc *d, const char *path, struct str json)
{
	struct str keys[DOC_PATH_MAX];
	struct str rest = str_of(path);
	unsigned count = 0;
	while (rest.n && count < DOC_PATH_MAX)
		keys[count++] = str_split(rest, '.', &rest);
	return doc_set(d, keys, count, json);
}

static bool has(const struct doc *d, const char *path)
{
	return doc_path(d, DOC_ROOT, path) != DOC_NONE;
}

/* The object as a document of its own, moved to the left as far as its last bracket stands. */
static bool extract(const struct doc *from, doc_ref object, struct doc *ret)
{
	struct str raw = doc_raw(from, object);
	const char *line = memrchr(raw.p, '\n', raw.n);
	size_t indent =
		line && !(from->oddities & DOC_HAS_RAW_CONTROL) ? (size_t)(raw.p + raw.n - line) - 2 : 0;
	struct buf b;
	buf_init(&b, MEM_CONFIG, DOC_BYTES_MAX);
	for (size_t i = 0; i < raw.n; i++) {
		buf_add_char(&b, raw.p[i]);
		if (raw.p[i] != '\n')
			continue;
		for (size_t k = 0; k < indent && i + 1 < raw.n && raw.p[i + 1] == ' '; k++)
			i++;
	}
	bool ok = !b.overflow && doc_parse_copy(ret, buf_view(&b));
	buf_clear(&b);
	return ok;
}

/* What v1 kept in container_info/; the protected keys mark the object as one of v2, so that it is not asked
 * for again. */
static bool fold_old_info(struct migration *m, struct str container, struct doc *d, bool *ret_folded)
{
	static const char *const keys[] = {"enabled", "show_ip", "custom_ip", "custom_port", "custom_text"};
	char file[320], path[32];
	struct doc old;
	*ret_folded = false;
	if (has(d, "info.protected_enabled") || !name_old_info_file(container, file, sizeof file))
		return true;
	bool ok = true;
	if (read_doc_of(m->r, m->folder, file, DOC_OBJECT, &old)) {
		for (size_t i = 0; ok && i < sizeof keys / sizeof *keys; i++) {
			doc_ref at = doc_get(&old, DOC_ROOT, keys[i]);
			snprintf(path, sizeof path, "info.%s", keys[i]);
			if (at != DOC_NONE)
				ok = set(d, path, doc_raw(&old, at));
		}
		ok = ok && set(d, "info.protected_enabled", STR("false")) &&
		     set(d, "info.protected_content", STR("\"\"")) &&
		     set(d, "info.protected_password", STR("\"\""));
		*ret_folded = ok;
	}
	doc_clear(&old);
	return ok || err_set(m->err, ERR_MEMORY, "there is no memory for the migration");
}

static bool put_doc(struct migration *m, const char *file, const struct doc *d)
{
	return writer_put(m->folder, file, (struct str){d->text, d->length}, WRITER_BACKUP, m->err);
}

static bool copy_if_missing(struct doc *d, const char *to, const char *from)
{
	doc_ref at = doc_get(d, DOC_ROOT, from);
	struct buf json;
	if (has(d, to) || at == DOC_NONE)
		return true;
	buf_init(&json, MEM_CONFIG, DOC_BYTES_MAX);
	bool ok = buf_add_view(&json, doc_raw(d, at)) && set(d, to, buf_view(&json));
	buf_clear(&json);
	return ok;
}

static bool stage_container(struct migration *m, const struct layer *a, doc_ref one, unsigned *count)
{
	char name[256], file[320];
	struct doc d = {0};
	struct spot s = {m->r, a->file, &a->doc};
	bool folded, ok = true;
	if (doc_type(&a->doc, one) != DOC_OBJECT ||
		(!read_short(&s, doc_get(&a->doc, one, "container_name"), name, sizeof name) &&
			!read_short(&s, doc_get(&a->doc, one, "docker_name"), name, sizeof name)) ||
		!name_is_container(str_of(name)))
		return true; /* loading has said so */
	snprintf(file, sizeof file, "containers.ddc-new/%s.json", name);
	ok = extract(&a->doc, one, &d) && (has(&d, "active") || set(&d, "active", STR("true"))) &&
	     copy_if_missing(&d, "container_name", "docker_name") &&
	     copy_if_missing(&d, "display_name", "name");
	if (!ok)
		err_set(m->err, ERR_MEMORY, "there is no memory for the migration");
	ok = ok && fold_old_info(m, str_of(name), &d, &folded) && put_doc(m, file, &d);
	*count += ok;
	doc_clear(&d);
	return ok;
}

static bool has_files(const char *folder, const char *sub)
{
	char **names;
	size_t count;
	file_list(folder, sub, ".json", &names, &count, NULL);
	file_list_free(names, count);
	return count > 0;
}

static bool migrate_containers(struct migration *m)
{
	doc_ref list;
	unsigned count = 0;
	const struct layer *a = layers_find(&m->layers, "servers", &list);
	if (has_files(m->folder, "containers") || !a || doc_type(&a->doc, list) != DOC_ARRAY)
		return true;
	doc_each(&a->doc, one, list) if (!stage_container(m, a, one, &count)) return false;
	if (!count)
		return true;
	if (!writer_move_folder(m->folder, "containers.ddc-new", "containers", m->err))
		return false;
	buf_printf(
		m->report, "%u containers of %s are now files of their own in containers/\n", count, a->file);
	return true;
}

static bool stage_channel(struct migration *m, const struct layer *a, doc_ref one, struct str id)
{
	char file[128], quoted[32];
	struct doc d = {0};
	snprintf(file, sizeof file, "channels.ddc-new/%.*s.json", STR_ARG(id));
	snprintf(quoted, sizeof quoted, "\"%.*s\"", STR_ARG(id));
	bool ok = extract(&a->doc, one, &d) &&
		  (str_is(id, "default") || has(&d, "channel_id") || set(&d, "channel_id", str_of(quoted)));
	if (!ok)
		err_set(m->err, ERR_MEMORY, "there is no memory for the migration");
	ok = ok && put_doc(m, file, &d);
	doc_clear(&d);
	return ok;
}

static bool stage_channels(struct migration *m, const struct layer *a, doc_ref table, unsigned *count)
{
	bool ok = true;
	for (doc_ref one = doc_first(&a->doc, table); ok && one != DOC_NONE; one = doc_next(&a->doc, one)) {
		struct buf key;
		uint64_t number;
		buf_init(&key, MEM_CONFIG, 256);
		if (doc_decode_key(&a->doc, one, &key) &&
			snowflake_parse(str_trim(buf_view(&key)), &number) &&
			doc_type(&a->doc, one) == DOC_OBJECT) {
			ok = stage_channel(m, a, one, str_trim(buf_view(&key)));
			*count += ok;
		}
		buf_clear(&key);
	}
	return ok;
}

static bool migrate_channels(struct migration *m)
{
	doc_ref table, defaults;
	unsigned count = 0;
	const struct layer *a = layers_find(&m->layers, "channel_permissions", &table);
	if (has_files(m->folder, "channels") || !a || doc_type(&a->doc, table) != DOC_OBJECT)
		return true;
	if (!stage_channels(m, a, table, &count))
		return false;
	if (!count)
		return true;
	const struct layer *b = layers_find(&m->layers, "default_channel_permissions", &defaults);
	if (b && doc_first(&b->doc, defaults) != DOC_NONE && !stage_channel(m, b, defaults, STR("default")))
		return false;
	if (!writer_move_folder(m->folder, "channels.ddc-new", "channels", m->err))
		return false;
	buf_printf(m->report, "%u channels of %s are now files of their own in channels/\n", count, a->file);
	return true;
}

/* Containers that were split by the original or its script, whose texts were left behind. */
static bool migrate_infos(struct migration *m)
{
	char **names;
	size_t count;
	bool ok = true;
	if (!file_list(m->folder, "containers", ".json", &names, &count, NULL) || !count)
		return true;
	for (size_t i = 0; ok && i < count; i++) {
		char file[300], name[256];
		struct doc d;
		bool folded = false;
		snprintf(file, sizeof file, "containers/%s", names[i]);
		struct spot s = {m->r, file, &d};
		if (read_doc_of(m->r, m->folder, file, DOC_OBJECT, &d) &&
			(read_short(&s, doc_get(&d, DOC_ROOT, "container_name"), name, sizeof name) ||
				read_short(&s, doc_get(&d, DOC_ROOT, "docker_name"), name, sizeof name)))
			ok = fold_old_info(m, str_of(name), &d, &folded) && (!folded || put_doc(m, file, &d));
		if (ok && folded)
			buf_printf(m->report, "the info text of %s was brought over from container_info/\n",
				name);
		doc_clear(&d);
	}
	file_list_free(names, count);
	return ok;
}

static bool filled(const struct doc *d, doc_ref at)
{
	return at != DOC_NONE && doc_type(d, at) == DOC_OBJECT && doc_first(d, at) != DOC_NONE;
}

/* From spam_protection.json, or from config.json of the oldest layout, into the section where v2.3 looks. */
static bool migrate_cooldowns(struct migration *m, struct save *s)
{
	const struct str path[] = {STR("spam_protection")};
	struct doc *to = save_doc(s, "channels_config.json", m->err), old, part = {0};
	if (!to)
		return false;
	if (filled(to, doc_get(to, DOC_ROOT, "spam_protection")))
		return true;
	const char *source = "spam_protection.json";
	bool found = read_doc_of(m->r, m->folder, source, DOC_OBJECT, &old) && extract(&old, DOC_ROOT, &part);
	doc_clear(&old);
	doc_ref at;
	const struct layer *a = found ? NULL : layers_find(&m->layers, "spam_protection", &at);
	if (a && filled(&a->doc, at)) {
		found = extract(&a->doc, at, &part);
		source = a->file;
	}
	bool ok = !found ||
		  save_set(s, "channels_config.json", path, 1, (struct str){part.text, part.length}, m->err);
	if (ok && found)
		buf_printf(m->report, "the cooldowns of %s are now in channels_config.json\n", source);
	doc_clear(&part);
	return ok;
}

static bool stays_behind(struct str key)
{
	static const char *const keys[] = {"servers", "docker_name", "channel_permissions",
		"default_channel_permissions", "spam_protection", "server_order"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_is(key, keys[i]))
			return true;
	return false;
}

/* guild_id must be text: as a number, one of the original's two readers ignores it. */
static bool take_key(
	struct migration *m, struct save *s, const struct layer *a, doc_ref member, struct str key)
{
	struct str raw = doc_raw(&a->doc, member);
	char quoted[64];
	if (str_is(key, "guild_id") && doc_type(&a->doc, member) == DOC_NUMBER && raw.n < 40) {
		snprintf(quoted, sizeof quoted, "\"%.*s\"", STR_ARG(raw));
		raw = str_of(quoted);
	}
	return save_set(s, "config.json", &key, 1, raw, m->err);
}

static bool take_keys(struct migration *m, struct save *s, const struct layer *a, unsigned *taken)
{
	bool ok = true;
	for (doc_ref one = doc_first(&a->doc, DOC_ROOT); ok && one != DOC_NONE;
		one = doc_next(&a->doc, one)) {
		struct buf key;
		struct doc *to = save_doc(s, "config.json", m->err);
		buf_init(&key, MEM_CONFIG, 1024);
		if (to && doc_decode_key(&a->doc, one, &key) && !stays_behind(buf_view(&key)) &&
			doc_get_view(to, DOC_ROOT, buf_view(&key)) == DOC_NONE) {
			ok = take_key(m, s, a, one, buf_view(&key));
			*taken += ok;
		}
		ok = ok && to;
		buf_clear(&key);
	}
	return ok;
}

static bool migrate_settings(struct migration *m, struct save *s)
{
	static const char *const old[] = {"bot_config.json", "web_config.json", "docker_config.json",
		"channels_config.json", "config_v1.json"};
	for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
		unsigned taken = 0;
		const struct layer *a = layers_file(&m->layers, old[i]);
		if (a && !take_keys(m, s, a, &taken))
			return false;
		if (taken)
			buf_printf(m->report, "%u settings of %s are now in config.json\n", taken, old[i]);
	}
	return true;
}

/* A config.json that holds `servers` makes v2.3 run a migration that loses it; the list stays in a copy. */
static bool retire_old_list(struct migration *m, struct save *s)
{
	const struct layer *a = layers_file(&m->layers, "config.json");
	const struct str servers[] = {STR("servers")};
	if (!a || !has(&a->doc, "servers") || !has_files(m->folder, "containers"))
		return true;
	if (!writer_put(m->folder, "config.json.v1", (struct str){a->doc.text, a->doc.length}, 0, m->err) ||
		!save_remove(s, "config.json", servers, 1, m->err))
		return false;
	buf_printf(m->report, "config.json no longer lists the containers; it was kept as config.json.v1\n");
	return true;
}

static bool migrate_all(struct migration *m)
{
	if (!migrate_containers(m) || !migrate_channels(m) || !migrate_infos(m))
		return false;
	struct save *s = save_begin(m->folder);
	bool ok = s && migrate_cooldowns(m, s) && migrate_settings(m, s) && retire_old_list(m, s) &&
		  save_commit(s, m->err);
	if (!s)
		err_set(m->err, ERR_MEMORY, "there is no memory for the migration");
	save_free(s);
	return ok;
}

/* A folder that v2 wrote and that holds nothing of v1 is left alone, down to the last missing file. */
static bool is_needed(struct migration *m)
{
	static const char *const old[] = {
		"bot_config.json", "web_config.json", "docker_config.json", "config_v1.json"};
	doc_ref at;
	for (size_t i = 0; i < sizeof old / sizeof *old; i++)
		if (layers_file(&m->layers, old[i]))
			return true;
	return layers_find(&m->layers, "servers", &at) || file_time_ns(m->folder, "spam_protection.json") ||
	       file_time_ns(m->folder, "container_info") ||
	       (!has_files(m->folder, "channels") && layers_find(&m->layers, "channel_permissions", &at));
}

bool config_migrate(const char *folder, struct buf *report, struct err *err)
{
	struct reading quiet = {0};
	struct migration m = {.folder = folder, .r = &quiet, .report = report, .err = err};
	lock_take(folder);
	layers_load(&m.layers, &quiet, folder);
	bool ok = !is_needed(&m) || migrate_all(&m);
	layers_clear(&m.layers);
	lock_drop();
	return ok;
}
