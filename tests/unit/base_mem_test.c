#include "test.h"

#include "base/buf.h"
#include "base/ticket.h"

#include <string.h>

static void test_every_block_is_counted_under_its_owner(void **state)
{
	(void)state;
	char *a = mem_strdup(MEM_TEST, "hello");
	char *b = mem_alloc(MEM_APP, 100);
	assert_int_equal(mem_use_of(MEM_TEST).bytes, 6);
	assert_int_equal(mem_use_of(MEM_APP).bytes, 100);
	b = mem_realloc(MEM_TEST, b, 40); /* the owner of a block does not change */
	assert_int_equal(mem_use_of(MEM_APP).bytes, 40);
	mem_free(a);
	mem_free(b);
	assert_int_equal(mem_use_total().blocks, 0);
	assert_int_equal(mem_use_of(MEM_APP).peak_bytes, 100);
}

static void test_failure_can_be_injected(void **state)
{
	(void)state;
	mem_fail_at(2);
	void *a = mem_alloc(MEM_TEST, 1), *b = mem_alloc(MEM_TEST, 1), *c = mem_alloc(MEM_TEST, 1);
	assert_non_null(a);
	assert_null(b);
	assert_non_null(c);
	mem_free(a);
	mem_free(c);
	assert_null(mem_array(MEM_TEST, SIZE_MAX / 2, 4));
}

static void test_a_buffer_never_exceeds_its_maximum(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, MEM_TEST, 10);
	assert_true(buf_add_str(&b, "0123456789"));
	assert_false(buf_add_char(&b, 'x'));
	assert_true(b.overflow);
	assert_string_equal(buf_text(&b), "0123456789");
	buf_consume(&b, 4);
	assert_string_equal(buf_text(&b), "456789");
	assert_false(buf_printf(&b, "%d", 12345));
	assert_true(buf_printf(&b, "%d", 1234));
	assert_string_equal(buf_text(&b), "4567891234");
	buf_clear(&b);
	assert_string_equal(buf_text(&b), "");
}

static void test_a_ticket_that_ended_is_recognised(void **state)
{
	struct ticket_table t;
	int one = 1, two = 2;
	(void)state;
	ticket_table_init(&t, MEM_TEST, 3);
	ticket a = ticket_issue(&t, &one);
	assert_ptr_equal(ticket_item(&t, a), &one);
	assert_ptr_equal(ticket_redeem(&t, a), &one);
	assert_null(ticket_item(&t, a));
	assert_null(ticket_redeem(&t, a));
	ticket b = ticket_issue(&t, &two);
	assert_int_not_equal(a, b);
	assert_null(ticket_item(&t, a));
	assert_int_not_equal(ticket_issue(&t, &one), TICKET_NONE);
	assert_int_not_equal(ticket_issue(&t, &one), TICKET_NONE);
	assert_int_equal(ticket_issue(&t, &one), TICKET_NONE); /* full */
	assert_null(ticket_item(&t, TICKET_NONE));
	ticket_table_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_block_is_counted_under_its_owner),
		cmocka_unit_test(test_failure_can_be_injected),
		cmocka_unit_test(test_a_buffer_never_exceeds_its_maximum),
		cmocka_unit_test(test_a_ticket_that_ended_is_recognised),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
