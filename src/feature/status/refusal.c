#include "feature/status/refusal.h"

enum {
	CODE_UNKNOWN_CHANNEL = 10003,
	CODE_UNKNOWN_MESSAGE = 10008,
	CODE_CHANNEL_WRITES = 20028,
	CODE_SERVER_WRITES = 20029,
	CODE_OLD_EDITS = 30046,
	CODE_MISSING_ACCESS = 50001,
	CODE_THREAD_ARCHIVED = 50083,
	CODE_THREAD_LOCKED = 160005
};

static const struct {
	int code;
	enum refusal refusal;
} codes[] = {
	{CODE_UNKNOWN_CHANNEL, REFUSAL_CHANNEL_GONE},
	{CODE_UNKNOWN_MESSAGE, REFUSAL_MESSAGE_GONE},
	{CODE_CHANNEL_WRITES, REFUSAL_TOO_FAST},
	{CODE_SERVER_WRITES, REFUSAL_TOO_FAST},
	{CODE_OLD_EDITS, REFUSAL_TOO_FAST},
	{CODE_THREAD_ARCHIVED, REFUSAL_RIGHTS},
	{CODE_THREAD_LOCKED, REFUSAL_RIGHTS},
};

enum refusal refusal_of(const struct rest_reply *reply)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == reply->code)
			return codes[i].refusal;
	switch (reply->status) {
	case 403: return REFUSAL_RIGHTS;
	case 429: return REFUSAL_TOO_FAST;
	case 400: return REFUSAL_CONTENT;
	default: return REFUSAL_PASSING; /* also a 404 without a code: not Discord who speaks */
	}
}

bool refusal_is_blind(const struct rest_reply *reply)
{
	return reply->code == CODE_MISSING_ACCESS;
}

enum { SECOND = 1000, MINUTE = 60 * SECOND };

unsigned refusal_wait_ms(enum refusal r, unsigned failures)
{
	enum { STEPS = 3 };
	static const unsigned waits[][STEPS] = {
		[REFUSAL_MESSAGE_GONE] = {0, 10 * SECOND, MINUTE},
		[REFUSAL_CHANNEL_GONE] = {30 * MINUTE, 30 * MINUTE, 30 * MINUTE},
		[REFUSAL_RIGHTS] = {MINUTE, 5 * MINUTE, 30 * MINUTE},
		[REFUSAL_TOO_FAST] = {15 * SECOND, MINUTE, 5 * MINUTE},
		[REFUSAL_CONTENT] = {MINUTE, 5 * MINUTE, 30 * MINUTE},
		[REFUSAL_PASSING] = {10 * SECOND, MINUTE, 5 * MINUTE},
	};
	unsigned step = failures > STEPS ? STEPS : failures ? failures : 1;
	return waits[r][step - 1];
}

unsigned refusal_believed_ms(unsigned failures, unsigned believe_ms)
{
	unsigned most = refusal_wait_ms(REFUSAL_RIGHTS, failures), wait = believe_ms;
	for (unsigned i = 1; i < failures && wait && wait < MINUTE; i++)
		wait = wait * 2 < MINUTE ? wait * 2 : MINUTE;
	return wait && wait < most ? wait : most;
}

bool refusal_is_archived(const struct rest_reply *reply)
{
	return reply->code == CODE_THREAD_ARCHIVED;
}

enum tr_key refusal_advice(enum refusal r, const struct rest_reply *reply)
{
	if (reply->code == CODE_THREAD_ARCHIVED || reply->code == CODE_THREAD_LOCKED)
		return TR_REFUSAL_THREAD;
	if (reply->code == CODE_MISSING_ACCESS)
		return TR_REFUSAL_VIEW;
	static const enum tr_key advice[] = {
		[REFUSAL_MESSAGE_GONE] = TR_REFUSAL_MESSAGE_GONE,
		[REFUSAL_CHANNEL_GONE] = TR_REFUSAL_CHANNEL_GONE,
		[REFUSAL_RIGHTS] = TR_REFUSAL_RIGHTS,
		[REFUSAL_TOO_FAST] = TR_REFUSAL_TOO_FAST,
		[REFUSAL_CONTENT] = TR_REFUSAL_CONTENT,
		[REFUSAL_PASSING] = TR_REFUSAL_PASSING,
	};
	return advice[r];
}
