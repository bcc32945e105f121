/* The card of a container's information: its select, buttons and dialogs. */
#include "feature/control/components/components.h"

void component_card(const struct turn *t, const struct custom_id *id)
{
	info_press(t, id->args[0], id->args[1]);
}

void component_card_go(const struct turn *t, const struct custom_id *id)
{
	info_typed_in(t, id->args[0], id->args[1]);
}
