/*
 * Which file counts where several hold the same key.
 *
 * v2.3 keeps everything in config.json; its migration from v1 also leaves auth.json, web_ui.json and
 * docker_settings.json, which the original reads later, so that they win, and which nothing ever updates: a
 * token typed into its web page has no effect. Here the newest value counts. That is config.json (every save
 * of the original writes the merged settings there), unless one of the three is clearly younger: then
 * somebody edited it by hand. A minute is more than a copy or an unpacked archive puts between two files.
 * Behind them come the files of v1, which hold what a migration lost.
 */
#include "config/file.h"
#include "config/private.h"

static const int64_t YOUNGER_NS = INT64_C(60) * 1000000000;

static bool has_entries(const char *folder, const char *sub)
{
	char **names;
	size_t count;
	bool ok = file_list(folder, sub, ".json", &names, &count, NULL);
	file_list_free(names, count);
	return ok && count > 0;
}

static void add_layer(struct layers *l, struct reading *r, const char *folder, const char *file)
{
	struct layer *a = &l->list[l->count++];
	*a = (struct layer){.file = file, .time_ns = file_time_ns(folder, file)};
	a->present = read_doc_of(r, folder, file, DOC_OBJECT, &a->doc);
}

static void prefer_younger(struct layers *l, unsigned main, unsigned end)
{
	for (unsigned i = main + 1; i < end; i++) {
		struct layer side = l->list[i];
		if (!l->list[main].present || !side.present ||
			side.time_ns < l->list[main].time_ns + YOUNGER_NS)
			continue;
		for (unsigned k = i; k > main; k--)
			l->list[k] = l->list[k - 1];
		l->list[main++] = side;
	}
}

void layers_load(struct layers *l, struct reading *r, const char *folder)
{
	static const char *const modular[] = {
		"config.json", "auth.json", "web_ui.json", "docker_settings.json"};
	static const char *const old[] = {
		"bot_config.json", "web_config.json", "docker_config.json", "channels_config.json"};
	*l = (struct layers){
		.oldest_layout = !has_entries(folder, "containers") && !has_entries(folder, "channels")};
	for (unsigned i = 0; i < sizeof modular / sizeof *modular; i++)
		add_layer(l, r, folder, modular[i]);
	prefer_younger(l, 0, l->count);
	for (unsigned i = 0; i < sizeof old / sizeof *old; i++)
		add_layer(l, r, folder, old[i]);
	if (file_time_ns(folder, "config.json") == 0)
		add_layer(l, r, folder, "config_v1.json");
}

void layers_clear(struct layers *l)
{
	for (unsigned i = 0; i < l->count; i++)
		doc_clear(&l->list[i].doc);
	l->count = 0;
}

const struct layer *layers_find(const struct layers *l, const char *path, doc_ref *ret_at)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (!l->list[i].present)
			continue;
		doc_ref at = doc_path(&l->list[i].doc, DOC_ROOT, path);
		if (at == DOC_NONE || doc_type(&l->list[i].doc, at) == DOC_NULL)
			continue;
		*ret_at = at;
		return &l->list[i];
	}
	return NULL;
}

const struct layer *layers_file(const struct layers *l, const char *file)
{
	for (unsigned i = 0; i < l->count; i++)
		if (l->list[i].present && str_is(str_of(file), l->list[i].file))
			return &l->list[i];
	return NULL;
}
