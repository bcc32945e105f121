#include "test.h"

#include "discord/close_codes.h"
#include "discord/gateway.h"
#include "discord/ratelimit.h"
#include "discord/rest_reply.h"

#include <stdio.h>
#include <string.h>

#define A "/channels/1180000000000000111/messages"
#define B "/channels/1180000000000000112/messages"

static const struct ratelimit_answer silent = {
	.status = 200, .limit = -1, .remaining = -1, .reset_after_ms = -1, .retry_after_ms = -1};

static struct ratelimit l;

static int begin(void **state)
{
	(void)state;
	ratelimit_init(&l);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ratelimit_clear(&l);
	return 0;
}

/* Sends one write at `now`, which must be allowed, and gives it this answer. */
static void answered(const char *path, struct ratelimit_answer a, uint64_t now)
{
	struct route r = route_of(REST_POST, path);
	int b = ratelimit_bucket_of(&l, &r, now);
	assert_int_equal(ratelimit_wait_ms(&l, b, false, false, now), 0);
	ratelimit_sent(&l, b, false, false, now);
	ratelimit_answered(&l, b, &r, false, &a, now);
}

static uint64_t wait_at(const char *path, uint64_t now)
{
	struct route r = route_of(REST_POST, path);
	return ratelimit_wait_ms(&l, ratelimit_bucket_of(&l, &r, now), false, false, now);
}

static struct ratelimit_answer bucket(uint64_t hash, int remaining, int64_t reset_after_ms)
{
	struct ratelimit_answer a = silent;
	a.bucket = hash;
	a.limit = 5;
	a.remaining = remaining;
	a.reset_after_ms = reset_after_ms;
	return a;
}

static struct ratelimit_answer refused(enum ratelimit_scope scope, int64_t retry_after_ms)
{
	struct ratelimit_answer a = silent;
	a.status = 429;
	a.scope = scope;
	a.retry_after_ms = retry_after_ms;
	return a;
}

static void test_a_used_up_bucket_waits_for_its_reset(void **state)
{
	(void)state;
	answered(A, bucket(7, 1, 4000), 1000);
	assert_int_equal(wait_at(A, 1000), 0);
	answered(A, bucket(7, 0, 3500), 1500);
	assert_int_equal(wait_at(A, 1500), 3502); /* what was rounded away is not too early */
	assert_int_equal(wait_at(B, 1500), 0);	  /* another channel has its own count */
	assert_int_equal(wait_at(A, 5002), 0);
}

static uint64_t spare_wait_at(const char *path, unsigned spare, uint64_t now)
{
	struct route r = route_of(REST_POST, path);
	return ratelimit_spare_wait_ms(&l, ratelimit_bucket_of(&l, &r, now), spare, now);
}

static void test_some_requests_stay_spare_for_what_has_hurry(void **state)
{
	(void)state;
	assert_int_equal(spare_wait_at(A, 2, 1000), 0); /* nothing is known */
	answered(A, bucket(7, 3, 4000), 1000);
	assert_int_equal(spare_wait_at(A, 2, 1000), 0);
	answered(A, bucket(7, 2, 3500), 1500);
	assert_int_equal(wait_at(A, 1500), 0);
	assert_int_equal(spare_wait_at(A, 2, 1500), 3502);
	assert_int_equal(spare_wait_at(A, 0, 1500), 0);
	assert_int_equal(spare_wait_at(A, 2, 5002), 0); /* a new window */
	struct ratelimit_answer small = bucket(8, 0, 4000);
	small.limit = 1;
	answered(B, small, 6000);
	assert_int_equal(spare_wait_at(B, 2, 6000), 4002);
	assert_int_equal(spare_wait_at(B, 2, 10002), 0); /* of one none can be spare: used all the same */
}

static void test_routes_that_share_a_bucket_share_its_count(void **state)
{
	(void)state;
	answered(A, bucket(7, 4, 4000), 1000);
	answered(A "/1180000000000000999/crosspost", bucket(7, 0, 4000), 1000);
	assert_int_equal(wait_at(A, 1000), 4002);
}

