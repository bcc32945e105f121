#include "config/rights.h"

#include "base/buf.h"
#include "config/file.h"
#include "config/private.h"
#include "config/right_words.h"

#include <stdio.h>
#include <string.h>

static const char FILE_NAME[] = "ddc_rights.json";

struct grant_reading {
	struct config *c;
	const struct spot *s;
	struct config_grant *g;
	bool has_who;
	struct buf text; /* of targets */
};

typedef bool field_fn(struct grant_reading *r, doc_ref at, struct err *err);

static bool text_of(const struct grant_reading *r, doc_ref at, char *out, size_t size)
{
	return read_short(r->s, at, out, size);
}

static bool take_id(struct grant_reading *r, doc_ref at, struct err *err)
{
	return (text_of(r, at, r->g->id, sizeof r->g->id) && r->g->id[0] && !strpbrk(r->g->id, " :`\n")) ||
	       err_set(err, ERR_INPUT, "id must be a short word");
}

static bool take_who(struct grant_reading *r, enum grant_who who, doc_ref at, struct err *err)
{
	struct reading quiet = {0};
	const struct spot silent = {&quiet, r->s->file, r->s->doc};

	if (r->has_who)
		return err_set(err, ERR_INPUT, "only one of user, role and everyone may be named");
	r->has_who = true;
	r->g->who = who;
	if (who == GRANT_EVERYONE)
		return doc_type(r->s->doc, at) == DOC_TRUE || err_set(err, ERR_INPUT, "everyone must be true");
	return read_id(&silent, at, "", &r->g->who_id) ||
	       err_set(err, ERR_INPUT, "%s must be an id of 17 to 20 digits", who == GRANT_USER ? "user" : "role");
}

static bool take_user(struct grant_reading *r, doc_ref at, struct err *err)
{
	return take_who(r, GRANT_USER, at, err);
}

static bool take_role(struct grant_reading *r, doc_ref at, struct err *err)
{
	return take_who(r, GRANT_ROLE, at, err);
}

static bool take_everyone(struct grant_reading *r, doc_ref at, struct err *err)
{
	return take_who(r, GRANT_EVERYONE, at, err);
}

static bool is_list(const struct grant_reading *r, doc_ref at, const char *name, struct err *err)
{
	return (doc_type(r->s->doc, at) == DOC_ARRAY && doc_first(r->s->doc, at) != DOC_NONE) ||
	       err_set(err, ERR_INPUT, "%s must be a list with something in it", name);
}

static bool take_may(struct grant_reading *r, doc_ref at, struct err *err)
{
	char word[40];
	enum right right;

	if (!is_list(r, at, "may", err))
		return false;
	doc_each (r->s->doc, one, at) {
		if (!text_of(r, one, word, sizeof word) || !right_parse(str_of(word), &right))
			return right_refuse(err, doc_raw(r->s->doc, one));
		r->g->rights |= 1u << right;
	}
	return true;
}

static bool take_lines(const struct spot *s, doc_ref list, bool groups_too, struct buf *out, struct err *err)
{
	char word[GRANT_TARGET_BYTES];
	unsigned count = 0;

	buf_reset(out);
	doc_each (s->doc, one, list) {
		if (!read_short(s, one, word, sizeof word))
			return err_set(err, ERR_INPUT, "%.*s is no name of containers",
				STR_ARG(utf8_prefix(doc_raw(s->doc, one), 40)));
		if (!right_add_target(out, &count, str_of(word), groups_too, err))
			return false;
	}
	return true;
}

static bool take_containers(struct grant_reading *r, doc_ref at, struct err *err)
{
	if (!is_list(r, at, "containers", err) || !take_lines(r->s, at, true, &r->text, err))
		return false;
	r->g->targets = arena_copy(&r->c->private->arena, buf_view(&r->text));
	return r->g->targets || err_set(err, ERR_MEMORY, "no memory");
}

static bool take_channels(struct grant_reading *r, doc_ref at, struct err *err)
{
	struct reading quiet = {0};
	const struct spot silent = {&quiet, r->s->file, r->s->doc};

	if (!is_list(r, at, "channels", err))
		return false;
	doc_each (r->s->doc, one, at) {
		if (r->g->channel_count == GRANT_CHANNELS_MAX)
			return err_set(err, ERR_LIMIT, "channels must be at most %d", GRANT_CHANNELS_MAX);
		if (!read_id(&silent, one, "", &r->g->channels[r->g->channel_count++]))
			return err_set(err, ERR_INPUT, "channels must be ids of 17 to 20 digits");
	}
	return true;
}

static bool take_per_hour(struct grant_reading *r, doc_ref at, struct err *err)
{
	int64_t n;

	if (!str_to_int(doc_raw(r->s->doc, at), 1, GRANT_PER_HOUR_MAX, &n))
		return err_set(err, ERR_INPUT, "per_hour must be a number from 1 to %d", GRANT_PER_HOUR_MAX);
	r->g->per_hour = (unsigned)n;
	return true;
}

