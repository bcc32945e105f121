#include "config/state.h"

#include "base/json_writer.h"
#include "base/snowflake.h"
#include "config/doc_edit.h"
#include "config/file.h"
#include "config/lock.h"
#include "config/read.h"
#include "config/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char MECH_FILE[] = "mech_state.json", OWN_FILE[] = "ddc_state.json", SESSION_FILE[] = "ddc_session.json";
static const char PANELS[] = "channel_overview_message_ids";
static const char *const kind_names[] = {[PANEL_OVERVIEW] = "overview", [PANEL_ADMIN_OVERVIEW] = "admin_overview"};
enum { KINDS = 2, PANELS_MAX = 1000 /* two for each channel a server can have */ };

/* set_at: the version with which it was set; 0: it came from the file. */
struct panel {
	uint64_t channel_id, message_id; /* message_id 0: forgotten, which has still to be written */
	uint64_t set_at;
	enum panel_kind kind;
};

struct state {
	char *folder;
	struct panel *panels;
	unsigned count, room;
	uint64_t commands_hash, commands_set_at;
	struct state_session *session; /* NULL: none, or never set */
	uint64_t session_set_at;
	uint64_t version, saved;
	state_news_fn *on_news;
	void *news_arg;
};

static struct panel *find(const struct state *s, uint64_t channel_id, enum panel_kind kind)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->panels[i].channel_id == channel_id && s->panels[i].kind == kind)
			return &s->panels[i];
	return NULL;
}

static bool keep(struct state *s, uint64_t channel_id, enum panel_kind kind, uint64_t message_id, uint64_t version)
{
	struct panel *p = find(s, channel_id, kind);
	if (!p && !message_id)
		return true;
	if (!p && s->count == s->room) {
		unsigned room = s->room ? s->room * 2 : 8;
		struct panel *grown =
			room <= 2 * PANELS_MAX ? mem_realloc(MEM_CONFIG, s->panels, room * sizeof *grown) : NULL;
		if (!grown)
			return false;
		s->panels = grown;
		s->room = room;
	}
	if (!p)
		p = &s->panels[s->count++];
	*p = (struct panel){channel_id, message_id, version, kind};
	return true;
}

static void read_panels(struct state *s, const struct doc *d)
{
	struct reading quiet = {0};
	const struct spot spot = {&quiet, MECH_FILE, d};
	doc_ref table = doc_get(d, DOC_ROOT, PANELS);
	if (table == DOC_NONE)
		return;
	doc_each (d, channel, table) {
		struct buf key;
		uint64_t channel_id, message_id;
		buf_init(&key, MEM_CONFIG, 128);
		if (doc_decode_key(d, channel, &key) && snowflake_parse(buf_view(&key), &channel_id))
			for (int k = 0; k < KINDS; k++)
				if (read_id(&spot, doc_get(d, channel, kind_names[k]), "", &message_id))
					keep(s, channel_id, (enum panel_kind)k, message_id, 0);
		buf_clear(&key);
	}
}

/* The file as a document; DOC_OBJECT or nothing. False with *ret_broken if it is there and no object. */
static bool open_file(const char *folder, const char *file, struct doc *d, bool *ret_broken, struct err *err)
{
	char *text;
	size_t length;
	struct err why = {0};
	*d = (struct doc){0};
	enum file_result r = file_read(folder, file, DOC_BYTES_MAX, &text, &length, &why);
	*ret_broken = r == FILE_FAILED;
	if (r == FILE_FAILED)
		err_set(err, ERR_INPUT, "%s is not used: %.120s", file, why.text);
	if (r != FILE_READ)
		return false;
	if (doc_parse(d, text, length) && doc_type(d, DOC_ROOT) == DOC_OBJECT)
		return true;
	err_set(err, ERR_INPUT, "%s is not used (line %u: %.60s); before it is written again it is kept as %s.broken",
		file, doc_line(d, d->error_at), d->error ? d->error : "it must hold an object", file);
	doc_clear(d);
	*ret_broken = true;
	return false;
}

