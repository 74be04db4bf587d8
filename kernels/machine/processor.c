/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which processor it is: later ones have what must be switched off, and caches
 * that invd would harm.
 */
#include <processor.h>
#include <cpu.h>
#include <cpuid_instruction.h>

#define FEATURE_FPU 0x1
#define FEATURE_MSR 0x20
#define CR4_TSD 0x4
#define TRAP_PROTECTION 13

#define INTEL 0x756E6547 /* "Genu" */
#define AMD 0x68747541	 /* "Auth" */

/* All zero if the processor does not know the leaf. */
static struct cpuid cpuid(uint32_t leaf)
{
	if (!has_cpuid() || leaf > execute_cpuid(0).eax)
		return (struct cpuid){0};
	return execute_cpuid(leaf);
}

/* boot.S finds it out in the same way. */
bool processor_has_cr4(void)
{
	return cpuid(1).edx & ~FEATURE_FPU;
}

uint32_t read_cr4(void)
{
	uint32_t cr4;

	asm volatile("movl %%cr4, %0" : "=r"(cr4));
	return cr4;
}

void processor_forbid_rdtsc(void)
{
	if (processor_has_cr4())
		asm volatile("movl %0, %%cr4" : : "r"(read_cr4() | CR4_TSD));
}

/*
 * Some processors say that they have such registers and have not the one that
 * is read: general protection, which goes on behind it.
 */
static bool rdmsr(uint32_t number, uint32_t *low, uint32_t *high)
{
	extern char rdmsr_faulted[]; /* entries.S */
	uint64_t gate = tables.idt[TRAP_PROTECTION];
	uint32_t failed;

	cpu_set_gate(TRAP_PROTECTION, rdmsr_faulted);
	asm volatile("xorl %%ebx, %%ebx; rdmsr"
		     : "=a"(*low), "=d"(*high), "=b"(failed)
		     : "c"(number));
	tables.idt[TRAP_PROTECTION] = gate;
	return !failed;
}

bool processor_read_msr(uint32_t number, uint32_t *low, uint32_t *high)
{
	if (number != 0x34 && number != 0xE7 && number != 0xE8)
		return false;
	return (cpuid(1).edx & FEATURE_MSR) && rdmsr(number, low, high);
}

/* Cyrix's leave the flags as they were; all others change them in a division.
 */
static bool is_cyrix(void)
{
	uint8_t flags;

	asm volatile("xorl %%eax, %%eax; sahf; movw $5, %%ax; movb $2, %%bl\n\t"
		     "divb %%bl; lahf; movb %%ah, %0"
		     : "=q"(flags)
		     :
		     : "eax", "ebx", "cc");
	return flags == 2;
}

bool cache_writes_through(void)
{
	uint32_t maker = cpuid(0).ebx, version = cpuid(1).eax;
	uint32_t model = version >> 4 & 15;

	if (!has_cpuid())
		return !is_cyrix();
	return (maker == INTEL || maker == AMD) && (version >> 8 & 15) == 4 &&
	       model != 7 && model != 9 && model != 15;
}
