/* The gateway's reading: events, interactions, compression, in every order of keys and every way to be cut. */
#include "test.h"

#include "discord/gateway_inside.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

static struct wire w;

static int begin(void **state)
{
	(void)state;
	wire_init(&w);
	return 0;
}

static int end(void **state)
{
	(void)state;
	wire_clear(&w);
	return 0;
}

/* Feeds text in pieces of step bytes. */
static const struct wire_event *read_in(const char *text, size_t step, const char **problem)
{
	size_t n = strlen(text);
	wire_begin(&w);
	for (size_t i = 0; i < n; i += step)
		wire_feed(&w, text + i, n - i < step ? n - i : step);
	return wire_end(&w, problem);
}

static const struct wire_event *read_whole(const char *text)
{
	const char *problem = NULL;
	const struct wire_event *v = read_in(text, strlen(text), &problem);
	if (!v)
		fail_msg("%s in %s", problem, text);
	return v;
}

static const struct interaction *interaction_of(const char *text)
{
	const char *problem = NULL;
	assert_int_equal(read_whole(text)->name, EVENT_INTERACTION_CREATE);
	const struct interaction *in = wire_interaction(&w, &problem);
	if (!in)
		fail_msg("%s", problem);
	return in;
}

static void is(struct str s, const char *want)
{
	if (!str_is(s, want))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), want);
}

/* ---- events ---- */

static void test_small_messages(void **state)
{
	(void)state;
	const struct wire_event *v =
		read_whole("{\"t\":null,\"s\":null,\"op\":10,\"d\":{\"heartbeat_interval\":41250}}");
	assert_int_equal(v->op, OP_HELLO);
	assert_int_equal(v->heartbeat_interval_ms, 41250);
	assert_false(v->has_seq);
	v = read_whole("{\"op\":9,\"d\":true}");
	assert_true(v->op == OP_INVALID_SESSION && v->d_true);
	v = read_whole("{\"d\":false,\"op\":9}");
	assert_true(v->op == OP_INVALID_SESSION && !v->d_true);
	v = read_whole(
		"{\"op\":0,\"s\":42,\"t\":\"READY\",\"d\":{\"session_id\":\"abc\",\"resume_gateway_url\":\"wss://r\","
		"\"user\":{\"id\":\"1180000000000000001\"},\"application\":{\"id\":\"1180000000000000002\"},"
		"\"guilds\":[{\"id\":\"1180000000000000100\",\"unavailable\":true}]}}");
	assert_true(v->name == EVENT_READY && v->seq == 42);
	assert_string_equal(v->session_id, "abc");
	assert_string_equal(v->resume_url, "wss://r");
	assert_true(v->user_id == UINT64_C(1180000000000000001) && v->application_id == UINT64_C(1180000000000000002));
	assert_true(w.id_count == 1 && !v->unavailable);
	v = read_whole("{\"op\":0,\"s\":43,\"t\":\"TYPING_START\",\"d\":{}}");
	assert_int_equal(v->name, EVENT_UNKNOWN);
}

static void test_what_is_no_message_is_told(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", "{\"op\":\"0\"}", "{\"op\":0", "{\"op\":0}}", "nonsense",
		"{\"op\":-1}", "{\"op\":99999999999999999999}"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *problem = NULL;
		assert_null(read_in(bad[i], 1, &problem));
		assert_non_null(problem);
	}
}

static const uint64_t wanted[] = {UINT64_C(1180000000000000111), UINT64_C(1180000000000000118)};

