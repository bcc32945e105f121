/*
 * What it means for a panel when Discord says no, and how long to leave it in peace. Pure.
 * Source: Discord API, "Opcodes and Status Codes" (JSON error codes); 30046 is seen in practice only.
 */
#ifndef FEATURE_STATUS_REFUSAL_H
#define FEATURE_STATUS_REFUSAL_H

#include "discord/rest.h"
#include "i18n/tr.h"

enum refusal {
	REFUSAL_MESSAGE_GONE, /* somebody deleted it */
	REFUSAL_CHANNEL_GONE,
	REFUSAL_RIGHTS,	  /* ddc lacks a permission there, or the thread is archived or locked */
	REFUSAL_TOO_FAST, /* a limit that the REST client could not wait out */
	REFUSAL_CONTENT,  /* Discord does not take what we send: our mistake */
	REFUSAL_PASSING	  /* no answer, a server in trouble, stopped after a 401 */
};

enum refusal refusal_of(const struct rest_reply *reply);
/* ddc cannot even see the channel: that says nothing of the message. */
bool refusal_is_blind(const struct rest_reply *reply);
/* ms until the next try; failures: how many in a row, this one included. */
unsigned refusal_wait_ms(enum refusal r, unsigned failures);
/* The same of REFUSAL_RIGHTS for somebody who wants to be believed no longer than believe_ms (0: as above). A time below a minute is that
 * of the first try only and doubles up to a minute: what stays refused is asked about ever less often. */
unsigned refusal_believed_ms(unsigned failures, unsigned believe_ms);
/* What to do about it: "grant …". */
enum tr_key refusal_advice(enum refusal r, const struct rest_reply *reply);
bool refusal_is_archived(const struct rest_reply *reply); /* a thread that went to sleep, not one that was locked */

#endif
