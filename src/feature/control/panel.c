/* Private control panels: what one container does, and what may be done to it. Open ones follow the engine
 * until their token dies. */
#include "feature/control/panel.h"

#include <string.h>

enum {
	PANELS_MAX = 32, /* that follow at once, about 0.5 KiB each; the oldest stops following. Its buttons
			    go on working */
	PANEL_IDLE_MS = 5 * 60 * 1000, /* whoever has not pressed anything for so long looks elsewhere */
	TEXT_BYTES_MAX = PANEL_TEXT_BYTES_MAX
};

/* ---- the open ones ---- */

static void forget(struct control *c, ticket *t)
{
	if (*t != TICKET_NONE)
		docker_forget(c->parts.docker, *t);
	*t = TICKET_NONE;
}

static void panel_free(struct panel *p)
{
	forget(p->c, &p->usage);
	forget(p->c, &p->refresh);
	respond_close(p->c->respond, p->reply);
	list_remove(&p->link);
	p->c->panel_count--;
	buf_clear(&p->note);
	mem_free(p->roles);
	mem_free(p);
}

void panels_free(struct control *c)
{
	list_each_safe (at, &c->panels)
		panel_free(list_item(at, struct panel, link));
}

static bool is_at_work(const struct panel *p)
{
	return p == p->c->opening || p->usage != TICKET_NONE || p->refresh != TICKET_NONE ||
	       pending_taken(p->c->parts.pending, str_of(p->name));
}

void panels_shed(struct control *c)
{
	list_each_safe (at, &c->panels) {
		struct panel *p = list_item(at, struct panel, link);

		if (!is_at_work(p) && respond_age_ms(c->respond, p->reply) >= PANEL_IDLE_MS)
			panel_free(p);
	}
}

void panels_leave(struct control *c, const struct interaction *in)
{
	list_each_safe (at, &c->panels) {
		struct panel *p = list_item(at, struct panel, link);

		if (interaction_is_on(in, p->message_id, p->answers))
			panel_free(p);
	}
}

/* The panel that this interaction's answer will be, with a reply of its own. NULL: no memory. */
struct panel *panel_begin(const struct turn *t, struct str name)
{
	struct control *c = t->c;
	struct panel *p;

	panels_leave(c, t->in);
	if (c->panel_count >= PANELS_MAX)
		panel_free(list_item(list_first(&c->panels), struct panel, link));
	p = mem_zalloc(MEM_CONTROL, sizeof *p);
	if (!p)
		return NULL;
	p->c = c;
	p->lang = t->lang;
	p->who = t->who;
	p->who.roles = p->roles = turn_copy_roles(&t->who);
	if (!p->roles)
		p->who.role_count = 0; /* fewer buttons, never more */
	str_copy(p->name, sizeof p->name, name);
	buf_init(&p->note, MEM_CONTROL, TEXT_BYTES_MAX);
	p->reply = respond_begin(c->respond, &t->in->ref, turn_as(t));
	respond_keep(c->respond, p->reply);
	p->message_id = turn_as(t) == RESPOND_UPDATE ? t->in->message_id : 0;
	p->answers = t->in->ref.id;
	list_append(&c->panels, &p->link);
	c->panel_count++;
	c->opening = p;
	return p;
}

/* ---- what it shows ---- */

static void write_state(const struct panel *p, struct buf *out, const struct view *v)
{
	size_t before;

	buf_printf(out, "%s **", view_icon(v));
	view_add_state(out, v, p->lang);
	buf_add_str(out, "**");
	before = out->length;
	buf_add_str(out, " · ");
	view_add_since(out, v, p->lang);
	if (out->length == before + sizeof " · " - 1)
		buf_cut(out, before);
	buf_add_char(out, '\n');
}

static void write_usage(const struct panel *p, struct buf *out, const struct view *v)
{
	struct buf cpu, memory;

	buf_init(&cpu, MEM_CONTROL, 64);
	buf_init(&memory, MEM_CONTROL, 64);
	view_add_cpu(&cpu, v);
	view_add_memory(&memory, v);
	TR_ADD(out, p->lang, TR_CONTROL_PANEL_USAGE, {"cpu", buf_view(&cpu)}, {"memory", buf_view(&memory)});
	buf_add_char(out, '\n');
	if (p->figures_refused) {
		buf_add_str(out, "-# ");
		view_add_old_figures(out, v, p->lang);
		buf_add_char(out, '\n');
	}
	buf_clear(&cpu);
	buf_clear(&memory);
}

