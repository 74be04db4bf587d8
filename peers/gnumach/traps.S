/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of the program, and the kernel calls: the number in EAX, arguments on
 * the stack as a C function has them, through the call gate in the LDT.
 */
	.text

	/* On the stack: argc, the pointers of argv. */
	.globl	_start
_start:
	movl	(%esp), %eax
	leal	4(%esp), %edx
	andl	$-16, %esp
	subl	$8, %esp
	pushl	%edx
	pushl	%eax
	call	program

	.macro	trap name, number
	.globl	\name
	.type	\name, @function
\name:	movl	$\number, %eax
	lcall	$7, $0
	ret
	.size	\name, . - \name
	.endm

	trap	mach_msg_trap, -25
	trap	mach_reply_port, -26
	trap	mach_thread_self, -27
	trap	mach_task_self, -28
	trap	mach_print, -30
	trap	swtch_pri, -59
	trap	mach_port_allocate, -72
	trap	mach_port_insert_right, -74

	.section .note.GNU-stack, "", @progbits
