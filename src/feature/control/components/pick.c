/* From 🛠️ to the container: picker, pages, search, choice. Rights are asked at every step, old messages
 * included. */
#include "feature/control/components/components.h"

void component_pick(const struct turn *t, const struct custom_id *id)
{
	bool at_home = turn_as(t) == RESPOND_UPDATE; /* back from a panel: no new message, so nothing to spare */

	(void)id;
	if (!turn_may(t, VERB_PICK, NULL, STR("")) || (!at_home && !turn_is_free(t, VERB_PICK, "admin", true, STR(""))))
		return;
	picker_show(t, 0, STR(""));
	if (!at_home)
		turn_consume(t, "admin", true, STR(""));
}

void component_pick_page(const struct turn *t, const struct custom_id *id)
{
	if (turn_may(t, VERB_PICK, NULL, STR("")))
		picker_show(t, component_number(id->args[0]), id->args[1]);
}

void component_search(const struct turn *t, const struct custom_id *id)
{
	(void)id;
	if (turn_may(t, VERB_PICK, NULL, STR("")))
		picker_ask(t);
}

void component_search_go(const struct turn *t, const struct custom_id *id)
{
	(void)id;
	if (turn_may(t, VERB_PICK, NULL, STR("")))
		picker_show(t, 0, interaction_field_value(t->in, "name"));
}

void component_open(const struct turn *t, const struct custom_id *id)
{
	(void)id;
	panel_show(t, t->in->value_count ? t->in->values[0] : STR(""));
}
