#include "config/profiles.h"

#include <string.h>

static const char *const names[PROFILE_COUNT] = {[PROFILE_NORMAL] = "normal",
	[PROFILE_ULTRA_LOW] = "ultra-low",
	[PROFILE_HIGH_PERFORMANCE] = "high-performance",
	[PROFILE_UNRAID] = "unraid",
	[PROFILE_RASPBERRY_PI] = "raspberry-pi",
	[PROFILE_NAS] = "nas"};

/* -1: the table's default. In the order of the enum. "normal" is the table itself. */
static const struct {
	const char *option;
	int64_t numbers[PROFILE_COUNT];
} rows[] = {
	{"DDC_MEMORY_LIMIT_MB", {-1, 5, 64, 16, 12, 12}},
	{"DDC_GC_THRESHOLD_MB", {-1, 4, 48, 12, 9, 9}},
	{"DDC_MEMORY_CHECK_INTERVAL", {-1, 60, 120, 60, 60, 60}},
	{"DDC_MAX_CACHE_SIZE", {-1, 50, -1, 200, 100, 100}},
	{"DDC_MAX_PENDING_ACTIONS", {-1, 5, 50, 20, 10, 10}},
	{"DDC_MAX_TRACKED_CHANNELS", {-1, 15, 250, 50, 15, 25}},
	{"DDC_MAX_CONTAINERS", {-1, 50, 5000, 500, 100, 200}},
	{"DDC_MAX_CHANNELS", {-1, 15, 250, 50, 15, 25}},
	{"DDC_CACHE_TTL", {-1, 30, 300, 60, 60, 60}},
	{"DDC_DOCKER_CACHE_DURATION", {-1, 60, 10, 30, 60, 60}},
	{"DDC_ENABLE_BACKGROUND_REFRESH", {-1, 0, 1, 1, 1, 1}},
	{"DDC_MAX_MESSAGE_HISTORY", {-1, 10, 500, 100, 50, 50}},
	{"DDC_BATCH_UPDATE_SIZE", {-1, 2, 25, 5, 3, 5}},
};

enum profile profile_of(const char *name)
{
	for (unsigned i = 0; i < PROFILE_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return (enum profile)i;
	return PROFILE_NORMAL;
}

const char *profile_name(enum profile p)
{
	return names[p];
}

bool profile_default(enum profile p, const char *option, int64_t *ret_number)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].option, option) == 0 && rows[i].numbers[p] >= 0) {
			*ret_number = rows[i].numbers[p];
			return true;
		}
	return false;
}
