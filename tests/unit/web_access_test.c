/* Who is near, and whose token is right. */
#include "test.h"
#include "web/access.h"

static void test_who_is_on_this_machine(void **state)
{
	assert_true(access_is_loopback("127.0.0.1"));
	assert_true(access_is_loopback("127.9.8.7"));
	assert_true(access_is_loopback("::1"));
	assert_false(access_is_loopback("10.0.0.1"));
	assert_false(access_is_loopback("128.0.0.1"));
	assert_false(access_is_loopback(""));
}

static void test_who_is_in_a_private_network(void **state)
{
	static const char *const near[] = {"127.0.0.1", "10.255.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.1.1", "100.64.0.1", "100.127.255.255", "::1", "fe80::1", "fd00::1", "fc00::1"};
	static const char *const far[] = {"8.8.8.8", "11.0.0.1", "172.15.255.255", "172.32.0.1", "192.169.0.1",
		"100.63.255.255", "100.128.0.1", "2001:db8::1", "fe00::1", "::", "localhost", ""};
	for (size_t i = 0; i < sizeof near / sizeof *near; i++)
		assert_true(access_is_private(near[i]));
	for (size_t i = 0; i < sizeof far / sizeof *far; i++)
		assert_false(access_is_private(far[i]));
}

static void test_the_token(void **state)
{
	assert_true(access_token_ok(STR("Bearer s3cret"), "s3cret"));
	assert_true(access_token_ok(STR("bearer  s3cret "), "s3cret"));
	assert_false(access_token_ok(STR("Bearer s3cre"), "s3cret"));
	assert_false(access_token_ok(STR("Bearer s3crets3cret"), "s3cret"));
	assert_false(access_token_ok(STR("Bearer "), "s3cret"));
	assert_false(access_token_ok(STR("Basic s3cret"), "s3cret"));
	assert_false(access_token_ok(STR("s3cret"), "s3cret"));
	assert_false(access_token_ok(STR(""), "s3cret"));
	assert_false(access_token_ok(STR("Bearer "), "")); /* no token is not an empty one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_on_this_machine),
		cmocka_unit_test(test_who_is_in_a_private_network),
		cmocka_unit_test(test_the_token),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
