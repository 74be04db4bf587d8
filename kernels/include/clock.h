/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock: PIT channel 0, a tick every 4 ms (the paper's granularity, 5.3.3).
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define MS_PER_TICK 4

extern uint32_t clock_ticks; /* since boot */
extern int timeslice; /* the running thread's: ticks that are left of it */

void clock_init(void);

/* The clock interrupt: one more tick. */
void clock_tick(void);

/* Starts a new timeslice of so many ticks. */
void timeslice_start(uint32_t ticks);

/* Ticks that came while in the kernel may have ended the timeslice. */
bool timeslice_over(void);

#endif
