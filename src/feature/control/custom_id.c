#include "feature/control/custom_id.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "ddc1:"

static const struct {
	const char *word;
	unsigned args;
} verbs[ID_COUNT] = {
#define X(id, word, args) [id] = {word, args},
	CUSTOM_IDS(X)
#undef X
};

static bool find_verb(struct str word, enum custom_verb *ret_verb)
{
	for (unsigned i = 0; i < ID_COUNT; i++) {
		if (str_is(word, verbs[i].word)) {
			*ret_verb = (enum custom_verb)i;
			return true;
		}
	}
	return false;
}

/* The last argument takes the rest, colons included. */
static bool split_args(struct custom_id *id, unsigned wanted, struct str rest, bool has_rest)
{
	while (id->arg_count < wanted) {
		struct str part = rest;
		const char *colon;

		if (!has_rest)
			return false;
		colon = rest.n ? memchr(rest.p, ':', rest.n) : NULL;
		if (id->arg_count + 1 < wanted) {
			has_rest = colon != NULL;
			part = str_split(rest, ':', &rest);
		} else {
			has_rest = false;
		}
		id->args[id->arg_count++] = part;
	}
	return !has_rest;
}

bool custom_id_parse(struct str text, struct custom_id *ret_id)
{
	struct custom_id id = {0};
	struct str rest, word;
	bool has_rest;

	if (!str_starts(text, PREFIX) || text.n >= CUSTOM_ID_BYTES * 4)
		return false;
	text.p += sizeof PREFIX - 1;
	text.n -= sizeof PREFIX - 1;
	has_rest = text.n && memchr(text.p, ':', text.n);
	word = str_split(text, ':', &rest);
	if (!find_verb(word, &id.verb) || !split_args(&id, verbs[id.verb].args, rest, has_rest))
		return false;
	*ret_id = id;
	return true;
}

/* Longer beginnings first: "admin_overview_stop_all_" begins as "admin_overview_" does. rest says what stands
 * behind. */
static const struct {
	const char *begin;
	enum custom_verb verb;
	enum { REST_CHANNEL, REST_CONTAINER, REST_AFTER_ARG, REST_NONE } rest;
	const char *arg;
} originals[] = {
	{"admin_overview_restart_all_", ID_BULK, REST_CHANNEL, "restart"},
	{"admin_overview_stop_all_", ID_BULK, REST_CHANNEL, "stop"},
	{"admin_overview_admin_", ID_PICK, REST_CHANNEL, NULL},
	{"admin_container_select", ID_OPEN, REST_NONE, NULL},
	{"admin_button_", ID_PICK, REST_CHANNEL, NULL},
	{"info_button_", ID_INFO, REST_CHANNEL, NULL},
	{"help_button_", ID_HELP, REST_CHANNEL, NULL},
	{"edit_info_", ID_CARD, REST_AFTER_ARG, "edit"},
	{"protected_edit_", ID_CARD, REST_AFTER_ARG, "secret"},
	{"start_", ID_START, REST_CONTAINER, NULL},
	{"stop_", ID_STOP, REST_CONTAINER, NULL},
	{"restart_", ID_RESTART, REST_CONTAINER, NULL},
	{"debug_logs_", ID_LOGS, REST_CONTAINER, NULL},
	{"toggle_", ID_REFRESH, REST_CONTAINER, NULL},
};

bool custom_id_parse_original(struct str text, struct custom_id *ret_id)
{
	for (size_t i = 0; i < sizeof originals / sizeof originals[0]; i++) {
		struct custom_id id = {.verb = originals[i].verb, .original = true};
		size_t begin = strlen(originals[i].begin);
		struct str rest;

		if (!str_starts(text, originals[i].begin))
			continue;
		rest = (struct str){text.p + begin, text.n - begin};
		if ((originals[i].rest == REST_NONE) != (rest.n == 0))
			continue;
		if (originals[i].rest == REST_CONTAINER)
			id.args[id.arg_count++] = rest;
		else if (originals[i].arg)
			id.args[id.arg_count++] = str_of(originals[i].arg);
		if (originals[i].rest == REST_AFTER_ARG)
			id.args[id.arg_count++] = rest;
		*ret_id = id;
		return true;
	}
	return false;
}

void custom_id_format(char out[CUSTOM_ID_BYTES], enum custom_verb verb, struct str a, struct str b, struct str c)
{
	const struct str args[CUSTOM_ID_ARGS_MAX] = {a, b, c};
	int at = snprintf(out, CUSTOM_ID_BYTES, PREFIX "%s", verbs[verb].word);

	for (unsigned i = 0; i < verbs[verb].args && at < CUSTOM_ID_BYTES - 1; i++) {
		out[at++] = ':';
		str_copy(out + at, (size_t)(CUSTOM_ID_BYTES - at), args[i]);
		at += (int)strlen(out + at);
	}
}

const char *custom_id_plain(char out[CUSTOM_ID_BYTES], enum custom_verb verb)
{
	custom_id_format(out, verb, STR(""), STR(""), STR(""));
	return out;
}

const char *custom_id_named(char out[CUSTOM_ID_BYTES], enum custom_verb verb, struct str container)
{
	custom_id_format(out, verb, container, STR(""), STR(""));
	return out;
}

const char *custom_id_numbered(char out[CUSTOM_ID_BYTES], enum custom_verb verb, unsigned number, struct str rest)
{
	char text[12];

	snprintf(text, sizeof text, "%u", number);
	custom_id_format(out, verb, str_of(text), rest, STR(""));
	return out;
}
