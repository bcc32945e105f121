/*
 * Texts in the reader's language. Keys are an enum made from locales/en.json, so a misspelt key does not compile, and a test
 * finds unused keys, missing translations and differing placeholders. English, German and French are complete.
 *
 * Placeholders are named: "{name} was started by {user}". Plurals have the forms of the language's own rule as keys of their own
 * ("…_one", "…_other"); tr_count() picks.
 */
#ifndef I18N_TR_H
#define I18N_TR_H

#include "base/buf.h"

enum tr_lang { TR_EN, TR_DE, TR_FR, TR_LANG_COUNT };

/* "de", "de-AT", "fr", "en-GB" …: what is not there falls back to English. */
enum tr_lang tr_lang_of(const char *locale);
const char *tr_lang_code(enum tr_lang lang);

#include "tr_keys.h" /* generated: enum tr_key { TR_…, TR_KEY_COUNT } */

const char *tr(enum tr_lang lang, enum tr_key key); /* never NULL */

struct tr_arg {
	const char *name; /* without braces */
	struct str value; /* put in as it is: escape before */
};
/* Appends the text with its placeholders filled; an unknown placeholder stays as written. */
void tr_add(struct buf *out, enum tr_lang lang, enum tr_key key, const struct tr_arg *args, unsigned count);
#define TR_ADD(out, lang, key, ...)                                                                                    \
	tr_add(out, lang, key, (const struct tr_arg[]){__VA_ARGS__},                                                   \
		sizeof((const struct tr_arg[]){__VA_ARGS__}) / sizeof(struct tr_arg))
/* key_one is the key of the "one" form; the "other" form must follow it directly in the enum. {count} is filled in. */
void tr_count(struct buf *out, enum tr_lang lang, enum tr_key key_one, int64_t count);

#endif
