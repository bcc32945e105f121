#include "config/shape.h"

#include "config/options.h"
#include "config/read.h"
#include "crypto/password.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 24 }; /* deeper values are of no program we know */

/* clang-format off */
#define ROW_END	      {0}
#define T_OF(k, d, l) {k, SHAPE_TEXT, d, NULL, NULL, 0, 0, 0, l}
#define B(k, d)	      {k, SHAPE_BOOL, d, NULL, NULL, 0, 0, 0}
#define T(k, d)	      {k, SHAPE_TEXT, d, NULL, NULL, 0, 0, 0}
#define T_MAX(k, n)   {k, SHAPE_TEXT, "\"\"", NULL, NULL, 0, 0, n}
#define N(k)	      {k, SHAPE_TEXT_OR_NULL, "null", NULL, NULL, 0, 0, 0}
#define I(k, d, a, b) {k, SHAPE_INT, d, NULL, NULL, a, b, 0}
#define L(k, d)	      {k, SHAPE_TEXTS, d, NULL, NULL, 0, 0, 0}
#define ID(k)	      {k, SHAPE_ID, "null", NULL, NULL, 0, 0, 0}
#define O(k, rows)    {k, SHAPE_OBJECT, "{}", NULL, rows, 0, 0, 0}
#define ANY(k, d)     {k, SHAPE_ANY, d, NULL, NULL, 0, 0, 0}

#define INFO_ROWS                                                                                            \
	B("enabled", "false"), B("show_ip", "false"), T("custom_ip", "\"\""), T("custom_port", "\"\""),            \
		T("custom_text", "\"\""), B("protected_enabled", "false")
const struct shape stored_info_shape[] = {INFO_ROWS, T("protected_content", "\"\""), T("protected_password", "\"\""), ROW_END};
/* The original cuts these two when it reads them. */
const struct shape info_shape[] = {INFO_ROWS, T_MAX("protected_content", 250), T_MAX("protected_password", 60), ROW_END};

const struct shape container_shape[] = {B("active", "true"), B("allow_detailed_status", "true"), I("order", "999", 0, 0),
	O("info", stored_info_shape), B("query_enabled", "false"), T("query_protocol", "\"source\""), T("query_host", "\"\""),
	I("query_port", "0", 0, 0), T("query_token", "\"\""), ROW_END};

static const struct shape commands_shape[] = {ROW_END};

const struct shape channel_shape[] = {T("name", "\"\""), O("commands", commands_shape), B("post_initial", "false"),
	B("enable_auto_refresh", "true"), I("update_interval_minutes", "5", 0, 0),
	B("recreate_messages_on_inactivity", "true"), I("inactivity_timeout_minutes", "10", 0, 0), ROW_END};

static const struct shape spam_globals[] = {B("enabled", "true"), I("max_commands_per_minute", "20", 0, 0),
	I("max_buttons_per_minute", "30", 0, 0), B("cooldown_message", "true"), B("log_violations", "true"), ROW_END};
static const struct shape seconds_shape[] = {ROW_END};
const struct shape spam_shape[] = {O("command_cooldowns", seconds_shape), O("button_cooldowns", seconds_shape),
	O("global_settings", spam_globals), ROW_END};

const struct shape task_shape[] = {{"id", SHAPE_TEXT_OR_NULL, "null", "task_id", NULL, 0, 0, 0},
	{"container", SHAPE_TEXT_OR_NULL, "null", "container_name", NULL, 0, 0, 0}, T("action", "\"\""), T("cycle", "\"\""),
	ANY("schedule_details", "{}"), {"created_at", SHAPE_ANY, "null", "_created_at_ts", NULL, 0, 0, 0},
	N("created_at_local"), T("status", "\"pending\""), B("is_active", "true"),
	{"_description", SHAPE_TEXT_OR_NULL, "null", "description", NULL, 0, 0, 0},
	{"_created_by", SHAPE_TEXT_OR_NULL, "null", "created_by", NULL, 0, 0, 0},
	{"_timezone_str", SHAPE_TEXT, "\"Europe/Berlin\"", "timezone_str", NULL, 0, 0, 0},
	{"_last_run_ts", SHAPE_NUMBER, "null", "last_run", NULL, 0, 0, 0},
	{"_next_run_ts", SHAPE_NUMBER, "null", "next_run", NULL, 0, 0, 0}, ANY("last_run_success", "null"),
	N("last_run_error"), ROW_END};

