#include "docker/containers.h"

#include "base/mem.h"

#include <string.h>

enum { FIRST_CAPACITY = 16 };

void containers_init(struct containers *cs, unsigned max)
{
	*cs = (struct containers){.max = max};
}

void containers_clear(struct containers *cs)
{
	for (unsigned i = 0; i < cs->count; i++)
		mem_free(cs->at[i]);
	mem_free(cs->at);
	cs->at = NULL;
	cs->count = cs->capacity = 0;
	left_out_clear(&cs->out);
	left_out_clear(&cs->counting);
}

static int compare(const struct entry *e, struct str name, const char *id)
{
	int order = str_cmp(str_of(e->c.name), name);
	return order ? order : strcmp(e->c.id, id);
}

/* The first place whose entry is not before (name, id). */
static unsigned place_of(const struct containers *cs, struct str name, const char *id)
{
	unsigned low = 0, high = cs->count;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (compare(cs->at[middle], name, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct entry *containers_find(const struct containers *cs, struct str name)
{
	unsigned i = place_of(cs, name, "");
	return i < cs->count && str_eq(str_of(cs->at[i]->c.name), name) ? cs->at[i] : NULL;
}

struct entry *containers_by_id(const struct containers *cs, const char *id)
{
	for (unsigned i = 0; i < cs->count; i++)
		if (strcmp(cs->at[i]->c.id, id) == 0)
			return cs->at[i];
	return NULL;
}

struct entry *containers_by_id_or_name(const struct containers *cs, const char *id, const char *name)
{
	struct entry *e = containers_find(cs, str_of(name));
	return e && strcmp(e->c.id, id) == 0 ? e : containers_by_id(cs, id);
}

static bool make_room(struct containers *cs)
{
	if (cs->count < cs->capacity)
		return true;
	unsigned capacity = cs->capacity ? cs->capacity * 2 : FIRST_CAPACITY;
	struct entry **at = mem_realloc(MEM_CONTAINERS, cs->at, capacity * sizeof(struct entry *));
	if (!at)
		return false;
	cs->at = at;
	cs->capacity = capacity;
	return true;
}

void containers_trim(struct containers *cs)
{
	unsigned want = cs->count > FIRST_CAPACITY ? cs->count : FIRST_CAPACITY;
	struct entry **at =
		want < cs->capacity ? mem_realloc(MEM_CONTAINERS, cs->at, want * sizeof(struct entry *)) : NULL;
	if (!at)
		return;
	cs->at = at;
	cs->capacity = want;
}

static void insert(struct containers *cs, struct entry *e)
{
	unsigned i = place_of(cs, str_of(e->c.name), e->c.id);
	memmove(cs->at + i + 1, cs->at + i, (cs->count - i) * sizeof(struct entry *));
	cs->at[i] = e;
	cs->count++;
}

static void take_out(struct containers *cs, const struct entry *e)
{
	unsigned i = place_of(cs, str_of(e->c.name), e->c.id);
	cs->count--;
	memmove(cs->at + i, cs->at + i + 1, (cs->count - i) * sizeof(struct entry *));
}

static bool is_self(const struct containers *cs, const char *id)
{
	size_t n = strlen(cs->self);
	return n && strncmp(id, cs->self, n) == 0;
}

bool containers_wants(const struct containers *cs, const char *name)
{
	return !cs->is_wanted || cs->is_wanted(str_of(name), cs->arg);
}

static void leave_out(struct containers *cs, const char *id, const char *name, bool wanted)
{
	left_out_add(cs->listing ? &cs->counting : &cs->out, id, name, wanted);
}

static struct entry *last_unwanted(const struct containers *cs)
{
	for (unsigned i = cs->count; i-- > 0;)
		if (!cs->at[i]->wanted)
			return cs->at[i];
	return NULL;
}

struct entry *containers_evict(struct containers *cs)
{
	struct entry *e = last_unwanted(cs);
	if (!e)
		e = cs->at[cs->count - 1];
	take_out(cs, e);
	leave_out(cs, e->c.id, e->c.name, e->wanted);
	return e;
}

struct entry *containers_add(struct containers *cs, const char *id, const char *name, struct entry **ret_evicted)
{
	bool wanted = containers_wants(cs, name), full = cs->count >= cs->max;
	struct entry *e = NULL;
	*ret_evicted = NULL;
	if (!full ? make_room(cs) : wanted && last_unwanted(cs) != NULL)
		e = mem_zalloc(MEM_CONTAINERS, sizeof *e);
	if (!e) {
		leave_out(cs, id, name, wanted);
		return NULL;
	}
	if (full)
		*ret_evicted = containers_evict(cs);
	e->wanted = wanted;
	str_copy(e->c.id, sizeof e->c.id, str_of(id));
	str_copy(e->c.name, sizeof e->c.name, str_of(name));
	e->c.is_self = is_self(cs, id);
	e->stop_timeout_s = e->c.restart_count = -1;
	insert(cs, e);
	return e;
}

void containers_rename(struct containers *cs, struct entry *e, const char *name)
{
	take_out(cs, e);
	str_copy(e->c.name, sizeof e->c.name, str_of(name));
	e->wanted = containers_wants(cs, name);
	insert(cs, e);
}

void containers_remove(struct containers *cs, struct entry *e)
{
	take_out(cs, e);
	mem_free(e);
}

void containers_set_stale(struct containers *cs)
{
	for (unsigned i = 0; i < cs->count; i++)
		cs->at[i]->c.stale = true;
}

void containers_ask_again(struct containers *cs)
{
	for (unsigned i = 0; i < cs->count; i++)
		cs->at[i]->wanted = containers_wants(cs, cs->at[i]->c.name);
}

void containers_list_begin(struct containers *cs)
{
	for (unsigned i = 0; i < cs->count; i++)
		cs->at[i]->listed = false;
	left_out_clear(&cs->counting);
	cs->listing = true;
}

void containers_list_end(struct containers *cs, bool whole)
{
	if (!cs->listing)
		return;
	if (whole) {
		left_out_clear(&cs->out);
		cs->out = cs->counting;
		cs->counting = (struct left_out){0};
	}
	left_out_clear(&cs->counting);
	cs->listing = false;
}