static void test_only_wanted_channels_come_out_of_a_server(void **state)
{
	static const char *const orders[] = {
		"{\"op\":0,\"s\":2,\"t\":\"GUILD_CREATE\",\"d\":{\"id\":\"1180000000000000100\",\"name\":\"Home\",\"channels\":["
		"{\"id\":\"1180000000000000110\",\"name\":\"no\",\"type\":0},"
		"{\"id\":\"1180000000000000111\",\"name\":\"yes\",\"type\":5,\"last_message_id\":\"1180000000000000900\"}],"
		"\"threads\":[{\"id\":\"1180000000000000118\",\"type\":11,\"name\":\"thread\"}]}}",
		"{\"d\":{\"threads\":[{\"type\":11,\"name\":\"thread\",\"id\":\"1180000000000000118\"}],\"channels\":["
		"{\"last_message_id\":\"1180000000000000900\",\"type\":5,\"name\":\"yes\",\"id\":\"1180000000000000111\"},"
		"{\"name\":\"no\",\"id\":\"1180000000000000110\"}],\"name\":\"Home\",\"id\":\"1180000000000000100\"},"
		"\"t\":\"GUILD_CREATE\",\"s\":2,\"op\":0}"};
	(void)state;
	w.wanted = wanted;
	w.wanted_count = 2;
	for (unsigned i = 0; i < 2; i++) {
		const struct wire_event *v = read_whole(orders[i]);
		assert_true(v->name == EVENT_GUILD_CREATE && v->id == UINT64_C(1180000000000000100));
		assert_string_equal(v->self.name, "Home");
		assert_int_equal(wire_channel_count(&w), 2);
		const struct wire_channel *c = wire_channel_at(&w, i); /* the thread comes first in the second */
		assert_true(c->id == wanted[0] && c->type == 5 && c->last_message_id == UINT64_C(1180000000000000900));
		assert_string_equal(c->name, "yes");
	}
}

static void test_a_large_server_costs_little(void **state)
{
	static char member[] =
		"{\"user\":{\"id\":\"1180000000000000201\",\"username\":\"somebody\"},\"roles\":[\"1\",\"2\"],\"nick\":null},";
	const char *problem = NULL;
	(void)state;
	wire_begin(&w);
	const char *head =
		"{\"t\":\"GUILD_CREATE\",\"s\":2,\"op\":0,\"d\":{\"id\":\"1180000000000000100\",\"members\":[";
	size_t before = mem_use_total().bytes;
	wire_feed(&w, head, strlen(head));
	for (int i = 0; i < 20000; i++)
		assert_true(wire_feed(&w, member, sizeof member - 1));
	wire_feed(&w, "{}],\"name\":\"Big\"}}", 18);
	const struct wire_event *v = wire_end(&w, &problem);
	assert_non_null(v);
	assert_string_equal(v->self.name, "Big");
	assert_true(mem_use_of(MEM_GATEWAY).peak_bytes - before < 8192);
}

/* ---- interactions ---- */

#define HEAD                                                                                                                               \
	"{\"op\":0,\"s\":5,\"t\":\"INTERACTION_CREATE\",\"d\":{\"id\":\"1180000000000000301\",\"application_id\":\"1180000000000000001\"," \
	"\"token\":\"tok\",\"version\":1,\"guild_id\":\"1180000000000000100\",\"channel_id\":\"1180000000000000111\","
#define MEMBER                                                                                                         \
	"\"member\":{\"user\":{\"id\":\"1180000000000000201\",\"username\":\"maxi\",\"global_name\":\"Maxi\"},"        \
	"\"nick\":\"J\\u00f6rg \\ud83d\\ude00\",\"permissions\":\"2147483647\",\"roles\":[\"1180000000000000400\"]},"

static void test_a_command(void **state)
{
	(void)state;
	const struct interaction *in = interaction_of(HEAD MEMBER
		"\"type\":2,\"app_permissions\":\"562949953421311\",\"locale\":\"de\",\"guild_locale\":\"en-US\",\"data\":{\"id\":\"9\","
		"\"name\":\"info\",\"type\":1,\"options\":[{\"name\":\"container\",\"type\":3,\"value\":\"web\"},"
		"{\"name\":\"lines\",\"type\":4,\"value\":50},{\"name\":\"all\",\"type\":5,\"value\":true}]}}}");
	assert_true(in->ref.id == UINT64_C(1180000000000000301) && in->user_id == UINT64_C(1180000000000000201));
	assert_string_equal(in->ref.token, "tok");
	assert_true(in->type == INTERACTION_COMMAND && in->has_member && in->permissions == 2147483647);
	assert_true(in->app_permissions == UINT64_C(562949953421311));
	is(in->command, "info");
	is(in->user_name, "maxi");
	is(in->display_name, "J\xC3\xB6rg \xF0\x9F\x98\x80");
	is(interaction_option_value(in, "container"), "web");
	is(interaction_option_value(in, "lines"), "50");
	is(interaction_option_value(in, "all"), "true");
	is(interaction_option_value(in, "other"), "");
	assert_string_equal(in->locale, "de");
	assert_true(in->role_count == 1 && in->roles[0] == UINT64_C(1180000000000000400));
	assert_false(in->truncated);
}

