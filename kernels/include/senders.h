/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads that wait until a receiver receives from them, first come, first
 * served (5.2.1). Some of them may be swapped out (5.3.2). Switch VIRTUAL_TCBS.
 *
 *	sender_waits(t, to)        t, SENDING to to, enters its senders
 *	sender_leaves(t)           and waits there no more
 *	first_sender(t)            the thread that has been waiting longest to
 *	                           send to the running thread t; NULL if there
 *	                           is none
 *	senders_forget(t)          t is being deleted: only the threads that
 *	                           are in memory remain in its senders
 *	is_absent_mark(t, to)      for the assertion walk: is t in to's senders
 *	                           without being a thread?
 *	is_missing(t)              likewise: is t not there though it waits?
 */
#ifndef SENDERS_H
#define SENDERS_H

#include <tcb.h>

#if CONFIG_VIRTUAL_TCBS
#include "../optimized/senders.h"
#else
#include "../baseline/senders.h"
#endif

#endif
