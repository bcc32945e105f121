/* Private views of a container's log: the newest lines, again on request, or live for a while; a search; all of it as a file.
 * A view is looked for anew each time and holds nothing in between, so an open one costs what its answer needs. */
#include "feature/control/turn.h"

#include "base/clock.h"
#include "feature/logs/fetch.h"
#include "loop/loop.h"

#include <stdio.h>
#include <string.h>

enum {
	VIEWS_MAX = 8,		/* being read or live: so many logs the engine client reads at once */
	FILES_MAX = 1,		/* being made or sent: a file is the largest thing that ddc ever holds */
	LAST_WORD_MS = 20000,	/* before the token dies: time for a slow engine and a slow Discord */
	SEARCH_CHARS_MAX = 40,
	NAME_CHARS_MAX = 60,
	USER_BYTES = 40,
	TEXT_BYTES_MAX = EMBED_DESCRIPTION_CHARS_MAX * 4
};

/* What stands at the end of a view that is not live any more. */
enum ending { NOT_ENDED, ENDED_STOPPED, ENDED_OVER, ENDED_TOKEN, ENDED_DENIED };

struct log_view {
	struct list link;
	struct control *c;
	ticket reply;
	uint64_t message_id; /* 0: not known yet (it was a new message) */
	struct policy_subject who;
	uint64_t *roles; /* who.roles: a live view is asked again each time, long after the press */
	enum tr_lang lang;
	char name[CONTAINER_NAME_BYTES];
	struct log_query query;
	struct log_fetch *fetch;
	bool file, live, by_token;
	enum ending ending;
	struct timer *timer;
	unsigned refreshes_left;
	uint64_t received_ms, until_ms;
	int64_t until_s;
	/* for the record, once */
	bool record;
	char user[USER_BYTES];
	const char *source, *what;
};

/* ---- the open ones ---- */

static void view_free(struct log_view *v)
{
	log_fetch_free(v->fetch);
	timer_free(v->timer);
	respond_close(v->c->respond, v->reply);
	list_remove(&v->link);
	mem_free(v->roles);
	mem_free(v);
}

void logs_free(struct control *c)
{
	list_each_safe (at, &c->log_views)
		view_free(list_item(at, struct log_view, link));
}

/* The sent file is gone when its answer is; nobody tells, so it is looked for when room is needed. */
static void drop_sent_files(struct control *c)
{
	list_each_safe (at, &c->log_views) {
		struct log_view *v = list_item(at, struct log_view, link);

		if (v->file && !v->fetch && !respond_is_open(c->respond, v->reply))
			view_free(v);
	}
}

static unsigned count_views(struct control *c, bool live, bool file)
{
	unsigned n = 0;

	list_each (at, &c->log_views) {
		const struct log_view *v = list_item(at, struct log_view, link);

		n += (!live || v->live) && (!file || v->file);
	}
	return n;
}

/* The view on the message that was pressed; NULL: there is none any more (it was not live, or ddc began anew). */
static struct log_view *view_on(const struct turn *t, struct str name)
{
	list_each (at, &t->c->log_views) {
		struct log_view *v = list_item(at, struct log_view, link);

		if (v->file || !t->in->message_id)
			continue;
		if (v->message_id ? v->message_id == t->in->message_id : v->who.user_id == t->in->user_id && str_is(name, v->name))
			return v;
	}
	return NULL;
}

static bool copy_person(struct log_view *v, const struct turn *t)
{
	v->who = t->who;
	v->who.roles = NULL;
	if (t->who.role_count) {
		v->roles = mem_array(MEM_LOGS, t->who.role_count, sizeof *v->roles);
		if (!v->roles)
			return false;
		memcpy(v->roles, t->who.roles, t->who.role_count * sizeof *v->roles);
		v->who.roles = v->roles;
	}
	str_copy(v->user, sizeof v->user, turn_user(t));
	return true;
}

