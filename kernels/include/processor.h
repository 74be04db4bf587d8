/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What later processors have and a 486 may not: only looked for and set up,
 * never used by the kernel.
 */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>

bool processor_has_cr4(void);
uint32_t read_cr4(void); /* only if it has one */

/* User programs fault at rdtsc, if it has one. */
void processor_forbid_rdtsc(void);

/* One of the registers that only count: 34h (SMIs), E7h, E8h (MPERF, APERF).
 * False if it is another, or the processor has it not. */
bool processor_read_msr(uint32_t number, uint32_t *low, uint32_t *high);

/* Does the cache never hold what memory does not? As a 486's, but for its last
 * models. */
bool cache_writes_through(void);

#endif
