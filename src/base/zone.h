/* Time zones without a zoneinfo folder: a zone's name (IANA, "Europe/Berlin") to its rule as a POSIX TZ text. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>

/* NULL: no such zone. Exact spelling, as IANA writes it. */
const char *zone_posix(const char *name);

/* Puts the zone in force for localtime() and all that builds on it: by name where the system has a zoneinfo folder, by rule otherwise.
 * False, and UTC, if nobody knows it. */
bool zone_set(const char *name);

#endif
