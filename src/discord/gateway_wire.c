#include "discord/gateway_wire.h"

#include "base/snowflake.h"

#include <string.h>

enum field {
	F_OP,
	F_SEQ,
	F_NAME,
	F_D,
	F_INTERVAL,
	F_SESSION_ID,
	F_RESUME_URL,
	F_READY_APPLICATION,
	F_READY_GUILD,
	F_ID,
	F_GUILD_ID,
	F_CHANNEL_ID,
	F_USER_ID,
	F_AUTHOR_ID,
	F_TYPE,
	F_OBJECT_NAME,
	F_UNAVAILABLE,
	F_LAST_MESSAGE,
	F_DELETED,
	F_CHANNEL,
	F_CHANNEL_LAST = F_CHANNEL + 4, /* the object, id, type, name, last message */
	F_THREAD,
	F_THREAD_LAST = F_THREAD + 4,
	F_INTERACTION
};

static const char *const paths[] = {
	[F_OP] = ".op",
	[F_SEQ] = ".s",
	[F_NAME] = ".t",
	[F_D] = ".d",
	[F_INTERVAL] = ".d.heartbeat_interval",
	[F_SESSION_ID] = ".d.session_id",
	[F_RESUME_URL] = ".d.resume_gateway_url",
	[F_READY_APPLICATION] = ".d.application.id",
	[F_READY_GUILD] = ".d.guilds[].id",
	[F_ID] = ".d.id",
	[F_GUILD_ID] = ".d.guild_id",
	[F_CHANNEL_ID] = ".d.channel_id",
	[F_USER_ID] = ".d.user.id",
	[F_AUTHOR_ID] = ".d.author.id",
	[F_TYPE] = ".d.type",
	[F_OBJECT_NAME] = ".d.name",
	[F_UNAVAILABLE] = ".d.unavailable",
	[F_LAST_MESSAGE] = ".d.last_message_id",
	[F_DELETED] = ".d.ids[]",
	[F_CHANNEL] = ".d.channels[]",
	".d.channels[].id",
	".d.channels[].type",
	".d.channels[].name",
	".d.channels[].last_message_id",
	[F_THREAD] = ".d.threads[]",
	".d.threads[].id",
	".d.threads[].type",
	".d.threads[].name",
	".d.threads[].last_message_id",
	[F_INTERACTION] = INTERACTION_PATHS,
};
enum { PATHS = sizeof paths / sizeof *paths };
_Static_assert((int)PATHS == (int)F_INTERACTION + (int)INTERACTION_PATH_COUNT, "the table has no holes");

static const struct {
	const char *text;
	enum gateway_event_name name;
} names[] = {
	{"READY", EVENT_READY},
	{"RESUMED", EVENT_RESUMED},
	{"GUILD_CREATE", EVENT_GUILD_CREATE},
	{"GUILD_UPDATE", EVENT_GUILD_UPDATE},
	{"GUILD_DELETE", EVENT_GUILD_DELETE},
	{"CHANNEL_CREATE", EVENT_CHANNEL_CREATE},
	{"CHANNEL_UPDATE", EVENT_CHANNEL_UPDATE},
	{"CHANNEL_DELETE", EVENT_CHANNEL_DELETE},
	{"THREAD_CREATE", EVENT_THREAD_CREATE},
	{"THREAD_UPDATE", EVENT_THREAD_UPDATE},
	{"THREAD_DELETE", EVENT_THREAD_DELETE},
	{"THREAD_LIST_SYNC", EVENT_THREAD_LIST_SYNC},
	{"MESSAGE_CREATE", EVENT_MESSAGE_CREATE},
	{"MESSAGE_DELETE", EVENT_MESSAGE_DELETE},
	{"MESSAGE_DELETE_BULK", EVENT_MESSAGE_DELETE_BULK},
	{"INTERACTION_CREATE", EVENT_INTERACTION_CREATE},
};

/* ---- single values ---- */

static uint64_t id_of(const struct json_event *e)
{
	uint64_t id = 0;
	if (e->type == JSON_STRING)
		snowflake_parse(e->text, &id);
	return id;
}

static int64_t number_of(const struct json_event *e, int64_t if_none)
{
	int64_t n = if_none;
	if (e->type == JSON_NUMBER && !str_to_int(e->text, 0, INT64_MAX, &n))
		return if_none;
	return n;
}

static enum gateway_event_name name_of(struct str s)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(s, names[i].text))
			return names[i].name;
	return EVENT_UNKNOWN;
}

static void take_name(struct wire *w, const struct json_event *e)
{
	if (e->type != JSON_STRING)
		return;
	w->event.name = name_of(e->text);
	w->name_known = true;
	/* A large message of another kind need not be searched for an interaction's parts. */
	w->interaction_off = w->event.name != EVENT_INTERACTION_CREATE;
}

static void take_text(struct wire *w, char *to, size_t size, const struct json_event *e)
{
	if (e->type != JSON_STRING)
		return;
	if (!str_copy(to, size, e->text) || e->truncated) {
		to[0] = '\0';
		w->event.session_cut = true;
	}
}

static void take_seq(struct wire *w, const struct json_event *e)
{
	int64_t seq = number_of(e, -1);
	if (seq < 0)
		return;
	w->event.has_seq = true;
	w->event.seq = seq;
}

static void take_id(struct wire *w, const struct json_event *e)
{
	uint64_t id = id_of(e);
	if (id && w->id_count < WIRE_IDS_MAX)
		w->ids[w->id_count++] = id;
}

/* ---- channels in lists ---- */

