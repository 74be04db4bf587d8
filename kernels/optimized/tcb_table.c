/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tcbs are an array in virtual memory (5.2.5): one that is touched first gets a
 * frame in the page fault (swapping.c).
 */
#include <tcb_table.h>
#include <memory.h>
#include <space.h>

#if !CONFIG_THREAD_KERNEL_STACKS
struct tcb *running_thread HOT;
#endif

struct stored *tcb_store[MAX_THREADS];

static uint32_t frames[TCB_FRAMES];
uint32_t tcb_frames;

/* Sees to it that there are enough for all that may have to be brought in. */
static bool fill_frames(void)
{
	while (tcb_frames < TCB_FRAMES) {
		uint32_t before = tcb_frames;
		uint32_t frame = frames_allocate(1);

		/* Those that are swapped out for it have brought theirs, too.
		 */
		if (frame)
			tcb_return_frame(frame);
		else if (tcb_frames == before)
			return false;
	}
	return true;
}

void tcb_refill_frames(void)
{
	while (tcb_frames < TCB_FRAMES && frames_free)
		frames[tcb_frames++] = frames_allocate(1);
}

uint32_t tcb_take_frame(void)
{
	return tcb_frames ? frames[--tcb_frames] : 0;
}

void tcb_return_frame(uint32_t frame)
{
	if (tcb_frames < TCB_FRAMES)
		frames[tcb_frames++] = frame;
	else
		frames_release(frame, 1);
}

struct tcb *tcb_allocate(uint32_t number)
{
	struct tcb *t = tcb_at(number);
	uint32_t frame;

	if (!fill_frames())
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
