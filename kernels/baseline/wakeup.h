/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One list, sorted by time, of exactly the threads that wait with a timeout.
 */

static inline void wakeup_clear(struct tcb *t)
{
	wakeup_remove(t);
}
