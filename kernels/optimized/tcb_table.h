/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual array of pages, each a tcb with its kernel stack above it. Its
 * address is all that is needed to use a tcb: the page fault handler supplies
 * whatever is not there. The running thread's tcb is in the page of the stack,
 * if threads have their own stacks.
 */

extern struct tcb *running_thread;
#include <thread.h>

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

static inline uid_t tcb_uid(const struct tcb *t)
{
	uint32_t number = ((uint32_t)t - TCB_ARRAY) / PAGE_SIZE;

	return thread_table[number].uid;
}

static inline void tcb_set_current(struct tcb *t)
{
	if (!CONFIG_THREAD_KERNEL_STACKS)
		running_thread = t;
}
