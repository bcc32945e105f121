/*
 * ddc-load: Discord and the Docker Engine around one ddc, in plain C, so that the stamps say what ddc takes and not what an
 * interpreter beside it takes. For tests/bench/main.js, which makes the configuration folder and hands it over in the environment.
 *
 *   ddc-load start BINARY RUNS       until /health answers, until IDENTIFY is there: {"health":[…],"identify":[…]} in ms
 *   ddc-load latency BINARY COUNT    interaction handed to the kernel until its callback is there whole: {"took":[…]}
 *   ddc-load event BINARY COUNT      the engine's event until the first edit of a panel is there: {"took":[…]}
 *   ddc-load web PORT:PID REQUESTS   GET /health, by eight visitors, kept alive: {"requests":…,"cpu_ms":…} of that process
 *   ddc-load size BINARY SECONDS     at rest, so long after everything is posted: {"rss":…,"anon":…} in KiB
 *
 *   DDC_BENCH_CONTAINERS (50)
 */
#include "discord.h"
#include "engine.h"
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SECOND_US = 1000000,
	PATIENCE_US = 30 * SECOND_US,
	QUIET_US = 2 * SECOND_US, /* no request for so long: everything is posted */
	RETRY_US = 100,		  /* between two tries to reach /health: a tighter loop would take the CPU from ddc */
	WARM_UP = 30,
	APART_US = 10000,
	EVENTS_APART_US = 3100000, /* off the rhythm of whole seconds in which panels are edited for their figures */
	WEB_VISITORS = 8,	   /* at once; ddc has room for twice as many */
	WEB_ROUNDS_PER_CONNECTION = 1000,
	SAMPLES_MAX = 10000
};

static char socket_path[64];
static pid_t ddc;
static uint16_t web_port;

/* ---- ddc ---- */

/* A session or a panel kept from before would be resumed or edited: each start is like the first. */
static void forget_state(void)
{
	static const char *const files[] = {"ddc_session.json", "ddc_state.json", "mech_state.json"};
	const char *config = getenv("DDC_CONFIG_DIR");
	char path[512];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", config ? config : ".", files[i]);
		unlink(path);
	}
}

static void start_ddc(const char *binary)
{
	forget_state();
	discord_forget();
	engine_forget();
	ddc = fork();
	if (ddc < 0)
		die("fork");
	if (ddc)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* it must not outlive us, whatever ends us */
	execl(binary, binary, (char *)NULL);
	die(binary);
}

static void end_ddc(void)
{
	kill(ddc, SIGKILL);
	waitpid(ddc, NULL, 0);
	wire_close_all();
}

/* A port for ddc's web side that nobody has now. */
static uint16_t free_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof a) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &length) < 0)
		die("no free port");
	close(fd);
	return ntohs(a.sin_port);
}

static void prepare(void)
{
	char api[64], host[96], port[8];
	const char *containers = getenv("DDC_BENCH_CONTAINERS");
	snprintf(socket_path, sizeof socket_path, "/tmp/ddc-load-%d.sock", (int)getpid());
	engine_listen(socket_path, containers ? (unsigned)atoi(containers) : 50);
	snprintf(api, sizeof api, "http://127.0.0.1:%u/api/v10", discord_listen());
	snprintf(host, sizeof host, "unix://%s", socket_path);
	snprintf(port, sizeof port, "%u", web_port = free_port());
	setenv("DDC_WEB_BIND", "127.0.0.1", 1);
	setenv("DDC_WEB_PORT", port, 1);
	setenv("DDC_DISCORD_API", api, 1);
	setenv("DOCKER_HOST", host, 1);
}

/* Until ddc has asked for nothing for a while. */
static void settle(void)
{
	uint64_t give_up = now_us() + 4 * PATIENCE_US;
	while (now_us() < give_up) {
		wire_turn(now_us() + SECOND_US / 10, -1);
		if (discord_is_ready() && now_us() > discord_seen.last_request_us + QUIET_US)
			return;
	}
	errno = ETIMEDOUT;
	die("ddc does not come to rest");
}

/* ---- printing ---- */

static void print_samples(const char *name, const uint64_t *us, unsigned count, const char *behind)
{
	printf("\"%s\":[", name);
	for (unsigned i = 0; i < count; i++)
		printf("%s%.3f", i ? "," : "", (double)us[i] / 1000);
	printf("]%s", behind);
}

