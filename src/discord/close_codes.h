/* What a close code of the gateway means for us. Source: Discord API, "Gateway Close Event Codes". Pure. */
#ifndef DISCORD_CLOSE_CODES_H
#define DISCORD_CLOSE_CODES_H

enum close_action {
	CLOSE_RESUME,	/* the session lives: connect again and resume */
	CLOSE_IDENTIFY, /* connect again with a new session */
	CLOSE_STOP	/* trying again cannot help: somebody must change something */
};

struct close_meaning {
	int code; /* 0: any other */
	enum close_action action;
	const char *sentence; /* for people; what to change if it stops */
};

/* Never NULL. */
const struct close_meaning *close_meaning_of(int code);
/* Which switches of the developer portal the given intents need: for 4014. */
const char *close_disallowed_sentence(unsigned intents);

#endif
