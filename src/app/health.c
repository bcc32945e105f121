#include "app/health.h"

#include "app/app_inside.h"
#include "app/web_place.h"
#include "base/clock.h"
#include "base/log.h"
#include "discord/close_codes.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The first thing that is wrong, in the order in which somebody would mend it. */
static void find_reason(const struct app *a, struct web_health *h)
{
	enum gateway_state gateway = gateway_state_of(a->gateway);
	if (a->token_problem[0])
		snprintf(h->reason, sizeof h->reason, "Discord: %s", a->token_problem);
	else if (a->stopped_sentence[0])
		snprintf(h->reason, sizeof h->reason, "Discord: %s", a->stopped_sentence);
	else if (rest_stopped(a->rest)) /* the gateway may take a while to notice */
		snprintf(h->reason, sizeof h->reason, "Discord: %s",
			rest_token_refused(a->rest) ? close_meaning_of(4004)->sentence
						    : "too many requests were refused; waiting some minutes");
	else if (gateway != GATEWAY_READY)
		snprintf(h->reason, sizeof h->reason, "Discord: not connected (%s)", gateway_state_name(gateway));
	else if (docker_link_of(a->docker) == DOCKER_DOWN)
		snprintf(h->reason, sizeof h->reason, "Docker: %s", docker_link_error(a->docker)->text);
	else if (docker_link_of(a->docker) == DOCKER_CONNECTING)
		snprintf(h->reason, sizeof h->reason, "Docker: not heard from yet");
	h->well = h->reason[0] == '\0';
}

static const char *link_name(enum docker_link link)
{
	return link == DOCKER_UP ? "up" : link == DOCKER_DOWN ? "down" : "connecting";
}

void health_write(struct web_health *ret_health, struct json_writer *more, void *app)
{
	const struct app *a = app;
	if (!a->control) { /* asked while starting */
		snprintf(ret_health->reason, sizeof ret_health->reason, "starting");
		return;
	}
	find_reason(a, ret_health);
	json_text(more, "discord", gateway_state_name(gateway_state_of(a->gateway)));
	json_text(more, "docker", link_name(docker_link_of(a->docker)));
	json_text(more, "docker_version", docker_engine_version(a->docker));
	json_text(more, "docker_api", docker_api_version(a->docker));
	json_int(more, "containers", docker_container_count(a->docker));
	json_int(more, "channels", a->config->channel_count);
	json_int(more, "uptime_seconds", (int64_t)((clock_mono_ms() - a->started_ms) / 1000));
	json_int(more, "memory_bytes", (int64_t)mem_use_total().bytes);
	json_int(more, "wakeups", (int64_t)loop_stats_of(a->loop).wakeups);
	json_int(more, "docker_requests", (int64_t)docker_stats_of(a->docker).requests);
	json_int(more, "largest_gateway_message_bytes", (int64_t)gateway_stats_of(a->gateway).largest_message_bytes);
}

/* ---- the other side: a process of its own, so it may block ---- */

int health_ask(void)
{
	static const char question[] = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
	char answer[4096];
	size_t length = 0;
	ssize_t n;
	const struct web_place place = web_place_of_environment();
	if (!place.port) { /* whoever wants it so must not be called ill for it, and restarted */
		puts("the web side is switched off (DDC_WEB_PORT is 0): nobody can be asked");
		return 0;
	}
	int fd = web_place_connect(&place);
	if (fd < 0 || write(fd, question, sizeof question - 1) < 0) {
		puts("unwell: no ddc answers on the web port");
		return 1;
	}
	while (length < sizeof answer - 1 && (n = read(fd, answer + length, sizeof answer - 1 - length)) > 0)
		length += (size_t)n;
	close(fd);
	answer[length] = '\0';
	const char *body = strstr(answer, "\r\n\r\n");
	fputs(body ? body + 4 : "unwell: no answer in time\n", stdout);
	return strncmp(answer, "HTTP/1.1 200", 12) == 0 ? 0 : 1;
}
