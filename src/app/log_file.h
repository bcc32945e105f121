/*
 * The log's second place: ddc.log in the log folder, turned over at LOG_FILE_BYTES_MAX to ddc.log.1 … LOG_FILE_KEEP.
 * A folder that cannot be written is told once on standard output; the program goes on.
 */
#ifndef APP_LOG_FILE_H
#define APP_LOG_FILE_H

#include "base/err.h"

/* 4 x 2 MiB: a year of a quiet server, a day of a noisy one. The original keeps up to 50 MB. */
enum { LOG_FILE_BYTES_MAX = 2 * 1024 * 1024, LOG_FILE_KEEP = 3 };

struct log_file;

/* Takes over the log's sink. NULL: err says why. */
struct log_file *log_file_open(const char *folder, struct err *err);
void log_file_close(struct log_file *f); /* NULL is fine */

#endif
