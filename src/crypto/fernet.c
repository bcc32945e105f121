#include "crypto/fernet.h"

#include "base/rand.h"
#include "crypto/base64.h"
#include "crypto/digest.h"

#include <mbedtls/aes.h>

#include <string.h>

enum { HEAD = 1 + 8 + FERNET_IV_BYTES, TAG = 32, BLOCK = 16, VERSION = 0x80 };

bool fernet_key_parse(struct str text, struct fernet_key *ret_key)
{
	unsigned char bytes[BASE64_DECODED_MAX(64)];
	size_t length;
	text = str_trim(text);
	if (text.n > 64 || !base64_decode(text, bytes, &length) || length != FERNET_KEY_BYTES)
		return false;
	memcpy(ret_key, bytes, sizeof *ret_key);
	explicit_bzero(bytes, sizeof bytes);
	return true;
}

bool fernet_key_for_token(struct str password_hash, uint32_t rounds, struct fernet_key *ret_key)
{
	return pbkdf2(digest_find(STR("sha256")), password_hash, STR("ddc-salt-for-token-encryption-key-v1"), rounds,
		(unsigned char *)ret_key, sizeof *ret_key);
}

static bool tag_of(const struct fernet_key *key, const unsigned char *raw, size_t length, unsigned char tag[TAG])
{
	return digest_hmac(digest_find(STR("sha256")), (struct str){(const char *)key->sign, sizeof key->sign},
		(struct str){(const char *)raw, length}, tag);
}

static bool crypt_cbc(const struct fernet_key *key, int mode, const unsigned char *iv, const unsigned char *in,
	size_t length, unsigned char *out)
{
	mbedtls_aes_context aes;
	unsigned char chain[FERNET_IV_BYTES];
	memcpy(chain, iv, sizeof chain);
	mbedtls_aes_init(&aes);
	int e = mode == MBEDTLS_AES_ENCRYPT ? mbedtls_aes_setkey_enc(&aes, key->encrypt, 128)
					    : mbedtls_aes_setkey_dec(&aes, key->encrypt, 128);
	e = e ? e : mbedtls_aes_crypt_cbc(&aes, mode, length, chain, in, out);
	mbedtls_aes_free(&aes);
	return e == 0;
}

/* The tag was right, so whoever made this text has the key: telling kinds of bad padding apart reveals
 * nothing. */
static bool strip_padding(const unsigned char *clear, size_t *length)
{
	unsigned char count = clear[*length - 1];
	if (count < 1 || count > BLOCK)
		return false;
	for (size_t i = *length - count; i < *length; i++)
		if (clear[i] != count)
			return false;
	*length -= count;
	return true;
}

static bool open_raw(
	const struct fernet_key *key, const unsigned char *raw, size_t length, char *clear, size_t *ret_length)
{
	unsigned char tag[TAG];
	if (length < HEAD + BLOCK + TAG || raw[0] != VERSION || !tag_of(key, raw, length - TAG, tag) ||
		!same_in_constant_time(tag, raw + length - TAG, TAG))
		return false;
	size_t inside = length - HEAD - TAG;
	if (inside % BLOCK || inside > FERNET_CLEAR_BYTES_MAX)
		return false;
	if (!crypt_cbc(key, MBEDTLS_AES_DECRYPT, raw + 9, raw + HEAD, inside, (unsigned char *)clear) ||
		!strip_padding((unsigned char *)clear, &inside) || !utf8_valid((struct str){clear, inside}))
		return false;
	clear[inside] = '\0';
	*ret_length = inside;
	return true;
}

bool fernet_open(const struct fernet_key *key, struct str text, char *clear, size_t *ret_length)
{
	unsigned char raw[BASE64_DECODED_MAX(FERNET_TEXT_BYTES_MAX)];
	size_t length;
	if (text.n >= FERNET_TEXT_BYTES_MAX || !base64_decode(text, raw, &length))
		return false;
	return open_raw(key, raw, length, clear, ret_length);
}

bool fernet_seal(const struct fernet_key *key, struct str clear, int64_t time_s,
	const unsigned char iv[FERNET_IV_BYTES], char *text)
{
	unsigned char raw[HEAD + FERNET_CLEAR_BYTES_MAX + TAG], padded[FERNET_CLEAR_BYTES_MAX];
	size_t inside = (clear.n / BLOCK + 1) * BLOCK;
	if (inside > sizeof padded)
		return false;
	raw[0] = VERSION;
	for (int i = 0; i < 8; i++)
		raw[1 + i] = (unsigned char)((uint64_t)time_s >> (56 - 8 * i));
	if (iv)
		memcpy(raw + 9, iv, FERNET_IV_BYTES);
	else
		rand_bytes(raw + 9, FERNET_IV_BYTES);
	if (clear.n)
		memcpy(padded, clear.p, clear.n);
	memset(padded + clear.n, (int)(inside - clear.n), inside - clear.n);
	bool ok = crypt_cbc(key, MBEDTLS_AES_ENCRYPT, raw + 9, padded, inside, raw + HEAD) &&
		  tag_of(key, raw, HEAD + inside, raw + HEAD + inside);
	explicit_bzero(padded, sizeof padded);
	if (ok)
		base64url_encode(raw, HEAD + inside + TAG, text);
	return ok;
}
