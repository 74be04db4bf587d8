/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.5: the processor goes straight to the partner. */

/*
 * Behind the point of no return. from: the tcb of the thread to receive from, or the own
 * one: from any. source: what the partner finds in EDX and ESI (delivery.h). result: empty,
 * and EAX will be 0; or what is in EAX is kept. EBX, EDX the words.
 */
.macro	go_on from, source=uid, result
	wait_for	\from
	change_queues
	change_coprocessor
	copy_stacks
	switch_page
	switch_to_partner	\source, \result
.endm

/*
 * All registers will be the partner's. Nothing of the old space is touched behind the new
 * one's page directory.
 */
.macro	switch_to_partner source, result
	step	switch_to_partner, 16
.ifb	\result
	movl	%edx, %ecx
	source_low	\source, %edx
	source_high	\source, %esi
	movl	TCB_SPACE(%edi), %eax
	movl	TCB_SPACE(%ebp), %edi
	cmpl	%edi, %eax
	movl	$THREAD_READY, %eax
	movl	%eax, TCB_STATE(%ebp)
.else
	xorl	%esi, %esi
	movl	%esi, TCB_STATE(%ebp)
	movl	TCB_SPACE(%edi), %ecx
	cmpl	TCB_SPACE(%ebp), %ecx
	movl	%edx, %ecx
	source_low	\source, %edx
	source_high	\source, %esi
	movl	TCB_SPACE(%ebp), %edi
.endif
	switch_stack_to_partner
	je	1f
	movl	%edi, %cr3
1:
.endm

/*
 * Behind start_partner: when the running thread waits, this one is next. It stays as it
 * is until it gets the processor: C, which might give it that, forgets it then.
 */
.macro	keep_successor
	step	keep_successor, 1
	movl	%ebp, bare_successor
.endm

/* EDI waits; ESP at the bottom of its trap frame. */
.macro	switch_to_next
	step	switch_to_next, 7
#if STARTS_BY_HAND
	movl	bare_successor, %ebp
	xorl	%eax, %eax
	testl	%ebp, %ebp
	jz	.Lschedule_\@
	movl	%eax, bare_successor
	partners_frame
	movl	TCB_RECEIVED(%ebp), %eax
	switch_to_started
	.subsection 3
.Lschedule_\@:
#endif
	choose_in_c
#if STARTS_BY_HAND
	.previous
#endif
.endm

/* The way back to the user, in whatever page go_on has ended. */
.macro	return_in_switch_page
	return_to_partner
	end_of_switch_page
.endm
