#include "discord/close_codes.h"

#include "discord/gateway.h"

static const struct close_meaning meanings[] = {
	{4000, CLOSE_RESUME, "Discord had an unknown error"},
	{4001, CLOSE_RESUME, "Discord did not know what ddc sent (opcode)"},
	{4002, CLOSE_RESUME, "Discord could not read what ddc sent"},
	{4003, CLOSE_IDENTIFY, "Discord wants to know first who is there"},
	{4004, CLOSE_STOP,
		"Discord does not accept the bot token. Copy it again (or reset it) at https://discord.com/developers/applications, "
		"your application, Bot, and enter it in ddc's settings"},
	{4005, CLOSE_IDENTIFY, "Discord had this connection identified already"},
	{4007, CLOSE_IDENTIFY, "Discord no longer knows this place in the session"},
	{4008, CLOSE_RESUME, "ddc sent too fast for Discord"},
	{4009, CLOSE_IDENTIFY, "the session timed out"},
	{4010, CLOSE_STOP, "Discord says the shard is invalid. This is a mistake in ddc: please report it"},
	{4011, CLOSE_STOP,
		"This bot is in more servers (2,500) than one connection may serve. Use a bot of your own for ddc, in your own server only"},
	{4012, CLOSE_STOP, "Discord no longer speaks this version of its API. Update ddc"},
	{4013, CLOSE_STOP, "Discord says the intents are invalid. This is a mistake in ddc: please report it"},
	{4014, CLOSE_STOP, "Discord does not allow this bot the events that ddc's settings need"},
	{0, CLOSE_RESUME, "the connection was closed"},
};

const struct close_meaning *close_meaning_of(int code)
{
	const struct close_meaning *m = meanings;
	while (m->code && m->code != code)
		m++;
	return m;
}

const char *close_disallowed_sentence(unsigned intents)
{
	if (intents & INTENT_MESSAGE_CONTENT)
		return "Discord does not allow this bot to read messages. Switch on \"Message Content Intent\" at "
		       "https://discord.com/developers/applications, your application, Bot, Privileged Gateway Intents, and save; or "
		       "switch off the features of ddc that read messages";
	return "Discord does not allow this bot an event that needs no switch. Check at https://discord.com/developers/applications "
	       "that the application is not restricted";
}
