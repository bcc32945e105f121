#include "fakes/control_stage.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_ID = 50000, QUEUE_MAX = 10 };

struct loop *loop;
struct pending *pending;
struct cooldowns *cooldowns;
struct control *control;
uint32_t gateway_ms;
struct stage_adopted adopted;
struct stage_record record;
struct control_parts parts;
static uint64_t next_id;

/* ---- what only remembers ---- */

void board_write(struct board *b, struct message *m, uint64_t channel_id, enum panel_kind kind, unsigned page)
{
	(void)b;
	message_embed(m, STR("BOARD"), 0);
	message_textf(m, "kind %d channel %u page %u", (int)kind, (unsigned)channel_id, page);
}

void board_adopt(struct board *b, uint64_t channel_id, enum panel_kind kind, uint64_t message_id)
{
	(void)b;
	adopted.channel_id = channel_id;
	adopted.message_id = message_id;
	adopted.kind = kind;
	adopted.count++;
}

void audit_write(struct audit *a, const struct audit_record *r)
{
	(void)a;
	record.count++;
	snprintf(record.result, sizeof record.result, "%s", r->result);
	snprintf(record.reason, sizeof record.reason, "%.*s", STR_ARG(r->reason));
	snprintf(record.line, sizeof record.line, "%s %.*s %s %s %.*s", r->action, STR_ARG(r->target), r->source,
		r->result, STR_ARG(r->reason));
	if (strlen(record.all) + strlen(record.line) + 2 <= sizeof record.all)
		strcat(strcat(record.all, record.line), "\n");
}

static uint32_t latency(void *arg)
{
	(void)arg;
	return gateway_ms;
}

static void on_pending_changed(struct str container, void *arg)
{
	(void)arg;
	if (control)
		control_on_pending(control, container);
}

/* ---- before and after ---- */

int stage_setup(void **state)
{
	(void)state;
	clock_test_set(STAGE_NOW_MS, STAGE_WALL_S * 1000);
	docker_fake_clear();
	docker_act_fake_clear();
	config_fake_clear();
	memset(&adopted, 0, sizeof adopted);
	memset(&record, 0, sizeof record);
	next_id = FIRST_ID;
	gateway_ms = 42;
	loop = loop_new();
	pending = pending_new(loop, FAKE_DOCKER, QUEUE_MAX, on_pending_changed, NULL);
	cooldowns = cooldowns_new();
	parts.loop = loop;
	parts.docker = FAKE_DOCKER;
	parts.rest = FAKE_REST;
	parts.pending = pending;
	parts.cooldowns = cooldowns;
	parts.latency_ms = latency;
	control = control_new(&parts, &config_fake.config);
	return loop && pending && cooldowns && control ? 0 : -1;
}

int stage_teardown(void **state)
{
	(void)state;
	control_free(control);
	control = NULL;
	pending_free(pending);
	cooldowns_free(cooldowns);
	loop_free(loop);
	answer_fake_clear();
	clock_test_set(0, 0);
	return 0;
}

/* ---- a person ---- */

void pass_ms(uint64_t ms)
{
	clock_test_set(clock_mono_ms() + ms, clock_wall_ms() + (int64_t)ms);
	loop_turn(loop, 0);
}

struct interaction interaction(enum interaction_type type, uint64_t user, uint64_t channel)
{
	struct interaction in = {.type = type,
		.guild_id = FAKE_GUILD,
		.channel_id = channel,
		.user_id = user,
		.has_member = true,
		.locale = "en-US",
		.display_name = user == FAKE_ADMIN ? STR("Anna") : STR("Bob")};

	in.ref.id = ++next_id;
	in.ref.application_id = 77;
	in.ref.received_ms = clock_mono_ms();
	snprintf(in.ref.token, sizeof in.ref.token, "tok%llu", (unsigned long long)in.ref.id);
	return in;
}
