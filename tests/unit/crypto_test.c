#include "test.h"

#include "base/mem.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/fernet.h"
#include "crypto/password.h"
#include "crypto/scrypt.h"

#include <stdio.h>
#include <string.h>

#define PASSWORD STR("Passw\xc3\xb6rt-1")

static void assert_hex(const unsigned char *bytes, size_t n, const char *want)
{
	for (size_t i = 0; i < n; i++) {
		char two[3];
		snprintf(two, sizeof two, "%02x", bytes[i]);
		assert_memory_equal(two, want + 2 * i, 2);
	}
}

static void test_every_digest(void **state)
{
	/* made with Python's hashlib */
	static const char *const stored[] = {
		"pbkdf2:md5:77$salt1234$7afc082d95d451f910dc754e9ec4a666",
		"pbkdf2:sha1:77$salt1234$1c9dac8b498cb572f47a801251e14da1c9c5fc5e",
		"pbkdf2:sha224:77$salt1234$f857e1267ee071e1d244acc323f1927f8b1b2731389199bacb6d1f3c",
		"pbkdf2:sha256:77$salt1234$9e5d8970406702fd07aa1bcd6c5f0d02e4cc17002209e1793febdccaeef4e712",
		"pbkdf2:sha384:77$salt1234$"
		"1b97b568518958ea155e40bdab1dc793909d7ee3223fd454ef0d4f17ffe5304b4e1e6c83e73d282f05a19b7da358"
		"c9a6",
		"pbkdf2:sha512:77$salt1234$"
		"4f84dc526fcd169a7cc34a71f84ef489c6bbfcf2d75681b52ca9026cf23c768402c53b7530db3d5300281a6dda84"
		"46a83f5746bb0ed2b1dc643a7ca74866fb8a",
		"pbkdf2:sha3_224:77$salt1234$86bca120acf25fe5d22b3becccf4228c85aed3bea36ad7affab54e80",
		"pbkdf2:sha3_256:77$salt1234$"
		"e4c0374730be0c3a4fefc6f9c9331594d45dc1c75d8961f08670aeed4d2d8fda",
		"pbkdf2:sha3_384:77$salt1234$"
		"303ddf85b179990180acdf129f903d5035b20c1af5a1ac1791c6c719f46d3db5bb5367c72b639bae2f2500d9bdec"
		"86d0",
		"pbkdf2:sha3_512:77$salt1234$"
		"88beb46e8a9e4dce901aae54e4f74044b164d282c7cb884982a10734fb97ff9b9e40eea076be32be320ab6dc745f"
		"d3d86630ad053472b99cc51f5e14ee55364a",
		"pbkdf2:ripemd160:77$salt1234$3576606951a5afbf9c85a7c6f8cda5914bb0d863",
	};
	(void)state;
	for (size_t i = 0; i < sizeof stored / sizeof *stored; i++) {
		char other[PASSWORD_STORED_BYTES_MAX];
		if (!password_check(str_of(stored[i]), PASSWORD))
			fail_msg("%s", stored[i]);
		assert_false(password_check(str_of(stored[i]), STR("passw\xc3\xb6rt-1")));
		snprintf(other, sizeof other, "%s", stored[i]);
		other[strlen(other) - 1] = (char)(other[strlen(other) - 1] == '0' ? '1' : '0');
		assert_false(password_check(str_of(other), PASSWORD));
	}
}

static void test_keys_longer_than_a_block(void **state)
{
	char password[300];
	(void)state;
	memset(password, 'x', sizeof password);
	assert_true(password_check(STR("pbkdf2:sha512:3$salt1234$"
				       "e64d6d9a83cc01eff468ea1dd36d9ad83354bdb2c9d3bb5a114ad0dbbe2084d108c34"
				       "9e4b2acfabfee7d1ddb18a38fac4e9f7120ef8c118860a9d541a01cb859"),
		(struct str){password, sizeof password}));
}

