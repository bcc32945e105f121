/* The other buttons of the overviews: help, info, pages. Their answers are private, so that nobody else's
 * view changes. */
#include "feature/control/components/components.h"

#include "feature/status/board.h"

void component_help(const struct turn *t, const struct custom_id *id)
{
	(void)id;
	if (!turn_may(t, VERB_HELP, NULL, STR("")) || !turn_is_free(t, VERB_HELP, "help", true, STR("")))
		return;
	help_show(t);
	turn_consume(t, "help", true, STR(""));
}

void component_info(const struct turn *t, const struct custom_id *id)
{
	bool turning = id->verb == ID_INFO_PAGE;

	if (!turn_may(t, VERB_SEE_INFO, NULL, STR("")) ||
		(!turning && !turn_is_free(t, VERB_SEE_INFO, "info", true, STR(""))))
		return;
	info_show(t, turning ? component_number(id->args[0]) : 0);
	if (!turning)
		turn_consume(t, "info", true, STR(""));
}

void component_page(const struct turn *t, const struct custom_id *id)
{
	bool admin = str_is(id->args[0], "admin");
	struct respond *r = t->c->respond;
	struct message m;
	ticket reply;

	if (!turn_may(t, admin ? VERB_SEE_ADMIN : VERB_SEE_OVERVIEW, NULL, STR("")))
		return;
	reply = respond_begin(r, &t->in->ref, turn_as(t));
	respond_message(r, reply, &m);
	board_write(t->c->parts.board, &m, t->in->channel_id, admin ? PANEL_ADMIN_OVERVIEW : PANEL_OVERVIEW,
		component_number(id->args[1]));
	respond_send(r, reply, &m);
}
