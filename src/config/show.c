#include "config/show.h"

#include "config/config.h"
#include "config/file.h"
#include "config/names.h"
#include "config/private.h"
#include "config/shape.h"
#include "crypto/fernet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct show {
	const char *folder;
	struct reading quiet; /* problems are told by `config check` */
	struct layers layers;
	struct config *config;
	struct json_writer w;
	struct shape_writer shape;
};

/* ---- effective_config ---- */

static bool is_set(const char *const *names, struct str name)
{
	for (; *names; names++)
		if (str_is(name, *names))
			return true;
	return false;
}

/* What is made from several files is written apart. */
static const char *const made_apart[] = {"advanced_settings", "spam_protection", "server_order",
	"default_channel_permissions", "channel_permissions", "servers", "guild_id", NULL};

static bool seen_before(const struct show *s, unsigned layer, struct str key)
{
	for (unsigned i = 0; i < layer; i++)
		if (s->layers.list[i].present &&
			doc_get_view(&s->layers.list[i].doc, DOC_ROOT, key) != DOC_NONE)
			return true;
	return false;
}

static bool is_v1(const char *file)
{
	static const char *const names[] = {"bot_config.json", "web_config.json", "docker_config.json",
		"channels_config.json", "config_v1.json", NULL};
	return is_set(names, str_of(file));
}

static bool has_modular(const struct show *s)
{
	return !s->layers.oldest_layout || layers_file(&s->layers, "config.json");
}

static void put_layer(struct show *s, unsigned at)
{
	const struct layer *a = &s->layers.list[at];
	if (!a->present || (has_modular(s) && is_v1(a->file)))
		return;
	doc_each(&a->doc, m, DOC_ROOT)
	{
		struct buf key;
		buf_init(&key, MEM_CONFIG, DOC_BYTES_MAX);
		if (doc_decode_key(&a->doc, m, &key) &&
			doc_get_view(&a->doc, DOC_ROOT, buf_view(&key)) == m &&
			!is_set(made_apart, buf_view(&key)) && !seen_before(s, at, buf_view(&key)))
			shape_value(&s->shape, buf_text(&key), &a->doc, m);
		buf_clear(&key);
	}
}

/* Each name once; the variable beats the file. */
static void put_advanced(struct show *s)
{
	json_begin_object(&s->w, "advanced_settings");
	for (unsigned i = 0; i < s->layers.count; i++) {
		const struct layer *a = &s->layers.list[i];
		doc_ref table = a->present ? doc_get(&a->doc, DOC_ROOT, "advanced_settings") : DOC_NONE;
		if (table == DOC_NONE || doc_type(&a->doc, table) != DOC_OBJECT)
			continue;
		doc_each(&a->doc, m, table)
		{
			struct buf key;
			bool first = true;
			buf_init(&key, MEM_CONFIG, DOC_BYTES_MAX);
			doc_decode_key(&a->doc, m, &key);
			for (unsigned k = 0; k < i && first; k++)
				first = !s->layers.list[k].present ||
					doc_get_view(&s->layers.list[k].doc,
						doc_get(&s->layers.list[k].doc, DOC_ROOT,
							"advanced_settings"),
						buf_view(&key)) == DOC_NONE;
			first = first && doc_get_view(&a->doc, table, buf_view(&key)) == m;
			const struct option *o = option_find_in(STORE_ADVANCED, buf_view(&key));
			if (first && o && config_source_of(s->config, o->name) == SOURCE_ENVIRONMENT)
				json_textf(&s->w, o->name, "%" PRId64, config_int(s->config, o->name));
			else if (first)
				shape_value(&s->shape, buf_text(&key), &a->doc, m);
			buf_clear(&key);
		}
	}
	json_end_object(&s->w);
}

static void put_channel_defaults(struct show *s)
{
	static const char *const names[] = {"name", "channel_id", NULL};
	static const struct shape nothing[] = {{0}};
	struct doc d;
	doc_ref at = DOC_NONE;
	const struct layer *a = layers_find(&s->layers, "default_channel_permissions", &at);
	json_begin_object(&s->w, "default_channel_permissions");
	if (read_doc_of(&s->quiet, s->folder, "channels/default.json", DOC_OBJECT, &d))
		shape_members(&s->shape, &d, DOC_ROOT, nothing, names);
	else if (a)
		shape_members(&s->shape, &a->doc, at, nothing, NULL);
	doc_clear(&d);
	json_end_object(&s->w);
}

