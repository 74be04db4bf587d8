/* SPDX-License-Identifier: BSD-2-Clause */
#include <tcb_table.h>
#include <memory.h>
#include <space.h>

/* What is read where no tcb is: uid 0, which no lookup asks for. */
static char no_tcb[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

#if !CONFIG_THREAD_KERNEL_STACKS
struct tcb *running_thread;
#endif

bool tcb_page_fault(uint32_t address, bool write)
{
	uint32_t frame;

	if (address < TCB_ARRAY ||
	    address >= TCB_ARRAY + MAX_THREADS * PAGE_SIZE)
		return false;
	if (!write) {
		kernel_map_page(address, physical(no_tcb), 0);
		return true;
	}
	frame = frames_allocate(1);
	if (!frame)
		return false;
	kernel_map_page(address, frame, PTE_WRITABLE);
	return true;
}

struct tcb *tcb_allocate(uint32_t number)
{
	struct tcb *t = tcb_at(number);

	if (!frames_free)
		return NULL;
	memset(t, 0, PAGE_SIZE);
	t->stack_top = (uint32_t)t + PAGE_SIZE;
	return t;
}

void tcb_free(uint32_t number)
{
	frames_release(kernel_unmap_page((uint32_t)tcb_at(number)), 1);
}
