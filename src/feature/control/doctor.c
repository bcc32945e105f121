#include "feature/control/doctor.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/snowflake.h"
#include "feature/control/turn.h"
#include "feature/status/board.h"

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
	channel->is_thread = in->in_thread;
	buf_init(&missing, MEM_CONTROL, 1024);
	doctor_add_missing(&missing, TR_EN, in->app_permissions, in->in_thread);
	if (missing.length && !channel->told)
		log_warn("control",
			"in channel %" PRIu64 " ddc lacks: %s; grant it in the channel's settings in Discord",
			channel->id, buf_text(&missing));
	channel->told = true;
	buf_clear(&missing);
}

/* What keeps its panel from being written, in the reader's language; nothing if nothing does. */
static void add_fault(struct buf *out, const struct turn *t)
{
	const struct seen *s = &t->c->seen_of_discord;
	struct buf missing;
	enum tr_key advice;

	buf_init(&missing, MEM_CONTROL, 1024);
	for (unsigned i = 0; i < s->count; i++)
		if (s->channels[i].id == t->in->channel_id)
			doctor_add_missing(&missing, t->lang, s->channels[i].permissions, s->channels[i].is_thread);
	if (missing.length)
		TR_ADD(out, t->lang, TR_DOCTOR_NOTE_MISSING, {"what", buf_view(&missing)});
	else if (board_refused(t->c->parts.board, t->in->channel_id, &advice))
		buf_add_str(out, tr(t->lang, advice));
	buf_clear(&missing);
}

/* Remembers what this person was told of this channel; fault 0: that it is well. False: they know. */
static bool is_new(struct seen *s, uint64_t channel_id, uint64_t user_id, uint64_t fault)
{
	for (unsigned i = 0; i < DOCTOR_NOTES_MAX; i++) {
		struct doctor_note *n = &s->notes[i];

		if (n->channel_id != channel_id || n->user_id != user_id)
			continue;
		bool known = n->fault == fault;
		n->fault = fault;
		return !known;
	}
	if (fault)
		s->notes[s->note_at++ % DOCTOR_NOTES_MAX] = (struct doctor_note){channel_id, user_id, fault};
	return true;
}

void doctor_note(const struct turn *t, ticket reply)
{
	struct buf fault, text;
	struct message m;

	if (!policy_decide(t->c->config, &t->who, VERB_DOCTOR, NULL, NULL).allowed)
		return;
	buf_init(&fault, MEM_CONTROL, 1024);
	buf_init(&text, MEM_CONTROL, 2048);
	add_fault(&fault, t);
	if (is_new(&t->c->seen_of_discord, t->in->channel_id, t->in->user_id,
		    fault.length ? hash_str(HASH_SEED, buf_view(&fault)) : 0) &&
		fault.length) {
		TR_ADD(&text, t->lang, TR_DOCTOR_NOTE, {"what", buf_view(&fault)});
		message_init(&m, MEM_CONTROL);
		message_flags(&m, MESSAGE_EPHEMERAL);
		message_content(&m, buf_view(&text));
		respond_note(t->c->respond, reply, &m);
	}
	buf_clear(&fault);
	buf_clear(&text);
}
