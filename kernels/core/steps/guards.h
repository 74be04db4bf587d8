/* SPDX-License-Identifier: BSD-2-Clause */
/* Guards that are the same in all kernels. */

/* ZF if DS and ES are USER_DATA. Two registers to clobber, and their lower halves. */
.macro	compare_segments ds, es, es_low, ds_low
	movl	%ds, \ds
	subl	$2 * USER_DATA, \ds
	movl	%es, \es
	addw	\ds_low, \es_low
.endm

/*
 * The first guards of a call that may wait. Parameters in memory can only be read with
 * good segments; those in registers go first, because a timeout that is known leaves its
 * register to check_segments.
 */
.macro	check_entry call
#if CONFIG_REGISTER_PARAMETERS && CONFIG_SEGMENT_CHECK
	check_timeout		near_timed_\call
	check_segments		near_slow_\call
#else
	check_segments		near_slow_\call
	fetch_parameters	near_slow_\call
	check_timeout		near_timed_\call
#endif
.endm

/* Only a caller that waits for ever needs no wakeup list (5.3.3). */
.macro	check_timeout otherwise
	step	check_timeout, 2
	cmpl	$TIMEOUT_NEVER, %edi
	jne	\otherwise
.endm

/*
 * Where the kernel begins; what begins before and runs into it meets the firewall page
 * (5.2.3). And, in one comparison, that there is nothing to leave (resources.h).
 */
.macro	check_message call
	step	check_message, 3
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
	cmpl	tables + TABLES_MESSAGE_LIMIT, %ecx
#else
	cmpl	$MESSAGE_LIMIT, %ecx
#endif
	ja	.Lleave_\call
.Lleft_\call:
.endm

/* A call mostly finds a server that receives from any thread. */
.macro	check_open call
	step	check_open, 3
	cmpl	%ebp, TCB_STATE(%ebp)
	jne	.Lnot_open_\call
.Lopen_\call:
.endm

.macro	rare_not_open call
.Lnot_open_\call:
	cmpl	%edi, TCB_STATE(%ebp)
	je	.Lopen_\call
	jmp	near_lost_\call
.endm

/* An answer finds a client that waits for just that. */
.macro	check_closed call
	step	check_closed, 3
	cmpl	%edi, TCB_STATE(%ebp)
	jne	.Lnot_closed_\call
.Lclosed_\call:
.endm

.macro	rare_not_closed call
.Lnot_closed_\call:
	cmpl	%ebp, TCB_STATE(%ebp)
	je	.Lclosed_\call
	jmp	near_lost_\call
.endm

/* Bits that have been set are a message, for a receiver from any thread. */
.macro	check_no_notification otherwise
#if CONFIG_NOTIFICATIONS
	step	check_no_notification, 2
	cmpl	$0, TCB_NOTIFICATIONS(%edi)
	jne	\otherwise
#endif
.endm

/* A receive from notifications only. */
.macro	check_from_bits
#if CONFIG_NOTIFICATIONS
	cmpl	$NOTIFICATION_LOW, %edx
	je	from_bits
#endif
.endm

/*
 * from_bits: EDX, ESI perhaps NOTIFICATION. bits_for_any: from any, and there are bits,
 * but no sender. EDI the own tcb. Bits that there are come in registers.
 */
.macro	receive_bits
#if CONFIG_NOTIFICATIONS
from_bits:
	testl	%esi, %esi
	jnz	near_slow_receive
	movl	$notification_sender, %ebp
	cmpl	$0, TCB_NOTIFICATIONS(%edi)
	je	receive_bare
#if !CONFIG_REGISTER_MESSAGES
	jmp	near_slow_receive
#else
	jmp	1f
#endif
bits_for_any:
#if !CONFIG_REGISTER_MESSAGES
	xorl	%esi, %esi		/* as it was */
	jmp	near_slow_receive
#else
	movl	$NOTIFICATION_LOW, %edx
	xorl	%esi, %esi
1:	xorl	%ecx, %ecx
	movl	TCB_NOTIFICATIONS(%edi), %ebx
	xorl	%eax, %eax
	movl	%ecx, TCB_NOTIFICATIONS(%edi)
	return_to_partner
#endif
#endif
.endm

/*
 * A reply asks for that, and that no sender waits: in one comparison. An empty queue
 * points to itself, which is where the tcb is; one that is not empty points into the
 * middle of a tcb, for which no thread waits. ESI is known.
 */
.macro	check_reply call
	step	check_reply, 4
#if TCB_SENDERS == 0
	movl	TCB_SENDERS(%edi), %esi
	cmpl	%esi, TCB_STATE(%ebp)
	jne	.Lnot_simple_\call
#else
	jmp	.Lnot_simple_\call
#endif
.Lsimple_\call:
.endm

.macro	rare_not_simple call
.Lnot_simple_\call:
	check_no_sender	near_lost_\call
	cmpl	%edi, TCB_STATE(%ebp)
	je	.Lsimple_\call
	cmpl	%ebp, TCB_STATE(%ebp)
	je	.Lsimple_\call
	jmp	near_lost_\call
.endm

/* A receive from one thread in particular goes elsewhere. Clobbers EBP. */
.macro	check_from_any otherwise
	step	check_from_any, 3
	movl	%edx, %ebp
	orl	%esi, %ebp
	jnz	\otherwise
.endm

/* EBP: for wait_for. */
.macro	receive_from_any
	step	receive_from_any, 1
	movl	%edi, %ebp
.endm

/* A receiver of higher priority runs at once. EDX is known. */
.macro	check_priority otherwise
	step	check_priority, 4
	movb	TCB_PRIORITY(%edi), %dl
	cmpb	%dl, TCB_PRIORITY(%ebp)
	ja	\otherwise
.endm

/* An empty queue points to itself. Clobbers ESI. */
.macro	check_no_sender otherwise
	step	check_no_sender, 3
#if TCB_SENDERS == 0
	cmpl	%edi, TCB_SENDERS(%edi)
#else
	leal	TCB_SENDERS(%edi), %esi
	cmpl	%esi, (%esi)
#endif
	jne	\otherwise
.endm

/* With or without something to leave, the address may be wrong; or it is the block of
 * virtual registers. */
.macro	rare_leave call, otherwise, block
.Lleave_\call:
#if BLOCKS_BY_HAND
.ifnb	\block
	cmpl	$BLOCKS, %ecx
	jae	\block
.endif
#endif
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
	call	leave
	cmpl	$MESSAGE_LIMIT, %ecx
	jbe	.Lleft_\call
#endif
	jmp	\otherwise
.endm

.macro	leave_code
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
leave:
	pushal
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
