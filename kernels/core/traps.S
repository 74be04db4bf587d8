/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry into the kernel by exceptions, interrupts and kernel services, and
 * return to the user. The entries of IPC are in ipc_entry.S.
 */
#include <abi.h>
#include <enter.h>
#if CONFIG_HAND_CODED_PATH
#include <steps.h>
#endif

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
#if CONFIG_SEGMENT_CHECK
	addl	$16, %esp
#else
	popl	%gs
	popl	%fs
	popl	%es
	popl	%ds
#endif
	popal
	addl	$8, %esp	/* vector, error code */
	iret

#if CONFIG_HAND_CODED_PATH
	.globl	entry_service
	.balign	16
entry_service:
	answer_simple_services
	/* Falls through. */
	system_call slow_service, kernel_service, KERNEL_SERVICE
#else
	system_call entry_service, kernel_service, KERNEL_SERVICE
#endif

#if CONFIG_SEGMENT_CHECK
/* A program has loaded others. Clobbers EAX. */
	.globl	load_segments
load_segments:
	movl	$USER_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	ret
#endif

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
