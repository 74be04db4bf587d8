/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unordered wakeup lists. Invariant: they hold at least the threads that wait
 * with a timeout. A tick that parses one removes those that do not belong.
 */

static inline void wakeup_clear(struct tcb *t)
{
	(void)t;
}
