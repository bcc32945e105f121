/*
 * Intrusive doubly linked ring. A head is a link of its own; an item embeds one link per list it can be on.
 * Removing an item twice is harmless, because a removed link points to itself.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *prev, *next;
};

#define LIST_INIT(head)                                                                                                \
	{                                                                                                              \
		&(head), &(head)                                                                                       \
	}
#define list_item(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))
#define list_each(pos, head)	      for (struct list *pos = (head)->next; pos != (head); pos = pos->next)
/* The current item may be removed and freed inside the body; no other item may. */
#define list_each_safe(pos, head)                                                                                      \
	for (struct list *pos = (head)->next, *pos##_next = pos->next; pos != (head);                                  \
		pos = pos##_next, pos##_next = pos->next)

static inline void list_init(struct list *head)
{
	head->prev = head->next = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_insert_before(struct list *where, struct list *item)
{
	item->prev = where->prev;
	item->next = where;
	where->prev->next = item;
	where->prev = item;
}

static inline void list_append(struct list *head, struct list *item)
{
	list_insert_before(head, item);
}

static inline void list_remove(struct list *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	list_init(item);
}

static inline unsigned list_count(const struct list *head) /* walks it */
{
	unsigned n = 0;
	list_each (at, head)
		n++;
	return n;
}

static inline struct list *list_first(const struct list *head)
{
	return list_empty(head) ? NULL : head->next;
}

#endif
