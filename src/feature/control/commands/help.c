/* /help */
#include "feature/control/commands/commands.h"

void command_help(const struct turn *t)
{
	if (!turn_may(t, VERB_HELP, NULL, STR("")) || !turn_is_free(t, VERB_HELP, "help", false, STR("")))
		return;
	help_show(t);
	turn_consume(t, "help", false, STR(""));
}
