#include "base/ticket.h"

#include "base/bug.h"

#include <string.h>

/* A ticket is (generation << 12 | slot + 1): 4095 slots, and a million reuses of one slot before a number repeats. */
enum { SLOT_BITS = 12, SLOT_MASK = (1 << SLOT_BITS) - 1 };

struct ticket_slot {
	void *item;
	uint32_t generation;
	uint16_t next_free; /* index + 1 */
	bool live;
};

void ticket_table_init(struct ticket_table *t, enum mem_owner owner, unsigned max)
{
	if (max > TICKETS_MAX)
		BUG("ticket_table_init: %u", max);
	*t = (struct ticket_table){.owner = owner, .max = max};
}

void ticket_table_clear(struct ticket_table *t)
{
	mem_free(t->slots);
	ticket_table_init(t, t->owner, t->max);
}

static bool grow(struct ticket_table *t)
{
	unsigned want = t->used_slots ? t->used_slots * 2 : 8;
	if (want > t->max)
		want = t->max;
	if (want == t->used_slots)
		return false;
	struct ticket_slot *slots = mem_realloc(t->owner, t->slots, want * sizeof *slots);
	if (!slots)
		return false;
	memset(slots + t->used_slots, 0, (want - t->used_slots) * sizeof *slots);
	for (unsigned i = want; i-- > t->used_slots;) {
		slots[i].next_free = t->free_head;
		t->free_head = (uint16_t)(i + 1);
	}
	t->slots = slots;
	t->used_slots = want;
	return true;
}

ticket ticket_issue(struct ticket_table *t, void *item)
{
	if (!t->free_head && !grow(t))
		return TICKET_NONE;
	unsigned index = t->free_head - 1u;
	struct ticket_slot *s = &t->slots[index];
	t->free_head = s->next_free;
	s->item = item;
	s->live = true;
	s->generation = (s->generation + 1) & (UINT32_MAX >> SLOT_BITS);
	t->live++;
	return s->generation << SLOT_BITS | (index + 1);
}

static struct ticket_slot *slot_of(const struct ticket_table *t, ticket number)
{
	unsigned index = (number & SLOT_MASK) - 1u;
	if (!number || index >= t->used_slots)
		return NULL;
	struct ticket_slot *s = &t->slots[index];
	return s->live && s->generation == number >> SLOT_BITS ? s : NULL;
}

void *ticket_item(const struct ticket_table *t, ticket number)
{
	struct ticket_slot *s = slot_of(t, number);
	return s ? s->item : NULL;
}

void *ticket_redeem(struct ticket_table *t, ticket number)
{
	struct ticket_slot *s = slot_of(t, number);
	if (!s)
		return NULL;
	void *item = s->item;
	s->live = false;
	s->item = NULL;
	s->next_free = t->free_head;
	t->free_head = (uint16_t)(s - t->slots + 1);
	t->live--;
	return item;
}

void ticket_each(struct ticket_table *t, void (*fn)(ticket number, void *item, void *arg), void *arg)
{
	for (unsigned i = 0; i < t->used_slots; i++)
		if (t->slots[i].live)
			fn(t->slots[i].generation << SLOT_BITS | (i + 1), t->slots[i].item, arg);
}
