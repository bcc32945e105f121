/*
 * Which file counts where several hold the same key.
 *
 * v2.3 keeps everything in config.json; its migration from v1 also leaves auth.json, web_ui.json and
 * docker_settings.json, which the original reads later, so that they win, and which nothing ever updates: a
 * token typed into its web page has no effect. Here the newest value counts. That is config.json (every save
 * of the original writes the merged settings there), unless one of the three is clearly younger: then
 * somebody edited it by hand. A minute is more than a copy or an unpacked archive puts between two files.
 *
 * Behind them come the files of v1, and behind those the copies that v2.3's migration made of them
 * (backup_<time>/, config.json.v1.1.x.backup_<time>): they alone hold what it lost. Each speaks only where
 * nothing newer does, and only until it was imported (migrate.c): from then on a setting that somebody
 * takes away is gone.
 */
#include "base/hash.h"
#include "config/file.h"
#include "config/private.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const int64_t YOUNGER_NS = INT64_C(60) * 1000000000;

static bool has_entries(const char *folder, const char *sub)
{
	char **names;
	size_t count;
	bool ok = file_list(folder, sub, ".json", &names, &count, NULL);
	file_list_free(names, count);
	return ok && count > 0;
}

static struct layer *add_layer(struct layers *l, struct reading *r, const char *folder, const char *file)
{
	struct layer *a = &l->list[l->count++];
	*a = (struct layer){.file = file, .time_ns = file_time_ns(folder, file)};
	a->present = read_doc_of(r, folder, file, DOC_OBJECT, &a->doc);
	return a;
}

static void prefer_younger(struct layers *l, unsigned main, unsigned end)
{
	for (unsigned i = main + 1; i < end; i++) {
		struct layer side = l->list[i];
		if (!l->list[main].present || !side.present || side.time_ns < l->list[main].time_ns + YOUNGER_NS)
			continue;
		for (unsigned k = i; k > main; k--)
			l->list[k] = l->list[k - 1];
		l->list[main++] = side;
	}
}

/* ---- files whose keys stand elsewhere now ---- */

static void replace_doc(struct layer *a, struct buf *b, struct reading *r)
{
	struct doc changed;
	bool ok = !b->overflow && doc_parse_copy(&changed, buf_view(b));
	if (ok) {
		doc_clear(&a->doc);
		a->doc = changed;
	} else {
		r->no_memory = true;
	}
	buf_clear(b);
}

/* spam_protection.json of August 2025 is the section of today. */
static void as_spam_section(struct layer *a, struct reading *r)
{
	struct buf b;
	if (!a->present)
		return;
	buf_init(&b, MEM_CONFIG, DOC_BYTES_MAX);
	buf_add_str(&b, "{\"spam_protection\":");
	buf_add_view(&b, doc_raw(&a->doc, DOC_ROOT));
	buf_add_char(&b, '}');
	replace_doc(a, &b, r);
}

static void add_value(struct buf *b, const struct doc *d, const char *from, const char *to)
{
	doc_ref at = doc_get(d, DOC_ROOT, from);
	if (at == DOC_NONE || doc_type(d, at) == DOC_NULL)
		return;
	buf_printf(b, ",\"%s\":", to);
	buf_add_view(b, doc_raw(d, at));
}

/* heartbeat.json told a channel that the bot lives. v2 asks a web address instead, so it stays switched off. */
static void as_heartbeat_section(struct layer *a, struct reading *r)
{
	struct buf b;
	if (!a->present)
		return;
	buf_init(&b, MEM_CONFIG, DOC_BYTES_MAX);
	buf_add_str(&b, "{\"heartbeat\":{\"enabled\":false,\"ping_url\":\"\"");
	add_value(&b, &a->doc, "interval_minutes", "interval");
	add_value(&b, &a->doc, "message_template", "message_template");
	buf_add_char(&b, '}');
	add_value(&b, &a->doc, "heartbeat_channel_id", "heartbeat_channel_id");
	buf_add_char(&b, '}');
	replace_doc(a, &b, r);
}

/* ---- what v1 left, and its copies ---- */

static void shape_old(struct layer *a, struct reading *r)
{
	const char *slash = strrchr(a->file, '/');
	struct str name = str_of(slash ? slash + 1 : a->file);
	a->old = true;
	if (str_is(name, "spam_protection.json"))
		as_spam_section(a, r);
	else if (str_is(name, "heartbeat.json"))
		as_heartbeat_section(a, r);
}

