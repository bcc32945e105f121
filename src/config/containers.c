/* Containers: one file each (v2), or the list `servers` of v1 with its texts in container_info/. */
#include "config/file.h"
#include "config/names.h"
#include "config/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gathering {
	struct config *c;
	struct reading *r;
	const char *folder;
	const struct layers *layers;
	unsigned room;
};

/* The first element of a list, text that holds a Python list ("['A', 'B']"), or plain text. NULL: nothing
 * usable. */
static char *display_name(const struct spot *s, doc_ref at)
{
	while (at != DOC_NONE && doc_type(s->doc, at) == DOC_ARRAY)
		at = doc_first(s->doc, at);
	if (at == DOC_NONE || doc_type(s->doc, at) == DOC_NULL)
		return NULL;
	char *text = read_scalar(s, at);
	if (!text) {
		read_problem(s, at, "display_name", true,
			"%s is not allowed here; it must be text, or a list of texts. The name of the "
			"container is used",
			doc_type_name(doc_type(s->doc, at)));
		return NULL;
	}
	struct str shown = name_displayed(text, strlen(text));
	memmove(text, shown.p, shown.n);
	text[shown.n] = '\0';
	return text;
}

static bool put(struct gathering *g, const char **field, const char *text)
{
	*field = arena_copy(&g->c->private->arena, str_of(text));
	if (*field)
		return true;
	g->r->no_memory = true;
	return false;
}

static char *name_under(const struct spot *s, doc_ref object, const char *key)
{
	doc_ref at = doc_get(s->doc, object, key);
	char *text = at != DOC_NONE ? read_scalar(s, at) : NULL;
	struct str t = str_trim(str_of(text));
	if (t.n && t.p[0] == '/') /* as the engine writes it in some answers */
		t.p++, t.n--;
	if (text && t.n) {
		memmove(text, t.p, t.n);
		text[t.n] = '\0';
		return text;
	}
	mem_free(text);
	return NULL;
}

static unsigned action_of(struct str word)
{
	static const char *const names[] = {"status", "start", "stop", "restart", "pause", "kill"};
	static const unsigned bits[] = {ALLOW_STATUS, ALLOW_START, ALLOW_STOP, ALLOW_RESTART, ALLOW_PAUSE, ALLOW_KILL};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is_nocase(word, names[i]))
			return bits[i];
	return 0;
}

static void bad_action(const struct spot *s, doc_ref at, struct str word)
{
	read_problem(s, at, "allowed_actions", true,
		"%.*s is no action; allowed are status, start, stop, restart, pause, kill",
		STR_ARG(utf8_prefix(word, 40)));
}

/* One word, or several with anything but letters between them: "status, start", "['status', 'start']". */
static unsigned actions_in(const struct spot *s, doc_ref at)
{
	unsigned bits = 0;
	char *text = read_scalar(s, at);
	struct str rest = str_of(text);
	while (rest.n) {
		size_t n = 0;
		while (n < rest.n && ((rest.p[n] | 32) >= 'a' && (rest.p[n] | 32) <= 'z'))
			n++;
		if (n && action_of((struct str){rest.p, n}))
			bits |= action_of((struct str){rest.p, n});
		else if (n)
			bad_action(s, at, (struct str){rest.p, n});
		n += n < rest.n;
		rest.p += n, rest.n -= n;
	}
	mem_free(text);
	return bits;
}

static unsigned read_actions(const struct spot *s, doc_ref at)
{
	unsigned bits = 0;
	if (at == DOC_NONE || doc_type(s->doc, at) == DOC_NULL)
		return ALLOW_STATUS;
	bool list = doc_type(s->doc, at) == DOC_ARRAY;
	if (!list && doc_type(s->doc, at) != DOC_STRING) {
		read_problem(s, at, "allowed_actions", true,
			"%s is not allowed here; it must be a list of status, start, stop, restart, pause, kill. Only status is allowed now",
			doc_type_name(doc_type(s->doc, at)));
		return ALLOW_STATUS;
	}
	for (doc_ref one = list ? doc_first(s->doc, at) : at; one != DOC_NONE;
		one = list ? doc_next(s->doc, one) : DOC_NONE) {
		if (doc_type(s->doc, one) == DOC_STRING)
			bits |= actions_in(s, one);
		else
			bad_action(s, one, doc_raw(s->doc, one));
	}
	return bits ? bits : ALLOW_STATUS;
}

/* v2 writes `info` with all its keys; without the protected ones the object comes from v1, whose texts were in
 * container_info/. The original's migration loses those, and its next save writes an info with nothing in it. */
