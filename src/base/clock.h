/*
 * Time in two kinds that are never mixed: monotonic milliseconds for intervals and deadlines, wall seconds for what
 * people read. Tests may set both (clock_test_set); nobody else reads the system's clocks.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

uint64_t clock_mono_ms(void);
uint64_t clock_mono_us(void); /* for what takes less than a millisecond; the same clock */
int64_t clock_wall_s(void);   /* Unix time */
int64_t clock_wall_ms(void);

enum { CLOCK_ISO_BYTES = sizeof "2026-11-22T18:40:01Z" };
void clock_iso_utc(int64_t wall_s, char out[CLOCK_ISO_BYTES]);

/* RFC 3339 as Docker writes it ("2026-11-22T18:40:01.123456789Z", "+01:00"); 0 if malformed or Go's zero time. */
int64_t clock_parse_rfc3339_s(const char *text);

/* Tests: both clocks stand still at these values until set again; 0, 0 gives the real ones back. */
void clock_test_set(uint64_t mono_ms, int64_t wall_ms);

#endif
