/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ready queue and the waiting queue (5.3.4). Switch LAZY_SCHEDULING.
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
 *	queue_swapped_out(t)       leaves its queue, its state being the same
 *	queue_swapped_in(t)        and comes back
 *	queue_next()               the thread to run next, NULL if none is
 *	                           ready; ready threads take turns
 *	queue_each_waiting(visit, argument)
 *	                           calls visit(t, argument) for each waiting
 *	                           thread t that is present, in no order; visit
 *	                           may make t ready but touch no other thread
 */
#ifndef READY_QUEUE_H
#define READY_QUEUE_H

#include <swapping.h>
#include <tcb_table.h>
#include <thread.h>

extern struct queue ready_queue;

#if CONFIG_LAZY_SCHEDULING
#include "../optimized/ready_queue.h"
#else
#include "../baseline/ready_queue.h"
#endif

#endif