static bool info_is_of_v2(const struct spot *s, doc_ref object)
{
	static const char *const keys[] = {"info.enabled", "info.show_ip", "info.custom_ip", "info.custom_port",
		"info.custom_text", "info.protected_enabled", "info.protected_content", "info.protected_password"};
	if (doc_path(s->doc, object, "info.protected_enabled") == DOC_NONE)
		return false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		doc_ref at = doc_path(s->doc, object, keys[i]);
		if (at == DOC_NONE)
			continue;
		struct str raw = doc_raw(s->doc, at);
		if (!str_is(raw, "false") && !str_is(raw, "\"\"") && !str_is(raw, "null") && !str_is(raw, "0"))
			return true;
	}
	return false;
}

bool old_info(const struct spot *s, doc_ref object, const char *folder, const struct layers *l, struct str container,
	char file[320], struct doc *ret)
{
	struct doc alone;
	struct buf b;
	*ret = (struct doc){0};
	if (l->imported || info_is_of_v2(s, object) || !name_old_info_file(container, file, 320) ||
		!read_doc_of(s->reading, folder, file, DOC_OBJECT, &alone))
		return false;
	/* the old file has the keys of `info` at its top; wrapping the text keeps one reader for both */
	buf_init(&b, MEM_CONFIG, DOC_BYTES_MAX);
	buf_add_str(&b, "{\"info\":");
	buf_add_view(&b, doc_raw(&alone, DOC_ROOT));
	buf_add_char(&b, '}');
	bool ok = !b.overflow && doc_parse_copy(ret, buf_view(&b));
	s->reading->no_memory |= !ok;
	buf_clear(&b);
	doc_clear(&alone);
	return ok;
}

static void read_old_info(struct gathering *g, const struct spot *s, doc_ref object, struct config_container *k)
{
	char file[320];
	struct doc old;
	struct config_container with = {0};
	if (old_info(s, object, g->folder, g->layers, str_of(k->name), file, &old) &&
		load_fields(g->c, &(struct spot){g->r, file, &old}, DOC_ROOT, STORE_CONTAINER, &with)) {
		k->info_enabled = with.info_enabled;
		k->info_show_ip = with.info_show_ip;
		k->info_ip = with.info_ip;
		k->info_port = with.info_port;
		k->info_text = with.info_text;
	}
	doc_clear(&old);
}

static bool same_name(const struct gathering *g, const char *name, unsigned *ret_at)
{
	for (unsigned i = 0; i < g->c->container_count; i++)
		if (strcmp(g->c->containers[i].name, name) == 0) {
			*ret_at = i;
			return true;
		}
	return false;
}

static struct config_container *new_slot(struct gathering *g)
{
	struct config *c = g->c;
	if (c->container_count == g->room) {
		unsigned room = g->room ? g->room * 2 : 16;
		struct config_container *grown = mem_realloc(MEM_CONFIG, c->containers, room * sizeof *grown);
		if (!grown) {
			g->r->no_memory = true;
			return NULL;
		}
		c->containers = grown;
		g->room = room;
	}
	return &c->containers[c->container_count++];
}

static void fill(struct gathering *g, const struct spot *s, doc_ref object, const char *name,
	const char *fallback_shown, struct config_container *k)
{
	*k = (struct config_container){0};
	load_fields(g->c, s, object, STORE_CONTAINER, k);
	k->allowed = read_actions(s, doc_get(s->doc, object, "allowed_actions"));
	char *shown = display_name(s, doc_get(s->doc, object, "display_name"));
	if (!shown || !*shown) {
		mem_free(shown);
		shown = display_name(s, doc_get(s->doc, object, "name"));
	}
	put(g, &k->name, name);
	put(g, &k->display_name, shown && *shown ? shown : fallback_shown);
	mem_free(shown);
	if (k->name)
		read_old_info(g, s, object, k);
}

/* stem: the file's name without .json, or NULL in a list. */
static void add_container(struct gathering *g, const struct spot *s, doc_ref object, const char *stem)
{
	unsigned at;
	char *name = NULL;
	static const char *const keys[] = {"container_name", "docker_name", "name"};
	if (doc_type(s->doc, object) != DOC_OBJECT) {
		read_problem(s, object, "", true,
			"%s stands where a container must be described in { }; it is left out",
			doc_type_name(doc_type(s->doc, object)));
		return;
	}
	for (int i = 0; i < 2 && !name; i++)
		name = name_under(s, object, keys[i]);
	if (!name) {
		read_problem(s, object, "container_name", true,
			"the container has no container_name and no docker_name; it is left out");
		return;
	}
	if (!name_is_container(str_of(name))) {
		read_problem(s, object, "container_name", true,
			"%.80s is no name that Docker allows (letters, digits, _ . -); it is left out", name);
	} else if (same_name(g, name, &at)) {
		/* the file that bears its name is the one the original saves to */
		bool better = stem && strcmp(stem, name) == 0;
		read_problem(s, object, "container_name", false, "%.80s is described in another file too; %s counts",
			name, better ? "this one" : "the other one");
		if (better)
			fill(g, s, object, name, name, &g->c->containers[at]);
	} else if (g->c->container_count >= CONTAINERS_MAX) {
		read_problem(
			s, object, "", true, "there are more than %d containers; this one is left out", CONTAINERS_MAX);
	} else {
		struct config_container *k = new_slot(g);
		if (k)
			fill(g, s, object, name, name, k);
	}
	mem_free(name);
}

