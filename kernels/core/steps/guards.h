/* SPDX-License-Identifier: BSD-2-Clause */
/* Guards that are the same in all kernels. */

/* Only a caller that waits for ever needs no wakeup list (5.3.3). */
.macro	check_timeout otherwise
	step	check_timeout, 2
	cmpl	$TIMEOUT_NEVER, %edi
	jne	\otherwise
.endm

/* Where the kernel begins; what begins before and runs into it meets the
 * firewall page (5.2.3). */
.macro	check_message otherwise
	step	check_message, 2
	cmpl	$USER_END - MESSAGE_DIRECT, %ecx
	ja	\otherwise
.endm

/* 5.3.1. */
.macro	compare_uid otherwise
	step	compare_uid, 6
	cmpl	%edx, TCB_UID(%ebp)
	jne	\otherwise
	cmpl	%esi, TCB_UID + 4(%ebp)
	jne	\otherwise
.endm

/* A call mostly finds a server that receives from any thread. */
.macro	check_open call
	step	check_open, 4
	cmpl	$THREAD_BARE, TCB_STATE(%ebp)
	jne	.Lnot_open_\call
.Lopen_\call:
.endm

.macro	rare_not_open call
.Lnot_open_\call:
	cmpl	%edi, TCB_STATE(%ebp)
	je	.Lopen_\call
	jmp	near_lost_\call
.endm

/* A reply finds a client that waits for just that. */
.macro	check_closed call
	step	check_closed, 3
	cmpl	%edi, TCB_STATE(%ebp)
	jne	.Lnot_closed_\call
.Lclosed_\call:
.endm

.macro	rare_not_closed call
.Lnot_closed_\call:
	cmpl	$THREAD_BARE, TCB_STATE(%ebp)
	je	.Lclosed_\call
	jmp	near_lost_\call
.endm

/* An empty queue points to itself. */
.macro	check_no_sender otherwise
	step	check_no_sender, 3
#if TCB_SENDERS == 0
	cmpl	%edi, (%edi)
	jne	\otherwise
#else
	addl	$TCB_SENDERS, %edi
	cmpl	%edi, (%edi)
	leal	-TCB_SENDERS(%edi), %edi
	jne	\otherwise
#endif
.endm

/* 5.5.6: one byte tells whether there is anything to leave. */
.macro	leave_resources call
	step	leave_resources, 4
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
	cmpb	$0, TCB_RESOURCES(%edi)
	jne	.Lleave_\call
.Lleft_\call:
#endif
.endm

.macro	rare_leave call
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
.Lleave_\call:
	call	leave
	jmp	.Lleft_\call
#endif
.endm

.macro	leave_code
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
leave:
	pushal
	movl	%edi, %eax
	movl	%ebp, %edx
	call_c	ipc_leave_resources
	popal
	ret
#endif
.endm

/* EBX and EDX the message. EDX, like ESI, is known: the destination's uid. */
.macro	load_words fault
	step	load_words, 2
	user	\fault, movl	MESSAGE_WORDS + 4(%ecx), %edx
	user	\fault, movl	MESSAGE_WORDS(%ecx), %ebx
.endm
