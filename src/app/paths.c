#include "app/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char BESIDE_US[] = "./config";

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void find(char out[PATH_BYTES_MAX], const char *variable, const char *image_place, const char *otherwise)
{
	const char *set = getenv(variable);
	const char *place = set && set[0] ? set : is_folder(image_place) ? image_place : otherwise;
	snprintf(out, PATH_BYTES_MAX, "%s", place);
}

void paths_find(struct paths *ret_paths)
{
	find(ret_paths->config, "DDC_CONFIG_DIR", "/app/config", BESIDE_US);
	find(ret_paths->logs, "DDC_LOG_DIR", "/app/logs", is_folder("./logs") ? "./logs" : "");
}

bool paths_make(const struct paths *paths)
{
	return strcmp(paths->config, BESIDE_US) == 0 && mkdir(BESIDE_US, 0700) == 0;
}