/* RFC 7914, section 12 */
static void test_scrypt_of_the_rfc(void **state)
{
	unsigned char out[64];
	(void)state;
	assert_true(scrypt(STR(""), STR(""), 16, 1, 1, out, 64));
	assert_hex(out, 64,
		"77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc8"
		"1f17e8d3e0fb2e0d3628cf35e20c38d18906");
	assert_true(scrypt(STR("password"), STR("NaCl"), 1024, 8, 16, out, 64));
	assert_hex(out, 64,
		"fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d98"
		"30dac727afb94a83ee6d8360cbdfa2cc0640");
}

static void test_scrypt_keeps_to_its_memory(void **state)
{
	(void)state;
	assert_true(password_check(STR("scrypt:16384:8:2$salt1234$"
				       "976f1241fd0579dfb0cec5c1b52ca91e977b6a7b52737b85c0714a786d26ced4e2068"
				       "145169e8be20429a1ca9c6631d38fd33a755e7fe003bc57ac32671b7dc0"),
		PASSWORD)); /* 16 MiB in the usual way */
	assert_true(mem_use_of(MEM_WEB).peak_bytes > 1024 * 1024);
	assert_true(mem_use_of(MEM_WEB).peak_bytes <= SCRYPT_MEMORY_BYTES + 4096);
}

static void test_limits(void **state)
{
	unsigned char out[64];
	static const struct {
		uint64_t n;
		uint32_t r, p;
	} bad[] = {{0, 8, 1}, {1, 8, 1}, {15, 8, 1}, {(uint64_t)SCRYPT_N_MAX * 2, 1, 1}, {16, 0, 1},
		{16, SCRYPT_R_MAX + 1, 1}, {16, 8, 0}, {SCRYPT_N_MAX, 32, 1}, {1024, 8, 1024},
		{2, 1, SCRYPT_RP_MAX + 1}, {16, 8, UINT32_MAX}, {UINT64_C(1) << 63, 8, 1}};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(scrypt(STR("a"), STR("b"), bad[i].n, bad[i].r, bad[i].p, out, sizeof out));
	char hex[129], stored[PASSWORD_STORED_BYTES_MAX];
	memset(hex, 'a', 64);
	hex[64] = '\0';
	static const char *const methods[] = {"pbkdf2:sha256:10000001", "pbkdf2:sha256:0", "pbkdf2:sha256:-1",
		"pbkdf2:sha256:99999999999999999999", "pbkdf2:sha256:", "pbkdf2:", "pbkdf2:nothing:5",
		"pbkdf2:sha256:5:6", "plain", "sha256", "", "scrypt:", "scrypt:16", "scrypt:16:8", "scrypt:16:8:1:1",
		"scrypt:16:8:x"};
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		snprintf(stored, sizeof stored, "%s$salt1234$%s%s", methods[i], hex,
			methods[i][0] == 's' && methods[i][1] == 'c' ? hex : "");
		if (password_is_hash(str_of(stored)) || password_check(str_of(stored), PASSWORD))
			fail_msg("%s", stored);
	}
	assert_false(password_is_hash(STR("pbkdf2:sha256:5$$aa")));
	assert_false(password_is_hash(STR("pbkdf2:sha256:5$salt$")));
}