static void test_writes_go_one_by_one_and_reads_together(void **state)
{
	struct route write = route_of(REST_POST, A), read = route_of(REST_GET, A);
	(void)state;
	answered(A, bucket(7, 5, 4000), 1000);
	int w = ratelimit_bucket_of(&l, &write, 1000);
	ratelimit_sent(&l, w, false, false, 1000);
	assert_true(ratelimit_wait_ms(&l, w, false, false, 1000) == RATELIMIT_IN_FLIGHT);
	ratelimit_answered(&l, w, &write, false, NULL, 1000); /* lost */
	assert_int_equal(ratelimit_wait_ms(&l, w, false, false, 1000), 0);

	int g = ratelimit_bucket_of(&l, &read, 1000);
	ratelimit_sent(&l, g, true, false, 1000);
	assert_true(
		ratelimit_wait_ms(&l, g, true, false, 1000) == RATELIMIT_IN_FLIGHT); /* nothing is known of it yet */
	struct ratelimit_answer a = bucket(8, 2, 4000);
	ratelimit_answered(&l, g, &read, true, &a, 1000);
	ratelimit_sent(&l, g, true, false, 1000);
	assert_int_equal(ratelimit_wait_ms(&l, g, true, false, 1000), 0);
	ratelimit_sent(&l, g, true, false, 1000);
	assert_true(
		ratelimit_wait_ms(&l, g, true, false, 1000) == RATELIMIT_IN_FLIGHT); /* both that remained are out */
}

static void test_a_429_is_obeyed_by_scope(void **state)
{
	(void)state;
	answered(A, refused(SCOPE_USER, 1500), 1000);
	assert_int_equal(wait_at(A, 1000), 1500);
	assert_int_equal(wait_at(B, 1000), 0);
	answered(B, refused(SCOPE_GLOBAL, 2500), 1000);
	assert_int_equal(wait_at("/gateway/bot", 1000), 2500);
	struct route r = route_of(REST_POST, "/interactions/1180000000000000301/tok/callback");
	assert_int_equal(ratelimit_wait_ms(&l, ratelimit_bucket_of(&l, &r, 1000), false, true, 1000), 0);
	assert_int_equal(ratelimit_invalid(&l, 1000), 2);
	answered("/gateway/bot", refused(SCOPE_SHARED, -1), 4000);
	assert_int_equal(wait_at("/gateway/bot", 4000), 1000); /* it did not say how long */
	assert_int_equal(ratelimit_invalid(&l, 4000), 2);
}

static void test_a_block_survives_the_naming_of_the_bucket(void **state)
{
	(void)state;
	answered(A, refused(SCOPE_USER, 3000), 1000);
	answered(B, bucket(7, 4, 5000), 1000); /* now the route's bucket has a name, by the answer to another channel */
	assert_int_equal(wait_at(A, 1000), 3000);
}

static void test_fifty_a_second_and_no_more(void **state)
{
	char path[64];
	(void)state;
	for (int i = 0; i < RATELIMIT_GLOBAL_PER_S; i++) {
		snprintf(path, sizeof path, "/channels/%d", 1000 + i);
		answered(path, silent, 1000 + (uint64_t)i);
	}
	assert_int_equal(wait_at("/gateway/bot", 1050), 1000);
	assert_int_equal(wait_at("/gateway/bot", 2050), 0);
}

static void test_invalid_requests_are_forgotten_after_ten_minutes(void **state)
{
	struct ratelimit_answer a = silent;
	(void)state;
	a.status = 403;
	for (uint64_t i = 0; i < 20; i++)
		answered(A, a, i * 60000);
	assert_int_equal(ratelimit_invalid(&l, 19 * 60000), 10);
	assert_int_equal(ratelimit_invalid(&l, 25 * 60000), 4);
	assert_int_equal(ratelimit_invalid(&l, 60 * 60000), 0);
}

static void test_the_table_stays_bounded(void **state)
{
	char path[64];
	(void)state;
	answered(A, bucket(7, 0, 3600000), 1000);
	for (int i = 0; i < 3 * REST_BUCKETS_MAX; i++) {
		snprintf(path, sizeof path, "/channels/%d", 1000 + i);
		answered(path, silent, 2000 + (uint64_t)i * 100);
	}
	assert_int_equal(l.count, REST_BUCKETS_MAX);
	assert_true(wait_at(A, 10000) > 3000000); /* one with a limit running is the last to be forgotten */
}

/* Forty people at once: more tokens than buckets, each with a window of its own. What is known of the channels must outlive that. */
static void test_many_interactions_push_out_no_channel(void **state)
{
	char path[96];
	(void)state;
	answered(A, bucket(7, 0, 5000), 1000);
	answered(B, bucket(7, 1, 5000), 1000);
	for (int i = 0; i < 3 * REST_BUCKETS_MAX; i++) {
		snprintf(path, sizeof path, "/interactions/118000000000000%04d/token%d/callback", i, i);
		struct route r = route_of(REST_POST, path);
		struct ratelimit_answer a = bucket(99, 4, 5000);
		int b = ratelimit_bucket_of(&l, &r, 1001);
		ratelimit_sent(&l, b, false, true, 1001);
		ratelimit_answered(&l, b, &r, false, &a, 1001);
	}
	assert_int_equal(l.count, REST_BUCKETS_MAX);
	assert_int_equal(wait_at(A, 2000), 4002);
	answered(B, bucket(7, 0, 4000), 2000);
	assert_int_equal(wait_at(B, 2000), 4002);
}

