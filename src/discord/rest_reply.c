#include "discord/rest_reply.h"

#include "base/hash.h"
#include "base/snowflake.h"

#include <stdio.h>
#include <string.h>

enum { OWN_STRING_BYTES_MAX = 256, ASKED_STRING_BYTES_MAX = 4096 };

/* Discord's tree of form errors has the shape of the request; twelve levels are more than any message of ours has. */
enum field { F_CODE, F_MESSAGE, F_ID, F_CHANNEL_ID, F_RETRY_AFTER, F_GLOBAL, F_FORM_FIRST };

static const char *const own_fields[] = {
	[F_CODE] = ".code",
	[F_MESSAGE] = ".message",
	[F_ID] = ".id",
	[F_CHANNEL_ID] = ".channel_id",
	[F_RETRY_AFTER] = ".retry_after",
	[F_GLOBAL] = ".global",
	[F_FORM_FIRST] = ".errors._errors[].message",
	".errors.*._errors[].message",
	".errors.*.*._errors[].message",
	".errors.*.*.*._errors[].message",
	".errors.*.*.*.*._errors[].message",
	".errors.*.*.*.*.*._errors[].message",
	".errors.*.*.*.*.*.*._errors[].message",
	".errors.*.*.*.*.*.*.*._errors[].message",
	".errors.*.*.*.*.*.*.*.*._errors[].message",
	".errors.*.*.*.*.*.*.*.*.*._errors[].message",
	".errors.*.*.*.*.*.*.*.*.*.*._errors[].message",
};
enum { OWN_FIELDS = sizeof own_fields / sizeof *own_fields };

/* The reader knows the whole way to the value; between ".errors." and "._errors" it is the way into our request. */
static void take_form_error(struct rest_reader *r, struct str text)
{
	static const char before[] = ".errors.", behind[] = "._errors[]";
	struct str path = {r->json.path, r->json.path_length};
	if (r->form_text[0])
		return;
	str_copy(r->form_text, sizeof r->form_text, text);
	for (size_t i = sizeof before - 1; i + sizeof behind - 1 <= path.n; i++)
		if (memcmp(path.p + i, behind, sizeof behind - 1) == 0)
			str_copy(r->form_path, sizeof r->form_path,
				(struct str){path.p + sizeof before - 1, i - (sizeof before - 1)});
}

static bool on_own_field(const struct json_event *e, void *arg)
{
	struct rest_reader *r = arg;
	int64_t number;
	switch (e->field) {
	case F_CODE:
		if (e->type == JSON_NUMBER && str_to_int(e->text, INT32_MIN, INT32_MAX, &number))
			r->reply.code = (int)number;
		break;
	case F_MESSAGE:
		if (e->type == JSON_STRING)
			str_copy(r->reply.message, sizeof r->reply.message, e->text);
		break;
	case F_ID:
		if (e->type == JSON_STRING)
			snowflake_parse(e->text, &r->reply.id);
		break;
	case F_CHANNEL_ID:
		if (e->type == JSON_STRING)
			snowflake_parse(e->text, &r->reply.channel_id);
		break;
	case F_RETRY_AFTER:
		if (e->type == JSON_NUMBER)
			r->body_retry_ms = ratelimit_parse_seconds(e->text);
		break;
	case F_GLOBAL:
		if (e->type == JSON_TRUE)
			r->limits.scope = SCOPE_GLOBAL;
		break;
	default:
		if (e->type == JSON_STRING)
			take_form_error(r, e->text);
	}
	return true;
}

void rest_reader_init(
	struct rest_reader *r, const char *const *fields, size_t field_count, json_event_fn *on_field, void *arg)
{
	memset(r, 0, sizeof *r);
	r->body_retry_ms = -1;
	r->limits = (struct ratelimit_answer){.limit = -1, .remaining = -1, .reset_after_ms = -1, .retry_after_ms = -1};
	json_reader_init(&r->json, MEM_REST, own_fields, OWN_FIELDS, OWN_STRING_BYTES_MAX, on_own_field, r);
	r->has_asked = fields != NULL;
	if (fields)
		json_reader_init(&r->asked, MEM_REST, fields, field_count, ASKED_STRING_BYTES_MAX, on_field, arg);
}

void rest_reader_clear(struct rest_reader *r)
{
	json_reader_clear(&r->json);
	if (r->has_asked)
		json_reader_clear(&r->asked);
}

static int small_number(struct str s)
{
	int64_t n;
	return str_to_int(s, 0, 1000000, &n) ? (int)n : -1;
}

void rest_reader_head(struct rest_reader *r, int status, struct str (*header)(const char *name, void *arg), void *arg)
{
	struct ratelimit_answer *a = &r->limits;
	struct str bucket = header("x-ratelimit-bucket", arg);
	r->reply.status = a->status = status;
	a->bucket = bucket.n ? hash_str(HASH_SEED, bucket) : 0;
	a->limit = small_number(header("x-ratelimit-limit", arg));
	a->remaining = small_number(header("x-ratelimit-remaining", arg));
	a->reset_after_ms = ratelimit_parse_seconds(header("x-ratelimit-reset-after", arg));
	if (status != 429)
		return;
	a->retry_after_ms = ratelimit_parse_seconds(header("retry-after", arg));
	struct str scope = header("x-ratelimit-scope", arg);
	a->scope = str_is(scope, "shared") ? SCOPE_SHARED : str_is(scope, "global") ? SCOPE_GLOBAL : SCOPE_USER;
	/* A 429 that names neither bucket nor scope is not Discord's but its guard's (Cloudflare): it means all of us. */
	if (str_is(header("x-ratelimit-global", arg), "true") || (!scope.n && !bucket.n))
		a->scope = SCOPE_GLOBAL;
}

void rest_reader_body(struct rest_reader *r, struct str bytes)
{
	r->bytes += bytes.n;
	json_reader_feed(&r->json, bytes.p, bytes.n);
	if (r->has_asked && r->reply.status >= 200 && r->reply.status < 300)
		json_reader_feed(&r->asked, bytes.p, bytes.n);
}

bool rest_reader_end(struct rest_reader *r)
{
	if (r->form_text[0]) {
		size_t n = strlen(r->reply.message);
		snprintf(r->reply.message + n, sizeof r->reply.message - n, "%s%s%s%s", n ? " (" : "(", r->form_path,
			r->form_path[0] ? ": " : "", r->form_text);
		n = strlen(r->reply.message);
		if (n + 1 < sizeof r->reply.message)
			strcpy(r->reply.message + n, ")");
	}
	if (r->limits.status == 429 && r->body_retry_ms >= 0) /* finer than the header's whole seconds */
		r->limits.retry_after_ms = r->body_retry_ms;
	return r->bytes == 0 || json_reader_finish(&r->json);
}