/* Made with Python's hashlib and cryptography, which is what the original uses. */
static void test_odd_hashes_of_python(void **state)
{
	/* clang-format off */
	static const char *const stored[] = {
		"scrypt:2:1:1$Zx9$63ad516558ce402a45b89120c943028095d48ca4f53d837efe606660a7bd6a7b5e882fd8ce907949ceaafe0d1e5942d24f66aaae5a5de7b54b58334f1d537216",
		"scrypt:16:1:1$Zx9$01dfa7c3727b81d00ce6c22df2d89f00842f3c2cf762008243586613ecacc78c63e38b0ad3dd00433ac63e8d7041f3fb8c546ce1a5a8384f71b75e35896e2a9e",
		"scrypt:4:3:7$Zx9$185c461bbcf090e2f6eb05687cdf8150b9256a24bedd5ca3549bbb237f8d3b0b49641e187d768234fd8de92230da643eb66c39ec78236025d3a22cdcf41c8dc8",
		"scrypt:1024:1:16$Zx9$3ca78acc33481609a93f240f70c465235587724a15d4997c4379a7e14112b1098038260dc318a95cfdce184dc4075d97c346515c30f04f01d13cad8f31018185",
		"scrypt:64:31:5$Zx9$f361022be563cae84be21980f17e49b74501859c7db45679b7adb8fbdceba58563a4e1e40095ce8de007cfab5f61135dd770912eadf9c12ff703205aa8f1e8ba",
		"scrypt:128:32:2$Zx9$0ff00f3e8deef06d60195f0ca5728a23665fa4eb00b37a6b534bd386bf657971c6d2889becdd1f1712e78993a86f42981e8187808bc9bff86bc36294db35fcce",
		"scrypt:2:32:128$Zx9$7b6dbf462fb13944ad9df09556548eebba0e25fa89d05dfa0f4b5f6bc69a19d03026575abd182a15e111194374dd35d379cf43db89e0955ff39dffe60f218aca",
		"scrypt:4096:5:3$Zx9$b40acb0a630e48c1e859934322327a6730dcc668e8fec25626bed64e60b954c860532fd3f872d04c3621d2e839d7f19805ab06b2ccf8f273c9be797d07257ab2",
		"pbkdf2:SHA256:3$Zx9$d0ca0d5fe2b739f5ec09a3517022336c8ba0f2e2b5151f5f736ad77580e1cc32",
		"pbkdf2:sha-256:3$Zx9$d0ca0d5fe2b739f5ec09a3517022336c8ba0f2e2b5151f5f736ad77580e1cc32",
		"pbkdf2:sha3-256:3$Zx9$9fd0ccd80bd9085b5af4eb3c675783304b1ff4d7cd69cdbaef6b9e33ccba74f6",
		"pbkdf2:Sha1:3$Zx9$eb31e36150d6753f058636716ec93c335a85dc5e",
		"pbkdf2:SHA3-512:3$Zx9$ce3c4dd83516ecc3081cdf35716c3e737327cf91e00e859126e647f5d5e3c08e0bdf67f5702748ea456967692cf6374c0f1b835fc513553ac30ad636fc459d8e",
		"pbkdf2:ripemd160:3$Zx9$fd2b2f2891b7cd914557e2e32a46f4f359d6a3d6",
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < sizeof stored / sizeof *stored; i++) {
		if (!password_check(str_of(stored[i]), PASSWORD))
			fail_msg("%s", stored[i]);
		assert_false(password_check(str_of(stored[i]), STR("passw\xc3\xb6rt-1")));
	}
}

