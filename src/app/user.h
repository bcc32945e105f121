/*
 * Who the daemon runs as. Started as root with PUID (and PGID) in the environment, as the original's image
 * is, it becomes that user before it does anything else, and keeps nothing of root but the group that may use
 * the engine's socket.
 */
#ifndef APP_USER_H
#define APP_USER_H

#include "app/paths.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Digits with blanks around, as PUID and PGID have them; as much as 32 bits but the highest, which means "no
 * change". */
bool user_parse_id(const char *text, unsigned *ret_id);

/*
 * Does nothing unless we are root and PUID or PGID is set (the one that is missing: 1000). The two folders
 * are given to the new user, with all that is in them, when they belong to somebody else. Where root has no
 * rights left to change its user (a container without capabilities), it stays as it is and ret_note says so.
 * False: the ids make no sense, or the change was only half possible.
 */
bool user_drop(const struct paths *paths, char *ret_note, size_t note_size, struct err *err);

#endif
