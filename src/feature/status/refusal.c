#include "feature/status/refusal.h"

enum {
	CODE_UNKNOWN_CHANNEL = 10003, CODE_UNKNOWN_MESSAGE = 10008, CODE_CHANNEL_WRITES = 20028, CODE_SERVER_WRITES = 20029,
	CODE_OLD_EDITS = 30046, CODE_MISSING_ACCESS = 50001, CODE_THREAD_ARCHIVED = 50083, CODE_THREAD_LOCKED = 160005
};

static const struct {
	int code;
	enum refusal refusal;
} codes[] = {
	{CODE_UNKNOWN_CHANNEL, REFUSAL_CHANNEL_GONE}, {CODE_UNKNOWN_MESSAGE, REFUSAL_MESSAGE_GONE},
	{CODE_CHANNEL_WRITES, REFUSAL_TOO_FAST},      {CODE_SERVER_WRITES, REFUSAL_TOO_FAST},
	{CODE_OLD_EDITS, REFUSAL_TOO_FAST},	      {CODE_THREAD_ARCHIVED, REFUSAL_RIGHTS},
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

unsigned refusal_wait_ms(enum refusal r, unsigned failures)
{
	enum { SECOND = 1000, MINUTE = 60 * SECOND, STEPS = 3 };
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

const char *refusal_advice(enum refusal r, const struct rest_reply *reply)
{
	if (reply->code == CODE_THREAD_ARCHIVED || reply->code == CODE_THREAD_LOCKED)
		return "the thread is archived or locked; open it again";
	if (reply->code == CODE_MISSING_ACCESS)
		return "grant ddc View Channel there, and Send Messages and Embed Links";
	static const char *const advice[] = {
		[REFUSAL_MESSAGE_GONE] = "it is posted again",
		[REFUSAL_CHANNEL_GONE] = "take the channel out of the settings",
		[REFUSAL_RIGHTS] = "grant ddc Send Messages and Embed Links there (in threads: Send Messages in Threads)",
		[REFUSAL_TOO_FAST] = "Discord's limit; nothing to do",
		[REFUSAL_CONTENT] = "this is a mistake of ddc; please report it with this line",
		[REFUSAL_PASSING] = "nothing to do if it passes",
	};
	return advice[r];
}
