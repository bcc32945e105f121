#include "engine.h"

#include "wire.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STARTED "2026-01-02T03:04:05.678901234Z"
#define LABELS	"{\"com.docker.compose.project\":\"home\",\"org.opencontainers.image.version\":\"1.2.3\"}"
#define IMAGE	"registry.example.org/team/service:1.2.3"

enum { CONTAINERS_MAX = 1000, LISTED_BYTES = 600 };

static unsigned count;
static bool stopped[CONTAINERS_MAX];
static struct conn *events;

static void list(struct conn *c)
{
	static char json[CONTAINERS_MAX * LISTED_BYTES];
	int n = snprintf(json, sizeof json, "[");
	for (unsigned i = 0; i < count; i++)
		n += snprintf(json + n, sizeof json - (size_t)n,
			"%s{\"Id\":\"%064x\",\"Names\":[\"/service-%04u\"],\"Image\":\"" IMAGE
			"\",\"ImageID\":\"sha256:%064x\",\"Command\":\"run\",\"Created\":1767323045,"
			"\"Ports\":[],\"Labels\":" LABELS
			",\"State\":\"%s\",\"Status\":\"%s\",\"HostConfig\":{\"NetworkMode\":\"bridge\"},\"Mounts\":[]}",
			i ? "," : "", i, i, i, stopped[i] ? "exited" : "running",
			stopped[i] ? "Exited (0) 1 second ago" : "Up 3 weeks");
	snprintf(json + n, sizeof json - (size_t)n, "]");
	wire_answer(c, "200 OK", json);
}

/* Containers are asked for by id or by name. */
static int index_of(const char *name)
{
	char id[65];
	for (unsigned i = 0; i < count; i++) {
		snprintf(id, sizeof id, "%064x", i);
		if (strncmp(name, id, 64) == 0)
			return (int)i;
	}
	int n = -1;
	return sscanf(name, "service-%d", &n) == 1 && n < (int)count ? n : -1;
}

static void inspect(struct conn *c, const char *name)
{
	char json[2048];
	int i = index_of(name);
	if (i < 0) {
		wire_answer(c, "404 Not Found", "{\"message\":\"No such container\"}");
		return;
	}
	bool off = stopped[i];
	snprintf(json, sizeof json,
		"{\"Id\":\"%064x\",\"Created\":\"" STARTED
		"\",\"Path\":\"run\",\"Args\":[],\"Name\":\"/service-%04d\",\"RestartCount\":0,\"Image\":\"sha256:%064x\","
		"\"HostConfig\":{\"Memory\":0},\"State\":{\"Status\":\"%s\",\"Running\":%s,\"Paused\":false,\"Restarting\":false,\"OOMKilled\":false,\"Dead\":false,"
		"\"Pid\":%d,\"ExitCode\":0,\"Error\":\"\",\"StartedAt\":\"" STARTED
		"\",\"FinishedAt\":\"%s\"},\"Config\":{\"Image\":\"" IMAGE "\",\"Labels\":" LABELS "}}",
		(unsigned)i, i, (unsigned)i, off ? "exited" : "running", off ? "false" : "true", off ? 0 : 4711,
		off ? "2026-01-03T03:04:05Z" : "0001-01-01T00:00:00Z");
	wire_answer(c, "200 OK", json);
}

static void on_request(struct conn *c, const char *method, const char *path, const char *body)
{
	(void)method;
	(void)body;
	const char *one = strstr(path, "/containers/");
	if (strstr(path, "/_ping"))
		wire_answer(c, "200 OK\r\nApi-Version: 1.41", "OK");
	else if (strstr(path, "/version"))
		wire_answer(c, "200 OK",
			"{\"Version\":\"20.10.24\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\",\"Os\":\"linux\",\"Arch\":\"amd64\"}");
	else if (strstr(path, "/info"))
		wire_answer(
			c, "200 OK", "{\"ID\":\"BENCH\",\"NCPU\":2,\"MemTotal\":17179869184,\"CgroupVersion\":\"2\"}");
	else if (strstr(path, "/events"))
		wire_begin_stream(events = c);
	else if (strstr(path, "/stats"))
		wire_answer(c, "200 OK",
			"{\"read\":\"" STARTED
			"\",\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":1},\"system_cpu_usage\":9,\"online_cpus\":2},"
			"\"precpu_stats\":{},\"memory_stats\":{\"usage\":123456789,\"stats\":{\"inactive_file\":23456789},\"limit\":17179869184}}");
	else if (strstr(path, "/containers/json"))
		list(c);
	else
		inspect(c, one ? one + strlen("/containers/") : "");
}

void engine_listen(const char *socket, unsigned containers)
{
	count = containers < CONTAINERS_MAX ? containers : CONTAINERS_MAX;
	wire_listen_unix(socket, on_request);
}

void engine_forget(void)
{
	events = NULL;
	memset(stopped, 0, sizeof stopped);
}

uint64_t engine_toggle(unsigned i)
{
	char json[1024];
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	const char *action = stopped[i] ? "start" : "die";
	stopped[i] = !stopped[i];
	snprintf(json, sizeof json,
		"{\"status\":\"%s\",\"id\":\"%064x\",\"from\":\"" IMAGE
		"\",\"Type\":\"container\",\"Action\":\"%s\",\"Actor\":{\"ID\":\"%064x\",\"Attributes\":"
		"{\"exitCode\":\"0\",\"image\":\"" IMAGE
		"\",\"name\":\"service-%04u\"}},\"scope\":\"local\",\"time\":%lld,\"timeNano\":%lld%09ld}\n",
		action, i, action, i, i, (long long)t.tv_sec, (long long)t.tv_sec, t.tv_nsec);
	uint64_t at = now_us();
	wire_chunk(events, json);
	return at;
}
