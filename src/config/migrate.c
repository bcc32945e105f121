/*
 * From the layouts of v1 to the one of v2.3, and what v2.3's own migration lost on that way, from the copies
 * it made. A folder of containers (or channels) is built beside its place and moved there with one rename, so
 * that a run that is interrupted leaves either the old layout, which loading still understands, or the new
 * one; config.json comes after them, and at the very end the note that it was done (IMPORT_FILE).
 */
#include "config/migrate.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/snowflake.h"
#include "config/file.h"
#include "config/lock.h"
#include "config/names.h"
#include "config/private.h"
#include "config/save.h"
#include "config/writer.h"

#include <inttypes.h>
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
	size_t indent = line && !(from->oddities & DOC_HAS_RAW_CONTROL) ? (size_t)(raw.p + raw.n - line) - 2 : 0;
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

static bool no_memory(struct migration *m)
{
	return err_set(m->err, ERR_MEMORY, "there is no memory for the migration");
}

/* What v1 kept in container_info/; the protected keys mark the object as one of v2. */
static bool fold_old_info(struct migration *m, struct str container, struct doc *d, bool *ret_folded)
{
	static const char *const keys[] = {"enabled", "show_ip", "custom_ip", "custom_port", "custom_text"};
	static const char *const added[][2] = {{"info.protected_enabled", "false"}, {"info.protected_content", "\"\""},
		{"info.protected_password", "\"\""}};
	char file[320], path[32];
	struct doc old;
	bool ok = true,
	     found = old_info(&(struct spot){m->r, "", d}, DOC_ROOT, m->folder, &m->layers, container, file, &old);
	for (size_t i = 0; ok && found && i < sizeof keys / sizeof *keys; i++) {
		snprintf(path, sizeof path, "info.%s", keys[i]);
		doc_ref at = doc_path(&old, DOC_ROOT, path);
		if (at != DOC_NONE)
			ok = set(d, path, doc_raw(&old, at));
	}
	for (size_t i = 0; ok && found && i < sizeof added / sizeof *added; i++)
		ok = has(d, added[i][0]) || set(d, added[i][0], str_of(added[i][1]));
	*ret_folded = found && ok;
	doc_clear(&old);
	return ok || no_memory(m);
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

static bool container_of(struct migration *m, const struct layer *a, doc_ref one, char name[256])
{
	struct spot s = {m->r, a->file, &a->doc};
	return doc_type(&a->doc, one) == DOC_OBJECT &&
	       (read_short(&s, doc_get(&a->doc, one, "container_name"), name, 256) ||
		       read_short(&s, doc_get(&a->doc, one, "docker_name"), name, 256)) &&
	       name_is_container(str_of(name));
}

static bool stage_container(struct migration *m, const struct layer *a, doc_ref one, const char *into, unsigned *count)
{
	char name[256], file[320];
	struct doc d = {0};
	bool folded, ok = true;
	if (!container_of(m, a, one, name))
		return true; /* loading has said so */
	snprintf(file, sizeof file, "%s/%s.json", into, name);
	ok = extract(&a->doc, one, &d) && (has(&d, "active") || set(&d, "active", STR("true"))) &&
	     copy_if_missing(&d, "container_name", "docker_name") && copy_if_missing(&d, "display_name", "name");
	if (!ok)
		no_memory(m);
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
	doc_each (&a->doc, one, list) {
		if (!stage_container(m, a, one, "containers.ddc-new", &count))
			return false;
	}
	if (!count)
		return true;
	if (!writer_move_folder(m->folder, "containers.ddc-new", "containers", m->err))
		return false;
	buf_printf(m->report, "%u containers of %s are now files of their own in containers/\n", count, a->file);
	return true;
}

static bool stage_channel(struct migration *m, const struct layer *a, doc_ref one, const char *into, struct str id)
{
	char file[128], quoted[32];
	struct doc d = {0};
	snprintf(file, sizeof file, "%s/%.*s.json", into, STR_ARG(id));
	snprintf(quoted, sizeof quoted, "\"%.*s\"", STR_ARG(id));
	bool ok = extract(&a->doc, one, &d) &&
		  (str_is(id, "default") || has(&d, "channel_id") || set(&d, "channel_id", str_of(quoted)));
	if (!ok)
		no_memory(m);
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
		if (doc_decode_key(&a->doc, one, &key) && snowflake_parse(str_trim(buf_view(&key)), &number) &&
			doc_type(&a->doc, one) == DOC_OBJECT) {
			ok = stage_channel(m, a, one, "channels.ddc-new", str_trim(buf_view(&key)));
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
	const struct layer *b = layers_find_filled(&m->layers, "default_channel_permissions", &defaults);
	if (b && doc_type(&b->doc, defaults) == DOC_OBJECT &&
		!stage_channel(m, b, defaults, "channels.ddc-new", STR("default")))
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
			buf_printf(m->report, "the info text of %s was brought over from container_info/\n", name);
		doc_clear(&d);
	}
	file_list_free(names, count);
	return ok;
}

/* v2.3 puts fixed defaults in the place of the owner's; what loading takes for them becomes the file. */
static bool migrate_channel_defaults(struct migration *m)
{
	struct doc own;
	doc_ref at;
	const struct doc *from = channel_defaults(m->r, m->folder, &m->layers, &own, &at);
	bool lost = from && from != &own && has_files(m->folder, "channels");
	bool ok = true;
	for (unsigned i = 0; lost && i < m->layers.count; i++)
		if (&m->layers.list[i].doc == from) {
			ok = stage_channel(m, &m->layers.list[i], at, "channels", STR("default"));
			if (ok)
				buf_printf(m->report,
					"the defaults for channels of %s are now in channels/default.json\n",
					m->layers.list[i].file);
		}
	doc_clear(&own);
	return ok;
}

static bool filled(const struct doc *d, doc_ref at)
{
	return at != DOC_NONE && doc_type(d, at) == DOC_OBJECT && doc_first(d, at) != DOC_NONE;
}

/* Into the section where v2.3 looks, from wherever older releases kept them. A channels_config.json of v1 has no such
 * section, which v2.3 would take for "no button has a pause": it gets the defaults. First of all, because loading
 * tells v1 by its layout. */
static bool migrate_cooldowns(struct migration *m)
{
	const struct str path[] = {STR("spam_protection")};
	const struct layer *own = layers_file(&m->layers, "channels_config.json");
	doc_ref at;
	if (own && filled(&own->doc, doc_get(&own->doc, DOC_ROOT, "spam_protection")))
		return true;
	const struct layer *a = old_section(&m->layers, &at);
	struct doc part = {0};
	bool found = a && extract(&a->doc, at, &part);
	if (!found && !(own && m->layers.oldest_layout))
		return true;
	struct save *s = save_begin(m->folder);
	bool ok = s &&
		  save_set(s, "channels_config.json", path, 1,
			  found ? (struct str){part.text, part.length} : str_of(cooldown_defaults_json()), m->err) &&
		  save_commit(s, m->err);
	if (!s)
		no_memory(m);
	if (ok && found)
		buf_printf(m->report, "the cooldowns of %s are now in channels_config.json\n", a->file);
	doc_clear(&part);
	save_free(s);
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

static bool migrate_order(struct migration *m)
{
	struct doc own, d = {0};
	doc_ref at;
	const struct doc *from = server_order(m->r, m->folder, &m->layers, &own, &at);
	bool ok = true;
	if (from && from != &own) {
		ok = (doc_parse_copy(&d, STR("{}")) && set(&d, "server_order", doc_raw(from, at))) || no_memory(m);
		ok = ok && put_doc(m, "server_order.json", &d);
		if (ok)
			buf_add_str(m->report, "the order of the containers is now in server_order.json\n");
	}
	doc_clear(&d);
	doc_clear(&own);
	return ok;
}

/* ---- keys that go into config.json ---- */

struct taking {
	struct migration *m;
	struct save *s;
	const struct layer *from;
	unsigned taken;
	struct buf names; /* of what was taken, for the report */
};

enum { NAMES_SHOWN = 8 };

static void note_taken(struct taking *t, const char *table, struct str key)
{
	if (t->taken++ < NAMES_SHOWN)
		buf_printf(&t->names, "%s%s%s%.*s", t->taken > 1 ? ", " : "", table, *table ? "." : "",
			STR_ARG(utf8_prefix(key, 60)));
}

/* guild_id must be text: as a number, one of the original's two readers ignores it. */
static bool take_key(struct taking *t, const struct str *path, unsigned count, doc_ref member)
{
	struct str raw = doc_raw(&t->from->doc, member);
	char quoted[64];
	if (str_is(path[0], "guild_id") && doc_type(&t->from->doc, member) == DOC_NUMBER && raw.n < 40) {
		snprintf(quoted, sizeof quoted, "\"%.*s\"", STR_ARG(raw));
		raw = str_of(quoted);
	}
	note_taken(t, count > 1 ? "advanced_settings" : "", path[count - 1]);
	return save_set(t->s, "config.json", path, count, raw, t->m->err);
}

/* Nothing newer has a value under this path: config.json as it will be, and the files before this one. */
static bool is_missing(struct taking *t, const struct str *path, unsigned count)
{
	const struct doc *to = save_doc(t->s, "config.json", t->m->err);
	doc_ref at = DOC_ROOT;
	for (unsigned i = 0; to && i < count && at != DOC_NONE; i++)
		at = doc_get_view(to, at, path[i]);
	if (!to || (at != DOC_NONE && doc_type(to, at) != DOC_NULL))
		return false;
	for (unsigned k = 0; k < t->m->layers.count; k++) {
		const struct layer *a = &t->m->layers.list[k];
		if (a == t->from)
			return true;
		at = layer_counts(&t->m->layers, a) ? DOC_ROOT : DOC_NONE;
		for (unsigned i = 0; i < count && at != DOC_NONE; i++)
			at = doc_get_view(&a->doc, at, path[i]);
		if (at != DOC_NONE && doc_type(&a->doc, at) != DOC_NULL)
			return false;
	}
	return true;
}

/* Members of from at object: the top, or advanced_settings, which is merged name by name as loading does. */
static bool take_members(struct taking *t, doc_ref object, bool advanced)
{
	const struct doc *d = &t->from->doc;
	bool ok = true;
	for (doc_ref one = doc_first(d, object); ok && one != DOC_NONE; one = doc_next(d, one)) {
		struct buf key;
		buf_init(&key, MEM_CONFIG, 1024);
		if (doc_decode_key(d, one, &key)) {
			const struct str path[] = {STR("advanced_settings"), buf_view(&key)};
			const struct str *from = advanced ? path : path + 1;
			if (!advanced && str_is(path[1], "advanced_settings") && doc_type(d, one) == DOC_OBJECT)
				ok = take_members(t, one, true);
			else if (advanced || !stays_behind(path[1]))
				ok = !is_missing(t, from, 1 + advanced) || take_key(t, from, 1 + advanced, one);
		}
		buf_clear(&key);
	}
	return ok;
}

static bool migrate_settings(struct migration *m, struct save *s)
{
	bool ok = save_doc(s, "config.json", m->err);
	for (unsigned i = 0; ok && i < m->layers.count; i++) {
		struct taking t = {.m = m, .s = s, .from = &m->layers.list[i]};
		if (!t.from->old || !layer_counts(&m->layers, t.from))
			continue;
		buf_init(&t.names, MEM_CONFIG, 4096);
		ok = take_members(&t, DOC_ROOT, false);
		if (ok && t.taken)
			buf_printf(m->report, "%u settings of %s are now in config.json: %s%s\n", t.taken, t.from->file,
				buf_text(&t.names), t.taken > NAMES_SHOWN ? " …" : "");
		if (ok && t.taken && strstr(t.from->file, "heartbeat.json"))
			buf_add_str(m->report, "the watchdog of v1 told a channel; v2.3 and ddc ask a web address: "
					       "heartbeat stays off until heartbeat.ping_url is set\n");
		buf_clear(&t.names);
	}
	return ok;
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

/* ---- what is left in a copy because there are newer things of its kind ---- */

static void tell_unused(struct migration *m, const struct layer *a)
{
	unsigned count = 0;
	char name[256], file[320];
	doc_ref list = a->backup && a->present ? doc_get(&a->doc, DOC_ROOT, "servers") : DOC_NONE;
	if (list == DOC_NONE || doc_type(&a->doc, list) != DOC_ARRAY)
		return;
	doc_each (&a->doc, one, list) {
		if (!container_of(m, a, one, name))
			continue;
		snprintf(file, sizeof file, "containers/%s.json", name);
		count += file_time_ns(m->folder, file) == 0;
	}
	if (count)
		buf_printf(m->report,
			"%s describes %u containers that are not in containers/; they were left out (`ddc config "
			"import %s/%s` adds them)\n",
			a->file, count, m->folder, a->file);
}

static bool note_done(struct migration *m)
{
	struct buf b;
	struct str rest = buf_view(m->report);
	if (!m->layers.old_hash)
		return true;
	buf_init(&b, MEM_CONFIG, DOC_BYTES_MAX);
	struct json_writer w = json_writer_on(&b);
	json_begin_object(&w, NULL);
	json_text(
		&w, "note", "What ddc brought over from older files, once. Without this file it looks at them again.");
	json_textf(&w, "sources", "%016" PRIx64, m->layers.old_hash);
	json_int(&w, "done", clock_wall_s());
	json_begin_array(&w, "report");
	while (rest.n)
		json_string(&w, NULL, str_split(rest, '\n', &rest));
	json_end_array(&w);
	json_end_object(&w);
	bool ok = b.overflow ? no_memory(m) : writer_put(m->folder, IMPORT_FILE, buf_view(&b), 0, m->err);
	buf_clear(&b);
	return ok;
}

static bool migrate_all(struct migration *m)
{
	if (!migrate_cooldowns(m) || !migrate_order(m) || !migrate_containers(m) || !migrate_channels(m) ||
		!migrate_channel_defaults(m) || !migrate_infos(m))
		return false;
	struct save *s = save_begin(m->folder);
	bool ok = s && migrate_settings(m, s) && retire_old_list(m, s) && save_commit(s, m->err);
	if (!s)
		no_memory(m);
	save_free(s);
	for (unsigned i = 0; ok && i < m->layers.count; i++)
		tell_unused(m, &m->layers.list[i]);
	return ok && note_done(m);
}

/* A folder that v2 wrote and that holds nothing of v1 is left alone, down to the last missing file. */
static bool is_needed(struct migration *m)
{
	doc_ref at;
	const struct layer *main = layers_file(&m->layers, "config.json");
	return (m->layers.old_hash && !m->layers.imported) || (main && has(&main->doc, "servers")) ||
	       (!has_files(m->folder, "channels") && layers_find(&m->layers, "channel_permissions", &at));
}

/* ---- one copy, because somebody asks for it ---- */

static bool is_there(struct migration *m, const char *sub, const char *name)
{
	char file[320];
	snprintf(file, sizeof file, "%s/%s.json", sub, name);
	return file_time_ns(m->folder, file) != 0;
}

static bool add_containers(struct migration *m)
{
	char name[256];
	doc_ref list;
	unsigned count = 0;
	const struct layer *a = layers_find(&m->layers, "servers", &list);
	for (doc_ref one = a ? doc_first(&a->doc, list) : DOC_NONE; one != DOC_NONE; one = doc_next(&a->doc, one))
		if (container_of(m, a, one, name) && !is_there(m, "containers", name) &&
			!stage_container(m, a, one, "containers", &count))
			return false;
	if (count)
		buf_printf(m->report, "%u containers of %s were added\n", count, a->file);
	return true;
}

static bool add_channels(struct migration *m)
{
	doc_ref table;
	unsigned count = 0;
	bool ok = true;
	const struct layer *a = layers_find(&m->layers, "channel_permissions", &table);
	for (doc_ref one = a ? doc_first(&a->doc, table) : DOC_NONE; ok && one != DOC_NONE;
		one = doc_next(&a->doc, one)) {
		struct buf key;
		uint64_t number;
		buf_init(&key, MEM_CONFIG, 256);
		if (doc_decode_key(&a->doc, one, &key) && snowflake_parse(buf_view(&key), &number) &&
			doc_type(&a->doc, one) == DOC_OBJECT && !is_there(m, "channels", buf_text(&key))) {
			ok = stage_channel(m, a, one, "channels", buf_view(&key));
			count += ok;
		}
		buf_clear(&key);
	}
	if (ok && count)
		buf_printf(m->report, "%u channels of %s were added\n", count, a->file);
	return ok;
}

bool config_import_old(const char *folder, const char *path, struct buf *report, struct err *err)
{
	struct reading quiet = {0};
	struct migration m = {.folder = folder, .r = &quiet, .report = report, .err = err};
	size_t before = report->length;
	lock_take(folder);
	layers_load(&m.layers, &quiet, folder);
	bool ok = layers_use_copy(&m.layers, &quiet, path) ||
		  err_set(err, ERR_INPUT, "%.200s holds no settings of an older release", path);
	struct save *s = ok ? save_begin(folder) : NULL;
	ok = ok && s && migrate_cooldowns(&m) && migrate_order(&m) && add_containers(&m) && add_channels(&m) &&
	     migrate_channel_defaults(&m) && migrate_settings(&m, s) && save_commit(s, err);
	if (!ok && err && !err->code)
		no_memory(&m);
	if (ok && report->length == before)
		buf_printf(report, "everything in %s is here already; nothing was changed\n", path);
	save_free(s);
	layers_clear(&m.layers);
	lock_drop();
	return ok;
}

bool config_migrate(const char *folder, struct buf *report, struct err *err)
{
	struct reading quiet = {0};
	struct migration m = {.folder = folder, .r = &quiet, .report = report, .err = err};
	lock_take(folder);
	layers_load(&m.layers, &quiet, folder);
	bool ok = quiet.no_memory ? no_memory(&m) : !is_needed(&m) || migrate_all(&m);
	layers_clear(&m.layers);
	lock_drop();
	return ok;
}
