/* SPDX-License-Identifier: BSD-2-Clause */
#include <clock.h>
#include <dispatch.h>
#include <swapping.h>
#include <wakeup.h>

#define PIT_HZ 1193182
#define TIMESLICE 5 /* ticks: 20 ms */

uint32_t clock_ticks;

static int timeslice;

void clock_init(void)
{
	uint32_t divisor = PIT_HZ * MS_PER_TICK / 1000;

	outb(0x43, 0x34); /* channel 0, rate generator */
	outb(0x40, (uint8_t)divisor);
	outb(0x40, (uint8_t)(divisor >> 8));
}

void clock_interrupt(const struct trap_frame *frame)
{
	outb(0x20, 0x20); /* end of interrupt */
	clock_ticks++;
	wakeup_tick();
	tcb_tick();
	timeslice--;
	/* Threads are not switched while they are in the kernel. */
	if (timeslice_over() && from_user_mode(frame))
		thread_yield();
}

void timeslice_start(void)
{
	timeslice = TIMESLICE;
}

bool timeslice_over(void)
{
	return timeslice <= 0;
}
