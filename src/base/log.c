#include "base/log.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static enum log_level threshold = LOG_INFO;
static char *secrets[LOG_SECRETS_MAX];
static unsigned next_secret;
static log_sink_fn *second_sink;
static void *second_sink_arg;
static unsigned lines_lost; /* that standard output took none of, since it last took one */

static const char *const level_names[] = {"error", "warn", "info", "debug"};

bool log_level_parse(const char *text, enum log_level *ret_level)
{
	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++)
		if (strcasecmp(text, level_names[i]) == 0) {
			*ret_level = (enum log_level)i;
			return true;
		}
	if (strcasecmp(text, "warning") != 0)
		return false;
	*ret_level = LOG_WARN;
	return true;
}

void log_set_level(enum log_level level)
{
	threshold = level;
}

enum log_level log_get_level(void)
{
	return threshold;
}

void log_add_secret(const char *secret)
{
	if (!secret || strlen(secret) < 6)
		return;
	for (unsigned i = 0; i < LOG_SECRETS_MAX; i++)
		if (secrets[i] && strcmp(secrets[i], secret) == 0)
			return;
	unsigned slot = next_secret++ % LOG_SECRETS_MAX;
	mem_free_secret(secrets[slot]);
	secrets[slot] = mem_strdup(MEM_BASE, secret);
}

void log_forget_secrets(void)
{
	for (unsigned i = 0; i < LOG_SECRETS_MAX; i++) {
		mem_free_secret(secrets[i]);
		secrets[i] = NULL;
	}
}

static void hide(char *line, const char *secret)
{
	size_t n = strlen(secret);
	for (char *at = line; (at = strstr(at, secret)); at += 3) {
		memcpy(at, "***", 3);
		memmove(at + 3, at + n, strlen(at + n) + 1);
	}
}

static void clean(char *line)
{
	for (unsigned i = 0; i < LOG_SECRETS_MAX; i++)
		if (secrets[i])
			hide(line, secrets[i]);
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 32 || *c == 127)
			*c = ' '; /* one event stays one line, and no terminal is steered by what a stranger wrote */
}

void log_set_sink(log_sink_fn *sink, void *arg)
{
	second_sink = sink;
	second_sink_arg = arg;
}

/* Whether a line can be written without waiting for whoever reads. A pipe that can be written to has room for PIPE_BUF bytes, which is
 * more than a line; O_NONBLOCK instead would be set for everybody who shares this standard output. */
static bool has_room(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	return poll(&out, 1, 0) > 0;
}

/* write() instead of stdio: no buffer of 4 KB, and nothing is lost when the process is killed. */
static void put_line(char *line, size_t length)
{
	line[length] = '\n';
	while (write(STDOUT_FILENO, line, length + 1) < 0 && errno == EINTR)
		continue;
	line[length] = '\0';
}

static void tell_lost(const char *stamp)
{
	char line[128];
	int n = snprintf(line, sizeof line - 1, "%s %-5s log: %u line%s lost here: nobody read standard output", stamp,
		level_names[LOG_WARN], lines_lost, lines_lost == 1 ? " was" : "s were");
	lines_lost = 0;
	put_line(line, (size_t)n);
}

/* A standard output that is closed, full, or not read must not stop the program. */
static void offer_line(char *line, const char *stamp)
{
	if (lines_lost && has_room())
		tell_lost(stamp);
	if (has_room())
		put_line(line, strlen(line));
	else
		lines_lost++;
}

void log_line(enum log_level level, const char *area, const char *format, ...)
{
	char line[LOG_LINE_BYTES_MAX + 1];
	char stamp[CLOCK_ISO_BYTES];
	int saved_errno = errno;
	if (level > threshold)
		return;
	clock_iso_utc(clock_wall_s(), stamp);
	int head = snprintf(line, LOG_LINE_BYTES_MAX, "%s %-5s %s: ", stamp, level_names[level], area);
	va_list ap;
	va_start(ap, format);
	vsnprintf(line + head, LOG_LINE_BYTES_MAX - (size_t)head, format, ap);
	va_end(ap);
	clean(line);
	offer_line(line, stamp);
	if (second_sink)
		second_sink(level, line, second_sink_arg);
	errno = saved_errno;
}
