#include "config/watch.h"

#include "base/hash.h"
#include "config/file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

const char *const config_watched_folders[] = {"", "containers", "channels", "container_info", NULL};

bool config_watches(struct str name)
{
	static const char *const own[] = {"mech_state.json", "ddc_state.json", "ddc_session.json", "query_support.json",
		"auto_actions_state.json", "update_status.json", "donation_notification.json", "ddc_migration.json"};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (str_is(name, own[i]))
			return false;
	return name.n > 5 && name.p[0] != '.' && memcmp(name.p + name.n - 5, ".json", 5) == 0;
}

static uint64_t add_file(uint64_t h, const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	h = hash_bytes(h, name, strlen(name) + 1);
	if (!file_path(path, sizeof path, folder, name) || stat(path, &st) < 0)
		return h;
	/* not ctime: it moves when a mode is set that the file system cannot keep (exFAT), and that is no change */
	const int64_t parts[] = {(int64_t)st.st_ino, (int64_t)st.st_size, (int64_t)st.st_mtim.tv_sec,
		(int64_t)st.st_mtim.tv_nsec, (int64_t)st.st_mode, (int64_t)st.st_uid, (int64_t)st.st_gid};
	return hash_bytes(h, parts, sizeof parts);
}

uint64_t config_fingerprint(const char *folder)
{
	uint64_t h = HASH_SEED;
	for (const char *const *sub = config_watched_folders; *sub; sub++) {
		char **names;
		size_t count;
		file_list(folder, **sub ? *sub : ".", ".json", &names, &count, NULL);
		for (size_t i = 0; i < count; i++) {
			char name[400];
			snprintf(name, sizeof name, "%s%s%s", *sub, **sub ? "/" : "", names[i]);
			if (config_watches(str_of(names[i])))
				h = add_file(h, folder, name);
		}
		file_list_free(names, count);
	}
	return h;
}

bool config_each_watched(const char *folder, config_file_fn *each, void *arg)
{
	bool any = false;
	for (const char *const *sub = config_watched_folders; *sub; sub++) {
		char **names;
		size_t count;
		file_list(folder, **sub ? *sub : ".", ".json", &names, &count, NULL);
		for (size_t i = 0; i < count; i++) {
			char name[400], path[PATH_MAX];
			snprintf(name, sizeof name, "%s%s%s", *sub, **sub ? "/" : "", names[i]);
			if (!config_watches(str_of(names[i])) || !file_path(path, sizeof path, folder, name))
				continue;
			any = true;
			if (each)
				each(path, arg);
		}
		file_list_free(names, count);
	}
	return any;
}
