/* The link to an engine that answers late, twice, never or with nonsense. The test plays the engine: docker/call.c is left out, and what
 * is asked stands in a table until it is answered. */
#include "test.h"

#include "base/clock.h"
#include "docker/docker_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CALLS_MAX = 64 };

struct call {
	const struct call_handler *handler;
	void *arg;
	char path[512];
	bool open;
};

static struct call calls[CALLS_MAX];
static unsigned asked_count; /* since the beginning; the newest is calls[asked_count - 1] */

static struct loop *loop;
static struct net *net;
static struct docker *d;
static uint64_t now_ms;
static int64_t wall_ahead_ms; /* of that */
static unsigned gone, down, resyncs;

/* ---- in the place of docker/call.c ---- */

struct call *call_start(
	struct docker *engine, const struct call_request *r, const struct call_handler *h, void *arg, struct err *err)
{
	assert_in_range(asked_count, 0, CALLS_MAX - 1);
	struct call *c = &calls[asked_count++];
	*c = (struct call){.handler = h, .arg = arg, .open = true};
	snprintf(c->path, sizeof c->path, "%s", r->path);
	return c;
}

void call_cancel(struct call *c)
{
	if (c)
		c->open = false;
}

struct str call_header(struct call *c, const char *name)
{
	return strcmp(name, "server") == 0 ? STR("Docker/24.0.0 (linux)") : STR("1.43");
}

/* ---- the engine's part ---- */

static unsigned count_open(const char *path)
{
	unsigned n = 0;
	for (unsigned i = 0; i < asked_count; i++)
		n += calls[i].open && strstr(calls[i].path, path);
	return n;
}

static unsigned count_asked(const char *path)
{
	unsigned n = 0;
	for (unsigned i = 0; i < asked_count; i++)
		n += strstr(calls[i].path, path) != NULL;
	return n;
}

/* The oldest one that waits for an answer. */
static struct call *find_open(const char *path)
{
	for (unsigned i = 0; i < asked_count; i++)
		if (calls[i].open && strstr(calls[i].path, path))
			return &calls[i];
	return NULL;
}

static struct call *open_call(const char *path)
{
	struct call *c = find_open(path);
	if (!c)
		fail_msg("nobody asks for %s", path);
	return c;
}

static void head(struct call *c)
{
	if (c->open && c->handler->on_head)
		c->handler->on_head(c, c->arg);
}

static void body(struct call *c, const char *text)
{
	if (c->open && c->handler->on_body)
		c->handler->on_body(str_of(text), c->arg);
}

static void end(struct call *c, enum err_code code, int status, const char *why)
{
	struct err err = {.code = code};
	if (!c->open)
		return;
	c->open = false;
	snprintf(err.text, sizeof err.text, "%s", why ? why : "");
	c->handler->on_end(code ? &err : NULL, status, c->arg);
}

static void answer(const char *path, const char *text)
{
	struct call *c = open_call(path);
	head(c);
	body(c, text);
	end(c, ERR_NONE, 200, NULL);
}

static void refuse(const char *path, enum err_code code, int status, const char *why)
{
	end(open_call(path), code, status, why);
}

#define ID_WEB "1111111111111111111111111111111111111111111111111111111111111111"
#define LIST_WEB                                                                                                       \
	"[{\"Id\":\"" ID_WEB "\",\"Names\":[\"/web\"],\"Image\":\"i\",\"State\":\"running\",\"Status\":\"Up 2 hours\"}]"
#define LIST_NONE "[]"
#define INSPECT	  "/containers/" ID_WEB "/json"
#define LIST	  "/containers/json"

static void pass(uint64_t ms)
{
	now_ms += ms;
	clock_test_set(now_ms, (int64_t)now_ms + wall_ahead_ms);
	loop_turn(loop, 0);
}

static void bring_up(const char *list)
{
	pass(DOCKER_RETRY_MAX_MS);
	answer("/_ping", "OK");
	head(open_call("/events"));
	answer(LIST, list);
	assert_int_equal(docker_link_of(d), DOCKER_UP);
}

