#include "base/zone.h"

#include "base/zone_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *zone_posix(const char *name)
{
	const char *p = zone_table;
	while (*p) {
		const char *rule = p + strlen(p) + 1;
		if (strcmp(p, name) == 0)
			return rule;
		p = rule + strlen(rule) + 1;
	}
	return NULL;
}

static bool system_has(const char *name)
{
	char path[300];
	int n = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	return n > 0 && (size_t)n < sizeof path && !strstr(name, "..") && access(path, R_OK) == 0;
}

bool zone_set(const char *name)
{
	const char *rule = zone_posix(name);
	bool known = rule || system_has(name);
	setenv("TZ", system_has(name) ? name : rule ? rule : "UTC0", 1);
	tzset();
	return known;
}
