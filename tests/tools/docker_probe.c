/*
 * docker_probe: the Docker client by itself, driven by hand or by a test. It writes one JSON object a line
 *for everything the client tells, and reads one command a line:
 *
 *	list | find NAME | act ACTION NAME [TIMEOUT_S] | refresh NAME | usage NAME | watch MS | stats | memory
 *| quit logs NAME TAIL [follow] [timestamps] | stop-logs
 */
#include "base/json_writer.h"
#include "base/log.h"
#include "base/mem.h"
#include "docker/docker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct probe {
	struct loop *loop;
	struct docker *docker;
	struct buf input;
	ticket logs;
};

static struct probe probe;
static const char *const link_names[] = {
	[DOCKER_CONNECTING] = "connecting", [DOCKER_UP] = "up", [DOCKER_DOWN] = "down"};
static const char *const event_names[] = {[CONTAINER_APPEARED] = "appeared",
	[CONTAINER_CHANGED] = "changed",
	[CONTAINER_DIED] = "died",
	[CONTAINER_OOM] = "oom",
	[CONTAINER_HEALTH_CHANGED] = "health",
	[CONTAINER_RENAMED] = "renamed",
	[CONTAINER_GONE] = "gone",
	[CONTAINER_USAGE] = "usage",
	[CONTAINER_DESCRIBED] = "changed"};

/* ---- writing ---- */

static struct buf out;

static struct json_writer begin(const char *type)
{
	buf_init(&out, MEM_TEST, 65536);
	struct json_writer w = json_writer_on(&out);
	json_begin_object(&w, NULL);
	json_text(&w, "type", type);
	return w;
}

static void end(struct json_writer *w)
{
	json_end_object(w);
	printf("%s\n", buf_text(&out));
	buf_clear(&out);
}

static void write_err(struct json_writer *w, const struct err *err)
{
	if (err && err->code) {
		json_text(w, "code", err_code_name(err->code));
		json_text(w, "error", err->text);
	}
}

static void write_container(struct json_writer *w, const char *key, const struct container *c)
{
	json_begin_object(w, key);
	json_text(w, "name", c->name);
	json_text(w, "id", c->id);
	json_text(w, "image", c->image);
	json_text(w, "project", c->project);
	json_text(w, "state", container_state_name(c->state));
	json_text(w, "health", container_health_name(c->health));
	json_bool(w, "oomKilled", c->oom_killed);
	json_bool(w, "self", c->is_self);
	json_bool(w, "stale", c->stale);
	json_int(w, "exitCode", c->exit_code);
	json_int(w, "restarts", c->restart_count);
	json_int(w, "startedAt", c->started_at_s);
	json_int(w, "finishedAt", c->finished_at_s);
	if (c->cpu_known)
		json_int(w, "cpuPermille", c->cpu_permille);
	if (c->memory_known)
		json_int(w, "memory", (int64_t)c->memory_bytes);
	json_int(w, "memoryLimit", (int64_t)c->memory_limit_bytes);
	json_end_object(w);
}

/* ---- what the client tells ---- */

static void on_link(enum docker_link link, const struct err *why, void *arg)
{
	struct json_writer w = begin("link");
	json_text(&w, "link", link_names[link]);
	json_text(&w, "api", docker_api_version(probe.docker));
	json_text(&w, "engine", docker_engine_version(probe.docker));
	write_err(&w, why);
	end(&w);
}

static void on_container(const struct container *c, enum container_event event, void *arg)
{
	struct json_writer w = begin("container");
	json_text(&w, "event", event_names[event]);
	write_container(&w, "container", c);
	end(&w);
}

static void on_resync(void *arg)
{
	struct json_writer w = begin("resync");
	json_int(&w, "count", docker_container_count(probe.docker));
	json_int(&w, "beyond", docker_containers_beyond_max(probe.docker));
	end(&w);
}

