/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the running thread has that others must not find: the window, the coprocessor
 * (RESOURCE_..., tcb.h). It leaves them when it loses the processor. The hand-coded
 * path does not ask for them (5.5.5): while there are any, tables.message_limit, up to
 * which it takes a message from the running thread, is 0, and the check that each message
 * needs fails.
 */
#ifndef RESOURCES_H
#define RESOURCES_H

#include <tcb.h>

#define MESSAGE_LIMIT (USER_END - sizeof(struct message))

static inline void resource_take(struct tcb *t, uint8_t resource)
{
	t->resources |= resource;
	tables.message_limit = 0;
}

static inline void resource_leave(struct tcb *t, uint8_t resource)
{
	t->resources &= ~resource;
	if (!t->resources)
		tables.message_limit = MESSAGE_LIMIT;
}

#endif
