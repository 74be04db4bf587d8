/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A send makes its receiver ready, and a thread that waits leaves the processor to
 * another one (5.3.4, 5.3.5). A BARE thread that has its message goes on in either of two
 * ways: as C switches to it, by bare_goes_on; or straight from here.
 */

#define STARTS_BY_HAND                                                         \
	(CONFIG_THREAD_KERNEL_STACKS && CONFIG_LAZY_SCHEDULING &&              \
	    CONFIG_VIRTUAL_QUEUES)

/*
 * EBP, which has its message, becomes ready. ECX: its trap frame. ESP at the bottom of
 * one if C does it, which clobbers EAX. Clobbers ECX, EDX and ESI.
 */
.macro	start_partner
	step	start_partner, 9
#if STARTS_BY_HAND
	xorl	%edx, %edx
	movl	$bare_goes_on, -4(%ecx)
	movl	%edx, TCB_STATE(%ebp)
	subl	$SWITCH_FRAME_BYTES, %ecx
	movb	TCB_IN_READY_QUEUE(%ebp), %dl
	movl	%ecx, TCB_ESP(%ebp)
	testb	%dl, %dl
	jz	.Lqueue_\@
.Lqueued_\@:
	.subsection 3
.Lqueue_\@:
	queue_partner
	jmp	.Lqueued_\@
	.previous
#else
	movl	%ebp, %eax
	call_c	ipc_start
#endif
.endm

/* At the end of its ready queue, as queue_ready does. Clobbers ECX, EDX and ESI. */
.macro	queue_partner
	movzbl	TCB_PRIORITY(%ebp), %ecx
	cmpl	%ecx, ready_highest
	jae	1f
	movl	%ecx, ready_highest
1:	leal	ready_queues(, %ecx, 8), %ecx
	queue_mark	"insert ready_link"
	movl	4(%ecx), %esi
	leal	TCB_READY_LINK(%ebp), %edx
	movl	%ecx, TCB_READY_LINK(%ebp)
	movl	%esi, TCB_READY_LINK + 4(%ebp)
	movl	%edx, (%esi)
	movl	%edx, 4(%ecx)
	movb	$1, TCB_IN_READY_QUEUE(%ebp)
.endm

/* Can EBP go on from here? Then EAX is its dope and result, and ECX its trap frame. */
.macro	check_started otherwise
	partners_frame
	movl	TCB_RECEIVED(%ebp), %eax
	testb	$IPC_CODE, %al
	jnz	\otherwise
	cmpl	$bare_goes_on, -4(%ecx)
	jne	\otherwise
#if !CONFIG_DIRECT_TRANSFER
	cmpl	$0, TCB_INBOX(%ebp)
	jne	\otherwise
#endif
.endm

/* EDI waits; ESP at the bottom of its trap frame. Does not come back. */
.macro	choose_in_c
	movl	%edi, %eax
	call_c	ipc_wait
.endm

/*
 * From EDI, which waits, to EBP, and to its program. A window that a send has left open
 * is closed here: the TLB forgets it with the address space.
 */
.macro	switch_to_started
	step	leave_resources, 3
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
	movl	tables + TABLES_MESSAGE_LIMIT, %edx
	testl	%edx, %edx
	jz	.Lresources_\@
.Lleft_\@:
	.subsection 3
.Lresources_\@:
#if CONFIG_DIRECT_TRANSFER
	movl	TCB_SPACE(%edi), %edx
	cmpl	TCB_SPACE(%ebp), %edx
	je	2f
	cmpb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
	jne	2f
	xorl	%esi, %esi
	movl	%esi, PHYSICAL_MAP + WINDOW_ENTRY(%edx)
	movl	%esi, PHYSICAL_MAP + WINDOW_ENTRY + 4(%edx)
	movb	$0, TCB_RESOURCES(%edi)
	movl	$MESSAGE_LIMIT, %edx
	movl	%edx, tables + TABLES_MESSAGE_LIMIT
	jmp	.Lleft_\@
2:
#endif
	call	leave
	jmp	.Lleft_\@
	.previous
#endif
	change_coprocessor
	step	switch_to_started, 16
	movl	FRAME_EBX(%ecx), %ebx
	movl	FRAME_EDX(%ecx), %edx
	movl	FRAME_ESI(%ecx), %esi
	switch_page
	movl	TCB_SPACE(%edi), %edi
	cmpl	TCB_SPACE(%ebp), %edi
	movl	FRAME_ECX(%ecx), %ecx
	movl	TCB_SPACE(%ebp), %edi
	switch_stack_to_partner
	je	1f
	movl	%edi, %cr3
1:
	return_to_partner
	end_of_switch_page
.endm
