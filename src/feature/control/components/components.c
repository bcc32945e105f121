#include "feature/control/components/components.h"

typedef void component_fn(const struct turn *t, const struct custom_id *id);

static component_fn *const table[ID_COUNT] = {
	[ID_PICK] = component_pick,
	[ID_HELP] = component_help,
	[ID_INFO] = component_info,
	[ID_INFO_PAGE] = component_info,
	[ID_PAGE] = component_page,
	[ID_BULK] = component_bulk,
	[ID_BULK_GO] = component_bulk_go,
	[ID_BULK_CANCEL] = component_bulk_cancel,
	[ID_PICK_PAGE] = component_pick_page,
	[ID_SEARCH] = component_search,
	[ID_SEARCH_GO] = component_search_go,
	[ID_OPEN] = component_open,
	[ID_REFRESH] = component_refresh,
	[ID_START] = component_act,
	[ID_STOP] = component_act,
	[ID_RESTART] = component_act,
	[ID_LOGS] = component_logs,
	[ID_CARD] = component_card,
	[ID_CARD_GO] = component_card_go,
	[ID_LOGS_GO] = component_logs_go,
	[ID_PAUSE] = component_act,
	[ID_UNPAUSE] = component_act,
	[ID_KILL] = component_act,
	[ID_KILL_GO] = component_kill_go,
	[ID_CANCEL] = component_cancel,
	[ID_SHOW] = component_show,
	[ID_RIGHTS] = component_rights,
	[ID_RIGHTS_GO] = component_rights_go,
};

/* A panel that nobody understands any more: a sentence says where there is a fresh one. */
static void answer_unknown(const struct turn *t)
{
	turn_say_key(t, str_starts(t->in->custom_id, "mech") ? TR_CONTROL_NO_MECH : TR_CONTROL_UNKNOWN_COMPONENT);
}

static bool is_dialog(enum custom_verb verb)
{
	return verb == ID_SEARCH_GO || verb == ID_LOGS_GO || verb == ID_CARD_GO || verb == ID_RIGHTS_GO;
}

void components_run(const struct turn *t)
{
	struct custom_id id;

	if (!custom_id_parse(t->in->custom_id, &id) && !custom_id_parse_original(t->in->custom_id, &id)) {
		answer_unknown(t);
		return;
	}
	/* Dialogs and components have IDs of one kind: neither may stand for the other. */
	if ((t->in->type == INTERACTION_MODAL) != is_dialog(id.verb)) {
		answer_unknown(t);
		return;
	}
	table[id.verb](t, &id);
}

unsigned component_number(struct str text)
{
	int64_t number;

	return str_to_int(text, 0, 10000, &number) ? (unsigned)number : 0;
}
