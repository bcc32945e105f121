/* What there is, in the reader's own language. Made from the tables that do the work, so that it names
 * nothing that does not exist. */
#include "feature/control/commands/commands.h"

enum { TEXT_BYTES_MAX = 8192 };

/* The commands of admins are shown to admins, and to those who may name the first one. */
static bool is_for(const struct turn *t, const struct command *c)
{
	enum policy_verb verb = str_is(str_of(c->name), "addadmin") ? VERB_ADD_ADMIN : VERB_GRANT;

	return policy_decide(t->c->config, &t->who, verb, NULL, NULL).allowed;
}

static void write_commands(const struct turn *t, struct message *m)
{
	struct buf text;

	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	buf_printf(&text, "\n\n**%s**\n", tr(t->lang, TR_HELP_COMMANDS));
	for (unsigned i = 0; i < command_count; i++)
		if (!commands[i].shown_to || is_for(t, &commands[i]))
			buf_printf(&text, "`/%s` %s\n", commands[i].name, tr(t->lang, commands[i].description));
	message_text(m, buf_view(&text)); /* not a field: those hold a quarter of it */
	buf_clear(&text);
}

/* One example a look; the words come from the panels themselves. */
static const struct container looks[] = {
	{.state = CONTAINER_RUNNING},
	{.state = CONTAINER_RUNNING, .health = HEALTH_HEALTHY},
	{.state = CONTAINER_RUNNING, .health = HEALTH_STARTING},
	{.state = CONTAINER_RUNNING, .health = HEALTH_UNHEALTHY},
	{.state = CONTAINER_RESTARTING},
	{.state = CONTAINER_PAUSED},
	{.state = CONTAINER_EXITED},
	{.state = CONTAINER_EXITED, .exit_code = 1},
	{.state = CONTAINER_EXITED, .exit_code = 137, .oom_killed = true},
	{.state = CONTAINER_MISSING},
	{.state = CONTAINER_BEYOND},
	{.state = CONTAINER_UNKNOWN},
};

static void write_looks(const struct turn *t, struct message *m)
{
	struct buf text;

	buf_init(&text, MEM_CONTROL, TEXT_BYTES_MAX);
	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
		bool there = looks[i].state >= CONTAINER_CREATED;
		struct view v = {.state = looks[i].state, .engine = there ? &looks[i] : NULL};

		buf_printf(&text, "%s%s ", i ? "\n" : "", view_icon(&v));
		view_add_state(&text, &v, t->lang);
	}
	message_field(m, str_of(tr(t->lang, TR_HELP_SIGNS)), buf_view(&text), false);
	buf_clear(&text);
}

void help_show(const struct turn *t)
{
	struct respond *r = t->c->respond;
	ticket reply = respond_begin(r, &t->in->ref, RESPOND_PRIVATE);
	struct message m;

	respond_message(r, reply, &m);
	message_embed(&m, str_of(tr(t->lang, TR_HELP_TITLE)), view_tone_colour(TONE_BUSY));
	message_text(&m, str_of(tr(t->lang, TR_HELP_INTRO)));
	write_commands(t, &m);
	message_field(&m, str_of(tr(t->lang, TR_HELP_STATUS_TITLE)), str_of(tr(t->lang, TR_HELP_STATUS)), false);
	message_field(&m, str_of(tr(t->lang, TR_HELP_CONTROL_TITLE)), str_of(tr(t->lang, TR_HELP_CONTROL)), false);
	message_field(&m, str_of(tr(t->lang, TR_HELP_PANEL_TITLE)), str_of(tr(t->lang, TR_HELP_PANEL)), false);
	write_looks(t, &m);
	respond_send(r, reply, &m);
}
