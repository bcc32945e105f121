/* The whole folder in one file, a plain tar archive (POSIX ustar) that any tool can look into. */
#ifndef CONFIG_ARCHIVE_H
#define CONFIG_ARCHIVE_H

#include "base/buf.h"
#include "base/err.h"

enum { ARCHIVE_BYTES_MAX = 64 * 1024 * 1024 };

/* Without secrets, the members that hold them are left out of the files; an import then keeps those of the
 * folder it goes to. Leftovers, copies (.bak, backup_…) and the session with Discord are not in it. file is
 * made with mode 0600. */
bool archive_export(const char *folder, const char *file, bool secrets, unsigned *ret_count, struct err *err);

/* The archive is judged as a whole (names, JSON) before anything is written; then each file is replaced, the
 * version before kept as .bak. Files that are not in the archive stay. report: one line a file. */
bool archive_import(const char *folder, const char *file, struct buf *report, struct err *err);

/* Whether file is a folder or a JSON file, and so no archive (config_import_old() reads those). */
bool archive_is_other(const char *file);

#endif
