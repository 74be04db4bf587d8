/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tcbs are blocks of the heap; a table has their addresses, by thread number.
 */
#include <tcb_table.h>
#include <heap.h>
#include <memory.h>

struct tcb *tcb_table[MAX_THREADS];
struct tcb *running_thread HOT;

struct tcb *tcb_allocate(uint32_t number)
{
	struct tcb *t = heap_allocate(sizeof(*t));
	uint32_t stack = frames_allocate(1);

	if (!t || !stack) {
		if (t)
			heap_release(t, sizeof(*t));
		if (stack)
			frames_release(stack, 1);
		return NULL;
	}
	memset(t, 0, sizeof(*t));
	t->stack_top = (uint32_t)from_physical(stack) + PAGE_SIZE;
	tcb_table[number] = t;
	return t;
}

void tcb_free(uint32_t number)
{
	struct tcb *t = tcb_table[number];

	frames_release(physical((void *)(t->stack_top - PAGE_SIZE)), 1);
}

void tcb_forget(uint32_t number)
{
	struct tcb *t = tcb_table[number];

	tcb_table[number] = NULL;
	heap_release(t, sizeof(*t));
}
