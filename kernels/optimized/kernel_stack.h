/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel stack for each thread: what is on it stays there.
 */

static inline uint32_t stack_pointer(const struct tcb *t, const void *address)
{
	(void)t;
	return (uint32_t)address;
}

static inline uint32_t stack_bytes(const struct tcb *t)
{
	return t->stack_top - t->esp;
}

static inline void stack_switch(struct tcb *me, struct tcb *next)
{
	tables.tss.esp0 = next->stack_top;
	switch_stack(&me->esp, next->esp);
}

static inline __attribute__((noreturn)) void stack_start(struct tcb *t)
{
	tables.tss.esp0 = t->stack_top;
	switch_first(t->esp);
}
