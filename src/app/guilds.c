#include "app/guilds.h"

#include "app/app_inside.h"
#include "base/log.h"

#include <inttypes.h>
#include <string.h>

static struct guild *find(struct app *a, uint64_t id)
{
	for (unsigned i = 0; i < a->guild_count; i++)
		if (a->guilds[i].id == id)
			return &a->guilds[i];
	return NULL;
}

void guilds_update(struct app *a, uint64_t id, struct str name, bool removed)
{
	struct guild *g = find(a, id);
	if (removed) {
		if (g)
			*g = a->guilds[--a->guild_count];
		if (id == a->config->guild_id)
			log_warn("gateway", "the bot was removed from the configured guild %" PRIu64, id);
		return;
	}
	if (!g && a->guild_count < GUILDS_MAX) {
		g = &a->guilds[a->guild_count++];
		*g = (struct guild){.id = id};
		if (a->guild_count == 1 && !a->config->guild_id)
			log_info("gateway", "no guild_id is configured; the only guild, %" PRIu64 ", is used", id);
	}
	if (g && name.n)
		str_copy(g->name, sizeof g->name, name);
}

uint64_t guilds_home(const struct app *a)
{
	if (a->config->guild_id)
		return a->config->guild_id;
	return a->guild_count == 1 ? a->guilds[0].id : 0;
}

void guilds_report(struct app *a)
{
	const struct config *c = a->config;
	unsigned active = 0;
	for (unsigned i = 0; i < c->container_count; i++)
		active += c->containers[i].active;
	bool complete = c->guild_id && c->channel_count && active;
	if (complete || !a->application_id) {
		a->guilds_reported = false;
		return;
	}
	if (a->guilds_reported)
		return;
	a->guilds_reported = true;
	struct buf text;
	buf_init(&text, MEM_APP, 512);
	registration_invite_link(&text, a->application_id);
	log_info("setup", "invite the bot: %s", buf_text(&text));
	buf_clear(&text);
	if (!c->guild_id)
		log_warn("setup",
			"missing: guild_id in config.json (the id of your Discord server; a bot that is in one server only uses that)");
	if (!c->channel_count)
		log_warn("setup",
			"missing: a channel, as channels/<channel id>.json; until then nothing is shown in Discord");
	if (!active)
		log_warn("setup",
			"missing: a container, as containers/<name>.json with \"active\": true; the engine has %u to choose from",
			docker_container_count(a->docker));
}
