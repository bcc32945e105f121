/* What a container says about itself: addresses, guesses at its password, and what the dialogs take. */
#include "test.h"

#include "base/clock.h"
#include "feature/info/address.h"
#include "feature/info/attempts.h"
#include "feature/info/edit.h"

#include <stdio.h>
#include <string.h>

/* ---- addresses ---- */

static void test_what_is_an_address(void **state)
{
	static const char *const good[] = {"example.org", "play.example.org:25565", "nas", "my_host.lan", "192.0.2.7",
		"192.0.2.7:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443", "xn--bcher-kva.example"};
	static const char *const bad[] = {"", " ", "http://example.org", "example.org/", "a..b", ".a", "a.", "-a",
		"a b", "1.2.3", "1.2.3.4.5", "256.1.1.1", "host:", "host:0", "host:65536", "host:1x", "[2001:db8::1",
		"[x]:1", "[2001:db8::1]443", "`a`", "@everyone", "büro"};
	char longest[ADDRESS_CHARS_MAX + 2];
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!address_ok(str_of(good[i])))
			fail_msg("'%s' is an address", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (address_ok(str_of(bad[i])))
			fail_msg("'%s' is no address", bad[i]);
	memset(longest, 'a', sizeof longest);
	assert_true(address_ok((struct str){longest, ADDRESS_CHARS_MAX}));
	assert_false(address_ok((struct str){longest, ADDRESS_CHARS_MAX + 1}));
}

static void test_ports(void **state)
{
	(void)state;
	assert_true(address_port_ok(STR("1")) && address_port_ok(STR("65535")));
	assert_false(address_port_ok(STR("")) || address_port_ok(STR("0")) || address_port_ok(STR("65536")) ||
		     address_port_ok(STR("80 ")) || address_port_ok(STR("-1")) || address_port_ok(STR("000080")));
}

static void test_only_public_addresses_are_taken_for_one(void **state)
{
	static const char *const no[] = {"", "hello", "<html>", "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1",
		"172.31.255.255", "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1",
		"::", "fe80::1", "fd00::1", "ff02::1", "203.0.113.9 extra"};
	struct public_ip ip = {0};
	(void)state;
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (address_take(&ip, str_of(no[i])))
			fail_msg("'%s' was taken for a public address", no[i]);
	assert_true(address_take(&ip, STR(" 203.0.113.9\n")) && address_take(&ip, STR("172.32.0.1")));
	assert_string_equal(ip.v4, "172.32.0.1");
	assert_true(address_take(&ip, STR("2001:db8::7")));
	assert_string_equal(ip.v6, "2001:db8::7");
}

static const char *shown(const char *host, const char *port, const char *v4, const char *v6, bool *ret_invalid)
{
	static char out[512];
	const struct config_container c = {.info_show_ip = true, .info_ip = host, .info_port = port};
	struct public_ip ip = {0};
	struct buf b;
	snprintf(ip.v4, sizeof ip.v4, "%s", v4);
	snprintf(ip.v6, sizeof ip.v6, "%s", v6);
	buf_init(&b, MEM_TEST, sizeof out);
	address_add(&b, &c, &ip, ret_invalid);
	snprintf(out, sizeof out, "%s", buf_text(&b));
	buf_clear(&b);
	return out;
}

static void test_how_an_address_is_shown(void **state)
{
	bool invalid;
	(void)state;
	assert_string_equal(shown("play.example.org", "25565", "", "", &invalid), "`play.example.org:25565`");
	assert_string_equal(
		shown("play.example.org:1", "25565", "", "", &invalid), "`play.example.org:1`"); /* it has its own */
	assert_string_equal(shown("2001:db8::1", "80", "", "", &invalid), "`[2001:db8::1]:80`");
	assert_string_equal(shown("[2001:db8::1]", "80", "", "", &invalid), "`[2001:db8::1]`");
	assert_string_equal(
		shown("", "80", "203.0.113.9", "2001:db8::7", &invalid), "`203.0.113.9:80`\n`[2001:db8::7]:80`");
	assert_string_equal(shown("", "x", "203.0.113.9", "", &invalid), "`203.0.113.9`");
	assert_false(invalid);
	assert_string_equal(shown("", "80", "", "", &invalid), "");
	assert_string_equal(shown("not an address", "80", "203.0.113.9", "", &invalid), ""); /* nothing else instead */
	assert_true(invalid);
	assert_true(address_needs_public(&(struct config_container){.info_show_ip = true, .info_ip = " "}));
	assert_false(address_needs_public(&(struct config_container){.info_show_ip = false, .info_ip = ""}));
	assert_false(address_needs_public(&(struct config_container){.info_show_ip = true, .info_ip = "host"}));
}