static struct log_view *view_new(const struct turn *t, struct str name, const struct log_query *query, enum respond_as as)
{
	struct control *c = t->c;
	struct log_view *v = mem_zalloc(MEM_LOGS, sizeof *v);

	if (!v)
		return NULL;
	v->c = c;
	list_init(&v->link);
	v->lang = t->lang;
	v->query = *query;
	v->source = t->source;
	v->received_ms = t->in->ref.received_ms;
	v->message_id = as == RESPOND_UPDATE ? t->in->message_id : 0;
	str_copy(v->name, sizeof v->name, name);
	if (!copy_person(v, t)) {
		mem_free(v);
		return NULL;
	}
	v->reply = respond_begin(c->respond, &t->in->ref, as);
	respond_wait(c->respond, v->reply);
	list_append(&c->log_views, &v->link);
	return v;
}

static void record(struct log_view *v, const struct err *err)
{
	const struct audit_record r = {
		.user_id = v->who.user_id,
		.user = str_of(v->user),
		.action = policy_verb_name(VERB_SEE_LOGS),
		.target = str_of(v->name),
		.source = v->source,
		.channel_id = v->who.channel_id,
		.result = err ? "failed" : "done",
		.reason = str_of(err ? err->text : v->what),
		.took_ms = (uint32_t)(clock_mono_ms() - v->received_ms),
	};
	if (v->record)
		audit_write(v->c->parts.audit, &r);
	v->record = false;
}

/* ---- custom IDs: <container>:<act><query>[:<search>] ---- */

enum act { ACT_REFRESH = 'r', ACT_LIVE = 'l', ACT_STOP = 's', ACT_SEARCH = 'q', ACT_SINCE = 't', ACT_FILE = 'f' };

static const char *log_id(char out[CUSTOM_ID_BYTES], enum custom_verb verb, enum act act, struct str name,
	const struct log_query *query, const char *search)
{
	char text[CUSTOM_ID_BYTES * 2], shape[LOG_QUERY_TEXT_BYTES];

	log_query_format(shape, query);
	snprintf(text, sizeof text, "%.*s:%c%s%s%s", STR_ARG(name), (char)act, shape, *search ? ":" : "", search);
	return custom_id_named(out, verb, str_of(text));
}

/* What a custom ID has room for is searched for, and shown: never more than the next press would find. */
static void set_search(struct log_query *query, struct str name, struct str search)
{
	const struct log_query longest = {.lines = LOG_LINES_MAX}; /* other buttons may ask for more lines */
	char id[CUSTOM_ID_BYTES];
	size_t room;

	log_id(id, ID_LOGS, ACT_REFRESH, name, &longest, "");
	room = CUSTOM_ID_BYTES - 2 - strlen(id);
	if (room >= sizeof query->search)
		room = sizeof query->search - 1;
	str_copy(query->search, room + 1, utf8_prefix(str_trim(search), SEARCH_CHARS_MAX));
}

static struct log_query usual_query(const struct control *c)
{
	int64_t lines = config_int(c->config, "DDC_LIVE_LOGS_TAIL_LINES");

	return (struct log_query){.lines = lines < LOG_LINES_MAX ? (unsigned)lines : (unsigned)LOG_LINES_MAX};
}

/* ---- what it shows ---- */

static void add_count(struct buf *out, const struct log_view *v, enum tr_key one, int64_t count)
{
	buf_add_str(out, out->length ? " · " : "");
	tr_count(out, v->lang, one, count);
}

