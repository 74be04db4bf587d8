/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.2.4: the processor has one kernel stack; the trap frames of both threads go to and
 * from where they are kept.
 */

#define COPIES_STACKS /* it needs one for it */

/* EDI: it is known by now to have been TIMEOUT_NEVER. */
.macro	own_tcb
	step	own_tcb, 1
	movl	running_thread, %edi
.endm

/* The same when ESP is at the bottom of the trap frame. */
.macro	own_tcb_in_frame
	movl	running_thread, %edi
.endm

/* EAX: address of the receive buffer of the partner. */
.macro	partners_buffer
	movl	TCB_STACK_TOP(%ebp), %eax
	movl	FRAME_EAX - FRAME_BYTES(%eax), %eax
.endm

/* ECX: the trap frame of the partner. */
.macro	partners_frame
	movl	TCB_STACK_TOP(%ebp), %ecx
	subl	$FRAME_BYTES, %ecx
.endm

.macro	copy_stacks
	step	copy_stacks, 0
	cld
	movl	running_save_top, %ecx
	movl	%ecx, TCB_STACK_TOP(%edi)
	pushl	%edi
	leal	-FRAME_BYTES(%ecx), %edi
	movl	$processor_stack_top - FRAME_BYTES, %esi
	movl	$FRAME_BYTES >> 2, %ecx
	rep movsl
	movl	TCB_STACK_TOP(%ebp), %esi
	movl	%esi, running_save_top
	subl	$FRAME_BYTES, %esi
	movl	$processor_stack_top - FRAME_BYTES, %edi
	movl	$FRAME_BYTES >> 2, %ecx
	rep movsl
	movl	$processor_stack_top, TCB_STACK_TOP(%ebp)
	popl	%edi
.endm

/* ESP to the stack, EDI the page directory of the partner. */
.macro	switch_stack_to_partner
	movl	TCB_SPACE(%ebp), %edi
	movl	%ebp, running_thread
	movl	$processor_stack_top - PLACE_BYTES, %esp
.endm
