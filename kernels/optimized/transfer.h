/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Direct transfer: the sender copies into the receiver's memory through the
 * communication window. Invariant: the window's page-directory entries of an
 * address space are zero unless its running thread has RESOURCE_WINDOW.
 */

void window_close(struct tcb *t, const struct tcb *next);

static inline uint32_t transfer_finish(struct tcb *to)
{
	return to->received;
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