static void test_sub_commands_with_keys_in_any_order(void **state)
{
	(void)state;
	const struct interaction *in = interaction_of(
		"{\"d\":{\"data\":{\"options\":[{\"options\":[{\"options\":[{\"value\":\"x\",\"focused\":true,\"name\":\"who\",\"type\":3}],"
		"\"type\":1,\"name\":\"add\"}],\"name\":\"users\",\"type\":2}],\"type\":1,\"name\":\"grant\"},\"type\":4,"
		"\"user\":{\"global_name\":null,\"username\":\"dm\",\"id\":\"1180000000000000202\"},\"token\":\"tok\","
		"\"channel\":{\"id\":\"1180000000000000112\"},\"application_id\":\"1180000000000000001\",\"id\":\"1180000000000000301\"},"
		"\"op\":0,\"t\":\"INTERACTION_CREATE\",\"s\":7}");
	is(in->command, "grant users add");
	assert_true(in->type == INTERACTION_AUTOCOMPLETE && !in->has_member &&
		    in->channel_id == UINT64_C(1180000000000000112));
	assert_true(in->option_count == 1 && in->options[0].focused);
	is(in->options[0].name, "who");
	is(in->display_name, "dm");
}

static void test_buttons_selects_and_dialogs(void **state)
{
	(void)state;
	const struct interaction *in = interaction_of(HEAD MEMBER
		"\"type\":3,\"data\":{\"custom_id\":\"r:web\",\"component_type\":2},\"message\":{\"interaction_metadata\":{\"id\":\"1180000000000000800\",\"type\":2},\"id\":\"1180000000000000900\",\"flags\":64,"
		"\"embeds\":[{\"title\":\"custom\"}],\"components\":[{\"components\":[{\"custom_id\":\"no\"}]}]}}}");
	is(in->custom_id, "r:web");
	assert_true(in->component_type == COMPONENT_BUTTON && in->message_id == UINT64_C(1180000000000000900) &&
		    in->message_flags == 64);
	assert_true(in->message_by == UINT64_C(1180000000000000800));
	in = interaction_of(HEAD MEMBER
		"\"type\":3,\"data\":{\"custom_id\":\"pick\",\"component_type\":3,\"values\":[\"a\",\"b\"]}}}");
	assert_int_equal(in->value_count, 2);
	is(in->values[1], "b");
	in = interaction_of(HEAD MEMBER
		"\"type\":5,\"data\":{\"custom_id\":\"dialog\",\"components\":[{\"type\":1,\"components\":[{\"type\":4,\"custom_id\":\"old\","
		"\"value\":\"one\\ntwo\"}]},{\"type\":18,\"id\":2,\"component\":{\"type\":4,\"custom_id\":\"new\",\"value\":\"three\"}},"
		"{\"type\":18,\"component\":{\"custom_id\":\"many\",\"type\":3,\"values\":[\"x\",\"y\"]}}]}}}");
	assert_int_equal(in->field_count, 3);
	is(interaction_field_value(in, "old"), "one\ntwo");
	is(interaction_field_value(in, "new"), "three");
	is(interaction_field_value(in, "many"), "x\ny");
}

