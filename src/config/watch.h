/*
 * Whether somebody changed the folder by hand. Each file counts, not only the folder's own time: the original
 * looks at the folder alone and misses edits inside containers/ and channels/.
 */
#ifndef CONFIG_WATCH_H
#define CONFIG_WATCH_H

#include "base/str.h"

/* A number that changes when any file that loading reads is written, replaced, removed or made (name, inode,
 * size, times). ddc's own state files (mech_state.json, ddc_*.json) do not count. Reads no contents; about 2
 * us a file. */
uint64_t config_fingerprint(const char *folder);

/* The folders to watch for changes (inotify), relative to the folder; ends with NULL. "" is the folder
 * itself. Missing ones may appear later. */
extern const char *const config_watched_folders[];
/* A name in such a folder that a change of matters: not a temporary file, not a copy, not our own state. */
bool config_watches(struct str file_name);

/* Calls each (NULL: nobody) with the path of every file that matters. False if there is none: the folder is gone, or it is the
 * empty place where something was mounted. */
typedef void config_file_fn(const char *path, void *arg);
bool config_each_watched(const char *folder, config_file_fn *each, void *arg);

#endif
