/*
 * Changing one value of a document and nothing else: the bytes of that value are replaced, a new member is
 * put behind the last one in the style of the file, a removed one takes its comma along. Everything else
 * stays byte for byte.
 */
#ifndef CONFIG_DOC_EDIT_H
#define CONFIG_DOC_EDIT_H

#include "config/doc.h"

enum { DOC_PATH_MAX = 8 };

/* path: keys from the root, count of them; objects on the way are made where they are missing (what stands
 * there and is no object is replaced). json: one whole value. References into d are void afterwards. False
 * without memory, or if json is not JSON; d is then as it was. */
bool doc_set(struct doc *d, const struct str *path, unsigned count, struct str json);
/* Removes every member of that name. True also if there was none. */
bool doc_remove(struct doc *d, const struct str *path, unsigned count);
/* The same for an item of a list, or any value with a reference. */
bool doc_replace(struct doc *d, doc_ref at, struct str json);

/* "escaped" as JSON text with its quotes; ascii: \uXXXX for everything else, as half of the original's files
 * have it. */
bool doc_quote(struct buf *out, struct str text, bool ascii);
/* True if the file has \u escapes and no raw UTF-8: then new texts are written so too. */
bool doc_is_ascii(const struct doc *d);

#endif
