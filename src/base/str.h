/*
 * Views into text that somebody else owns, and the few things we do with text: strict numbers, UTF-8 that is cut at
 * a sensible place. A view is not terminated; print it with "%.*s", STR_ARG(s).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;
	size_t n; /* bytes */
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_ARG(s)   (int)(s).n, (s).p

struct str str_of(const char *text); /* NULL gives an empty view */
bool str_eq(struct str a, struct str b);
bool str_is(struct str s, const char *text);
bool str_is_nocase(struct str s, const char *text); /* ASCII letters only */
bool str_starts(struct str s, const char *prefix);
struct str str_trim(struct str s); /* ASCII white space at both ends */
/* Splits s at the first c: returns the part before, and leaves the part behind in *rest (empty if no c). */
struct str str_split(struct str s, char c, struct str *ret_rest);
int str_cmp(struct str a, struct str b);
/* Case-insensitive (ASCII) substring search; an empty needle is found. */
bool str_contains_nocase(struct str haystack, struct str needle);

/* The whole text must be a number without sign, blanks or leading '+', and must fit. */
bool str_to_u64(struct str s, uint64_t *ret_value);
/* As above with an optional '-', within [min, max]. */
bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *ret_value);

/* Copies at most size-1 bytes and terminates; cut between characters. Returns false if it was cut. */
bool str_copy(char *to, size_t size, struct str s);

/* ---- UTF-8 ---- */

/* Bytes of the first character of s (1..4), or 0 if s does not start with valid UTF-8. */
size_t utf8_step(struct str s, uint32_t *ret_code_point);
bool utf8_valid(struct str s);
/* Discord counts characters as Unicode code points (so far as its documents say). */
size_t utf8_count(struct str s);
/* The longest prefix of s with at most max_chars characters; invalid bytes count as one each. */
struct str utf8_prefix(struct str s, size_t max_chars);
/* Writes code point as UTF-8 to out (4 bytes of room); returns bytes written, 0 for a surrogate or > 10FFFF. */
size_t utf8_put(char out[4], uint32_t code_point);

#endif
