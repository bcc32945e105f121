#include "crypto/base64.h"

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' || c == '+' ? 62 : c == '_' || c == '/' ? 63 : -1;
}

bool base64_decode(struct str text, unsigned char *out, size_t *ret_length)
{
	uint32_t group = 0;
	unsigned have = 0, padding = 0;
	size_t length = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == ' ' || (c >= '\t' && c <= '\r'))
			continue;
		int value = c == '=' ? 0 : value_of(c);
		if (value < 0 || (padding && c != '=') || (c == '=' && have < 2))
			return false;
		padding += c == '=';
		group = group << 6 | (uint32_t)value;
		if (++have < 4)
			continue;
		for (unsigned k = 0; k < 3 - padding; k++)
			out[length++] = (unsigned char)(group >> (16 - 8 * k));
		group = 0;
		have = 0;
		if (padding) { /* nothing but white space may follow */
			struct str rest = str_trim((struct str){text.p + i + 1, text.n - i - 1});
			*ret_length = length;
			return rest.n == 0;
		}
	}
	*ret_length = length;
	return have == 0;
}

void base64url_encode(const unsigned char *bytes, size_t n, char *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	for (size_t i = 0; i < n; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;
		group |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= i + 2 < n ? bytes[i + 2] : 0;
		*out++ = alphabet[group >> 18];
		*out++ = alphabet[group >> 12 & 63];
		*out++ = i + 1 < n ? alphabet[group >> 6 & 63] : '=';
		*out++ = i + 2 < n ? alphabet[group & 63] : '=';
	}
	*out = '\0';
}