static void add_old(struct layers *l, struct reading *r, const char *folder, const char *file)
{
	shape_old(add_layer(l, r, folder, file), r);
}

/* A copy is not judged: it is history, and its owner does not edit it. */
static void add_copy(struct layers *l, struct reading *r, const char *folder, const char *dir, const char *file)
{
	struct reading quiet = {0};
	char name[600];
	int n = snprintf(name, sizeof name, "%s%s%s", dir, *dir ? "/" : "", file);
	char *own = n > 0 && (size_t)n < sizeof name && l->count < LAYERS_MAX ? mem_strdup(MEM_CONFIG, name) : NULL;
	if (!own)
		return;
	struct layer *a = add_layer(l, &quiet, folder, own);
	a->own_name = own;
	a->backup = true;
	shape_old(a, &quiet);
	r->no_memory |= quiet.no_memory;
}

static const char *const copied[] = {"config_v1.json", "bot_config.json", "web_config.json", "docker_config.json",
	"channels_config.json", "spam_protection.json", "heartbeat.json"};
enum { COPIED = sizeof copied / sizeof *copied };

static bool is_stamp(const char *text)
{
	for (int i = 0; i < 15; i++)
		if (i == 8 ? text[i] != '_' : text[i] < '0' || text[i] > '9')
			return false;
	return text[15] == '\0';
}

static bool is_backup(const char *name)
{
	const char *file = strstr(name, ".json.v1.1.x.backup_");
	return (strncmp(name, "backup_", 7) == 0 && is_stamp(name + 7)) ||
	       (file && is_stamp(file + strlen(".json.v1.1.x.backup_")));
}

/* Newest first: the stamp is what both forms end with. */
static int by_stamp(const void *x, const void *y)
{
	const char *a = *(char *const *)x, *b = *(char *const *)y;
	return strcmp(b + strlen(b) - 15, a + strlen(a) - 15);
}

static size_t find_backups(const char *folder, char *names[], size_t room)
{
	DIR *dir = opendir(folder);
	size_t count = 0;
	for (struct dirent *e; dir && (e = readdir(dir));) {
		if (!is_backup(e->d_name))
			continue;
		if (count == room) { /* the oldest goes */
			qsort(names, count, sizeof *names, by_stamp);
			if (by_stamp(&(char *){e->d_name}, &names[room - 1]) > 0)
				continue;
			mem_free(names[--count]);
		}
		names[count] = mem_strdup(MEM_CONFIG, e->d_name);
		count += names[count] != NULL;
	}
	if (dir)
		closedir(dir);
	if (count)
		qsort(names, count, sizeof *names, by_stamp);
	return count;
}

static void add_backups(struct layers *l, struct reading *r, const char *folder)
{
	char *names[BACKUPS_MAX];
	size_t count = find_backups(folder, names, BACKUPS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (strncmp(names[i], "backup_", 7) != 0)
			add_copy(l, r, folder, "", names[i]);
		else
			for (size_t k = 0; k < COPIED; k++)
				add_copy(l, r, folder, names[i], copied[k]);
		mem_free(names[i]);
	}
}

/* ---- what was imported already ---- */

/* A text of its own: "ab", "c" is not "a", "bc". */
static void mix(uint64_t *h, struct str bytes)
{
	*h = hash_bytes(hash_str(*h, bytes), "", 1);
}

static bool mix_old_infos(uint64_t *h, const char *folder)
{
	char **names, *text;
	size_t count, length;
	file_list(folder, "container_info", ".json", &names, &count, NULL);
	for (size_t i = 0; i < count; i++) {
		char file[320];
		snprintf(file, sizeof file, "container_info/%s", names[i]);
		mix(h, str_of(names[i]));
		if (file_read(folder, file, DOC_BYTES_MAX, &text, &length, NULL) != FILE_READ)
			continue;
		mix(h, (struct str){text, length});
		mem_free(text);
	}
	file_list_free(names, count);
	return count > 0;
}

