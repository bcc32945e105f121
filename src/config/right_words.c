#include "config/right_words.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

static const char *const words[RIGHT_COUNT] = {
#define X(id, word) [id] = word,
	RIGHTS(X)
#undef X
};

const char *right_name(enum right r)
{
	return words[r];
}

bool right_parse(struct str word, enum right *ret_right)
{
	for (unsigned i = 0; i < RIGHT_COUNT; i++) {
		if (str_is_nocase(word, words[i])) {
			*ret_right = (enum right)i;
			return true;
		}
	}
	return false;
}

/* ---- lists that people type ---- */

struct str right_next_word(struct str *rest)
{
	static const char between[] = " ,;\t\r\n";
	size_t n = 0;

	while (rest->n && memchr(between, rest->p[0], sizeof between - 1))
		rest->p++, rest->n--;
	while (n < rest->n && !memchr(between, rest->p[n], sizeof between - 1))
		n++;
	struct str word = {rest->p, n};
	rest->p += n, rest->n -= n;
	return word;
}

bool right_refuse(struct err *err, struct str word)
{
	char all[160] = "";

	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", words[i]);
	return err_set(err, ERR_INPUT, "%.*s is no right; there are %s", STR_ARG(utf8_prefix(word, 30)), all);
}

bool rights_parse_list(struct str text, unsigned *ret_rights, struct err *err)
{
	unsigned rights = 0;
	enum right right;

	for (struct str word = right_next_word(&text); word.n; word = right_next_word(&text)) {
		if (!right_parse(word, &right))
			return right_refuse(err, word);
		rights |= 1u << right;
	}
	if (!rights)
		return err_set(err, ERR_INPUT, "no right is named");
	*ret_rights = rights;
	return true;
}

bool right_is_target(struct str s, bool groups_too)
{
	if (str_starts(s, "project:"))
		s.p += 8, s.n -= 8;
	else if (groups_too && str_starts(s, "group:"))
		s.p += 6, s.n -= 6;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= ' ' || c == 0x7F || c == ':' || c == '/' || c == '`')
			return false;
	}
	return s.n && s.n < GRANT_TARGET_BYTES - 8;
}

bool right_add_target(struct buf *out, unsigned *count, struct str word, bool groups_too, struct err *err)
{
	if (!right_is_target(word, groups_too))
		return err_set(err, ERR_INPUT,
			"%.*s is neither a name nor a pattern of containers; allowed are names, * and ?, %sproject:NAME",
			STR_ARG(utf8_prefix(word, 40)), groups_too ? "group:NAME, " : "");
	if (++*count > GRANT_TARGETS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d names and patterns; a pattern or a group would be shorter",
			GRANT_TARGETS_MAX);
	if (out->length)
		buf_add_char(out, '\n');
	return buf_add_view(out, word) || err_set(err, ERR_MEMORY, "no memory");
}

bool rights_parse_targets(struct str text, struct buf *out, struct err *err)
{
	unsigned count = 0;

	for (struct str word = right_next_word(&text); word.n; word = right_next_word(&text))
		if (!right_add_target(out, &count, word, true, err))
			return false;
	return count || err_set(err, ERR_INPUT, "no container is named");
}

static bool parse_minute(struct str s, int *ret_minute)
{
	int64_t hour, minute = 0;
	struct str rest, head = str_split(str_trim(s), ':', &rest);
	bool has_minutes = head.n != str_trim(s).n;

	if (!str_to_int(head, 0, 24, &hour) || (has_minutes && (rest.n != 2 || !str_to_int(rest, 0, 59, &minute))) ||
		(hour == 24 && minute))
		return false;
	*ret_minute = (int)(hour * 60 + minute) % (24 * 60);
	return true;
}

bool rights_parse_hours(struct str text, int *ret_from, int *ret_to, struct err *err)
{
	char plain[64];
	size_t n = 0;
	struct str to, from;
	int a = 0, b = 0;

	text = str_trim(text);
	if (!text.n) {
		*ret_from = *ret_to = 0;
		return true;
	}
	for (size_t i = 0; i < text.n && n + 1 < sizeof plain;) { /* en and em dashes are what phones type */
		bool dash = text.n - i >= 3 && (memcmp(text.p + i, "–", 3) == 0 || memcmp(text.p + i, "—", 3) == 0);
		plain[n++] = dash ? '-' : text.p[i];
		i += dash ? 3 : 1;
	}
	from = str_split((struct str){plain, n}, '-', &to);
	if (!parse_minute(from, &a) || !parse_minute(to, &b) || a == b)
		return err_set(err, ERR_INPUT, "%.*s is no span of hours; it must be like 18:00-23:00",
			STR_ARG(utf8_prefix(text, 20)));
	*ret_from = a;
	*ret_to = b;
	return true;
}
