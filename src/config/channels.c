/* Channels: one file each with defaults beside them (v2), or the object `channel_permissions` of older
 * layouts. Admins. */
#include "base/snowflake.h"
#include "config/file.h"
#include "config/private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gathering {
	struct config *c;
	struct reading *r;
	unsigned room;
	const struct doc *defaults; /* NULL: none */
	doc_ref defaults_at;
	bool *by_own_name; /* of each channel: its file bears its id */
};

static bool grow(struct gathering *g)
{
	unsigned room = g->room ? g->room * 2 : 8;
	struct config_channel *channels = mem_realloc(MEM_CONFIG, g->c->channels, room * sizeof *channels);
	if (channels)
		g->c->channels = channels;
	bool *flags = channels ? mem_realloc(MEM_CONFIG, g->by_own_name, room * sizeof *flags) : NULL;
	if (!flags) {
		g->r->no_memory = true;
		return false;
	}
	g->by_own_name = flags;
	g->room = room;
	return true;
}

/* The rows that channels/default.json speaks for, when the channel's own file is silent. */
static void use_default_numbers(struct gathering *g, const struct spot *s, doc_ref object, struct config_channel *k)
{
	static const char *const inherited[] = {"enable_auto_refresh", "update_interval_minutes",
		"recreate_messages_on_inactivity", "inactivity_timeout_minutes"};
	if (!g->defaults)
		return;
	const struct spot d = {g->r, "channels/default.json", g->defaults};
	struct config_channel from = {0};
	struct reading quiet = {0}; /* default.json was judged once, when it was loaded */
	load_fields(g->c, &(struct spot){&quiet, d.file, d.doc}, g->defaults_at, STORE_CHANNEL, &from);
	g->r->no_memory |= quiet.no_memory;
	for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++) {
		const struct option *o = option_find_in(STORE_CHANNEL, str_of(inherited[i]));
		doc_ref at = doc_get(s->doc, object, inherited[i]);
		if (at == DOC_NONE || doc_type(s->doc, at) == DOC_NULL)
			memcpy((char *)k + o->offset, (char *)&from + o->offset,
				o->type == OPTION_BOOL ? sizeof(bool) : sizeof(int));
	}
	doc_ref commands = doc_get(s->doc, object, "commands");
	if (commands == DOC_NONE || doc_first(s->doc, commands) == DOC_NONE) {
		k->allow_serverstatus = from.allow_serverstatus;
		k->allow_control = from.allow_control;
		k->allow_info = from.allow_info;
		k->allow_schedule = from.allow_schedule;
	}
}

static void fill(struct gathering *g, const struct spot *s, doc_ref object, uint64_t id, struct config_channel *k)
{
	*k = (struct config_channel){.id = id};
	load_fields(g->c, s, object, STORE_CHANNEL, k);
	use_default_numbers(g, s, object, k);
	k->kind = k->allow_control ? CHANNEL_CONTROL : CHANNEL_STATUS;
}

static void add_channel(struct gathering *g, const struct spot *s, doc_ref object, uint64_t id, bool own_name)
{
	struct config *c = g->c;
	for (unsigned i = 0; i < c->channel_count; i++) {
		if (c->channels[i].id != id)
			continue;
		bool better = own_name && !g->by_own_name[i];
		read_problem(s, object, "channel_id", false,
			"channel %llu is described in another place too; %s counts", (unsigned long long)id,
			better ? "this one" : "the other one");
		if (better)
			fill(g, s, object, id, &c->channels[i]);
		return;
	}
	if (c->channel_count >= CHANNELS_MAX) {
		read_problem(
			s, object, "", true, "there are more than %d channels; this one is left out", CHANNELS_MAX);
		return;
	}
	if (c->channel_count == g->room && !grow(g))
		return;
	g->by_own_name[c->channel_count] = own_name;
	fill(g, s, object, id, &c->channels[c->channel_count++]);
}

