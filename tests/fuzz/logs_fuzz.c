/* What a container writes: the first byte says how it is looked at, up to a line break stands what is
 * searched for, then the lines. */
#include "discord/message.h"
#include "feature/logs/collect.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Nothing in the text ends the block that it stands in, or steers a terminal. */
static void check_harmless(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char b = (unsigned char)s.p[i];
		check(b >= 0x20 || b == '\n' || b == '\t');
		check(i + 2 >= s.n || memcmp(s.p + i, "```", 3) != 0);
	}
	check(utf8_valid(s));
}

static void show(const struct log_collect *c)
{
	struct message m;
	unsigned lines;
	struct str newest = log_collect_newest(c, LOG_SHOWN_CHARS_MAX, &lines);
	check(lines <= c->lines && utf8_count(newest) <= LOG_SHOWN_CHARS_MAX);
	message_init(&m, MEM_TEST);
	message_embed(&m, STR("log"), 0);
	message_text(&m, newest);
	message_finish(&m);
	check(!m.body.overflow);
	message_clear(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_collect c;
	struct log_query q = {0};
	struct str rest, search;
	if (size < 2)
		return 0;
	rest = (struct str){(const char *)data + 2, size - 2};
	search = str_split(rest, '\n', &rest);
	q.lines = (unsigned)data[0] % 7 * 3 + 1;
	q.streams = (enum log_streams)(data[1] % LOG_STREAMS_COUNT);
	str_copy(q.search, sizeof q.search, search);
	log_collect_init(&c, &q, data[1] & 0x80 ? LOG_FOR_FILE : LOG_FOR_EYES, data[1] & 0x40 ? 2048 : 0);
	for (unsigned n = 0; rest.n; n++) {
		struct str line = str_split(rest, '\n', &rest);
		log_collect_add(&c, n & 1 ? DOCKER_STDERR : DOCKER_STDOUT, line, n % 5 == 0);
	}
	check(log_collect_text(&c).n <= c.keep_bytes && c.found <= c.read);
	if (c.form == LOG_FOR_EYES) {
		check_harmless(log_collect_text(&c));
		show(&c);
	}
	log_collect_clear(&c);
	return 0;
}