static void on_beyond(const struct docker_beyond *b, void *arg)
{
	struct json_writer w = begin("beyond");
	json_int(&w, "count", b->count);
	json_int(&w, "wanted", b->wanted);
	json_begin_array(&w, "names");
	for (unsigned i = 0; i < DOCKER_BEYOND_NAMES && b->names[i]; i++)
		json_text(&w, NULL, b->names[i]);
	json_end_array(&w);
	end(&w);
}

/* One of those in PROBE_WANTED, with blanks between. */
static bool is_wanted(struct str name, void *arg)
{
	struct str rest = str_of(getenv("PROBE_WANTED"));
	while (rest.n)
		if (str_eq(str_split(rest, ' ', &rest), name))
			return true;
	return false;
}

static void on_done(const struct err *err, void *arg)
{
	char *what = arg;
	struct json_writer w = begin("done");
	json_text(&w, "what", what);
	json_bool(&w, "ok", !err);
	write_err(&w, err);
	end(&w);
	mem_free(what);
}

static void on_line(enum docker_log_stream stream, struct str line, bool cut, void *arg)
{
	struct json_writer w = begin("line");
	json_text(&w, "stream", stream == DOCKER_STDERR ? "stderr" : "stdout");
	json_string(&w, "text", line);
	json_bool(&w, "cut", cut);
	end(&w);
}

static void on_logs_end(const struct err *err, void *arg)
{
	struct json_writer w = begin("logs-end");
	json_bool(&w, "ok", !err);
	write_err(&w, err);
	end(&w);
	probe.logs = TICKET_NONE;
}

/* ---- commands ---- */

static void do_list(void)
{
	struct json_writer w = begin("list");
	json_text(&w, "link", link_names[docker_link_of(probe.docker)]);
	write_err(&w, docker_link_error(probe.docker));
	json_int(&w, "downSince", docker_down_since_s(probe.docker));
	json_int(&w, "beyond", docker_containers_beyond_max(probe.docker));
	json_begin_array(&w, "containers");
	for (unsigned i = 0; i < docker_container_count(probe.docker); i++)
		write_container(&w, NULL, docker_container_at(probe.docker, i));
	json_end_array(&w);
	end(&w);
}

static void do_find(struct str name)
{
	const struct container *c = docker_find(probe.docker, name);
	struct json_writer w = begin("find");
	json_text(&w, "state", container_state_name(docker_state_of(probe.docker, name)));
	if (c)
		write_container(&w, "container", c);
	end(&w);
}

static void do_stats(void)
{
	struct docker_stats s = docker_stats_of(probe.docker);
	struct json_writer w = begin("stats");
	json_int(&w, "requests", (int64_t)s.requests);
	json_int(&w, "failures", (int64_t)s.failures);
	json_int(&w, "reconnects", (int64_t)s.reconnects);
	json_int(&w, "events", (int64_t)s.events);
	json_int(&w, "resyncs", (int64_t)s.resyncs);
	json_int(&w, "latencyMs", s.last_latency_ms);
	json_int(&w, "wakeups", (int64_t)loop_stats_of(probe.loop).wakeups);
	end(&w);
}

static void do_memory(void)
{
	struct json_writer w = begin("memory");
	for (int i = 0; i < MEM_OWNER_COUNT; i++)
		json_int(&w, mem_owner_name((enum mem_owner)i), (int64_t)mem_use_of((enum mem_owner)i).bytes);
	end(&w);
}

static void do_logs(struct str name, struct str rest, struct err *err)
{
	static const struct docker_log_handler handler = {.on_line = on_line, .on_end = on_logs_end};
	struct docker_log_options o = {0};
	uint64_t tail = 0;
	struct str count = str_split(rest, ' ', &rest);
	str_to_u64(count, &tail);
	o.tail = (unsigned)tail;
	o.follow = str_contains_nocase(rest, STR("follow"));
	o.timestamps = str_contains_nocase(rest, STR("timestamps"));
	probe.logs = docker_logs(probe.docker, name, &o, &handler, NULL, err);
}

