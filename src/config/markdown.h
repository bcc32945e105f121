/* docs/configuration.md, made from the table of options. */
#ifndef CONFIG_MARKDOWN_H
#define CONFIG_MARKDOWN_H

#include "base/buf.h"

void options_markdown(struct buf *out);

#endif
