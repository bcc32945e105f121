#include "net/ws_frame.h"

#include "base/rand.h"

#include <mbedtls/base64.h>
#include <mbedtls/sha1.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_control(int opcode)
{
	return opcode & 8;
}

static bool check(int first, int second, bool in_message, struct err *err)
{
	int opcode = first & 15;
	bool known = opcode <= WS_BINARY || (opcode >= WS_CLOSE && opcode <= WS_PONG);
	if (first & 0x70 || !known)
		return err_set(err, ERR_PROTOCOL, "the server sent a WebSocket frame of an unknown kind");
	if (second & 0x80)
		return err_set(err, ERR_PROTOCOL, "the server sent a masked WebSocket frame");
	if (is_control(opcode) && (!(first & 0x80) || (second & 127) > WS_CONTROL_BYTES_MAX))
		return err_set(err, ERR_PROTOCOL, "the server sent a fragmented or long WebSocket control frame");
	if (!is_control(opcode) && (opcode == WS_CONTINUE) != in_message)
		return err_set(err, ERR_PROTOCOL, "the server mixed the fragments of two WebSocket messages");
	return true;
}

int ws_frame_read_header(struct str bytes, bool in_message, struct ws_frame *ret_frame, struct err *err)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	if (bytes.n < 2)
		return 0;
	if (!check(p[0], p[1], in_message, err))
		return -1;
	uint64_t length = p[1] & 127;
	size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
	if (bytes.n < 2 + more)
		return 0;
	if (more)
		length = 0;
	for (size_t i = 0; i < more; i++)
		length = length << 8 | p[2 + i];
	if (length > WS_FRAME_BYTES_MAX) {
		err_set(err, ERR_PROTOCOL,
			"the server sent a WebSocket frame of impossible length: %" PRIu64 " bytes (at most %d)",
			length, WS_FRAME_BYTES_MAX);
		return -1;
	}
	*ret_frame = (struct ws_frame){.opcode = (enum ws_opcode)(p[0] & 15), .final = p[0] & 0x80, .length = length};
	return (int)(2 + more);
}

bool ws_frame_write(struct buf *b, enum ws_opcode opcode, struct str payload)
{
	unsigned char head[8] = {(unsigned char)(0x80 | opcode)}, *mask;
	size_t n = 2;
	if (payload.n > UINT16_MAX || !buf_reserve(b, payload.n + WS_HEADER_BYTES_MAX))
		return false;
	if (payload.n < 126)
		head[1] = (unsigned char)(0x80 | payload.n);
	else {
		head[1] = 0x80 | 126;
		head[n++] = (unsigned char)(payload.n >> 8);
		head[n++] = (unsigned char)payload.n;
	}
	mask = head + n;
	rand_bytes(mask, 4);
	buf_add(b, head, n + 4);
	size_t start = b->length;
	buf_add_view(b, payload);
	for (size_t i = 0; i < payload.n; i++)
		b->data[start + i] = (char)(b->data[start + i] ^ mask[i & 3]);
	return true;
}

void ws_make_key(char out[WS_KEY_BYTES])
{
	unsigned char nonce[16];
	size_t n;
	rand_bytes(nonce, sizeof nonce);
	mbedtls_base64_encode((unsigned char *)out, WS_KEY_BYTES, &n, nonce, sizeof nonce);
}

bool ws_accept_of(const char *key, char out[WS_ACCEPT_BYTES])
{
	char text[WS_KEY_BYTES + 40];
	unsigned char sha1[20];
	size_t n;
	snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
	return mbedtls_sha1((const unsigned char *)text, strlen(text), sha1) == 0 &&
	       mbedtls_base64_encode((unsigned char *)out, WS_ACCEPT_BYTES, &n, sha1, sizeof sha1) == 0;
}
