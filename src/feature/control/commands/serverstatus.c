/* /serverstatus and /ss: the overview, posted anew at the end of the channel. */
#include "feature/control/commands/commands.h"

void command_serverstatus(const struct turn *t)
{
	if (!turn_may(t, VERB_SEE_OVERVIEW, NULL, STR("")) ||
		!turn_is_free(t, VERB_SEE_OVERVIEW, "serverstatus", false, STR("")))
		return;
	command_show_board(t, PANEL_OVERVIEW);
	turn_consume(t, "serverstatus", false, STR(""));
	turn_record(t, "post_overview", STR(""), "done", STR(""), 0);
}
