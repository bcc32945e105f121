#include "app/registration.h"

#include "base/log.h"
#include "discord/message.h"
#include "feature/control/control.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct registration {
	struct rest *rest;
	struct state *state;
	void (*on_due)(void *arg);
	void *arg;
	struct timer *timer; /* until on_due */
	unsigned failures;   /* one after the other */
	bool again;	     /* somebody asked while a request was under way */
	ticket pending;
	uint64_t hash_sent; /* of what is under way */
	uint64_t application_id;
	struct err problem;
};

/* View channels, send messages, embed links, attach files, read message history, send messages in threads.
 * Source: Discord API, "Permissions". */
#define PERMISSIONS_WANTED                                                                                             \
	(UINT64_C(1) << 10 | UINT64_C(1) << 11 | UINT64_C(1) << 14 | UINT64_C(1) << 15 | UINT64_C(1) << 16 |           \
		UINT64_C(1) << 38)

void registration_invite_link(struct buf *out, uint64_t application_id)
{
	buf_printf(out,
		"https://discord.com/oauth2/authorize?client_id=%" PRIu64
		"&scope=bot+applications.commands&permissions=%" PRIu64,
		application_id, PERMISSIONS_WANTED);
}

static void on_timer(void *arg)
{
	struct registration *r = arg;
	r->on_due(r->arg);
}

struct registration *registration_new(
	struct loop *loop, struct rest *rest, struct state *state, void (*on_due)(void *arg), void *arg)
{
	struct registration *r = mem_zalloc(MEM_APP, sizeof *r);
	if (!r)
		return NULL;
	*r = (struct registration){.rest = rest, .state = state, .on_due = on_due, .arg = arg};
	r->timer = timer_new(loop, on_timer, r);
	if (r->timer)
		return r;
	mem_free(r);
	return NULL;
}

void registration_free(struct registration *r)
{
	if (!r)
		return;
	rest_cancel(r->rest, r->pending);
	timer_free(r->timer);
	mem_free(r);
}

const char *registration_problem(const struct registration *r)
{
	return r->problem.code ? r->problem.text : NULL;
}

static void log_failure(const struct registration *r, int status)
{
	struct buf link;
	if (status != 403 && status != 404) {
		log_error("commands", "could not be registered: %s", r->problem.text);
		return;
	}
	buf_init(&link, MEM_APP, 512);
	registration_invite_link(&link, r->application_id);
	log_error("commands",
		"Discord does not let this bot register commands in the guild: is it a member, with the scope "
		"applications.commands? Invite it with %s",
		buf_text(&link));
	buf_clear(&link);
}

/* Nothing tells when Discord is well again, or when the bot was let in with the right scope. */
static void fail(struct registration *r, const struct err *err, int status)
{
	static const unsigned waits_ms[] = {60 * 1000, 5 * 60 * 1000, REGISTRATION_RETRY_MAX_MS};
	unsigned last = sizeof waits_ms / sizeof *waits_ms - 1;
	bool is_new = !r->problem.code || strcmp(r->problem.text, err->text) != 0;
	r->problem = *err;
	if (is_new)
		log_failure(r, status);
	timer_set(r->timer, waits_ms[r->failures < last ? r->failures : last]);
	r->failures++;
}

static void succeed(struct registration *r)
{
	r->problem = (struct err){0};
	r->failures = 0;
	timer_stop(r->timer);
}

static void on_done(const struct rest_reply *reply, const struct err *err, void *arg)
{
	struct registration *r = arg;
	r->pending = TICKET_NONE;
	if (err) {
		fail(r, err, reply->status);
	} else {
		succeed(r);
		log_info("commands", "registered with Discord");
		state_set_commands_hash(r->state, r->hash_sent);
	}
	if (r->again)
		timer_set(r->timer, 0);
	r->again = false;
}

/* One number that changes with anything that makes a new registration necessary. */
static uint64_t mix(uint64_t list_hash, uint64_t application_id, uint64_t guild_id)
{
	uint64_t hash =
		list_hash ^ application_id * UINT64_C(0x9E3779B97F4A7C15) ^ guild_id * UINT64_C(0xC2B2AE3D27D4EB4F);
	return hash ? hash : 1;
}

void registration_update(
	struct registration *r, const struct config *config, uint64_t application_id, uint64_t guild_id)
{
	char path[96];
	uint64_t list_hash = 0;
	struct buf body;
	struct err err = {0};
	r->again = r->pending != TICKET_NONE;
	if (!application_id || !guild_id || r->pending)
		return;
	buf_init(&body, MEM_APP, REST_BODY_BYTES_MAX);
	control_write_commands(&body, config, &list_hash);
	r->application_id = application_id;
	r->hash_sent = mix(list_hash, application_id, guild_id);
	if (r->hash_sent == state_commands_hash(r->state)) {
		buf_clear(&body);
		succeed(r);
		return;
	}
	snprintf(path, sizeof path, "/applications/%" PRIu64 "/guilds/%" PRIu64 "/commands", application_id, guild_id);
	const struct rest_request q = {.method = REST_PUT, .path = path, .body = &body};
	r->pending = rest_send(r->rest, &q, on_done, r, &err);
	buf_clear(&body);
	if (r->pending)
		timer_stop(r->timer);
	else
		fail(r, &err, 0);
}
