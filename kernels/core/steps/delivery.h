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

/*
 * 5.3.4: only the state words change. from: the thread to receive from, or
 * THREAD_BARE; for that a byte is enough, because the word of the thread that
 * runs is THREAD_READY, 0. ready: a register, 0 then.
 */
.macro	change_states from, ready, move=movl
	step	change_states, 4
	xorl	\ready, \ready
	\move	\from, TCB_STATE(%edi)
	movl	\ready, TCB_STATE(%ebp)
.endm

/*
 * To a receiver that is not switched to: registers go where they will be loaded
 * from. EAX, EBX, EDX result and words. Clobbers ECX.
 */
.macro	deliver source=uid
	partners_frame
	movl	%ebx, FRAME_EBX(%ecx)
	movl	%edx, FRAME_ECX(%ecx)
	source_low	\source, %edx
	movl	%edx, FRAME_EDX(%ecx)
	source_high	\source, %edx
	movl	%edx, FRAME_ESI(%ecx)
	movl	%eax, TCB_RECEIVED(%ebp)
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
	jmp	slow_\call
	align_entry
.endm
