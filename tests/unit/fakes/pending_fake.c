#include "pending_fake.h"

struct pending_fake pending_fake;

void pending_fake_add(const char *container, enum docker_action action, const char *user, int64_t since_s)
{
	struct pending_action *a = &pending_fake.actions[pending_fake.count++];
	*a = (struct pending_action){.action = action, .since_s = since_s};
	str_copy(a->name, sizeof a->name, str_of(container));
	str_copy(a->user, sizeof a->user, str_of(user));
}

const struct pending_action *pending_find(const struct pending *p, struct str container)
{
	const struct pending_fake *f = (const struct pending_fake *)p;
	for (unsigned i = 0; i < f->count; i++)
		if (str_is(container, f->actions[i].name))
			return &f->actions[i];
	return NULL;
}
