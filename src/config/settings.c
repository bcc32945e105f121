/* The settings that have one value: environment over file over default, each held against the table of
 * options. */
#include "base/bug.h"
#include "base/snowflake.h"
#include "config/private.h"
#include "config/profiles.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static bool keep_text(struct config *c, struct reading *r, struct option_value *v, struct str text)
{
	const char *copy = arena_copy(&c->private->arena, text);
	if (!copy)
		r->no_memory = true;
	else
		v->text = copy;
	return copy != NULL;
}

static bool is_number(const struct option *o)
{
	return o->type == OPTION_BOOL || o->type == OPTION_INT;
}

enum heard { HEARD_NOTHING, HEARD_NONSENSE, HEARD_CLAMPED, HEARD_WELL };

/* What a variable says; number and text stay as they are unless there is something to use. */
static enum heard hear_variable(const struct option *o, int64_t *ret_number, struct str *ret_text)
{
	const char *text = getenv(o->name);
	int64_t number = 0;
	struct str parsed;
	bool clamped;
	if (!text || !str_trim(str_of(text)).n)
		return HEARD_NOTHING; /* compose files pass empty variables for "not set" */
	if (!option_parse(o, str_of(text), &number, &parsed, &clamped))
		return HEARD_NONSENSE;
	*ret_number = number;
	*ret_text = parsed;
	return clamped ? HEARD_CLAMPED : HEARD_WELL;
}

static void from_environment(struct config *c, struct reading *r, const struct option *o, struct option_value *v)
{
	const struct spot s = {r, "environment", NULL};
	char allowed[400];
	int64_t number;
	struct str parsed;
	enum heard heard = hear_variable(o, &number, &parsed);
	if (heard == HEARD_NONSENSE || heard == HEARD_CLAMPED)
		read_problem(&s, DOC_NONE, o->name, true, "%.60s is not allowed here; it must be %s. %s",
			o->type != OPTION_SECRET ? getenv(o->name) : "(not shown)",
			option_allowed(o, allowed, sizeof allowed),
			heard == HEARD_CLAMPED ? "The nearest allowed number is used." : "The variable is not used.");
	if (heard < HEARD_CLAMPED || (!is_number(o) && !keep_text(c, r, v, parsed)))
		return;
	v->number = number;
	v->source = SOURCE_ENVIRONMENT;
	v->file = "environment";
}

static bool value_of(struct config *c, const struct spot *s, doc_ref at, const struct option *o, const char *place,
	struct option_value *v)
{
	if (is_number(o))
		return read_number(s, at, o, place, &v->number);
	if (o->type == OPTION_ID) {
		uint64_t id;
		if (!read_id(s, at, place, &id))
			return false;
		v->number = (int64_t)id;
		return true;
	}
	char *text;
	if (!read_text(s, at, o, place, &text))
		return false;
	bool ok = !*text || keep_text(c, s->reading, v, str_of(text));
	ok = ok && (*text || o->type == OPTION_TEXT); /* an empty choice or secret is none */
	mem_free_secret(text);
	return ok;
}

const char *layer_name(struct config *c, const struct layer *a)
{
	const char *copy = a->own_name ? arena_copy(&c->private->arena, str_of(a->own_name)) : NULL;
	return copy ? copy : a->own_name ? "a backup" : a->file;
}

static void from_files(
	struct config *c, struct reading *r, const struct layers *l, const struct option *o, struct option_value *v)
{
	char path[128] = "";
	if (o->store == STORE_ADVANCED)
		strcat(path, "advanced_settings.");
	strcat(path, o->name);
	for (unsigned i = 0; i < l->count && v->source == SOURCE_DEFAULT; i++) {
		const struct layer *a = &l->list[i];
		struct spot s = {r, a->file, &a->doc};
		doc_ref at = layer_counts(l, a) ? doc_path(&a->doc, DOC_ROOT, path) : DOC_NONE;
		if (at != DOC_NONE && value_of(c, &s, at, o, path, v)) {
			v->source = SOURCE_FILE;
			v->file = layer_name(c, a);
		}
	}
}

/* The web side opens this machine only then (app/web_place.c). */
static void check_bind(const struct config *c, struct reading *r)
{
	const struct spot s = {r, "environment", NULL};
	const char *bind = config_text(c, "DDC_WEB_BIND");
	struct in6_addr any; /* room for both kinds */
	if (bind[0] && !str_is_nocase(str_of(bind), "localhost") && inet_pton(AF_INET, bind, &any) != 1 &&
		inet_pton(AF_INET6, bind, &any) != 1)
		read_problem(&s, DOC_NONE, "DDC_WEB_BIND", true,
			"%.60s is not allowed here; it must be a numeric address, such as 192.168.1.5 or ::1. The web page "
			"listens on 127.0.0.1 only.",
			bind);
}

