#include "base/snowflake.h"

/* Discord counts from the first second of 2015. */
#define DISCORD_EPOCH_MS INT64_C(1420070400000)

bool snowflake_parse(struct str s, uint64_t *ret_id)
{
	return s.n >= 17 && s.n <= 20 && str_to_u64(s, ret_id);
}

int64_t snowflake_time_ms(uint64_t id)
{
	return (int64_t)(id >> 22) + DISCORD_EPOCH_MS;
}
