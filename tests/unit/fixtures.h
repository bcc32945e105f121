/* Where the reference folders and vectors are: $DDC_FIXTURES, or shared/fixtures in a folder above. They are
 * not part of the repository; tests that need them are skipped without them, and say so. */
#ifndef TESTS_UNIT_FIXTURES_H
#define TESTS_UNIT_FIXTURES_H

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIXTURE_PATH_BYTES = 2048 };

static inline const char *fixtures(void)
{
	static const char *const above[] = {"shared/fixtures", "../shared/fixtures", "../../shared/fixtures",
		"../../../shared/fixtures", "../../../../shared/fixtures", "../../../../../shared/fixtures"};
	const char *given = getenv("DDC_FIXTURES");
	if (given)
		return given;
	for (size_t i = 0; i < sizeof above / sizeof *above; i++)
		if (access(above[i], R_OK) == 0)
			return above[i];
	return NULL;
}

static inline void fixture_path(char out[FIXTURE_PATH_BYTES], const char *name, const char *suffix)
{
	int n = snprintf(out, FIXTURE_PATH_BYTES, "%s/%s%s", fixtures(), name, suffix);
	assert_true(n > 0 && n < FIXTURE_PATH_BYTES);
}

#define NEEDS_FIXTURES()                                                                                               \
	do {                                                                                                           \
		if (!fixtures()) {                                                                                     \
			print_message("skipped: no shared/fixtures above, and DDC_FIXTURES is not set\n");             \
			skip();                                                                                        \
		}                                                                                                      \
	} while (0)

#endif
