/* What the files that make up `config show` share. */
#ifndef CONFIG_SHOW_INSIDE_H
#define CONFIG_SHOW_INSIDE_H

#include "config/config.h"
#include "config/private.h"
#include "config/shape.h"

struct show {
	const char *folder;
	struct reading quiet; /* problems are told by `config check` */
	struct layers layers;
	struct config *config;
	struct json_writer w;
	struct shape_writer shape;
};

/* Each writes one or two members of the object that is open. */
void show_containers(struct show *s);
void show_channels(struct show *s);
void show_admins(struct show *s);
void show_spam(struct show *s);
void show_rules(struct show *s);
void show_rules_state(struct show *s);
void show_tasks(struct show *s);
void show_translation(struct show *s);

#endif