static ticket do_asking(struct str verb, struct str name, struct str rest, char *what, struct err *err)
{
	enum docker_action action;
	int64_t timeout_s = -1;
	if (str_is(verb, "refresh"))
		return docker_refresh(probe.docker, name, on_done, what, err);
	if (str_is(verb, "usage"))
		return docker_read_usage(probe.docker, name, on_done, what, err);
	if (!docker_action_parse(name, &action)) {
		err_set(err, ERR_INPUT, "unknown action");
		return TICKET_NONE;
	}
	name = str_split(rest, ' ', &rest);
	str_to_int(rest, 0, 1000, &timeout_s);
	return docker_act(probe.docker, name, action, (int)timeout_s, on_done, what, err);
}

static void do_command(struct str line)
{
	struct str rest, verb = str_split(line, ' ', &rest), name = str_split(rest, ' ', &rest);
	struct err err = {0};
	uint64_t ms = 0;
	if (str_is(verb, "list")) {
		do_list();
	} else if (str_is(verb, "find")) {
		do_find(name);
	} else if (str_is(verb, "stats")) {
		do_stats();
	} else if (str_is(verb, "memory")) {
		do_memory();
	} else if (str_is(verb, "watch") && str_to_u64(name, &ms)) {
		docker_watch_usage(probe.docker, (unsigned)ms);
	} else if (str_is(verb, "logs")) {
		do_logs(name, rest, &err);
	} else if (str_is(verb, "stop-logs")) {
		docker_logs_stop(probe.docker, probe.logs);
	} else if (str_is(verb, "quit")) {
		loop_stop(probe.loop);
	} else if (str_is(verb, "act") || str_is(verb, "refresh") || str_is(verb, "usage")) {
		char *what = mem_strndup(MEM_TEST, line.p, line.n);
		if (!do_asking(verb, name, rest, what, &err))
			on_done(&err, what);
		return;
	}
	if (err.code)
		on_logs_end(&err, NULL);
}

static void on_input(int fd, unsigned events, void *arg)
{
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof bytes);
	if (n <= 0) {
		loop_stop(probe.loop);
		return;
	}
	buf_add(&probe.input, bytes, (size_t)n);
	const char *at;
	while ((at = memchr(buf_text(&probe.input), '\n', probe.input.length))) {
		size_t length = (size_t)(at - buf_text(&probe.input));
		char line[512];
		str_copy(line, sizeof line, (struct str){buf_text(&probe.input), length});
		buf_consume(&probe.input, length + 1);
		do_command(str_of(line));
	}
}

int main(void)
{
	struct err err = {0};
	const char *max = getenv("PROBE_CONTAINERS_MAX"), *timeout = getenv("PROBE_ACTION_TIMEOUT_MS");
	struct docker_options o = {
		.host = getenv("DOCKER_HOST"),
		.cert_path = getenv("DOCKER_CERT_PATH"),
		.tls_verify = getenv("DOCKER_TLS_VERIFY") != NULL,
		.containers_max = max ? (unsigned)atoi(max) : 0,
		.action_timeout_ms = timeout ? (unsigned)atoi(timeout) : 0,
		.is_wanted = getenv("PROBE_WANTED") ? is_wanted : NULL,
	};
	static const struct docker_listener listener = {
		.on_link = on_link, .on_container = on_container, .on_resync = on_resync, .on_beyond = on_beyond};
	setvbuf(stdout, NULL, _IOLBF, 0);
	log_set_level(LOG_ERROR);
	buf_init(&probe.input, MEM_TEST, 65536);
	probe.loop = loop_new();
	struct net *net = net_new(probe.loop, NULL, &err);
	probe.docker = net ? docker_new(probe.loop, net, &o, &listener, NULL, &err) : NULL;
	if (!probe.docker) {
		fprintf(stderr, "docker_probe: %s\n", err.text);
		return 1;
	}
	struct watch *input = watch_new(probe.loop, STDIN_FILENO, LOOP_READ, on_input, NULL);
	loop_run(probe.loop);
	watch_free(input);
	docker_free(probe.docker);
	net_free(net);
	loop_free(probe.loop);
	buf_clear(&probe.input);
	return 0;
}
