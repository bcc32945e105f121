/*
 * Fernet, the sealed text in which the original keeps the bot token and the translation key:
 * base64url( 0x80, time 8 bytes, IV 16, AES-128-CBC with PKCS#7, HMAC-SHA256 over all before ). No age is
 * checked. Source: github.com/fernet/spec.
 */
#ifndef CRYPTO_FERNET_H
#define CRYPTO_FERNET_H

#include "base/str.h"

enum {
	FERNET_KEY_BYTES = 32,
	FERNET_IV_BYTES = 16,
	FERNET_CLEAR_BYTES_MAX = 2048, /* tokens have 72 characters, keys at most a few hundred */
	FERNET_TEXT_BYTES_MAX = 4096   /* longer text is refused unread */
};

struct fernet_key {
	unsigned char sign[16], encrypt[16];
};

/* text: the 44 characters of a key file, white space around them ignored. */
bool fernet_key_parse(struct str text, struct fernet_key *ret_key);
/* The key of the bot token: PBKDF2 over the whole stored password hash. Rounds: 600000, or 260000 before
 * v2.1.5. Slow. */
bool fernet_key_for_token(struct str password_hash, uint32_t rounds, struct fernet_key *ret_key);
enum { TOKEN_ROUNDS = 600000, TOKEN_ROUNDS_OLD = 260000 };

/* clear: FERNET_CLEAR_BYTES_MAX of room; terminated, and *ret_length tells its bytes (it may hold NULs).
 * False for anything but a whole, untampered text of this key whose content is UTF-8. */
bool fernet_open(const struct fernet_key *key, struct str text, char *clear, size_t *ret_length);

/* Writes at most FERNET_TEXT_BYTES_MAX with the NUL. iv NULL: from the kernel. False if clear is too long. */
bool fernet_seal(const struct fernet_key *key, struct str clear, int64_t time_s,
	const unsigned char iv[FERNET_IV_BYTES], char *text);

#endif
