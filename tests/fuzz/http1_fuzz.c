/*
 * A head and its body, as client and server read them: whatever they make of the bytes, they make the same of
 * them in pieces. The first byte says whose head it is and which method asked for it, the second one how the
 * body is cut.
 */
#include "base/buf.h"
#include "net/http1.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RESPONSE = 1, HEAD_METHOD = 2 };

struct outcome {
	struct buf bytes;
	enum http1_step step;
	size_t left; /* bytes behind the body */
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static bool lies_in(struct str inner, struct str outer)
{
	return inner.n == 0 || (inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n);
}

/* A copy of its own size: reading beyond a piece is reading beyond the block. */
static char *copy_of(struct str s)
{
	char *copy = malloc(s.n);
	check(copy || !s.n);
	if (s.n)
		memcpy(copy, s.p, s.n);
	return copy;
}

/* The next size of a piece: small ones most of the time. */
static size_t next_size(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return 1 + (*state >> 24) % ((*state >> 20 & 3) ? 7 : 200);
}

/* ---- heads ---- */

static void check_same_in_pieces(struct str all, size_t n)
{
	size_t limit = all.n < 600 ? all.n : 600; /* the square of more would only be slow */
	for (size_t cut = 0; cut <= limit; cut++) {
		char *part = copy_of((struct str){all.p, cut});
		check(http1_head_length((struct str){part, cut}) == (n && cut >= n ? n : 0));
		free(part);
	}
}

static void check_fields(const struct http1_head *h, struct str head)
{
	struct str name, value;
	size_t at = 0, before = 0;
	unsigned chunked = 0, lengths = 0;
	check(lies_in(h->fields, head));
	while (http1_next_field(h, &at, &name, &value)) {
		char lower[64];
		check(at > before && lies_in(name, h->fields) && lies_in(value, h->fields) && name.n);
		check(!memchr(name.p, ':', name.n) && !memchr(name.p, ' ', name.n));
		check(!value.n || (!memchr(value.p, '\n', value.n) && !memchr(value.p, '\r', value.n) &&
					  !memchr(value.p, 0, value.n)));
		if (str_copy(lower, sizeof lower, name))
			check(http1_field(h, lower).p != NULL);
		chunked += str_is_nocase(name, "transfer-encoding");
		lengths += str_is_nocase(name, "content-length");
		before = at;
	}
	check(at == h->fields.n); /* none was passed over */
	check(h->chunked == (chunked == 1) && chunked <= 1);
	check(h->content_length < 0 || lengths);
	check(h->content_length >= 0 || !lengths || h->chunked);
}

static bool read_head(struct str head, bool response, struct http1_head *ret_head)
{
	struct err err = {0};
	bool ok = response ? http1_parse_response(head, ret_head, &err) : http1_parse_request(head, ret_head, &err);
	if (!ok) {
		check(err.code != ERR_NONE && err.text[0]);
		return false;
	}
	if (response)
		check(ret_head->status >= 100 && ret_head->status <= 599);
	else {
		check(ret_head->method.n && ret_head->target.n && lies_in(ret_head->method, head) &&
			lies_in(ret_head->target, head));
		check(!(ret_head->chunked && ret_head->content_length >= 0)); /* nobody can smuggle a request */
	}
	check_fields(ret_head, head);
	return true;
}

/* ---- bodies ---- */

static void run_body(struct http1_body body, struct str all, uint32_t seed, bool whole, struct outcome *out)
{
	size_t at = 0;
	buf_init(&out->bytes, MEM_TEST, 1 << 20);
	out->step = HTTP1_MORE;
	do {
		size_t n = whole ? all.n - at : next_size(&seed);
		n = n < all.n - at ? n : all.n - at;
		char *part = copy_of((struct str){all.p + at, n});
		struct str in = {part, n}, piece;
		while ((out->step = http1_body_step(&body, &in, &piece)) == HTTP1_PIECE) {
			check(piece.n && lies_in(piece, (struct str){part, n}));
			check(buf_add_view(&out->bytes, piece));
		}
		check(out->step != HTTP1_MORE || !in.n);
		at += n - in.n;
		free(part);
	} while (out->step == HTTP1_MORE && at < all.n);
	out->left = all.n - at;
}

static void check_body(struct http1_body body, struct str all, uint32_t seed)
{
	struct outcome whole, cut;
	run_body(body, all, seed, true, &whole);
	run_body(body, all, seed, false, &cut);
	check(whole.step == cut.step && str_eq(buf_view(&whole.bytes), buf_view(&cut.bytes)));
	check(whole.step == HTTP1_BAD || whole.left == cut.left);
	if (body.kind == HTTP1_LENGTH)
		check(whole.bytes.length == (all.n < body.left ? all.n : body.left) &&
			(whole.step == HTTP1_DONE) == (all.n >= body.left));
	buf_clear(&whole.bytes);
	buf_clear(&cut.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http1_head h;
	if (size < 2)
		return 0;
	bool response = data[0] & RESPONSE;
	struct str all = {(const char *)data + 2, size - 2};
	size_t n = http1_head_length(all);
	check(n <= all.n);
	check_same_in_pieces(all, n);
	if (!n)
		return 0;
	char *head = copy_of((struct str){all.p, n});
	if (read_head((struct str){head, n}, response, &h)) {
		const char *method = !response ? NULL : data[0] & HEAD_METHOD ? "HEAD" : "GET";
		check_body(http1_body_of(&h, method), (struct str){all.p + n, all.n - n}, data[1]);
	}
	free(head);
	check(mem_use_total().blocks == 0);
	return 0;
}
