#include "discord/text.h"

#include "discord/message.h"

#include <string.h>

static const char ellipsis[] = "\xE2\x80\xA6";
static const char fence_end[] = "\n```";

enum {
	CHARS_ELLIPSIS = 1,
	CHARS_FENCE_END = 4,
	TAG_BYTES_MAX = 80 /* the longest <...> worth keeping whole: </command group sub:id> */
};

static uint32_t code_point_at(struct str s)
{
	uint32_t c = 0;
	return utf8_step(s, &c) ? c : 0;
}

static bool is_between(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

/* Belongs to the character before it: accents, joiners, variation selectors, skin tones, key caps, emoji tags. */
static bool continues_character(uint32_t c)
{
	return is_between(c, 0x0300, 0x036F) || is_between(c, 0x0591, 0x05BD) || is_between(c, 0x064B, 0x065F) ||
	       is_between(c, 0x0E31, 0x0E3A) || is_between(c, 0x0E47, 0x0E4E) || is_between(c, 0x093A, 0x094F) ||
	       is_between(c, 0x1AB0, 0x1AFF) || is_between(c, 0x20D0, 0x20FF) || is_between(c, 0xFE00, 0xFE0F) ||
	       is_between(c, 0x1F3FB, 0x1F3FF) || is_between(c, 0xE0020, 0xE007F) || c == 0x200D;
}

static bool is_flag_half(uint32_t c)
{
	return is_between(c, 0x1F1E6, 0x1F1FF);
}

/* The beginning of the character (code point) that ends at byte `at`. */
static size_t step_back(struct str s, size_t at)
{
	size_t i = at;
	while (i > 0 && at - i < 4) {
		i--;
		if (((unsigned char)s.p[i] & 0xC0) != 0x80)
			return i;
	}
	return at - 1;
}

static uint32_t before(struct str s, size_t at)
{
	size_t i = step_back(s, at);
	return code_point_at((struct str){s.p + i, at - i});
}

/* Flags are pairs: true if an odd number of halves stands before `at`. */
static bool inside_flag(struct str s, size_t at)
{
	unsigned halves = 0;
	while (at > 0 && is_flag_half(before(s, at))) {
		halves++;
		at = step_back(s, at);
	}
	return halves & 1;
}

static bool inside_escape(struct str s, size_t at)
{
	unsigned slashes = 0;
	while (at > 0 && s.p[at - 1] == '\\') {
		slashes++;
		at--;
	}
	return slashes & 1;
}

static size_t out_of_tag(struct str s, size_t at)
{
	for (size_t i = at; i > 0 && at - i < TAG_BYTES_MAX; i--) {
		char c = s.p[i - 1];
		if (c == '>' || c == '\n')
			return at;
		if (c == '<')
			return inside_escape(s, i - 1) || i >= s.n || !strchr("@#:t/ai", s.p[i]) ? at : i - 1;
	}
	return at;
}

static size_t sensible_cut(struct str s, size_t at)
{
	size_t wish = at;
	at = out_of_tag(s, at);
	while (at > 0) {
		uint32_t next = code_point_at((struct str){s.p + at, s.n - at});
		if (!inside_escape(s, at) && !continues_character(next) && before(s, at) != 0x200D &&
			!(is_flag_half(next) && inside_flag(s, at)))
			break;
		at = step_back(s, at);
	}
	/* A word of nothing but accents has no good place. */
	return at ? at : wish;
}

static bool fence_is_open(struct str s)
{
	bool open = false;
	for (size_t i = 0; i + 3 <= s.n; i++)
		if (memcmp(s.p + i, "```", 3) == 0) {
			open = !open;
			i += 2;
		}
	return open;
}

size_t text_add_cut(struct buf *out, struct str s, size_t max_chars)
{
	size_t all = utf8_count(s);
	if (all <= max_chars) {
		buf_add_view(out, s);
		return all;
	}
	if (!max_chars)
		return 0;
	struct str head = utf8_prefix(s, max_chars - CHARS_ELLIPSIS);
	bool fence = fence_is_open(head) && max_chars > CHARS_ELLIPSIS + CHARS_FENCE_END;
	if (fence)
		head = utf8_prefix(s, max_chars - CHARS_ELLIPSIS - CHARS_FENCE_END);
	head.n = sensible_cut(s, head.n);
	while (head.n && (head.p[head.n - 1] == ' ' || head.p[head.n - 1] == '\n'))
		head.n--;
	buf_add_view(out, head);
	buf_add_str(out, ellipsis);
	if (fence && fence_is_open(head)) {
		buf_add_str(out, fence_end);
		return utf8_count(head) + CHARS_ELLIPSIS + CHARS_FENCE_END;
	}
	return utf8_count(head) + CHARS_ELLIPSIS;
}

size_t text_add_markdown(struct buf *out, struct str s, size_t max_chars)
{
	size_t begin = out->length;
	size_t chars = text_add_cut(out, s, max_chars > CHARS_FENCE_END ? max_chars - CHARS_FENCE_END : 0);
	if (out->length == begin || !fence_is_open((struct str){out->data + begin, out->length - begin}))
		return chars;
	buf_add_str(out, fence_end);
	return chars + CHARS_FENCE_END;
}

/* ---- literal text ---- */

static bool is_control(uint32_t c)
{
	return c < 0x20 || is_between(c, 0x7F, 0x9F);
}

/* Marks that turn the direction of what stands behind them: in a name they would turn the rest of the line. */
static bool turns_direction(uint32_t c)
{
	return is_between(c, 0x202A, 0x202E) || is_between(c, 0x2066, 0x2069) || c == 0x200E || c == 0x200F ||
	       c == 0x061C;
}

static bool is_right_to_left(uint32_t c)
{
	return is_between(c, 0x0590, 0x08FF) || is_between(c, 0xFB1D, 0xFDFF) || is_between(c, 0xFE70, 0xFEFC) ||
	       is_between(c, 0x10800, 0x10FFF) || is_between(c, 0x1E800, 0x1EFFF);
}

static bool needs_isolation(struct str s)
{
	while (s.n) {
		uint32_t c = 0;
		size_t n = utf8_step(s, &c);
		if (n && is_right_to_left(c))
			return true;
		s.p += n ? n : 1, s.n -= n ? n : 1;
	}
	return false;
}

/* These mean something only at the beginning of a line (quote, heading, list, small print); in the middle of a name they stay as
 * they are, so that "web-1" can still be found by searching for it. */
static bool needs_escape_at_line_start(struct str s)
{
	size_t digits = 0;
	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	return strchr("#>-+", s.p[0]) || (digits && digits < s.n && s.p[digits] == '.');
}

static bool needs_escape(struct str s, char last)
{
	switch (s.p[0]) {
	case '(': return last == ']';
	case ':': return s.n > 2 && s.p[1] == '/' && s.p[2] == '/'; /* an address would become a link */
	default: return s.p[0] && strchr("\\*_~|`[]<@", s.p[0]);
	}
}

static void add_escaped_line_start(struct buf *out, struct str *s)
{
	size_t digits = 0;
	while (digits < s->n && s->p[digits] >= '0' && s->p[digits] <= '9')
		digits++;
	buf_add(out, s->p, digits);
	buf_add_char(out, '\\');
	buf_add_char(out, s->p[digits]);
	s->p += digits + 1, s->n -= digits + 1;
}

void message_escape(struct buf *out, struct str s)
{
	bool isolate = needs_isolation(s), line_start = true;
	char last = '\0';
	if (isolate)
		buf_add_str(out, "\xE2\x81\xA8");
	while (s.n) {
		uint32_t c = 0;
		if (line_start && s.p[0] && needs_escape_at_line_start(s)) {
			add_escaped_line_start(out, &s);
			line_start = false;
			continue;
		}
		size_t n = utf8_step(s, &c);
		if (!n)
			buf_add_str(out, "\xEF\xBF\xBD");
		else if (c == '\n' || !(is_control(c) || turns_direction(c))) {
			if (n == 1 && needs_escape(s, last))
				buf_add_char(out, '\\');
			buf_add(out, s.p, n);
		}
		line_start = c == '\n' || (line_start && c == ' ');
		last = s.p[0];
		s.p += n ? n : 1, s.n -= n ? n : 1;
	}
	if (isolate)
		buf_add_str(out, "\xE2\x81\xA9");
}

/* Bytes of a terminal's control sequence (colours, cursor) at s, 0 if there is none. */
static size_t terminal_sequence(struct str s)
{
	size_t n = 2;
	if (s.n < 2 || s.p[0] != 0x1B)
		return 0;
	if (s.p[1] == ']') /* a title or a link: up to BEL, or to the next ESC, whose own sequence ends it */
		while (n < s.n && s.p[n] != 0x07 && s.p[n] != 0x1B)
			n++;
	if (s.p[1] != '[')
		return n < s.n && s.p[n] == 0x07 && s.p[1] == ']' ? n + 1 : n;
	while (n < s.n && ((unsigned char)s.p[n] < 0x40 || (unsigned char)s.p[n] > 0x7E))
		n++;
	return n < s.n ? n + 1 : n;
}

/* Three back-ticks end the block; with a space of no width between them they do not. What counts is what is written: codes that are
 * left out may stand between two of them. */
static void part_ticks(struct buf *out, size_t begin)
{
	if (out->length > begin && out->data[out->length - 1] == '`')
		buf_add_str(out, "\xE2\x80\x8B");
}

static void add_harmless(struct buf *out, struct str s, bool break_ticks)
{
	size_t begin = out->length;
	while (s.n) {
		uint32_t c = 0;
		size_t n = terminal_sequence(s);
		if (n) {
			s.p += n, s.n -= n;
			continue;
		}
		n = utf8_step(s, &c);
		if (break_ticks && c == '`')
			part_ticks(out, begin);
		if (!n)
			buf_add_str(out, "\xEF\xBF\xBD");
		else if (c == '\n' || c == '\t' || !(is_control(c) || turns_direction(c)))
			buf_add(out, s.p, n);
		s.p += n ? n : 1, s.n -= n ? n : 1;
	}
	if (break_ticks) /* the text behind s may begin with one */
		part_ticks(out, begin);
}

void message_escape_code(struct buf *out, struct str s)
{
	add_harmless(out, s, true);
}

void message_strip_codes(struct buf *out, struct str s)
{
	add_harmless(out, s, false);
}
