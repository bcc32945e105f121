#include "docker/version.h"

#include <stdio.h>
#include <string.h>

bool version_parse(struct str text, unsigned *ret_version)
{
	struct str minor, major = str_split(text, '.', &minor);
	uint64_t a, b;
	if (!str_to_u64(major, &a) || !str_to_u64(minor, &b) || a == 0 || a > 99 || b > 999)
		return false;
	*ret_version = (unsigned)(a * 1000 + b);
	return true;
}

void version_format(unsigned version, char out[VERSION_BYTES])
{
	out[0] = '\0';
	if (version)
		snprintf(out, VERSION_BYTES, "%u.%u", version / 1000 % 100, version % 1000);
}

bool version_choose(unsigned engine_min, unsigned engine_max, unsigned *ret_version, struct err *err)
{
	unsigned version = VERSION_HIGHEST;
	if (engine_max && engine_max < version)
		version = engine_max;
	if (engine_min > version) /* a future engine: its answers have only grown so far */
		version = engine_min;
	if (version < VERSION_LOWEST)
		return err_set(err, ERR_PROTOCOL,
			"the engine speaks API %u.%u at most; %u.%u is needed (Docker 20.10 or newer)", version / 1000,
			version % 1000, VERSION_LOWEST / 1000, VERSION_LOWEST % 1000);
	*ret_version = version;
	return true;
}

static bool number_behind(struct str message, const char *words, unsigned *ret_version)
{
	size_t n = strlen(words);
	for (size_t i = 0; i + n <= message.n; i++) {
		if (memcmp(message.p + i, words, n) != 0)
			continue;
		struct str rest = {message.p + i + n, 0};
		while (i + n + rest.n < message.n && strchr("0123456789.", rest.p[rest.n]) && rest.p[rest.n])
			rest.n++;
		while (rest.n && rest.p[rest.n - 1] == '.') /* the full stop of the sentence */
			rest.n--;
		return version_parse(rest, ret_version);
	}
	return false;
}

bool version_from_refusal(struct str message, unsigned *ret_min, unsigned *ret_max)
{
	if (!str_starts(message, "client version "))
		return false;
	return number_behind(message, "Minimum supported API version is ", ret_min) ||
	       number_behind(message, "Maximum supported API version is ", ret_max);
}