/* As the original repairs misnamed files: the file's name, else `channel_id`, else an id in `name`. */
static bool channel_id(const struct spot *s, struct str stem, uint64_t *ret_id, bool *ret_own_name)
{
	char name[64];
	struct reading quiet = {0};
	const struct spot silent = {&quiet, s->file, s->doc};
	*ret_own_name = snowflake_parse(stem, ret_id);
	if (*ret_own_name || read_id(&silent, doc_get(s->doc, DOC_ROOT, "channel_id"), "", ret_id) ||
		(read_short(&silent, doc_get(s->doc, DOC_ROOT, "name"), name, sizeof name) &&
			snowflake_parse(str_trim(str_of(name)), ret_id)))
		return true;
	read_problem(s, DOC_NONE, "", true,
		"the file's name is no channel id (17 to 20 digits), and there is none in channel_id; it is "
		"left out");
	return false;
}

static void from_file(struct gathering *g, const char *folder, const char *name)
{
	char file[300];
	struct doc doc;
	uint64_t id;
	bool own_name;
	snprintf(file, sizeof file, "channels/%s", name);
	const struct spot s = {g->r, file, &doc};
	struct str stem = {name, strlen(name) - strlen(".json")};
	if (!str_is(stem, "default") && read_doc_of(g->r, folder, file, DOC_OBJECT, &doc)) {
		if (channel_id(&s, stem, &id, &own_name))
			add_channel(g, &s, DOC_ROOT, id, own_name);
		doc_clear(&doc);
	}
}

static bool from_files(struct gathering *g, const char *folder)
{
	char **names;
	size_t count;
	struct err err = {0};
	const struct spot where = {g->r, "channels", NULL};
	if (!file_list(folder, "channels", ".json", &names, &count, &err))
		read_problem(&where, DOC_NONE, "", true, "%s", err.text);
	for (size_t i = 0; i < count; i++)
		from_file(g, folder, names[i]);
	file_list_free(names, count);
	return g->c->channel_count > 0;
}

static void from_old_table(struct gathering *g, const struct layers *l)
{
	doc_ref table;
	const struct layer *a = layers_find(l, "channel_permissions", &table);
	if (!a)
		return;
	const struct spot s = {g->r, a->file, &a->doc};
	doc_each (&a->doc, m, table) {
		uint64_t id;
		struct buf key;
		buf_init(&key, MEM_CONFIG, 256);
		if (!doc_decode_key(&a->doc, m, &key) || !snowflake_parse(str_trim(buf_view(&key)), &id))
			read_problem(&s, m, "channel_permissions", true,
				"%.60s is no channel id (17 to 20 digits); it is left out", buf_text(&key));
		else if (doc_type(&a->doc, m) != DOC_OBJECT)
			read_problem(&s, m, "channel_permissions", true,
				"%s stands where a channel must be described in { }; it is left out",
				doc_type_name(doc_type(&a->doc, m)));
		else
			add_channel(g, &s, m, id, true);
		buf_clear(&key);
	}
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = ((const struct config_channel *)a)->id, y = ((const struct config_channel *)b)->id;
	return x < y ? -1 : x > y;
}