static void bring_up_without_events(const char *list)
{
	pass(DOCKER_RETRY_MAX_MS);
	answer("/_ping", "OK");
	refuse("/events", ERR_FORBIDDEN, 403, "no");
	answer(LIST, list);
	assert_int_equal(docker_link_of(d), DOCKER_UP);
	refuse(INSPECT, ERR_FORBIDDEN, 403, "no");
}

static void describe_web(void)
{
	answer(INSPECT,
		"{\"Id\":\"" ID_WEB "\",\"Name\":\"/web\",\"RestartCount\":0,\"State\":{\"Status\":\"running\"},"
		"\"Config\":{},\"HostConfig\":{}}");
}

/* ---- the tests ---- */

static void on_link(enum docker_link link, const struct err *why, void *arg)
{
	down += link == DOCKER_DOWN;
}

static void on_container(const struct container *c, enum container_event event, void *arg)
{
	gone += event == CONTAINER_GONE;
}

static void on_resync(void *arg)
{
	resyncs++;
}

static int set_up(void **state)
{
	static const struct docker_listener listener = {on_link, on_container, on_resync};
	const struct docker_options options = {.host = "unix:///nowhere/ddc.sock"};
	struct err err;
	now_ms = UINT64_C(1700000000000);
	clock_test_set(now_ms, (int64_t)now_ms);
	asked_count = gone = down = resyncs = 0;
	wall_ahead_ms = 0;
	loop = loop_new();
	net = net_new(loop, &(struct net_trust){0}, &err);
	d = docker_new(loop, net, &options, &listener, NULL, &err);
	return d ? 0 : -1;
}

static int tear_down(void **state)
{
	docker_free(d);
	net_free(net);
	loop_free(loop);
	clock_test_set(0, 0);
	return 0;
}

static void a_late_answer_of_the_check_meets_no_other_state(void **state)
{
	bring_up(LIST_NONE);
	pass(DOCKER_CHECK_MS + 1000);
	struct call *ping = open_call("/_ping");
	end(open_call("/events"), ERR_NONE, 200, NULL); /* a proxy ends the long stream in the meantime */
	head(open_call("/events"));
	struct call *list = open_call(LIST);
	end(ping, ERR_NONE, 200, NULL);
	body(list, "[");
	pass(DOCKER_CHECK_MS + 1000); /* the list drips */
	pass(DOCKER_CHECK_MS + 1000);
	body(list, "]");
	end(list, ERR_NONE, 200, NULL);
	assert_int_equal(docker_link_of(d), DOCKER_UP);
	assert_int_equal(down, 0);
	pass(DOCKER_CHECK_MS + 1000); /* and it is looked after as before */
	assert_int_equal(count_open("/_ping"), 1);
}

static void a_late_answer_of_the_check_does_not_delay_the_stream(void **state)
{
	bring_up(LIST_NONE);
	pass(DOCKER_CHECK_MS + 1000);
	struct call *ping = open_call("/_ping");
	end(open_call("/events"), ERR_NONE, 200, NULL);
	end(ping, ERR_NONE, 200, NULL);
	pass(DOCKER_STREAM_HEAD_MS + 100); /* the proxy keeps the stream's head back: go on without it */
	assert_int_equal(count_open(LIST), 1);
}

static void an_engine_that_is_silent_is_down(void **state)
{
	bring_up(LIST_NONE);
	pass(DOCKER_CHECK_MS + 1000);
	refuse("/_ping", ERR_TIMEOUT, 0, "it gave no answer");
	assert_int_equal(docker_link_of(d), DOCKER_DOWN);
	assert_int_equal(down, 1);
}

static void polling_reads_one_list_at_a_time(void **state)
{
	bring_up_without_events(LIST_WEB);
	pass(DOCKER_POLL_MS - 1000);
	listing_again(d); /* an action of ours has ended */
	struct call *list = open_call(LIST);
	body(list, "[{\"Id\":\"" ID_WEB "\",");
	pass(2000); /* the next one would be due */
	listing_again(d);
	assert_int_equal(count_open(LIST), 1);
	body(list, "\"Names\":[\"/web\"],\"Image\":\"i\",\"State\":\"running\",\"Status\":\"Up\"}]");
	end(list, ERR_NONE, 200, NULL);
	answer(LIST, LIST_WEB); /* once more, for what happened meanwhile */
	assert_int_equal(count_open(LIST), 0);
	assert_int_equal(down + gone, 0);
	assert_int_equal(docker_state_of(d, STR("web")), CONTAINER_RUNNING);
	pass(DOCKER_POLL_MS + 1000); /* and the rhythm goes on */
	assert_int_equal(count_open(LIST), 1);
}

