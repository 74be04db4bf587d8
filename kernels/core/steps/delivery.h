/* SPDX-License-Identifier: BSD-2-Clause */
/* Behind the point of no return: what the receiver gets, and what state it is in. */

/* The source of the message, for the receiver: a link, or the sender's uid. */
.macro	source_low source, to
.ifc	\source, port
	movl	TCB_INDEX(%edi), \to
.else
	movl	TCB_UID(%edi), \to
.endif
.endm

.macro	source_high source, to
.ifc	\source, port
	movl	$PORT_STATION, \to
.else
	movl	TCB_UID + 4(%edi), \to
.endif
.endm

/* 5.3.4: only the state words change, this one and the partner's to THREAD_READY. */
.macro	wait_for from
	step	wait_for, 1
	movl	\from, TCB_STATE(%edi)
.endm

/*
 * To a receiver that is not switched to: registers go where they will be loaded
 * from. EAX, EBX, EDX result and words. ECX: its trap frame then. Clobbers EDX.
 */
.macro	deliver source=uid
	step	deliver, 8
	partners_frame
	movl	%eax, TCB_RECEIVED(%ebp)
	movl	%ebx, FRAME_EBX(%ecx)
	movl	%edx, FRAME_ECX(%ecx)
	source_low	\source, %edx
	movl	%edx, FRAME_EDX(%ecx)
	source_high	\source, %edx
	movl	%edx, FRAME_ESI(%ecx)
.endm

/* What a send does behind the point of no return; EAX the result for the receiver. */
.macro	finish_send
	deliver
	start_partner
	keep_successor
.endm

/* EAX: that of a short message. */
.macro	short_result
	step	short_result, 1
	xorl	%eax, %eax
.endm

/* C may have to choose the next thread. */
.macro	cover_own_frame
	step	cover_own_frame, 1
	cover_frame
.endm

/* If anything between the guards and the switch needs a stack. */
.macro	cover_frame_if_needed
#if defined(COPIES_STACKS) || defined(CALLS_SCHEDULER) || defined(CHANGES_QUEUES)
	cover_frame
#endif
.endm

/*
 * 5.5.1: the guards' jumps are short. What they lead to is just before the
 * entry, and the entry at the start of a cache line.
 */
.macro	align_entry
#if CONFIG_CACHE_LAYOUT
	.balign	16
#endif
.endm

.macro	within_reach call
near_lost_\call:
	jmp	lost_\call
near_slow_\call:
	movl	$TIMEOUT_NEVER, %edi
near_timed_\call:
	jmp	slow_\call
	align_entry
.endm