/* channels_config.json is also where v2 keeps the cooldowns, so its contents come and go. */
static void look_for_import(struct layers *l, const char *folder)
{
	uint64_t h = HASH_SEED;
	bool any = mix_old_infos(&h, folder);
	struct reading quiet = {0};
	struct doc d;
	char have[24] = "", want[24];
	for (unsigned i = 0; i < l->count; i++) {
		const struct layer *a = &l->list[i];
		if (!a->old || !a->present || str_is(str_of(a->file), "channels_config.json"))
			continue;
		any = true;
		mix(&h, str_of(a->file));
		mix(&h, (struct str){a->doc.text, a->doc.length});
	}
	l->old_hash = any ? h : 0;
	const struct spot s = {&quiet, IMPORT_FILE, &d};
	if (any && read_doc_of(&quiet, folder, IMPORT_FILE, DOC_OBJECT, &d)) {
		snprintf(want, sizeof want, "%016" PRIx64, h);
		l->imported =
			read_short(&s, doc_get(&d, DOC_ROOT, "sources"), have, sizeof have) && strcmp(have, want) == 0;
		doc_clear(&d);
	}
}

void layers_load(struct layers *l, struct reading *r, const char *folder)
{
	static const char *const modular[] = {"config.json", "auth.json", "web_ui.json", "docker_settings.json"};
	static const char *const old[] = {"bot_config.json", "web_config.json", "docker_config.json",
		"channels_config.json", "spam_protection.json", "heartbeat.json"};
	*l = (struct layers){.oldest_layout = !has_entries(folder, "containers") && !has_entries(folder, "channels")};
	for (unsigned i = 0; i < sizeof modular / sizeof *modular; i++)
		add_layer(l, r, folder, modular[i]);
	prefer_younger(l, 0, l->count);
	for (unsigned i = 0; i < sizeof old / sizeof *old; i++)
		add_old(l, r, folder, old[i]);
	if (file_time_ns(folder, "config.json") == 0)
		add_old(l, r, folder, "config_v1.json");
	add_backups(l, r, folder);
	look_for_import(l, folder);
}

static void drop(struct layer *a)
{
	doc_clear(&a->doc);
	mem_free(a->own_name);
}

bool layers_use_copy(struct layers *l, struct reading *r, const char *path)
{
	struct stat st;
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	unsigned kept = 0, usable = 0;
	for (unsigned i = 0; i < l->count; i++)
		if (!l->list[i].old || str_is(str_of(l->list[i].file), "channels_config.json"))
			l->list[kept++] = l->list[i];
		else
			drop(&l->list[i]);
	l->count = kept;
	l->imported = l->oldest_layout = false;
	if (slash)
		str_copy(folder, sizeof folder, (struct str){path, slash == path ? 1 : (size_t)(slash - path)});
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		for (size_t k = 0; k < COPIED; k++)
			add_copy(l, r, path, "", copied[k]);
	else
		add_copy(l, r, folder, "", slash ? slash + 1 : path);
	for (unsigned i = kept; i < l->count; i++)
		usable += l->list[i].present;
	return usable > 0;
}

void layers_clear(struct layers *l)
{
	for (unsigned i = 0; i < l->count; i++)
		drop(&l->list[i]);
	l->count = 0;
}

bool layer_counts(const struct layers *l, const struct layer *a)
{
	return a->present && !(l->imported && a->old && !str_is(str_of(a->file), "channels_config.json"));
}

static const struct layer *find(const struct layers *l, const char *path, doc_ref *ret_at, bool filled)
{
	for (unsigned i = 0; i < l->count; i++) {
		const struct doc *d = &l->list[i].doc;
		doc_ref at = layer_counts(l, &l->list[i]) ? doc_path(d, DOC_ROOT, path) : DOC_NONE;
		if (at == DOC_NONE || (filled ? doc_first(d, at) == DOC_NONE : doc_type(d, at) == DOC_NULL))
			continue;
		*ret_at = at;
		return &l->list[i];
	}
	return NULL;
}

const struct layer *layers_find(const struct layers *l, const char *path, doc_ref *ret_at)
{
	return find(l, path, ret_at, false);
}

const struct layer *layers_find_filled(const struct layers *l, const char *path, doc_ref *ret_at)
{
	return find(l, path, ret_at, true);
}

const struct layer *layers_file(const struct layers *l, const char *file)
{
	for (unsigned i = 0; i < l->count; i++)
		if (layer_counts(l, &l->list[i]) && str_is(str_of(file), l->list[i].file))
			return &l->list[i];
	return NULL;
}
