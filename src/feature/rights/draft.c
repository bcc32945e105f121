#include "feature/rights/draft.h"

#include "config/right_words.h"
#include "discord/message.h"

#include <stdio.h>

enum { WORD_CHARS_MAX = 40, TEXT_BYTES_MAX = 1024 };

enum tr_key draft_right_key(enum right r)
{
	static const enum tr_key keys[RIGHT_COUNT] = {
		[RIGHT_SEE] = TR_RIGHTS_WORD_SEE,
		[RIGHT_LOGS] = TR_RIGHTS_WORD_LOGS,
		[RIGHT_STATS] = TR_RIGHTS_WORD_STATS,
		[RIGHT_INFO] = TR_RIGHTS_WORD_INFO,
		[RIGHT_START] = TR_RIGHTS_WORD_START,
		[RIGHT_STOP] = TR_RIGHTS_WORD_STOP,
		[RIGHT_RESTART] = TR_RIGHTS_WORD_RESTART,
		[RIGHT_PAUSE] = TR_RIGHTS_WORD_PAUSE,
		[RIGHT_KILL] = TR_RIGHTS_WORD_KILL,
		[RIGHT_BULK] = TR_RIGHTS_WORD_BULK,
	};
	return keys[r];
}

/* One line: the sentence, with the word that was typed shown as it is, the words there are, and a number. */
static bool complain(struct buf *problems, enum tr_lang lang, enum tr_key key, struct str word, unsigned number)
{
	struct buf shown, all;
	char count[12];

	snprintf(count, sizeof count, "%u", number);
	buf_init(&shown, problems->owner, TEXT_BYTES_MAX);
	buf_init(&all, problems->owner, TEXT_BYTES_MAX);
	message_escape(&shown, utf8_prefix(word, WORD_CHARS_MAX));
	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		buf_printf(&all, "%s`%s`", i ? ", " : "", right_name((enum right)i));
	buf_add_str(problems, "• ");
	TR_ADD(problems, lang, key, {"word", buf_view(&shown)}, {"words", buf_view(&all)}, {"count", str_of(count)});
	buf_add_char(problems, '\n');
	buf_clear(&shown);
	buf_clear(&all);
	return false;
}

static bool read_may(struct str typed, unsigned *ret_rights, enum tr_lang lang, struct buf *problems)
{
	enum right right;

	*ret_rights = 0;
	for (struct str word = right_next_word(&typed); word.n; word = right_next_word(&typed)) {
		if (!right_parse(word, &right))
			return complain(problems, lang, TR_RIGHTS_BAD_MAY, word, 0);
		*ret_rights |= 1u << right;
	}
	return *ret_rights || complain(problems, lang, TR_RIGHTS_NO_MAY, STR(""), 0);
}

bool draft_read_targets(struct str typed, bool groups_too, struct buf *targets, enum tr_lang lang, struct buf *problems)
{
	unsigned count = 0;
	struct err err = {0};

	buf_reset(targets);
	for (struct str word = right_next_word(&typed); word.n; word = right_next_word(&typed)) {
		if (!right_is_target(word, groups_too))
			return complain(problems, lang, TR_RIGHTS_BAD_CONTAINERS, word, 0);
		if (!right_add_target(targets, &count, word, groups_too, &err))
			return complain(problems, lang, TR_RIGHTS_MANY_CONTAINERS, word, GRANT_TARGETS_MAX);
	}
	return count || complain(problems, lang, TR_RIGHTS_NO_CONTAINERS, STR(""), 0);
}

static bool read_hours(struct str typed, struct config_grant *g, enum tr_lang lang, struct buf *problems)
{
	struct err err = {0};

	return rights_parse_hours(typed, &g->from_minute, &g->to_minute, &err) ||
	       complain(problems, lang, TR_RIGHTS_BAD_HOURS, typed, 0);
}

static bool read_per_hour(struct str typed, unsigned *ret_count, enum tr_lang lang, struct buf *problems)
{
	int64_t n = 0;

	*ret_count = 0;
	typed = str_trim(typed);
	if (!typed.n)
		return true;
	if (!str_to_int(typed, 1, GRANT_PER_HOUR_MAX, &n))
		return complain(problems, lang, TR_RIGHTS_BAD_PER_HOUR, typed, GRANT_PER_HOUR_MAX);
	*ret_count = (unsigned)n;
	return true;
}

bool draft_read(const struct grant_draft *d, struct config_grant *g, struct buf *targets, enum tr_lang lang,
	struct buf *problems)
{
	bool ok;

	*g = (struct config_grant){.who = d->everyone	   ? GRANT_EVERYONE
					  : d->who_is_role ? GRANT_ROLE
							   : GRANT_USER,
		.note = d->note};
	g->who_id = d->everyone ? 0 : d->who_id;
	if (d->channel_id)
		g->channels[g->channel_count++] = d->channel_id;
	/* each field, also behind a wrong one */
	ok = read_may(str_of(d->may), &g->rights, lang, problems);
	ok = draft_read_targets(str_of(d->containers), true, targets, lang, problems) && ok;
	ok = read_hours(str_of(d->hours), g, lang, problems) && ok;
	ok = read_per_hour(str_of(d->per_hour), &g->per_hour, lang, problems) && ok;
	g->targets = buf_text(targets);
	return ok;
}
