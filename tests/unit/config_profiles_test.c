/* The ready files say what the profiles say, and nothing that the table of options does not allow. */
#include "config/config.h"
#include "config/profiles.h"
#include "folder.h"

static void read_file(enum profile p, char *out, size_t size)
{
	const char *root = getenv("SOURCE_ROOT");
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/packaging/profiles/%s.env", root ? root : ".", profile_name(p));
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	fclose(f);
}

static void test_the_files_are_the_profiles(void **state)
{
	char text[4096];
	for (enum profile p = 0; p < PROFILE_COUNT; p++) {
		read_file(p, text, sizeof text);
		struct str rest = str_of(text);
		unsigned lines = 0;
		while (rest.n) {
			struct str value, line = str_split(rest, '\n', &rest), name = str_split(line, '=', &value),
					  parsed;
			char key[64];
			int64_t in_file, in_profile;
			bool clamped;
			if (!line.n || line.p[0] == '#')
				continue;
			const struct option *o = option_find_in(STORE_ADVANCED, name);
			if (!o)
				fail_msg("%s.env: %.*s is not in the table of options", profile_name(p), STR_ARG(name));
			str_copy(key, sizeof key, name);
			assert_true(option_parse(o, value, &in_file, &parsed, &clamped) && !clamped);
			if (!profile_default(p, key, &in_profile))
				in_profile = o->number;
			if (in_file != in_profile)
				fail_msg("%s.env: %s is %lld, the profile has %lld", profile_name(p), key,
					(long long)in_file, (long long)in_profile);
			lines++;
		}
		assert_int_equal(lines, 13);
	}
}

static void test_a_profile_is_below_what_is_set(void **state)
{
	struct list problems;
	struct err err;
	list_init(&problems);
	setenv("DDC_MEMORY_PROFILE", "Raspberry-Pi", 1);
	setenv("DDC_MAX_CHANNELS", "77", 1);
	struct config *c = config_load(folder, &problems, &err);
	assert_non_null(c);
	assert_int_equal(config_int(c, "DDC_MEMORY_LIMIT_MB"), 12);
	assert_int_equal(config_int(c, "DDC_MAX_CHANNELS"), 77);
	assert_int_equal(config_int(c, "DDC_DISCORD_CACHE_DURATION"), 300);
	config_free(c);
	config_problems_clear(&problems);
	unsetenv("DDC_MEMORY_PROFILE");
	unsetenv("DDC_MAX_CHANNELS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_files_are_the_profiles),
		cmocka_unit_test_setup_teardown(test_a_profile_is_below_what_is_set, folder_make, folder_remove),
	};
	return cmocka_run_group_tests(tests, NULL, check_no_leak);
}
