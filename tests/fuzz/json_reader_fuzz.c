/*
 * Any bytes into the JSON reader, at once and in pieces: the same events, the same verdict, text that is
 * text, nothing left behind. The first byte chooses the size of the pieces, the second the limit of a string.
 */
#include "base/bug.h"
#include "base/json_reader.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const fields[] = {"", ".*", "[]", ".a", ".a.b", ".a[]", ".a[].b", "[][]", ".a.*", ".x.y.z[].w"};

struct outcome {
	uint64_t heard;
	bool good, finished;
};

static size_t string_max;

static void hear(struct outcome *o, const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		o->heard = (o->heard ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
}

static bool on_event(const struct json_event *ev, void *arg)
{
	if (ev->type == JSON_STRING && (!utf8_valid(ev->text) || ev->text.n > string_max))
		BUG("a string of %zu bytes that is none", ev->text.n);
	if (ev->field < 0 || (size_t)ev->field >= sizeof fields / sizeof fields[0])
		BUG("field %d", ev->field);
	hear(arg, &ev->type, sizeof ev->type);
	hear(arg, &ev->field, sizeof ev->field);
	hear(arg, &ev->truncated, sizeof ev->truncated);
	hear(arg, ev->key.p, ev->key.n);
	hear(arg, ev->text.p, ev->text.n);
	return true;
}

static struct outcome read_in(const char *bytes, size_t n, size_t piece)
{
	struct outcome o = {.heard = UINT64_C(14695981039346656037), .good = true};
	struct json_reader r;
	json_reader_init(&r, MEM_TEST, fields, sizeof fields / sizeof fields[0], string_max, on_event, &o);
	for (size_t at = 0; o.good && at < n; at += piece)
		o.good = json_reader_feed(&r, bytes + at, n - at < piece ? n - at : piece);
	if (!o.good && !r.error)
		BUG("an end without a reason");
	o.finished = json_reader_finish(&r);
	json_reader_clear(&r);
	return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	const char *bytes = (const char *)data + 2;
	string_max = 1 + data[1];
	struct outcome once = read_in(bytes, size - 2, size), pieces = read_in(bytes, size - 2, 1 + data[0] % 32);
	if (once.heard != pieces.heard || once.good != pieces.good || once.finished != pieces.finished)
		BUG("pieces of %d bytes give something else", 1 + data[0] % 32);
	if (mem_use_total().blocks)
		BUG("%zu blocks are left", mem_use_total().blocks);
	return 0;
}
