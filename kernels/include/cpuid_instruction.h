/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cpuid, for the kernel and for programs: a 486 may not have it.
 */
#ifndef CPUID_INSTRUCTION_H
#define CPUID_INSTRUCTION_H

#include <stdbool.h>
#include <stdint.h>

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

/* Bit 21 of EFLAGS, ID, can be changed if there is one. */
static inline bool has_cpuid(void)
{
	uint32_t before, after;

	asm volatile("pushfl; popl %0; movl %0, %1; xorl $0x200000, %1\n\t"
		     "pushl %1; popfl; pushfl; popl %1"
		     : "=&r"(before), "=&r"(after)
		     :
		     : "cc");
	return (before ^ after) & 0x200000;
}

/* Only if there is one. Some leaves have parts. */
static inline struct cpuid execute_cpuid_of(uint32_t leaf, uint32_t part)
{
	struct cpuid c;

	asm volatile("cpuid"
		     : "=a"(c.eax), "=b"(c.ebx), "=c"(c.ecx), "=d"(c.edx)
		     : "a"(leaf), "c"(part));
	return c;
}

static inline struct cpuid execute_cpuid(uint32_t leaf)
{
	return execute_cpuid_of(leaf, 0);
}

#endif
