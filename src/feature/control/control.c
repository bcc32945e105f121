#include "feature/control/control.h"

#include "base/clock.h"
#include "base/log.h"
#include "feature/control/commands/commands.h"
#include "feature/control/components/components.h"
#include "feature/usage/history.h"

#include <inttypes.h>

struct control *control_new(const struct control_parts *parts, const struct config *config)
{
	struct control *c = mem_zalloc(MEM_CONTROL, sizeof *c);

	if (!c)
		return NULL;
	c->parts = *parts;
	c->config = config;
	list_init(&c->panels);
	list_init(&c->acts);
	list_init(&c->log_views);
	list_init(&c->stats_asks);
	c->history = history_new(); /* without it /stats has no hour to tell of, that is all */
	c->respond = respond_new(parts->loop, parts->rest);
	c->usage = rights_usage_new();
	c->info = c->respond && c->usage ? info_new(c) : NULL;
	c->desk = c->info ? desk_new(c) : NULL;
	if (!c->desk) {
		info_free(c->info);
		respond_free(c->respond);
		history_free(c->history);
		rights_usage_free(c->usage);
		mem_free(c);
		return NULL;
	}
	return c;
}

void control_free(struct control *c)
{
	if (!c)
		return;
	acts_end(c);
	panels_free(c);
	logs_free(c);
	stats_free(c);
	bulk_end(c->bulk);
	desk_end(c->desk);
	info_free(c->info);
	respond_free(c->respond);
	history_free(c->history);
	rights_usage_free(c->usage);
	mem_free(c);
}

void control_set_config(struct control *c, const struct config *config)
{
	c->config = config;
	panels_follow(c, STR(""));
}

bool control_is_busy(const struct control *c)
{
	return respond_is_busy(c->respond);
}

void control_when_quiet(struct control *c, void (*on_quiet)(void *arg), void *arg)
{
	respond_when_quiet(c->respond, on_quiet, arg);
}

/* ---- news ---- */

/* Only of those that /stats may be asked for: a place is not to be taken by what nobody sees. */
static void note_usage(struct control *c, const struct container *changed)
{
	const struct config_container *settings = config_find_container(c->config, str_of(changed->name));

	if (!c->history || !settings || !settings->active || !settings->detailed_status ||
		history_note(c->history, changed, clock_mono_ms()) || c->history_full)
		return;
	c->history_full = true;
	log_info("control",
		"/stats keeps the last hour of %d containers; %s and those that come after it have none (/doctor counts them)",
		HISTORY_CONTAINERS_MAX, changed->name);
}

void control_on_container(struct control *c, const struct container *changed, enum container_event event)
{
	if (event == CONTAINER_USAGE)
		note_usage(c, changed);
	else if (event == CONTAINER_GONE)
		history_let_go(c->history, str_of(changed->name));
	if (event != CONTAINER_USAGE) /* figures come when they are asked for; an open panel is no reason to
					 edit every minute */
		panels_follow(c, str_of(changed->name));
}

void control_on_everything(struct control *c)
{
	panels_follow(c, STR(""));
}

void control_on_pending(struct control *c, struct str container)
{
	uint32_t took_ms;
	const struct pending_action *up = pending_settling(c->parts.pending, container, &took_ms);

	/* The person hears of it at once; should it die within the next moment, that is told in its place. */
	if (up)
		panels_note_end(c, up, PENDING_REACHED, &(struct err){0}, took_ms);
	else
		panels_follow(c, container);
	bulk_go_on(c);
}

/* ---- memory is short ---- */

void control_shed_idle(struct control *c)
{
	panels_shed(c);
	respond_sweep(c->respond);
}

void control_shed_history(struct control *c)
{
	history_shed(c->history);
}

/* ---- interactions ---- */

/* The gateway replays events after a resume: the same interaction may come twice, and is served once. */
static bool is_again(struct control *c, uint64_t id)
{
	for (unsigned i = 0; i < CONTROL_SEEN_MAX; i++)
		if (c->seen[i] == id)
			return true;
	c->seen[c->seen_at++ % CONTROL_SEEN_MAX] = id;
	return false;
}

/* Nothing can be answered, so nothing is done either. */
static bool is_servable(struct control *c, const struct interaction *in)
{
	uint64_t now = clock_mono_ms();

	if (!in->ref.id || !in->ref.token[0]) {
		log_debug("control", "an interaction without ID or token was left alone");
		return false;
	}
	if (is_again(c, in->ref.id)) {
		log_debug("control", "interaction %" PRIu64 " came twice", in->ref.id);
		return false;
	}
	if (in->ref.answered || now >= in->ref.received_ms + INTERACTION_FIRST_ANSWER_MS) {
		log_debug("control", "interaction %" PRIu64 " came too late to be answered", in->ref.id);
		return false;
	}
	return true;
}

void control_on_interaction(struct control *c, const struct interaction *in)
{
	struct turn t = turn_of(c, in);

	if (!is_servable(c, in))
		return;
	doctor_watch(c, in);
	switch (in->type) {
	case INTERACTION_COMMAND: commands_run(&t); break;
	case INTERACTION_COMPONENT:
	case INTERACTION_MODAL: components_run(&t); break;
	case INTERACTION_AUTOCOMPLETE: commands_complete(&t); break;
	default: log_debug("control", "an interaction of type %d was left alone", (int)in->type);
	}
}
