/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry into the kernel and return to the user.
 *
 * Each entry completes a struct trap_frame (cpu.h) on the kernel stack and
 * calls a C function with its address. Interrupts are off throughout. The
 * user's segment registers are saved and reloaded each time (5.5.3: 66
 * cycles); the direction flag may be anything, so it is cleared.
 */
#include <abi.h>
#include <cpu.h>

/* Stack: EIP CS EFLAGS ESP SS of the user, error code, vector. */
.macro	enter handler
	pushal
	pushl	%ds
	pushl	%es
	pushl	%fs
	pushl	%gs
	movl	$KERNEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	cld
	movl	%esp, %eax
	call	\handler
.endm

	.text

/* One for each exception and hardware interrupt, all of the same size. */
	.globl	trap_stubs
	.balign	16
trap_stubs:
	.set	vector, 0
	.rept	TRAP_STUBS
	.balign	16
	/* The processor itself pushes an error code for these. */
	.if	(vector != 8) && ((vector < 10) || (vector > 14)) && (vector != 17)
	pushl	$0
	.endif
	pushl	$vector
	jmp	trap_entry
	.set	vector, vector + 1
	.endr

trap_entry:
	enter	trap
	/* Falls through. */

/*
 * in:  ESP a struct trap_frame; out: its registers
 */
	.globl	return_to_user
return_to_user:
	popl	%gs
	popl	%fs
	popl	%es
	popl	%ds
	popal
	addl	$8, %esp	/* vector, error code */
	iret

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

	system_call entry_send, ipc_send, IPC_SEND
	system_call entry_receive, ipc_receive, IPC_RECEIVE
	system_call entry_call, ipc_call, IPC_CALL
	system_call entry_reply_and_receive_next, ipc_reply_and_receive_next, IPC_REPLY_AND_RECEIVE_NEXT
	system_call entry_service, kernel_service, KERNEL_SERVICE

/* The same with a cold cache: SERVICE_COLD_IPC puts them into the IDT. */
.macro	cold_entry flush, name
	.globl	\flush\()_\name
\flush\()_\name:
	\flush
	jmp	\name
.endm

	cold_entry invd, entry_send
	cold_entry invd, entry_call
	cold_entry invd, entry_reply_and_receive_next
	cold_entry wbinvd, entry_send
	cold_entry wbinvd, entry_call
	cold_entry wbinvd, entry_reply_and_receive_next

/*
 * Double fault: comes through a task gate with a stack and address space of
 * its own, because the kernel stack may be what is broken.
 */
	.globl	double_fault_entry
double_fault_entry:
	call	double_fault
	hlt
