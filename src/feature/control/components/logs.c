/* The buttons of a log, and the one that opens it. */
#include "feature/control/components/components.h"

void component_logs(const struct turn *t, const struct custom_id *id)
{
	logs_press(t, id->args[0]);
}

void component_logs_go(const struct turn *t, const struct custom_id *id)
{
	logs_found(t, id->args[0]);
}
