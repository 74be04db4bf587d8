/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock tick: it counts, lets wakeup lists and swapping go on, and ends the
 * timeslice of the running thread.
 */
#include <clock.h>
#include <assertions.h>
#include <dispatch.h>
#include <swapping.h>
#include <wakeup.h>

#define PIT_HZ 1193182

uint32_t clock_ticks;

static int timeslice; /* ticks that are left of it */

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
	if (CONFIG_ASSERTIONS)
		assertions_tick();
	/* Threads are not switched while they are in the kernel. */
	if (from_user_mode(frame))
		thread_preempt();
}

void timeslice_start(const struct tcb *t)
{
	timeslice = (int)t->timeslice;
}

bool timeslice_over(void)
{
	return timeslice <= 0;
}
