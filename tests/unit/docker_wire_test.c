/* Answers recorded from Docker 20.10.24 (shortened where nothing is read), and what others send instead. */
#include "test.h"

#include "docker/wire.h"

#include <stdio.h>
#include <string.h>

#define ID_OOM	"dc6dbecffa84a47b2eb5ed76a784437b4e9009905615074cd81c419d24420ef7"
#define ID_SICK "825504a05bbf13aeda0ed258390eb68f21388b573068aeb9989618e6caf6fe3f"

static struct wire_item items[8];
static unsigned item_count;

static void on_item(const struct wire_item *item, void *arg)
{
	assert_true(item_count < 8);
	items[item_count++] = *item;
}

static bool read_list(const char *text, size_t piece, struct err *err)
{
	struct wire_list l;
	bool good = true;
	size_t n = strlen(text);
	item_count = 0;
	wire_list_init(&l, on_item, NULL);
	for (size_t at = 0; good && at < n; at += piece)
		good = docker_wire_feed(&l.wire, (struct str){text + at, n - at < piece ? n - at : piece}, err);
	good = good && docker_wire_finish(&l.wire, err);
	docker_wire_clear(&l.wire);
	return good;
}

static const char list_20_10[] =
	"[{\"Id\":\"" ID_OOM
	"\",\"Names\":[\"/oom\"],\"Image\":\"ddc-busybox\",\"ImageID\":\"sha256:f6b9\",\"Command\":\"sh -c "
	"'dd if=/dev/zero of=/dev/null bs=64M "
	"count=1'\",\"Created\":1795373248,\"Ports\":[],\"Labels\":{},\"State\":\"exited\","
	"\"Status\":\"Exited (137) 2 seconds "
	"ago\",\"HostConfig\":{\"NetworkMode\":\"default\"},\"NetworkSettings\":{\"Networks\":"
	"{\"bridge\":{\"IPAMConfig\":null,\"Links\":null,\"Gateway\":\"\"}}},\"Mounts\":[]},{\"Id\":"
	"\"" ID_SICK "\",\"Names\":[\"/shop/db\",\"/"
	"sick\"],\"Image\":\"ddc-busybox\",\"Labels\":{\"com.docker.compose.project\":\"shop\","
	"\"com\":{\"docker\":1}},\"State\":\"running\",\"Status\":\"Up 3 minutes "
	"(unhealthy)\",\"Mounts\":[]}]\n";

static void test_list(void **state)
{
	for (size_t piece = 1; piece < sizeof list_20_10; piece += 7) {
		assert_true(read_list(list_20_10, piece, NULL));
		assert_int_equal(item_count, 2);
		assert_string_equal(items[0].c.id, ID_OOM);
		assert_string_equal(items[0].c.name, "oom");
		assert_int_equal(items[0].c.state, CONTAINER_EXITED);
		assert_int_equal(items[0].c.exit_code, 137);
		assert_true(items[0].exit_known);
		assert_string_equal(items[1].c.name, "sick"); /* not what a link calls it */
		assert_string_equal(items[1].c.project, "shop");
		assert_int_equal(items[1].c.health, HEALTH_UNHEALTHY);
		assert_false(items[1].exit_known);
	}
	assert_true(read_list("[]\n", 3, NULL));
	assert_int_equal(item_count, 0);
}

static void test_list_drops_what_cannot_be_used(void **state)
{
	assert_true(read_list("[{},{\"Id\":\"../../x\",\"Names\":[\"/a\"]},{\"Id\":\"a\",\"Names\":null},{\"Id\":5},"
			      "{\"Id\":\"b\",\"Names\":[\"/tab\\there\"],\"State\":\"new word\"}]",
		9, NULL));
	assert_int_equal(item_count, 1);
	assert_string_equal(items[0].c.name, "tab here");
	assert_int_equal(items[0].c.state, CONTAINER_UNKNOWN); /* never "exited" for a word we do not know */
}

static void test_what_is_no_list(void **state)
{
	struct err err = {0};
	assert_false(read_list("<html><body>502 Bad Gateway</body></html>", 5, &err));
	assert_int_equal(err.code, ERR_PROTOCOL);
	assert_non_null(strstr(err.text, "list of containers"));
	assert_false(read_list("{\"message\":\"x\"}", 5, &err));
	assert_false(read_list("[{\"Id\":\"a\",\"Names\":[\"/a\"]},{\"Id\"", 5, &err));
	assert_non_null(strstr(err.text, "ended in the middle"));
	assert_false(read_list("", 1, &err));
}

static bool read_inspect(const char *text, struct wire_details *ret, struct err *err)
{
	struct wire_inspect i;
	wire_inspect_init(&i);
	bool good = docker_wire_feed(&i.wire, str_of(text), err) && docker_wire_finish(&i.wire, err);
	*ret = i.now;
	docker_wire_clear(&i.wire);
	return good;
}

