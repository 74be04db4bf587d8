/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clock ticks are counted, since boot and in the timeslice of the running
 * thread.
 */
#include <clock.h>
#include <cpu.h>

#define PIT_HZ 1193182

uint32_t clock_ticks EACH_TICK;

int timeslice HOT;

void clock_init(void)
{
	uint32_t divisor = PIT_HZ * MS_PER_TICK / 1000;

	outb(0x43, 0x34); /* channel 0, rate generator */
	outb(0x40, (uint8_t)divisor);
	outb(0x40, (uint8_t)(divisor >> 8));
}

void clock_tick(void)
{
	outb(0x20, 0x20); /* end of interrupt */
	clock_ticks++;
	timeslice--;
}

void timeslice_start(uint32_t ticks)
{
	timeslice = (int)ticks;
}

bool timeslice_over(void)
{
	return timeslice <= 0;
}