static bool is_wanted(const struct wire *w, uint64_t id)
{
	for (unsigned i = 0; i < w->wanted_count; i++)
		if (w->wanted[i] == id)
			return true;
	return false;
}

static void take_channel_part(struct wire_channel *c, int part, const struct json_event *e)
{
	switch (part) {
	case 1: c->id = id_of(e); break;
	case 2: c->type = (int)(number_of(e, 0) & 0xFF); break;
	case 3:
		if (e->type == JSON_STRING)
			str_copy(c->name, sizeof c->name, e->text);
		break;
	default: c->last_message_id = id_of(e);
	}
}

static void take_channel(struct wire *w, int part, const struct json_event *e)
{
	if (part != 0)
		take_channel_part(&w->open, part, e);
	else if (e->type == JSON_OBJECT)
		memset(&w->open, 0, sizeof w->open);
	else if (e->type == JSON_OBJECT_END && w->open.id && is_wanted(w, w->open.id))
		buf_add(&w->channels, &w->open, sizeof w->open);
}

/* ---- the stream ---- */

static void take_own(struct wire *w, enum field field, const struct json_event *e)
{
	struct wire_event *v = &w->event;
	switch (field) {
	case F_OP: v->op = (int)number_of(e, OP_NONE); break;
	case F_SEQ: take_seq(w, e); break;
	case F_NAME: take_name(w, e); break;
	case F_D: v->d_true = e->type == JSON_TRUE; break;
	case F_INTERVAL: v->heartbeat_interval_ms = number_of(e, 0); break;
	case F_SESSION_ID: take_text(w, v->session_id, sizeof v->session_id, e); break;
	case F_RESUME_URL: take_text(w, v->resume_url, sizeof v->resume_url, e); break;
	case F_READY_APPLICATION: v->application_id = id_of(e); break;
	case F_READY_GUILD:
	case F_DELETED: take_id(w, e); break;
	case F_ID: v->id = v->self.id = id_of(e); break;
	case F_GUILD_ID: v->guild_id = id_of(e); break;
	case F_CHANNEL_ID: v->channel_id = id_of(e); break;
	case F_USER_ID: v->user_id = id_of(e); break;
	case F_AUTHOR_ID: v->author_id = id_of(e); break;
	case F_TYPE: v->type = (int)(number_of(e, 0) & 0xFF); break;
	case F_OBJECT_NAME: take_channel_part(&v->self, 3, e); break;
	case F_UNAVAILABLE: v->unavailable = e->type == JSON_TRUE; break;
	case F_LAST_MESSAGE: v->self.last_message_id = id_of(e); break;
	default: break;
	}
}

static bool on_field(const struct json_event *e, void *arg)
{
	struct wire *w = arg;
	int field = e->field;
	if (field >= (int)F_INTERACTION) {
		if (!w->interaction_off)
			interaction_reader_take(&w->interaction, field - (int)F_INTERACTION, e);
	} else if (field >= (int)F_THREAD) {
		take_channel(w, field - (int)F_THREAD, e);
	} else if (field >= (int)F_CHANNEL) {
		take_channel(w, field - (int)F_CHANNEL, e);
	} else {
		take_own(w, (enum field)field, e);
	}
	return true;
}

void wire_init(struct wire *w)
{
	memset(w, 0, sizeof *w);
	json_reader_init(&w->json, MEM_GATEWAY, paths, PATHS, WIRE_STRING_BYTES_MAX, on_field, w);
	interaction_reader_init(&w->interaction);
	buf_init(&w->channels, MEM_GATEWAY, WIRE_CHANNELS_MAX * sizeof(struct wire_channel));
	wire_begin(w);
}

void wire_clear(struct wire *w)
{
	json_reader_clear(&w->json);
	interaction_reader_clear(&w->interaction);
	buf_clear(&w->channels);
}

void wire_begin(struct wire *w)
{
	enum { KEEP_BYTES = 4096 };
	if (w->json.text.capacity > KEEP_BYTES)
		buf_clear(&w->json.text);
	json_reader_reset(&w->json);
	interaction_reader_reset(&w->interaction);
	buf_clear(&w->channels);
	w->event = (struct wire_event){.op = OP_NONE};
	w->id_count = 0;
	w->name_known = w->interaction_off = false;
}

bool wire_feed(struct wire *w, const void *bytes, size_t length)
{
	w->event.bytes += length;
	return json_reader_feed(&w->json, bytes, length);
}

const struct wire_event *wire_end(struct wire *w, const char **ret_problem)
{
	if (!json_reader_finish(&w->json)) {
		*ret_problem = w->json.error ? w->json.error : "it was not read to its end";
		return NULL;
	}
	if (w->event.op == OP_NONE) {
		*ret_problem = "it has no \"op\"";
		return NULL;
	}
	w->event.self.type = w->event.type;
	return &w->event;
}

unsigned wire_channel_count(const struct wire *w)
{
	return (unsigned)(w->channels.length / sizeof(struct wire_channel));
}

const struct wire_channel *wire_channel_at(const struct wire *w, unsigned i)
{
	/* mem_alloc() aligns for any type, and the buffer holds nothing but these. */
	return (const struct wire_channel *)(const void *)w->channels.data + i;
}

const struct interaction *wire_interaction(struct wire *w, const char **ret_problem)
{
	const struct wire_event *v = &w->event;
	struct interaction_common common = {v->id, v->guild_id, v->channel_id, v->user_id, v->type};
	return interaction_reader_end(&w->interaction, &common, ret_problem);
}
