#include "docker/wire.h"

#include <string.h>

enum { M_MESSAGE };
static const char *const error_fields[] = {[M_MESSAGE] = ".message"};

static bool on_json(const struct json_event *ev, void *arg)
{
	struct wire_error *e = arg;
	if (ev->type == JSON_STRING)
		wire_copy_text(e->message, sizeof e->message, ev->text);
	return true;
}

void wire_error_init(struct wire_error *e)
{
	*e = (struct wire_error){.wire.what = "error"};
	json_reader_init(&e->wire.reader, MEM_DOCKER, error_fields, 1, sizeof e->message, on_json, e);
	buf_init(&e->raw, MEM_DOCKER, WIRE_ERROR_RAW_BYTES);
}

void wire_error_feed(struct wire_error *e, struct str bytes)
{
	size_t room = WIRE_ERROR_RAW_BYTES - e->raw.length;
	json_reader_feed(&e->wire.reader, bytes.p, bytes.n);
	buf_add(&e->raw, bytes.p, bytes.n < room ? bytes.n : room);
}

static enum err_code code_of_status(int status)
{
	switch (status) {
	case 400: return ERR_INPUT;
	case 401:
	case 403:
	case 407: return ERR_FORBIDDEN;
	case 404: return ERR_NOT_FOUND;
	case 409: return ERR_CONFLICT;
	case 429: return ERR_LIMIT;
	case 502:
	case 503:
	case 504: return ERR_UNREACHABLE; /* a proxy in between; the engine itself answers 500 */
	default: return status >= 500 ? ERR_SYSTEM : ERR_PROTOCOL;
	}
}

static bool is_page(struct str s)
{
	return s.n && s.p[0] == '<';
}

void wire_error_finish(struct wire_error *e, int status, struct err *ret_err)
{
	struct str raw = str_trim(buf_view(&e->raw));
	ret_err->code = code_of_status(status);
	if (e->message[0])
		memcpy(ret_err->text, e->message, sizeof e->message);
	else if (raw.n && !is_page(raw) && raw.p[0] != '{' && utf8_valid(raw))
		wire_copy_text(ret_err->text, sizeof ret_err->text, raw);
	else
		err_set(ret_err, ret_err->code, "it answers with HTTP status %d and no reason", status);
}

void wire_error_clear(struct wire_error *e)
{
	docker_wire_clear(&e->wire);
	buf_clear(&e->raw);
}
