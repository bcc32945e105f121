/*
 * The table of options: every setting and variable of the original and of ddc, once. Loading, checking, `ddc
 * config show`, docs/configuration.md and the forms of the web page are made from it.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include "base/str.h"

#include <stddef.h>

enum option_type {
	OPTION_BOOL,
	OPTION_INT,
	OPTION_TEXT,
	OPTION_CHOICE,
	OPTION_ID,
	OPTION_SECRET,
	OPTION_LIST,
	OPTION_TABLE
};

/* Where a value lives. The first three have one value each, which config_int() and its sisters give; the
 * others are fields of things of which there are many. */
enum option_store {
	STORE_ENVIRONMENT, /* a variable only */
	STORE_ADVANCED,	   /* a variable, or `advanced_settings` in config.json (in old folders web_config.json)
			  */
	STORE_MAIN,	   /* config.json (or what older releases split off it) */
	STORE_CONTAINER,   /* containers/<name>.json */
	STORE_CHANNEL,	   /* channels/<id>.json */
	STORE_SPAM,	   /* channels_config.json, spam_protection */
	STORE_OTHER,	   /* another file, named in `path` */
	STORE_COUNT
};

enum option_effect { AT_ONCE, ON_RECONNECT, AT_START };

struct option {
	const char *name; /* of the variable, or of the key: "heartbeat.interval" */
	enum option_type type;
	enum option_store store;
	enum option_effect effect;
	int64_t number;		 /* default of a bool or a number */
	const char *text;	 /* default of the other types; NULL: none */
	int64_t min, max;	 /* of a number; of a text: bytes at most in max (0: any) */
	const char *choices;	 /* "a b c" for OPTION_CHOICE */
	const char *unit;	 /* "s", "min", "MB" … or NULL */
	size_t offset;		 /* of the field in struct config_container or config_channel, or OPTION_NO_FIELD */
	const char *description; /* one sentence */
	const char *meaningless; /* NULL: in use. Otherwise it is accepted, kept, and does nothing; this says
				    why */
};
#define OPTION_NO_FIELD SIZE_MAX

extern const struct option options[];
extern const size_t option_count;
/* Those with one value come first; so many of them a snapshot has room for. */
size_t option_value_count(void);

/* By name among all stores that have one value; NULL if there is none. */
const struct option *option_find(const char *name);
const struct option *option_find_in(enum option_store store, struct str name);

/* A name that is known and looks most like this one ("DDC_LOG_LVL" -> "DDC_LOG_LEVEL"); NULL if none is near.
 */
const char *option_nearest(struct str name);
/* A variable that means something to us, or to the original's image. */
bool option_is_known_variable(struct str name);

const char *option_type_name(enum option_type type);
const char *option_store_name(enum option_store store);
const char *option_effect_name(enum option_effect effect);
/* "a whole number from 1 to 300 (s)", "yes or no (true, false, 1, 0)", …: for sentences about wrong values.
 */
const char *option_allowed(const struct option *o, char *out, size_t size);

/* Text as it stands in a variable: cut, parsed and held against the table. *ret_clamped: the number was
 * outside the range and the nearest allowed one is given. False: not understood. ret_text views into text. */
bool option_parse(
	const struct option *o, struct str text, int64_t *ret_number, struct str *ret_text, bool *ret_clamped);

#endif