static void write_details(const struct panel *p, struct buf *out, const struct view *v)
{
	const struct container *e = v->engine;

	if (v->state == CONTAINER_BEYOND)
		buf_printf(out, "%s\n", tr(p->lang, TR_STATE_BEYOND_WHY));
	if (!e)
		return;
	if (v->settings->detailed_status && container_is_up(e))
		write_usage(p, out, v);
	if (e->restart_count > 0) {
		tr_count(out, p->lang, TR_CONTROL_PANEL_RESTARTS_ONE, e->restart_count);
		buf_add_char(out, '\n');
	}
	if (e->image[0]) {
		buf_add_str(out, "-# ");
		message_escape(out, str_of(e->image));
		buf_add_char(out, '\n');
	}
	if (e->is_self)
		buf_printf(out, "\n%s\n", tr(p->lang, TR_CONTROL_PANEL_SELF));
}

static void add_engine_down(struct buf *out, const struct control *c, enum tr_lang lang)
{
	struct buf why;

	buf_init(&why, MEM_CONTROL, TEXT_BYTES_MAX);
	message_escape(&why, str_of(docker_link_error(c->parts.docker)->text));
	TR_ADD(out, lang, TR_CONTROL_ENGINE_DOWN, {"why", buf_view(&why)});
	buf_clear(&why);
}

/* Of the person who pressed also what is about to begin; for others it begins when Discord has accepted the answer. */
static const struct pending_action *pending_for(const struct panel *p)
{
	const struct pending_action *own = pending_of(p->c->parts.pending, p->act);

	return own ? own : pending_find(p->c->parts.pending, str_of(p->name));
}

static void write_text(const struct panel *p, struct message *m, const struct view *v)
{
	struct buf text;

	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	if (p->note.length) {
		buf_add_view(&text, buf_view(&p->note));
		buf_add_str(&text, "\n\n");
	}
	write_state(p, &text, v);
	if (pending_for(p) && pending_for(p)->waiting)
		buf_printf(&text, "-# %s\n", tr(p->lang, TR_CONTROL_PANEL_WAITING));
	write_details(p, &text, v);
	if (docker_link_of(p->c->parts.docker) != DOCKER_UP) {
		buf_add_char(&text, '\n');
		add_engine_down(&text, p->c, p->lang);
	}
	message_text(m, buf_view(&text));
	message_footer(m, str_of(tr(p->lang, TR_CONTROL_PANEL_FOOTER)));
	buf_clear(&text);
}

static const struct {
	enum docker_action action;
	enum custom_verb id;
	enum button_style style;
	const char *emoji;
} action_buttons[] = {
	{DOCKER_START, ID_START, BUTTON_SUCCESS, "▶️"},
	{DOCKER_STOP, ID_STOP, BUTTON_DANGER, "⏹️"},
	{DOCKER_RESTART, ID_RESTART, BUTTON_PRIMARY, "🔁"},
	{DOCKER_PAUSE, ID_PAUSE, BUTTON_SECONDARY, "⏸️"},
	{DOCKER_UNPAUSE, ID_UNPAUSE, BUTTON_SECONDARY, "⏯️"},
	{DOCKER_KILL, ID_KILL, BUTTON_DANGER, "☠️"},
};

/* Of pausing and resuming only the one that could be meant, so that five fit into a row. */
static bool is_out_of_place(const struct view *v, enum docker_action a)
{
	return a == (v->state == CONTAINER_PAUSED ? DOCKER_PAUSE : DOCKER_UNPAUSE);
}

static bool may(const struct panel *p, enum docker_action a, const struct view *v)
{
	return policy_decide(p->c->config, &p->who, (enum policy_verb)a, v->settings, v->engine).allowed;
}