/* Nanoseconds that ddc has been on a CPU. */
static uint64_t cpu_ns(pid_t pid)
{
	char path[64], text[128] = "";
	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	FILE *f = fopen(path, "re");
	if (!f || !fgets(text, sizeof text, f))
		die(path);
	fclose(f);
	return strtoull(text, NULL, 10);
}

/* ---- start ---- */

static int try_health(uint16_t port)
{
	static const char ask[] = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	if (connect(fd, (const struct sockaddr *)&a, sizeof a) == 0 && send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) > 0)
		return fd;
	close(fd);
	return -1;
}

static void one_start(const char *binary, uint16_t port, uint64_t *ret_health, uint64_t *ret_identify)
{
	char some[64];
	int fd = -1;
	uint64_t began = now_us(), give_up = began + PATIENCE_US, health = 0;
	start_ddc(binary);
	while (!health || !discord_seen.identify_us) {
		if (now_us() > give_up)
			die("no answer, or no IDENTIFY");
		if (!health && fd < 0)
			fd = try_health(port);
		bool came = wire_turn(fd < 0 && !health ? now_us() + RETRY_US : give_up, health ? -1 : fd);
		if (!came || fd < 0 || health)
			continue;
		ssize_t n = recv(fd, some, sizeof some, MSG_DONTWAIT);
		if (n > 0)
			health = wire_came_us();
		else if (n == 0 || errno != EAGAIN) {
			close(fd);
			fd = -1;
		}
	}
	*ret_health = health - began;
	*ret_identify = discord_seen.identify_us - began;
	close(fd);
	end_ddc();
}

static int run_start(const char *binary, const char *number)
{
	static uint64_t health[SAMPLES_MAX], identify[SAMPLES_MAX];
	unsigned runs = (unsigned)atoi(number);
	for (unsigned i = 0; i < runs; i++)
		one_start(binary, web_port, &health[i], &identify[i]);
	printf("{");
	print_samples("health", health, runs, ",");
	print_samples("identify", identify, runs, "}\n");
	return 0;
}

/* ---- interactions ---- */

static uint64_t one_interaction(unsigned number)
{
	unsigned before = discord_seen.callbacks;
	uint64_t sent = now_us(), give_up = sent + 3 * SECOND_US;
	discord_run_command("help", number);
	while (discord_seen.callbacks == before)
		if (!wire_turn(give_up, -1))
			die("an interaction was not answered");
	uint64_t took = discord_seen.callback_us - sent, next = now_us() + APART_US;
	while (now_us() < next)
		wire_turn(next, -1);
	return took;
}

static int run_latency(const char *binary, const char *number)
{
	static uint64_t took[SAMPLES_MAX];
	unsigned count = (unsigned)atoi(number);
	start_ddc(binary);
	settle();
	for (unsigned i = 0; i < WARM_UP; i++)
		one_interaction(i);
	uint64_t cpu = cpu_ns(ddc);
	for (unsigned i = 0; i < count; i++)
		took[i] = one_interaction(WARM_UP + i);
	cpu = cpu_ns(ddc) - cpu;
	end_ddc();
	printf("{\"cpu_ms\":%.4f,", (double)cpu / count / 1e6);
	print_samples("took", took, count, "}\n");
	return 0;
}

/* ---- events ---- */

static int run_event(const char *binary, const char *number)
{
	static uint64_t took[SAMPLES_MAX];
	unsigned count = (unsigned)atoi(number);
	start_ddc(binary);
	settle();
	for (unsigned i = 0; i < count; i++) {
		unsigned before = discord_seen.edits;
		uint64_t sent = engine_toggle(i % 10), give_up = sent + PATIENCE_US;
		while (discord_seen.edits == before)
			if (!wire_turn(give_up, -1))
				die("a panel did not follow");
		took[i] = discord_seen.edit_us - sent;
		for (uint64_t next = now_us() + EVENTS_APART_US; now_us() < next;)
			wire_turn(next, -1);
	}
	end_ddc();
	printf("{");
	print_samples("took", took, count, "}\n");
	return 0;
}

/* ---- size ---- */

static unsigned long status_kib(const char *field)
{
	char path[64], line[128];
	unsigned long kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)ddc);
	FILE *f = fopen(path, "re");
	if (!f)
		die(path);
	while (fgets(line, sizeof line, f))
		if (strncmp(line, field, strlen(field)) == 0)
			kib = strtoul(line + strlen(field), NULL, 10);
	fclose(f);
	return kib;
}

