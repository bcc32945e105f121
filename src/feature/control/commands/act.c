/* /start, /stop, /restart: the buttons of a control panel, by name. What is offered while somebody types is what may be done and
 * makes sense at the moment; what is typed all the same is judged as a press is. */
#include "feature/control/commands/commands.h"

const struct command_option act_options[ACT_OPTION_COUNT] = {CONTAINER_OPTION};

static bool fits(const struct turn *t, const struct config_container *c, enum docker_action action)
{
	struct view v =
		view_of(t->c->parts.docker, str_of(c->name), c, pending_taken(t->c->parts.pending, str_of(c->name)));

	return view_action_fits(&v, action);
}

static void run(const struct turn *t, enum docker_action action)
{
	const struct config_container *c = command_container(t);

	act_press(t, c ? str_of(c->name) : command_container_typed(t), action);
}

#define COMMAND(word, action)                                                                                          \
	static bool fits_##word(const struct turn *t, const struct config_container *c)                                \
	{                                                                                                              \
		return fits(t, c, action);                                                                             \
	}                                                                                                              \
	void command_##word(const struct turn *t)                                                                      \
	{                                                                                                              \
		run(t, action);                                                                                        \
	}                                                                                                              \
	void command_##word##_complete(const struct turn *t)                                                           \
	{                                                                                                              \
		command_complete_container(t, (enum policy_verb)(action), fits_##word);                                \
	}

COMMAND(start, DOCKER_START)
COMMAND(stop, DOCKER_STOP)
COMMAND(restart, DOCKER_RESTART)
