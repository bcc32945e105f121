/* Strings that claim to be hashes, sealed texts or keys. Hashes that would compute for long are only parsed.
 */
#include "base/mem.h"
#include "config/token.h"
#include "crypto/base64.h"
#include "crypto/fernet.h"
#include "crypto/password.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* At most three digits in a row: a thousand rounds. */
static bool is_quick(struct str s)
{
	unsigned run = 0;
	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] >= '0' && s.p[i] <= '9' ? run + 1 : 0;
		if (s.p[i] == '$')
			return true;
		if (run > 3)
			return false;
	}
	return false;
}

static void as_hash(struct str s)
{
	struct str rest, rounds;
	struct str method = str_split(s, '$', &rest);
	bool is_hash = password_is_hash(s);
	str_split(method, ':', &rounds);
	/* a count that is missing means a million */
	if (is_quick(s) && memchr(rounds.p ? rounds.p : "", ':', rounds.n) && password_check(s, STR("password")) &&
		!is_hash)
		abort();
}

static void as_sealed(struct str s)
{
	static const struct fernet_key key = {.sign = "0123456789abcde", .encrypt = "0123456789abcde"};
	char clear[FERNET_CLEAR_BYTES_MAX + 1], text[FERNET_TEXT_BYTES_MAX];
	size_t length;
	if (fernet_open(&key, s, clear, &length) && !utf8_valid((struct str){clear, length}))
		abort();
	if (s.n > 1000 || !fernet_seal(&key, s, 5, NULL, text))
		return;
	bool opened = fernet_open(&key, str_of(text), clear, &length);
	if (opened != utf8_valid(s) || (opened && !str_eq((struct str){clear, length}, s)))
		abort();
}

static void as_base64(struct str s)
{
	/* no byte more than asked for, so that ASan sees one too many */
	unsigned char *bytes = malloc(BASE64_DECODED_MAX(s.n)),
		      *again = malloc(BASE64_DECODED_MAX(BASE64_ENCODED(s.n)));
	char *text = malloc(BASE64_ENCODED(s.n) + 1);
	size_t length;
	if (!bytes || !again || !text)
		abort();
	base64_decode(s, bytes, &length);
	base64url_encode((const unsigned char *)s.p, s.n, text);
	if (!base64_decode(str_of(text), again, &length) || length != s.n || (s.n && memcmp(again, s.p, s.n) != 0))
		abort();
	free(bytes);
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fernet_key key;
	if (size < 1 || size > 8192)
		return 0;
	struct str s = {(const char *)data + 1, size - 1};
	switch (data[0] % 4) {
	case 0: as_hash(s); break;
	case 1: as_sealed(s); break;
	case 2: as_base64(s); break;
	default: fernet_key_parse(s, &key); token_looks_clear(s);
	}
	if (mem_use_total().blocks)
		abort();
	return 0;
}
