/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processor says of itself. A 486 may say nothing: then all is 0.
 */
#ifndef RUNTIME_CPUID_H
#define RUNTIME_CPUID_H

#include <cpuid_instruction.h>

/* All zero if the processor does not know the leaf. */
struct cpuid cpuid(uint32_t leaf);

/* KB; 0: there is none, or cpuid does not say, as before the Pentium. */
struct caches {
	uint32_t code_kb, data_kb; /* first level */
	uint32_t l2_kb, l3_kb;
};

struct caches cpuid_caches(void);

bool cpuid_has_tsc(void);
bool cpuid_tsc_is_invariant(void);
/* By leaves 15h and 16h; 0 if they do not say. */
uint32_t cpuid_tsc_khz(void);

/* MSR 34h, of Intel's since Nehalem; MSRs E7h, E8h. */
bool cpuid_counts_smis(void);
bool cpuid_counts_speed(void);

/* Both end with a zero; blanks are _. "unknown" if it does not say. */
void cpuid_vendor(char text[13]);
void cpuid_brand(char text[49]);

#endif