/* ---- attempts ---- */

static void test_guessing_ends_after_a_few_and_begins_again_later(void **state)
{
	struct attempts a = {0};
	unsigned left;
	int64_t until;
	(void)state;
	clock_test_set(1000000, 1700000000000);
	for (unsigned i = 0; i < ATTEMPTS_PER_WINDOW; i++) {
		assert_true(attempts_take(&a, 1, STR("web"), &left, &until));
		assert_int_equal(left, ATTEMPTS_PER_WINDOW - 1 - i);
	}
	assert_false(attempts_take(&a, 1, STR("web"), &left, &until));
	assert_int_equal(until, 1700000000 + ATTEMPTS_WINDOW_MS / 1000);
	assert_true(attempts_take(&a, 1, STR("db"), &left, &until)); /* another container, another person */
	assert_true(attempts_take(&a, 2, STR("web"), &left, &until));
	clock_test_set(1000000 + ATTEMPTS_WINDOW_MS - 1, 1700000000000); /* a clock that was set frees nobody */
	assert_false(attempts_take(&a, 1, STR("web"), &left, &until));
	clock_test_set(1000000 + ATTEMPTS_WINDOW_MS, 1700000000000);
	assert_true(attempts_take(&a, 1, STR("web"), &left, &until));
	assert_int_equal(left, ATTEMPTS_PER_WINDOW - 1);
	clock_test_set(0, 0);
}

static void test_the_right_one_forgives(void **state)
{
	struct attempts a = {0};
	unsigned left;
	int64_t until;
	(void)state;
	clock_test_set(1000000, 1700000000000);
	for (unsigned i = 0; i < ATTEMPTS_PER_WINDOW - 1; i++)
		attempts_take(&a, 1, STR("web"), &left, &until);
	attempts_clear(&a, 1, STR("web"));
	attempts_clear(&a, 9, STR("nobody"));
	assert_true(attempts_take(&a, 1, STR("web"), &left, &until));
	assert_int_equal(left, ATTEMPTS_PER_WINDOW - 1);
	clock_test_set(0, 0);
}

static void test_a_full_store_forgets_who_would_be_free_first(void **state)
{
	struct attempts a = {0};
	unsigned left;
	int64_t until;
	(void)state;
	for (unsigned i = 0; i < ATTEMPTS_MAX; i++) {
		clock_test_set(1000000 + i, 1700000000000);
		for (unsigned k = 0; k < ATTEMPTS_PER_WINDOW; k++)
			attempts_take(&a, 100 + i, STR("web"), &left, &until);
	}
	attempts_take(&a, 7, STR("web"), &left, &until);
	assert_int_equal(a.used, ATTEMPTS_MAX);
	assert_false(attempts_take(&a, 100 + ATTEMPTS_MAX - 1, STR("web"), &left, &until));
	assert_false(attempts_take(&a, 101, STR("web"), &left, &until));
	assert_true(attempts_take(&a, 100, STR("web"), &left, &until)); /* it was the first one */
	clock_test_set(0, 0);
}

/* ---- dialogs ---- */

static struct config_container kept;
static struct info_edit edit;
static char said[2048];

static bool read_in(bool secret, const struct info_typed *typed, enum tr_lang lang)
{
	struct buf problems;
	buf_init(&problems, MEM_TEST, sizeof said);
	edit = (struct info_edit){.secret = secret};
	bool ok = edit_read(&edit, typed, &kept, lang, &problems);
	snprintf(said, sizeof said, "%s", buf_text(&problems));
	buf_clear(&problems);
	return ok;
}

static int clear_kept(void **state)
{
	(void)state;
	kept = (struct config_container){
		.info_text = "", .info_protected_text = "", .info_password = "", .info_ip = "", .info_port = ""};
	return 0;
}

static void test_what_is_right_is_taken_and_trimmed(void **state)
{
	(void)state;
	assert_true(read_in(false,
		&(struct info_typed){.text = STR(" Überleben 🎮 \n"),
			.address = STR(" play.example.org "),
			.port = STR("25565"),
			.enabled = STR("X"),
			.show = STR("")},
		TR_EN));
	assert_string_equal(edit.text, "Überleben 🎮");
	assert_string_equal(edit.address, "play.example.org");
	assert_string_equal(edit.port, "25565");
	assert_true(edit.enabled);
	assert_false(edit.show_ip);
}