static bool take_hours(struct grant_reading *r, doc_ref at, struct err *err)
{
	char text[40];

	if (!text_of(r, at, text, sizeof text) || !text[0])
		return err_set(err, ERR_INPUT, "hours must be a text like 18:00-23:00");
	return rights_parse_hours(str_of(text), &r->g->from_minute, &r->g->to_minute, err);
}

static bool take_note(struct grant_reading *r, doc_ref at, struct err *err)
{
	char *text = read_scalar(r->s, at);

	(void)err;
	if (text)
		r->g->note = arena_copy(&r->c->private->arena, utf8_prefix(str_of(text), GRANT_NOTE_CHARS_MAX));
	mem_free(text);
	return true;
}

static bool take_when(struct grant_reading *r, doc_ref at, struct err *err)
{
	char text[40];

	if (text_of(r, at, text, sizeof text) && strcmp(text, "nobody_plays") == 0)
		return err_set(err, ERR_INPUT,
			"the condition nobody_plays needs player counts, which this version does not have");
	return err_set(err, ERR_INPUT, "%.*s is no condition that this version knows",
		STR_ARG(utf8_prefix(doc_raw(r->s->doc, at), 40)));
}

static bool take_nothing(struct grant_reading *r, doc_ref at, struct err *err)
{
	(void)r, (void)at, (void)err;
	return true;
}

static const struct {
	const char *key;
	field_fn *take;
} fields[] = {
	{"id", take_id},
	{"user", take_user},
	{"role", take_role},
	{"everyone", take_everyone},
	{"may", take_may},
	{"containers", take_containers},
	{"channels", take_channels},
	{"per_hour", take_per_hour},
	{"hours", take_hours},
	{"note", take_note},
	{"when", take_when},
	{"by", take_nothing},
	{"at", take_nothing},
};

static bool take_field(struct grant_reading *r, doc_ref member, struct err *err)
{
	struct buf key;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (doc_key_is(r->s->doc, member, fields[i].key))
			return fields[i].take(r, member, err);
	buf_init(&key, MEM_CONFIG, 128);
	doc_decode_key(r->s->doc, member, &key);
	err_set(err, ERR_INPUT, "it has a key %.40s, which this version does not know", buf_text(&key));
	buf_clear(&key);
	return false;
}

static bool read_grant(struct grant_reading *r, doc_ref object, struct err *err)
{
	if (doc_type(r->s->doc, object) != DOC_OBJECT)
		return err_set(err, ERR_INPUT, "a grant must be described in { }");
	doc_each (r->s->doc, member, object)
		if (!take_field(r, member, err))
			return false;
	if (!r->has_who)
		return err_set(err, ERR_INPUT, "it must name a user or a role, or everyone");
	if (!r->g->rights || !r->g->targets)
		return err_set(err, ERR_INPUT, "it must say what (may) and to which containers");
	return true;
}

static bool is_double(const struct config_rights *rights, const char *id)
{
	for (unsigned i = 0; i < rights->grant_count; i++)
		if (!strcmp(rights->grants[i].id, id))
			return true;
	return false;
}

static void load_grant(struct config *c, const struct spot *s, doc_ref object, unsigned place)
{
	struct config_rights *rights = c->rights;
	struct config_grant g = {.targets = NULL, .note = ""};
	struct grant_reading r = {.c = c, .s = s, .g = &g};
	struct err err = {0};
	char where[40];

	snprintf(g.id, sizeof g.id, "#%u", place);
	buf_init(&r.text, MEM_CONFIG, GRANT_TARGETS_MAX * GRANT_TARGET_BYTES);
	bool ok = read_grant(&r, object, &err);
	if (ok && is_double(rights, g.id))
		ok = err_set(&err, ERR_INPUT, "there is another grant with the id %s", g.id);
	if (ok)
		rights->grants[rights->grant_count++] = g;
	snprintf(where, sizeof where, "grants %s", g.id);
	if (!ok)
		read_problem(s, object, where, true, "%s. This grant is not in force", err.text);
	buf_clear(&r.text);
}

static doc_ref list_of(const struct spot *s, const char *key, const char *otherwise, unsigned max, unsigned *ret_count)
{
	doc_ref list = doc_get(s->doc, DOC_ROOT, key);

	*ret_count = 0;
	if (list == DOC_NONE || doc_type(s->doc, list) == DOC_NULL)
		return DOC_NONE;
	if (doc_type(s->doc, list) != DOC_ARRAY) {
		read_problem(s, list, key, true, "%s is not allowed here; it must be a list. %s",
			doc_type_name(doc_type(s->doc, list)), otherwise);
		return DOC_NONE;
	}
	doc_each (s->doc, one, list)
		++*ret_count;
	if (*ret_count > max) {
		read_problem(s, list, key, true, "there are more than %u; the rest is left out", max);
		*ret_count = max;
	}
	return *ret_count ? list : DOC_NONE;
}

static void load_grants(struct config *c, const struct spot *s)
{
	unsigned count, place = 0;
	doc_ref list = list_of(s, "grants", "No grant is in force", GRANTS_MAX, &count);

	if (list == DOC_NONE)
		return;
	c->rights->grants = mem_array(MEM_CONFIG, count, sizeof *c->rights->grants);
	s->reading->no_memory |= !c->rights->grants;
	for (doc_ref one = c->rights->grants ? doc_first(s->doc, list) : DOC_NONE; one != DOC_NONE && place < count;
		one = doc_next(s->doc, one))
		load_grant(c, s, one, ++place);
}

