/* The buttons of a control panel. */
#include "feature/control/components/components.h"

void component_refresh(const struct turn *t, const struct custom_id *id)
{
	panel_refresh(t, id->args[0]);
}

void component_act(const struct turn *t, const struct custom_id *id)
{
	static const enum docker_action actions[ID_COUNT] = {[ID_START] = DOCKER_START,
		[ID_STOP] = DOCKER_STOP,
		[ID_RESTART] = DOCKER_RESTART,
		[ID_PAUSE] = DOCKER_PAUSE,
		[ID_UNPAUSE] = DOCKER_UNPAUSE,
		[ID_KILL] = DOCKER_KILL};

	act_press(t, id->args[0], actions[id->verb]);
}

void component_kill_go(const struct turn *t, const struct custom_id *id)
{
	act_confirmed(t, id->args[1], DOCKER_KILL, id->args[0]);
}

void component_cancel(const struct turn *t, const struct custom_id *id)
{
	act_cancel(t, id->args[0]);
}

void component_show(const struct turn *t, const struct custom_id *id)
{
	panel_show(t, id->args[0]);
}
