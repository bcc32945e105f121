/*
 * Ready sets of defaults for the memory settings, picked by DDC_MEMORY_PROFILE: the three of the original's memory guide and its three
 * platforms, at sizes that suit ddc. What is set by itself beats the profile. packaging/profiles/ holds the same as files.
 */
#ifndef CONFIG_PROFILES_H
#define CONFIG_PROFILES_H

#include "config/options.h"

enum profile {
	PROFILE_NORMAL,
	PROFILE_ULTRA_LOW,
	PROFILE_HIGH_PERFORMANCE,
	PROFILE_UNRAID,
	PROFILE_RASPBERRY_PI,
	PROFILE_NAS,
	PROFILE_COUNT
};

enum profile profile_of(const char *name); /* what is not known is PROFILE_NORMAL */
const char *profile_name(enum profile p);
/* The profile's default of an option; false: it has none, the table's counts. */
bool profile_default(enum profile p, const char *option, int64_t *ret_number);

#endif
