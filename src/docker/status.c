#include "docker/status.h"

#include <string.h>

enum container_state status_state(struct str word)
{
	for (int s = CONTAINER_CREATED; s <= CONTAINER_DEAD; s++)
		if (str_is(word, container_state_name((enum container_state)s)))
			return (enum container_state)s;
	/* Podman's words that Docker does not have */
	if (str_is(word, "stopped"))
		return CONTAINER_EXITED;
	if (str_is(word, "configured") || str_is(word, "initialized"))
		return CONTAINER_CREATED;
	return CONTAINER_UNKNOWN;
}

enum container_health status_health(struct str word)
{
	for (int h = HEALTH_STARTING; h <= HEALTH_UNHEALTHY; h++)
		if (str_is(word, container_health_name((enum container_health)h)))
			return (enum container_health)h;
	return HEALTH_NONE;
}

static struct str in_brackets(struct str text)
{
	const char *from = text.n ? memchr(text.p, '(', text.n) : NULL;
	const char *to = from ? memchr(from, ')', (size_t)(text.p + text.n - from)) : NULL;
	return to ? (struct str){from + 1, (size_t)(to - from - 1)} : (struct str){"", 0};
}

struct status status_parse(struct str text)
{
	struct status s = {.health = HEALTH_NONE};
	struct str word = in_brackets(text);
	int64_t code;
	if (str_starts(text, "Up")) {
		s.health = status_health(str_is(word, "health: starting") ? STR("starting") : word);
	} else if (str_to_int(word, -1, 4096, &code)) {
		s.exit_code = (int)code;
		s.exit_known = true;
	}
	s.young = str_contains_nocase(text, STR("second"));
	return s;
}
