#include "feature/control/bulk_plan.h"

#include "base/hash.h"

#include <string.h>

enum fate plan_fate_of(const struct control *c, const struct policy_subject *who, enum docker_action action,
	const struct config_container *settings, struct policy_decision *ret_decision)
{
	const struct container *engine = docker_find(c->parts.docker, str_of(settings->name));
	struct policy_decision d = policy_decide(c->config, who, (enum policy_verb)action, settings, engine);

	if (!settings->active)
		return NONE_OF_OURS;
	if (!engine || !container_is_up(engine))
		return NOT_UP;
	*ret_decision = d;
	return d.allowed ? ACT : LEAVE_OUT;
}

static void add_name(struct buf *out, const struct config_container *settings)
{
	view_add_text(out, str_of(settings->display_name), CONTROL_NAME_CHARS_MAX, false);
}

static void add_beyond(const struct turn *t, const struct config_container *settings, struct plan *plan)
{
	if (utf8_count(buf_view(&plan->left_out)) > PLAN_LIST_CHARS_MAX)
		return;
	buf_add_str(&plan->left_out, "\n⏭️ ");
	add_name(&plan->left_out, settings);
	buf_printf(&plan->left_out, ": %s", tr(t->lang, TR_STATE_BEYOND));
}

static void plan_one(
	const struct turn *t, enum docker_action action, const struct config_container *settings, struct plan *plan)
{
	struct policy_decision d = {.rule = RULE_ALLOWED};

	switch (plan_fate_of(t->c, &t->who, action, settings, &d)) {
	case ACT:
		plan->acts++;
		plan->hash = hash_bytes(plan->hash, settings->name, strlen(settings->name) + 1);
		if (utf8_count(buf_view(&plan->names)) > PLAN_LIST_CHARS_MAX) {
			plan->unnamed++;
			break;
		}
		if (plan->names.length)
			buf_add_str(&plan->names, ", ");
		add_name(&plan->names, settings);
		break;
	case LEAVE_OUT:
		if (utf8_count(buf_view(&plan->left_out)) > PLAN_LIST_CHARS_MAX)
			break;
		buf_add_str(&plan->left_out, "\n⏭️ ");
		policy_explain(&plan->left_out, t->lang, d, (enum policy_verb)action, settings);
		break;
	case NOT_UP:
		if (docker_state_of(t->c->parts.docker, str_of(settings->name)) == CONTAINER_BEYOND)
			add_beyond(t, settings, plan);
		else
			plan->not_up++;
		break;
	case NONE_OF_OURS: break;
	}
}

void plan_make(const struct turn *t, enum docker_action action, struct plan *plan)
{
	*plan = (struct plan){.hash = HASH_SEED + (unsigned)action};
	buf_init(&plan->names, MEM_CONTROL, PLAN_TEXT_BYTES_MAX);
	buf_init(&plan->left_out, MEM_CONTROL, PLAN_TEXT_BYTES_MAX);
	for (unsigned i = 0; i < t->c->config->container_count; i++)
		plan_one(t, action, &t->c->config->containers[i], plan);
}

void plan_clear(struct plan *plan)
{
	buf_clear(&plan->names);
	buf_clear(&plan->left_out);
}

void plan_add_names(struct buf *out, const struct plan *plan, enum tr_lang lang)
{
	buf_add_view(out, buf_view(&plan->names));
	if (!plan->unnamed)
		return;
	buf_add_char(out, ' ');
	tr_count(out, lang, TR_CONTROL_BULK_MORE_ONE, plan->unnamed);
}
