#include "test.h"

#include "net/url.h"

#include <string.h>

static void good(const char *text, enum url_scheme scheme, const char *host, unsigned port, const char *path)
{
	struct url u;
	struct err err;
	if (!url_parse(str_of(text), &u, &err))
		fail_msg("%s: %s", text, err.text);
	assert_int_equal(u.scheme, scheme);
	assert_string_equal(u.host, host);
	assert_int_equal(u.port, port);
	assert_string_equal(u.path, path);
}

static void parts(void **state)
{
	(void)state;
	good("https://discord.com/api/v10", URL_HTTPS, "discord.com", 443, "/api/v10");
	good("wss://gateway.discord.gg/?v=10", URL_WSS, "gateway.discord.gg", 443, "/?v=10");
	good("wss://g?v=10#f", URL_WSS, "g", 443, "/?v=10");
	good("HTTP://[::1]:8080", URL_HTTP, "::1", 8080, "/");
	good("http://[fe80::1%eth0]/x", URL_HTTP, "fe80::1%eth0", 80, "/x");
	good("tcp://docker_proxy", URL_TCP, "docker_proxy", 2375, "/");
	good("unix:///var/run/docker.sock", URL_UNIX, "", 0, "/var/run/docker.sock");
}

static void refused(void **state)
{
	static const char *const bad[] = {"", "discord.com", "ftp://a", "http://", "http://:80", "http://a:0",
		"http://a:65536", "http://a:", "http://a:8x", "http://u:p@a/", "http://[::1", "http://[::1]x",
		"http://[host]", "http://[host]", "http://a b/", "http://a\n", "http://a\\b", "unix://",
		"unix://relative", "unix:///"};
	struct url u;
	struct err err;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		err.text[0] = '\0';
		if (url_parse(str_of(bad[i]), &u, &err))
			fail_msg("\"%s\" was accepted", bad[i]);
		assert_int_not_equal(err.text[0], '\0');
	}
	char longest[600] = "http://";
	memset(longest + 7, 'a', 500);
	assert_false(url_parse(str_of(longest), &u, &err));
}

static void loopback(void **state)
{
	static const struct {
		const char *text;
		bool loopback;
	} cases[] = {{"http://127.0.0.1", true}, {"http://127.9.9.9", true}, {"ws://[::1]", true},
		{"ws://LocalHost", true}, {"http://127.example.org", false}, {"http://128.0.0.1", false},
		{"http://localhost.example.org", false}};
	struct url u;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(url_parse(str_of(cases[i].text), &u, NULL));
		assert_int_equal(url_is_loopback(&u), cases[i].loopback);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts), cmocka_unit_test(refused), cmocka_unit_test(loopback)};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
