#include "docker/status.h"
#include "docker/wire.h"

#include <string.h>

enum { L_ALL, L_ITEM, L_ID, L_NAME, L_IMAGE, L_STATE, L_STATUS, L_PROJECT };

static const char *const list_fields[] = {
	[L_ALL] = "",
	[L_ITEM] = "[]",
	[L_ID] = "[].Id",
	[L_NAME] = "[].Names[]",
	[L_IMAGE] = "[].Image",
	[L_STATE] = "[].State",
	[L_STATUS] = "[].Status",
	[L_PROJECT] = "[].Labels.com.docker.compose.project",
};

/* "/web" is the container's own name, "/proxy/web" what a link calls it. */
static void take_name(struct wire_list *l, struct str name)
{
	if (name.n && name.p[0] == '/')
		name = (struct str){name.p + 1, name.n - 1};
	bool own = !memchr(name.p, '/', name.n);
	if (l->name_is_own || (!own && l->now.c.name[0]))
		return;
	l->name_is_own = own;
	wire_copy_text(l->now.c.name, sizeof l->now.c.name, name);
}

static void take_status(struct wire_item *item, struct str text)
{
	struct status s = status_parse(text);
	item->c.health = s.health;
	item->c.exit_code = s.exit_code;
	item->exit_known = s.exit_known;
	item->young = s.young;
}

/* Goes into the path of requests: letters, digits and what Docker allows in names. */
static bool may_be_id(const char *id)
{
	return *id && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == strlen(id);
}

static void end_item(struct wire_list *l)
{
	l->now.valid = may_be_id(l->now.c.id) && l->now.c.name[0];
	if (l->now.valid)
		l->on_item(&l->now, l->arg);
}

static void take_text(struct wire_list *l, const struct json_event *ev)
{
	struct container *c = &l->now.c;
	switch (ev->field) {
	case L_ID: str_copy(c->id, sizeof c->id, ev->text); return;
	case L_NAME: take_name(l, ev->text); return;
	case L_IMAGE: wire_copy_text(c->image, sizeof c->image, ev->text); return;
	case L_STATE: c->state = status_state(ev->text); return;
	case L_STATUS: take_status(&l->now, ev->text); return;
	case L_PROJECT: wire_copy_text(c->project, sizeof c->project, ev->text); return;
	}
}

static bool on_json(const struct json_event *ev, void *arg)
{
	struct wire_list *l = arg;
	if (ev->field == L_ALL)
		return ev->type == JSON_ARRAY || ev->type == JSON_ARRAY_END; /* an object is no list */
	if (ev->field == L_ITEM && ev->type == JSON_OBJECT) {
		l->now = (struct wire_item){0};
		l->name_is_own = false;
	} else if (ev->field == L_ITEM && ev->type == JSON_OBJECT_END) {
		end_item(l);
	} else if (ev->type == JSON_STRING) {
		take_text(l, ev);
	}
	return true;
}

void wire_list_init(struct wire_list *l, void (*on_item)(const struct wire_item *item, void *arg), void *arg)
{
	*l = (struct wire_list){.on_item = on_item, .arg = arg, .wire.what = "list of containers"};
	json_reader_init(
		&l->wire.reader, MEM_DOCKER, list_fields, sizeof list_fields / sizeof list_fields[0], 192, on_json, l);
}
