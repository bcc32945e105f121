/* /control: the admin overview, posted anew at the end of the control channel. */
#include "feature/control/commands/commands.h"

void command_control(const struct turn *t)
{
	if (!turn_may(t, VERB_SEE_ADMIN, NULL, STR("")) || !turn_is_free(t, VERB_SEE_ADMIN, "control", false, STR("")))
		return;
	command_show_board(t, PANEL_ADMIN_OVERVIEW);
	turn_consume(t, "control", false, STR(""));
	turn_record(t, "post_admin_overview", STR(""), "done", STR(""), 0);
}
