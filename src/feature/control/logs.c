/* Private views of a container's log: the newest lines, again on request, or live for a while; a search; all
 * of it as a file. A view is looked for anew each time and holds nothing in between, so an open one costs
 * what its answer needs. */
#include "feature/control/logs_inside.h"

#include "base/clock.h"
#include "loop/loop.h"

#include <stdio.h>
#include <string.h>

enum {
	VIEWS_MAX = 8,	     /* being read or live: so many logs the engine client reads at once */
	FILES_MAX = 1,	     /* being made or sent: a file is the largest thing that ddc ever holds */
	LAST_WORD_MS = 20000 /* before the token dies: time for a slow engine and a slow Discord */
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

/* The view on the message that was pressed; NULL: there is none any more (it was not live, or ddc began
 * anew). */
static struct log_view *view_on(const struct turn *t)
{
	list_each (at, &t->c->log_views) {
		struct log_view *v = list_item(at, struct log_view, link);

		if (!v->file && interaction_is_on(t->in, v->message_id, v->answers))
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

static struct log_view *view_new(
	const struct turn *t, struct str name, const struct log_query *query, enum respond_as as)
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
	v->answers = t->in->ref.id;
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

const char *log_id(char out[CUSTOM_ID_BYTES], enum custom_verb verb, enum log_act act, struct str name,
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
	str_copy(query->search, room + 1, utf8_prefix(str_trim(search), LOG_SEARCH_CHARS_MAX));
}

static struct log_query usual_query(const struct control *c)
{
	int64_t lines = config_int(c->config, "DDC_LIVE_LOGS_TAIL_LINES");

	return (struct log_query){.lines = lines < LOG_LINES_MAX ? (unsigned)lines : (unsigned)LOG_LINES_MAX};
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
	log_view_draw(v, NULL, err);
	view_free(v);
}

static void view_fetch(struct log_view *v, size_t keep_bytes)
{
	struct err err = {0};

	v->fetch = log_fetch_start(v->c->parts.docker, str_of(v->name), &v->query,
		v->file ? LOG_FOR_FILE : LOG_FOR_EYES, keep_bytes, on_fetched, v, &err);
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
		log_view_send_file(v, log);
	else
		log_view_draw(v, log, NULL);
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
		log_view_draw(v, NULL, NULL);
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

	turn_now(v->c, &v->who);
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

	buf_init(&text, MEM_LOGS, LOG_TEXT_BYTES_MAX);
	tr_count(&text, t->lang, TR_LOGS_LIVE_FULL_ONE, LOG_LIVE_MAX);
	turn_say(t, buf_view(&text));
	buf_clear(&text);
	turn_record(t, policy_verb_name(VERB_SEE_LOGS), STR(""), "refused", STR("too many live views"), 0);
}

/* A live view asks again and again, and a file is megabytes: both wait while memory is short. A look at the log does not. */
static bool has_memory(const struct turn *t)
{
	const struct control_parts *p = &t->c->parts;
	return !p->may_follow_logs || p->may_follow_logs(p->may_follow_logs_arg);
}

static void say_no_memory(const struct turn *t, struct str name)
{
	turn_say_key(t, TR_LOGS_NO_MEMORY);
	turn_record(t, policy_verb_name(VERB_SEE_LOGS), name, "refused", STR("memory is short"), 0);
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
		!is_live_full(t->c, NULL) && has_memory(t))
		live_begin(v);
	view_fetch(v, 0);
}

static void press_file(const struct turn *t, struct str name, const struct log_query *q)
{
	uint64_t limit = t->in->attachment_size_limit;
	struct log_view *v;

	if (!has_room(t, name))
		return;
	if (!has_memory(t)) {
		say_no_memory(t, name);
		return;
	}
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
static void press_view(const struct turn *t, struct str name, const struct log_query *q, enum log_act act)
{
	struct log_view *old = view_on(t), *v;
	bool stay = old && old->live && act != ACT_STOP;

	if (act == ACT_LIVE && !config_bool(t->c->config, "DDC_LIVE_LOGS_ENABLED")) {
		turn_say_key(t, TR_LOGS_LIVE_OFF);
		return;
	}
	if (act == ACT_LIVE && is_live_full(t->c, old)) {
		say_live_full(t);
		return;
	}
	if (act == ACT_LIVE && !has_memory(t)) {
		say_no_memory(t, name);
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
		.max_chars = LOG_SEARCH_CHARS_MAX,
	};

	respond_modal(r, respond_begin(r, &t->in->ref, RESPOND_PRIVATE),
		log_id(id, ID_LOGS_GO, ACT_SEARCH, name, q, ""), str_of(tr(t->lang, TR_LOGS_SEARCH_TITLE)), &field, 1);
}

static bool parse_id(
	const struct turn *t, struct str text, struct str *ret_name, char *ret_act, struct log_query *ret_query)
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
	sparing =
		act == '\0' || act == ACT_FILE || act == ACT_REFRESH || act == ACT_SINCE; /* ⏹️ must always work */
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
		press_view(t, name, &q, (enum log_act)act);
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
