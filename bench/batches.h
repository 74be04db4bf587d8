/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measuring on a real machine: each series many times, all in turn. So what
 * comes and goes (a hot processor, a system management interrupt) meets all of
 * them.
 *
 * A sample record for each batch, then a record for each series:
 *
 *	series bytes= spaces= cold= round_trips= batches=
 *	       min= q1= median= q3= max= outliers=
 *
 * in units of the clock, for all round trips of a batch; outliers are farther
 * from q1 or q3 than 1.5 times what is between them.
 */
#ifndef BATCHES_H
#define BATCHES_H

#include "runtime/clock.h"

#define MAX_SERIES 28
#define MAX_BATCHES 60

struct series {
	uint64_t partner; /* a uid */
	uint32_t spaces, bytes, cold, round_trips;
	uint64_t elapsed[MAX_BATCHES];
};

/* time: one batch of a series, contents checked. */
void run_batches(struct series *all, uint32_t count, uint32_t batches,
    void (*time)(const struct series *s, struct interval *i));

/* One page for people: median of each series, a message, one way, in us, and of
 * the first of each size in ticks of the clock. Behind the records. */
void show_medians(const struct series *all, uint32_t count, uint32_t batches);

#endif
