/*
 * An error as a value: a class that code can switch on, and one sentence that a person can act on.
 * Lower layers fill it in and return; whoever is at the edge (a log line, a Discord reply) shows it once.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_code {
	ERR_NONE = 0,
	ERR_INPUT,	 /* somebody gave us something that is not allowed */
	ERR_NOT_FOUND,	 /* the thing does not exist (any more) */
	ERR_CONFLICT,	 /* the thing is in a state that forbids it */
	ERR_FORBIDDEN,	 /* the other side refuses for lack of rights */
	ERR_UNREACHABLE, /* nobody there: no socket, no route, connection refused, name unknown */
	ERR_TIMEOUT,	 /* somebody there, but not in time */
	ERR_PROTOCOL,	 /* the other side spoke nonsense */
	ERR_LIMIT,	 /* one of our own named maxima, or a rate limit */
	ERR_TLS,	 /* certificate or handshake */
	ERR_CANCELLED,	 /* we asked for it */
	ERR_MEMORY,	 /* no memory */
	ERR_SYSTEM	 /* the operating system said no (errno text is in the sentence) */
};

/* Sentences are cut, never overrun. The engine's own reasons are the longest: they name a 64-digit id, and the cause comes last. */
enum { ERR_TEXT_BYTES = 384 };

struct err {
	enum err_code code;
	char text[ERR_TEXT_BYTES];
};

/* Fills e (may be NULL, for callers that do not care) and returns false, so that
 * `return err_set(e, ERR_INPUT, "…")` reads as one thought. */
bool err_set(struct err *e, enum err_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with ": <strerror(errno)>" behind the sentence; the code is made from errno. */
bool err_errno(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *err_code_name(enum err_code code);

#endif
