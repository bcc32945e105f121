/* Base64 as the original's files have it: both alphabets, white space ignored, padding required (RFC 4648).
 */
#ifndef CRYPTO_BASE64_H
#define CRYPTO_BASE64_H

#include "base/str.h"

/* Bytes that text of n characters can decode to at most, and characters that n bytes encode to (without the
 * NUL). */
#define BASE64_DECODED_MAX(n) ((n) / 4 * 3 + 3)
#define BASE64_ENCODED(n)     (((n) + 2) / 3 * 4)

/* out: BASE64_DECODED_MAX(text.n) of room. False if it is not base64; out is then rubbish. */
bool base64_decode(struct str text, unsigned char *out, size_t *ret_length);
/* The URL alphabet (- and _), padded. out: BASE64_ENCODED(n) + 1 of room; terminated. */
void base64url_encode(const unsigned char *bytes, size_t n, char *out);

#endif
