/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tcbs in and out of memory, invisibly to IPC (5.2.5, 5.3.2). Switch
 * VIRTUAL_TCBS; without it all stay in memory.
 *
 *	sender_waits(t, to)        t, SENDING to to, enters its senders
 *	sender_leaves(t)           and waits there no more
 *	first_sender(t)            who has been waiting longest to send to the
 *	                           running thread t; NULL if nobody is
 *	senders_forget(t)          t is being deleted: only the threads that
 *	                           are in memory remain in its senders
 *	tcb_is_present(number)     can the tcb be used without being brought in?
 *	tcb_swap_out(t)            false if it must stay now: if it is running,
 *	                           or if its queue of senders is not empty
 *	tcb_each_swapped(visit, wanted)
 *	                           brings in the swapped threads of which
 *	                           wanted(t) is true, and calls visit(t). wanted
 *	                           sees only a copy of the tcb
 *	tcb_reclaim()              swaps out some threads that were not used for
 *	                           long: true if frames have come free
 *	tcb_refill_reserve()       the heap has given back frames: some of them
 *	                           are needed to bring threads in
 *	tcb_bring_ready()          brings in a thread that is ready; false if
 *	                           none is swapped out
 *	tcb_tick()                 the clock has ticked: brings in those that
 *	                           are ready or have to be woken soon
 */
#ifndef SWAPPING_H
#define SWAPPING_H

#include <tcb_table.h>

#if CONFIG_VIRTUAL_TCBS
#include "../optimized/swapping.h"
#else
#include "../baseline/swapping.h"
#endif

#endif
