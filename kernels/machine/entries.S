/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries that stand in the IDT only while they are wanted.
 */
#include <enter.h>

	.text

/* With a watchdog, each clock interrupt. SS is the kernel's, DS anything. */
	.globl	watchdog_entry
watchdog_entry:
	decl	%ss:watchdog_ticks
	jz	1f
	jmp	trap_stubs + (IRQ_BASE + IRQ_CLOCK) * 16
1:	pushl	$0
	pushl	$(IRQ_BASE + IRQ_CLOCK)
	enter	watchdog_bites

/* General protection at rdmsr, two bytes: goes on behind it with EBX not 0. */
	.globl	rdmsr_faulted
rdmsr_faulted:
	addl	$4, %esp	/* error code */
	addl	$2, (%esp)
	incl	%ebx
	iret
