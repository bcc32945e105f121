#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t test_mono_ms;
static int64_t test_wall_ms;

uint64_t clock_mono_us(void)
{
	struct timespec t;
	if (test_mono_ms)
		return test_mono_ms * 1000;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

int64_t clock_wall_ms(void)
{
	struct timespec t;
	if (test_wall_ms)
		return test_wall_ms;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wall_s(void)
{
	return clock_wall_ms() / 1000;
}

void clock_iso_utc(int64_t wall_s, char out[CLOCK_ISO_BYTES])
{
	struct tm tm;
	time_t t = (time_t)wall_s;
	gmtime_r(&t, &tm);
	if (strftime(out, CLOCK_ISO_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0'; /* a year beyond 9999 */
}

int64_t clock_parse_rfc3339_s(const char *text)
{
	struct tm tm = {0};
	int read = 0, off_h = 0, off_m = 0;
	char sign = 'Z';
	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		    &tm.tm_sec, &read) != 6 ||
		!read)
		return 0;
	text += read;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (sscanf(text, "%c%2d:%2d", &sign, &off_h, &off_m) < 1)
		return 0;
	if (tm.tm_year <= 1970 || (sign != 'Z' && sign != 'z' && sign != '+' && sign != '-'))
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	int64_t offset = (off_h * 60 + off_m) * 60;
	int64_t t = (int64_t)timegm(&tm);
	return sign == '+' ? t - offset : sign == '-' ? t + offset : t;
}

void clock_test_set(uint64_t mono_ms, int64_t wall_ms)
{
	test_mono_ms = mono_ms;
	test_wall_ms = wall_ms;
}