static void test_people_and_roles_that_are_named(void **state)
{
	(void)state;
	const struct interaction *in = interaction_of(HEAD MEMBER
		"\"type\":2,\"data\":{\"name\":\"grant\",\"resolved\":{\"members\":{\"1180000000000000203\":{\"roles\":[\"1180000000000000152\","
		"\"1180000000000000153\"],\"nick\":\"Ada L.\",\"permissions\":\"8\"},\"odd\":{\"nick\":\"x\"}},\"users\":{\"1180000000000000203\":"
		"{\"id\":\"1180000000000000203\",\"username\":\"ada\",\"global_name\":\"Ada\"},\"1180000000000000001\":{\"username\":\"ddc\",\"bot\":true}},"
		"\"roles\":{\"1180000000000000152\":{\"name\":\"Moderator\",\"permissions\":\"0\"}}},\"options\":[{\"name\":\"who\",\"type\":9,"
		"\"value\":\"1180000000000000203\"}]}}}");
	assert_int_equal(in->resolved_count, 3);
	const struct interaction_resolved *ada = interaction_resolved_of(in, UINT64_C(1180000000000000203));
	is(ada->name, "Ada L.");
	assert_true(!ada->is_role && !ada->is_bot && ada->role_count == 2 &&
		    ada->roles[1] == UINT64_C(1180000000000000153));
	assert_true(interaction_resolved_of(in, UINT64_C(1180000000000000001))->is_bot);
	const struct interaction_resolved *role = interaction_resolved_of(in, UINT64_C(1180000000000000152));
	is(role->name, "Moderator");
	assert_true(role->is_role && !role->role_count);
	assert_null(interaction_resolved_of(in, 0));
	assert_null(interaction_resolved_of(in, UINT64_C(1180000000000000999)));
	assert_int_equal(in->role_count, 1); /* of who asks: not mixed up */
	is(interaction_option_value(in, "who"), "1180000000000000203");
}

static void test_too_much_of_everything(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, MEM_TEST, 1 << 20);
	buf_add_str(&b, HEAD "\"type\":3,\"member\":{\"user\":{\"id\":\"1180000000000000201\"},\"roles\":[");
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "%s\"11800000000000%05d\"", i ? "," : "", i);
	buf_add_str(&b, "]},\"data\":{\"custom_id\":\"x\",\"values\":[");
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "%s\"v%d\"", i ? "," : "", i);
	buf_add_str(&b, "],\"options\":[");
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "%s{\"name\":\"o%d\",\"type\":3,\"value\":\"x\"}", i ? "," : "", i);
	buf_add_str(&b, "]}}}");
	const struct interaction *in = interaction_of(buf_text(&b));
	assert_int_equal(in->role_count, INTERACTION_ROLES_MAX);
	assert_int_equal(in->value_count, INTERACTION_VALUES_MAX);
	assert_int_equal(in->option_count, INTERACTION_OPTIONS_MAX);
	assert_true(in->roles[249] == UINT64_C(1180000000000000249));
	is(in->values[24], "v24");
	assert_true(in->truncated);
	buf_reset(&b);
	buf_add_str(&b, HEAD MEMBER "\"type\":2,\"data\":{\"name\":\"x\",\"resolved\":{\"members\":{");
	for (int m = 0; m < 40; m++) {
		buf_printf(&b, "%s\"11800000000000%05d\":{\"roles\":[\"1180000000000000400\"", m ? "," : "", m);
		for (int i = 0; i < 20; i++)
			buf_printf(&b, ",\"11800000000001%05d\"", i);
		buf_add_str(&b, "]}");
	}
	buf_add_str(&b, "}}}}}");
	in = interaction_of(buf_text(&b));
	assert_int_equal(in->resolved_count, INTERACTION_RESOLVED_MAX);
	assert_int_equal(in->resolved[10].role_count, 21);
	assert_true(in->resolved[10].roles[0] == UINT64_C(1180000000000000400));
	assert_int_equal(in->resolved[11].role_count, INTERACTION_ROLES_MAX - 11 * 21); /* what there is room for */
	assert_int_equal(in->resolved[24].role_count, 0);
	assert_true(in->truncated);
	buf_reset(&b);
	buf_add_str(&b, HEAD MEMBER "\"type\":5,\"data\":{\"custom_id\":\"x\",\"components\":[");
	for (int f = 0; f < 10; f++) {
		buf_printf(&b, "%s{\"component\":{\"custom_id\":\"f%d\",\"value\":\"", f ? "," : "", f);
		for (int i = 0; i < 4000; i++)
			buf_add_str(&b, "\xF0\x9F\x98\x80");
		buf_add_str(&b, "\"}}");
	}
	buf_add_str(&b, "]}}}");
	in = interaction_of(buf_text(&b)); /* more than all texts together may have */
	assert_true(in->truncated);
	assert_int_equal(interaction_field_value(in, "f0").n, 16000);
	buf_clear(&b);
}