static void write_head(const struct log_view *v, struct buf *out, const struct log_collect *log, unsigned shown)
{
	struct buf what;
	char when[48];

	if (v->query.search[0]) {
		buf_init(&what, MEM_LOGS, TEXT_BYTES_MAX);
		view_add_text(&what, str_of(v->query.search), SEARCH_CHARS_MAX, false);
		TR_ADD(out, v->lang, TR_LOGS_SEARCHED, {"what", buf_view(&what)});
		buf_clear(&what);
	}
	add_count(out, v, v->query.search[0] ? TR_LOGS_FOUND_ONE : TR_LOGS_LINES_ONE, log->found);
	if (v->query.search[0] || v->query.streams != LOG_BOTH)
		add_count(out, v, TR_LOGS_AMONG_ONE, log->read);
	if (shown < log->found)
		add_count(out, v, TR_LOGS_SHOWN_ONE, shown);
	if (log->newest_s) {
		snprintf(when, sizeof when, "<t:%lld:R>", (long long)log->newest_s);
		buf_add_str(out, " · ");
		TR_ADD(out, v->lang, TR_LOGS_NEWEST, {"when", str_of(when)});
	}
	buf_add_char(out, '\n');
}

static enum tr_key nothing_key(const struct log_view *v)
{
	if (v->query.search[0])
		return TR_LOGS_NO_HIT;
	return v->query.since != LOG_SINCE_ALL || v->query.streams != LOG_BOTH ? TR_LOGS_EMPTY_PART : TR_LOGS_EMPTY;
}

static void write_lines(const struct log_view *v, struct buf *out, const struct log_collect *log)
{
	unsigned shown = 0;
	struct str lines = log_collect_newest(log, LOG_SHOWN_CHARS_MAX, &shown);

	write_head(v, out, log, shown);
	if (!log->found) {
		buf_printf(out, "\n%s\n", tr(v->lang, nothing_key(v)));
		return;
	}
	buf_add_str(out, "```\n");
	buf_add_view(out, lines);
	buf_add_str(out, "```\n");
	if (log->has_stderr && v->query.streams == LOG_BOTH)
		buf_printf(out, "-# " LOG_MARK " %s\n", tr(v->lang, TR_LOGS_MARK));
}

static void write_error(const struct log_view *v, struct buf *out, const struct err *err)
{
	enum tr_key key = TR_LOGS_FAILED;
	struct buf why, name;

	buf_init(&why, MEM_LOGS, TEXT_BYTES_MAX);
	buf_init(&name, MEM_LOGS, TEXT_BYTES_MAX);
	message_escape(&why, str_of(err->text));
	view_add_text(&name, str_of(v->name), NAME_CHARS_MAX, false);
	if (err->code == ERR_NOT_FOUND)
		key = TR_LOGS_GONE;
	else if (err->code == ERR_FORBIDDEN)
		key = TR_LOGS_FORBIDDEN;
	else if (err->code == ERR_LIMIT)
		key = TR_LOGS_BUSY;
	else if (docker_link_of(v->c->parts.docker) != DOCKER_UP || err->code == ERR_UNREACHABLE)
		key = TR_CONTROL_ENGINE_DOWN;
	TR_ADD(out, v->lang, key, {"why", buf_view(&why)}, {"reason", buf_view(&why)}, {"container", buf_view(&name)});
	buf_clear(&why);
	buf_clear(&name);
}

static void write_state(const struct log_view *v, struct buf *out)
{
	static const enum tr_key endings[] = {
		[ENDED_STOPPED] = TR_LOGS_STOPPED,
		[ENDED_OVER] = TR_LOGS_OVER,
		[ENDED_TOKEN] = TR_LOGS_OVER_TOKEN,
		[ENDED_DENIED] = TR_LOGS_OVER_DENIED,
	};
	char seconds[16], when[48];

	if (v->live) {
		snprintf(seconds, sizeof seconds, "%d", (int)config_int(v->c->config, "DDC_LIVE_LOGS_REFRESH_INTERVAL"));
		snprintf(when, sizeof when, "<t:%lld:R>", (long long)v->until_s);
		TR_ADD(out, v->lang, TR_LOGS_LIVE, {"seconds", str_of(seconds)}, {"when", str_of(when)});
	} else if (v->ending != NOT_ENDED) {
		buf_add_str(out, tr(v->lang, endings[v->ending]));
	}
}

