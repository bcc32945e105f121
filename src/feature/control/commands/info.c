/* /info: the card of one container, in every channel that is set up. */
#include "feature/control/commands/commands.h"

const struct command_option info_options[INFO_OPTION_COUNT] = {CONTAINER_OPTION};

static bool has_info(const struct turn *t, const struct config_container *c)
{
	(void)t;
	return c->info_enabled || c->info_protected;
}

void command_info_complete(const struct turn *t)
{
	command_complete_container(t, VERB_SEE_INFO, has_info);
}

void command_info(const struct turn *t)
{
	const struct config_container *c = command_container(t);
	struct str name = c ? str_of(c->name) : command_container_typed(t);

	if (!turn_may(t, VERB_SEE_INFO, c, name) || !turn_is_free(t, VERB_SEE_INFO, "info", false, STR("")))
		return;
	info_show_card(t, name);
	if (c)
		turn_consume(t, "info", false, STR(""));
}