static void test_malformed_interactions_are_told_apart(void **state)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{"{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"d\":{}}", "it has no id"},
		{"{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"d\":null}", "it has no id"},
		{"{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"d\":{\"id\":\"1180000000000000301\"}}",
			"it has no usable token"},
		{"{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"d\":{\"id\":\"1180000000000000301\",\"token\":\"a/../b\"}}",
			"it has no usable token"},
		{"{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"d\":{\"id\":\"1180000000000000301\",\"token\":\"a\\r\\nX: b\"}}",
			"it has no usable token"},
		{"{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"d\":{\"id\":\"1180000000000000301\",\"token\":7}}",
			"it has no usable token"},
		{"{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"d\":{\"id\":\"1180000000000000301\",\"token\":\"t\"}}",
			"it has no application id"},
		{HEAD "\"type\":77}}", "its type is unknown"},
		{HEAD "\"type\":2}}", "it does not say from whom it is"},
		{HEAD MEMBER "\"type\":2}}", "it has no data"},
		{HEAD MEMBER "\"type\":2,\"data\":[1,2]}}", "it has no data"},
		{HEAD MEMBER "\"type\":2,\"data\":{\"name\":5}}}", NULL},
		{HEAD MEMBER "\"type\":2,\"data\":{\"name\":null}}}", "it names no command"},
		{HEAD MEMBER "\"type\":3,\"data\":{}}}", "it has no custom id"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *problem = NULL;
		read_whole(cases[i].text);
		const struct interaction *in = wire_interaction(&w, &problem);
		assert_true((in == NULL) == (cases[i].problem != NULL));
		if (cases[i].problem)
			assert_string_equal(problem, cases[i].problem);
	}
}

static void test_a_message_may_be_cut_anywhere(void **state)
{
	static const char text[] = HEAD MEMBER
		"\"type\":3,\"data\":{\"custom_id\":\"a\\u00e4\\ud83d\\ude00\",\"component_type\":3,\"values\":[\"\xF0\x9F\x98\x80\"]}}}";
	(void)state;
	for (size_t step = 1; step < sizeof text; step++) {
		const char *problem = NULL;
		assert_non_null(read_in(text, step, &problem));
		const struct interaction *in = wire_interaction(&w, &problem);
		assert_non_null(in);
		is(in->custom_id, "a\xC3\xA4\xF0\x9F\x98\x80");
		is(in->values[0], "\xF0\x9F\x98\x80");
	}
}

/* ---- compression ---- */

static void on_inflated(struct str bytes, void *arg)
{
	(void)arg;
	wire_feed(&w, bytes.p, bytes.n);
}

static void test_zlib_stream_cut_at_every_byte(void **state)
{
	static const char *const messages[] = {"{\"op\":10,\"d\":{\"heartbeat_interval\":41250}}",
		HEAD MEMBER "\"type\":3,\"data\":{\"custom_id\":\"r:web\"}}}", "{\"op\":11}"};
	unsigned char packed[3][1024];
	size_t length[3];
	z_stream z = {0};
	(void)state;
	assert_int_equal(deflateInit(&z, 6), Z_OK);
	for (int i = 0; i < 3; i++) {
		z.next_in = (Bytef *)(uintptr_t)messages[i];
		z.avail_in = (uInt)strlen(messages[i]);
		z.next_out = packed[i];
		z.avail_out = sizeof packed[i];
		assert_int_equal(deflate(&z, Z_SYNC_FLUSH), Z_OK);
		length[i] = sizeof packed[i] - z.avail_out;
	}
	deflateEnd(&z);
	for (size_t cut = 1; cut < length[1]; cut++) {
		struct inflater *inflater = inflater_new();
		const char *problem = NULL;
		wire_begin(&w);
		for (int i = 0; i < 3; i++) {
			size_t first = i == 1 ? cut : length[i];
			assert_null(inflater_feed(inflater, (struct str){(char *)packed[i], first}, on_inflated, NULL));
			if (i == 1) {
				assert_false(inflater_at_end(inflater));
				assert_null(inflater_feed(inflater,
					(struct str){(char *)packed[i] + cut, length[i] - cut}, on_inflated, NULL));
			}
			assert_true(inflater_at_end(inflater));
			assert_non_null(wire_end(&w, &problem));
			if (i == 1)
				is(wire_interaction(&w, &problem)->custom_id, "r:web");
			wire_begin(&w);
		}
		inflater_free(inflater);
	}
	struct inflater *inflater = inflater_new();
	assert_non_null(inflater_feed(inflater, STR("\xde\xad\xbe\xef"), on_inflated, NULL));
	inflater_free(inflater);
	mem_fail_at(1);
	assert_null(inflater_new());
	mem_fail_at(2);
	assert_null(inflater_new());
	mem_fail_at(0);
}

