/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that wait with a timeout, and the time (5.3.3). Switch WAKEUP_LISTS.
 *
 *	wakeup_set(t, ms)          t begins to wait, for no longer than so many
 *	                           ms, and no shorter; ms: 1 to TIMEOUT_MAX
 *	wakeup_clear(t)            t waits no more
 *	wakeup_remove(t)           t is not to be woken, whatever its state
 *	wakeup_tick(timeout)       the clock has ticked: calls timeout(t) for
 *	                           each t that is due, which may take t
 *	                           out of its list and touch no other thread
 *	wakeup_now()               ms since boot
 *	wakeup_due(t)              when its time comes, in ms since boot
 *	wakeup_restore(t, due)     as wakeup_set, by that time; it may be past
 */
#ifndef WAKEUP_H
#define WAKEUP_H

#include <clock.h>
#include <tcb.h>

typedef void (*timeout_t)(struct tcb *t);

/* After the tick that ends the one now going on, and whole ticks more. */
static inline uint32_t wakeup_delay(uint32_t ms)
{
	return (ms + MS_PER_TICK - 1) / MS_PER_TICK * MS_PER_TICK + MS_PER_TICK;
}

/* With which timeout t waits: it is still in the registers with which t has
 * come. TIMEOUT_NEVER if it does not wait. */
static inline uint32_t waiting_timeout(const struct tcb *t)
{
	switch (t->state) {
	case THREAD_SENDING:
		return user_frame(t)->ebx;
	case THREAD_RECEIVING:
	case THREAD_LOCKED:
	case THREAD_FAULTING:
		return user_frame(t)->edi;
	default:
		return TIMEOUT_NEVER;
	}
}

static inline void wakeup_remove(struct tcb *t)
{
	if (!t->in_wakeup_list)
		return;
	t->in_wakeup_list = false;
	dequeue(t, wakeup_link);
}

#if CONFIG_WAKEUP_LISTS
#include "../optimized/wakeup.h"
#else
#include "../baseline/wakeup.h"
#endif

void wakeup_set(struct tcb *t, uint32_t ms);
void wakeup_tick(timeout_t timeout);
uint64_t wakeup_now(void);
uint64_t wakeup_due(const struct tcb *t);
void wakeup_restore(struct tcb *t, uint64_t due);

/* For the assertion walk: the n-th list, NULL if there is none. */
const struct queue *wakeup_list(uint32_t n);

#endif
