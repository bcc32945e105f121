#include "config/check.h"

#include "config/config.h"
#include "config/file.h"
#include "config/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
	const char *folder;
	struct reading r;
};

/* ---- duplicate keys: the last one counts, which is seldom what the owner means ---- */

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str key_of(const struct doc *d, doc_ref m)
{
	return (struct str){d->text + d->nodes[m].key_start, d->nodes[m].key_end - d->nodes[m].key_start};
}

static void check_object(const struct spot *s, doc_ref object)
{
	size_t count = 0, at = 0;
	doc_each (s->doc, m, object)
		count++;
	struct str *keys = count > 1 ? mem_array(MEM_CONFIG, count, sizeof *keys) : NULL;
	if (!keys)
		return;
	doc_each (s->doc, m, object)
		keys[at++] = key_of(s->doc, m);
	qsort(keys, count, sizeof *keys, by_text);
	for (size_t i = 1; i < count; i++)
		if (str_eq(keys[i - 1], keys[i]) && (i < 2 || !str_eq(keys[i - 2], keys[i])))
			read_problem(s, object, "", false, "%.*s stands here more than once; the last one counts",
				STR_ARG(utf8_prefix(keys[i], 60)));
	mem_free(keys);
}

static void check_duplicates(const struct spot *s)
{
	for (doc_ref i = 0; i < s->doc->count; i++)
		if (doc_type(s->doc, i) == DOC_OBJECT)
			check_object(s, i);
}

/* ---- the files that are read by later parts of ddc, or only by the original ---- */

static bool is_time(const char *text)
{
	int hour, minute, used = 0;
	return sscanf(text, "%2d:%2d%n", &hour, &minute, &used) == 2 && !text[used] && hour >= 0 && hour < 24 &&
	       minute >= 0 && minute < 60;
}

static bool is_one_of(const char *text, const char *choices)
{
	struct str rest = str_of(choices);
	while (rest.n)
		if (str_eq(str_of(text), str_split(rest, ' ', &rest)))
			return true;
	return false;
}

/* Says so if the text under key is none of the choices. */
static void check_choice(const struct spot *s, doc_ref object, const char *place, const char *key, const char *choices)
{
	char text[64] = "", where[96];
	doc_ref at = doc_get(s->doc, object, key);
	if (at != DOC_NONE && doc_type(s->doc, at) == DOC_STRING && read_short(s, at, text, sizeof text) &&
		is_one_of(text, choices))
		return;
	snprintf(where, sizeof where, "%s: %s", place, key);
	read_problem(s, at == DOC_NONE ? object : at, where, true, "%s%.*s%s; allowed are: %s",
		at == DOC_NONE ? "it is missing" : "", at == DOC_NONE ? 0 : (int)utf8_prefix(doc_raw(s->doc, at), 40).n,
		at == DOC_NONE ? "" : doc_raw(s->doc, at).p, at == DOC_NONE ? "" : " is not known", choices);
}

