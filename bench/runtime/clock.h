/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock of a measurement on a real machine: the time-stamp counter, if
 * cpuid says that there is one, or the PIT, which every PC has (a 486 has
 * nothing else). For root tasks. Under the i486 model programs use read_tsc()
 * (services.h).
 */
#ifndef RUNTIME_CLOCK_H
#define RUNTIME_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define PIT_HZ 1193182

/* Readings of one source: the median, and how far they are from each other. */
struct reading {
	uint32_t khz;	 /* 0: there is no such source */
	uint32_t spread; /* greatest - least, in millionths of the median */
};

struct clock {
	bool is_tsc;
	uint32_t khz;	    /* what a clock unit is; of the PIT 1193 */
	const char *source; /* of khz: acpi, pit, cpuid, or nominal */
	struct reading pit, acpi;
	uint32_t cpuid_khz;
	bool invariant; /* the time-stamp counter does not tick with the core */
	bool disagree;	/* sources by more than 1 % */
};

extern struct clock the_clock;

/*
 * Finds and calibrates it, in half a second at most; no wait is without end.
 * Fails if there is neither a time-stamp counter nor a PIT.
 */
void clock_find(void);

/* What happened in an interval. Elapsed: in units of the_clock and in PIT
 * counts. */
struct interval {
	uint64_t start, end;
	uint64_t pit;
	uint32_t ticks;
	/* Only if has_...: system management interrupts, and the counters of
	 * which the quotient is how fast the core was. */
	bool has_smi, has_speed;
	uint32_t smi, aperf, mperf;
};

void interval_begin(struct interval *i);
void interval_end(struct interval *i);

/* At least so long, by the PIT; at once if that stands still. */
void clock_wait(uint32_t ms);

uint64_t divide(uint64_t value, uint32_t divisor);

/* The least first. */
void sort(uint64_t *values, uint32_t count);

#endif
