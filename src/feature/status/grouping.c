#include "feature/status/grouping.h"

#include "base/mem.h"
#include "config/rights.h"
#include "feature/rights/grant.h"

unsigned group_by_parse(struct str word)
{
	static const struct {
		const char *word;
		unsigned by;
	} words[] = {{"own", GROUP_BY_OWN}, {"project", GROUP_BY_PROJECT}, {"both", GROUP_BY_OWN | GROUP_BY_PROJECT}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i].word))
			return words[i].by;
	return 0;
}

static unsigned char join(struct grouping *g, struct str name, bool own)
{
	unsigned i = 0;
	while (i < g->group_count && (g->groups[i].own != own || !str_eq(g->groups[i].name, name)))
		i++;
	if (i == GROUPS_SHOWN_MAX)
		return GROUP_OTHERS;
	if (i == g->group_count)
		g->groups[g->group_count++] = (struct group){.name = name, .own = own};
	g->groups[i].members++;
	return (unsigned char)i;
}

static unsigned char group_of(struct grouping *g, const struct config *config, const struct docker *docker,
	const char *container, unsigned by)
{
	struct str name = str_of(container);
	const struct container *engine = docker_find(docker, name);
	struct str project = engine ? str_of(engine->project) : STR("");
	const struct config_group *own =
		by & GROUP_BY_OWN && config->rights ? rights_group_of(config->rights, name, project) : NULL;
	if (own)
		return join(g, str_of(own->name), true);
	return by & GROUP_BY_PROJECT && project.n ? join(g, project, false) : GROUP_OTHERS;
}

/* A project of one container says no more than the container does; an own group was asked for. */
static void drop_lonely(struct grouping *g)
{
	for (unsigned i = 0; i < g->group_count; i++)
		if (!g->groups[i].own && g->groups[i].members == 1)
			g->groups[i].members = 0;
	for (unsigned i = 0; i < g->count; i++)
		if (g->group[i] != GROUP_OTHERS && !g->groups[g->group[i]].members)
			g->group[i] = GROUP_OTHERS;
}

static bool tells_apart(const struct grouping *g)
{
	unsigned blocks = 0, grouped = 0;
	for (unsigned i = 0; i < g->group_count; i++) {
		blocks += g->groups[i].members > 0;
		grouped += g->groups[i].members;
	}
	return blocks > 0 && blocks + (grouped < g->count) > 1;
}

/* By group, and within one as before. */
static bool sort(struct grouping *g)
{
	uint32_t *order = mem_array(MEM_PANELS, g->count, sizeof *order);
	unsigned char *group = mem_array(MEM_PANELS, g->count, sizeof *group);
	unsigned next[GROUPS_SHOWN_MAX + 1], at = 0;
	if (!order || !group) {
		mem_free(order);
		mem_free(group);
		return false;
	}
	for (unsigned i = 0; i < g->group_count; i++)
		next[i] = at, at += g->groups[i].members;
	next[g->group_count] = at;
	for (unsigned i = 0; i < g->count; i++) {
		unsigned to = next[g->group[i] == GROUP_OTHERS ? g->group_count : g->group[i]]++;
		order[to] = g->order[i];
		group[to] = g->group[i];
	}
	grouping_clear(g);
	g->order = order;
	g->group = group;
	return true;
}

bool grouping_make(struct grouping *g, const struct config *config, const struct docker *docker, unsigned by)
{
	*g = (struct grouping){0};
	if (!config->container_count)
		return true;
	g->order = mem_array(MEM_PANELS, config->container_count, sizeof *g->order);
	g->group = mem_array(MEM_PANELS, config->container_count, sizeof *g->group);
	if (!g->order || !g->group)
		return false;
	for (unsigned i = 0; i < config->container_count; i++) {
		if (!config->containers[i].active)
			continue;
		g->group[g->count] = by ? group_of(g, config, docker, config->containers[i].name, by) : GROUP_OTHERS;
		g->order[g->count++] = i;
	}
	drop_lonely(g);
	g->headed = g->count && tells_apart(g);
	return !g->headed || sort(g);
}

void grouping_clear(struct grouping *g)
{
	mem_free(g->order);
	mem_free(g->group);
	g->order = NULL;
	g->group = NULL;
}