static void test_inspect(void **state)
{
	struct wire_details d;
	assert_true(
		read_inspect("{\"Id\":\"" ID_OOM
			     "\",\"Created\":\"2026-11-22T18:47:28.104932066Z\",\"Path\":\"sh\",\"State\":{\"Status\":"
			     "\"exited\",\"Running\":false,\"Paused\":false,\"Restarting\":false,\"OOMKilled\":true,"
			     "\"Dead\":false,\"Pid\":0,"
			     "\"ExitCode\":137,\"Error\":\"\",\"StartedAt\":\"2026-11-22T18:47:28.535898843Z\","
			     "\"FinishedAt\":"
			     "\"2026-11-22T18:47:29.55148547Z\"},\"Name\":\"/"
			     "oom\",\"RestartCount\":3,\"HostConfig\":{\"Memory\":6291456,"
			     "\"Dns\":[]},\"Config\":{\"Tty\":true,\"StopTimeout\":25}}",
			&d, NULL));
	assert_true(d.valid);
	assert_string_equal(d.name, "oom");
	assert_int_equal(d.state, CONTAINER_EXITED);
	assert_true(d.oom_killed);
	assert_int_equal(d.exit_code, 137);
	assert_int_equal(d.restart_count, 3);
	assert_int_equal(d.started_at_s, 1795373248);
	assert_int_equal(d.finished_at_s, 1795373249);
	assert_int_equal(d.memory_limit_bytes, 6291456);
	assert_true(d.tty);
	assert_int_equal(d.stop_timeout_s, 25);
	assert_true(
		read_inspect("{\"State\":{\"Status\":\"running\",\"StartedAt\":\"2026-11-22T18:47:28Z\",\"FinishedAt\":"
			     "\"0001-01-01T00:00:00Z\",\"Health\":{\"Status\":\"starting\"}}}",
			&d, NULL));
	assert_int_equal(d.finished_at_s, 0);
	assert_int_equal(d.health, HEALTH_STARTING);
	assert_int_equal(d.stop_timeout_s, -1);
	assert_true(read_inspect("{}", &d, NULL));
	assert_false(d.valid);
	assert_false(read_inspect("[]", &d, NULL));
}

static struct wire_event events[8];
static unsigned event_count, stop_at;

static bool on_event(const struct wire_event *ev, void *arg)
{
	assert_true(event_count < 8);
	events[event_count++] = *ev;
	return event_count != stop_at;
}

static bool read_events(const char *text, size_t piece, struct err *err)
{
	struct wire_events e;
	bool good = true;
	size_t n = strlen(text);
	event_count = 0;
	wire_events_init(&e, on_event, NULL);
	for (size_t at = 0; good && at < n; at += piece)
		good = wire_events_feed(&e, (struct str){text + at, n - at < piece ? n - at : piece}, err);
	docker_wire_clear(&e.wire);
	return good;
}

#define EVENT(action, attributes)                                                                                      \
	"{\"status\":\"" action "\",\"id\":\"" ID_OOM                                                                  \
	"\",\"from\":\"ddc-busybox\",\"Type\":\"container\",\"Action\":\"" action "\",\"Actor\":{\"ID\":\"" ID_OOM     \
	"\",\"Attributes\":{" attributes                                                                               \
	"\"image\":\"ddc-busybox\",\"name\":\"oom\"}},\"scope\":\"local\",\"time\":1795373252,\"timeNano\":"           \
	"1795373252930117715}\n"

static void test_events(void **state)
{
	static const char text[] =
		EVENT("oom", "") EVENT("die", "\"exitCode\":\"137\",") EVENT("health_status: unhealthy", "")
			EVENT("rename", "\"oldName\":\"/old\",\"com.docker.compose.project\":\"shop\",")
				EVENT("exec_start: /bin/sh -c die", "");
	for (size_t piece = 1; piece < sizeof text; piece += 13) {
		assert_true(read_events(text, piece, NULL));
		assert_int_equal(event_count, 5);
		assert_int_equal(events[0].action, WIRE_OOM);
		assert_string_equal(events[0].id, ID_OOM);
		assert_int_equal(events[0].time_s, 1795373252);
		assert_true(events[0].time_ns == INT64_C(1795373252930117715));
		assert_int_equal(events[1].action, WIRE_DIE);
		assert_true(events[1].exit_known);
		assert_int_equal(events[1].exit_code, 137);
		assert_int_equal(events[2].action, WIRE_HEALTH);
		assert_int_equal(events[2].health, HEALTH_UNHEALTHY);
		assert_false(events[2].exit_known); /* nothing is left of the one before */
		assert_int_equal(events[3].action, WIRE_RENAME);
		assert_string_equal(events[3].project, "shop");
		assert_int_equal(events[4].action, WIRE_OTHER);
	}
}

static void test_event_stream_faults(void **state)
{
	struct err err = {0};
	assert_false(read_events("<html>", 6, &err));
	assert_int_equal(err.code, ERR_PROTOCOL);
	assert_true(read_events("{\"Action\":\"die\"", 100, &err)); /* half an event is not one */
	assert_int_equal(event_count, 0);
	err.code = ERR_NONE;
	stop_at = 1;
	assert_false(read_events(EVENT("oom", "") EVENT("oom", ""), 4096, &err));
	stop_at = 0;
	assert_int_equal(err.code, ERR_NONE);
	assert_int_equal(event_count, 1);
}

