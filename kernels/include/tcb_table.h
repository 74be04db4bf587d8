/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the tcbs are: a virtual array, or a table of pointers (5.2.5).
 * Switch VIRTUAL_TCBS.
 *
 *	current_thread()           the running thread
 *	tcb_at(number)             the tcb with this number, 0..MAX_THREADS-1.
 *	                           May be NULL, or a tcb with uid 0, if
 *	                           there is no such thread
 *	tcb_allocate(number)       a zeroed tcb with a kernel stack (or room to
 *	                           save one, kernel_stack.h), stack_top
 *	                           set; NULL if there is no memory
 *	tcb_free(number)           of a thread that has died and does not run.
 *	                           tcb_exists is false until it is forgotten
 *	tcb_forget(number)         no thread has its address any more
 *	tcb_uid(tcb)               of the thread in the tcb at this address,
 *	                           which need not be brought in; NOBODY if
 *	                           there is none
 *	tcb_exists(tcb)            is there one?
 *	tcb_is_present(number)     can the tcb be used without being brought in?
 *	tcb_set_current(tcb)       called at each thread switch
 *	tcb_refill_frames()        the heap has given back frames: some of them
 *	                           are needed to bring threads in
 */
#ifndef TCB_TABLE_H
#define TCB_TABLE_H

#include <tcb.h>

#if CONFIG_VIRTUAL_TCBS
#include "../optimized/tcb_table.h"
#else
#include "../baseline/tcb_table.h"
#endif

static inline bool tcb_exists(const struct tcb *t)
{
	return tcb_uid(t) != NOBODY;
}

struct tcb *tcb_allocate(uint32_t number);
void tcb_free(uint32_t number);
void tcb_forget(uint32_t number);

#if CONFIG_VIRTUAL_TCBS
void tcb_refill_frames(void);
#else
static inline void tcb_refill_frames(void)
{
}
#endif

#endif
