/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First instructions of a program, and of a thread made by thread_create.
 *
 * in: EBX address of the kernel's command line (module's first thread only),
 *     EDX, ESI uid of the root thread; for the root thread itself NOBODY
 *     ECX, EDI address and bytes of the root task's memory; for others 0
 */
	.text
	.globl	_start
_start:
	xorl	%ebp, %ebp
	movl	%ecx, given_memory
	movl	%edi, given_memory + 4
	pushl	%esi		/* uid_t root */
	pushl	%edx
	pushl	%ebx		/* const char *command_line */
	call	program
	hlt			/* a program does not return: faults */

	.section .note.GNU-stack, "", @progbits
