#include "state_fake.h"

struct state_fake state_fake;

uint64_t state_panel(const struct state *s, uint64_t channel_id, enum panel_kind kind)
{
	const struct state_fake *f = (const struct state_fake *)s;
	for (unsigned i = 0; i < f->count; i++)
		if (f->panels[i].channel_id == channel_id && f->panels[i].kind == kind)
			return f->panels[i].message_id;
	return 0;
}

uint64_t state_panel_channel(const struct state *s, unsigned index)
{
	const struct state_fake *f = (const struct state_fake *)s;
	for (unsigned i = 0; i < f->count; i++)
		if (f->panels[i].message_id && !index--)
			return f->panels[i].channel_id;
	return 0;
}

bool state_set_panel(struct state *s, uint64_t channel_id, enum panel_kind kind, uint64_t message_id, struct err *err)
{
	struct state_fake *f = (struct state_fake *)s;
	unsigned i = 0;
	(void)err;
	while (i < f->count && (f->panels[i].channel_id != channel_id || f->panels[i].kind != kind))
		i++;
	f->count = i == f->count ? i + 1 : f->count;
	f->panels[i].channel_id = channel_id, f->panels[i].kind = kind, f->panels[i].message_id = message_id;
	return true;
}