static void test_each_field_has_its_own_complaint(void **state)
{
	static char text[EDIT_TEXT_MAX * 2 + 3];
	(void)state;
	for (unsigned i = 0; i <= EDIT_TEXT_MAX; i++)
		memcpy(text + 2 * i, "ü", 2);
	assert_false(read_in(false,
		&(struct info_typed){.text = str_of(text),
			.address = STR("a b"),
			.port = STR("0"),
			.enabled = STR("perhaps"),
			.show = STR("?")},
		TR_EN));
	assert_string_equal(said, "• The text may have at most 250 characters.\n"
				  "• The address must be a host name or an IP address, with or without a port.\n"
				  "• The port must be a number from 1 to 65535.\n"
				  "• Whether it is shown: x for yes, empty for no.\n"
				  "• Whether the address is shown: x for yes, empty for no.\n");
	text[2 * EDIT_TEXT_MAX] = '\0'; /* characters count, not bytes */
	assert_true(read_in(false, &(struct info_typed){.text = str_of(text)}, TR_EN));
	assert_false(read_in(false, &(struct info_typed){.port = STR("0")}, TR_DE));
	assert_null(strstr(said, "must be"));
}

static void test_a_longer_text_of_the_owner_may_stay(void **state)
{
	static char text[EDIT_LONG_TEXT_MAX * 2];
	(void)state;
	memset(text, 'a', 400);
	kept.info_text = text;
	assert_int_equal(edit_text_max(text), 400);
	assert_true(read_in(false, &(struct info_typed){.text = str_of(text)}, TR_EN));
	memset(text, 'a', sizeof text - 1);
	assert_int_equal(edit_text_max(text), EDIT_LONG_TEXT_MAX);
	assert_int_equal(edit_text_max(""), EDIT_TEXT_MAX);
}

static void test_a_protected_part_needs_a_text_and_a_password(void **state)
{
	static char password[EDIT_PASSWORD_MAX + 2];
	(void)state;
	assert_false(read_in(true, &(struct info_typed){.enabled = STR("x")}, TR_EN));
	assert_string_equal(said, "• A protected part needs a text.\n• A protected part needs a password.\n");
	kept.info_password = "stored";
	assert_true(read_in(true, &(struct info_typed){.enabled = STR("x"), .text = STR("code 1234")}, TR_EN));
	assert_false(edit.has_password); /* the stored one stays */
	memset(password, 'p', EDIT_PASSWORD_MAX + 1);
	assert_false(read_in(true,
		&(struct info_typed){.enabled = STR("x"), .text = STR("t"), .password = str_of(password)}, TR_EN));
	assert_string_equal(said, "• The password may have at most 60 characters.\n");
	password[EDIT_PASSWORD_MAX] = '\0';
	assert_true(read_in(true,
		&(struct info_typed){.enabled = STR("x"), .text = STR("t"), .password = str_of(password)}, TR_EN));
	assert_true(edit.has_password);
	assert_true(
		read_in(true, &(struct info_typed){.enabled = STR("")}, TR_EN)); /* switched off: nothing is needed */
}

static void test_yes_and_no_in_three_languages(void **state)
{
	static const char *const yes[] = {"x", "X", "1", "ja", "OUI", " y ", "j", "o", "+"}, *const no[] = {"", " ",
												     "0", "nein", "non",
												     "-"};
	bool set;
	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(edit_flag(str_of(yes[i]), &set) && set);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_true(edit_flag(str_of(no[i]), &set) && !set);
	assert_false(edit_flag(STR("perhaps"), &set));
}

int main(void)
{
#define EDIT(name) cmocka_unit_test_setup(name, clear_kept)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_an_address),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_only_public_addresses_are_taken_for_one),
		cmocka_unit_test(test_how_an_address_is_shown),
		cmocka_unit_test(test_guessing_ends_after_a_few_and_begins_again_later),
		cmocka_unit_test(test_the_right_one_forgives),
		cmocka_unit_test(test_a_full_store_forgets_who_would_be_free_first),
		EDIT(test_what_is_right_is_taken_and_trimmed),
		EDIT(test_each_field_has_its_own_complaint),
		EDIT(test_a_longer_text_of_the_owner_may_stay),
		EDIT(test_a_protected_part_needs_a_text_and_a_password),
		EDIT(test_yes_and_no_in_three_languages),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
