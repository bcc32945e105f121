/* What `ddc memory` prints and programs read: the report of the running daemon. */
#ifndef WEB_MEMORY_PAGE_H
#define WEB_MEMORY_PAGE_H

#include "base/json_writer.h"
#include "memory/governor.h"

/* cleanup: one is done, and the report has both sides of it. */
void memory_page_text(struct buf *out, struct governor *g, bool cleanup);
void memory_page_json(struct buf *out, struct governor *g, bool cleanup);

#endif