static void read_hash(struct state *s)
{
	struct doc d;
	bool broken;
	char hex[32];
	struct reading quiet = {0};
	if (open_file(s->folder, OWN_FILE, &d, &broken, NULL) &&
		read_short(
			&(struct spot){&quiet, OWN_FILE, &d}, doc_get(&d, DOC_ROOT, "commands_hash"), hex, sizeof hex))
		sscanf(hex, "%16" SCNx64, &s->commands_hash);
	doc_clear(&d);
}

struct state *state_load(const char *folder, struct err *err)
{
	struct doc d;
	bool broken;
	struct state *s = mem_zalloc(MEM_CONFIG, sizeof *s);
	if (s)
		s->folder = mem_strdup(MEM_CONFIG, folder);
	if (!s || !s->folder) {
		mem_free(s);
		err_set(err, ERR_MEMORY, "there is no memory for the state");
		return NULL;
	}
	if (open_file(folder, MECH_FILE, &d, &broken, err))
		read_panels(s, &d);
	doc_clear(&d);
	read_hash(s);
	return s;
}

void state_free(struct state *s)
{
	if (!s)
		return;
	mem_free(s->panels);
	mem_free(s->session);
	mem_free(s->folder);
	mem_free(s);
}

uint64_t state_panel(const struct state *s, uint64_t channel_id, enum panel_kind kind)
{
	const struct panel *p = find(s, channel_id, kind);
	return p ? p->message_id : 0;
}

uint64_t state_panel_channel(const struct state *s, unsigned index)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->panels[i].message_id && !index--)
			return s->panels[i].channel_id;
	return 0;
}

/* ---- setting ---- */

static uint64_t note(struct state *s)
{
	s->version++;
	if (s->on_news)
		s->on_news(s->news_arg);
	return s->version;
}

bool state_set_panel(struct state *s, uint64_t channel_id, enum panel_kind kind, uint64_t message_id, struct err *err)
{
	if (state_panel(s, channel_id, kind) == message_id)
		return true;
	if (!keep(s, channel_id, kind, message_id, s->version + 1))
		return err_set(err, ERR_LIMIT, "there is no room to remember another panel");
	note(s);
	return true;
}

uint64_t state_commands_hash(const struct state *s)
{
	return s->commands_hash;
}

void state_set_commands_hash(struct state *s, uint64_t hash)
{
	s->commands_hash = hash;
	s->commands_set_at = note(s);
}

void state_set_session(struct state *s, const struct state_session *session)
{
	if (session && !s->session)
		s->session = mem_zalloc(MEM_CONFIG, sizeof *s->session);
	if (session && s->session) {
		*s->session = *session;
	} else { /* without memory for it the next start logs in anew */
		mem_free(s->session);
		s->session = NULL;
	}
	s->session_set_at = note(s);
}

void state_on_news(struct state *s, state_news_fn *fn, void *arg)
{
	s->on_news = fn;
	s->news_arg = arg;
}

uint64_t state_version(const struct state *s)
{
	return s->version;
}

bool state_is_saved(const struct state *s)
{
	return s->saved == s->version;
}

/* What is forgotten need not be known any longer once that is on the disk. */
void state_saved(struct state *s, uint64_t version)
{
	s->saved = version;
	for (unsigned i = s->count; i--;)
		if (!s->panels[i].message_id && s->panels[i].set_at <= version)
			s->panels[i] = s->panels[--s->count];
}

/* ---- to the disk ---- */

/* The file as it is now, not as it was at start: the original, or a person, may have written it in between.
 */
static bool open_for_change(const struct state *s, const char *file, struct doc *d, struct err *err)
{
	bool broken;
	if (open_file(s->folder, file, d, &broken, err))
		return true;
	if (broken && !writer_set_aside(s->folder, file, err))
		return false;
	return doc_parse_copy(d, STR("{}")) || err_set(err, ERR_MEMORY, "there is no memory to save %s", file);
}

static bool put_panel(struct doc *d, const struct panel *p)
{
	char channel[SNOWFLAKE_BYTES], message[SNOWFLAKE_BYTES];
	snprintf(channel, sizeof channel, "%" PRIu64, p->channel_id);
	snprintf(message, sizeof message, "%" PRIu64, p->message_id);
	const struct str path[] = {str_of(PANELS), str_of(channel), str_of(kind_names[p->kind])};
	return p->message_id ? doc_set(d, path, 3, str_of(message)) : doc_remove(d, path, 3);
}

