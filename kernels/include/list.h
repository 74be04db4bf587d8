/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doubly linked circular lists through the objects that are in them. The head
 * is a struct list too; an empty list points to itself.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *previous;
};

/* The object of the given type that has *link as its member. */
#define list_entry(link, type, member)                                         \
	((type *)((char *)(link)-offsetof(type, member)))

static inline void list_init(struct list *head)
{
	head->next = head;
	head->previous = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_append(struct list *head, struct list *link)
{
	link->next = head;
	link->previous = head->previous;
	head->previous->next = link;
	head->previous = link;
}

static inline void list_remove(struct list *link)
{
	link->previous->next = link->next;
	link->next->previous = link->previous;
}

#endif
