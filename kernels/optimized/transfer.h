/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Direct transfer: the sender copies into the receiver's memory through the
 * communication window.
 */

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