static void test_seconds(void **state)
{
	(void)state;
	assert_int_equal(ratelimit_parse_seconds(STR("1.5")), 1500);
	assert_int_equal(ratelimit_parse_seconds(STR("64")), 64000);
	assert_int_equal(ratelimit_parse_seconds(STR("0.0001")), 1);
	assert_int_equal(ratelimit_parse_seconds(STR("0.6529999999")), 653);
	assert_int_equal(ratelimit_parse_seconds(STR("")), -1);
	assert_int_equal(ratelimit_parse_seconds(STR("-1")), -1);
	assert_int_equal(ratelimit_parse_seconds(STR("1.x")), -1);
	assert_int_equal(ratelimit_parse_seconds(STR("99999999999")), RATELIMIT_WAIT_MAX_MS);
}

/* ---- routes ---- */

static void test_routes(void **state)
{
	char shown[ROUTE_SHOWN_BYTES];
	struct route a = route_of(REST_PATCH, "/channels/1180000000000000111/messages/1180000000000000901");
	struct route b = route_of(REST_PATCH, "/channels/1180000000000000111/messages/1180000000000000902?x=1");
	struct route c = route_of(REST_PATCH, "/channels/1180000000000000112/messages/1180000000000000901");
	struct route d = route_of(REST_DELETE, "/channels/1180000000000000111/messages/1180000000000000901");
	struct route e = route_of(REST_POST, "/webhooks/1180000000000000001/aW50.secret/messages");
	struct route f = route_of(REST_POST, "/webhooks/1180000000000000001/another/messages");
	(void)state;
	assert_true(a.key == b.key && a.major == b.major && a.key == c.key && a.major != c.major && a.key != d.key);
	assert_true(a.major == UINT64_C(1180000000000000111));
	assert_true(e.by_token && e.key == f.key && e.major != f.major);
	assert_false(a.by_token);
	route_show("/webhooks/1180000000000000001/aW50.secret/messages/@original?wait=true", shown);
	assert_string_equal(shown, "/webhooks/1180000000000000001/\xE2\x80\xA6/messages/@original");
	route_show("/interactions/1180000000000000301/aW50.secret/callback", shown);
	assert_string_equal(shown, "/interactions/1180000000000000301/\xE2\x80\xA6/callback");
	route_show("/channels/1180000000000000111", shown);
	assert_string_equal(shown, "/channels/1180000000000000111");
}

/* ---- answers ---- */

static const char *const *headers; /* name, value, …, NULL */

static struct str header(const char *name, void *arg)
{
	(void)arg;
	for (const char *const *h = headers; *h; h += 2)
		if (strcmp(*h, name) == 0)
			return str_of(h[1]);
	return STR("");
}

static bool read_answer(struct rest_reader *r, int status, const char *const *with_headers, const char *body)
{
	headers = with_headers;
	rest_reader_init(r, NULL, 0, NULL, NULL);
	rest_reader_head(r, status, header, NULL);
	for (const char *c = body; *c; c++)
		rest_reader_body(r, (struct str){c, 1});
	bool whole = rest_reader_end(r);
	rest_reader_clear(r);
	return whole;
}

