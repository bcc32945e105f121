/*
 * Answers to interactions, in time and in order. Each interaction has one reply: its first answer goes to the callback within
 * Discord's three seconds, everything later is an edit of it (webhook, `@original`), at most one on its way and only the newest
 * waiting behind it, and nothing once the token is dead. Source: Discord API, "Receiving and Responding".
 */
#ifndef FEATURE_CONTROL_RESPOND_H
#define FEATURE_CONTROL_RESPOND_H

#include "base/ticket.h"
#include "discord/interaction.h"
#include "discord/message.h"
#include "discord/rest.h"

struct loop;
struct respond;

enum {
	RESPOND_OPEN_MAX = 192,	 /* replies under way or kept; about 0.7 KiB each, while they last */
	RESPOND_DEFER_MS = 1500, /* no answer by then: Discord is told that it is coming */
	RESPOND_LAST_MS = INTERACTION_LIFE_MS - 10000 /* no edit is begun after this: it would arrive at a dead token */
};

/* Whether the answer is private is fixed by the first answer or the deferral; no edit changes it. */
enum respond_as {
	RESPOND_PRIVATE, /* a message that only the person sees */
	RESPOND_PUBLIC,
	RESPOND_UPDATE /* changes the message that the component is on */
};

/* Whether Discord has accepted the first answer (a deferral is one): only then may anything begin. Exactly once, unless all is freed;
 * why: "" if accepted. An interaction that is dead, or was answered by somebody else already, is not accepted. */
typedef void respond_first_fn(bool accepted, const char *why, void *arg);

/* The answer stands in the channel as message_id. At most once. */
typedef void respond_posted_fn(uint64_t channel_id, uint64_t message_id, void *arg);

struct respond *respond_new(struct loop *loop, struct rest *rest); /* SHARED */
void respond_free(struct respond *r);

/* COPIES ref. TICKET_NONE: no room; then every call below does nothing. */
ticket respond_begin(struct respond *r, const struct interaction_ref *ref, enum respond_as as);
/* The answer depends on somebody slow: it is deferred in time if it does not come before. */
void respond_wait(struct respond *r, ticket t);
void respond_defer(struct respond *r, ticket t); /* the deferral at once */
/* Before the first answer is sent. False: there is no such reply, and nobody will be told anything. It may be told inside of the call
 * that sends the first answer, when that cannot even be tried. */
bool respond_on_first(struct respond *r, ticket t, respond_first_fn *on_first, void *arg);
/* on_posted will be told the message's ID. */
void respond_watch(struct respond *r, ticket t, uint64_t channel_id, respond_posted_fn *on_posted, void *arg);
/* Stays open for edits until respond_close(), or until its token dies. Otherwise it ends with what was sent first. */
void respond_keep(struct respond *r, ticket t);
void respond_close(struct respond *r, ticket t); /* what was handed over is still sent */
void respond_sweep(struct respond *r);		 /* frees those whose token is dead; each respond_begin() does it too */
uint64_t respond_age_ms(const struct respond *r, ticket t); /* since the person acted; UINT64_MAX: it is over */
bool respond_is_open(const struct respond *r, ticket t);    /* false: nothing can be sent any more */

/* Somebody waits: an answer is on its way, is "thinking …", or has yet to come. */
bool respond_is_busy(struct respond *r);
/* From then on on_quiet is called from the loop each time that this is over. */
void respond_when_quiet(struct respond *r, void (*on_quiet)(void *arg), void *arg);

/* Opens m as this reply needs it; respond_send() TAKES it, whatever happens. What looks the same is not sent again. */
void respond_message(const struct respond *r, ticket t, struct message *m);
void respond_send(struct respond *r, ticket t, struct message *m);
/* The first answer, if it is to an old message's component: nothing is seen. Ends the reply. */
void respond_nothing(struct respond *r, ticket t);
/* A dialog can only be the first answer; it ends the reply. */
void respond_modal(struct respond *r, ticket t, const char *custom_id, struct str title,
	const struct modal_field *fields, unsigned count);
/* As respond_send(), with a file beside it. name is LENT for the call, data is TAKEN, whatever happens. */
void respond_send_file(struct respond *r, ticket t, struct message *m, const char *name, struct buf *data);
/* A message of its own behind the first answer, which must not be a deferral or a dialog. Before respond_send(). TAKES m. */
void respond_note(struct respond *r, ticket t, struct message *m);
void respond_choices(struct respond *r, ticket t, const struct choice *choices, unsigned count); /* autocomplete */

#endif