static void write_button(const struct log_view *v, struct message *m, enum act act, const char *emoji, enum tr_key label,
	const char *search)
{
	char id[CUSTOM_ID_BYTES];

	message_button(m, act == ACT_LIVE ? BUTTON_SUCCESS : act == ACT_STOP ? BUTTON_DANGER : BUTTON_SECONDARY, emoji,
		str_of(tr(v->lang, label)), log_id(id, ID_LOGS, act, str_of(v->name), &v->query, search), false);
}

static void write_controls(const struct log_view *v, struct message *m)
{
	static const enum tr_key sinces[LOG_SINCE_COUNT] = {
		[LOG_SINCE_ALL] = TR_LOGS_SINCE_ALL,
		[LOG_SINCE_10_MIN] = TR_LOGS_SINCE_10M,
		[LOG_SINCE_HOUR] = TR_LOGS_SINCE_1H,
		[LOG_SINCE_DAY] = TR_LOGS_SINCE_24H,
	};
	const char *search = v->query.search;
	char id[CUSTOM_ID_BYTES];

	message_row(m);
	write_button(v, m, ACT_REFRESH, "🔄", TR_CONTROL_PANEL_REFRESH, search);
	if (v->live)
		write_button(v, m, ACT_STOP, "⏹️", TR_CONTROL_ACTION_STOP, search);
	else if (config_bool(v->c->config, "DDC_LIVE_LOGS_ENABLED"))
		write_button(v, m, ACT_LIVE, "▶️", TR_LOGS_GO_LIVE, search);
	write_button(v, m, ACT_SEARCH, "🔎", TR_CONTROL_PICKER_SEARCH, search);
	if (*search)
		write_button(v, m, ACT_REFRESH, "✖️", TR_CONTROL_PICKER_ALL, "");
	write_button(v, m, ACT_FILE, "📎", TR_LOGS_FILE, search);
	message_row(m);
	message_select(m, log_id(id, ID_LOGS, ACT_SINCE, str_of(v->name), &v->query, search), STR(""), 1, 1);
	for (int i = 0; i < LOG_SINCE_COUNT; i++)
		message_option(m, str_of(tr(v->lang, sinces[i])), str_of(log_since_word((enum log_since)i)), STR(""), NULL,
			v->query.since == (enum log_since)i);
}

/* log NULL: err says why there is none. */
static void view_draw(struct log_view *v, const struct log_collect *log, const struct err *err)
{
	const struct config_container *settings = config_find_container(v->c->config, str_of(v->name));
	struct buf text, title;
	struct message m;

	buf_init(&text, MEM_LOGS, TEXT_BYTES_MAX);
	buf_init(&title, MEM_LOGS, TEXT_BYTES_MAX);
	respond_message(v->c->respond, v->reply, &m);
	buf_add_str(&title, "📋 ");
	view_add_text(&title, str_of(settings ? settings->display_name : v->name), NAME_CHARS_MAX, false);
	message_embed(&m, buf_view(&title), view_tone_colour(err ? TONE_BAD : v->live ? TONE_GOOD : TONE_OFF));
	if (err)
		write_error(v, &text, err);
	else if (log)
		write_lines(v, &text, log);
	write_state(v, &text);
	message_text(&m, str_trim(buf_view(&text)));
	if (v->ending != ENDED_DENIED)
		write_controls(v, &m);
	respond_send(v->c->respond, v->reply, &m);
	buf_clear(&title);
	buf_clear(&text);
}

