/* The log, and a standard output that nobody reads. */
#include "test.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 30 /* a log that waits for ever is found out */ };

static int in, saved; /* the pipe's end to read from; what standard output was */
static unsigned sunk;
static char got[1 << 17];

static void count(enum log_level level, const char *line, void *arg)
{
	sunk++;
}

static int set_up(void **state)
{
	int ends[2];
	if (pipe(ends))
		return -1;
	fflush(stdout);
	alarm(PATIENCE_S);
	saved = dup(STDOUT_FILENO);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	in = ends[0];
	fcntl(in, F_SETPIPE_SZ, 4 * PIPE_BUF);
	fcntl(in, F_SETFL, O_NONBLOCK);
	sunk = 0;
	log_set_sink(count, NULL);
	return 0;
}

static int tear_down(void **state)
{
	log_set_sink(NULL, NULL);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	if (in >= 0)
		close(in);
	alarm(0);
	return 0;
}

/* All that stands in the pipe. */
static const char *read_all(void)
{
	size_t n = 0;
	for (ssize_t more; (more = read(in, got + n, sizeof got - 1 - n)) > 0;)
		n += (size_t)more;
	got[n] = '\0';
	return got;
}

static unsigned count_lines(const char *text, const char *word)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, word)); at++)
		n++;
	return n;
}

static void lines_are_written(void **state)
{
	log_info("test", "one\ntwo \033[31m");
	log_debug("test", "not at this level");
	const char *text = read_all();
	assert_non_null(strstr(text, " info  test: one two  [31m\n"));
	assert_int_equal(count_lines(text, "\n"), 1);
	assert_int_equal(sunk, 1);
}

static void nobody_reads(void **state)
{
	enum { LINES = 1000 };
	char words[64];
	for (int i = 0; i < LINES; i++)
		log_info("test", "line %d of many", i);
	assert_int_equal(sunk, LINES); /* the file has them all */
	unsigned came = count_lines(read_all(), " of many\n");
	assert_in_range(came, 1, LINES - 1);
	log_info("test", "somebody reads again");
	const char *text = read_all();
	snprintf(words, sizeof words, " warn  log: %u lines were lost here", LINES - came);
	const char *lost = strstr(text, words), *next = strstr(text, "somebody reads again\n");
	if (!lost || !next || next < lost)
		fail_msg("%s", text);
	log_info("test", "and all is as before");
	text = read_all();
	assert_int_equal(count_lines(text, "\n"), 1);
}

static void nobody_is_there(void **state)
{
	close(in);
	in = -1;
	log_info("test", "into the void");
	assert_int_equal(sunk, 1);
}

static void secrets_are_hidden(void **state)
{
	log_add_secret("a-very-secret-word");
	log_info("test", "it is a-very-secret-word, and again: a-very-secret-word");
	assert_non_null(strstr(read_all(), "it is ***, and again: ***\n"));
	log_forget_secrets();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		TEST(lines_are_written),
		TEST(nobody_reads),
		TEST(nobody_is_there),
		TEST(secrets_are_hidden),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
