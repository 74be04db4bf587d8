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
