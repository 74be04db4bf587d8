/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock: PIT channel 0, a tick every 4 ms (the paper's granularity, 5.3.3).
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <tcb.h>

#define MS_PER_TICK 4

extern uint32_t clock_ticks; /* since boot */

void clock_init(void);

/* The clock interrupt. Ends the running thread's timeslice when it is over, or
 * when a thread of higher priority has become ready. */
void clock_interrupt(const struct trap_frame *frame);

/* Starts a new timeslice, as long as t's. */
void timeslice_start(const struct tcb *t);

/* Ticks that came while in the kernel may have ended the timeslice. */
bool timeslice_over(void);

#endif
