#include "config/show.h"

#include "config/show_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

static bool has_modular(const struct show *s)
{
	return !s->layers.oldest_layout || layers_file(&s->layers, "config.json");
}

/* Files of v1 are not merged into a newer layout: of them only what is written apart counts. */
static bool is_merged(const struct show *s, const struct layer *a)
{
	return layer_counts(&s->layers, a) && !(has_modular(s) && a->old);
}

/* Whether this layer is the one whose value counts: the first that has one, and not null if another has more. */
static bool is_chosen(const struct show *s, unsigned at, struct str key)
{
	unsigned chosen = UINT32_MAX;
	for (unsigned i = 0; i < s->layers.count; i++) {
		const struct layer *a = &s->layers.list[i];
		doc_ref m = is_merged(s, a) ? doc_get_view(&a->doc, DOC_ROOT, key) : DOC_NONE;
		if (m == DOC_NONE)
			continue;
		if (doc_type(&a->doc, m) != DOC_NULL)
			return i == at;
		chosen = i < chosen ? i : chosen;
	}
	return chosen == at;
}

static void put_layer(struct show *s, unsigned at)
{
	const struct layer *a = &s->layers.list[at];
	if (!is_merged(s, a))
		return;
	doc_each (&a->doc, m, DOC_ROOT) {
		struct buf key;
		buf_init(&key, MEM_CONFIG, DOC_BYTES_MAX);
		if (doc_decode_key(&a->doc, m, &key) && doc_get_view(&a->doc, DOC_ROOT, buf_view(&key)) == m &&
			!is_set(made_apart, buf_view(&key)) && is_chosen(s, at, buf_view(&key)))
			shape_value(&s->shape, buf_text(&key), &a->doc, m);
		buf_clear(&key);
	}
}

static doc_ref advanced_of(const struct show *s, unsigned layer)
{
	const struct layer *a = &s->layers.list[layer];
	doc_ref table = layer_counts(&s->layers, a) ? doc_get(&a->doc, DOC_ROOT, "advanced_settings") : DOC_NONE;
	return table != DOC_NONE && doc_type(&a->doc, table) == DOC_OBJECT ? table : DOC_NONE;
}

static void put_variable(struct show *s, const struct option *o)
{
	const struct option_value *v = &s->config->private->values[o - options];
	if (o->type == OPTION_BOOL || o->type == OPTION_INT)
		json_textf(&s->w, o->name, "%" PRId64, v->number);
	else if (o->type == OPTION_ID)
		json_id(&s->w, o->name, (uint64_t)v->number);
	else
		json_text(&s->w, o->name, v->text);
}

/* Each name once; the variable beats the file. */
static void put_advanced(struct show *s)
{
	json_begin_object(&s->w, "advanced_settings");
	for (unsigned i = 0; i < s->layers.count; i++) {
		const struct layer *a = &s->layers.list[i];
		doc_ref table = advanced_of(s, i);
		doc_each (&a->doc, m, table) {
			struct buf key;
			bool first = true;
			buf_init(&key, MEM_CONFIG, DOC_BYTES_MAX);
			doc_decode_key(&a->doc, m, &key);
			for (unsigned k = 0; k < i && first; k++)
				first = doc_get_view(&s->layers.list[k].doc, advanced_of(s, k), buf_view(&key)) ==
					DOC_NONE;
			first = first && doc_get_view(&a->doc, table, buf_view(&key)) == m;
			const struct option *o = option_find_in(STORE_ADVANCED, buf_view(&key));
			if (first && o && config_source_of(s->config, o->name) == SOURCE_ENVIRONMENT)
				put_variable(s, o);
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
	const struct doc *from = channel_defaults(&s->quiet, s->folder, &s->layers, &d, &at);
	json_begin_object(&s->w, "default_channel_permissions");
	if (from)
		shape_members(&s->shape, from, at, nothing, names);
	doc_clear(&d);
	json_end_object(&s->w);
}

static void put_server_order(struct show *s)
{
	struct doc d;
	doc_ref at = DOC_NONE;
	const struct doc *from = server_order(&s->quiet, s->folder, &s->layers, &d, &at);
	if (from) {
		shape_value(&s->shape, "server_order", from, at);
	} else {
		json_begin_array(&s->w, "server_order");
		json_end_array(&s->w);
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
	show_containers(&s);
	show_channels(&s);
	show_admins(&s);
	show_spam(&s);
	show_tasks(&s);
	show_rules(&s);
	show_rules_state(&s);
	show_translation(&s);
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
		text = s->config->token ? s->config->token : config_token_is_sealed(s->config) ? "(sealed)" : "";
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
	buf_printf(out, "\n%u containers, %u channels, %u admins\n", s.config->container_count, s.config->channel_count,
		s.config->admin_count);
	return end(&s, out, err);
}
