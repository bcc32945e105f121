/* Spam protection: how long between two uses of a command or button, and how many in a minute. */
#include "base/json_writer.h"
#include "config/private.h"

#include <string.h>

static const struct cooldown defaults[] = {
	{"control", 5, false},
	{"serverstatus", 30, false},
	{"info", 5, false},
	{"info_edit", 10, false},
	{"help", 3, false},
	{"ping", 3, false},
	{"donate", 5, false},
	{"donatebroadcast", 60, false},
	{"command", 5, false},
	{"language", 30, false},
	{"forceupdate", 60, false},
	{"start", 10, false},
	{"stop", 10, false},
	{"restart", 15, false},
	{"start", 10, true},
	{"stop", 10, true},
	{"restart", 20, true},
	{"info", 3, true},
	{"refresh", 5, true},
	{"logs", 10, true},
	{"live_refresh", 5, true},
	{"auto_refresh", 5, true},
	{"mech_expand", 3, true},
	{"mech_collapse", 2, true},
	{"mech_donate", 10, true},
	{"mech_history", 5, true},
	{"mech_display", 3, true},
	{"mech_story", 5, true},
	{"mech_music", 8, true},
};
enum { UNKNOWN_NAME_S = 5, BUTTONS_WITHOUT_SECTION = 30 };

enum { DEFAULTS = sizeof defaults / sizeof *defaults };

static bool look_up(
	const struct cooldown *items, unsigned count, const char *name, size_t n, bool button, unsigned *ret)
{
	for (unsigned i = 0; i < count; i++)
		if (items[i].button == button && strlen(items[i].name) == n && memcmp(items[i].name, name, n) == 0) {
			*ret = items[i].seconds;
			return true;
		}
	return false;
}

static void add(struct config *c, struct reading *r, const struct spot *s, doc_ref member, bool button)
{
	static const struct option seconds = {.type = OPTION_INT, .min = 0, .max = 86400, .unit = "s"};
	struct buf key;
	int64_t value;
	buf_init(&key, MEM_CONFIG, 128);
	bool named = doc_decode_key(s->doc, member, &key) && c->cooldowns->count < COOLDOWNS_MAX;
	if (named && !read_number(s, member, &seconds, buf_text(&key), &value)) {
		unsigned otherwise = UNKNOWN_NAME_S;
		look_up(defaults, DEFAULTS, buf_text(&key), key.length, button, &otherwise);
		value = otherwise;
	}
	if (named) {
		const char *name = arena_copy(&c->private->arena, buf_view(&key));
		r->no_memory |= !name;
		if (name)
			c->cooldowns->items[c->cooldowns->count++] = (struct cooldown){name, (unsigned)value, button};
	}
	buf_clear(&key);
}

static void add_defaults(struct config *c, bool button)
{
	for (size_t i = 0; i < DEFAULTS; i++)
		if (defaults[i].button == button)
			c->cooldowns->items[c->cooldowns->count++] = defaults[i];
}

static unsigned members(const struct doc *d, doc_ref table)
{
	unsigned count = 0;
	if (table != DOC_NONE && doc_type(d, table) != DOC_OBJECT && doc_type(d, table) != DOC_NULL)
		return DEFAULTS; /* they take its place */
	if (table != DOC_NONE)
		doc_each (d, m, table)
			count++;
	return count < COOLDOWNS_MAX ? count : COOLDOWNS_MAX;
}

static void read_table(
	struct config *c, struct reading *r, const struct spot *s, doc_ref section, const char *key, bool button)
{
	doc_ref table = doc_get(s->doc, section, key);
	if (table == DOC_NONE || doc_type(s->doc, table) == DOC_NULL)
		return;
	if (doc_type(s->doc, table) != DOC_OBJECT) {
		read_problem(s, table, key, true,
			"%s is not allowed here; it must be an object in { }. The defaults are used",
			doc_type_name(doc_type(s->doc, table)));
		add_defaults(c, button);
		return;
	}
	doc_each (s->doc, m, table)
		add(c, r, s, m, button);
}

static int64_t read_global(const struct spot *s, doc_ref section, const char *name)
{
	const struct option *o = option_find_in(STORE_SPAM, str_of(name));
	int64_t value =
		str_is(str_of(name), "global_settings.max_buttons_per_minute") ? BUTTONS_WITHOUT_SECTION : o->number;
	read_number(s, doc_path(s->doc, section, name), o, name, &value);
	return value;
}

