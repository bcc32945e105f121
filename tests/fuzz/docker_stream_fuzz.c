/*
 * Everything that an engine (or who pretends to be one) can send, into every reader of the Docker client. The
 * first byte chooses the reader, the second in which pieces the rest comes. What is checked: nothing breaks,
 * limits are kept, strings are text, and pieces of any size give the same as the whole.
 */
#include "base/bug.h"
#include "docker/log_demux.h"
#include "docker/merge.h"
#include "docker/wire.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CONTAINERS_MAX = 8 };

/* What was heard, as one number: order and content count. */
static uint64_t heard;

static void hear(const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		heard = (heard ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
}

static void hear_text(const char *text, size_t room)
{
	size_t n = strnlen(text, room);
	if (n == room || !utf8_valid((struct str){text, n}))
		BUG("a string that is none");
	hear(text, n + 1);
}

static struct containers containers;

static bool is_wanted(struct str name, void *arg)
{
	return name.n % 2;
}

static void hear_merged(struct merged m)
{
	const struct left_out *out = &containers.out;
	if (containers.count > CONTAINERS_MAX)
		BUG("%u containers", containers.count);
	if (out->wanted > out->count || out->named > out->count || out->named_wanted > out->wanted ||
		out->known_count > out->wanted)
		BUG("%u left out, %u of them wanted", out->count, out->wanted);
	for (unsigned i = 0; i < out->named; i++)
		hear_text(out->names[i], sizeof out->names[i]);
	mem_free(m.evicted);
	if (!m.entry)
		return;
	hear(&m.entry->c.state, sizeof m.entry->c.state);
	hear_text(m.entry->c.name, sizeof m.entry->c.name);
	if (m.what == CONTAINER_GONE && m.changed)
		containers_remove(&containers, m.entry);
}

static void on_item(const struct wire_item *item, void *arg)
{
	hear_text(item->c.id, sizeof item->c.id);
	hear_text(item->c.name, sizeof item->c.name);
	hear_text(item->c.image, sizeof item->c.image);
	hear_text(item->c.project, sizeof item->c.project);
	hear(&item->c.exit_code, sizeof item->c.exit_code);
	hear_merged(merge_item(&containers, item, false));
}

static bool on_event(const struct wire_event *ev, void *arg)
{
	hear_text(ev->id, sizeof ev->id);
	hear_text(ev->name, sizeof ev->name);
	hear(&ev->action, sizeof ev->action);
	hear_merged(merge_event(&containers, ev));
	return true;
}

static bool on_line(enum docker_log_stream stream, struct str line, bool cut, void *arg)
{
	if (line.n > DOCKER_LOG_LINE_BYTES_MAX || (unsigned)stream > DOCKER_STDERR)
		BUG("a line of %zu bytes", line.n);
	hear(&stream, sizeof stream);
	hear(line.p, line.n);
	hear(&cut, sizeof cut);
	return true;
}

/* ---- one function a reader: feeds `whole` in pieces ---- */

typedef bool feed_fn(void *reader, struct str piece);

static void in_pieces(struct str whole, size_t piece, feed_fn *feed, void *reader)
{
	while (whole.n) {
		size_t n = whole.n < piece ? whole.n : piece;
		if (!feed(reader, (struct str){whole.p, n}))
			return;
		whole.p += n;
		whole.n -= n;
	}
}

static bool feed_wire(void *reader, struct str piece)
{
	return docker_wire_feed(reader, piece, NULL);
}

static bool feed_events(void *reader, struct str piece)
{
	return wire_events_feed(reader, piece, NULL);
}

static bool feed_error(void *reader, struct str piece)
{
	wire_error_feed(reader, piece);
	return true;
}

static bool feed_log(void *reader, struct str piece)
{
	return log_demux_feed(reader, piece, NULL);
}

static void read_list(struct str whole, size_t piece)
{
	struct wire_list l;
	wire_list_init(&l, on_item, NULL);
	in_pieces(whole, piece, feed_wire, &l.wire);
	docker_wire_finish(&l.wire, NULL);
	docker_wire_clear(&l.wire);
}

static void read_inspect(struct str whole, size_t piece)
{
	struct wire_inspect i;
	wire_inspect_init(&i);
	in_pieces(whole, piece, feed_wire, &i.wire);
	if (docker_wire_finish(&i.wire, NULL)) {
		struct entry *evicted, *e = containers_add(&containers, "id", "name", &evicted);
		hear_merged(merge_details(&containers, e, &i.now));
	}
	docker_wire_clear(&i.wire);
}

static void read_events(struct str whole, size_t piece)
{
	struct wire_events e;
	wire_events_init(&e, on_event, NULL);
	in_pieces(whole, piece, feed_events, &e);
	docker_wire_clear(&e.wire);
}

static void read_stats(struct str whole, size_t piece)
{
	struct wire_stats s;
	struct container c = {.state = CONTAINER_RUNNING};
	struct stats_sample sample = {.at_ms = 1};
	wire_stats_init(&s);
	in_pieces(whole, piece, feed_wire, &s.wire);
	if (docker_wire_finish(&s.wire, NULL)) {
		stats_apply(&c, &sample, &s.now, 2000, 2);
		hear(&c.cpu_permille, sizeof c.cpu_permille);
		hear(&c.memory_bytes, sizeof c.memory_bytes);
	}
	docker_wire_clear(&s.wire);
}

static void read_version(struct str whole, size_t piece)
{
	struct wire_version v;
	wire_version_init(&v);
	in_pieces(whole, piece, feed_wire, &v.wire);
	hear_text(v.engine, sizeof v.engine);
	docker_wire_clear(&v.wire);
}

static void read_error(struct str whole, size_t piece)
{
	struct wire_error e;
	struct err err;
	wire_error_init(&e);
	in_pieces(whole, piece, feed_error, &e);
	wire_error_finish(&e, 500, &err);
	hear_text(err.text, sizeof err.text);
	wire_error_clear(&e);
}

static void read_log(struct str whole, size_t piece, enum log_format format)
{
	struct log_demux x;
	log_demux_init(&x, format, on_line, NULL);
	in_pieces(whole, piece, feed_log, &x);
	log_demux_finish(&x);
	log_demux_clear(&x);
}

static uint64_t run(unsigned reader, struct str whole, size_t piece)
{
	heard = UINT64_C(14695981039346656037);
	containers_init(&containers, CONTAINERS_MAX);
	containers.is_wanted = is_wanted;
	switch (reader) {
	case 0: read_list(whole, piece); break;
	case 1: read_inspect(whole, piece); break;
	case 2: read_events(whole, piece); break;
	case 3: read_stats(whole, piece); break;
	case 4: read_version(whole, piece); break;
	case 5: read_error(whole, piece); break;
	default: read_log(whole, piece, (enum log_format)(reader - 6)); break;
	}
	containers_clear(&containers);
	return heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct str whole = {(const char *)data + 2, size - 2};
	unsigned reader = data[0] % 9;
	uint64_t at_once = run(reader, whole, whole.n ? whole.n : 1);
	if (run(reader, whole, 1 + data[1] % 64) != at_once)
		BUG("reader %u: pieces of %d bytes give something else", reader, 1 + data[1] % 64);
	if (mem_use_total().blocks)
		BUG("reader %u leaves %zu blocks", reader, mem_use_total().blocks);
	return 0;
}
