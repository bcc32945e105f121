/*
 * One line an event, on standard output, and to a second sink (the log file) when one is set:
 *
 *	2026-11-22T18:40:01Z info  gateway: resumed the session, 3 events replayed
 *
 * It never waits for whoever reads standard output: lines for which there is no room are left out there, and their number is told when it
 * goes on. The second sink gets every line.
 *
 * Only the edges log (app, features, the owners of connections); lower layers return errors.
 * Registered secrets are replaced by *** wherever they would appear, whatever the caller does.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Reads error, warn(ing), info, debug in any case. */
bool log_level_parse(const char *text, enum log_level *ret_level);
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* area is the noun that speaks: "gateway", "docker", "config". No line break at the end; others become blanks. */
void log_line(enum log_level level, const char *area, const char *format, ...) __attribute__((format(printf, 3, 4)));

#define log_error(area, ...) log_line(LOG_ERROR, area, __VA_ARGS__)
#define log_warn(area, ...)  log_line(LOG_WARN, area, __VA_ARGS__)
#define log_info(area, ...)  log_line(LOG_INFO, area, __VA_ARGS__)
#define log_debug(area, ...) log_line(LOG_DEBUG, area, __VA_ARGS__)

/* COPIES secret (at least 6 bytes, otherwise it would hide ordinary words). At most LOG_SECRETS_MAX; the oldest goes. */
enum { LOG_SECRETS_MAX = 16, LOG_LINE_BYTES_MAX = 1024 };
void log_add_secret(const char *secret);
void log_forget_secrets(void);

/* A second place for every line (without its line break); NULL ends it. Runs inside log_line(). */
typedef void log_sink_fn(enum log_level level, const char *line, void *arg);
void log_set_sink(log_sink_fn *sink, void *arg);

#endif