const struct shape rules_shape[] = {B("enabled", "true"), I("global_cooldown_seconds", "30", 0, 0), ID("audit_channel_id"),
	T("audit_level", "\"actions_only\""), L("protected_containers", "[\"ddc\",\"portainer\"]"), B("log_all_checks", "false"),
	ROW_END};

static const struct shape source_shape[] = {L("allowed_user_ids", "[]"), L("allowed_usernames", "[]"), ANY("is_webhook", "null"), ROW_END};
static const struct shape trigger_shape[] = {L("channel_ids", "[]"), L("keywords", "[]"), L("required_keywords", "[]"),
	L("ignore_keywords", "[]"), T("match_mode", "\"any\""), N("regex_pattern"), L("search_in", "[\"content\",\"embeds\"]"),
	O("source_filter", source_shape), ROW_END};
static const struct shape action_shape[] = {T("type", "\"NOTIFY\""), L("containers", "[]"), I("delay_seconds", "0", 0, 0),
	ID("notification_channel_id"), B("silent", "false"), ROW_END};
static const struct shape safety_shape[] = {I("cooldown_minutes", "1440", 0, 0), B("only_if_running", "true"), ROW_END};
const struct shape rule_shape[] = {N("id"), T("name", "\"New Rule\""), B("enabled", "true"), I("priority", "10", 0, 0),
	O("trigger", trigger_shape), O("action", action_shape), O("safety", safety_shape), ANY("metadata", "{}"), ROW_END};

const struct shape translation_shape[] = {B("enabled", "false"), T_OF("provider", "\"deepl\"", "deepl google microsoft"), T("api_key_env", "\"TRANSLATION_API_KEY\""),
	N("api_key_encrypted"), T_OF("deepl_api_url", "\"https://api-free.deepl.com/v2/translate\"", "https://api-free.deepl.com/ https://api.deepl.com/"), N("google_project_id"),
	I("rate_limit_per_minute", "60", 1, 600), I("max_text_length", "5000", 100, 50000), B("show_original_link", "true"),
	B("show_provider_footer", "true"), ROW_END};
const struct shape pair_shape[] = {N("id"), T("name", "\"\""), B("enabled", "true"), ID("source_channel_id"), ID("target_channel_id"),
	N("target_language"), N("source_language"), B("translate_embeds", "true"), ANY("metadata", "{}"), ROW_END};

/* clang-format on */

bool shape_is_secret(struct str key)
{
	static const char *const parts[] = {
		"token", "password", "secret", "api_key", "ping_url", "protected_content", "donation_disable_key"};
	if (str_is(key, "api_key_env"))
		return false;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_contains_nocase(key, str_of(parts[i])))
			return true;
	return false;
}

void shape_secret(const struct shape_writer *s, const char *key, const char *text)
{
	json_text(s->w, key, s->reveal || !text || !*text ? text : "***");
}

static bool masked(const struct shape_writer *s, const char *key, const struct doc *d, doc_ref value)
{
	if (s->reveal || !key || !shape_is_secret(str_of(key)) || str_is(doc_raw(d, value), "\"\""))
		return false;
	enum doc_type t = doc_type(d, value);
	if (t == DOC_NULL || t == DOC_TRUE || t == DOC_FALSE)
		return false;
	json_text(s->w, key, "***");
	return true;
}

static void put_string(const struct shape_writer *s, const char *key, const struct doc *d, doc_ref value)
{
	struct buf b;
	if (!(d->oddities & (DOC_HAS_RAW_CONTROL | DOC_HAS_BAD_UTF8))) {
		json_raw(s->w, key, doc_raw(d, value)); /* as it is: \u0000 and halves of characters too */
		return;
	}
	buf_init(&b, MEM_CONFIG, DOC_BYTES_MAX);
	doc_decode(d, value, &b);
	json_string(s->w, key, buf_view(&b));
	buf_clear(&b);
}

