#include "feature/control/doctor.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/snowflake.h"
#include "feature/control/turn.h"

#include <inttypes.h>

static struct seen_channel *channel_of(struct control *c, uint64_t id)
{
	struct seen *s = &c->seen_of_discord;

	for (unsigned i = 0; i < s->count; i++)
		if (s->channels[i].id == id)
			return &s->channels[i];
	if (!config_find_channel(c->config, id) || s->count == DOCTOR_CHANNELS_MAX)
		return NULL;
	s->channels[s->count] = (struct seen_channel){.id = id};
	return &s->channels[s->count++];
}

void doctor_watch(struct control *c, const struct interaction *in)
{
	struct seen_channel *channel;
	struct buf missing;

	/* Discord makes the ID when somebody presses; the way here takes far less than what counts as wrong. */
	c->seen_of_discord.skew_known = true;
	c->seen_of_discord.skew_ms = clock_wall_ms() - snowflake_time_ms(in->ref.id);
	channel = in->app_permissions ? channel_of(c, in->channel_id) : NULL;
	if (!channel)
		return;
	if (channel->permissions != in->app_permissions)
		channel->told = false;
	channel->permissions = in->app_permissions;
	buf_init(&missing, MEM_CONTROL, 1024);
	doctor_add_missing(&missing, TR_EN, in->app_permissions);
	if (missing.length && !channel->told)
		log_warn("control", "in channel %" PRIu64 " ddc lacks: %s; grant it in the channel's settings in Discord", channel->id,
			buf_text(&missing));
	channel->told = true;
	buf_clear(&missing);
}