/* What the original's migration writes as channels/default.json, whatever the owner's own defaults were. */
static bool is_fixed_default(const struct doc *d)
{
	static const char *const rows[][2] = {{"name", "\"Default Channel Settings\""},
		{"commands.serverstatus", "true"}, {"commands.command", "false"}, {"commands.control", "false"},
		{"commands.schedule", "false"}, {"post_initial", "false"}, {"update_interval_minutes", "10"},
		{"inactivity_timeout_minutes", "10"}, {"enable_auto_refresh", "true"},
		{"recreate_messages_on_inactivity", "true"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		doc_ref at = doc_path(d, DOC_ROOT, rows[i][0]);
		if (at == DOC_NONE || !str_is(doc_raw(d, at), rows[i][1]))
			return false;
	}
	return true;
}

const struct doc *channel_defaults(
	struct reading *r, const char *folder, const struct layers *l, struct doc *own, doc_ref *ret_at)
{
	bool has_own = read_doc_of(r, folder, "channels/default.json", DOC_OBJECT, own);
	doc_ref at;
	const struct layer *a = layers_find_filled(l, "default_channel_permissions", &at);
	if (has_own && !(a && a->backup && is_fixed_default(own))) {
		*ret_at = DOC_ROOT;
		return own;
	}
	if (!a || doc_type(&a->doc, at) != DOC_OBJECT)
		return NULL;
	*ret_at = at;
	return &a->doc;
}

bool load_channels(struct config *c, struct reading *r, const char *folder, const struct layers *l)
{
	struct gathering g = {.c = c, .r = r};
	struct doc own;
	g.defaults = channel_defaults(r, folder, l, &own, &g.defaults_at);
	if (g.defaults == &own) {
		struct config_channel judged = {0};
		load_fields(c, &(struct spot){r, "channels/default.json", &own}, DOC_ROOT, STORE_CHANNEL, &judged);
	}
	if (!from_files(&g, folder))
		from_old_table(&g, l);
	if (c->channel_count)
		qsort(c->channels, c->channel_count, sizeof *c->channels, by_id);
	mem_free(g.by_own_name);
	doc_clear(&own);
	return !r->no_memory;
}

static const char *admin_note(struct config *c, const struct doc *d, doc_ref notes, uint64_t id)
{
	char digits[24];
	struct buf text;
	snprintf(digits, sizeof digits, "%" PRIu64, id);
	doc_ref note = doc_get(d, notes, digits);
	if (note == DOC_NONE || doc_type(d, note) != DOC_STRING)
		return "";
	buf_init(&text, MEM_CONFIG, DOC_BYTES_MAX);
	const char *copy =
		doc_decode(d, note, &text)
			? arena_copy(&c->private->arena, utf8_prefix(str_trim(buf_view(&text)), ADMIN_NOTE_CHARS_MAX))
			: "";
	buf_clear(&text);
	return copy ? copy : "";
}

static void load_admin_notes(struct config *c, struct reading *r, const struct doc *d)
{
	doc_ref notes = doc_get(d, DOC_ROOT, "admin_notes");
	if (!c->admin_count || notes == DOC_NONE || doc_type(d, notes) != DOC_OBJECT || doc_first(d, notes) == DOC_NONE)
		return;
	c->admin_notes = mem_array(MEM_CONFIG, c->admin_count, sizeof *c->admin_notes);
	r->no_memory |= !c->admin_notes;
	for (unsigned i = 0; c->admin_notes && i < c->admin_count; i++)
		c->admin_notes[i] = admin_note(c, d, notes, c->admins[i]);
}

bool load_admins(struct config *c, struct reading *r, const char *folder)
{
	struct doc doc;
	const struct spot s = {r, "admins.json", &doc};
	if (!read_doc_of(r, folder, s.file, DOC_OBJECT, &doc)) {
		c->admins_unreadable = file_time_ns(folder, s.file) != 0;
		return !r->no_memory;
	}
	doc_ref list = doc_get(&doc, DOC_ROOT, "discord_admin_users");
	unsigned count = 0;
	c->admins_unreadable =
		list != DOC_NONE && doc_type(&doc, list) != DOC_ARRAY && doc_type(&doc, list) != DOC_NULL;
	if (c->admins_unreadable)
		read_problem(&s, list, "discord_admin_users", true,
			"%s is not allowed here; it must be a list of ids. Nobody is admin now",
			doc_type_name(doc_type(&doc, list)));
	else if (list != DOC_NONE)
		doc_each (&doc, one, list)
			count++;
	if (count > ADMINS_MAX) {
		read_problem(&s, list, "discord_admin_users", true,
			"there are more than %d admins; the rest is left out", ADMINS_MAX);
		count = ADMINS_MAX;
	}
	c->admins = count ? mem_array(MEM_CONFIG, count, sizeof *c->admins) : NULL;
	r->no_memory |= count && !c->admins;
	for (doc_ref one = c->admins ? doc_first(&doc, list) : DOC_NONE; one != DOC_NONE && count;
		one = doc_next(&doc, one), count--) {
		uint64_t id;
		if (!read_id(&s, one, "discord_admin_users", &id))
			c->admins_unreadable |= !read_is_nothing(&s, one);
		else if (!config_is_admin(c, id))
			c->admins[c->admin_count++] = id;
	}
	load_admin_notes(c, r, &doc);
	doc_clear(&doc);
	return !r->no_memory;
}
