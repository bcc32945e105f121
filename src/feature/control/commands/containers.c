/* Options that name a container: what is offered while somebody types, and what was meant in the end. */
#include "feature/control/commands/commands.h"

enum { LABEL_CHARS_MAX = SELECT_TEXT_CHARS_MAX - 1, LABEL_BYTES_MAX = LABEL_CHARS_MAX * 16 };

struct str command_container_typed(const struct turn *t)
{
	return str_trim(interaction_option_value(t->in, "container"));
}

const struct config_container *command_container(const struct turn *t)
{
	const struct config *config = t->c->config;
	struct str typed = command_container_typed(t);
	const struct config_container *c = config_find_container(config, typed);
	char text[128];

	for (unsigned i = 0; !c && i < config->container_count; i++) {
		str_copy(text, sizeof text, typed);
		if (config->containers[i].active && str_is_nocase(str_of(config->containers[i].display_name), text))
			c = &config->containers[i];
	}
	return c;
}

static bool is_hit(const struct config_container *c, struct str typed, bool at_start)
{
	struct str shown = str_of(c->display_name), name = str_of(c->name);

	if (at_start) {
		shown.n = shown.n < typed.n ? shown.n : typed.n;
		name.n = name.n < typed.n ? name.n : typed.n;
	}
	return str_contains_nocase(shown, typed) || str_contains_nocase(name, typed);
}

static bool is_offered(
	const struct turn *t, const struct config_container *c, enum policy_verb verb, container_fits_fn *fits)
{
	const struct container *engine = docker_find(t->c->parts.docker, str_of(c->name));

	return policy_decide(t->c->config, &t->who, verb, c, engine).allowed && (!fits || fits(t, c));
}

/* What begins so comes before what only contains it. */
void command_complete_container(const struct turn *t, enum policy_verb verb, container_fits_fn *fits)
{
	struct respond *r = t->c->respond;
	const struct config *config = t->c->config;
	struct str typed = command_container_typed(t);
	struct choice choices[CHOICES_MAX];
	struct buf labels[CHOICES_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < config->container_count * 2 && n < CHOICES_MAX; i++) {
		const struct config_container *c = &config->containers[i % config->container_count];
		bool at_start = is_hit(c, typed, true);

		if (at_start != (i < config->container_count) || !is_hit(c, typed, false) ||
			!is_offered(t, c, verb, fits))
			continue;
		buf_init(&labels[n], MEM_CONTROL, LABEL_BYTES_MAX);
		view_add_text(&labels[n], str_of(c->display_name), LABEL_CHARS_MAX, true);
		choices[n] = (struct choice){buf_view(&labels[n]), str_of(c->name)};
		n++;
	}
	respond_choices(r, respond_begin(r, &t->in->ref, RESPOND_PRIVATE), choices, n);
	for (unsigned i = 0; i < n; i++)
		buf_clear(&labels[i]);
}
