/* A folder of a test's own: made, filled from texts, and removed again. */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include "leftovers.h"
#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static inline int folder_make(void **state)
{
	(void)state;
	/* in memory where there is such a place: thousands of fsync() on a disk take minutes */
	snprintf(folder, sizeof folder, "%s/ddc-test-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	return mkdtemp(folder) ? leftovers_watch(folder) : -1;
}

static inline int folder_remove(void **state)
{
	(void)state;
	return leftovers_remove(folder);
}

static inline void folder_path(char out[PATH_MAX], const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", folder, name);
	assert_true(n > 0 && n < PATH_MAX);
}

/* Folders on the way are made. */
static inline void put_bytes(const char *name, const void *bytes, size_t length)
{
	char path[PATH_MAX];
	folder_path(path, name);
	for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, length, f), length);
	assert_int_equal(fclose(f), 0);
}

static inline void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

/* The file's bytes (free()), NULL if it is not there. */
static inline char *get(const char *name, size_t *ret_length)
{
	char path[PATH_MAX];
	folder_path(path, name);
	FILE *f = fopen(path, "r");
	if (!f)
		return NULL;
	size_t size = 1 << 20, length;
	char *text = malloc(size + 1);
	assert_non_null(text);
	length = fread(text, 1, size, f);
	text[length] = '\0';
	fclose(f);
	if (ret_length)
		*ret_length = length;
	return text;
}

static inline void assert_file(const char *name, const char *want)
{
	char *text = get(name, NULL);
	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static inline unsigned mode_of(const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	folder_path(path, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

#endif