static void test_odd_fernet_texts(void **state)
{
	/* clang-format off */
	static const struct {
		const char *what, *text;
		bool opens;
	} rows[] = {
		{"as it is", "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD7vkSwWy37WMMz4aCFsJsSbxSZBJIRBCE9n6CiOAYXvS41brSuhVUfoCDPUpi8sJkmTtvlmg8oLk_2PWF4ExHRIbJPmxbbiDh_03sMr58u32qHLPp1JES-gbdJxofuswkza0-Fp3doHf6zA-v3Xk9a0=", true},
		{"blanks, line breaks and tabs", " gAAAAABlU_EAAAECAwQF\nBgcICQoLDA0OD7vkSwWy37WMMz4aCFsJsSbxSZBJIRBCE9n6CiOAYXvS41brSuhVUfoCDPUpi8sJkmTtvlmg8oLk_2PWF4ExHRIbJPmxbbiDh_03sMr58u32qHLPp1JES-gbdJxofuswkza0-Fp3doHf6zA-v3Xk9a0=\t\n", true},
		{"the other alphabet", "gAAAAABlU/EAAAECAwQFBgcICQoLDA0OD7vkSwWy37WMMz4aCFsJsSbxSZBJIRBCE9n6CiOAYXvS41brSuhVUfoCDPUpi8sJkmTtvlmg8oLk/2PWF4ExHRIbJPmxbbiDh/03sMr58u32qHLPp1JES+gbdJxofuswkza0+Fp3doHf6zA+v3Xk9a0=", true},
		{"padding of zeros", "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD34-nCZD9wLYFTBT0W4UyBPbum0fAVWfXCyKjXDbhG5bHIUc1ZS69GliO1r7h0XLm3vy1_-A9GPH2ZXQY5SfwME=", false},
		{"padding of 17", "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD_T7Pz5KtPWaQZw-1A1Zf6t2yT8AHMYIv31q3CW-cSBLbnXyIitebEgqhED6X7cU3g==", false},
		{"padding and nothing else", "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD7eteCFsVWnW2hqrh_bbxWG2kgARxHn5BD1_8db41B-9AjTeFsfNLWkqNE3aSOKVfQ==", true},
		{"padding that is not all the same", "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD2-ZrCG2SqH8eB0D6_gIPpjxLf26u8CRgVg3K0onqLHMKKhJ8x4t8M_uZSX0lzAa1Q==", false},
		{"the last moment there is", "gP__________AAECAwQFBgcICQoLDA0OD7vkSwWy37WMMz4aCFsJsSbxSZBJIRBCE9n6CiOAYXvS41brSuhVUfoCDPUpi8sJkmTtvlmg8oLk_2PWF4ExHRIbJPmxbbiDh_03sMr58u3296Jep4vjj8M9qxXDAjtA8uxko_y0WVJujdrzJiOaUZs=", true},
		{"the last = cut", "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD7vkSwWy37WMMz4aCFsJsSbxSZBJIRBCE9n6CiOAYXvS41brSuhVUfoCDPUpi8sJkmTtvlmg8oLk_2PWF4ExHRIbJPmxbbiDh_03sMr58u32qHLPp1JES-gbdJxofuswkza0-Fp3doHf6zA-v3Xk9a0", false},
		{"half cut", "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD7vkSwWy37WMMz4aCFsJsSbxSZBJIRBCE9n6CiOAYXvS41brSuhVUfoCDPUp", false},
		{"encoded twice", "Z0FBQUFBQmxVX0VBQUFFQ0F3UUZCZ2NJQ1FvTERBME9EN3ZrU3dXeTM3V01NejRhQ0ZzSnNTYnhTWkJKSVJCQ0U5bjZDaU9BWVh2UzQxYnJTdWhWVWZvQ0RQVXBpOHNKa21UdHZsbWc4b0xrXzJQV0Y0RXhIUkliSlBteGJiaURoXzAzc01yNTh1MzJxSExQcDFKRVMtZ2JkSnhvZnVzd2t6YTAtRnAzZG9IZjZ6QS12M1hrOWEwPQ==", false},
	};
	/* clang-format on */
	struct fernet_key key;
	char clear[FERNET_CLEAR_BYTES_MAX + 1];
	size_t length;
	(void)state;
	for (unsigned char i = 0; i < FERNET_KEY_BYTES; i++)
		((unsigned char *)&key)[i] = i;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (fernet_open(&key, str_of(rows[i].text), clear, &length) != rows[i].opens)
			fail_msg("%s", rows[i].what);
}

/* Somebody may have planted the text: it must cost neither memory nor minutes, and the reason is said. */
static void test_hostile_hashes(void **state)
{
	static const char *const methods[] = {"scrypt:2:1:2097152", "scrypt:262144:8:1", "scrypt:1048576:8:1",
		"scrypt:4:32:129", "scrypt:9223372036854775808:1:1", "scrypt:16384:8:4294967297",
		"scrypt:32768:4294967304:1", "pbkdf2:sha256:4294967297", "pbkdf2:sha256:10000001",
		"pbkdf2:sha512:2500001", "pbkdf2:sha3_512:10000000", "pbkdf2:sha256:18446744073709551615"};
	char hex[129], stored[PASSWORD_STORED_BYTES_MAX];
	(void)state;
	memset(hex, 'a', 128);
	hex[128] = '\0';
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		size_t before = mem_use_of(MEM_WEB).peak_bytes;
		snprintf(stored, sizeof stored, "%s$salt1234$%.*s", methods[i],
			strstr(methods[i], "sha256:") ? 64 : 128, hex);
		const char *fault = password_fault(str_of(stored));
		if (!fault || !strstr(fault, "more computing than ddc allows"))
			fail_msg("%s: %s", methods[i], fault ? fault : "accepted");
		assert_false(password_check(str_of(stored), PASSWORD));
		assert_int_equal(mem_use_of(MEM_WEB).peak_bytes, before);
	}
	assert_non_null(strstr(password_fault(STR("admin")), "no password hash"));
	assert_null(password_fault(
		STR("pbkdf2:sha256:77$salt1234$9e5d8970406702fd07aa1bcd6c5f0d02e4cc17002209e1793febdccaeef4e712")));
}

