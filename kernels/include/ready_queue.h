/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ready queues, one for each priority, and the waiting queue (5.3.4).
 * Switch LAZY_SCHEDULING.
 *
 * The truth is in the state word of the tcb; the functions are told of each
 * change of it, after the change:
 *
 *	queue_created(t)           is new and ready
 *	queue_waits(t)             was ready, waits now
 *	queue_starts(t)            waited, is ready now and gets the processor
 *	queue_ready(t)             waited, is ready now but another one runs
 *	queue_preempted(t)         stays ready but loses the processor
 *	queue_removed(t)           is being deleted, in whatever state
 *	queue_prioritize(t, priority)
 *	                           gets another priority, in whatever state
 *	queue_swapped_out(t)       leaves its queue, its state being the same
 *	queue_swapped_in(t)        and comes back
 *	queue_next()               the thread to run next, NULL if none is
 *	                           ready: one of the highest priority; those
 *	                           of equal priority take turns
 *	queue_each_waiting(visit, argument)
 *	                           calls visit(t, argument) for each waiting
 *	                           thread t that is present, in no order; visit
 *	                           may make t ready but touch no other thread
 */
#ifndef READY_QUEUE_H
#define READY_QUEUE_H

#include <tcb_table.h>
#include <thread_table.h>

extern struct queue ready_queues[PRIORITIES];
extern uint32_t ready_highest; /* the queues above it are empty (as Mach's) */

static inline void ready_append(struct tcb *t)
{
	enqueue(&ready_queues[t->priority], t, ready_link);
	if (t->priority > ready_highest)
		ready_highest = t->priority;
}

/* The first one of the highest priority, NULL if all queues are empty. */
static inline struct tcb *ready_first(void)
{
	while (queue_empty(&ready_queues[ready_highest])) {
		if (ready_highest == 0)
			return NULL;
		ready_highest--;
	}
	return queue_first(&ready_queues[ready_highest], ready_link);
}

#if CONFIG_LAZY_SCHEDULING
#include "../optimized/ready_queue.h"
#else
#include "../baseline/ready_queue.h"
#endif

#endif
