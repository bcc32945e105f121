#include "discord.h"

#include "wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The ids are those of sandbox/seed.js, so that the same configuration folder serves both. */
#define APP	    "1180000000000000001"
#define GUILD	    "1180000000000000100"
#define PERSON	    "1180000000000000201"
#define PERMISSIONS "2251799813685247"
const uint64_t discord_first_channel = 1180000000000000111;

enum { DISCORD_EPOCH_S = 1420070400, BEAT_MS = 41250 };

struct discord_seen discord_seen;
static struct conn *gateway;
static uint16_t port;
static unsigned seq;
static unsigned messages;

/* ---- gateway ---- */

static void send_event(const char *name, const char *data)
{
	static char text[128 * 1024];
	snprintf(text, sizeof text, "{\"t\":\"%s\",\"s\":%u,\"op\":0,\"d\":%s}", name, ++seq, data);
	wire_send(gateway, text);
}

static void send_guild(void)
{
	static char text[64 * 1024];
	int n = snprintf(
		text, sizeof text, "{\"id\":\"" GUILD "\",\"name\":\"Bench\",\"unavailable\":false,\"channels\":[");
	for (unsigned i = 0; i < GUILD_CHANNELS; i++)
		n += snprintf(text + n, sizeof text - (size_t)n,
			"%s{\"id\":\"%" PRIu64 "\",\"type\":0,\"name\":\"channel-%u\",\"last_message_id\":null}",
			i ? "," : "", discord_first_channel + i, i);
	snprintf(text + n, sizeof text - (size_t)n, "],\"threads\":[]}");
	send_event("GUILD_CREATE", text);
}

static void begin_session(void)
{
	char text[512];
	snprintf(text, sizeof text,
		"{\"v\":10,\"user\":{\"id\":\"" APP "\",\"username\":\"ddc\"},\"application\":{\"id\":\"" APP
		"\"},\"session_id\":\"bench\","
		"\"resume_gateway_url\":\"ws://127.0.0.1:%u\",\"guilds\":[{\"id\":\"" GUILD
		"\",\"unavailable\":true}]}",
		port);
	send_event("READY", text);
	send_guild();
}

static void on_message(struct conn *c, const char *text)
{
	const char *at = strstr(text, "\"op\":");
	int op = at ? atoi(at + 5) : -1;
	if (op == 2) {
		discord_seen.identify_us = wire_came_us();
		gateway = c;
		begin_session();
	} else if (op == 1) {
		wire_send(c, "{\"op\":11}");
	}
}

/* An id made now: how old something is is read from it. */
static uint64_t snowflake(unsigned number)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	uint64_t ms = (uint64_t)(t.tv_sec - DISCORD_EPOCH_S) * 1000 + (uint64_t)t.tv_nsec / 1000000;
	return ms << 22 | (number & 0x3FFFFF);
}

void discord_run_command(const char *name, unsigned number)
{
	char text[2048];
	uint64_t id = snowflake(number);
	snprintf(text, sizeof text,
		"{\"version\":1,\"type\":2,\"token\":\"aW50ZXJhY3Rpb246bench%u\",\"member\":{\"user\":{\"username\":\"maxi\",\"id\":\"" PERSON
		"\","
		"\"global_name\":\"Maxi\",\"discriminator\":\"0\",\"avatar\":null},\"roles\":[],\"permissions\":\"" PERMISSIONS
		"\",\"nick\":null},"
		"\"locale\":\"en-US\",\"id\":\"%" PRIu64 "\",\"guild_locale\":\"en-US\",\"guild_id\":\"" GUILD
		"\",\"entitlements\":[],"
		"\"data\":{\"type\":1,\"name\":\"%s\",\"id\":\"1180000000000000900\"},\"context\":0,\"channel_id\":\"%" PRIu64
		"\","
		"\"channel\":{\"id\":\"%" PRIu64 "\",\"type\":0,\"name\":\"channel-0\"},\"application_id\":\"" APP
		"\",\"app_permissions\":\"" PERMISSIONS "\"}",
		number, id, name, discord_first_channel, discord_first_channel);
	send_event("INTERACTION_CREATE", text);
}

/* ---- REST ---- */

static void say_where(struct conn *c)
{
	char json[256];
	snprintf(json, sizeof json,
		"{\"url\":\"ws://127.0.0.1:%u\",\"shards\":1,\"session_start_limit\":{\"total\":1000,\"remaining\":999,"
		"\"reset_after\":14400000,\"max_concurrency\":1}}",
		port);
	wire_answer(c, "200 OK", json);
}

static void on_other(struct conn *c, const char *method, const char *path)
{
	char json[256];
	bool post = strcmp(method, "POST") == 0, patch = strcmp(method, "PATCH") == 0;
	discord_seen.posts += post;
	char first[64]; /* an admin overview is edited for its figures too, which is no answer to an event */
	snprintf(first, sizeof first, "/channels/%" PRIu64 "/messages/", discord_first_channel);
	if (patch && strstr(path, first)) {
		discord_seen.edits++;
		discord_seen.edit_us = wire_came_us();
	}
	if (strstr(path, "/commands") || (strcmp(method, "GET") == 0 && strstr(path, "/messages?"))) {
		wire_answer(c, "200 OK", "[]");
		return;
	}
	snprintf(json, sizeof json,
		"{\"id\":\"%" PRIu64 "\",\"type\":0,\"channel_id\":\"%" PRIu64 "\",\"author\":{\"id\":\"" APP
		"\"},\"content\":\"\"}",
		snowflake(++messages), discord_first_channel);
	wire_answer(c, "200 OK", json);
}

static void on_request(struct conn *c, const char *method, const char *path, const char *body)
{
	(void)body;
	if (strstr(path, "encoding=json")) {
		char hello[64];
		snprintf(hello, sizeof hello, "{\"op\":10,\"d\":{\"heartbeat_interval\":%d}}", BEAT_MS);
		wire_upgrade(c);
		wire_send(c, hello);
		return;
	}
	discord_seen.requests++;
	discord_seen.last_request_us = wire_came_us();
	if (strstr(path, "/gateway/bot")) {
		say_where(c);
	} else if (strstr(path, "/callback")) {
		discord_seen.callbacks++;
		discord_seen.callback_us = wire_came_us();
		wire_answer(c, "204 No Content", NULL);
	} else {
		on_other(c, method, path);
	}
}

uint16_t discord_listen(void)
{
	return port = wire_listen_tcp(on_request, on_message);
}

void discord_forget(void)
{
	gateway = NULL;
	seq = 0;
	memset(&discord_seen, 0, sizeof discord_seen);
}

bool discord_is_ready(void)
{
	return gateway != NULL;
}
