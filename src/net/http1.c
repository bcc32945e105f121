#include "net/http1.h"

#include <string.h>

enum { FIELDS_MAX = 128, CHUNK_LINE_BYTES_MAX = 256, TRAILER_BYTES_MAX = 8192 };

/* ---- characters (RFC 9110, 5.5 and 5.6.2) ---- */

static bool is_token_char(char c)
{
	char lower = (char)(c | 0x20);
	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_char(s.p[i]))
			return false;
	return s.n > 0;
}

static bool is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

bool http1_is_token(const char *text)
{
	return is_token(str_of(text));
}

bool http1_is_value(const char *text)
{
	return is_value(str_of(text));
}

static bool is_target(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0;
}

bool http1_is_target(const char *text)
{
	return is_target(str_of(text));
}

/* ---- lines ---- */

/* Takes one line off the front; both line ends are accepted (RFC 9112, 2.2), a lone CR inside is not a value. */
static struct str take_line(struct str *s)
{
	struct str line = str_split(*s, '\n', s);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static size_t leading_line_ends(struct str s)
{
	size_t n = 0;
	while (n < s.n && (s.p[n] == '\r' || s.p[n] == '\n'))
		n++;
	return n;
}

size_t http1_head_length(struct str bytes)
{
	size_t at = leading_line_ends(bytes);
	while (at < bytes.n) {
		const char *end = memchr(bytes.p + at, '\n', bytes.n - at);
		if (!end)
			return 0;
		size_t length = (size_t)(end - (bytes.p + at));
		bool empty = length == 0 || (length == 1 && bytes.p[at] == '\r');
		at += length + 1;
		if (empty)
			return at;
	}
	return 0;
}

/* ---- heads ---- */

static bool has_word(struct str list, const char *word)
{
	while (list.n) {
		struct str item = str_trim(str_split(list, ',', &list));
		if (str_is_nocase(item, word))
			return true;
	}
	return false;
}

static bool take_length(struct http1_head *h, struct str value, struct err *err)
{
	uint64_t length;
	if (!str_to_u64(value, &length) || length > INT64_MAX)
		return err_set(err, ERR_PROTOCOL, "Content-Length is not a number");
	if (h->content_length >= 0 && (uint64_t)h->content_length != length)
		return err_set(err, ERR_PROTOCOL, "there are two different Content-Lengths");
	h->content_length = (int64_t)length;
	return true;
}

static bool take_field(struct http1_head *h, struct str name, struct str value, struct err *err)
{
	if (str_is_nocase(name, "content-length"))
		return take_length(h, value, err);
	if (str_is_nocase(name, "transfer-encoding")) {
		if (h->chunked || !str_is_nocase(value, "chunked"))
			return err_set(
				err, ERR_PROTOCOL, "a Transfer-Encoding other than \"chunked\" is not supported");
		h->chunked = true;
	}
	if (str_is_nocase(name, "connection")) {
		h->close |= has_word(value, "close");
		h->keep_alive |= has_word(value, "keep-alive");
	}
	return true;
}

static bool split_field(struct str line, struct str *ret_name, struct str *ret_value)
{
	struct str rest;
	*ret_name = str_split(line, ':', &rest);
	*ret_value = str_trim(rest);
	return ret_name->n < line.n && is_token(*ret_name) && is_value(*ret_value);
}

static bool take_fields(struct http1_head *h, struct str rest, struct err *err)
{
	unsigned count = 0;
	h->fields.p = rest.p;
	for (;;) {
		struct str before = rest, line = take_line(&rest), name, value;
		if (line.n == 0) {
			h->fields.n = (size_t)(before.p - h->fields.p);
			break;
		}
		if (++count > FIELDS_MAX)
			return err_set(err, ERR_LIMIT, "there are more than %d header lines", FIELDS_MAX);
		if (!split_field(line, &name, &value))
			return err_set(err, ERR_PROTOCOL, "a header line is malformed");
		if (!take_field(h, name, value, err))
			return false;
	}
	if (h->minor == 0 && !h->keep_alive)
		h->close = true;
	return true;
}

/* "HTTP/1.0", "HTTP/1.1" and later minors */
static bool take_version(struct http1_head *h, struct str s, struct err *err)
{
	if (s.n != 8 || memcmp(s.p, "HTTP/1.", 7) != 0 || s.p[7] < '0' || s.p[7] > '9')
		return err_set(err, ERR_PROTOCOL, "the other side does not speak HTTP/1");
	h->minor = s.p[7] - '0';
	return true;
}

bool http1_parse_request(struct str head, struct http1_head *ret_head, struct err *err)
{
	struct http1_head h = {.content_length = -1};
	size_t skip = leading_line_ends(head);
	struct str rest = {head.p + skip, head.n - skip}, version, line = take_line(&rest);
	h.method = str_split(line, ' ', &line);
	h.target = str_split(line, ' ', &version);
	if (!take_version(&h, version, err))
		return false;
	if (!is_token(h.method) || !is_target(h.target))
		return err_set(err, ERR_PROTOCOL, "the request line is malformed");
	if (!take_fields(&h, rest, err))
		return false;
	if (h.chunked && (h.content_length >= 0 || h.minor == 0))
		return err_set(err, ERR_PROTOCOL, "the length of the body is said in two ways");
	*ret_head = h;
	return true;
}

bool http1_parse_response(struct str head, struct http1_head *ret_head, struct err *err)
{
	struct http1_head h = {.content_length = -1};
	size_t skip = leading_line_ends(head);
	struct str rest = {head.p + skip, head.n - skip}, reason, line = take_line(&rest);
	int64_t status;
	if (!take_version(&h, str_split(line, ' ', &line), err))
		return false;
	if (!str_to_int(str_split(line, ' ', &reason), 100, 599, &status))
		return err_set(err, ERR_PROTOCOL, "the status line is malformed");
	h.status = (int)status;
	if (!take_fields(&h, rest, err))
		return false;
	if (h.chunked) {
		h.close |=
			h.content_length >= 0; /* RFC 9112, 6.3: believe the encoding, trust the connection no more */
		h.content_length = -1;
	}
	*ret_head = h;
	return true;
}

bool http1_next_field(const struct http1_head *h, size_t *at, struct str *ret_name, struct str *ret_value)
{
	struct str rest = {h->fields.p + *at, h->fields.n - *at};
	if (!rest.n)
		return false;
	struct str line = take_line(&rest);
	*at = h->fields.n - rest.n;
	return split_field(line, ret_name, ret_value);
}

struct str http1_field(const struct http1_head *h, const char *name)
{
	struct str n, value;
	size_t at = 0;
	while (http1_next_field(h, &at, &n, &value))
		if (str_is_nocase(n, name))
			return value;
	return (struct str){0};
}

/* ---- bodies ---- */

struct http1_body http1_body_of(const struct http1_head *h, const char *request_method)
{
	struct http1_body b = {0};
	bool response = request_method != NULL;
	bool never = response &&
		     (strcmp(request_method, "HEAD") == 0 || h->status < 200 || h->status == 204 || h->status == 304);
	if (never || (!response && !h->chunked && h->content_length < 0))
		b.kind = HTTP1_NONE;
	else if (h->chunked)
		b.kind = HTTP1_CHUNKED;
	else if (h->content_length >= 0) {
		b.kind = h->content_length ? HTTP1_LENGTH : HTTP1_NONE;
		b.left = (uint64_t)h->content_length;
	} else
		b.kind = HTTP1_TO_CLOSE;
	return b;
}

/* Chunked: size [;extension] CRLF data CRLF … 0 CRLF trailer CRLF */
enum { SIZE, EXTENSION, SIZE_END, DATA, DATA_CR, DATA_LF, TRAILER, TRAILER_LINE, FINISHED };

static int hex_digit(char c)
{
	char lower = (char)(c | 0x20);
	if (c >= '0' && c <= '9')
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool size_line_ends(struct http1_body *b)
{
	if (!b->digits)
		return false;
	b->phase = b->left ? DATA : TRAILER;
	b->line_bytes = 0;
	b->digits = 0;
	return true;
}

static bool step_size(struct http1_body *b, char c)
{
	int digit = hex_digit(c);
	if (++b->line_bytes > CHUNK_LINE_BYTES_MAX)
		return false;
	if (b->phase == SIZE && digit >= 0) {
		b->left = b->left << 4 | (unsigned)digit;
		return ++b->digits <= 15; /* 60 bits are enough, and shifting more would forget some */
	}
	if (c == '\n')
		return size_line_ends(b);
	if (b->phase == SIZE_END)
		return false;
	if (c == '\r')
		b->phase = SIZE_END;
	else if (b->phase == SIZE) {
		if (c != ';' && c != ' ' && c != '\t')
			return false;
		b->phase = EXTENSION;
	}
	return true;
}

/* Lines behind the last chunk are passed over; an empty one ends the body. */
static bool step_trailer(struct http1_body *b, char c)
{
	if (++b->line_bytes > TRAILER_BYTES_MAX)
		return false;
	if (c == '\n')
		b->phase = b->phase == TRAILER ? FINISHED : TRAILER;
	else if (c != '\r')
		b->phase = TRAILER_LINE;
	return true;
}

static bool step_chunk_end(struct http1_body *b, char c)
{
	if (b->phase == DATA_CR && c == '\r') {
		b->phase = DATA_LF;
		return true;
	}
	b->phase = SIZE;
	return c == '\n';
}

static enum http1_step take_piece(struct http1_body *b, struct str *in, struct str *ret_piece)
{
	size_t n = b->left < in->n ? (size_t)b->left : in->n;
	*ret_piece = (struct str){in->p, n};
	*in = (struct str){in->p + n, in->n - n};
	b->left -= n;
	return HTTP1_PIECE;
}

static enum http1_step step_chunked(struct http1_body *b, struct str *in, struct str *ret_piece)
{
	while (b->phase != FINISHED) {
		if (!in->n)
			return HTTP1_MORE;
		if (b->phase == DATA) {
			enum http1_step step = take_piece(b, in, ret_piece);
			if (!b->left)
				b->phase = DATA_CR;
			return step;
		}
		char c = *in->p;
		*in = (struct str){in->p + 1, in->n - 1};
		bool ok = b->phase <= SIZE_END	? step_size(b, c)
			  : b->phase <= DATA_LF ? step_chunk_end(b, c)
						: step_trailer(b, c);
		if (!ok)
			return HTTP1_BAD;
	}
	return HTTP1_DONE;
}

enum http1_step http1_body_step(struct http1_body *b, struct str *in, struct str *ret_piece)
{
	switch (b->kind) {
	case HTTP1_CHUNKED: return step_chunked(b, in, ret_piece);
	case HTTP1_LENGTH:
		if (!b->left)
			return HTTP1_DONE;
		return in->n ? take_piece(b, in, ret_piece) : HTTP1_MORE;
	case HTTP1_TO_CLOSE:
		if (!in->n)
			return HTTP1_MORE;
		*ret_piece = *in;
		*in = (struct str){in->p + in->n, 0};
		return HTTP1_PIECE;
	case HTTP1_NONE: break;
	}
	return HTTP1_DONE;
}