static bool from_files(struct gathering *g)
{
	char **names;
	size_t count;
	struct err err = {0};
	const struct spot folder = {g->r, "containers", NULL};
	if (!file_list(g->folder, "containers", ".json", &names, &count, &err))
		read_problem(&folder, DOC_NONE, "", true, "%s", err.text);
	for (size_t i = 0; i < count; i++) {
		char file[300];
		struct doc doc;
		snprintf(file, sizeof file, "containers/%s", names[i]);
		const struct spot s = {g->r, file, &doc};
		names[i][strlen(names[i]) - strlen(".json")] = '\0';
		if (read_doc_of(g->r, g->folder, file, DOC_OBJECT, &doc))
			add_container(g, &s, DOC_ROOT, names[i]);
		doc_clear(&doc);
	}
	file_list_free(names, count);
	return count > 0;
}

static void from_old_list(struct gathering *g, const struct layers *l)
{
	doc_ref list;
	const struct layer *a = layers_find(l, "servers", &list);
	if (!a)
		return;
	const struct spot s = {g->r, a->file, &a->doc};
	if (doc_type(&a->doc, list) != DOC_ARRAY) {
		read_problem(&s, list, "servers", true, "%s is not allowed here; it must be a list of containers",
			doc_type_name(doc_type(&a->doc, list)));
		return;
	}
	doc_each (&a->doc, one, list)
		add_container(g, &s, one, NULL);
}

/* ---- order: `order`, then server_order.json, then the name ---- */

const struct doc *server_order(
	struct reading *r, const char *folder, const struct layers *l, struct doc *own, doc_ref *ret_list)
{
	if (read_doc(r, folder, "server_order.json", own)) {
		*ret_list = doc_type(own, DOC_ROOT) == DOC_ARRAY ? DOC_ROOT : doc_get(own, DOC_ROOT, "server_order");
		return *ret_list != DOC_NONE && doc_type(own, *ret_list) == DOC_ARRAY ? own : NULL;
	}
	for (unsigned i = 0; i < l->count; i++) {
		const struct layer *a = &l->list[i];
		bool of_v1 = a->old || doc_get(&a->doc, DOC_ROOT, "servers") != DOC_NONE;
		doc_ref at = layer_counts(l, a) && of_v1 ? doc_get(&a->doc, DOC_ROOT, "server_order") : DOC_NONE;
		if (at == DOC_NONE || doc_type(&a->doc, at) != DOC_ARRAY)
			continue;
		*ret_list = at;
		return &a->doc;
	}
	return NULL;
}

struct ranked {
	struct config_container container;
	unsigned rank;
};

static unsigned rank_of(const struct doc *order, doc_ref list, const char *name)
{
	unsigned rank = 0;
	if (list != DOC_NONE && doc_type(order, list) == DOC_ARRAY) {
		doc_each (order, one, list) {
			struct str raw = doc_raw(order, one);
			if (raw.n == strlen(name) + 2 && memcmp(raw.p + 1, name, raw.n - 2) == 0)
				return rank;
			rank++;
		}
	}
	return UINT32_MAX;
}

static int by_place(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;
	if (a->container.order != b->container.order)
		return a->container.order < b->container.order ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return strcmp(a->container.name, b->container.name);
}

static void sort(struct gathering *g, const struct layers *l)
{
	struct config *c = g->c;
	struct doc doc;
	struct ranked *all = mem_array(MEM_CONFIG, c->container_count, sizeof *all);
	if (!all) {
		g->r->no_memory = true;
		return;
	}
	doc_ref list = DOC_NONE;
	const struct doc *order = server_order(g->r, g->folder, l, &doc, &list);
	for (unsigned i = 0; i < c->container_count; i++)
		all[i] = (struct ranked){
			c->containers[i], order ? rank_of(order, list, c->containers[i].name) : UINT32_MAX};
	qsort(all, c->container_count, sizeof *all, by_place);
	for (unsigned i = 0; i < c->container_count; i++)
		c->containers[i] = all[i].container;
	doc_clear(&doc);
	mem_free(all);
}

bool load_containers(struct config *c, struct reading *r, const char *folder, const struct layers *l)
{
	struct gathering g = {.c = c, .r = r, .folder = folder, .layers = l};
	if (!from_files(&g))
		from_old_list(&g, l);
	if (!r->no_memory)
		sort(&g, l);
	return !r->no_memory;
}