static int run_size(const char *binary, const char *number)
{
	start_ddc(binary);
	settle();
	for (uint64_t until = now_us() + (uint64_t)atoi(number) * SECOND_US; now_us() < until;)
		wire_turn(until, -1);
	printf("{\"rss\":%lu,\"anon\":%lu}\n", status_kib("VmRSS:"), status_kib("RssAnon:"));
	end_ddc();
	return 0;
}

/* ---- the web side, ddc's or another's ---- */

/* Of all threads, in ticks of 10 ms: enough for seconds of work. */
static unsigned long cpu_ms_of_all(int pid)
{
	char path[64], text[512] = "";
	unsigned long user = 0, system = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *f = fopen(path, "re");
	if (!f || !fgets(text, sizeof text, f))
		die(path);
	fclose(f);
	const char *behind_name = strrchr(text, ')');
	if (!behind_name ||
		sscanf(behind_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		die(path);
	return (user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK);
}

static int visit(int port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&a, sizeof a) < 0)
		die("connect");
	return fd;
}

static bool ask_page(int fd)
{
	static const char ask[] = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
	return send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) == sizeof ask - 1;
}

/* The whole answer; false: the server has closed the connection. */
static bool take_page(int fd)
{
	char got[8192];
	size_t have = 0;
	for (;;) {
		ssize_t n = recv(fd, got + have, sizeof got - 1 - have, 0);
		if (n <= 0)
			return false;
		have += (size_t)n;
		got[have] = '\0';
		const char *end = strstr(got, "\r\n\r\n"), *length = strcasestr(got, "\nContent-Length:");
		if (end && length && have >= (size_t)(end + 4 - got) + strtoul(length + 16, NULL, 10))
			return true;
	}
}

/* Several at once: with one alone the server sleeps after each answer, and on an idle machine most of what is counted as its time
 * would be the kernel's way into that sleep and out of it. */
static unsigned long ask_round(const int fds[WEB_VISITORS], unsigned long *lost)
{
	unsigned long done = 0;
	bool asked[WEB_VISITORS];
	for (unsigned v = 0; v < WEB_VISITORS; v++)
		asked[v] = ask_page(fds[v]);
	for (unsigned v = 0; v < WEB_VISITORS; v++) {
		bool taken = asked[v] && take_page(fds[v]);
		done += taken;
		*lost += !taken;
	}
	return done;
}

static int run_web(const char *who, const char *number)
{
	int port = 0, pid = 0, fds[WEB_VISITORS];
	unsigned long wanted = strtoul(number, NULL, 10), done = 0, lost = 0;
	if (sscanf(who, "%d:%d", &port, &pid) != 2)
		die("PORT:PID");
	unsigned long before = cpu_ms_of_all(pid);
	while (done < wanted && lost < wanted) {
		unsigned long lost_before = lost;
		for (unsigned v = 0; v < WEB_VISITORS; v++)
			fds[v] = visit(port);
		for (unsigned i = 0; i < WEB_ROUNDS_PER_CONNECTION && done < wanted && lost == lost_before; i++)
			done += ask_round(fds, &lost);
		for (unsigned v = 0; v < WEB_VISITORS; v++)
			close(fds[v]);
	}
	printf("{\"requests\":%lu,\"cpu_ms\":%lu}\n", done, cpu_ms_of_all(pid) - before);
	return 0;
}

/* So that other work on the machine waits for what is measured and not the other way round, where that is allowed. */
static void go_first(void)
{
	if (setpriority(PRIO_PROCESS, 0, -20) < 0)
		fprintf(stderr, "load: without priority: the figures hold what else the machine does\n");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const char *binary, const char *number);
	} modes[] = {{"start", run_start}, {"latency", run_latency}, {"event", run_event}, {"size", run_size},
		{"web", run_web}};
	if (argc == 4) {
		go_first();
		prepare();
		for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
			if (strcmp(argv[1], modes[i].name) == 0) {
				int status = modes[i].run(argv[2], argv[3]);
				unlink(socket_path);
				return status;
			}
	}
	fprintf(stderr, "usage: see the first lines of tests/bench/load/main.c\n");
	return 2;
}