static bool from_section(struct config *c, struct reading *r, const struct spot *s, doc_ref section)
{
	unsigned room = members(s->doc, doc_get(s->doc, section, "command_cooldowns")) +
			members(s->doc, doc_get(s->doc, section, "button_cooldowns"));
	c->cooldowns = mem_zalloc(MEM_CONFIG, sizeof *c->cooldowns + room * sizeof *c->cooldowns->items);
	if (!c->cooldowns)
		return false;
	read_table(c, r, s, section, "command_cooldowns", false);
	read_table(c, r, s, section, "button_cooldowns", true);
	c->cooldowns_enabled = read_global(s, section, "global_settings.enabled") != 0;
	c->cooldown_message = read_global(s, section, "global_settings.cooldown_message") != 0;
	c->cooldown_log = read_global(s, section, "global_settings.log_violations") != 0;
	c->max_commands_per_minute = (unsigned)read_global(s, section, "global_settings.max_commands_per_minute");
	c->max_buttons_per_minute = (unsigned)read_global(s, section, "global_settings.max_buttons_per_minute");
	return true;
}

static bool is_filled(const struct doc *d, doc_ref section)
{
	return section != DOC_NONE && doc_type(d, section) == DOC_OBJECT && doc_first(d, section) != DOC_NONE;
}

const struct layer *old_section(const struct layers *l, doc_ref *ret_at)
{
	const struct layer *a = layers_file(l, "spam_protection.json");
	*ret_at = a ? doc_get(&a->doc, DOC_ROOT, "spam_protection") : DOC_NONE;
	if (a && is_filled(&a->doc, *ret_at))
		return a;
	a = layers_find_filled(l, "spam_protection", ret_at);
	return a && doc_type(&a->doc, *ret_at) == DOC_OBJECT ? a : NULL;
}

bool load_cooldowns(struct config *c, struct reading *r, const char *folder, const struct layers *l)
{
	const struct layer *own = layers_file(l, "channels_config.json");
	c->cooldowns_enabled = c->cooldown_message = c->cooldown_log = true;
	c->max_commands_per_minute = 20;
	/* a channels_config.json of v1 is another thing of the same name: there it is as if there were none */
	c->max_buttons_per_minute = own && !l->oldest_layout ? BUTTONS_WITHOUT_SECTION : 35;
	doc_ref section = own ? doc_get(&own->doc, DOC_ROOT, "spam_protection") : DOC_NONE;
	if (own && is_filled(&own->doc, section))
		return from_section(c, r, &(struct spot){r, own->file, &own->doc}, section);
	const struct layer *a = old_section(l, &section);
	if (!a && own && !l->oldest_layout) /* a file without the section: empty tables */
		c->cooldowns = mem_zalloc(MEM_CONFIG, sizeof *c->cooldowns);
	bool ok = a ? from_section(c, r, &(struct spot){r, a->file, &a->doc}, section)
		    : c->cooldowns || !own || l->oldest_layout;
	return ok && !r->no_memory;
}

/* As the original: where there are tables, a name that is in none of them counts as unknown, whatever its default was. */
unsigned config_cooldown_s(const struct config *c, const char *name, bool button)
{
	const struct cooldown *items = c->cooldowns ? c->cooldowns->items : defaults;
	unsigned seconds, count = c->cooldowns ? c->cooldowns->count : DEFAULTS;
	if (!c->cooldowns_enabled)
		return 0;
	for (int table = button; table >= 0; table--) /* buttons first, then commands */
		if (look_up(items, count, name, strlen(name), table == 1, &seconds))
			return seconds;
	return UNKNOWN_NAME_S;
}

const char *cooldown_defaults_json(void)
{
	static char text[2048];
	struct buf b;
	buf_init(&b, MEM_CONFIG, sizeof text);
	struct json_writer w = json_writer_on(&b);
	json_begin_object(&w, NULL);
	for (int button = 0; button < 2; button++) {
		json_begin_object(&w, button ? "button_cooldowns" : "command_cooldowns");
		for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
			if (defaults[i].button == button)
				json_int(&w, defaults[i].name, defaults[i].seconds);
		json_end_object(&w);
	}
	json_raw(&w, "global_settings",
		STR("{\"enabled\":true,\"max_commands_per_minute\":20,\"max_buttons_per_minute\":35,"
		    "\"cooldown_message\":true,"
		    "\"log_violations\":true}"));
	json_end_object(&w);
	str_copy(text, sizeof text, buf_view(&b));
	buf_clear(&b);
	return text;
}
