/* Answers of REST: the first byte says how the body is cut, the second the status; up to a NUL stand the
 * headers' values. */
#include "discord/rest_reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str value;

static struct str header(const char *name, void *arg)
{
	(void)name;
	(void)arg;
	return value;
}

static bool on_field(const struct json_event *e, void *arg)
{
	(void)e;
	(void)arg;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const fields[] = {".id", "[].id", ".a.*[]"};
	static const int statuses[] = {200, 204, 400, 401, 403, 404, 429, 500};
	struct rest_reader r;
	if (size < 3)
		return 0;
	size_t step = data[0] + 1u;
	const uint8_t *nul = memchr(data + 2, 0, size - 2);
	size_t from = nul ? (size_t)(nul - data) + 1 : 2;
	value = (struct str){(const char *)data + 2, nul ? (size_t)(nul - data) - 2 : 0};
	rest_reader_init(&r, fields, 3, on_field, NULL);
	rest_reader_head(&r, statuses[data[1] & 7], header, NULL);
	for (size_t i = from; i < size; i += step)
		rest_reader_body(&r, (struct str){(const char *)data + i, size - i < step ? size - i : step});
	rest_reader_end(&r);
	if (strlen(r.reply.message) >= sizeof r.reply.message || r.limits.retry_after_ms < -1)
		abort();
	struct ratelimit l;
	struct route route = route_of(REST_POST, "/channels/1180000000000000111/messages");
	ratelimit_init(&l);
	int bucket = ratelimit_bucket_of(&l, &route, 1000);
	ratelimit_sent(&l, bucket, false, false, 1000);
	ratelimit_answered(&l, bucket, &route, false, &r.limits, 1000);
	if (ratelimit_wait_ms(&l, ratelimit_bucket_of(&l, &route, 1000), false, false, 1000) > RATELIMIT_WAIT_MAX_MS)
		abort();
	ratelimit_clear(&l);
	rest_reader_clear(&r);
	if (mem_use_total().blocks)
		abort();
	return 0;
}