static void test_answers_are_read(void **state)
{
	static const char *const limits[] = {"x-ratelimit-bucket", "abcd", "x-ratelimit-limit", "5",
		"x-ratelimit-remaining", "0", "x-ratelimit-reset-after", "1.25", NULL};
	static const char *const user[] = {"x-ratelimit-scope", "user", "retry-after", "2", NULL};
	static const char *const nothing[] = {NULL};
	struct rest_reader r;
	(void)state;
	assert_true(read_answer(
		&r, 200, limits, "{\"id\":\"1180000000000000901\",\"channel_id\":\"1180000000000000111\"}"));
	assert_true(r.reply.id == UINT64_C(1180000000000000901) && r.reply.channel_id == UINT64_C(1180000000000000111));
	assert_true(
		r.limits.bucket && r.limits.limit == 5 && r.limits.remaining == 0 && r.limits.reset_after_ms == 1250);

	assert_true(read_answer(&r, 429, user, "{\"message\":\"slow\",\"retry_after\":1.337,\"global\":false}"));
	assert_int_equal(r.limits.retry_after_ms, 1337);
	assert_int_equal(r.limits.scope, SCOPE_USER);
	assert_true(read_answer(&r, 429, user, "{\"retry_after\":1,\"global\":true}"));
	assert_int_equal(r.limits.scope, SCOPE_GLOBAL);
	assert_false(read_answer(&r, 429, nothing, "error code: 1015"));
	assert_int_equal(r.limits.scope, SCOPE_GLOBAL);
	assert_int_equal(r.limits.retry_after_ms, -1);

	assert_true(read_answer(&r, 400, nothing,
		"{\"message\":\"Invalid Form Body\",\"code\":50035,\"errors\":{\"embeds\":{\"0\":{\"title\":{\"_errors\":[{\"code\":"
		"\"X\",\"message\":\"Too long\"}]}}},\"content\":{\"_errors\":[{\"message\":\"second\"}]}}}"));
	assert_int_equal(r.reply.code, 50035);
	assert_string_equal(r.reply.message, "Invalid Form Body (embeds.0.title: Too long)");

	assert_true(read_answer(&r, 204, nothing, ""));
	assert_false(read_answer(&r, 200, nothing, "<html>"));
	assert_false(read_answer(&r, 200, nothing, "{\"id\":\"118"));
}

static void test_close_codes(void **state)
{
	static const int stops[] = {4004, 4010, 4011, 4012, 4013, 4014};
	(void)state;
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		assert_int_equal(close_meaning_of(stops[i])->action, CLOSE_STOP);
	assert_int_equal(close_meaning_of(4007)->action, CLOSE_IDENTIFY);
	assert_int_equal(close_meaning_of(4009)->action, CLOSE_IDENTIFY);
	assert_int_equal(close_meaning_of(4000)->action, CLOSE_RESUME);
	assert_int_equal(close_meaning_of(4999)->action, CLOSE_RESUME);
	assert_int_equal(close_meaning_of(1001)->action, CLOSE_RESUME);
	assert_non_null(
		strstr(close_disallowed_sentence(INTENT_GUILDS | INTENT_MESSAGE_CONTENT), "Message Content Intent"));
	assert_null(strstr(close_disallowed_sentence(INTENT_GUILDS), "Message Content Intent"));
}

static void test_buckets_that_are_over_are_given_back(void **state)
{
	char path[64];
	(void)state;
	answered(A, bucket(7, 0, 60000), 1000); /* used up for a minute */
	for (unsigned i = 0; i < 40; i++) {
		snprintf(path, sizeof path, "/channels/11800000000000002%02u/messages", i);
		answered(path, bucket(7, 4, 2000), 1000);
	}
	size_t before = mem_use_of(MEM_REST).bytes;
	ratelimit_trim(&l, 1500); /* nothing is over yet */
	assert_int_equal(mem_use_of(MEM_REST).bytes, before);
	ratelimit_trim(&l, 10000);
	assert_true(mem_use_of(MEM_REST).bytes < before / 2);
	assert_int_equal(wait_at(A, 10000), 51000 + 2); /* what must be known still is */
	assert_int_equal(wait_at(path, 10000), 0);
	answered(path, bucket(7, 0, 2000), 10000);
	assert_true(wait_at(path, 10000) > 0);
	ratelimit_trim(&l, 100000);
	assert_int_equal(wait_at(A, 100000), 0);
	ratelimit_clear(&l);
	ratelimit_trim(&l, 100000); /* nothing to give back */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_some_requests_stay_spare_for_what_has_hurry, begin, end),
		cmocka_unit_test_setup_teardown(test_a_used_up_bucket_waits_for_its_reset, begin, end),
		cmocka_unit_test_setup_teardown(test_routes_that_share_a_bucket_share_its_count, begin, end),
		cmocka_unit_test_setup_teardown(test_writes_go_one_by_one_and_reads_together, begin, end),
		cmocka_unit_test_setup_teardown(test_a_429_is_obeyed_by_scope, begin, end),
		cmocka_unit_test_setup_teardown(test_a_block_survives_the_naming_of_the_bucket, begin, end),
		cmocka_unit_test_setup_teardown(test_fifty_a_second_and_no_more, begin, end),
		cmocka_unit_test_setup_teardown(test_invalid_requests_are_forgotten_after_ten_minutes, begin, end),
		cmocka_unit_test_setup_teardown(test_buckets_that_are_over_are_given_back, begin, end),
		cmocka_unit_test_setup_teardown(test_the_table_stays_bounded, begin, end),
		cmocka_unit_test_setup_teardown(test_many_interactions_push_out_no_channel, begin, end),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_answers_are_read),
		cmocka_unit_test(test_close_codes),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
