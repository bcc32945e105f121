#include "crypto/password.h"

#include "base/rand.h"
#include "crypto/digest.h"
#include "crypto/scrypt.h"

#include <stdio.h>
#include <string.h>

enum { SALT_CHARACTERS = 16, SCRYPT_BYTES = 64, OLD_DEFAULT_ROUNDS = 1000000 };

struct stored {
	struct str salt, hex;
	const struct digest *digest; /* NULL: scrypt */
	uint32_t rounds;
	uint64_t n;
	uint32_t r, p;
	bool too_much; /* more work than we do for a text that somebody may have planted */
};

static bool number(struct str s, uint64_t max, uint64_t *ret)
{
	uint64_t value;
	if (!str_to_u64(s, &value) || value < 1 || value > max)
		return false;
	*ret = value;
	return true;
}

static bool parse_pbkdf2(struct str parameters, struct stored *ret)
{
	struct str rounds;
	struct str digest = str_split(parameters, ':', &rounds);
	uint64_t count = OLD_DEFAULT_ROUNDS;
	ret->digest = digest_find(digest.n ? digest : STR("sha256"));
	if (!ret->digest || (rounds.n && !number(rounds, UINT64_MAX, &count)))
		return false;
	/* "pbkdf2:sha256:" has an empty count, which is no number; without the colon it is the library's
	 * default */
	if (!rounds.n && digest.n < parameters.n)
		return false;
	/* the long digests take four times as long for a round */
	ret->too_much = count > (digest_bytes(ret->digest) > 32 || digest_is_sha3(ret->digest) ? PASSWORD_ROUNDS_MAX / 4
											       : PASSWORD_ROUNDS_MAX);
	ret->rounds = ret->too_much ? 0 : (uint32_t)count;
	return true;
}

static bool parse_scrypt(struct str parameters, struct stored *ret)
{
	uint64_t n = 32768, r = 8, p = 1;
	struct str rest;
	if (parameters.n) {
		if (!number(str_split(parameters, ':', &rest), UINT64_MAX, &n) ||
			!number(str_split(rest, ':', &rest), UINT64_MAX, &r) || !number(rest, UINT64_MAX, &p) ||
			n < 2 || n & (n - 1))
			return false;
	}
	ret->too_much = !scrypt_allowed(n, r, p);
	ret->digest = NULL;
	ret->n = n;
	ret->r = (uint32_t)r;
	ret->p = (uint32_t)p;
	return true;
}

static bool parse(struct str stored, struct stored *ret)
{
	struct str rest, parameters;
	if (stored.n >= PASSWORD_STORED_BYTES_MAX)
		return false;
	struct str method = str_split(stored, '$', &rest);
	ret->salt = str_split(rest, '$', &ret->hex);
	if (!ret->salt.n || !ret->hex.n || ret->hex.n % 2 || ret->hex.n > 2 * DIGEST_BYTES_MAX)
		return false;
	struct str name = str_split(method, ':', &parameters);
	if (!parameters.n && name.n < method.n)
		return false;
	if (str_is(name, "pbkdf2"))
		return parse_pbkdf2(parameters, ret) && ret->hex.n == 2 * digest_bytes(ret->digest);
	return str_is(name, "scrypt") && parse_scrypt(parameters, ret) && ret->hex.n == 2 * SCRYPT_BYTES;
}

static void to_hex(const unsigned char *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

bool password_is_hash(struct str stored)
{
	return !password_fault(stored);
}

const char *password_fault(struct str stored)
{
	struct stored parts = {0};
	if (!parse(stored, &parts))
		return "this is no password hash that ddc or the original can check (pbkdf2:… or scrypt:…)";
	return parts.too_much
		       ? "this password hash asks for more computing than ddc allows (pbkdf2: 10 million rounds, "
			 "2.5 million of the long digests; scrypt: 131072:8:1, or as much)"
		       : NULL;
}

bool password_check(struct str stored, struct str password)
{
	struct stored s = {0};
	unsigned char bytes[DIGEST_BYTES_MAX];
	char hex[2 * DIGEST_BYTES_MAX + 1];
	if (password.n > PASSWORD_BYTES_MAX || !parse(stored, &s) || s.too_much)
		return false;
	size_t length = s.hex.n / 2;
	bool ok = s.digest ? pbkdf2(s.digest, password, s.salt, s.rounds, bytes, length)
			   : scrypt(password, s.salt, s.n, s.r, s.p, bytes, length);
	if (!ok)
		return false;
	to_hex(bytes, length, hex);
	return same_in_constant_time(hex, s.hex.p, s.hex.n);
}

bool password_hash_rounds(struct str password, uint32_t rounds, char out[PASSWORD_STORED_BYTES_MAX])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	char salt[SALT_CHARACTERS + 1], hex[2 * 32 + 1];
	unsigned char bytes[32];
	for (int i = 0; i < SALT_CHARACTERS; i++)
		salt[i] = alphabet[rand_below(sizeof alphabet - 1)];
	salt[SALT_CHARACTERS] = '\0';
	if (password.n > PASSWORD_BYTES_MAX ||
		!pbkdf2(digest_find(STR("sha256")), password, str_of(salt), rounds, bytes, sizeof bytes))
		return false;
	to_hex(bytes, sizeof bytes, hex);
	snprintf(out, PASSWORD_STORED_BYTES_MAX, "pbkdf2:sha256:%u$%s$%s", (unsigned)rounds, salt, hex);
	return true;
}

bool password_hash(struct str password, char out[PASSWORD_STORED_BYTES_MAX])
{
	return password_hash_rounds(password, PASSWORD_ROUNDS, out);
}