static void test_a_new_hash(void **state)
{
	char a[PASSWORD_STORED_BYTES_MAX], b[PASSWORD_STORED_BYTES_MAX];
	(void)state;
	assert_true(password_hash_rounds(PASSWORD, 10, a));
	assert_true(password_hash_rounds(PASSWORD, 10, b));
	assert_string_not_equal(a, b); /* another salt each time */
	assert_true(password_check(str_of(a), PASSWORD) && password_check(str_of(b), PASSWORD));
	assert_true(password_hash(PASSWORD, a));
	assert_memory_equal(a, "pbkdf2:sha256:600000$", 21); /* what v2.3 writes, so that it can read ours */
}

/* The example of the specification (generate.json, verify.json). */
static void test_fernet_of_the_specification(void **state)
{
	static const char token[] = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_"
				    "5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
	static const unsigned char iv[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	struct fernet_key key;
	char text[FERNET_TEXT_BYTES_MAX], clear[FERNET_CLEAR_BYTES_MAX + 1];
	size_t n;
	(void)state;
	assert_true(fernet_key_parse(STR(" cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=\n"), &key));
	assert_true(fernet_seal(&key, STR("hello"), 499162800, iv, text));
	assert_string_equal(text, token);
	assert_true(fernet_open(&key, str_of(token), clear, &n));
	assert_string_equal(clear, "hello");
	for (size_t i = 0; i < strlen(token); i++) { /* one character changed, anywhere */
		snprintf(text, sizeof text, "%s", token);
		text[i] = (char)(text[i] == 'A' ? 'B' : 'A');
		bool opened = fernet_open(&key, str_of(text), clear, &n);
		/* the last characters before the padding carry bits that nobody uses */
		assert_true(!opened || i >= strlen(token) - 3);
	}
}

static void test_the_longest_text_that_is_sealed(void **state)
{
	static char long_text[FERNET_CLEAR_BYTES_MAX + 1];
	static const struct fernet_key key = {.sign = "sign", .encrypt = "encrypt"};
	char text[FERNET_TEXT_BYTES_MAX], clear[FERNET_CLEAR_BYTES_MAX + 1];
	size_t n;
	(void)state;
	memset(long_text, 'x', sizeof long_text);
	assert_true(fernet_seal(&key, (struct str){long_text, FERNET_CLEAR_BYTES_MAX - 1}, 0, NULL, text));
	assert_true(fernet_open(&key, str_of(text), clear, &n));
	assert_int_equal(n, FERNET_CLEAR_BYTES_MAX - 1);
	assert_false(fernet_seal(&key, (struct str){long_text, FERNET_CLEAR_BYTES_MAX}, 0, NULL, text));
}

static void test_base64(void **state)
{
	unsigned char out[64];
	size_t n;
	static const char *const bad[] = {"A", "AB", "ABC", "AB=C", "A===", "=", "AB==AB==", "AB?=",
		"ABCD\xff"
		"AAA"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (base64_decode(str_of(bad[i]), out, &n))
			fail_msg("%s", bad[i]);
	assert_true(base64_decode(STR(" _-\n+/ "), out, &n));
	assert_int_equal(n, 3);
	assert_memory_equal(out, "\xff\xef\xbf", 3);
	assert_true(base64_decode(STR(""), out, &n));
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_digest),
		cmocka_unit_test(test_keys_longer_than_a_block),
		cmocka_unit_test(test_scrypt_of_the_rfc),
		cmocka_unit_test(test_scrypt_keeps_to_its_memory),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_odd_hashes_of_python),
		cmocka_unit_test(test_odd_fernet_texts),
		cmocka_unit_test(test_hostile_hashes),
		cmocka_unit_test(test_a_new_hash),
		cmocka_unit_test(test_fernet_of_the_specification),
		cmocka_unit_test(test_the_longest_text_that_is_sealed),
		cmocka_unit_test(test_base64),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
