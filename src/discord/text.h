/* Text as Discord shows it: cut to a number of characters at a place where nobody notices. Pure. */
#ifndef DISCORD_TEXT_H
#define DISCORD_TEXT_H

#include "base/buf.h"

/*
 * Appends s with at most max_chars characters (code points) to out; what is too long ends in an ellipsis that counts. Never cut
 * inside an escape, a mention or time stamp (<...>), an emoji of several code points or a letter with its accents; a ```
 * block that was open is closed. Returns the characters written.
 */
size_t text_add_cut(struct buf *out, struct str s, size_t max_chars);
/* The same for somebody's own Markdown with other text behind it: a ``` block that they left open is closed too. */
size_t text_add_markdown(struct buf *out, struct str s, size_t max_chars);

#endif
