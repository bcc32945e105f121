/* Containers, channels and admins. */
#include "config/show_inside.h"

#include "config/file.h"
#include "config/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- containers ---- */

struct entry {
	struct doc doc; /* owned, unless of a layer */
	const struct doc *from;
	doc_ref at;
	char name[256];
	char shown[256];
	int64_t order;
	bool own_name; /* the file bears the container's name */
	bool active;
};

static bool describe(struct show *s, struct entry *e, const char *stem)
{
	const struct spot spot = {&s->quiet, "", e->from};
	static const struct option order = {.type = OPTION_INT, .min = INT64_MIN, .max = INT64_MAX},
				   yes = {.type = OPTION_BOOL};
	int64_t active = 1;
	if (doc_type(e->from, e->at) != DOC_OBJECT ||
		(!read_short(&spot, doc_get(e->from, e->at, "container_name"), e->name, sizeof e->name) &&
			!read_short(&spot, doc_get(e->from, e->at, "docker_name"), e->name, sizeof e->name)))
		return false;
	e->order = 999;
	read_number(&spot, doc_get(e->from, e->at, "order"), &order, "", &e->order);
	read_number(&spot, doc_get(e->from, e->at, "active"), &yes, "", &active);
	e->active = active != 0;
	e->own_name = stem && strcmp(stem, e->name) == 0;
	const struct config_container *k = config_find_container(s->config, str_of(e->name));
	str_copy(e->shown, sizeof e->shown, str_of(k ? k->display_name : e->name));
	return true;
}

static int by_order(const void *x, const void *y)
{
	const struct entry *a = *(struct entry *const *)x, *b = *(struct entry *const *)y;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return strcmp(a->name, b->name);
}

static bool is_shadowed(const struct entry *const *list, size_t count, size_t at)
{
	for (size_t i = 0; i < count; i++)
		if (i != at && strcmp(list[i]->name, list[at]->name) == 0 &&
			(list[i]->own_name > list[at]->own_name || (list[i]->own_name == list[at]->own_name && i < at)))
			return true;
	return false;
}

static bool add_entry(struct show *s, struct entry **list, size_t *count, struct doc *own, const struct doc *from,
	doc_ref at, const char *stem)
{
	struct entry *e = mem_zalloc(MEM_CONFIG, sizeof *e);
	if (!e)
		return false;
	e->from = from;
	if (own) {
		e->doc = *own;
		*own = (struct doc){0};
		e->from = &e->doc;
	}
	e->at = at;
	if (describe(s, e, stem)) {
		list[(*count)++] = e;
		return true;
	}
	doc_clear(&e->doc);
	mem_free(e);
	return true;
}

static size_t gather(struct show *s, struct entry ***ret_list)
{
	char **names;
	size_t files, count = 0, room;
	doc_ref servers = DOC_NONE;
	const struct layer *a = NULL;
	file_list(s->folder, "containers", ".json", &names, &files, NULL);
	room = files;
	if (!files && (a = layers_find(&s->layers, "servers", &servers)))
		doc_each (&a->doc, one, servers)
			room++;
	struct entry **list = mem_array(MEM_CONFIG, room, sizeof *list);
	for (size_t i = 0; list && i < files; i++) {
		char file[300];
		struct doc d;
		snprintf(file, sizeof file, "containers/%s", names[i]);
		names[i][strlen(names[i]) - strlen(".json")] = '\0';
		if (read_doc_of(&s->quiet, s->folder, file, DOC_OBJECT, &d))
			add_entry(s, list, &count, &d, NULL, DOC_ROOT, names[i]);
		doc_clear(&d);
	}
	if (list && a)
		doc_each (&a->doc, one, servers)
			add_entry(s, list, &count, NULL, &a->doc, one, NULL);
	file_list_free(names, files);
	if (count)
		qsort(list, count, sizeof *list, by_order);
	*ret_list = list;
	return count;
}