static bool read_stats(const char *text, struct stats_reading *ret)
{
	struct wire_stats s;
	wire_stats_init(&s);
	bool good = docker_wire_feed(&s.wire, str_of(text), NULL) && docker_wire_finish(&s.wire, NULL);
	*ret = s.now;
	docker_wire_clear(&s.wire);
	return good;
}

static void test_stats(void **state)
{
	struct stats_reading r;
	assert_true(read_stats("{\"read\":\"2026-11-22T18:47:32.140338358Z\",\"preread\":\"0001-01-01T00:00:"
			       "00Z\",\"pids_stats\":{\"current\":1},"
			       "\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":4563018297,\"percpu_usage\":["
			       "1302457460,3260560837]},"
			       "\"system_cpu_usage\":4167780000000,\"online_cpus\":2},\"precpu_stats\":{"
			       "\"cpu_usage\":{\"total_usage\":0}},"
			       "\"memory_stats\":{\"usage\":339968,\"stats\":{\"inactive_file\":1,\"total_"
			       "inactive_file\":4096},\"limit\":25274793984},"
			       "\"name\":\"/busy\"}",
		&r));
	assert_true(r.cpu_known);
	assert_true(r.cpu_total_ns == UINT64_C(4563018297));
	assert_true(r.cpu_system_ns == UINT64_C(4167780000000));
	assert_int_equal(r.online_cpus, 2);
	assert_int_equal(r.percpu_count, 2);
	assert_true(r.memory_known);
	assert_int_equal(stats_memory_bytes(&r), 339968 - 4096);
	/* of one that has ended, and of a kernel without the memory cgroup */
	assert_true(read_stats("{\"read\":\"0001-01-01T00:00:00Z\",\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":0}},"
			       "\"memory_stats\":{}}",
		&r));
	assert_false(r.cpu_known);
	assert_false(r.memory_known);
}

static void read_error(int status, const char *text, struct err *ret)
{
	struct wire_error e;
	wire_error_init(&e);
	wire_error_feed(&e, str_of(text));
	wire_error_finish(&e, status, ret);
	wire_error_clear(&e);
}

static void test_errors_in_the_engines_words(void **state)
{
	struct err err;
	read_error(404, "{\"message\":\"No such container: nope\"}\n", &err);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_string_equal(err.text, "No such container: nope");
	read_error(409, "{\"message\":\"two\\nlines\"}", &err);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_string_equal(err.text, "two lines");
	read_error(400, "client version 1.1 is too old. Minimum supported API version is 1.12\n", &err);
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(err.text, "client version 1.1 is too old. Minimum supported API version is 1.12");
	read_error(403, "<html><body><h1>403 Forbidden</h1>", &err);
	assert_int_equal(err.code, ERR_FORBIDDEN);
	assert_non_null(strstr(err.text, "403"));
	assert_null(strchr(err.text, '<'));
	read_error(500, "", &err);
	assert_int_equal(err.code, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "500"));
	read_error(503, "{\"message\":", &err);
	assert_int_equal(err.code, ERR_UNREACHABLE);
	assert_non_null(strstr(err.text, "503"));
}

static void test_long_errors_are_cut(void **state)
{
	static char text[3000];
	struct err err;
	strcpy(text, "{\"message\":\"");
	for (size_t i = strlen(text); i < 2000; i += 2)
		memcpy(text + i, "\xc3\xbc", 3);
	strcat(text, "\"}");
	read_error(500, text, &err);
	assert_true(strlen(err.text) > 180 && strlen(err.text) < ERR_TEXT_BYTES);
	assert_true(utf8_valid(str_of(err.text)));
}

static void test_version_answer(void **state)
{
	struct wire_version v;
	wire_version_init(&v);
	assert_true(docker_wire_feed(&v.wire,
		STR("{\"Platform\":{\"Name\":\"\"},\"Components\":[{\"Name\":\"Engine\",\"Version\":\"x\","
		    "\"Details\":{\"ApiVersion\":"
		    "\"9.9\"}}],\"Version\":\"20.10.24+dfsg1\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1."
		    "12\"}"),
		NULL));
	assert_true(docker_wire_finish(&v.wire, NULL));
	assert_string_equal(v.engine, "20.10.24+dfsg1");
	assert_int_equal(v.api_max, 1041);
	assert_int_equal(v.api_min, 1012);
	docker_wire_clear(&v.wire);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_drops_what_cannot_be_used),
		cmocka_unit_test(test_what_is_no_list),
		cmocka_unit_test(test_inspect),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_event_stream_faults),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_errors_in_the_engines_words),
		cmocka_unit_test(test_long_errors_are_cut),
		cmocka_unit_test(test_version_answer),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
