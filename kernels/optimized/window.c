/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The window's page-directory entries of an address space are zero unless its
 * running thread has RESOURCE_WINDOW. A sender that goes on copying after it
 * has lost the processor finds its window empty, and the page fault handler
 * shows it the same region again.
 */
#include <window.h>
#include <resources.h>
#include <space.h>

void window_show(struct tcb *from, const struct tcb *to)
{
	uint32_t *window = from->task->directory + REGION_OF(WINDOW);
	const uint32_t *region =
	    to->task->directory + from->transfer.window_region;
	uint32_t first = region[0] & ~PTE_USER;

	if (window[0] && window[0] != first)
		flush_tlb();
	window[0] = first;
	window[1] = from->transfer.window_region + 1 < REGION_OF(USER_END)
			? region[1] & ~PTE_USER
			: 0;
	resource_take(from, RESOURCE_WINDOW);
}

/*
 * Makes the 8 MB that start with the region of the receiver's address visible
 * in the sender's window; a string of up to 4 MB from the address on is then
 * in it. The user bit is cleared, so that only the kernel sees it. Returns
 * the address in the window.
 *
 * The TLB knows nothing of the window after an address-space switch, so only
 * a second mapping without a switch between must flush it. Within one space
 * there is nothing to map.
 */
void *window_open(struct tcb *from, struct tcb *to, uint32_t address)
{
	if (from->task == to->task)
		return (void *)address;
	from->transfer.window_region = REGION_OF(address);
	window_show(from, to);
	return (void *)(WINDOW + (address & (REGION_SIZE - 1)));
}

void window_close(struct tcb *t, const struct tcb *next)
{
	uint32_t *window = t->task->directory + REGION_OF(WINDOW);

	window[0] = 0;
	window[1] = 0;
	resource_leave(t, RESOURCE_WINDOW);
	if (t->task == next->task)
		flush_tlb();
}
