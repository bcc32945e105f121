/*
 * Tickets stand for something pending, instead of a pointer: a ticket that ended is recognised, never followed.
 * A table has a fixed maximum; slots are reused, and each reuse changes the ticket's number.
 */
#ifndef BASE_TICKET_H
#define BASE_TICKET_H

#include "base/mem.h"

#include <stdbool.h>

typedef uint32_t ticket; /* 0 is never a valid ticket */
enum { TICKET_NONE = 0, TICKETS_MAX = 4095 };

struct ticket_table {
	struct ticket_slot *slots;
	unsigned used_slots; /* slots that exist (high-water mark, grows on demand) */
	unsigned max;
	unsigned live;
	uint16_t free_head; /* index + 1, 0 = none */
	enum mem_owner owner;
};

void ticket_table_init(struct ticket_table *t, enum mem_owner owner, unsigned max); /* max <= TICKETS_MAX */
void ticket_table_clear(struct ticket_table *t);

/* A new ticket for item (SHARES: the table does not own it); TICKET_NONE if the table is full. */
ticket ticket_issue(struct ticket_table *t, void *item);
void *ticket_item(const struct ticket_table *t, ticket number); /* NULL if it has ended */
/* Ends the ticket and returns its item; NULL if it had already ended. */
void *ticket_redeem(struct ticket_table *t, ticket number);
/* Calls fn for each live item; fn may redeem the ticket it is called for, and no other. */
void ticket_each(struct ticket_table *t, void (*fn)(ticket number, void *item, void *arg), void *arg);

#endif
