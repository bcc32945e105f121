#include "feature/info/edit.h"

#include "feature/info/address.h"

#include <stdio.h>
#include <string.h>

unsigned edit_text_max(const char *now)
{
	size_t n = utf8_count(str_of(now));

	return n > EDIT_LONG_TEXT_MAX ? EDIT_LONG_TEXT_MAX : n > EDIT_TEXT_MAX ? (unsigned)n : EDIT_TEXT_MAX;
}

bool edit_flag(struct str typed, bool *ret_set)
{
	static const char *const yes[] = {"x", "1", "y", "t", "j", "o", "+", "yes", "ja", "oui", "on"};
	static const char *const no[] = {"", "0", "n", "f", "-", "no", "nein", "non", "off"};

	typed = str_trim(typed);
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (str_is_nocase(typed, yes[i]))
			return *ret_set = true;
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (str_is_nocase(typed, no[i])) {
			*ret_set = false;
			return true;
		}
	return false;
}

static void complain(struct buf *problems, enum tr_lang lang, enum tr_key key, unsigned number)
{
	char digits[12];

	snprintf(digits, sizeof digits, "%u", number);
	buf_add_str(problems, "• ");
	TR_ADD(problems, lang, key, {"max", str_of(digits)});
	buf_add_char(problems, '\n');
}

static void read_text(char *to, size_t size, struct str typed, unsigned max, enum tr_lang lang, enum tr_key too_long,
	struct buf *problems)
{
	typed = str_trim(typed);
	if (utf8_count(typed) > max || !str_copy(to, size, typed))
		complain(problems, lang, too_long, max);
}

static void read_flag(bool *to, struct str typed, enum tr_lang lang, enum tr_key what, struct buf *problems)
{
	if (!edit_flag(typed, to))
		complain(problems, lang, what, 0);
}

static void read_public(struct info_edit *e, const struct info_typed *typed, const struct config_container *k,
	enum tr_lang lang, struct buf *problems)
{
	read_text(e->text, sizeof e->text, typed->text, edit_text_max(k->info_text), lang, TR_INFO_EDIT_BAD_TEXT,
		problems);
	read_text(e->address, sizeof e->address, typed->address, EDIT_ADDRESS_MAX, lang, TR_INFO_EDIT_BAD_ADDRESS,
		problems);
	read_text(e->port, sizeof e->port, typed->port, EDIT_PORT_MAX, lang, TR_INFO_EDIT_BAD_PORT, problems);
	if (e->address[0] && !address_ok(str_of(e->address)))
		complain(problems, lang, TR_INFO_EDIT_BAD_ADDRESS, EDIT_ADDRESS_MAX);
	if (e->port[0] && !address_port_ok(str_of(e->port)))
		complain(problems, lang, TR_INFO_EDIT_BAD_PORT, 0);
	read_flag(&e->enabled, typed->enabled, lang, TR_INFO_EDIT_BAD_ENABLED, problems);
	read_flag(&e->show_ip, typed->show, lang, TR_INFO_EDIT_BAD_SHOW, problems);
}

static void read_secret(struct info_edit *e, const struct info_typed *typed, const struct config_container *k,
	enum tr_lang lang, struct buf *problems)
{
	read_text(e->text, sizeof e->text, typed->text, edit_text_max(k->info_protected_text), lang,
		TR_INFO_EDIT_BAD_SECRET, problems);
	read_text(e->password, sizeof e->password, typed->password, EDIT_PASSWORD_MAX, lang, TR_INFO_EDIT_BAD_PASSWORD,
		problems);
	read_flag(&e->enabled, typed->enabled, lang, TR_INFO_EDIT_BAD_ENABLED, problems);
	e->has_password = e->password[0] != '\0';
	if (e->enabled && !str_trim(typed->text).n)
		complain(problems, lang, TR_INFO_EDIT_NO_SECRET, 0);
	if (e->enabled && !e->has_password && !str_of(k->info_password).n)
		complain(problems, lang, TR_INFO_EDIT_NO_PASSWORD, 0);
}

bool edit_read(struct info_edit *e, const struct info_typed *typed, const struct config_container *k, enum tr_lang lang,
	struct buf *problems)
{
	size_t before = problems->length;

	if (e->secret)
		read_secret(e, typed, k, lang, problems);
	else
		read_public(e, typed, k, lang, problems);
	return problems->length == before;
}
