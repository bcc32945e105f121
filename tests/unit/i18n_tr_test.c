#include "test.h"

#include "i18n/tr.h"

static struct buf out;

static int setup(void **state)
{
	(void)state;
	buf_init(&out, MEM_TEST, 4096);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&out);
	return 0;
}

static void test_a_locale_falls_back_to_its_language_and_then_to_english(void **state)
{
	(void)state;
	assert_int_equal(tr_lang_of("de"), TR_DE);
	assert_int_equal(tr_lang_of("de-AT"), TR_DE);
	assert_int_equal(tr_lang_of("DE_de"), TR_DE);
	assert_int_equal(tr_lang_of("fr"), TR_FR);
	assert_int_equal(tr_lang_of("en-GB"), TR_EN);
	assert_int_equal(tr_lang_of("pt-BR"), TR_EN);
	assert_int_equal(tr_lang_of("deutsch"), TR_EN);
	assert_int_equal(tr_lang_of(""), TR_EN);
	assert_int_equal(tr_lang_of(NULL), TR_EN);
}

static void test_every_key_has_a_text_in_every_language(void **state)
{
	(void)state;
	for (unsigned lang = 0; lang < TR_LANG_COUNT; lang++)
		for (unsigned key = 0; key < TR_KEY_COUNT; key++)
			assert_string_not_equal(tr((enum tr_lang)lang, (enum tr_key)key), "");
	assert_string_equal(tr(TR_EN, TR_STATE_MISSING), "Not found");
	assert_string_equal(tr(TR_DE, TR_STATE_RUNNING), "Läuft");
	assert_string_equal(tr(TR_FR, TR_STATE_STOPPED), "Arrêté");
}

static void test_placeholders_are_filled_and_unknown_ones_stay(void **state)
{
	(void)state;
	TR_ADD(&out, TR_EN, TR_PENDING_BY, {"user", STR("{what}")}, {"what", STR("Restarting…")});
	assert_string_equal(buf_text(&out), "Restarting… (by {what})");
	buf_reset(&out);
	TR_ADD(&out, TR_DE, TR_PENDING_BY, {"nothing", STR("x")});
	assert_string_equal(buf_text(&out), "{what} (von {user})");
	buf_reset(&out);
	tr_add(&out, TR_EN, TR_STATE_PAUSED, NULL, 0);
	assert_string_equal(buf_text(&out), "Paused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_locale_falls_back_to_its_language_and_then_to_english, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_key_has_a_text_in_every_language, setup, teardown),
		cmocka_unit_test_setup_teardown(test_placeholders_are_filled_and_unknown_ones_stay, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
