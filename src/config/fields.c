/* Fills the struct of a container or a channel from an object, row by row of the table of options. */
#include "config/private.h"

#include <string.h>

static doc_ref field_at(const struct spot *s, doc_ref object, const char *name)
{
	doc_ref at = doc_path(s->doc, object, name);
	return at != DOC_NONE && doc_type(s->doc, at) != DOC_NULL ? at : DOC_NONE;
}

static void put_text(struct config *c, const struct spot *s, doc_ref at, const struct option *o, const char **field)
{
	char *text = NULL;
	*field = o->text ? o->text : "";
	if (at == DOC_NONE || !read_text(s, at, o, o->name, &text))
		return;
	const char *copy = arena_copy(&c->private->arena, str_of(text));
	if (copy)
		*field = copy;
	else
		s->reading->no_memory = true;
	mem_free_secret(text);
}

bool load_fields(struct config *c, const struct spot *s, doc_ref object, enum option_store store, void *into)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];
		if (o->store != store || o->offset == OPTION_NO_FIELD)
			continue;
		char *field = (char *)into + o->offset;
		doc_ref at = field_at(s, object, o->name);
		int64_t number = o->number;
		switch (o->type) {
		case OPTION_BOOL:
			read_number(s, at, o, o->name, &number);
			*(bool *)(void *)field = number != 0;
			break;
		case OPTION_INT:
			read_number(s, at, o, o->name, &number);
			*(int *)(void *)field = (int)number;
			break;
		default: put_text(c, s, at, o, (const char **)(void *)field);
		}
	}
	return !s->reading->no_memory;
}
