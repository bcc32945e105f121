/*
 * In which order and under which headings an overview shows its containers. Pure. A group stands where the first of its containers
 * would stand, so that the order of the settings decides; what is in none comes last, under a heading of its own. Headings appear only
 * where they tell something apart.
 */
#ifndef FEATURE_STATUS_GROUPING_H
#define FEATURE_STATUS_GROUPING_H

#include "config/config.h"
#include "docker/docker.h"

enum {
	GROUPS_SHOWN_MAX =
		64 /* 24 bytes each, while a panel is made; containers of further ones are among the others */
};

enum group_by {
	GROUP_BY_OWN = 1 << 0,
	GROUP_BY_PROJECT = 1 << 1
};					  /* groups of ddc_rights.json, compose projects; the first one wins */
unsigned group_by_parse(struct str word); /* of DDC_PANEL_GROUPS: off, own, project, both */

struct grouping {
	struct group {
		struct str name; /* LENT by settings and engine */
		bool own;
		unsigned members; /* 0: not shown as a group */
	} groups[GROUPS_SHOWN_MAX];
	unsigned group_count;
	bool headed;	      /* false: one list, as without groups */
	unsigned count;	      /* containers that are shown */
	uint32_t *order;      /* their indexes in config->containers */
	unsigned char *group; /* of each of these; GROUP_OTHERS */
};
enum { GROUP_OTHERS = 255 };

/* by: bits of enum group_by. False: no memory. grouping_clear() in any case. */
bool grouping_make(struct grouping *g, const struct config *config, const struct docker *docker, unsigned by);
void grouping_clear(struct grouping *g);

#endif
