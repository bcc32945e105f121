#include "fixtures.h"

#include "config/token.h"
#include "crypto/fernet.h"
#include "crypto/password.h"

#include <jansson.h>
#include <string.h>

static json_t *vectors(const char *section)
{
	char path[FIXTURE_PATH_BYTES];
	json_error_t error;
	fixture_path(path, "crypto-vectors", ".json");
	json_t *all = json_load_file(path, JSON_ALLOW_NUL, &error);
	assert_non_null(all);
	json_t *list = json_incref(json_object_get(all, section));
	json_decref(all);
	assert_true(json_array_size(list) > 0);
	return list;
}

static struct str text_of(json_t *v, const char *key)
{
	json_t *t = json_object_get(v, key);
	return t && json_is_string(t) ? (struct str){json_string_value(t), json_string_length(t)} : (struct str){"", 0};
}

static bool flag(json_t *v, const char *key)
{
	return json_is_true(json_object_get(v, key));
}

static size_t unhex(struct str hex, unsigned char *out)
{
	for (size_t i = 0; i + 1 < hex.n; i += 2) {
		unsigned byte;
		assert_int_equal(sscanf(hex.p + i, "%2x", &byte), 1);
		out[i / 2] = (unsigned char)byte;
	}
	return hex.n / 2;
}

static void test_password_hashes(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	json_t *list = vectors("password_hashes"), *v;
	size_t i;
	json_array_foreach(list, i, v)
	{
		unsigned char password[1024];
		size_t n = unhex(text_of(v, "password_utf8_hex"), password);
		bool ok = password_check(text_of(v, "stored"), (struct str){(const char *)password, n});
		if (ok != flag(v, "accept"))
			fail_msg("%s: %s", text_of(v, "id").p, text_of(v, "note").p);
	}
	json_decref(list);
}

/* One key is worth half a second, and the vectors share a few hashes. */
static const struct fernet_key *key_for(struct str hash, uint32_t rounds)
{
	static struct {
		char hash[256];
		uint32_t rounds;
		struct fernet_key key;
	} known[16];
	for (size_t i = 0; i < 16; i++) {
		if (known[i].rounds == rounds && str_is(hash, known[i].hash))
			return &known[i].key;
		if (known[i].rounds)
			continue;
		known[i].rounds = rounds;
		assert_true(str_copy(known[i].hash, sizeof known[i].hash, hash));
		assert_true(fernet_key_for_token(hash, rounds, &known[i].key));
		return &known[i].key;
	}
	fail_msg("more hashes than the test has room for");
	return NULL;
}

static void check_sealing(json_t *v, const struct fernet_key *key, struct str clear)
{
	unsigned char iv[64];
	char text[FERNET_TEXT_BYTES_MAX];
	struct str hex = text_of(v, "iv_hex");
	if (!hex.n)
		return;
	unhex(hex, iv);
	assert_true(fernet_seal(key, clear, json_integer_value(json_object_get(v, "timestamp")), iv, text));
	if (!str_is(text_of(v, "stored"), text))
		fail_msg("%s: sealing gives another text", text_of(v, "id").p);
}

static void test_bot_tokens(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	json_t *list = vectors("bot_tokens"), *v;
	size_t i;
	json_array_foreach(list, i, v)
	{
		char clear[FERNET_CLEAR_BYTES_MAX + 1];
		size_t n;
		struct str hash = text_of(v, "password_hash");
		if (!hash.n)
			hash = text_of(v, "key_material");
		const struct fernet_key *key = key_for(hash, TOKEN_ROUNDS);
		bool ok = fernet_open(key, text_of(v, "stored"), clear, &n);
		if (ok != flag(v, "accept"))
			fail_msg("%s: %s", text_of(v, "id").p, text_of(v, "note").p);
		if (!ok)
			continue;
		assert_true(str_eq((struct str){clear, n}, text_of(v, "token")));
		if (!flag(v, "lenient"))
			check_sealing(v, key, text_of(v, "token"));
	}
	json_decref(list);
}

static void test_tokens_of_older_releases(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	unsigned seen = 0;
	json_t *list = vectors("bot_tokens"), *v;
	size_t i;
	json_array_foreach(list, i, v)
	{
		char clear[512];
		json_t *legacy = json_object_get(v, "legacy");
		if (!legacy)
			continue;
		seen++;
		if (!token_open(text_of(v, "stored").p, text_of(v, "password_hash").p, clear, sizeof clear))
			fail_msg("%s: %s", text_of(v, "id").p, text_of(v, "note").p);
		assert_string_equal(clear, text_of(legacy, "token").p);
	}
	assert_true(seen >= 2);
	json_decref(list);
}

static void test_translation_keys(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	json_t *list = vectors("translation_api_keys"), *v;
	size_t i;
	json_array_foreach(list, i, v)
	{
		struct fernet_key key;
		char clear[FERNET_CLEAR_BYTES_MAX + 1];
		size_t n;
		bool ok = fernet_key_parse(text_of(v, "key_file"), &key) &&
			  fernet_open(&key, text_of(v, "stored"), clear, &n);
		if (ok != flag(v, "accept"))
			fail_msg("%s: %s", text_of(v, "id").p, text_of(v, "note").p);
		if (ok) {
			assert_true(str_eq((struct str){clear, n}, text_of(v, "api_key")));
			check_sealing(v, &key, text_of(v, "api_key"));
		}
	}
	json_decref(list);
}

static void test_token_shape(void **state)
{
	(void)state;
	NEEDS_FIXTURES();
	json_t *list = vectors("token_shape"), *v;
	size_t i;
	json_array_foreach(list, i, v)
		assert_int_equal(token_looks_clear(text_of(v, "text")), flag(v, "looks_like_discord_token"));
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_password_hashes),
		cmocka_unit_test(test_bot_tokens),
		cmocka_unit_test(test_tokens_of_older_releases),
		cmocka_unit_test(test_translation_keys),
		cmocka_unit_test(test_token_shape),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