static void a_list_under_way_when_events_are_refused_is_the_only_one(void **state)
{
	bring_up(LIST_WEB);
	describe_web();
	listing_again(d);
	refuse("/events", ERR_FORBIDDEN, 403, "no");
	pass(DOCKER_POLL_MS + 1000);
	assert_int_equal(count_open(LIST), 1);
}

static void a_gap_makes_the_list_under_way_useless(void **state)
{
	bring_up(LIST_WEB);
	describe_web();
	pass(DOCKER_SETTLED_MS + 1000);
	listing_again(d);
	body(open_call(LIST), "[{\"Id\":");
	end(open_call("/events"), ERR_NONE, 200, NULL);
	head(open_call("/events"));
	assert_int_equal(count_open(LIST), 1);
	answer(LIST, LIST_NONE);
	assert_int_equal(down, 0);
	assert_int_equal(docker_state_of(d, STR("web")), CONTAINER_MISSING);
}

static void events_of_the_far_future_are_no_place_to_go_on_from(void **state)
{
	char text[512];
	bring_up(LIST_WEB);
	describe_web();
	pass(DOCKER_SETTLED_MS + 1000);
	snprintf(text, sizeof text,
		"{\"Action\":\"pause\",\"Actor\":{\"ID\":\"%s\"},\"time\":1,\"timeNano\":%" PRId64 "}\n", ID_WEB,
		INT64_C(1700000001000000000));
	body(open_call("/events"), text);
	snprintf(text, sizeof text,
		"{\"Action\":\"unpause\",\"Actor\":{\"ID\":\"%s\"},\"time\":%" PRId64 ",\"timeNano\":%" PRId64 "}\n",
		ID_WEB, INT64_MAX, INT64_MAX);
	body(open_call("/events"), text);
	assert_int_equal(docker_state_of(d, STR("web")), CONTAINER_RUNNING);
	end(open_call("/events"), ERR_NONE, 200, NULL);
	assert_non_null(strstr(open_call("/events")->path, "&since=1700000001.000000001"));
	/* an engine that does not take it is asked without it the next time */
	refuse("/events", ERR_INPUT, 400, "invalid value for \"since\"");
	assert_int_equal(docker_link_of(d), DOCKER_DOWN);
	pass(DOCKER_RETRY_MAX_MS);
	answer("/_ping", "OK");
	assert_null(strstr(open_call("/events")->path, "since"));
}

static void a_proxy_that_hides_inspect_behind_404_takes_no_container_away(void **state)
{
	bring_up(LIST_WEB);
	refuse(INSPECT, ERR_NOT_FOUND, 404, "404 page not found");
	assert_int_equal(docker_state_of(d, STR("web")), CONTAINER_RUNNING);
	assert_int_equal(gone, 0);
	assert_true(link_is_refused(d, ENDPOINT_INSPECT));
	assert_int_equal(count_asked(LIST), 1);
}

static void a_proxy_that_hides_the_rest_behind_404_is_one_that_refuses(void **state)
{
	pass(DOCKER_RETRY_MAX_MS);
	answer("/_ping", "OK");
	refuse("/events", ERR_NOT_FOUND, 404, "404 page not found");
	answer(LIST, LIST_WEB);
	describe_web();
	assert_int_equal(docker_link_of(d), DOCKER_UP); /* by lists */
	docker_watch_usage(d, 1000);
	pass(1000);
	refuse("/stats", ERR_NOT_FOUND, 404, "404 page not found");
	pass(DOCKER_POLL_MS);
	assert_int_equal(count_asked("/stats"), 1);
	assert_true(link_is_refused(d, ENDPOINT_STATS));
}

