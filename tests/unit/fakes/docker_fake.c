#include "docker_fake.h"

#include <string.h>

struct docker_fake docker_fake;

void docker_fake_clear(void)
{
	docker_fake = (struct docker_fake){.link = DOCKER_UP};
}

struct container *docker_fake_add(const char *name, enum container_state state)
{
	struct container *c = &docker_fake.containers[docker_fake.count++];
	*c = (struct container){.state = state};
	str_copy(c->name, sizeof c->name, str_of(name));
	return c;
}

enum docker_link docker_link_of(const struct docker *d)
{
	return ((const struct docker_fake *)d)->link;
}

const struct err *docker_link_error(const struct docker *d)
{
	return &((const struct docker_fake *)d)->link_error;
}

int64_t docker_down_since_s(const struct docker *d)
{
	return ((const struct docker_fake *)d)->down_since_s;
}

unsigned docker_container_count(const struct docker *d)
{
	return ((const struct docker_fake *)d)->count;
}

bool container_is_up(const struct container *c)
{
	return c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED || c->state == CONTAINER_RESTARTING;
}

const struct container *docker_find(const struct docker *d, struct str name)
{
	const struct docker_fake *f = (const struct docker_fake *)d;
	for (unsigned i = 0; i < f->count; i++)
		if (str_is(name, f->containers[i].name))
			return &f->containers[i];
	return NULL;
}

enum container_state docker_state_of(const struct docker *d, struct str name)
{
	const struct container *c = docker_find(d, name);
	const char *beyond = ((const struct docker_fake *)d)->beyond;
	if (c)
		return c->stale ? CONTAINER_UNKNOWN : c->state;
	if (beyond && str_is(name, beyond) && docker_link_of(d) == DOCKER_UP)
		return CONTAINER_BEYOND;
	return docker_link_of(d) == DOCKER_UP ? CONTAINER_MISSING : CONTAINER_UNKNOWN;
}

void docker_watch_usage(struct docker *d, unsigned interval_ms)
{
	struct docker_fake *f = (struct docker_fake *)d;
	f->usage_interval_ms = interval_ms;
	f->usage_calls++;
}

const char *docker_engine_version(const struct docker *d)
{
	(void)d;
	return "20.10.24";
}

const char *docker_api_version(const struct docker *d)
{
	(void)d;
	return "1.41";
}

unsigned docker_containers_beyond_max(const struct docker *d)
{
	(void)d;
	return 0;
}

const struct container *docker_container_at(const struct docker *d, unsigned index)
{
	const struct docker_fake *f = (const struct docker_fake *)d;
	return index < f->count ? &f->containers[index] : NULL;
}
