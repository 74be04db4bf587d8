/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.5: the partner becomes ready, and the scheduler chooses. */

#define CALLS_SCHEDULER /* it needs a stack for it */

/* As in optimized/steps/direct_switch.h; ESP at the bottom of the trap frame. */
.macro	go_on from, source=uid, result
	wait_for	\from
.ifb	\result
	xorl	%eax, %eax
.endif
	deliver		\source
	start_partner
	switch_to_next
.endm

.macro	keep_successor
.endm

/* EDI waits: the first of the ready queues that is ready, for its timeslice. */
.macro	switch_to_next
#if STARTS_BY_HAND
.Lnext_\@:
	movl	ready_highest, %eax
	leal	ready_queues(, %eax, 8), %ecx
	movl	(%ecx), %ebp
	cmpl	%ecx, %ebp
	je	.Lschedule_\@
	subl	$TCB_READY_LINK, %ebp
	movl	TCB_STATE(%ebp), %eax
	testl	%eax, %eax
	jnz	.Lwaits_\@
	check_started	.Lschedule_\@
	movl	TCB_TIMESLICE(%ebp), %edx
	movl	%edx, timeslice
	switch_to_started
	.subsection 3
.Lwaits_\@:
	queue_mark	"remove ready_link"
	movl	TCB_READY_LINK(%ebp), %eax
	movb	$0, TCB_IN_READY_QUEUE(%ebp)
	movl	%eax, (%ecx)
	movl	%ecx, 4(%eax)
	jmp	.Lnext_\@
.Lschedule_\@:
#endif
	choose_in_c
#if STARTS_BY_HAND
	.previous
#endif
.endm

/* It has returned. */
.macro	return_in_switch_page
.endm
