/* What every unit test includes: cmocka and the headers it wants in front of it. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

/* As a group teardown: nothing that the tests allocated may be left. */
static inline int check_no_leak(void **state)
{
	(void)state;
	return mem_use_total().blocks == 0 ? 0 : -1;
}

#endif