static void put_actions(struct show *s, const struct entry *e)
{
	static const char *const names[] = {"status", "start", "stop", "restart", "pause", "kill"};
	const struct config_container *k = config_find_container(s->config, str_of(e->name));
	doc_ref list = doc_get(e->from, e->at, "allowed_actions");
	bool as_is = list != DOC_NONE && doc_type(e->from, list) == DOC_ARRAY && doc_first(e->from, list) != DOC_NONE;
	for (doc_ref one = as_is ? doc_first(e->from, list) : DOC_NONE; one != DOC_NONE; one = doc_next(e->from, one)) {
		bool known = false;
		for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
			struct str raw = doc_raw(e->from, one);
			known = known ||
				(raw.n == strlen(names[i]) + 2 && str_is((struct str){raw.p + 1, raw.n - 2}, names[i]));
		}
		as_is = as_is && known;
	}
	if (as_is) { /* in the owner's order */
		shape_value(&s->shape, "allowed_actions", e->from, list);
		return;
	}
	json_begin_array(&s->w, "allowed_actions");
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if ((k ? k->allowed : (unsigned)ALLOW_STATUS) & 1u << i)
			json_text(&s->w, NULL, names[i]);
	json_end_array(&s->w);
}

/* Texts that v1 kept in container_info/ are in the snapshot, not in the object. */
static bool has_old_info(struct show *s, const struct entry *e, const struct config_container **ret_k)
{
	char file[320];
	struct doc old;
	const struct spot spot = {&s->quiet, "", e->from};
	*ret_k = config_find_container(s->config, str_of(e->name));
	bool has = *ret_k && old_info(&spot, e->at, s->folder, &s->layers, str_of(e->name), file, &old);
	if (*ret_k)
		doc_clear(&old);
	return has;
}

static void put_info(struct show *s, const char *key, const struct entry *e, const struct shape *rows)
{
	const struct config_container *k;
	if (!has_old_info(s, e, &k)) {
		shape_object(&s->shape, key, e->from, doc_get(e->from, e->at, "info"), rows);
		return;
	}
	json_begin_object(&s->w, key);
	json_bool(&s->w, "enabled", k->info_enabled);
	json_bool(&s->w, "show_ip", k->info_show_ip);
	json_text(&s->w, "custom_ip", k->info_ip);
	json_text(&s->w, "custom_port", k->info_port);
	json_text(&s->w, "custom_text", k->info_text);
	json_bool(&s->w, "protected_enabled", false);
	json_text(&s->w, "protected_content", "");
	json_text(&s->w, "protected_password", "");
	json_end_object(&s->w);
}

static void put_container(struct show *s, const struct entry *e)
{
	static const char *const but[] = {
		"container_name", "docker_name", "name", "display_name", "allowed_actions", "info", NULL};
	char name[256];
	const struct spot spot = {&s->quiet, "", e->from};
	json_begin_object(&s->w, NULL);
	json_text(&s->w, "container_name", e->name);
	json_text(&s->w, "docker_name", e->name);
	bool named = read_short(&spot, doc_get(e->from, e->at, "name"), name, sizeof name) && *name;
	json_text(&s->w, "name", named ? name : e->name);
	json_text(&s->w, "display_name", e->shown);
	put_actions(s, e);
	put_info(s, "info", e, stored_info_shape);
	shape_members(&s->shape, e->from, e->at, container_shape, but);
	json_end_object(&s->w);
}

void show_containers(struct show *s)
{
	struct entry **list;
	size_t count = gather(s, &list);
	json_begin_array(&s->w, "active_containers");
	for (size_t i = 0; i < count; i++)
		if (list[i]->active && !is_shadowed((const struct entry *const *)list, count, i))
			put_container(s, list[i]);
	json_end_array(&s->w);
	json_begin_object(&s->w, "container_info");
	for (size_t i = 0; i < count; i++)
		if (!is_shadowed((const struct entry *const *)list, count, i))
			put_info(s, list[i]->name, list[i], info_shape);
	json_end_object(&s->w);
	for (size_t i = 0; i < count; i++) {
		doc_clear(&list[i]->doc);
		mem_free(list[i]);
	}
	mem_free(list);
}

