/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel services that only read, and so need no trap frame. in, out: as in abi.h; or
 * behind it. Only with segments that are checked; those that are saved need one.
 */

.macro	answer_simple_services
#if CONFIG_SEGMENT_CHECK
	own_uid_service
	cmpl	$SERVICE_CLOCK, %eax
	jne	1f
	compare_segments %eax, %ebx, %bx, %ax
	movl	$SERVICE_CLOCK, %eax
	jne	1f
	movl	clock_ticks, %ebx
	xorl	%eax, %eax
	iret
1:
	notify_service
#endif
.endm

/*
 * SERVICE_NOTIFY, of a thread that does not wait, or waits for ever and has no higher
 * priority. EBX the bits; EDX, ESI the uid. A uid with nothing in its higher word may be
 * that of a tcb that was never used, which cannot be written.
 */
.macro	notify_service
#if CONFIG_NOTIFICATIONS && STARTS_BY_HAND && CONFIG_VIRTUAL_TCBS &&           \
    CONFIG_REGISTER_MESSAGES && CONFIG_UID_ADDRESSING
	cmpl	$SERVICE_NOTIFY, %eax
	jne	4f
	pushl	%ebp
	pushl	%edi
	pushl	%esi
	pushl	%edx
	pushl	%ecx
	compare_segments %edi, %ecx, %cx, %di
	jne	3f
	testl	%esi, %esi
	jz	3f
	compute_destination 3f
	compare_uid	3f
	movl	TCB_STATE(%ebp), %ecx
	cmpl	%ebp, %ecx
	je	1f
	cmpl	$notification_sender, %ecx
	je	1f
	cmpl	$THREAD_RECEIVING, %ecx
	je	3f
	orl	%ebx, TCB_NOTIFICATIONS(%ebp)
	jmp	2f
1:	testl	%ebx, %ebx
	jz	2f
	movb	TCB_PRIORITY + OWN_TCB_ON_ENTRY + 5 * 4(%esp), %cl
	cmpb	%cl, TCB_PRIORITY(%ebp)
	ja	3f
	partners_frame
	xorl	%edx, %edx
	movl	%edx, TCB_RECEIVED(%ebp)
	movl	%ebx, FRAME_EBX(%ecx)
	movl	%edx, FRAME_ECX(%ecx)
	movl	$NOTIFICATION_LOW, FRAME_EDX(%ecx)
	movl	%edx, FRAME_ESI(%ecx)
	start_partner
	keep_successor
2:	popl	%ecx
	popl	%edx
	popl	%esi
	popl	%edi
	popl	%ebp
	xorl	%eax, %eax
	iret
3:	popl	%ecx
	popl	%edx
	popl	%esi
	popl	%edi
	popl	%ebp
4:
#endif
.endm

/* SERVICE_SELF is 0. The tcb is in the page of the stack. */
.macro	own_uid_service
#if CONFIG_VIRTUAL_TCBS && CONFIG_THREAD_KERNEL_STACKS
	testl	%eax, %eax
	jnz	2f
	compare_segments %edx, %esi, %si, %dx
	jne	1f
	movl	TCB_UID + OWN_TCB_ON_ENTRY(%esp), %edx
	movl	TCB_UID + 4 + OWN_TCB_ON_ENTRY(%esp), %esi
	iret
2:
#endif
.endm