static void load_admin_roles(struct config *c, const struct spot *s)
{
	struct config_rights *rights = c->rights;
	unsigned count;
	doc_ref any = doc_get(s->doc, DOC_ROOT, "admin_roles");
	doc_ref list = list_of(s, "admin_roles", "No role is admin", ADMIN_ROLES_MAX, &count);

	if (list == DOC_NONE) {
		rights->unreadable |= any != DOC_NONE && doc_type(s->doc, any) != DOC_ARRAY && !read_is_nothing(s, any);
		return;
	}
	rights->admin_roles = mem_array(MEM_CONFIG, count, sizeof *rights->admin_roles);
	s->reading->no_memory |= !rights->admin_roles;
	for (doc_ref one = rights->admin_roles ? doc_first(s->doc, list) : DOC_NONE; one != DOC_NONE && count--;
		one = doc_next(s->doc, one))
		if (read_id(s, one, "admin_roles", &rights->admin_roles[rights->admin_role_count]))
			rights->admin_role_count++;
		else
			rights->unreadable |= !read_is_nothing(s, one);
}

static void load_group(struct config *c, const struct spot *s, doc_ref member)
{
	struct config_group *g = &c->rights->groups[c->rights->group_count];
	struct buf key, text;
	struct err err = {0};

	buf_init(&key, MEM_CONFIG, GRANT_TARGET_BYTES - 8);
	buf_init(&text, MEM_CONFIG, GRANT_TARGETS_MAX * GRANT_TARGET_BYTES);
	bool ok = doc_decode_key(s->doc, member, &key) && right_is_target(buf_view(&key), false) &&
		  doc_type(s->doc, member) == DOC_ARRAY;
	if (!ok)
		err_set(&err, ERR_INPUT, "a group has a name without blanks, and a list of containers");
	ok = ok && take_lines(s, member, false, &text, &err);
	g->name = ok ? arena_copy(&c->private->arena, buf_view(&key)) : NULL;
	g->targets = ok ? arena_copy(&c->private->arena, buf_view(&text)) : NULL;
	if (g->name && g->targets)
		c->rights->group_count++;
	else
		read_problem(s, member, "groups", true, "%s. This group is not there", err.text);
	buf_clear(&key);
	buf_clear(&text);
}

static void load_groups(struct config *c, const struct spot *s)
{
	doc_ref table = doc_get(s->doc, DOC_ROOT, "groups");

	if (table == DOC_NONE || doc_type(s->doc, table) == DOC_NULL)
		return;
	if (doc_type(s->doc, table) != DOC_OBJECT) {
		read_problem(s, table, "groups", true,
			"%s is not allowed here; it must be an object: name to list of containers",
			doc_type_name(doc_type(s->doc, table)));
		return;
	}
	c->rights->groups = mem_array(MEM_CONFIG, GROUPS_MAX, sizeof *c->rights->groups);
	s->reading->no_memory |= !c->rights->groups;
	doc_each (s->doc, member, table)
		if (c->rights->groups && c->rights->group_count < GROUPS_MAX)
			load_group(c, s, member);
}

/* What is not understood closes: who wrote something there wanted fewer people to act. */
static void load_control_channels(struct config *c, const struct spot *s)
{
	doc_ref at = doc_get(s->doc, DOC_ROOT, "control_channels");
	char word[24] = "";

	if (at == DOC_NONE || doc_type(s->doc, at) == DOC_NULL)
		return;
	read_short(s, at, word, sizeof word);
	c->rights->control_by_grant = strcmp(word, "open") != 0;
	if (strcmp(word, "open") && strcmp(word, "granted"))
		read_problem(s, at, "control_channels", true,
			"%.*s is not allowed here; it must be open or granted. Granted counts",
			STR_ARG(utf8_prefix(doc_raw(s->doc, at), 30)));
}

bool load_rights(struct config *c, struct reading *r, const char *folder)
{
	struct doc doc;
	const struct spot s = {r, FILE_NAME, &doc};

	c->rights = mem_zalloc(MEM_CONFIG, sizeof *c->rights);
	if (!c->rights) {
		r->no_memory = true;
		return false;
	}
	if (read_doc_of(r, folder, s.file, DOC_OBJECT, &doc)) {
		load_control_channels(c, &s);
		load_admin_roles(c, &s);
		load_groups(c, &s);
		load_grants(c, &s);
	} else if (file_time_ns(folder, s.file)) {
		c->rights->control_by_grant = c->rights->unreadable = true;
		read_problem(&s, DOC_NONE, "", false, "until it can be read, only admins act in control channels");
	}
	doc_clear(&doc);
	return !r->no_memory;
}

void rights_free(struct config_rights *rights)
{
	if (!rights)
		return;
	mem_free(rights->grants);
	mem_free(rights->admin_roles);
	mem_free(rights->groups);
	mem_free(rights);
}
