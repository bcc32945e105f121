/* All at once: the two buttons of the admin overview, and the answer to the question behind them. */
#include "feature/control/components/components.h"

void component_bulk(const struct turn *t, const struct custom_id *id)
{
	enum docker_action action;

	if (docker_action_parse(id->args[0], &action) && (action == DOCKER_STOP || action == DOCKER_RESTART))
		bulk_ask(t, action);
	else
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
}

void component_bulk_go(const struct turn *t, const struct custom_id *id)
{
	bulk_go(t, id);
}

void component_bulk_cancel(const struct turn *t, const struct custom_id *id)
{
	(void)id;
	bulk_cancel(t);
}
