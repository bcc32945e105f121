/* The build for profiling: each live block is put down to the line that asked for it. Compiled with
 * -DDDC_PROFILE, whatever the build is. */
#include "test.h"

#include "base/buf.h"

#include <string.h>

static struct mem_site found[8];

/* The site that holds most; the number of all sites in *ret_count. */
static const struct mem_site *top(unsigned *ret_count)
{
	*ret_count = mem_top_sites(found, 8);
	return found;
}

static void test_a_block_is_put_down_to_its_line_until_it_is_freed(void **state)
{
	unsigned n, line = __LINE__ + 1;
	char *large = mem_alloc(MEM_TEST, 1000);
	char *small = mem_strdup(MEM_APP, "hello");
	const struct mem_site *s = top(&n);
	assert_int_equal(n, 2);
	assert_int_equal(s[0].line, line);
	assert_non_null(strstr(s[0].file, "base_mem_profile_test.c"));
	assert_int_equal(s[0].owner, MEM_TEST);
	assert_int_equal(s[0].bytes, 1000);
	assert_int_equal(s[1].line, line + 1);
	assert_int_equal(s[1].bytes, 6);
	mem_free(large);
	mem_free(small);
	top(&n);
	assert_int_equal(n, 0);
}

static void test_a_loop_is_one_place(void **state)
{
	unsigned n;
	void *blocks[5];
	for (unsigned i = 0; i < 5; i++)
		blocks[i] = mem_zalloc(MEM_TEST, 10);
	assert_int_equal(top(&n)[0].blocks, 5);
	assert_int_equal(found[0].bytes, 50);
	for (unsigned i = 0; i < 5; i++)
		mem_free(blocks[i]);
}

static void test_growing_changes_the_size_and_not_the_place(void **state)
{
	unsigned n, line = __LINE__ + 1;
	char *block = mem_alloc(MEM_TEST, 10);
	block = mem_realloc(MEM_TEST, block, 400);
	assert_int_equal(top(&n)[0].line, line);
	assert_int_equal(n, 1);
	assert_int_equal(found[0].bytes, 400);
	assert_int_equal(found[0].blocks, 1);
	mem_free(block);
}

static void test_a_buffer_counts_where_it_was_made(void **state)
{
	struct buf b;
	unsigned n, line = __LINE__ + 1;
	buf_init(&b, MEM_TEST, 10000);
	for (unsigned i = 0; i < 1000; i++)
		buf_add_str(&b, "text");
	assert_int_equal(top(&n)[0].line, line);
	assert_int_equal(n, 1);
	buf_clear(&b);
	buf_add_str(&b, "again");
	assert_int_equal(top(&n)[0].line, line);
	buf_clear(&b);
}

static void test_a_library_and_a_failure(void **state)
{
	unsigned n;
	mem_fail_at(1);
	assert_null(mem_alloc(MEM_TEST, 10)); /* nobody is to inherit this line */
	void *block = (mem_alloc)(MEM_TLS, 70);
	assert_string_equal(top(&n)[0].file, MEM_SITE_LIBRARY);
	assert_int_equal(found[0].line, 0);
	mem_free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_block_is_put_down_to_its_line_until_it_is_freed),
		cmocka_unit_test(test_a_loop_is_one_place),
		cmocka_unit_test(test_growing_changes_the_size_and_not_the_place),
		cmocka_unit_test(test_a_buffer_counts_where_it_was_made),
		cmocka_unit_test(test_a_library_and_a_failure),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
