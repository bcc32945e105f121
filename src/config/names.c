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

/* One character of a text as Python writes it: escapes of one letter, \xHH, \uHHHH, \UHHHHHHHH. */
static size_t unescape(struct str s, char out[4], size_t *ret_n)
{
	static const char from[] = "nrtabfv", to[] = "\n\r\t\a\b\f\v";
	size_t digits = s.p[1] == 'x' ? 2 : s.p[1] == 'u' ? 4 : s.p[1] == 'U' ? 8 : 0;
	uint32_t cp = 0;
	for (size_t i = 0; i < digits; i++) {
		char c = i + 2 < s.n ? s.p[i + 2] : '?';
		if (!is_word(c) || (c | 32) > 'f')
			return 0;
		cp = cp << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	const char *at = strchr(from, s.p[1]);
	out[0] = at && *at ? to[at - from] : s.p[1];
	*ret_n = digits ? utf8_put(out, cp ? cp : 0xFFFD) : 1;
	return 2 + digits;
}

/* The text literal that s begins with. out: NULL only looks whether there is one; else where it goes, which may be before
 * s in the same memory: no escape is shorter than what it stands for. */
static bool literal(struct str s, char *out, size_t *ret_n)
{
	char quote = s.p[0], bytes[4];
	*ret_n = 0;
	for (size_t i = 1; i < s.n && s.p[i] != quote;) {
		size_t n = 1, used = 1;
		bytes[0] = s.p[i];
		if (s.p[i] == '\\' && i + 1 < s.n)
			used = unescape((struct str){s.p + i, s.n - i}, bytes, &n);
		if (!used)
			return false;
		if (out)
			memcpy(out + *ret_n, bytes, n);
		*ret_n += n;
		i += used;
		if (i < s.n && s.p[i] == quote)
			return true;
	}
	return s.n > 1 && s.p[1] == quote;
}

enum { NESTED_MAX = 4 }; /* lists that were turned into texts again and again */

/* Of a list the first element, as the header says. */
static struct str unlist(char *text, size_t length)
{
	struct str s = str_trim((struct str){text, length});
	for (int i = 0; i < NESTED_MAX; i++) {
		size_t n;
		if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
			return s;
		struct str first = str_trim((struct str){s.p + 1, s.n - 2});
		if (!first.n)
			return first;
		if (first.p[0] == '[') { /* a list in the list */
			s = first;
			continue;
		}
		if (first.p[0] != '\'' && first.p[0] != '"')
			return s;
		if (!literal(first, NULL, &n) || !literal(first, text, &n))
			return s;
		s = str_trim((struct str){text, n});
	}
	return s;
}

struct str name_displayed(char *text, size_t length)
{
	struct str s = unlist(text, length);
	return is_blank(s) ? STR("") : s;
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
