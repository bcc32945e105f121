/* /doctor: for admins, wherever they are. */
#include "feature/control/commands/commands.h"

#include "feature/control/doctor.h"

enum { TEXT_BYTES_MAX = 16384 };

static bool no_memory_accounting(const struct docker *d)
{
	for (unsigned i = 0; i < docker_container_count(d); i++) {
		const struct container *c = docker_container_at(d, i);

		if (c && c->state == CONTAINER_RUNNING && c->cpu_known && !c->memory_known)
			return true;
	}
	return false;
}

static const struct seen_channel *seen_channel(const struct control *c, uint64_t id)
{
	for (unsigned i = 0; i < c->seen_of_discord.count; i++)
		if (c->seen_of_discord.channels[i].id == id)
			return &c->seen_of_discord.channels[i];
	return NULL;
}

static void fill_channels(const struct control *c, enum tr_lang lang, struct doctor_channel *out)
{
	for (unsigned i = 0; i < c->config->channel_count; i++) {
		uint64_t id = c->config->channels[i].id;
		const struct seen_channel *s = seen_channel(c, id);

		enum tr_key advice = TR_KEY_COUNT;
		bool refused = board_refused(c->parts.board, id, &advice);

		out[i] = (struct doctor_channel){.id = id,
			.seen = s != NULL,
			.is_thread = s && s->is_thread,
			.permissions = s ? s->permissions : 0,
			.refused = refused ? tr(lang, advice) : NULL};
	}
}

static void fill(const struct control *c, struct doctor_facts *f)
{
	const struct docker *d = c->parts.docker;

	f->skew_known = c->seen_of_discord.skew_known;
	f->skew_ms = c->seen_of_discord.skew_ms;
	f->docker_up = docker_link_of(d) == DOCKER_UP;
	if (!f->docker_up)
		f->docker_why = docker_link_error(d)->text;
	f->engine = docker_engine_version(d);
	f->api = docker_api_version(d);
	f->containers = docker_container_count(d);
	f->containers_beyond = docker_containers_beyond_max(d);
	f->no_memory_accounting = no_memory_accounting(d);
	f->without_hour = stats_without_hour(c);
	f->needs_messages = board_needs_messages(c->config);
}

void command_doctor(const struct turn *t)
{
	struct control *c = t->c;
	struct doctor_channel *channels;
	struct doctor_facts facts = {0};
	struct message m;
	struct buf text;
	ticket reply;
	bool well;

	if (!turn_may(t, VERB_DOCTOR, NULL, STR("")) || !turn_is_free(t, VERB_DOCTOR, "doctor", false, STR("")))
		return;
	channels = mem_array(MEM_CONTROL, c->config->channel_count, sizeof *channels);
	if (!channels) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	if (c->parts.doctor)
		c->parts.doctor(&facts, c->parts.doctor_arg);
	fill(c, &facts);
	facts.channels = channels;
	facts.channel_count = c->config->channel_count;
	fill_channels(c, t->lang, channels);
	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	well = doctor_add(&text, t->lang, &facts);
	reply = respond_begin(c->respond, &t->in->ref, RESPOND_PRIVATE);
	respond_message(c->respond, reply, &m);
	message_embed(&m, str_of(tr(t->lang, TR_DOCTOR_TITLE)), view_tone_colour(well ? TONE_GOOD : TONE_WARN));
	message_text(&m, str_trim(buf_view(&text)));
	respond_send(c->respond, reply, &m);
	buf_clear(&text);
	mem_free(channels);
	turn_consume(t, "doctor", false, STR(""));
}
