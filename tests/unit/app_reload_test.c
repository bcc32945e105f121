/* A configuration folder on a server: nobody tells of changes that others make, and who looks may have to wait for long. The kernel's
 * calls that matter are played by this file. (Local folders are met by tests/scenario/140.) */
#include "app/reload.h"
#include "base/clock.h"
#include "config/watch.h"
#include "folder.h"

#include <sys/inotify.h>
#include <sys/vfs.h>

static const uint32_t nfs = 0x6969;
static uint64_t now_ms;
static unsigned changes, asked_here;

int statfs(const char *path, struct statfs *ret)
{
	(void)path;
	memset(ret, 0, sizeof *ret);
	ret->f_type = (__typeof__(ret->f_type))nfs;
	return 0;
}

/* What others change on a server is not told. */
int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	(void)fd, (void)path, (void)mask;
	asked_here++;
	return 1;
}

static void on_change(void *arg)
{
	(void)arg;
	changes++;
}

static void pass(uint64_t ms)
{
	now_ms += ms;
	clock_test_set(now_ms, (int64_t)now_ms);
}

static void turns(struct loop *loop, unsigned most, unsigned until)
{
	for (unsigned i = 0; i < most && changes < until; i++) {
		loop_turn(loop, 0);
		usleep(10000);
	}
}

static void test_a_change_on_a_server_is_found_by_a_child(void **state)
{
	(void)state;
	struct err err = {0};
	put("config.json", "{}");
	now_ms = 1000000;
	pass(0);
	struct loop *loop = loop_new();
	struct reload *r = reload_new(loop, folder, config_fingerprint(folder), on_change, NULL, &err);
	assert_non_null(r);
	put("config.json", "{\"language\": \"de\"}");
	turns(loop, 10, 1);
	assert_int_equal(changes, 0); /* nobody told */
	unsigned before = asked_here;
	pass(RELOAD_LOOK_MS);
	loop_turn(loop, 0);
	assert_int_equal(asked_here, before); /* the loop itself asks the server nothing */
	turns(loop, 500, 1);
	assert_int_equal(changes, 1);
	pass(RELOAD_LOOK_MS);
	turns(loop, 50, 2);
	assert_int_equal(changes, 1); /* nothing new */
	put("config.json", "{}");
	pass(RELOAD_LOOK_MS);
	turns(loop, 500, 2);
	assert_int_equal(changes, 2); /* it goes on looking */
	pass(RELOAD_LOOK_MS);
	loop_turn(loop, 0);
	reload_free(r); /* while a child looks */
	loop_free(loop);
	clock_test_set(0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_change_on_a_server_is_found_by_a_child, folder_make, folder_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