static bool put_panels(struct doc *d, const struct state *s)
{
	bool ok = true;
	for (unsigned i = 0; ok && i < s->count; i++)
		if (s->panels[i].set_at > s->saved)
			ok = put_panel(d, &s->panels[i]);
	return ok;
}

static bool put_commands_hash(struct doc *d, const struct state *s)
{
	char hex[32];
	const struct str path[] = {STR("commands_hash")};
	snprintf(hex, sizeof hex, "\"%016" PRIx64 "\"", s->commands_hash);
	return doc_set(d, path, 1, str_of(hex));
}

static bool save_doc_of(
	const struct state *s, const char *file, bool (*put)(struct doc *d, const struct state *s), struct err *err)
{
	struct doc d;
	bool ok = open_for_change(s, file, &d, err);
	if (ok && !put(&d, s))
		ok = err_set(err, ERR_MEMORY, "there is no memory to save %s", file);
	ok = ok && writer_put(s->folder, file, (struct str){d.text, d.length}, 0, err);
	doc_clear(&d);
	return ok;
}

static bool save_session(const struct state *s, struct err *err)
{
	const struct state_session *session = s->session;
	if (!session)
		return writer_remove(s->folder, SESSION_FILE, err);
	struct buf b;
	buf_init(&b, MEM_CONFIG, 2048);
	struct json_writer w = json_writer_on(&b);
	json_begin_object(&w, NULL);
	json_text(&w, "session_id", session->id);
	json_text(&w, "resume_url", session->resume_url);
	json_textf(&w, "seq", "%" PRId64, session->seq);
	json_textf(&w, "token_hash", "%016" PRIx64, session->token_hash);
	json_end_object(&w);
	bool ok = !b.overflow && writer_put(s->folder, SESSION_FILE, buf_view(&b), 0, err);
	buf_clear(&b);
	return ok;
}

static bool any_panel_unsaved(const struct state *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->panels[i].set_at > s->saved)
			return true;
	return false;
}

/* The first reason is the one to be told. */
static bool and_also(bool ok, bool done, const struct err *why, struct err *err)
{
	if (ok && !done && err)
		*err = *why;
	return ok && done;
}

bool state_save(const struct state *s, struct err *err)
{
	struct err why = {0};
	bool ok = true;
	lock_take(s->folder);
	if (any_panel_unsaved(s))
		ok = and_also(ok, save_doc_of(s, MECH_FILE, put_panels, &why), &why, err);
	if (s->session_set_at > s->saved)
		ok = and_also(ok, save_session(s, &why), &why, err);
	if (s->commands_set_at > s->saved)
		ok = and_also(ok, save_doc_of(s, OWN_FILE, put_commands_hash, &why), &why, err);
	lock_drop();
	return ok;
}

/* ---- the session, before there is a state of it ---- */

bool state_load_session(const char *folder, struct state_session *ret_session)
{
	struct doc d;
	bool broken;
	struct state_session found = {0};
	struct reading quiet = {0};
	const struct spot spot = {&quiet, SESSION_FILE, &d};
	char seq[24], hash[24];
	bool ok = open_file(folder, SESSION_FILE, &d, &broken, NULL) &&
		  read_short(&spot, doc_get(&d, DOC_ROOT, "session_id"), found.id, sizeof found.id) && *found.id &&
		  read_short(&spot, doc_get(&d, DOC_ROOT, "resume_url"), found.resume_url, sizeof found.resume_url) &&
		  read_short(&spot, doc_get(&d, DOC_ROOT, "seq"), seq, sizeof seq) &&
		  str_to_int(str_of(seq), -1, INT64_MAX, &found.seq) &&
		  read_short(&spot, doc_get(&d, DOC_ROOT, "token_hash"), hash, sizeof hash) &&
		  sscanf(hash, "%16" SCNx64, &found.token_hash) == 1;
	doc_clear(&d);
	if (ok)
		*ret_session = found;
	return ok;
}
