/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The coprocessor keeps the registers of its owner, the thread that used it
 * last. Invariant: CR0.TS is clear only while the owner runs and has
 * RESOURCE_COPROCESSOR. Otherwise the next instruction for the coprocessor
 * traps; only if it is another thread's are registers saved and loaded.
 */

extern struct tcb *coprocessor_owner; /* NULL: the registers are no thread's */

static inline void coprocessor_switch(struct tcb *me, struct tcb *next)
{
	(void)me;
	(void)next;
}

static inline void coprocessor_leave(struct tcb *t)
{
	if (!(t->resources & RESOURCE_COPROCESSOR))
		return;
	resource_leave(t, RESOURCE_COPROCESSOR);
	/* The lower half of CR0; it leaves all but the lowest bits alone. */
	asm volatile("lmsw %w0" : : "r"(CR0_PE | CR0_MP | CR0_TS));
}

static inline bool coprocessor_not_available(struct tcb *t)
{
	asm volatile("clts");
	resource_take(t, RESOURCE_COPROCESSOR);
	if (coprocessor_owner == t)
		return true;
	if (coprocessor_owner)
		coprocessor_save(&coprocessor_owner->coprocessor);
	else
		coprocessor_clear_exceptions();
	coprocessor_load(&t->coprocessor);
	coprocessor_owner = t;
	return true;
}

static inline void coprocessor_forget(const struct tcb *t)
{
	if (coprocessor_owner == t)
		coprocessor_owner = NULL;
}
