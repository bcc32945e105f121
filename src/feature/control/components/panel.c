/* The buttons of a control panel. */
#include "feature/control/components/components.h"

void component_refresh(const struct turn *t, const struct custom_id *id)
{
	panel_refresh(t, id->args[0]);
}

void component_act(const struct turn *t, const struct custom_id *id)
{
	static const enum docker_action actions[ID_COUNT] = {
		[ID_START] = DOCKER_START, [ID_STOP] = DOCKER_STOP, [ID_RESTART] = DOCKER_RESTART};

	panel_press(t, id->args[0], actions[id->verb]);
}
