/* All files of a test's folder at one moment, to be compared with another moment. */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include "folder.h"

#include <dirent.h>
#include <errno.h>

enum { TREE_FILES_MAX = 400 };

struct tree {
	unsigned count;
	struct tree_file {
		char name[300];
		char *text;
		size_t length;
	} files[TREE_FILES_MAX];
};

static inline bool tree_is_temporary(const char *name)
{
	size_t n = strlen(name);
	return n > 4 && strcmp(name + n - 4, ".tmp") == 0;
}

static inline void tree_read_folder(struct tree *t, const char *sub)
{
	char path[PATH_MAX], name[300];
	folder_path(path, sub);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		assert_true(snprintf(name, sizeof name, "%s%s%s", sub, *sub ? "/" : "", e->d_name) < (int)sizeof name);
		folder_path(path, name);
		struct stat st;
		assert_int_equal(lstat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			tree_read_folder(t, name);
			continue;
		}
		assert_true(t->count < TREE_FILES_MAX);
		struct tree_file *f = &t->files[t->count++];
		memcpy(f->name, name, sizeof name);
		f->text = malloc((size_t)st.st_size + 1);
		FILE *in = fopen(path, "r");
		assert_true(f->text && in);
		f->length = fread(f->text, 1, (size_t)st.st_size, in);
		fclose(in);
	}
	closedir(dir);
}

static inline struct tree *tree_read(void)
{
	struct tree *t = calloc(1, sizeof *t);
	assert_non_null(t);
	tree_read_folder(t, "");
	return t;
}

static inline void tree_free(struct tree *t)
{
	for (unsigned i = 0; i < t->count; i++)
		free(t->files[i].text);
	free(t);
}

static inline const struct tree_file *tree_find(const struct tree *t, const char *name)
{
	for (unsigned i = 0; i < t->count; i++)
		if (strcmp(t->files[i].name, name) == 0)
			return &t->files[i];
	return NULL;
}

static inline bool tree_same(const struct tree_file *a, const struct tree_file *b)
{
	return a && b && a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* The folder holds the files of before; what is not there is removed. */
static inline void tree_restore(const struct tree *before)
{
	struct tree *now = tree_read();
	for (unsigned i = 0; i < now->count; i++) {
		char path[PATH_MAX];
		folder_path(path, now->files[i].name);
		if (tree_find(before, now->files[i].name))
			continue;
		assert_int_equal(unlink(path), 0);
		*strrchr(path, '/') = '\0';
		if (strcmp(path, folder) != 0 && rmdir(path) < 0) /* only if nothing is left in it */
			assert_int_equal(errno, ENOTEMPTY);
	}
	for (unsigned i = 0; i < before->count; i++)
		if (!tree_same(&before->files[i], tree_find(now, before->files[i].name)))
			put_bytes(before->files[i].name, before->files[i].text, before->files[i].length);
	tree_free(now);
}

#endif
