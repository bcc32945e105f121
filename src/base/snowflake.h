/* Discord's ids: 64-bit numbers that carry their time of birth, and travel as strings in JSON.
 * Source: Discord API, Reference, "Snowflakes". 0 is used as "no id". */
#ifndef BASE_SNOWFLAKE_H
#define BASE_SNOWFLAKE_H

#include "base/str.h"

enum { SNOWFLAKE_BYTES = 21 }; /* 20 digits and the NUL */

/* 17 to 20 digits, nothing else; the number must fit in 64 bits. */
bool snowflake_parse(struct str s, uint64_t *ret_id);
/* Milliseconds of Unix time at which Discord made the id. */
int64_t snowflake_time_ms(uint64_t id);

#endif
