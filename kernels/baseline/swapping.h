/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tcb stays in memory as long as its thread lives.
 */
#include <heap.h>

static inline bool tcb_swap_out(struct tcb *t)
{
	return t != current_thread();
}

static inline void tcb_each_swapped(
    void (*visit)(struct tcb *t), bool (*wanted)(const struct tcb *t))
{
	(void)visit;
	(void)wanted;
}

static inline bool tcb_give_frames(uint32_t count)
{
	(void)count;
	return heap_trim();
}

static inline bool tcb_bring_ready(void)
{
	return false;
}

static inline void tcb_tick(void)
{
}

static inline bool tcb_page_fault(uint32_t address, bool write)
{
	(void)address;
	(void)write;
	return false;
}
