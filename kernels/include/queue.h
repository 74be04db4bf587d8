/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of threads (5.3.2). Switch VIRTUAL_QUEUES.
 *
 *	struct queue               first come, first served
 *	struct queue_link          a tcb has one for each queue in which it can
 *	                           be; link below is the name of this member
 *	QUEUE_EMPTY(queue)         to initialise a static one
 *	queue_init(queue)          makes it empty
 *	queue_empty(queue)         is it?
 *	enqueue(queue, t, link)    puts t behind all others
 *	enqueue_before(queue, place, t, link)
 *	                           puts t before the thread place, which is in
 *	                           the queue; NULL: behind all others
 *	dequeue(t, link)           takes t out of the queue in which it is
 *	queue_first(queue, link)   the first thread; NULL: the queue is empty
 *	queue_behind(queue, t, link)
 *	                           the thread behind t; NULL: t is the last one
 *	queue_reserve()            a new thread: sees to it that it can enter
 *	                           queues. False if there is no memory
 *	queue_unreserve()          it has been deleted and is in no queue
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <config.h>
#include <stdbool.h>
#include <stddef.h>

struct tcb;

/* In how many queues a thread can be at once: the ready or waiting queue, a
 * wakeup list, its partner's senders, its own senders (senders.h). */
#define QUEUES_OF_A_THREAD 4

/*
 * Each place in the code that puts a thread into a queue or takes one out is in
 * a table beside the program, so that they can be counted. It costs no
 * instruction.
 */
#define QUEUE_MARK(what, link)                                                 \
	({                                                                     \
		asm inline volatile("771:\n"                                   \
				    ".pushsection .queue_marks, \"\"\n"        \
				    ".long 771b\n"                             \
				    ".asciz \"" what " " #link "\"\n"          \
				    ".popsection");                            \
	})

#if CONFIG_VIRTUAL_QUEUES
#include "../optimized/queue.h"
#else
#include "../baseline/queue.h"
#endif

#endif
