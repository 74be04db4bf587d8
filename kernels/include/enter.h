/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How assembly enters a C function with a complete struct trap_frame, and
 * leaves it. Interrupts are off throughout; the direction flag may be
 * anything, so it is cleared.
 *
 * Segment registers (5.5.3), switch SEGMENT_CHECK. Without it they are saved,
 * loaded and loaded again, which takes 66 cycles. With it DS and ES are
 * checked, 10 cycles, and loaded only if a program has loaded something else;
 * the program finds the flat descriptor in them then. The kernel too works with
 * the user's flat descriptor, so there is nothing to load on the way back, and
 * the frame's places stay unused.
 */
#ifndef ENTER_H
#define ENTER_H
/* clang-format off */
#include <config.h>
#include <cpu.h>

/* Stack: EIP CS EFLAGS ESP SS of the user, error code, vector. */
.macro	enter handler
	pushal
#if CONFIG_SEGMENT_CHECK
	subl	$16, %esp
	movl	%ds, %eax
	cmpw	$USER_DATA, %ax
	jne	1f
	movl	%es, %eax
	cmpw	$USER_DATA, %ax
	jne	1f
2:
	.subsection 2
1:	call	load_segments
	jmp	2b
	.previous
#else
	pushl	%ds
	pushl	%es
	pushl	%fs
	pushl	%gs
	movl	$KERNEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
#endif
	cld
	movl	%esp, %eax
	call	\handler
.endm

.macro	system_call name, handler, number
	.globl	\name
	.balign	16
\name:
	pushl	$0
	pushl	$\number
	enter	\handler
after_\handler:		/* a name for profiles */
	jmp	return_to_user
.endm

#endif