static void check_day(const struct spot *s, doc_ref details, const char *place, const char *cycle)
{
	static const char days[] =
		"monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun";
	char day[16] = "";
	doc_ref at = doc_get(s->doc, details, "day");
	char *text = at != DOC_NONE ? read_scalar(s, at) : NULL;
	if (text)
		str_copy(day, sizeof day, str_trim(str_of(text)));
	mem_free(text);
	for (char *c = day; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	int64_t number;
	bool is_number = str_to_int(str_of(day), 0, 31, &number);
	if (strcmp(cycle, "weekly") == 0 && !is_one_of(day, days) && !(is_number && number <= 6))
		read_problem(
			s, at == DOC_NONE ? details : at, place, true, "a weekly task needs a day, monday to sunday");
	else if (is_one_of(cycle, "once monthly yearly") && !(is_number && number >= 1))
		read_problem(
			s, at == DOC_NONE ? details : at, place, true, "a %s task needs a day from 1 to 31", cycle);
}

static bool number_at(const struct spot *s, doc_ref details, const char *key, int64_t *ret)
{
	static const struct option any = {.type = OPTION_INT, .min = INT32_MIN, .max = INT32_MAX};
	struct reading quiet = {0};
	const struct spot silent = {&quiet, s->file, s->doc};
	return read_number(&silent, doc_get(s->doc, details, key), &any, "", ret);
}

static int days_in(int64_t month, int64_t year)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

/* Month and year, where the cycle has them, and whether there is such a date. */
static void check_date(const struct spot *s, doc_ref details, const char *place, const char *cycle)
{
	int64_t day = 0, month = 0, year = 2024; /* a leap year: yearly on 29 February is allowed */
	bool once = strcmp(cycle, "once") == 0;
	if (!once && strcmp(cycle, "yearly") != 0)
		return;
	if (!number_at(s, details, "month", &month) || month < 1 || month > 12)
		read_problem(s, details, place, true, "a %s task needs a month from 1 to 12", cycle);
	else if (once && (!number_at(s, details, "year", &year) || year < 1970 || year > 9999))
		read_problem(s, details, place, true, "a task that runs once needs a year, 1970 to 9999");
	else if (number_at(s, details, "day", &day) && day >= 1 && day <= 31 && day > days_in(month, year))
		read_problem(s, details, place, true, "there is no day %d in month %d%s", (int)day, (int)month,
			once ? " of that year" : "");
}

static void check_cron(const struct spot *s, doc_ref task, doc_ref details, const char *place)
{
	char text[256] = "";
	if (details == DOC_NONE || !read_short(s, doc_get(s->doc, details, "cron_string"), text, sizeof text) ||
		!str_trim(str_of(text)).n)
		read_problem(s, details == DOC_NONE ? task : details, place, true,
			"a cron task needs its pattern in cron_string");
}

static void check_task(const struct spot *s, doc_ref task, unsigned number)
{
	char place[64], cycle[16] = "", time[16] = "";
	snprintf(place, sizeof place, "task %u", number);
	if (doc_type(s->doc, task) != DOC_OBJECT) {
		read_problem(s, task, place, true, "%s stands where a task must be described in { }",
			doc_type_name(doc_type(s->doc, task)));
		return;
	}
	check_choice(s, task, place, "action", "start stop restart");
	check_choice(s, task, place, "cycle", "once daily weekly monthly yearly cron");
	if (doc_get(s->doc, task, "container") == DOC_NONE && doc_get(s->doc, task, "container_name") == DOC_NONE)
		read_problem(s, task, place, true, "the task names no container");
	doc_ref details = doc_get(s->doc, task, "schedule_details");
	read_short(s, doc_get(s->doc, task, "cycle"), cycle, sizeof cycle);
	if (strcmp(cycle, "cron") == 0) {
		check_cron(s, task, details, place);
		return;
	}
	if (details == DOC_NONE || !read_short(s, doc_get(s->doc, details, "time"), time, sizeof time) ||
		!is_time(time))
		read_problem(
			s, details == DOC_NONE ? task : details, place, true, "the task needs a time, 00:00 to 23:59");
	if (details != DOC_NONE) {
		check_day(s, details, place, cycle);
		check_date(s, details, place, cycle);
	}
}

static void check_tasks(struct check *c)
{
	struct doc d;
	unsigned number = 0;
	const struct spot s = {&c->r, "tasks.json", &d};
	if (read_doc_of(&c->r, c->folder, s.file, DOC_ARRAY, &d)) {
		doc_each (&d, one, DOC_ROOT)
			check_task(&s, one, ++number);
		check_duplicates(&s);
	}
	doc_clear(&d);
}

static void check_ids(const struct spot *s, doc_ref list, const char *place)
{
	uint64_t id;
	if (list != DOC_NONE && doc_type(s->doc, list) == DOC_ARRAY)
		doc_each (s->doc, one, list)
			read_id(s, one, place, &id);
}

static void check_rules(struct check *c)
{
	struct doc d;
	unsigned number = 0;
	const struct spot s = {&c->r, "auto_actions.json", &d};
	if (!read_doc_of(&c->r, c->folder, s.file, DOC_OBJECT, &d))
		return;
	doc_ref list = doc_get(&d, DOC_ROOT, "auto_actions");
	for (doc_ref one = list != DOC_NONE ? doc_first(&d, list) : DOC_NONE; one != DOC_NONE;
		one = doc_next(&d, one)) {
		char place[64], type[16] = "";
		snprintf(place, sizeof place, "rule %u", ++number);
		if (doc_type(&d, one) != DOC_OBJECT) {
			read_problem(&s, one, place, true, "%s stands where a rule must be described in { }",
				doc_type_name(doc_type(&d, one)));
			continue;
		}
		check_ids(&s, doc_path(&d, one, "trigger.channel_ids"), place);
		doc_ref at = doc_path(&d, one, "action.type");
		if (at != DOC_NONE && read_short(&s, at, type, sizeof type)) {
			for (char *ch = type; *ch; ch++)
				*ch = (char)(*ch >= 'a' && *ch <= 'z' ? *ch - 32 : *ch);
			if (!is_one_of(type, "RESTART STOP START RECREATE NOTIFY"))
				read_problem(&s, at, place, true,
					"%s is no action; allowed are RESTART STOP START RECREATE NOTIFY", type);
		}
	}
	check_duplicates(&s);
	doc_clear(&d);
}

static void check_translations(struct check *c)
{
	struct doc d;
	uint64_t id;
	const struct spot s = {&c->r, "channel_translations.json", &d};
	if (!read_doc_of(&c->r, c->folder, s.file, DOC_OBJECT, &d))
		return;
	doc_ref list = doc_get(&d, DOC_ROOT, "channel_pairs");
	for (doc_ref one = list != DOC_NONE ? doc_first(&d, list) : DOC_NONE; one != DOC_NONE;
		one = doc_next(&d, one)) {
		read_id(&s, doc_get(&d, one, "source_channel_id"), "source_channel_id", &id);
		read_id(&s, doc_get(&d, one, "target_channel_id"), "target_channel_id", &id);
	}
	if (doc_path(&d, DOC_ROOT, "settings.provider") != DOC_NONE)
		check_choice(&s, doc_get(&d, DOC_ROOT, "settings"), "settings", "provider", "deepl google microsoft");
	check_duplicates(&s);
	doc_clear(&d);
}

/* JSON at all, and the duplicates of the files that loading has judged already. quietly: it has been judged.
 */
static void check_file(struct check *c, const char *file, bool quietly)
{
	struct doc d;
	struct reading silent = {0};
	const struct spot s = {&c->r, file, &d};
	if (read_doc(quietly ? &silent : &c->r, c->folder, file, &d))
		check_duplicates(&s);
	doc_clear(&d);
}

/* What loading passes over in silence: something else where an object must stand. */
static void check_tables(const struct spot *s, doc_ref object, const char *const *paths)
{
	for (; *paths; paths++) {
		doc_ref at = doc_path(s->doc, object, *paths);
		if (at != DOC_NONE && doc_type(s->doc, at) != DOC_OBJECT && doc_type(s->doc, at) != DOC_NULL)
			read_problem(s, at, *paths, true,
				"%s is not allowed here; it must be an object in { }. It counts as empty",
				doc_type_name(doc_type(s->doc, at)));
	}
}

static void check_tables_of(struct check *c, const char *file)
{
	static const char *const of_main[] = {
		"heartbeat", "docker_config", "default_channel_permissions", "channel_permissions", NULL};
	static const char *const of_container[] = {"info", NULL}, *const of_channel[] = {"commands", NULL};
	static const char *const of_spam[] = {"spam_protection", "spam_protection.global_settings", NULL};
	static const char *const of_admins[] = {"admin_notes", NULL};
	static const struct {
		const char *start;
		const char *const *paths;
	} rows[] = {{"config.json", of_main}, {"containers/", of_container}, {"channels/", of_channel},
		{"channels_config.json", of_spam}, {"admins.json", of_admins}};
	struct doc d;
	struct reading silent = {0};
	const struct spot s = {&c->r, file, &d};
	if (read_doc(&silent, c->folder, file, &d))
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			if (strncmp(file, rows[i].start, strlen(rows[i].start)) == 0)
				check_tables(&s, DOC_ROOT, rows[i].paths);
	doc_clear(&d);
}

static void check_folder(struct check *c, const char *sub)
{
	char **names;
	size_t count;
	file_list(c->folder, sub, ".json", &names, &count, NULL);
	for (size_t i = 0; i < count; i++) {
		char file[300];
		snprintf(file, sizeof file, "%s/%s", sub, names[i]);
		check_file(c, file, true);
		check_tables_of(c, file);
	}
	file_list_free(names, count);
}

static void check_token(struct check *c, const struct config *config)
{
	char token[CONFIG_TOKEN_BYTES];
	const struct spot s = {&c->r, "config.json", NULL};
	struct err err = {0};
	if (config_token_is_sealed(config) && !config_open_token(config, token, &err))
		read_problem(&s, DOC_NONE, "bot_token", true, "%s", err.text);
	explicit_bzero(token, sizeof token);
}

bool config_check(const char *folder, bool thorough, struct list *problems, struct err *err)
{
	static const char *const judged[] = {"config.json", "auth.json", "web_ui.json", "docker_settings.json",
		"channels_config.json", "admins.json", "ddc_rights.json", "server_order.json", "bot_config.json",
		"web_config.json", "docker_config.json", "spam_protection.json", "heartbeat.json"};
	static const char *const others[] = {"auto_actions_state.json", "query_support.json", "mech_state.json",
		"container_timeouts.json", "update_status.json", "ddc_state.json"};
	struct check c = {.folder = folder, .r = {.problems = problems}};
	struct config *config = config_load(folder, problems, err);
	if (!config)
		return false;
	if (!folder_is_readable(&(struct reading){0}, folder)) { /* loading has said so */
		config_free(config);
		return true;
	}
	for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
		check_file(&c, judged[i], true);
		check_tables_of(&c, judged[i]);
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		check_file(&c, others[i], false);
	check_folder(&c, "containers");
	check_folder(&c, "channels");
	check_tasks(&c);
	check_rules(&c);
	check_translations(&c);
	if (thorough)
		check_token(&c, config);
	config_free(config);
	return !c.r.no_memory || err_set(err, ERR_MEMORY, "there is no memory to check the configuration");
}
