/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Direct transfer: the sender copies into the receiver's memory through the
 * communication window. Invariant: the window's page-directory entries of an
 * address space are zero unless its running thread has RESOURCE_WINDOW. Who
 * goes on copying after having lost the processor finds its window empty, and
 * the page fault handler shows it the same region again.
 */

void window_close(struct tcb *t, const struct tcb *next);

static inline uint32_t transfer_finish(struct tcb *to)
{
	return to->received;
}

/* The other's timeout: its partner waits while a fault is served (5.3.3). */
static inline uint32_t transfer_patience(const struct tcb *me)
{
	const struct tcb *to = me->transfer.copies_to;

	return to ? user_frame(to)->edi : TIMEOUT_NEVER;
}

static inline void transfer_forget(struct tcb *t)
{
	(void)t;
}

static inline void transfer_leave(struct tcb *t, const struct tcb *next)
{
	if (t->resources & RESOURCE_WINDOW)
		window_close(t, next);
}
