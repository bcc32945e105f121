/* A test's folder filled with one of the fixtures. */
#ifndef TESTS_UNIT_FIXTURE_FOLDER_H
#define TESTS_UNIT_FIXTURE_FOLDER_H

#include "fixtures.h"
#include "folder.h"

#include <dirent.h>

static inline void copy_tree(const char *from, const char *to)
{
	char a[PATH_MAX], name[PATH_MAX], bytes[1 << 16];
	DIR *dir = opendir(from);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		struct stat st;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		assert_true(snprintf(a, sizeof a, "%s/%s", from, e->d_name) < (int)sizeof a);
		assert_true(snprintf(name, sizeof name, "%s%s%s", to, *to ? "/" : "", e->d_name) < (int)sizeof name);
		assert_int_equal(stat(a, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			copy_tree(a, name);
			continue;
		}
		FILE *f = fopen(a, "r");
		put_bytes(name, bytes, fread(bytes, 1, sizeof bytes, f));
		fclose(f);
	}
	closedir(dir);
}

/* All of it, in the folder itself. */
static inline void use(const char *fixture)
{
	char path[FIXTURE_PATH_BYTES];
	fixture_path(path, fixture, "");
	copy_tree(path, "");
}

#endif
