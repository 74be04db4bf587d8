/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a thread's kernel state is while another one runs (5.2.4). Switch
 * THREAD_KERNEL_STACKS.
 *
 *	stack_switch(me, next)     next goes on where it lost the processor;
 *	                           returns when me is given it back
 *	stack_start(t)             the same for the first thread: no one loses
 *	                           the processor
 *	stack_pointer(t, address)  the address at which t, which does not run,
 *	                           will find what is at the given one of its
 *	                           stack
 *	stack_bytes(t)             how much of its stack t, which does not run,
 *	                           uses; it lies below t->stack_top
 */
#ifndef KERNEL_STACK_H
#define KERNEL_STACK_H

#include <entry.h>
#include <tcb.h>

#if CONFIG_THREAD_KERNEL_STACKS
#include "../optimized/kernel_stack.h"
#else
#include "../baseline/kernel_stack.h"
#endif

#endif