static void put_value(
	const struct shape_writer *s, const char *key, const struct doc *d, doc_ref value, unsigned depth);

static void put_members(const struct shape_writer *s, const struct doc *d, doc_ref object, unsigned depth)
{
	doc_each (d, m, object) {
		struct buf name;
		buf_init(&name, MEM_CONFIG, DOC_BYTES_MAX);
		if (doc_decode_key(d, m, &name) && doc_get_view(d, object, buf_view(&name)) == m)
			put_value(s, buf_text(&name), d, m, depth + 1);
		buf_clear(&name);
	}
}

static void put_value(const struct shape_writer *s, const char *key, const struct doc *d, doc_ref value, unsigned depth)
{
	struct str raw = doc_raw(d, value);
	if (masked(s, key, d, value))
		return;
	switch (doc_type(d, value)) {
	case DOC_OBJECT:
		json_begin_object(s->w, key);
		if (depth < DEPTH_MAX)
			put_members(s, d, value, depth);
		json_end_object(s->w);
		break;
	case DOC_ARRAY:
		json_begin_array(s->w, key);
		if (depth < DEPTH_MAX)
			doc_each (d, one, value)
				put_value(s, NULL, d, one, depth + 1);
		json_end_array(s->w);
		break;
	case DOC_STRING: put_string(s, key, d, value); break;
	case DOC_NUMBER: /* NaN and Infinity are no JSON */
		json_raw(s->w, key, memchr(raw.p, 'N', raw.n) || memchr(raw.p, 'I', raw.n) ? STR("null") : raw);
		break;
	default: json_raw(s->w, key, raw);
	}
}

void shape_value(const struct shape_writer *s, const char *key, const struct doc *d, doc_ref value)
{
	put_value(s, key, d, value, 0);
}

static bool put_number(const struct shape_writer *s, const struct shape *row, const struct doc *d, doc_ref at)
{
	static const struct option as_bool = {.type = OPTION_BOOL};
	static const struct option as_int = {.type = OPTION_INT, .min = INT64_MIN, .max = INT64_MAX};
	struct reading quiet = {0};
	const struct spot spot = {&quiet, "", d};
	int64_t n;
	if (!read_number(&spot, at, row->type == SHAPE_BOOL ? &as_bool : &as_int, "", &n)) {
		if (row->type == SHAPE_BOOL || row->min == row->max || doc_type(d, at) == DOC_NULL)
			return false;
		n = row->min; /* as the original reads the numbers that have a range */
	}
	if (row->min != row->max)
		n = n < row->min ? row->min : n > row->max ? row->max : n;
	if (row->type == SHAPE_BOOL)
		json_bool(s->w, row->key, n != 0);
	else
		json_int(s->w, row->key, n);
	return true;
}

static bool put_text(
	const struct shape_writer *s, const char *key, const struct doc *d, doc_ref at, unsigned characters_max)
{
	enum doc_type t = doc_type(d, at);
	struct reading quiet = {0};
	const struct spot spot = {&quiet, "", d};
	if (t != DOC_STRING && t != DOC_NUMBER)
		return false;
	if (masked(s, key, d, at))
		return true;
	if (t == DOC_STRING && !characters_max) {
		put_string(s, key, d, at);
		return true;
	}
	char *text = read_scalar(&spot, at);
	if (text && password_is_hash(str_of(text)))
		characters_max = 0;
	if (text)
		json_string(s->w, key, characters_max ? utf8_prefix(str_of(text), characters_max) : str_of(text));
	mem_free_secret(text);
	return text != NULL;
}

static bool put_texts(const struct shape_writer *s, const char *key, const struct doc *d, doc_ref at)
{
	if (doc_type(d, at) == DOC_STRING) { /* one where a list must be */
		json_begin_array(s->w, key);
		put_text(s, NULL, d, at, 0);
		json_end_array(s->w);
		return true;
	}
	if (doc_type(d, at) != DOC_ARRAY)
		return false;
	json_begin_array(s->w, key);
	doc_each (d, one, at)
		put_text(s, NULL, d, one, 0);
	json_end_array(s->w);
	return true;
}

