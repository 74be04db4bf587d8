/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The communication window: a part of each address space in which the running
 * thread sees a part of its receiver's (5.2.3). Switch DIRECT_TRANSFER;
 * without it nothing.
 *
 *	window_open(from, to, address)
 *	                           where from can write what to has at the user
 *	                           address, and up to 4 MB behind
 *	window_show(from, to)      the same region again, lost by a switch
 *	window_leave(t, next)      t, with RESOURCE_..., loses the processor to
 *	                           next
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <tcb.h>

void *window_open(struct tcb *from, struct tcb *to, uint32_t address);
void window_show(struct tcb *from, const struct tcb *to);
void window_close(struct tcb *t, const struct tcb *next);

static inline void window_leave(struct tcb *t, const struct tcb *next)
{
	if (CONFIG_DIRECT_TRANSFER && t->resources & RESOURCE_WINDOW)
		window_close(t, next);
}

#endif
