/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tcbs in and out of memory, invisibly to IPC (5.2.5, 5.3.2). Switch
 * VIRTUAL_TCBS; without it all stay in memory.
 *
 *	tcb_swap_out(t)            false if it must stay now: if it is running,
 *	                           or if its queue of senders is not empty
 *	tcb_each_swapped(visit, wanted)
 *	                           brings in the swapped threads of which
 *	                           wanted(t) is true, and calls visit(t). wanted
 *	                           sees only a copy of the tcb
 *	tcb_give_frames(count)     for frames_when_short: trims the heap, and
 *	                           swaps out some threads that were not used
 *	                           for long
 *	tcb_page_fault(address, write)
 *	                           a page fault in the kernel: true if it was
 *	                           for a tcb and has been dealt with
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
