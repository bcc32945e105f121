#include "docker/left_out.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

enum { FIRST_CAPACITY = 8 };

void left_out_clear(struct left_out *l)
{
	mem_free(l->known);
	*l = (struct left_out){0};
}

static bool make_room(struct left_out *l)
{
	if (l->known_count < l->capacity)
		return true;
	if (l->capacity >= LEFT_OUT_KNOWN_MAX)
		return false;
	unsigned capacity = l->capacity ? l->capacity * 2 : FIRST_CAPACITY;
	struct left_out_one *known = mem_realloc(MEM_CONTAINERS, l->known, capacity * sizeof *known);
	if (!known)
		return false;
	l->known = known;
	l->capacity = capacity;
	return true;
}

static void name_one(struct left_out *l, const char *name, bool wanted)
{
	unsigned at = wanted ? l->named_wanted : l->named;
	if (at == LEFT_OUT_NAMES)
		return;
	if (l->named < LEFT_OUT_NAMES)
		l->named++;
	memmove(l->names + at + 1, l->names + at, (l->named - 1 - at) * sizeof *l->names);
	str_copy(l->names[at], sizeof l->names[at], str_of(name));
	l->named_wanted += wanted;
}

static void unname(struct left_out *l, const char *name)
{
	for (unsigned i = 0; i < l->named; i++) {
		if (strcmp(l->names[i], name) != 0)
			continue;
		memmove(l->names + i, l->names + i + 1, (l->named - 1 - i) * sizeof *l->names);
		l->named--;
		l->named_wanted -= i < l->named_wanted;
		return;
	}
}

static const struct left_out_one *find_id(const struct left_out *l, const char *id)
{
	uint64_t hash = hash_str(HASH_SEED, str_of(id));
	for (unsigned i = 0; i < l->known_count; i++)
		if (l->known[i].id == hash)
			return &l->known[i];
	return NULL;
}

void left_out_add(struct left_out *l, const char *id, const char *name, bool wanted)
{
	if (wanted && find_id(l, id))
		return;
	l->count++;
	l->wanted += wanted;
	name_one(l, name, wanted);
	if (wanted && make_room(l))
		l->known[l->known_count++] = (struct left_out_one){
			hash_str(HASH_SEED, str_of(name)),
			hash_str(HASH_SEED, str_of(id)),
		};
}

void left_out_remove(struct left_out *l, const char *id, const char *name)
{
	const struct left_out_one *one = find_id(l, id);
	if (one) {
		l->known[one - l->known] = l->known[--l->known_count];
		l->wanted--;
	} else if (l->count == l->wanted) {
		return; /* none of those that are counted only */
	}
	l->count--;
	unname(l, name);
	while (l->named_wanted > l->wanted) /* it goes by another name than it was left out with */
		unname(l, l->names[l->named_wanted - 1]);
	while (l->named > l->count)
		unname(l, l->names[l->named - 1]);
}

bool left_out_has(const struct left_out *l, struct str name)
{
	uint64_t hash = hash_str(HASH_SEED, name);
	for (unsigned i = 0; i < l->known_count; i++)
		if (l->known[i].name == hash)
			return true;
	return false;
}

bool left_out_has_id(const struct left_out *l, const char *id)
{
	return find_id(l, id) != NULL;
}