/* The collected text becomes the file: what was dropped goes, the rest moves over. */
static void send_file(struct log_view *v, struct log_collect *log)
{
	char name[FILE_NAME_BYTES];
	struct message m;
	struct buf text;

	buf_init(&text, MEM_LOGS, TEXT_BYTES_MAX);
	respond_message(v->c->respond, v->reply, &m);
	snprintf(name, sizeof name, "%s.log", v->name);
	write_head(v, &text, log, log->lines);
	if (!log->lines)
		buf_add_str(&text, tr(v->lang, nothing_key(v)));
	message_content(&m, str_trim(buf_view(&text)));
	buf_clear(&text);
	if (!log->lines) {
		respond_send(v->c->respond, v->reply, &m);
		return;
	}
	buf_consume(&log->text, log->head);
	log->head = 0;
	respond_send_file(v->c->respond, v->reply, &m, name, &log->text);
}

/* ---- reading ---- */

static void on_fetched(struct log_collect *log, const struct err *err, void *arg);
static void on_timer(void *arg);

static uint64_t interval_ms(const struct control *c)
{
	return (uint64_t)config_int(c->config, "DDC_LIVE_LOGS_REFRESH_INTERVAL") * 1000;
}

/* After each look: a live one sleeps until the next, any other has ended. */
static void view_go_on(struct log_view *v)
{
	uint64_t now = clock_mono_ms(), wait = interval_ms(v->c);

	if (v->live && !v->timer)
		v->timer = timer_new(v->c->parts.loop, on_timer, v);
	if (v->live && v->timer && respond_is_open(v->c->respond, v->reply)) {
		timer_set(v->timer, now + wait < v->until_ms ? wait : v->until_ms > now ? v->until_ms - now : 0);
	} else if (!v->file || !respond_is_open(v->c->respond, v->reply)) {
		view_free(v);
	}
}

static void view_fail(struct log_view *v, const struct err *err)
{
	v->live = false;
	record(v, err);
	view_draw(v, NULL, err);
	view_free(v);
}

static void view_fetch(struct log_view *v, size_t keep_bytes)
{
	struct err err = {0};

	v->fetch = log_fetch_start(v->c->parts.docker, str_of(v->name), &v->query, v->file ? LOG_FOR_FILE : LOG_FOR_EYES,
		keep_bytes, on_fetched, v, &err);
	if (!v->fetch)
		view_fail(v, &err);
}

static void on_fetched(struct log_collect *log, const struct err *err, void *arg)
{
	struct log_view *v = arg;

	if (err) {
		view_fail(v, err);
		return;
	}
	record(v, NULL);
	if (v->file)
		send_file(v, log);
	else
		view_draw(v, log, NULL);
	log_fetch_free(v->fetch);
	v->fetch = NULL;
	view_go_on(v);
}

/* One last look, with the word that it was the last. */
static void view_end(struct log_view *v, enum ending ending)
{
	v->live = false;
	v->ending = ending;
	if (ending == ENDED_DENIED) {
		view_draw(v, NULL, NULL);
		view_free(v);
	} else {
		view_fetch(v, 0);
	}
}

static void on_timer(void *arg)
{
	struct log_view *v = arg;
	const struct config *config = v->c->config;
	struct str name = str_of(v->name);

	if (!respond_is_open(v->c->respond, v->reply))
		view_free(v);
	else if (!policy_decide(config, &v->who, VERB_SEE_LOGS, config_find_container(config, name),
			 docker_find(v->c->parts.docker, name))
			  .allowed)
		view_end(v, ENDED_DENIED);
	else if (!v->refreshes_left || clock_mono_ms() >= v->until_ms)
		view_end(v, v->by_token ? ENDED_TOKEN : ENDED_OVER);
	else {
		v->refreshes_left--;
		view_fetch(v, 0);
	}
}

/* ---- live ---- */

