/* What the view of a container's log shows: its lines, where they end, its buttons; and the file. */
#include "feature/control/logs_inside.h"

#include <stdio.h>

enum { NAME_CHARS_MAX = 60 };

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
		buf_init(&what, MEM_LOGS, LOG_TEXT_BYTES_MAX);
		view_add_text(&what, str_of(v->query.search), LOG_SEARCH_CHARS_MAX, false);
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

	buf_init(&why, MEM_LOGS, LOG_TEXT_BYTES_MAX);
	buf_init(&name, MEM_LOGS, LOG_TEXT_BYTES_MAX);
	message_escape(&why, str_of(err->text));
	view_add_text(&name, str_of(v->name), NAME_CHARS_MAX, false);
	if (docker_state_of(v->c->parts.docker, str_of(v->name)) == CONTAINER_BEYOND)
		key = TR_STATE_BEYOND_WHY;
	else if (err->code == ERR_NOT_FOUND)
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
		snprintf(
			seconds, sizeof seconds, "%d", (int)config_int(v->c->config, "DDC_LIVE_LOGS_REFRESH_INTERVAL"));
		snprintf(when, sizeof when, "<t:%lld:R>", (long long)v->until_s);
		TR_ADD(out, v->lang, TR_LOGS_LIVE, {"seconds", str_of(seconds)}, {"when", str_of(when)});
	} else if (v->ending != NOT_ENDED) {
		buf_add_str(out, tr(v->lang, endings[v->ending]));
	}
}

static void write_button(const struct log_view *v, struct message *m, enum log_act act, const char *emoji,
	enum tr_key label, const char *search)
{
	char id[CUSTOM_ID_BYTES];

	message_button(m,
		act == ACT_LIVE	  ? BUTTON_SUCCESS
		: act == ACT_STOP ? BUTTON_DANGER
				  : BUTTON_SECONDARY,
		emoji, str_of(tr(v->lang, label)), log_id(id, ID_LOGS, act, str_of(v->name), &v->query, search), false);
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
		message_option(m, str_of(tr(v->lang, sinces[i])), str_of(log_since_word((enum log_since)i)), STR(""),
			NULL, v->query.since == (enum log_since)i);
}

/* log NULL: err says why there is none. */
void log_view_draw(struct log_view *v, const struct log_collect *log, const struct err *err)
{
	const struct config_container *settings = config_find_container(v->c->config, str_of(v->name));
	struct buf text, title;
	struct message m;

	buf_init(&text, MEM_LOGS, LOG_TEXT_BYTES_MAX);
	buf_init(&title, MEM_LOGS, LOG_TEXT_BYTES_MAX);
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
void log_view_send_file(struct log_view *v, struct log_collect *log)
{
	char name[FILE_NAME_BYTES];
	struct message m;
	struct buf text;

	buf_init(&text, MEM_LOGS, LOG_TEXT_BYTES_MAX);
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
