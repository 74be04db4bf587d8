/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.3.4: two deletions and two insertions, as queue_waits and queue_starts do them
 * (baseline/ready_queue.h).
 */

#define CHANGES_QUEUES /* it needs a stack for it */

/* 4 loads and stores. Clobbers EAX, ECX. */
.macro	delete link, thread, name
	queue_mark	"remove \name"
	movl	\link(\thread), %eax
	movl	\link + 4(\thread), %ecx
	movl	%eax, (%ecx)
	movl	%ecx, 4(%eax)
.endm

/* At the end of the queue at ESI. Clobbers EAX, ECX. */
.macro	insert link, thread, name
	queue_mark	"insert \name"
	leal	\link(\thread), %eax
	movl	4(%esi), %ecx
	movl	%esi, \link(\thread)
	movl	%ecx, \link + 4(\thread)
	movl	%eax, (%ecx)
	movl	%eax, 4(%esi)
.endm

.macro	change_queues
	step	change_queues, 0
	pushl	%eax
#if CONFIG_VIRTUAL_QUEUES
	delete	TCB_READY_LINK, %edi, ready_link
	movl	$waiting_queue, %esi
	insert	TCB_WAITING_LINK, %edi, waiting_link
	delete	TCB_WAITING_LINK, %ebp, waiting_link
	movzbl	TCB_PRIORITY(%ebp), %eax
	leal	ready_queues(, %eax, 8), %esi
	cmpl	%eax, ready_highest
	jae	1f
	movl	%eax, ready_highest
1:	insert	TCB_READY_LINK, %ebp, ready_link
#else
	pushl	%edx
	movl	%edi, %eax
	movl	%ebp, %edx
	call_c	ipc_change_queues
	popl	%edx
#endif
	popl	%eax
.endm