static void live_begin(struct log_view *v)
{
	const struct config *config = v->c->config;
	uint64_t now = clock_mono_ms(), token_ms = v->received_ms + RESPOND_LAST_MS - LAST_WORD_MS;

	v->refreshes_left = (unsigned)config_int(config, "DDC_LIVE_LOGS_MAX_REFRESHES");
	v->until_ms = now + (uint64_t)config_int(config, "DDC_LIVE_LOGS_TIMEOUT") * 1000;
	if (now + interval_ms(v->c) * v->refreshes_left < v->until_ms)
		v->until_ms = now + interval_ms(v->c) * v->refreshes_left;
	v->by_token = token_ms < v->until_ms;
	if (v->by_token)
		v->until_ms = token_ms;
	v->until_s = clock_wall_s() + (int64_t)((v->until_ms > now ? v->until_ms - now : 0) / 1000);
	v->live = true;
	respond_keep(v->c->respond, v->reply);
}

static void live_inherit(struct log_view *v, const struct log_view *old)
{
	v->refreshes_left = old->refreshes_left;
	v->until_ms = old->until_ms;
	v->until_s = old->until_s;
	v->by_token = old->by_token; /* the new token lives longer, but what was promised stays */
	v->live = true;
	respond_keep(v->c->respond, v->reply);
}

static bool is_live_full(struct control *c, const struct log_view *except)
{
	unsigned n = count_views(c, true, false) - (except && except->live ? 1 : 0);

	return n >= LOG_LIVE_MAX;
}

static void say_live_full(const struct turn *t)
{
	struct buf text;

	buf_init(&text, MEM_LOGS, TEXT_BYTES_MAX);
	tr_count(&text, t->lang, TR_LOGS_LIVE_FULL_ONE, LOG_LIVE_MAX);
	turn_say(t, buf_view(&text));
	buf_clear(&text);
	turn_record(t, policy_verb_name(VERB_SEE_LOGS), STR(""), "refused", STR("too many live views"), 0);
}

/* ---- opening and pressing ---- */

static bool has_room(const struct turn *t, struct str name)
{
	drop_sent_files(t->c);
	if (count_views(t->c, false, false) < VIEWS_MAX)
		return true;
	turn_say_key(t, TR_LOGS_BUSY);
	turn_record(t, policy_verb_name(VERB_SEE_LOGS), name, "refused", STR("too many logs are being read"), 0);
	return false;
}

void logs_open(const struct turn *t, struct str name, const struct log_query *query)
{
	const struct config *config = t->c->config;
	struct log_query q = query ? *query : usual_query(t->c);
	struct log_view *v;

	if (!has_room(t, name))
		return;
	if (!q.lines)
		q.lines = usual_query(t->c).lines;
	set_search(&q, name, str_of(q.search));
	v = view_new(t, name, &q, RESPOND_PRIVATE);
	if (!v) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	v->record = true;
	v->what = q.search[0] ? "search" : "";
	if (config_bool(config, "DDC_LIVE_LOGS_ENABLED") && config_bool(config, "DDC_LIVE_LOGS_AUTO_START") &&
		!is_live_full(t->c, NULL))
		live_begin(v);
	view_fetch(v, 0);
}

static void press_file(const struct turn *t, struct str name, const struct log_query *q)
{
	uint64_t limit = t->in->attachment_size_limit;
	struct log_view *v;

	if (!has_room(t, name))
		return;
	if (count_views(t->c, false, true) >= FILES_MAX) {
		turn_say_key(t, TR_LOGS_BUSY);
		return;
	}
	v = view_new(t, name, q, RESPOND_PRIVATE);
	if (!v) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	v->file = v->record = true;
	v->what = "file";
	view_fetch(v, limit && limit < LOG_FILE_BYTES_MAX ? (size_t)limit : LOG_FILE_BYTES_MAX);
}

