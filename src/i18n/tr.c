#include "i18n/tr.h"

#include "base/bug.h"
#include "i18n/tr_tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const codes[TR_LANG_COUNT] = {[TR_EN] = "en", [TR_DE] = "de", [TR_FR] = "fr"};

enum tr_lang tr_lang_of(const char *locale)
{
	struct str rest, language = str_split(str_of(locale), '-', &rest);
	language = str_split(language, '_', &rest); /* "de_AT" is how environments write it */
	for (unsigned i = 0; i < TR_LANG_COUNT; i++)
		if (str_is_nocase(language, codes[i]))
			return (enum tr_lang)i;
	return TR_EN;
}

const char *tr_lang_code(enum tr_lang lang)
{
	return codes[lang];
}

const char *tr(enum tr_lang lang, enum tr_key key)
{
	if ((unsigned)lang >= TR_LANG_COUNT || (unsigned)key >= TR_KEY_COUNT)
		BUG("tr: no text %u in language %u", (unsigned)key, (unsigned)lang);
	return tr_texts + tr_offsets[lang][key];
}

static const struct tr_arg *find_arg(struct str name, const struct tr_arg *args, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (str_is(name, args[i].name))
			return &args[i];
	return NULL;
}

void tr_add(struct buf *out, enum tr_lang lang, enum tr_key key, const struct tr_arg *args, unsigned count)
{
	const char *at = tr(lang, key), *open;
	while ((open = strchr(at, '{')) != NULL) {
		const char *end = strchr(open, '}');
		if (!end)
			break;
		struct str name = {open + 1, (size_t)(end - open - 1)};
		const struct tr_arg *arg = find_arg(name, args, count);
		buf_add(out, at, (size_t)(open - at));
		if (arg)
			buf_add_view(out, arg->value);
		else
			buf_add(out, open, (size_t)(end + 1 - open));
		at = end + 1;
	}
	buf_add_str(out, at);
}

/* The languages' own rules (Unicode CLDR, "Language Plural Rules"), for whole numbers. */
static bool is_one(enum tr_lang lang, int64_t count)
{
	return count == 1 || (lang == TR_FR && count == 0);
}

void tr_count(struct buf *out, enum tr_lang lang, enum tr_key key_one, int64_t count)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%" PRId64, count);
	enum tr_key key = is_one(lang, count) ? key_one : (enum tr_key)(key_one + 1);
	TR_ADD(out, lang, key, {"count", str_of(digits)});
}