static void put_server_order(struct show *s)
{
	struct doc d;
	const struct shape list[] = {{.key = "server_order", .type = SHAPE_TEXTS, .otherwise = "[]"}, {0}};
	bool ok = read_doc(&s->quiet, s->folder, "server_order.json", &d);
	if (ok && doc_type(&d, DOC_ROOT) == DOC_ARRAY) {
		shape_value(&s->shape, "server_order", &d, DOC_ROOT);
	} else {
		doc_ref at = ok ? doc_get(&d, DOC_ROOT, "server_order") : DOC_NONE;
		if (at != DOC_NONE && doc_type(&d, at) == DOC_ARRAY)
			shape_value(&s->shape, "server_order", &d, at);
		else
			shape_members(&s->shape, NULL, DOC_NONE, list, NULL);
	}
	doc_clear(&d);
}

static void put_guild(struct show *s)
{
	if (s->config->guild_id)
		json_id(&s->w, "guild_id", s->config->guild_id);
	else
		json_null(&s->w, "guild_id");
}

static void put_missing(struct show *s)
{
	static const char *const names[] = {"language", "timezone", NULL};
	doc_ref at;
	for (const char *const *n = names; *n; n++)
		if (!layers_find(&s->layers, *n, &at))
			json_text(&s->w, *n, **n == 'l' ? s->config->language : s->config->timezone);
	for (const char *const *n = (const char *const[]){"channels", "server_selection", NULL}; *n; n++)
		if (!layers_find(&s->layers, *n, &at)) {
			json_begin_object(&s->w, *n);
			json_end_object(&s->w);
		}
}

static void put_effective(struct show *s)
{
	json_begin_object(&s->w, "effective_config");
	put_guild(s);
	for (unsigned i = 0; i < s->layers.count; i++)
		put_layer(s, i);
	put_missing(s);
	put_advanced(s);
	put_channel_defaults(s);
	const struct layer *a = layers_file(&s->layers, "channels_config.json");
	doc_ref spam = a ? doc_get(&a->doc, DOC_ROOT, "spam_protection") : DOC_NONE;
	if (spam != DOC_NONE) {
		shape_value(&s->shape, "spam_protection", &a->doc, spam);
	} else {
		json_begin_object(&s->w, "spam_protection");
		json_end_object(&s->w);
	}
	put_server_order(s);
	json_end_object(&s->w);
}

static bool put_token(struct show *s, struct err *err)
{
	char token[CONFIG_TOKEN_BYTES];
	struct config *c = s->config;
	if (config_token_is_sealed(c) && s->shape.reveal && config_open_token(c, token, NULL) &&
		!config_set_token(c, token))
		return err_set(err, ERR_MEMORY, "there is no memory");
	if (config_token_is_sealed(c) && !s->shape.reveal)
		json_text(&s->w, "effective_bot_token", "***");
	else
		shape_secret(&s->shape, "effective_bot_token", c->token);
	return true;
}

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
			(list[i]->own_name > list[at]->own_name ||
				(list[i]->own_name == list[at]->own_name && i < at)))
			return true;
	return false;
}