/* The same message again, as act says; a live view stays live unless it is stopped. */
static void press_view(const struct turn *t, struct str name, const struct log_query *q, enum act act)
{
	struct log_view *old = view_on(t, name), *v;
	bool stay = old && old->live && act != ACT_STOP;

	if (act == ACT_LIVE && !config_bool(t->c->config, "DDC_LIVE_LOGS_ENABLED")) {
		turn_say_key(t, TR_LOGS_LIVE_OFF);
		return;
	}
	if (act == ACT_LIVE && is_live_full(t->c, old)) {
		say_live_full(t);
		return;
	}
	if (!old && !has_room(t, name))
		return;
	v = view_new(t, name, q, turn_as(t));
	if (!v) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	v->record = act == ACT_LIVE || act == ACT_SEARCH || act == ACT_SINCE;
	v->what = act == ACT_LIVE ? "live" : act == ACT_SEARCH ? "search" : "";
	v->ending = act == ACT_STOP ? ENDED_STOPPED : NOT_ENDED;
	if (act == ACT_LIVE)
		live_begin(v);
	else if (stay)
		live_inherit(v, old);
	if (old)
		view_free(old);
	view_fetch(v, 0);
}

static void ask_search(const struct turn *t, struct str name, const struct log_query *q)
{
	struct respond *r = t->c->respond;
	char id[CUSTOM_ID_BYTES];
	const struct modal_field field = {
		.custom_id = "text",
		.label = str_of(tr(t->lang, TR_LOGS_SEARCH_FIELD)),
		.placeholder = str_of(tr(t->lang, TR_LOGS_SEARCH_HINT)),
		.value = str_of(q->search),
		.max_chars = SEARCH_CHARS_MAX,
	};

	respond_modal(r, respond_begin(r, &t->in->ref, RESPOND_PRIVATE), log_id(id, ID_LOGS_GO, ACT_SEARCH, name, q, ""),
		str_of(tr(t->lang, TR_LOGS_SEARCH_TITLE)), &field, 1);
}

static bool parse_id(const struct turn *t, struct str text, struct str *ret_name, char *ret_act, struct log_query *ret_query)
{
	struct str rest, search;
	struct str shape;

	*ret_query = usual_query(t->c);
	*ret_name = str_split(text, ':', &rest);
	*ret_act = '\0';
	if (!rest.n) /* of a control panel, or the original's */
		return true;
	shape = str_split(rest, ':', &search);
	if (shape.n < 2 || !strchr("rlsqtf", shape.p[0]))
		return false;
	*ret_act = shape.p[0];
	set_search(ret_query, *ret_name, search);
	return log_query_parse((struct str){shape.p + 1, shape.n - 1}, ret_query);
}

void logs_press(const struct turn *t, struct str id)
{
	struct log_query q;
	struct str name;
	char act;
	bool sparing;

	if (!parse_id(t, id, &name, &act, &q)) {
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
		return;
	}
	if (!turn_may(t, VERB_SEE_LOGS, config_find_container(t->c->config, name), name))
		return;
	sparing = act == '\0' || act == ACT_FILE || act == ACT_REFRESH || act == ACT_SINCE; /* ⏹️ must always work */
	const char *key = act == ACT_REFRESH || act == ACT_SINCE ? "live_refresh" : "logs";
	if (sparing && !turn_is_free(t, VERB_SEE_LOGS, key, true, name))
		return;
	if (act == ACT_SINCE && t->in->value_count)
		q.since = log_since_of(t->in->values[0]);
	if (act == '\0')
		logs_open(t, name, NULL);
	else if (act == ACT_SEARCH)
		ask_search(t, name, &q);
	else if (act == ACT_FILE)
		press_file(t, name, &q);
	else
		press_view(t, name, &q, (enum act)act);
	if (sparing)
		turn_consume(t, key, true, name);
}

void logs_found(const struct turn *t, struct str id)
{
	struct log_query q;
	struct str name;
	char act;

	if (!parse_id(t, id, &name, &act, &q)) {
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
		return;
	}
	if (!turn_may(t, VERB_SEE_LOGS, config_find_container(t->c->config, name), name) ||
		!turn_is_free(t, VERB_SEE_LOGS, "live_refresh", true, name))
		return;
	set_search(&q, name, interaction_field_value(t->in, "text"));
	press_view(t, name, &q, ACT_SEARCH);
	turn_consume(t, "live_refresh", true, name);
}
