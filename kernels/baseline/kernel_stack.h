/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One kernel stack for the processor. The used part of it is copied to the
 * save area of the thread that loses the processor, and back to the same
 * addresses when it goes on. A thread's stack_top is the end of its save area,
 * but the processor's while it runs. No save area is smaller than the stack.
 */

extern uint32_t running_save_top; /* end of the running thread's save area */

static inline uint32_t stack_pointer(const struct tcb *t, const void *address)
{
	return (uint32_t)address - t->stack_top + (uint32_t)processor_stack_top;
}

static inline uint32_t stack_bytes(const struct tcb *t)
{
	return (uint32_t)processor_stack_top - t->esp;
}

static inline void stack_take(struct tcb *t)
{
	running_save_top = t->stack_top;
	t->stack_top = (uint32_t)processor_stack_top;
}

static inline void stack_switch(struct tcb *me, struct tcb *next)
{
	me->stack_top = running_save_top;
	stack_take(next);
	switch_stack(&me->esp, me->stack_top, next->esp, running_save_top);
}

static inline __attribute__((noreturn)) void stack_start(struct tcb *t)
{
	tables.tss.esp0 = (uint32_t)processor_stack_top;
	stack_take(t);
	switch_first(t->esp, running_save_top);
}