/* ---- channels ---- */

/* One channel by the snapshot, with what else stands in its place. */
static void put_channel(struct show *s, const struct doc *d, doc_ref at, const struct config_channel *k)
{
	static const char *const but[] = {"enable_auto_refresh", "update_interval_minutes",
		"recreate_messages_on_inactivity", "inactivity_timeout_minutes", NULL};
	char id[24];
	snprintf(id, sizeof id, "%" PRIu64, k->id);
	json_begin_object(&s->w, id);
	shape_members(&s->shape, d, at, channel_shape, but);
	json_bool(&s->w, "enable_auto_refresh", k->auto_refresh);
	json_int(&s->w, "update_interval_minutes", k->update_interval_minutes);
	json_bool(&s->w, "recreate_messages_on_inactivity", k->recreate_on_inactivity);
	json_int(&s->w, "inactivity_timeout_minutes", k->inactivity_timeout_minutes);
	json_end_object(&s->w);
}

/* The file that described the channel: its own, or a misnamed one. */
static bool find_channel_file(struct show *s, uint64_t id, struct doc *ret)
{
	char file[300], digits[24];
	char **names;
	size_t count;
	bool found = false;
	snprintf(digits, sizeof digits, "%" PRIu64, id);
	snprintf(file, sizeof file, "channels/%s.json", digits);
	if (read_doc_of(&s->quiet, s->folder, file, DOC_OBJECT, ret))
		return true;
	doc_clear(ret);
	file_list(s->folder, "channels", ".json", &names, &count, NULL);
	for (size_t i = 0; i < count && !found; i++) {
		uint64_t here;
		snprintf(file, sizeof file, "channels/%s", names[i]);
		const struct spot spot = {&s->quiet, file, ret};
		found = read_doc_of(&s->quiet, s->folder, file, DOC_OBJECT, ret) &&
			((read_id(&spot, doc_get(ret, DOC_ROOT, "channel_id"), "", &here) && here == id) ||
				(read_id(&spot, doc_get(ret, DOC_ROOT, "name"), "", &here) && here == id));
		if (!found)
			doc_clear(ret);
	}
	file_list_free(names, count);
	return found;
}

void show_channels(struct show *s)
{
	doc_ref table = DOC_NONE;
	const struct layer *a = layers_find(&s->layers, "channel_permissions", &table);
	json_begin_object(&s->w, "channels");
	for (unsigned i = 0; i < s->config->channel_count; i++) {
		const struct config_channel *k = &s->config->channels[i];
		struct doc d = {0};
		char id[24];
		snprintf(id, sizeof id, "%" PRIu64, k->id);
		if (find_channel_file(s, k->id, &d))
			put_channel(s, &d, DOC_ROOT, k);
		else
			put_channel(s, a ? &a->doc : NULL, a ? doc_get(&a->doc, table, id) : DOC_NONE, k);
		doc_clear(&d);
	}
	json_end_object(&s->w);
}

void show_admins(struct show *s)
{
	struct doc d;
	bool ok = read_doc_of(&s->quiet, s->folder, "admins.json", DOC_OBJECT, &d);
	doc_ref notes = ok ? doc_get(&d, DOC_ROOT, "admin_notes") : DOC_NONE;
	json_begin_object(&s->w, "admins");
	json_begin_array(&s->w, "ids");
	for (unsigned i = 0; i < s->config->admin_count; i++)
		json_id(&s->w, NULL, s->config->admins[i]);
	json_end_array(&s->w);
	if (notes != DOC_NONE && doc_type(&d, notes) == DOC_OBJECT) {
		shape_value(&s->shape, "notes", &d, notes);
	} else {
		json_begin_object(&s->w, "notes");
		json_end_object(&s->w);
	}
	json_end_object(&s->w);
	doc_clear(&d);
}