/* What is not allowed is not there; what does not fit at the moment is there and cannot be pressed. */
static void write_buttons(const struct panel *p, struct message *m, const struct view *v)
{
	char id[CUSTOM_ID_BYTES];

	message_row(m);
	for (size_t i = 0; i < sizeof action_buttons / sizeof action_buttons[0]; i++) {
		enum docker_action a = action_buttons[i].action;

		if (is_out_of_place(v, a) || !may(p, a, v))
			continue;
		message_button(m, action_buttons[i].style, action_buttons[i].emoji, str_of(tr(p->lang, action_key(a))),
			custom_id_named(id, action_buttons[i].id, str_of(p->name)), !view_action_fits(v, a));
	}
}

static void write_gone(const struct panel *p, struct message *m)
{
	struct buf text;

	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	policy_explain(&text, p->lang, (struct policy_decision){false, RULE_CONTAINER_UNKNOWN}, VERB_PICK, NULL);
	message_embed(m, str_of(p->name), view_tone_colour(TONE_OFF));
	message_text(m, buf_view(&text));
	buf_clear(&text);
}

static void write_second_row(const struct panel *p, struct message *m, const struct view *v)
{
	const struct pending_action *pending = pending_for(p);
	char id[CUSTOM_ID_BYTES];

	message_row(m);
	if (pending && pending->waiting && (pending->user_id == p->who.user_id || may(p, pending->action, v)))
		message_button(m, BUTTON_DANGER, "✖️", str_of(tr(p->lang, TR_CONTROL_PANEL_CANCEL)),
			custom_id_named(id, ID_CANCEL, str_of(p->name)), false);
	message_button(m, BUTTON_SECONDARY, "🔄", str_of(tr(p->lang, TR_CONTROL_PANEL_REFRESH)),
		custom_id_named(id, ID_REFRESH, str_of(p->name)), false);
	if (policy_decide(p->c->config, &p->who, VERB_SEE_INFO, v->settings, v->engine).allowed) {
		custom_id_format(id, ID_CARD, STR("show"), str_of(p->name), STR(""));
		message_button(m, BUTTON_SECONDARY, "ℹ️", str_of(tr(p->lang, TR_INFO_BUTTON)), id, false);
	}
	if (policy_decide(p->c->config, &p->who, VERB_SEE_LOGS, v->settings, v->engine).allowed)
		message_button(m, BUTTON_SECONDARY, "📋", str_of(tr(p->lang, TR_LOGS_BUTTON)),
			custom_id_named(id, ID_LOGS, str_of(p->name)), false);
}

void panel_redraw(struct panel *p)
{
	const struct config_container *settings = config_find_container(p->c->config, str_of(p->name));
	struct view v = view_of(p->c->parts.docker, str_of(p->name), settings, pending_for(p));
	char id[CUSTOM_ID_BYTES];
	struct message m;
	struct buf title;

	turn_now(p->c, &p->who);
	respond_message(p->c->respond, p->reply, &m);
	if (settings && settings->active) {
		buf_init(&title, MEM_CONTROL, TEXT_BYTES_MAX);
		view_add_name(&title, &v, CONTROL_NAME_CHARS_MAX);
		message_embed(&m, buf_view(&title), view_tone_colour(view_tone_of(&v)));
		buf_clear(&title);
		write_text(p, &m, &v);
		write_buttons(p, &m, &v);
		write_second_row(p, &m, &v);
	} else {
		write_gone(p, &m);
		message_row(&m);
	}
	message_button(&m, BUTTON_SECONDARY, "◀️", str_of(tr(p->lang, TR_CONTROL_PANEL_BACK)),
		custom_id_plain(id, ID_PICK), false);
	respond_send(p->c->respond, p->reply, &m);
}

/* ---- opening, looking again ---- */

static void on_usage(const struct err *err, void *arg)
{
	struct panel *p = arg;

	p->usage = TICKET_NONE;
	if (!err)
		panel_redraw(p);
}

static void ask_usage(struct panel *p)
{
	const struct config_container *settings = config_find_container(p->c->config, str_of(p->name));
	const struct container *engine = docker_find(p->c->parts.docker, str_of(p->name));
	struct err err = {0};

	if (!settings || !settings->detailed_status || !engine || engine->state != CONTAINER_RUNNING ||
		p->usage != TICKET_NONE)
		return;
	p->usage = docker_read_usage(p->c->parts.docker, str_of(p->name), on_usage, p, &err);
	p->figures_refused = p->usage == TICKET_NONE && err.code == ERR_MEMORY;
}