/* ---- budgets, tokens ---- */

static void test_room_is_kept_for_heartbeats(void **state)
{
	struct send_budget b = {0};
	(void)state;
	for (int i = 0; i < SENDS_PER_MINUTE_MAX - SENDS_FOR_BEATS; i++)
		assert_true(send_budget_take(&b, false, 1000));
	assert_false(send_budget_take(&b, false, 1000));
	for (int i = 0; i < SENDS_FOR_BEATS; i++)
		assert_true(send_budget_take(&b, true, 1000));
	assert_false(send_budget_take(&b, true, 60999));
	assert_true(send_budget_take(&b, false, 61000));
}

static void test_identifies_are_counted(void **state)
{
	struct identify_budget b = {0};
	uint64_t now = 1000;
	(void)state;
	assert_int_equal(identify_budget_wait_ms(&b, now), 0);
	for (int i = 0; i < GATEWAY_IDENTIFIES_PER_DAY_MAX; i++, now += 5000) {
		assert_int_equal(identify_budget_wait_ms(&b, now), 0);
		identify_budget_take(&b, now);
		assert_true(identify_budget_wait_ms(&b, now) >= 5000);
	}
	assert_int_equal(identify_budget_wait_ms(&b, now), 1000 + 24 * 3600 * 1000 - now);
	now = 1000 + 24 * 3600 * 1000;
	assert_int_equal(identify_budget_wait_ms(&b, now), 0);
	identify_budget_take(&b, now);
	assert_int_equal(b.today, 1);
}

static void test_a_token_tells_the_bots_id(void **state)
{
	(void)state;
	assert_true(gateway_id_of_token("MTE4MDAwMDAwMDAwMDAwMDAwMQ.sandbx.x") == UINT64_C(1180000000000000001));
	assert_int_equal(gateway_id_of_token("not a token"), 0);
	assert_int_equal(gateway_id_of_token(""), 0);
	assert_int_equal(gateway_id_of_token("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_small_messages, begin, end),
		cmocka_unit_test_setup_teardown(test_what_is_no_message_is_told, begin, end),
		cmocka_unit_test_setup_teardown(test_only_wanted_channels_come_out_of_a_server, begin, end),
		cmocka_unit_test_setup_teardown(test_a_large_server_costs_little, begin, end),
		cmocka_unit_test_setup_teardown(test_a_command, begin, end),
		cmocka_unit_test_setup_teardown(test_sub_commands_with_keys_in_any_order, begin, end),
		cmocka_unit_test_setup_teardown(test_buttons_selects_and_dialogs, begin, end),
		cmocka_unit_test_setup_teardown(test_people_and_roles_that_are_named, begin, end),
		cmocka_unit_test_setup_teardown(test_too_much_of_everything, begin, end),
		cmocka_unit_test_setup_teardown(test_malformed_interactions_are_told_apart, begin, end),
		cmocka_unit_test_setup_teardown(test_a_message_may_be_cut_anywhere, begin, end),
		cmocka_unit_test_setup_teardown(test_zlib_stream_cut_at_every_byte, begin, end),
		cmocka_unit_test(test_room_is_kept_for_heartbeats),
		cmocka_unit_test(test_identifies_are_counted),
		cmocka_unit_test(test_a_token_tells_the_bots_id),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