static void who_does_not_know_a_container_that_the_list_names_is_not_believed(void **state)
{
	bring_up(LIST_WEB);
	for (int n = 0; n < 5; n++) {
		if (find_open(INSPECT))
			refuse(INSPECT, ERR_NOT_FOUND, 404, "No such container: " ID_WEB);
		if (find_open(LIST))
			answer(LIST, LIST_WEB);
		pass(1000);
	}
	assert_int_equal(docker_state_of(d, STR("web")), CONTAINER_RUNNING);
	assert_int_equal(gone, 0);
	assert_int_equal(count_asked(LIST), 2); /* and that was all */
	assert_false(link_is_refused(d, ENDPOINT_INSPECT));
}

static void a_container_that_inspect_and_list_do_not_know_is_gone(void **state)
{
	bring_up(LIST_WEB);
	refuse(INSPECT, ERR_NOT_FOUND, 404, "no container with name or ID \"x\" found: no such container");
	answer(LIST, LIST_NONE);
	assert_int_equal(docker_state_of(d, STR("web")), CONTAINER_MISSING);
	assert_int_equal(resyncs, 2); /* so that everybody looks again */
}

/* ---- figures ---- */

static unsigned readings;

static void on_read(const struct err *err, void *arg)
{
	readings += !err;
}

static void read_usage(uint64_t used_ns)
{
	char text[256];
	snprintf(text, sizeof text,
		"{\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":%" PRIu64 "},\"system_cpu_usage\":%" PRIu64
		",\"online_cpus\":2},\"memory_stats\":{\"usage\":1000}}",
		used_ns, used_ns * 10);
	answer("/stats", text);
}

static void a_clock_that_is_set_back_makes_no_old_figure_fresh(void **state)
{
	const struct docker_limits limits = {.figures_fresh_s = 10};
	struct err err;
	bring_up(LIST_WEB);
	describe_web();
	docker_set_limits(d, &limits);
	readings = 0;
	assert_true(docker_read_usage(d, STR("web"), on_read, NULL, &err));
	read_usage(1000);
	pass(DOCKER_STATS_PAIR_MS + 1);
	read_usage(2000);
	assert_int_equal(readings, 1);
	pass(5000);
	assert_true(docker_read_usage(d, STR("web"), on_read, NULL, &err)); /* they are fresh */
	pass(1);
	assert_int_equal(readings, 2);
	assert_int_equal(count_open("/stats"), 0);
	wall_ahead_ms = INT64_C(-3600000);
	pass(20000);
	assert_true(docker_read_usage(d, STR("web"), on_read, NULL, &err));
	pass(1);
	assert_int_equal(count_open("/stats"), 1);
}

static void a_clock_that_is_set_back_makes_no_old_figure_live_longer(void **state)
{
	const struct docker_limits limits = {.figures_ttl_s = 60};
	struct err err;
	bring_up(LIST_WEB);
	describe_web();
	docker_set_limits(d, &limits);
	assert_true(docker_read_usage(d, STR("web"), on_read, NULL, &err));
	read_usage(1000);
	pass(DOCKER_STATS_PAIR_MS + 1);
	read_usage(2000);
	wall_ahead_ms = INT64_C(-3600000);
	pass(50000);
	assert_true(docker_find(d, STR("web"))->memory_known);
	pass(11000);
	assert_false(docker_find(d, STR("web"))->memory_known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_late_answer_of_the_check_meets_no_other_state),
		TEST(a_late_answer_of_the_check_does_not_delay_the_stream),
		TEST(an_engine_that_is_silent_is_down),
		TEST(polling_reads_one_list_at_a_time),
		TEST(a_list_under_way_when_events_are_refused_is_the_only_one),
		TEST(a_gap_makes_the_list_under_way_useless),
		TEST(events_of_the_far_future_are_no_place_to_go_on_from),
		TEST(a_proxy_that_hides_inspect_behind_404_takes_no_container_away),
		TEST(a_proxy_that_hides_the_rest_behind_404_is_one_that_refuses),
		TEST(who_does_not_know_a_container_that_the_list_names_is_not_believed),
		TEST(a_container_that_inspect_and_list_do_not_know_is_gone),
		TEST(a_clock_that_is_set_back_makes_no_old_figure_fresh),
		TEST(a_clock_that_is_set_back_makes_no_old_figure_live_longer),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
