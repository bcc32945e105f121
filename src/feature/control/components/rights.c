/* The buttons, selects and dialogs about rights. */
#include "feature/control/components/components.h"

void component_rights(const struct turn *t, const struct custom_id *id)
{
	rights_press(t, id->args[0], id->args[1]);
}

void component_rights_go(const struct turn *t, const struct custom_id *id)
{
	rights_typed_in(t, id->args[0], id->args[1]);
}