/* What the original takes for wrong when it reads it. */
static bool is_allowed(const struct shape *row, const struct doc *d, doc_ref at)
{
	char text[512];
	struct reading quiet = {0};
	const struct spot spot = {&quiet, "", d};
	struct str rest = str_of(row->allowed);
	if (!row->allowed)
		return true;
	if (!read_short(&spot, at, text, sizeof text))
		return false;
	while (rest.n) {
		struct str word = str_split(rest, ' ', &rest);
		bool start = word.p[word.n - 1] == '/';
		if (start ? strncmp(text, word.p, word.n) == 0 : str_is(word, text))
			return true;
	}
	return false;
}

static bool put_row(const struct shape_writer *s, const struct shape *row, const struct doc *d, doc_ref at)
{
	switch (row->type) {
	case SHAPE_BOOL:
	case SHAPE_INT: return put_number(s, row, d, at);
	case SHAPE_NUMBER:
		if (doc_type(d, at) == DOC_NUMBER)
			shape_value(s, row->key, d, at);
		return doc_type(d, at) == DOC_NUMBER;
	case SHAPE_TEXT:
	case SHAPE_TEXT_OR_NULL:
	case SHAPE_ID: return is_allowed(row, d, at) && put_text(s, row->key, d, at, row->characters_max);
	case SHAPE_TEXTS: return put_texts(s, row->key, d, at);
	case SHAPE_ANY: shape_value(s, row->key, d, at); return true;
	case SHAPE_OBJECT: break;
	}
	if (doc_type(d, at) != DOC_OBJECT)
		return false;
	shape_object(s, row->key, d, at, row->rows);
	return true;
}

static bool among(const char *const *names, struct str name)
{
	for (; names && *names; names++)
		if (str_is(name, *names))
			return true;
	return false;
}

static bool in_rows(const struct shape *rows, struct str name)
{
	for (; rows->key; rows++)
		if (str_is(name, rows->key) || (rows->alias && str_is(name, rows->alias)))
			return true;
	return false;
}

/* Tables of yes/no (commands) and of seconds (cooldowns) have no rows; their values get the type all the
 * same. */
static void put_other(
	const struct shape_writer *s, const struct shape *rows, const char *name, const struct doc *d, doc_ref m)
{
	const struct shape yes = {.key = name, .type = SHAPE_BOOL}, seconds = {.key = name, .type = SHAPE_INT};
	if (rows == commands_shape && put_number(s, &yes, d, m))
		return;
	if (rows == seconds_shape && put_number(s, &seconds, d, m))
		return;
	shape_value(s, name, d, m);
}

void shape_members(const struct shape_writer *s, const struct doc *d, doc_ref object, const struct shape *rows,
	const char *const *but)
{
	for (const struct shape *row = rows; row->key; row++) {
		doc_ref at = d ? doc_get(d, object, row->key) : DOC_NONE;
		if (at == DOC_NONE && row->alias && d)
			at = doc_get(d, object, row->alias);
		if (among(but, str_of(row->key)) || (at != DOC_NONE && put_row(s, row, d, at)))
			continue;
		if (row->type == SHAPE_OBJECT)
			shape_object(s, row->key, NULL, DOC_NONE, row->rows);
		else
			json_raw(s->w, row->key, str_of(row->otherwise));
	}
	if (!d || object == DOC_NONE)
		return;
	doc_each (d, m, object) {
		struct buf name;
		buf_init(&name, MEM_CONFIG, DOC_BYTES_MAX);
		if (doc_decode_key(d, m, &name) && doc_get_view(d, object, buf_view(&name)) == m &&
			!among(but, buf_view(&name)) && !in_rows(rows, buf_view(&name)))
			put_other(s, rows, buf_text(&name), d, m);
		buf_clear(&name);
	}
}

void shape_object(
	const struct shape_writer *s, const char *key, const struct doc *d, doc_ref object, const struct shape *rows)
{
	json_begin_object(s->w, key);
	shape_members(s, d, object, rows, NULL);
	json_end_object(s->w);
}
