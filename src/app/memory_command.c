/* A process of its own beside the daemon, so it may block. */
#include "app/memory_command.h"

#include "app/web_place.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_BYTES = 32 * 1024 };

static int ask(bool cleanup, bool json)
{
	static char answer[ANSWER_BYTES];
	char question[256];
	size_t length = 0;
	ssize_t n;
	int size = snprintf(question, sizeof question,
		"%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\nAccept: %s\r\n\r\n",
		cleanup ? "POST /memory/cleanup" : "GET /memory", json ? "application/json" : "text/plain");
	const struct web_place place = web_place_of_environment();
	if (!place.port) {
		fputs("ddc: the web side is switched off (DDC_WEB_PORT is 0); kill -USR1 writes the report into the log\n",
			stderr);
		return 1;
	}
	int fd = web_place_connect(&place);
	if (fd < 0 || write(fd, question, (size_t)size) != size) {
		if (fd >= 0)
			close(fd);
		fputs("ddc: no ddc answers on the web port\n", stderr);
		return 1;
	}
	while (length < sizeof answer - 1 && (n = read(fd, answer + length, sizeof answer - 1 - length)) > 0)
		length += (size_t)n;
	close(fd);
	answer[length] = '\0';
	bool good = strncmp(answer, "HTTP/1.1 200", 12) == 0;
	const char *body = strstr(answer, "\r\n\r\n");
	fputs(body ? body + 4 : "ddc: no answer in time\n", good ? stdout : stderr);
	return good ? 0 : 1;
}

int memory_command(int argc, char **argv)
{
	bool cleanup = false, json = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--cleanup") == 0) {
			cleanup = true;
		} else if (strcmp(argv[i], "--json") == 0) {
			json = true;
		} else {
			fprintf(stderr, "ddc: memory takes --cleanup and --json, not '%s'\n", argv[i]);
			return 2;
		}
	}
	return ask(cleanup, json);
}
