#include "config/names.h"

#include <stdio.h>
#include <string.h>

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool name_is_container(struct str name)
{
	if (!name.n || name.n > 255 || !is_word(name.p[0]))
		return false;
	for (size_t i = 1; i < name.n; i++)
		if (!is_word(name.p[i]) && name.p[i] != '_' && name.p[i] != '.' && name.p[i] != '-')
			return false;
	return true;
}

/* Spaces of other scripts, and marks of no width. */
static bool is_invisible(uint32_t c)
{
	return c <= ' ' || c == 0xA0 || c == 0xAD || c == 0x034F || c == 0x3000 || c == 0x2800 || c == 0xFEFF ||
	       (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F);
}

static bool is_blank(struct str s)
{
	while (s.n) {
		uint32_t c = 0;
		size_t n = utf8_step(s, &c);
		if (!n || !is_invisible(c))
			return false;
		s.p += n, s.n -= n;
	}
	return true;
}

struct str name_displayed(struct str text)
{
	struct str s = str_trim(text), rest;
	if (is_blank(s))
		return STR("");
	if (s.n < 4 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return s;
	struct str first = str_trim((struct str){s.p + 1, s.n - 2});
	char quote = first.n ? first.p[0] : '\0';
	if (quote != '\'' && quote != '"')
		return s;
	first.p++, first.n--;
	struct str inner = str_split(first, quote, &rest);
	return inner.n < first.n ? str_trim(inner) : s;
}

bool name_old_info_file(struct str container, char *out, size_t size)
{
	char clean[256];
	size_t n = 0;
	for (size_t i = 0; i < container.n && n < sizeof clean - 1; i++) {
		char c = container.p[i];
		if (is_word(c) || c == '-' || c == '_')
			clean[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	clean[n] = '\0';
	int length = snprintf(out, size, "container_info/%s_info.json", clean);
	return n && length > 0 && (size_t)length < size;
}
