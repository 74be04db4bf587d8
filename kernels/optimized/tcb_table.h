/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual array of pages, each a tcb with its kernel stack above it. Its
 * address is all that is needed to use a tcb: the page fault handler supplies
 * whatever is not there. The running thread's tcb is in the page of the stack,
 * if threads have their own stacks.
 */

#include <thread_table.h>

extern struct tcb *running_thread;

static inline struct tcb *current_thread(void)
{
	uint32_t esp;

	if (!CONFIG_THREAD_KERNEL_STACKS)
		return running_thread;
	asm("movl %%esp, %0" : "=r"(esp));
	return (struct tcb *)((esp & -PAGE_SIZE) + TCB_PLACE);
}

static inline struct tcb *tcb_at(uint32_t number)
{
	return (struct tcb *)(TCB_ARRAY + TCB_PLACE + number * PAGE_SIZE);
}

/* Also of one that is not there. */
static inline uint32_t tcb_number(const struct tcb *t)
{
	return ((uint32_t)t - TCB_ARRAY) / PAGE_SIZE;
}

static inline uid_t tcb_uid(const struct tcb *t)
{
	return thread_table[tcb_number(t)].uid;
}

static inline void tcb_set_current(struct tcb *t)
{
	if (!CONFIG_THREAD_KERNEL_STACKS)
		running_thread = t;
}

/* What swapping has made of it; NULL: it is present. */
extern struct stored *tcb_store[MAX_THREADS];

static inline bool tcb_is_present(uint32_t number)
{
	return !tcb_store[number];
}

/* Frames that are kept for tcbs which swapping brings in; how many there are
 * now. */
#define TCB_FRAMES 32
extern uint32_t tcb_frames;

/* One of them; 0 if there is none. */
uint32_t tcb_take_frame(void);

/* Gives back a tcb's frame: to them first. */
void tcb_return_frame(uint32_t frame);