/* The container may be looked at by this person; otherwise the answer has been given. */
static bool may_look(const struct turn *t, struct str name)
{
	const struct config_container *settings = config_find_container(t->c->config, name);

	if (!turn_may(t, VERB_PICK, settings, name))
		return false;
	if (!settings)
		turn_refuse(t, RULE_CONTAINER_UNKNOWN, VERB_PICK, NULL, name);
	return settings != NULL;
}

void panel_show(const struct turn *t, struct str container)
{
	struct panel *p = may_look(t, container) ? panel_begin(t, container) : NULL;

	if (!p)
		return;
	ask_usage(p); /* first: the panel says if it is refused */
	panel_redraw(p);
	t->c->opening = NULL;
}

static void on_refreshed(const struct err *err, void *arg)
{
	struct panel *p = arg;

	(void)err; /* the panel shows what is known, and that the engine is away if it is */
	p->refresh = TICKET_NONE;
	ask_usage(p);
	panel_redraw(p);
}

void panel_refresh(const struct turn *t, struct str container)
{
	struct panel *p;

	if (!may_look(t, container) || !turn_is_free(t, VERB_PICK, "refresh", true, container))
		return;
	p = panel_begin(t, container);
	if (!p)
		return;
	turn_consume(t, "refresh", true, container);
	respond_wait(t->c->respond, p->reply);
	p->refresh = docker_refresh(t->c->parts.docker, container, on_refreshed, p, NULL);
	if (p->refresh == TICKET_NONE)
		panel_redraw(p);
	t->c->opening = NULL;
}

void panels_follow(struct control *c, struct str container)
{
	list_each_safe (at, &c->panels) {
		struct panel *p = list_item(at, struct panel, link);

		if (p != c->opening && !respond_is_open(c->respond, p->reply)) {
			panel_free(p);
			continue;
		}
		if (container.n && !str_is(container, p->name))
			continue;
		if (p->refresh != TICKET_NONE)
			continue; /* its answer comes with what the engine says */
		if (pending_find(c->parts.pending, str_of(p->name)))
			buf_reset(&p->note);
		panel_redraw(p);
	}
}

/* ---- how it ended ---- */

void panel_note_end(struct panel *p, const struct pending_action *a, enum pending_outcome outcome,
	const struct err *err, uint32_t took_ms)
{
	static const enum tr_key keys[] = {
		[PENDING_REACHED] = TR_CONTROL_DONE,
		[PENDING_FAILED] = TR_CONTROL_FAILED,
		[PENDING_TIMED_OUT] = TR_CONTROL_TIMED_OUT,
		[PENDING_CANCELLED] = TR_CONTROL_CANCELLED,
	};
	struct buf seconds, reason, user;

	buf_init(&seconds, MEM_CONTROL, 32);
	buf_init(&reason, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_init(&user, MEM_CONTROL, TEXT_BYTES_MAX);
	add_seconds(&seconds, took_ms);
	message_escape(&reason, str_of(err->text));
	view_add_text(&user, str_of(a->user), CONTROL_NAME_CHARS_MAX, false);
	buf_reset(&p->note);
	TR_ADD(&p->note, p->lang, keys[outcome], {"action", str_of(tr(p->lang, action_key(a->action)))},
		{"seconds", buf_view(&seconds)}, {"reason", buf_view(&reason)}, {"user", buf_view(&user)});
	buf_clear(&seconds);
	buf_clear(&reason);
	buf_clear(&user);
}

void panels_note_end(struct control *c, const struct pending_action *a, enum pending_outcome outcome,
	const struct err *err, uint32_t took_ms)
{
	list_each (at, &c->panels) {
		struct panel *p = list_item(at, struct panel, link);

		if (!strcmp(p->name, a->name))
			panel_note_end(p, a, outcome, err, took_ms);
	}
	panels_follow(c, str_of(a->name));
}
