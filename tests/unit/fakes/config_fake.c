#include "config_fake.h"

#include "base/bug.h"

#include "config/rights.h"
#include "config/save.h"
#include "feature/info/edit.h"

#include <string.h>

struct config_fake config_fake;

void config_fake_clear(void)
{
	struct config_fake *f = &config_fake;

	memset(f, 0, sizeof *f);
	f->channels[0] = (struct config_channel){
		.id = FAKE_STATUS, .kind = CHANNEL_STATUS, .name = "status", .allow_serverstatus = true};
	f->channels[1] = (struct config_channel){.id = FAKE_CONTROL,
		.kind = CHANNEL_CONTROL,
		.name = "control",
		.allow_serverstatus = true,
		.allow_control = true,
		.allow_info = true};
	f->admins[0] = FAKE_ADMIN;
	f->config = (struct config){.guild_id = FAKE_GUILD,
		.language = "en",
		.timezone = "UTC",
		.containers = f->containers,
		.channels = f->channels,
		.channel_count = 2,
		.admins = f->admins,
		.admin_count = 1,
		.cooldowns_enabled = true,
		.cooldown_message = true,
		.cooldown_log = true};
	config_fake_number("DDC_LIVE_LOGS_ENABLED", 1);
	config_fake_number("DDC_LIVE_LOGS_AUTO_START", 0);
	config_fake_number("DDC_LIVE_LOGS_TAIL_LINES", 50);
	config_fake_number("DDC_LIVE_LOGS_REFRESH_INTERVAL", 5);
	config_fake_number("DDC_LIVE_LOGS_MAX_REFRESHES", 12);
	config_fake_number("DDC_LIVE_LOGS_TIMEOUT", 120);
}

struct config_container *config_fake_add(const char *name, const char *display_name, unsigned allowed)
{
	struct config_fake *f = &config_fake;
	unsigned n = f->config.container_count++;

	str_copy(f->names[n], sizeof f->names[n], str_of(name));
	f->containers[n] = (struct config_container){.name = f->names[n],
		.display_name = display_name ? display_name : f->names[n],
		.allowed = allowed | ALLOW_STATUS,
		.order = (int)n,
		.active = true,
		.stop_timeout_s = -1,
		.detailed_status = true,
		.info_ip = "",
		.info_port = "",
		.info_text = "",
		.info_protected_text = "",
		.info_password = ""};
	return &f->containers[n];
}

const struct config_container *config_find_container(const struct config *c, struct str name)
{
	for (unsigned i = 0; i < c->container_count; i++)
		if (str_is(name, c->containers[i].name))
			return &c->containers[i];
	return NULL;
}

const struct config_channel *config_find_channel(const struct config *c, uint64_t id)
{
	for (unsigned i = 0; i < c->channel_count; i++)
		if (c->channels[i].id == id)
			return &c->channels[i];
	return NULL;
}

bool config_is_admin(const struct config *c, uint64_t user_id)
{
	for (unsigned i = 0; i < c->admin_count; i++)
		if (c->admins[i] == user_id)
			return true;
	return false;
}

unsigned config_cooldown_s(const struct config *c, const char *name, bool button)
{
	(void)c, (void)name, (void)button;
	return config_fake.cooldown_s;
}

void config_fake_number(const char *name, int64_t value)
{
	struct config_fake *f = &config_fake;
	unsigned n = 0;

	while (f->numbers[n].name && strcmp(f->numbers[n].name, name))
		n++;
	f->numbers[n].name = name;
	f->numbers[n].value = value;
}

int64_t config_int(const struct config *c, const char *name)
{
	(void)c;
	for (unsigned n = 0; config_fake.numbers[n].name; n++)
		if (!strcmp(config_fake.numbers[n].name, name))
			return config_fake.numbers[n].value;
	BUG("the test sets no %s", name);
}

bool config_bool(const struct config *c, const char *name)
{
	return config_int(c, name) != 0;
}

bool config_info_password_ok(const struct config_container *k, struct str typed)
{
	return str_is(typed, k->info_password);
}

bool edit_save(const struct info_edit *e, struct err *err)
{
	(void)e, (void)err;
	return true;
}

/* ---- saving: nothing is written. It would be done in a process of its own, which could not tell anyway. ---- */

const char *config_admin_note(const struct config *c, uint64_t user_id)
{
	(void)c, (void)user_id;
	return "";
}

bool config_save_admin(const char *folder, uint64_t user_id, const char *note, struct err *err)
{
	(void)folder, (void)user_id, (void)note, (void)err;
	return true;
}

bool config_remove_admin(const char *folder, uint64_t user_id, struct err *err)
{
	(void)folder, (void)user_id, (void)err;
	return true;
}

bool config_save_admin_role(const char *folder, uint64_t role_id, struct err *err)
{
	(void)folder, (void)role_id, (void)err;
	return true;
}

bool config_remove_admin_role(const char *folder, uint64_t role_id, struct err *err)
{
	(void)folder, (void)role_id, (void)err;
	return true;
}

bool config_save_grant(
	const char *folder, const struct config_grant *g, struct str by, char ret_id[GRANT_ID_BYTES], struct err *err)
{
	(void)folder, (void)g, (void)by, (void)err;
	str_copy(ret_id, GRANT_ID_BYTES, STR("g1"));
	return true;
}

bool config_remove_grant(const char *folder, const char *id, struct err *err)
{
	(void)folder, (void)id, (void)err;
	return true;
}

bool config_save_group(const char *folder, const char *name, const char *targets, struct err *err)
{
	(void)folder, (void)name, (void)targets, (void)err;
	return true;
}

bool config_save_control_by_grant(const char *folder, bool by_grant, struct err *err)
{
	(void)folder, (void)by_grant, (void)err;
	return true;
}
