/* Cooldowns, rules, tasks and translation: as they stand in their files, with types and defaults. */
#include "config/show_inside.h"

#include "config/file.h"
#include "crypto/fernet.h"

#include <stdlib.h>
#include <string.h>

void show_spam(struct show *s)
{
	doc_ref at = DOC_NONE;
	const struct layer *own = layers_file(&s->layers, "channels_config.json");
	const struct doc *d = own ? &own->doc : NULL;
	if (d)
		at = doc_get(d, DOC_ROOT, "spam_protection");
	bool filled = at != DOC_NONE && doc_first(d, at) != DOC_NONE;
	if (!filled) {
		const struct layer *a = old_section(&s->layers, &at);
		filled = a;
		d = a ? &a->doc : d;
	}
	if (filled || (own && !s->layers.oldest_layout))
		shape_object(&s->shape, "spam_protection", filled ? d : NULL, filled ? at : DOC_NONE, spam_shape);
	else
		json_raw(&s->w, "spam_protection", str_of(cooldown_defaults_json()));
}

void show_rules(struct show *s)
{
	struct doc d;
	bool ok = read_doc_of(&s->quiet, s->folder, "auto_actions.json", DOC_OBJECT, &d);
	doc_ref rules = ok ? doc_get(&d, DOC_ROOT, "auto_actions") : DOC_NONE;
	json_begin_object(&s->w, "auto_actions");
	shape_object(&s->shape, "global_settings", ok ? &d : NULL,
		ok ? doc_get(&d, DOC_ROOT, "global_settings") : DOC_NONE, rules_shape);
	json_begin_array(&s->w, "rules");
	if (rules != DOC_NONE)
		doc_each (&d, one, rules)
			if (doc_type(&d, one) == DOC_OBJECT)
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

void show_rules_state(struct show *s)
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
		doc_each (&d, m, history) {
			int64_t length = 0;
			struct buf key;
			buf_init(&key, MEM_CONFIG, DOC_BYTES_MAX);
			doc_each (&d, one, m)
				length++;
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

void show_tasks(struct show *s)
{
	struct doc d;
	size_t count = 0;
	const char *dir = config_text(s->config, "DDC_SCHEDULER_CONFIG_DIR");
	bool ok = read_doc_of(&s->quiet, *dir ? dir : s->folder, "tasks.json", DOC_ARRAY, &d);
	const struct spot spot = {&s->quiet, "", &d};
	if (ok)
		doc_each (&d, one, DOC_ROOT)
			count++;
	struct task *list = mem_array(MEM_CONFIG, count, sizeof *list);
	count = 0;
	if (ok && list)
		doc_each (&d, one, DOC_ROOT) {
			struct task *t = &list[count];
			if (doc_type(&d, one) != DOC_OBJECT)
				continue;
			count++;
			t->at = one;
			if (!read_short(&spot, doc_get(&d, one, "container"), t->container, sizeof t->container))
				read_short(
					&spot, doc_get(&d, one, "container_name"), t->container, sizeof t->container);
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
	if (!d || !read_short(&spot, doc_get(d, settings, "api_key_encrypted"), sealed, sizeof sealed) || !*sealed)
		return NULL;
	if (!str_starts(str_of(sealed), "gAAAAA"))
		return str_copy(out, size, str_of(sealed)) ? out : NULL;
	if (file_read(s->folder, ".translation_key", 4096, &text, &length, NULL) != FILE_READ)
		return NULL;
	bool ok = fernet_key_parse((struct str){text, length}, &key) &&
		  fernet_open(&key, str_of(sealed), clear, &length) && str_copy(out, size, (struct str){clear, length});
	mem_free_secret(text);
	explicit_bzero(&key, sizeof key);
	return ok ? out : NULL;
}

void show_translation(struct show *s)
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
		doc_each (&d, one, pairs)
			if (doc_type(&d, one) == DOC_OBJECT)
				shape_object(&s->shape, NULL, &d, one, pair_shape);
	json_end_array(&s->w);
	shape_secret(&s->shape, "api_key",
		api_key_of(s, ok && settings != DOC_NONE ? &d : NULL, settings, api_key, sizeof api_key));
	json_end_object(&s->w);
	doc_clear(&d);
}
