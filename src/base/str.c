#include "base/str.h"

#include <string.h>

struct str str_of(const char *text)
{
	return text ? (struct str){text, strlen(text)} : (struct str){"", 0};
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str s, const char *text)
{
	return str_eq(s, str_of(text));
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool same_nocase(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool str_is_nocase(struct str s, const char *text)
{
	return s.n == strlen(text) && same_nocase(s.p, text, s.n);
}

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n && is_space(s.p[0]))
		s.p++, s.n--;
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_split(struct str s, char c, struct str *ret_rest)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	if (!at) {
		*ret_rest = (struct str){s.p + s.n, 0};
		return s;
	}
	size_t n = (size_t)(at - s.p);
	*ret_rest = (struct str){at + 1, s.n - n - 1};
	return (struct str){s.p, n};
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool str_contains_nocase(struct str haystack, struct str needle)
{
	for (size_t i = 0; i + needle.n <= haystack.n; i++)
		if (same_nocase(haystack.p + i, needle.p, needle.n))
			return true;
	return false;
}

bool str_to_u64(struct str s, uint64_t *ret_value)
{
	uint64_t value = 0;
	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
			__builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
			return false;
	}
	*ret_value = value;
	return true;
}

bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *ret_value)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t magnitude;
	if (negative)
		s.p++, s.n--;
	if (!str_to_u64(s, &magnitude) || magnitude > (uint64_t)INT64_MAX)
		return false;
	int64_t value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
	if (value < min || value > max)
		return false;
	*ret_value = value;
	return true;
}

bool str_copy(char *to, size_t size, struct str s)
{
	struct str fit = s;
	if (fit.n >= size) {
		fit.n = size - 1;
		/* step back over the continuation bytes of a character that would be cut in half */
		while (fit.n && ((unsigned char)s.p[fit.n] & 0xC0) == 0x80)
			fit.n--;
	}
	if (fit.n)
		memcpy(to, fit.p, fit.n);
	to[fit.n] = '\0';
	return fit.n == s.n;
}

size_t utf8_step(struct str s, uint32_t *ret_code_point)
{
	static const uint32_t lowest[5] = {0, 0, 0x80, 0x800, 0x10000};
	if (!s.n)
		return 0;
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
	if (!n || n > s.n)
		return 0;
	uint32_t cp = n == 1 ? c : c & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.p[i] & 0xC0) != 0x80)
			return 0;
		cp = cp << 6 | ((unsigned char)s.p[i] & 0x3F);
	}
	if (cp < lowest[n] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return 0;
	if (ret_code_point)
		*ret_code_point = cp;
	return n;
}

bool utf8_valid(struct str s)
{
	while (s.n) {
		size_t n = utf8_step(s, NULL);
		if (!n)
			return false;
		s.p += n, s.n -= n;
	}
	return true;
}

size_t utf8_count(struct str s)
{
	size_t count = 0;
	while (s.n) {
		size_t n = utf8_step(s, NULL);
		n = n ? n : 1;
		s.p += n, s.n -= n;
		count++;
	}
	return count;
}

struct str utf8_prefix(struct str s, size_t max_chars)
{
	size_t used = 0;
	while (max_chars-- && used < s.n) {
		size_t n = utf8_step((struct str){s.p + used, s.n - used}, NULL);
		used += n ? n : 1;
	}
	return (struct str){s.p, used};
}

size_t utf8_put(char out[4], uint32_t cp)
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return 0;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3F));
	out[0] = (char)((0xF00u >> n & 0xFF) | cp);
	return n;
}
