/* Reading whole files of the folder, and why it did not work in words that the owner understands. */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include "base/err.h"
#include "base/str.h"

enum file_result { FILE_READ, FILE_ABSENT, FILE_FAILED };

/* The caller owns *ret_text (terminated). Pipes and devices are refused without waiting for them; links are
 * followed. */
enum file_result file_read(
	const char *folder, const char *name, size_t max_bytes, char **ret_text, size_t *ret_length, struct err *err);
/* Modification time in nanoseconds of Unix time; 0 if there is no such file. */
int64_t file_time_ns(const char *folder, const char *name);

/* Names in folder/sub that end in suffix and do not begin with a dot, sorted by bytes. Owned by the caller
 * (each, and the array). False only if the folder is there and cannot be read. */
enum { FILE_NAMES_MAX = 4096 };
bool file_list(
	const char *folder, const char *sub, const char *suffix, char ***ret_names, size_t *ret_count, struct err *err);
void file_list_free(char **names, size_t count);

/* folder/name; false if that is longer than a path may be. */
bool file_path(char *out, size_t size, const char *folder, const char *name);

#endif
