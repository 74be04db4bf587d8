/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page fault at a user address: of the running thread, or, in a transfer, of
 * the receiver. Its pager is asked (5.2.2, 5.2.3).
 */
#include <page_fault.h>
#include <mapping.h>
#include <pager.h>
#include <space.h>
#include <transfer.h>
#include <user_memory.h>
#include <window.h>

bool own_fault(struct tcb *me, uint32_t address, bool write, uint32_t timeout)
{
	if (address >= FIREWALL)
		return false;
	return mapping_resolve(me->task, address, write) ||
	       (ask_pager(address, write, timeout) &&
		   page_allows(me->task, address, write));
}

static bool receiver_fault(struct tcb *me, uint32_t address, bool write)
{
	struct tcb *to = me->transfer.copies_to;

	user_fault_of_receiver = true;
	if (address >= FIREWALL)
		return false;
	return mapping_resolve(to->task, address, write) ||
	       receiver_asks_pager(me, address, write);
}

/* A fault in the window: the same page of the receiver must be there. */
static bool window_fault(struct tcb *me, uint32_t address, bool write)
{
	struct tcb *to = me->transfer.copies_to;
	uint32_t there;

	if (!to || to->task == me->task)
		return false;
	there = me->transfer.window_region * REGION_SIZE + (address - WINDOW);
	if (!page_allows(to->task, there, write) &&
	    !receiver_fault(me, there, write))
		return false;
	/* It may have lost the window meanwhile. */
	to = me->transfer.copies_to;
	if (!to)
		return false;
	window_show(me, to);
	flush_tlb_page(address);
	return true;
}

bool page_fault(struct tcb *me, uint32_t address, bool write)
{
	const struct tcb *to = me->transfer.copies_to;
	bool served;

	if (CONFIG_DIRECT_TRANSFER) {
		if (address >= WINDOW) {
			served = window_fault(me, address, write);
			user_fault_of_receiver = true;
			return served;
		}
		/* Within one space only the buffer is written. */
		if (to && to->task == me->task && write)
			return receiver_fault(me, address, write);
	}
	served = own_fault(me, address, write, transfer_patience(me));
	user_fault_of_receiver = false;
	return served;
}
