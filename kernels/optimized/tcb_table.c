/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tcbs are an array in virtual memory (5.2.5): one that is touched first gets a
 * frame in the page fault.
 */
#include <tcb_table.h>
#include <memory.h>
#include <space.h>
#include <swapping.h>

/* What is read where no tcb is: uid 0, which no lookup asks for. */
static char no_tcb[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

#if !CONFIG_THREAD_KERNEL_STACKS
struct tcb *running_thread HOT;
#endif

bool tcb_page_fault(uint32_t address, bool write)
{
	if (address < TCB_ARRAY ||
	    address >= TCB_ARRAY + MAX_THREADS * PAGE_SIZE)
		return false;
	if (tcb_bring_in((address - TCB_ARRAY) / PAGE_SIZE))
		return true;
	if (write)
		return false;
	kernel_map_page(address, physical(no_tcb), 0);
	return true;
}

struct tcb *tcb_allocate(uint32_t number)
{
	struct tcb *t = tcb_at(number);

	uint32_t frame;

	if (!tcb_reserve_frames())
		return NULL;
	frame = frames_allocate(1);
	if (!frame)
		return NULL;
	kernel_map_page((uint32_t)t, frame, PTE_WRITABLE);
	memset((char *)t - TCB_PLACE, 0, PAGE_SIZE);
	t->stack_top = (uint32_t)t - TCB_PLACE + PAGE_SIZE;
	return t;
}

void tcb_free(uint32_t number)
{
	tcb_return_frame(kernel_unmap_page((uint32_t)tcb_at(number)));
}

void tcb_forget(uint32_t number)
{
	(void)number;
}
