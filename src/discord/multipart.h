/* A body with a file beside its JSON: multipart/form-data with payload_json and files[0]. Pure but for the
 * random border between the parts. Source: RFC 7578; Discord API, "Uploading Files". */
#ifndef DISCORD_MULTIPART_H
#define DISCORD_MULTIPART_H

#include "base/buf.h"

enum {
	MULTIPART_NAME_BYTES = 96,
	MULTIPART_TYPE_BYTES = 96,
	MULTIPART_FRAME_BYTES = 1024 /* all that is neither JSON nor file, at most */
};

struct multipart_file {
	const char *name; /* of the file: everything but letters, digits, '.', '-' and '_' becomes '_' */
	const char *content_type;
	struct str bytes;
};

/* Appends the body to out, and says what goes into the Content-Type line. False: it does not fit, or no
 * memory. */
bool multipart_write(
	struct buf *out, char ret_type[MULTIPART_TYPE_BYTES], struct str json, const struct multipart_file *file);

#endif