static bool add_entry(struct show *s, struct entry **list, size_t *count, struct doc *own,
	const struct doc *from, doc_ref at, const char *stem)
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
		doc_each(&a->doc, one, servers) room++;
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
		doc_each(&a->doc, one, servers) add_entry(s, list, &count, NULL, &a->doc, one, NULL);
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
	if (list != DOC_NONE && doc_type(e->from, list) == DOC_ARRAY &&
		doc_first(e->from, list) != DOC_NONE) {
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
static bool has_old_info(const struct show *s, const struct entry *e, const struct config_container **ret_k)
{
	char file[320];
	*ret_k = config_find_container(s->config, str_of(e->name));
	return *ret_k && doc_path(e->from, e->at, "info.protected_enabled") == DOC_NONE &&
	       name_old_info_file(str_of(e->name), file, sizeof file) && file_time_ns(s->folder, file);
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

static void put_containers(struct show *s)
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

static void put_channels(struct show *s)
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

static void put_admins(struct show *s)
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

/* ---- the rest ---- */

static void put_spam(struct show *s)
{
	doc_ref at = DOC_NONE;
	struct doc old;
	const struct layer *own = layers_file(&s->layers, "channels_config.json");
	const struct doc *d = own ? &own->doc : NULL;
	if (d)
		at = doc_get(d, DOC_ROOT, "spam_protection");
	bool filled = at != DOC_NONE && doc_first(d, at) != DOC_NONE;
	if (!filled && read_doc_of(&s->quiet, s->folder, "spam_protection.json", DOC_OBJECT, &old)) {
		shape_object(&s->shape, "spam_protection", &old, DOC_ROOT, spam_shape);
		doc_clear(&old);
		return;
	}
	if (!filled) {
		const struct layer *a = layers_find(&s->layers, "spam_protection", &at);
		filled = a && doc_first(&a->doc, at) != DOC_NONE;
		d = filled ? &a->doc : d;
	}
	if (filled || own)
		shape_object(
			&s->shape, "spam_protection", filled ? d : NULL, filled ? at : DOC_NONE, spam_shape);
	else
		json_raw(&s->w, "spam_protection", str_of(cooldown_defaults_json()));
}

static void put_auto_actions(struct show *s)
{
	struct doc d;
	bool ok = read_doc_of(&s->quiet, s->folder, "auto_actions.json", DOC_OBJECT, &d);
	doc_ref rules = ok ? doc_get(&d, DOC_ROOT, "auto_actions") : DOC_NONE;
	json_begin_object(&s->w, "auto_actions");
	shape_object(&s->shape, "global_settings", ok ? &d : NULL,
		ok ? doc_get(&d, DOC_ROOT, "global_settings") : DOC_NONE, rules_shape);
	json_begin_array(&s->w, "rules");
	if (rules != DOC_NONE)
		doc_each(&d, one, rules) if (doc_type(&d, one) == DOC_OBJECT)
			shape_object(&s->shape, NULL, &d, one, rule_shape);
	json_end_array(&s->w);
	json_end_object(&s->w);
	doc_clear(&d);
}

static void put_table_of(struct show *s, const struct doc *d, bool ok, const char *key)
{
	doc_ref at = ok ? doc_get(d, DOC_ROOT, key) : DOC_NONE;
	if (at != DOC_NONE && doc_type(d, at) == DOC_OBJECT) {
		shape_value(&s->shape, key, d, at);
	} else {
		json_begin_object(&s->w, key);
		json_end_object(&s->w);
	}
}

static void put_auto_state(struct show *s)
{
	struct doc d;
	bool ok = read_doc_of(&s->quiet, s->folder, "auto_actions_state.json", DOC_OBJECT, &d);
	doc_ref last = ok ? doc_get(&d, DOC_ROOT, "global_last_triggered") : DOC_NONE;
	if (ok && last == DOC_NONE)
		last = doc_get(&d, DOC_ROOT, "global_cooldown_last_triggered");
	doc_ref history = ok ? doc_get(&d, DOC_ROOT, "trigger_history") : DOC_NONE;
	json_begin_object(&s->w, "auto_actions_state");
	if (last != DOC_NONE && doc_type(&d, last) == DOC_NUMBER)
		shape_value(&s->shape, "global_last_triggered", &d, last);
	else
		json_raw(&s->w, "global_last_triggered", STR("0.0"));
	put_table_of(s, &d, ok, "rule_cooldowns");
	put_table_of(s, &d, ok, "container_cooldowns");
	json_begin_object(&s->w, "history_len");
	if (history != DOC_NONE)
		doc_each(&d, m, history)
		{
			int64_t length = 0;
			struct buf key;
			buf_init(&key, MEM_CONFIG, DOC_BYTES_MAX);
			doc_each(&d, one, m) length++;
			if (doc_decode_key(&d, m, &key))
				json_int(&s->w, buf_text(&key), length);
			buf_clear(&key);
		}
	json_end_object(&s->w);
	json_end_object(&s->w);
	doc_clear(&d);
}

/* ---- tasks: by container, then action ---- */

struct task {
	doc_ref at;
	char container[256], action[32];
};

static int by_container(const void *x, const void *y)
{
	const struct task *a = x, *b = y;
	int c = strcmp(a->container, b->container);
	c = c ? c : strcmp(a->action, b->action);
	return c ? c : (a->at > b->at) - (a->at < b->at);
}

static void put_tasks(struct show *s)
{
	struct doc d;
	size_t count = 0;
	const char *dir = config_text(s->config, "DDC_SCHEDULER_CONFIG_DIR");
	bool ok = read_doc_of(&s->quiet, *dir ? dir : s->folder, "tasks.json", DOC_ARRAY, &d);
	const struct spot spot = {&s->quiet, "", &d};
	if (ok)
		doc_each(&d, one, DOC_ROOT) count++;
	struct task *list = mem_array(MEM_CONFIG, count, sizeof *list);
	count = 0;
	if (ok && list)
		doc_each(&d, one, DOC_ROOT)
		{
			struct task *t = &list[count];
			if (doc_type(&d, one) != DOC_OBJECT)
				continue;
			count++;
			t->at = one;
			if (!read_short(
				    &spot, doc_get(&d, one, "container"), t->container, sizeof t->container))
				read_short(&spot, doc_get(&d, one, "container_name"), t->container,
					sizeof t->container);
			read_short(&spot, doc_get(&d, one, "action"), t->action, sizeof t->action);
		}
	if (count)
		qsort(list, count, sizeof *list, by_container);
	json_begin_array(&s->w, "tasks");
	for (size_t i = 0; i < count; i++)
		shape_object(&s->shape, NULL, &d, list[i].at, task_shape);
	json_end_array(&s->w);
	mem_free(list);
	doc_clear(&d);
}

/* ---- translation ---- */

static const char *api_key_of(struct show *s, const struct doc *d, doc_ref settings, char *out, size_t size)
{
	char variable[128] = "", sealed[FERNET_TEXT_BYTES_MAX], clear[FERNET_CLEAR_BYTES_MAX + 1];
	const struct spot spot = {&s->quiet, "", d};
	struct fernet_key key;
	char *text;
	size_t length;
	if (d)
		read_short(&spot, doc_get(d, settings, "api_key_env"), variable, sizeof variable);
	const char *value = getenv(*variable ? variable : "TRANSLATION_API_KEY");
	if (value && *value && str_copy(out, size, str_of(value)))
		return out;
	if (!d || !read_short(&spot, doc_get(d, settings, "api_key_encrypted"), sealed, sizeof sealed) ||
		!*sealed)
		return NULL;
	if (!str_starts(str_of(sealed), "gAAAAA"))
		return str_copy(out, size, str_of(sealed)) ? out : NULL;
	if (file_read(s->folder, ".translation_key", 4096, &text, &length, NULL) != FILE_READ)
		return NULL;
	bool ok = fernet_key_parse((struct str){text, length}, &key) &&
		  fernet_open(&key, str_of(sealed), clear, &length) &&
		  str_copy(out, size, (struct str){clear, length});
	mem_free_secret(text);
	explicit_bzero(&key, sizeof key);
	return ok ? out : NULL;
}

static void put_translation(struct show *s)
{
	struct doc d;
	char api_key[FERNET_CLEAR_BYTES_MAX];
	bool ok = read_doc_of(&s->quiet, s->folder, "channel_translations.json", DOC_OBJECT, &d);
	doc_ref settings = ok ? doc_get(&d, DOC_ROOT, "settings") : DOC_NONE;
	doc_ref pairs = ok ? doc_get(&d, DOC_ROOT, "channel_pairs") : DOC_NONE;
	json_begin_object(&s->w, "translation");
	shape_object(&s->shape, "settings", ok ? &d : NULL, settings, translation_shape);
	json_begin_array(&s->w, "pairs");
	if (pairs != DOC_NONE)
		doc_each(&d, one, pairs) if (doc_type(&d, one) == DOC_OBJECT)
			shape_object(&s->shape, NULL, &d, one, pair_shape);
	json_end_array(&s->w);
	shape_secret(&s->shape, "api_key",
		api_key_of(s, ok && settings != DOC_NONE ? &d : NULL, settings, api_key, sizeof api_key));
	json_end_object(&s->w);
	doc_clear(&d);
}

/* ---- sources ---- */

static bool has_value(const struct option *o)
{
	return o->store <= STORE_MAIN && o->type != OPTION_LIST && o->type != OPTION_TABLE;
}

static const char *source_of(const struct show *s, const struct option *o)
{
	const struct option_value *v = &s->config->private->values[o - options];
	return v->source == SOURCE_DEFAULT ? "default" : v->file;
}

static void put_sources(struct show *s)
{
	json_begin_object(&s->w, "sources");
	for (size_t i = 0; i < option_count; i++)
		if (has_value(&options[i]))
			json_text(&s->w, options[i].name, source_of(s, &options[i]));
	json_end_object(&s->w);
}

static bool begin(struct show *s, const char *folder, bool reveal, struct buf *out, struct err *err)
{
	struct list problems = LIST_INIT(problems);
	*s = (struct show){.folder = folder, .w = json_writer_on(out)};
	s->shape = (struct shape_writer){&s->w, reveal};
	s->config = config_load(folder, &problems, err);
	config_problems_clear(&problems);
	if (s->config)
		layers_load(&s->layers, &s->quiet, folder);
	return s->config != NULL;
}

static bool end(struct show *s, const struct buf *out, struct err *err)
{
	layers_clear(&s->layers);
	config_free(s->config);
	return !out->overflow || err_set(err, ERR_LIMIT, "the configuration is too large to be shown");
}

bool show_json(const char *folder, bool reveal, struct buf *out, struct err *err)
{
	struct show s;
	if (!begin(&s, folder, reveal, out, err))
		return false;
	json_begin_object(&s.w, NULL);
	put_effective(&s);
	bool ok = put_token(&s, err);
	put_containers(&s);
	put_channels(&s);
	put_admins(&s);
	put_spam(&s);
	put_tasks(&s);
	put_auto_actions(&s);
	put_auto_state(&s);
	put_translation(&s);
	put_server_order(&s);
	put_sources(&s);
	json_end_object(&s.w);
	return end(&s, out, err) && ok;
}

static void put_line(struct show *s, struct buf *out, const struct option *o)
{
	const struct option_value *v = &s->config->private->values[o - options];
	const char *text = v->text ? v->text : "";
	bool hidden = o->type == OPTION_SECRET && !s->shape.reveal;
	buf_printf(out, "%-34s ", o->name);
	if (strcmp(o->name, "bot_token") == 0)
		text = s->config->token			   ? s->config->token
		       : config_token_is_sealed(s->config) ? "(sealed)"
							   : "";
	if (o->type == OPTION_BOOL)
		buf_add_str(out, v->number ? "yes" : "no");
	else if (o->type == OPTION_INT)
		buf_printf(out, "%" PRId64 "%s%s", v->number, o->unit ? " " : "", o->unit ? o->unit : "");
	else if (o->type == OPTION_ID)
		buf_printf(out, v->number ? "%" PRIu64 : "-", (uint64_t)v->number);
	else
		buf_add_str(out, !*text ? "-" : hidden ? "***" : text);
	buf_printf(out, "   (%s%s%s)\n", source_of(s, o), o->meaningless ? "; no effect: " : "",
		o->meaningless ? o->meaningless : "");
}

bool show_text(const char *folder, bool reveal, struct buf *out, struct err *err)
{
	struct show s;
	if (!begin(&s, folder, reveal, out, err))
		return false;
	if (reveal && config_token_is_sealed(s.config)) {
		char token[CONFIG_TOKEN_BYTES];
		if (config_open_token(s.config, token, NULL))
			config_set_token(s.config, token);
	}
	buf_printf(out, "folder: %s\n\n", folder);
	for (size_t i = 0; i < option_count; i++)
		if (has_value(&options[i]) &&
			(!options[i].meaningless || s.config->private->values[i].source != SOURCE_DEFAULT))
			put_line(&s, out, &options[i]);
	buf_printf(out, "\n%u containers, %u channels, %u admins\n", s.config->container_count,
		s.config->channel_count, s.config->admin_count);
	return end(&s, out, err);
}