/* A name that nobody knows is most often a known one with a slip in it. */
static void tell_unknown_variables(struct reading *r)
{
	const struct spot s = {r, "environment", NULL};
	for (char **e = environ; e && *e; e++) {
		struct str value, name = str_split(str_of(*e), '=', &value);
		char text[96];
		if (!str_starts(name, "DDC_") || option_is_known_variable(name))
			continue;
		str_copy(text, sizeof text, name);
		const char *near = option_nearest(name);
		read_problem(&s, DOC_NONE, text, false, "ddc knows no variable of this name%s%s%s",
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	}
}

static void tell_unknown_advanced(struct reading *r, const struct layers *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		const struct layer *a = &l->list[i];
		struct spot s = {r, a->file, &a->doc};
		doc_ref table = layer_counts(l, a) ? doc_get(&a->doc, DOC_ROOT, "advanced_settings") : DOC_NONE;
		if (table == DOC_NONE)
			continue;
		if (doc_type(&a->doc, table) != DOC_OBJECT && doc_type(&a->doc, table) != DOC_NULL)
			read_problem(&s, table, "advanced_settings", true,
				"%s is not allowed here; it must be an object in { }. It is left out",
				doc_type_name(doc_type(&a->doc, table)));
		doc_each (&a->doc, m, table) {
			struct buf b;
			buf_init(&b, MEM_CONFIG, 64);
			if (doc_decode_key(&a->doc, m, &b) && !option_is_known_variable(buf_view(&b))) {
				const char *near = option_nearest(buf_view(&b));
				read_problem(&s, m, buf_text(&b), false,
					"there is no advanced setting of this name%s%s%s",
					near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
			}
			buf_clear(&b);
		}
	}
}

static bool has_value(const struct option *o)
{
	return o->store <= STORE_MAIN && o->type != OPTION_LIST && o->type != OPTION_TABLE;
}

static bool is_zone(const char *name)
{
	struct str s = str_of(name);
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-", s.p[i]))
			return false;
	return s.n && s.p[0] != '/' && s.p[0] != '-';
}

/* TZ is the container's; the original goes by config.json. So the variable counts only where the file is
 * silent. */
static void choose_zone(struct config *c, struct reading *r)
{
	const struct option *zone = option_find("timezone"), *tz = option_find("TZ");
	struct option_value *v = &c->private->values[zone - options], *env = &c->private->values[tz - options];
	const struct spot s = {r, v->file ? v->file : "config.json", NULL};
	if (v->source != SOURCE_DEFAULT && !is_zone(v->text)) {
		read_problem(&s, DOC_NONE, "timezone", true,
			"%.60s is no time zone; it must be a name like Europe/Berlin. UTC is used", v->text);
		*v = (struct option_value){.text = zone->text};
	}
	if (v->source == SOURCE_DEFAULT && env->source == SOURCE_ENVIRONMENT && is_zone(env->text))
		*v = *env;
	c->timezone = v->text;
}

/* Behind everything that was set: a profile gives other defaults, nothing else. */
static void use_profile(struct config *c)
{
	enum profile p = profile_of(config_text(c, "DDC_MEMORY_PROFILE"));
	for (size_t i = 0; i < option_value_count(); i++)
		if (c->private->values[i].source == SOURCE_DEFAULT && options[i].store <= STORE_ADVANCED)
			profile_default(p, options[i].name, &c->private->values[i].number);
}

bool load_settings(struct config *c, struct reading *r, const struct layers *l)
{
	struct config_private *p = c->private;
	for (size_t i = 0; i < option_value_count(); i++) {
		const struct option *o = &options[i];
		struct option_value *v = &p->values[i];
		*v = (struct option_value){.number = o->number, .text = o->text ? o->text : ""};
		if (!has_value(o))
			continue;
		if (o->store != STORE_MAIN)
			from_environment(c, r, o, v);
		if (o->store != STORE_ENVIRONMENT && v->source == SOURCE_DEFAULT)
			from_files(c, r, l, o, v);
	}
	use_profile(c);
	check_bind(c, r);
	tell_unknown_variables(r);
	tell_unknown_advanced(r, l);
	choose_zone(c, r);
	c->language = config_text(c, "language");
	c->guild_id = (uint64_t)p->values[option_find("guild_id") - options].number;
	c->audit_channel_id = (uint64_t)p->values[option_find("DDC_AUDIT_CHANNEL") - options].number;
	return !r->no_memory;
}

static const struct option_value *value_for(const struct config *c, const char *name, bool number)
{
	const struct option *o = option_find(name);
	if (!o || !has_value(o) || is_number(o) != number)
		BUG("config: there is no %s called %s", number ? "number" : "text", name);
	return &c->private->values[o - options];
}

int64_t config_int(const struct config *c, const char *name)
{
	return value_for(c, name, true)->number;
}

bool config_bool(const struct config *c, const char *name)
{
	return value_for(c, name, true)->number != 0;
}

uint64_t config_id(const struct config *c, const char *name)
{
	return (uint64_t)value_for(c, name, false)->number;
}

const char *config_text(const struct config *c, const char *name)
{
	return value_for(c, name, false)->text;
}

enum config_source config_source_of(const struct config *c, const char *name)
{
	const struct option *o = option_find(name);
	if (!o || !has_value(o))
		BUG("config: there is no setting called %s", name);
	return c->private->values[o - options].source;
}

static const struct option *variable(const char *name, bool number)
{
	const struct option *o = option_find(name);
	if (!o || o->store != STORE_ENVIRONMENT || is_number(o) != number)
		BUG("config: %s is no %s of the environment alone", name, number ? "number" : "text");
	return o;
}

int64_t config_variable_int(const char *name)
{
	const struct option *o = variable(name, true);
	int64_t number = o->number;
	struct str text;
	hear_variable(o, &number, &text);
	return number;
}

struct str config_variable_text(const char *name)
{
	const struct option *o = variable(name, false);
	struct str text = str_of(o->text ? o->text : "");
	int64_t number;
	hear_variable(o, &number, &text);
	return text;
}
