#include "discord/route.h"

#include "base/bug.h"
#include "base/hash.h"

#include <stdio.h>
#include <string.h>

const char *route_method_name(enum rest_method method)
{
	static const char *const names[] = {[REST_GET] = "GET",
		[REST_POST] = "POST",
		[REST_PUT] = "PUT",
		[REST_PATCH] = "PATCH",
		[REST_DELETE] = "DELETE"};
	if ((unsigned)method >= sizeof names / sizeof *names)
		BUG("rest: no method %d", (int)method);
	return names[method];
}

/* The next part of a path ("/a/b?c" gives "a", then "b"); false at the end. */
static bool next_part(struct str *path, struct str *ret_part)
{
	if (!path->n || path->p[0] != '/')
		return false;
	size_t n = 1;
	while (n < path->n && path->p[n] != '/' && path->p[n] != '?')
		n++;
	*ret_part = (struct str){path->p + 1, n - 1};
	path->p += n, path->n -= n;
	return true;
}

static bool is_id(struct str s)
{
	uint64_t id;
	return str_to_u64(s, &id);
}

static bool holds_token(struct str first, unsigned index)
{
	return index == 2 && (str_is(first, "webhooks") || str_is(first, "interactions"));
}

static bool is_major(struct str first)
{
	return str_is(first, "channels") || str_is(first, "guilds") || str_is(first, "webhooks") ||
	       str_is(first, "interactions");
}

struct route route_of(enum rest_method method, const char *path)
{
	struct route r = {.key = hash_str(HASH_SEED, str_of(route_method_name(method)))};
	struct str rest = str_of(path), part, first = {0};
	for (unsigned i = 0; next_part(&rest, &part); i++) {
		if (i == 0)
			first = part;
		if (holds_token(first, i)) {
			r.by_token = true;
			r.major = hash_str(r.major, part);
			part = STR(":token");
		} else if (i == 1 && is_major(first) && is_id(part)) {
			str_to_u64(part, &r.major);
		}
		r.key = hash_str(r.key, STR("/"));
		r.key = hash_str(r.key, is_id(part) ? STR(":") : part);
	}
	return r;
}

void route_show(const char *path, char out[ROUTE_SHOWN_BYTES])
{
	struct str rest = str_of(path), part, first = {0};
	size_t n = 0;
	out[0] = '\0';
	for (unsigned i = 0; next_part(&rest, &part) && n < ROUTE_SHOWN_BYTES - 1; i++) {
		if (i == 0)
			first = part;
		if (holds_token(first, i))
			part = STR("\xE2\x80\xA6");
		int more = snprintf(out + n, ROUTE_SHOWN_BYTES - n, "/%.*s", STR_ARG(part));
		n += more > 0 ? (size_t)more : 0;
	}
}
