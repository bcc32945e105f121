#include "config/file.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_path(char *out, size_t size, const char *folder, const char *name)
{
	int n = snprintf(out, size, "%s/%s", folder, name);
	return n > 0 && (size_t)n < size;
}

static bool read_all(int fd, char *text, size_t size, size_t *ret_length)
{
	size_t have = 0;
	while (have < size) {
		ssize_t n = read(fd, text + have, size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	*ret_length = have;
	return true;
}

static enum file_result read_open(int fd, size_t max_bytes, char **ret_text, size_t *ret_length, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0) {
		err_errno(err, "it cannot be read");
		return FILE_FAILED;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, ERR_INPUT, S_ISDIR(st.st_mode) ? "it is a folder, not a file" : "it is no ordinary file");
		return FILE_FAILED;
	}
	if ((uint64_t)st.st_size > max_bytes) {
		err_set(err, ERR_LIMIT, "it has %lld bytes; at most %zu are read", (long long)st.st_size, max_bytes);
		return FILE_FAILED;
	}
	size_t length = 0;
	char *text = mem_alloc(MEM_CONFIG, (size_t)st.st_size + 1);
	if (!text || !read_all(fd, text, (size_t)st.st_size, &length)) {
		if (text)
			err_errno(err, "it cannot be read");
		else
			err_set(err, ERR_MEMORY, "there is no memory to read it");
		mem_free(text);
		return FILE_FAILED;
	}
	text[length] = '\0';
	*ret_text = text;
	*ret_length = length;
	return FILE_READ;
}

enum file_result file_read(
	const char *folder, const char *name, size_t max_bytes, char **ret_text, size_t *ret_length, struct err *err)
{
	char path[PATH_MAX];
	if (!file_path(path, sizeof path, folder, name)) {
		err_set(err, ERR_INPUT, "its path is too long");
		return FILE_FAILED;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		struct stat st;
		/* a link that leads nowhere is not the same as no file: somebody meant it to be there */
		if ((errno == ENOENT || errno == ENOTDIR) && lstat(path, &st) < 0)
			return FILE_ABSENT;
		err_errno(err, "it cannot be opened");
		return FILE_FAILED;
	}
	enum file_result result = read_open(fd, max_bytes, ret_text, ret_length, err);
	close(fd);
	return result;
}

int64_t file_time_ns(const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	if (!file_path(path, sizeof path, folder, name) || stat(path, &st) < 0)
		return 0;
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);
	return n > m && strcmp(name + n - m, suffix) == 0;
}

static bool add_name(char ***names, size_t *count, const char *name)
{
	if ((*count & (*count - 1)) == 0) { /* full at each power of two */
		char **grown = mem_realloc(MEM_CONFIG, *names, (*count ? *count * 2 : 1) * sizeof *grown);
		if (!grown)
			return false;
		*names = grown;
	}
	return ((*names)[*count] = mem_strdup(MEM_CONFIG, name)) && ++*count;
}

bool file_list(
	const char *folder, const char *sub, const char *suffix, char ***ret_names, size_t *ret_count, struct err *err)
{
	char path[PATH_MAX];
	*ret_names = NULL;
	*ret_count = 0;
	if (!file_path(path, sizeof path, folder, sub))
		return err_set(err, ERR_INPUT, "its path is too long");
	DIR *dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? true : err_errno(err, "it cannot be listed");
	bool ok = true;
	for (struct dirent *e; ok && (e = readdir(dir));) {
		if (e->d_name[0] == '.' || !ends_with(e->d_name, suffix))
			continue;
		if (*ret_count >= FILE_NAMES_MAX)
			ok = err_set(
				err, ERR_LIMIT, "it holds more than %d files; the rest is not read", FILE_NAMES_MAX);
		else if (!add_name(ret_names, ret_count, e->d_name))
			ok = err_set(err, ERR_MEMORY, "there is no memory to list it");
	}
	closedir(dir);
	if (*ret_count)
		qsort(*ret_names, *ret_count, sizeof **ret_names, by_bytes);
	return ok;
}

void file_list_free(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mem_free(names[i]);
	mem_free(names);
}
