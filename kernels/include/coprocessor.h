/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The coprocessor (floating-point unit), of which each thread has its own
 * registers (5.5.6). Switch LAZY_COPROCESSOR.
 *
 *	coprocessor_init()         before there are threads
 *	coprocessor_create(t)      t is new: its registers are as after fninit
 *	coprocessor_switch(me, next)
 *	                           at each thread switch
 *	coprocessor_leave(t)       t loses the processor
 *	coprocessor_not_available(t)
 *	                           the running thread t has been told so by a
 *	                           trap: true if it can try again
 *	coprocessor_forget(t)      t is being deleted
 *
 * The kernel itself computes nothing with it; all its instructions are here.
 */
#ifndef COPROCESSOR_H
#define COPROCESSOR_H

#include <stdbool.h>
#include <resources.h>

/* Leaves the coprocessor as after fninit. */
static inline void coprocessor_save(struct coprocessor_state *to)
{
	asm volatile("fnsave %0" : "=m"(*to));
}

/* No exception may be pending. */
static inline void coprocessor_load(const struct coprocessor_state *from)
{
	asm volatile("frstor %0" : : "m"(*from));
}

static inline void coprocessor_clear_exceptions(void)
{
	asm volatile("fnclex");
}

#if CONFIG_LAZY_COPROCESSOR
#include "../optimized/coprocessor.h"
#else
#include "../baseline/coprocessor.h"
#endif

void coprocessor_init(void);
void coprocessor_create(struct tcb *t);

#endif
