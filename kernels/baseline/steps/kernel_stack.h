/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.2.4: the processor has one kernel stack; what both threads have on it goes to and
 * from where it is kept.
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

/* What a BARE thread has on it. */
.macro	copy_bare from, from_offset, to, to_offset
.irp	place, FRAME_EAX, FRAME_EIP, FRAME_EIP + 4, FRAME_EIP + 8, FRAME_EIP + 12, FRAME_EIP + 16
	movl	\place + \from_offset(\from), %esi
	movl	%esi, \place + \to_offset(\to)
.endr
#if !CONFIG_SEGMENT_CHECK
.irp	place, FRAME_GS, FRAME_FS, FRAME_ES, FRAME_DS
	movl	\place + \from_offset(\from), %esi
	movl	%esi, \place + \to_offset(\to)
.endr
#endif
.endm

/* ESP at the bottom of the trap frame. Clobbers ECX and ESI. */
.macro	copy_stacks
	step	copy_stacks, 0
	movl	running_save_top, %ecx
	movl	%ecx, TCB_STACK_TOP(%edi)
	copy_bare	%esp, 0, %ecx, -FRAME_BYTES
	movl	TCB_STACK_TOP(%ebp), %ecx
	movl	%ecx, running_save_top
	movl	$processor_stack_top, TCB_STACK_TOP(%ebp)
	copy_bare	%ecx, -FRAME_BYTES, %esp, 0
.endm

/* ESP to the stack of the partner. */
.macro	switch_stack_to_partner
	movl	%ebp, running_thread
	movl	$processor_stack_top - PLACE_BYTES, %esp
.endm
