#include "discord/multipart.h"

#include "base/rand.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The name stands between quotation marks in a header line: nothing in it may end either. */
static void add_name(struct buf *out, const char *name)
{
	for (const char *c = name; *c; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
			     strchr(".-_", *c);
		buf_add_char(out, plain ? *c : '_');
	}
}

bool multipart_write(
	struct buf *out, char ret_type[MULTIPART_TYPE_BYTES], struct str json, const struct multipart_file *file)
{
	uint64_t random[2];
	char border[48];
	/* 128 random bits: what a container writes cannot foresee the border, so it need not be searched for
	 * it. */
	rand_bytes(random, sizeof random);
	snprintf(border, sizeof border, "ddc-%016" PRIx64 "%016" PRIx64, random[0], random[1]);
	snprintf(ret_type, MULTIPART_TYPE_BYTES, "multipart/form-data; boundary=%s", border);
	if (!buf_reserve(out, json.n + file->bytes.n + MULTIPART_FRAME_BYTES))
		return false;
	buf_printf(out,
		"--%s\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: "
		"application/json\r\n\r\n",
		border);
	buf_add_view(out, json);
	buf_printf(out, "\r\n--%s\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"", border);
	add_name(out, file->name);
	buf_printf(out, "\"\r\nContent-Type: %s\r\n\r\n", file->content_type);
	buf_add_view(out, file->bytes);
	buf_printf(out, "\r\n--%s--\r\n", border);
	return !out->overflow;
}
