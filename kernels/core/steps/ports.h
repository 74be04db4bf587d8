/* SPDX-License-Identifier: BSD-2-Clause */
/* 7.1: calls of a port, and answers by a link. */

/* 7.1, table 5: calls of a port, and answers by a link, have steps of their own;
 * those by a uid have one jump more that is not taken. */
.macro	check_port where
	step	check_port, 0
#if CONFIG_PORTS
	cmpl	$PORT_STATION, %esi
	je	\where
#endif
.endm

/*
 * EDX the index of a link in the own space, which leads to a port: EDI the port
 * then; EDX, ESI the uid of its thread. The tcb keeps the index for the C path.
 * A link that leads nowhere leads to uid 0: that of the idle thread, which
 * never waits for a message.
 */
.macro	find_port otherwise
	own_tcb
	movl	%edx, %ebp
	andl	$PORT_LINKS - 1, %ebp
	movl	TCB_LINKS(%edi), %esi
	movl	%edx, TCB_INDEX(%edi)
	movl	(%esi, %ebp, 4), %edi
	testl	$PORT_BYTES - 1, %edi	/* a link to answer by */
	jnz	\otherwise
	movl	PORT_THREAD(%edi), %edx
	movl	PORT_THREAD + 4(%edi), %esi
.endm

/*
 * The same with a link to answer by: EDX, ESI the uid of the sender that came by
 * it. All goes on as if the caller had named that, in the C path too.
 */
.macro	find_answered otherwise
	own_tcb
	movl	%edx, %ebp
	movl	TCB_LINKS(%edi), %edi
	andl	$PORT_LINKS - 1, %ebp
	movl	(%edi, %ebp, 4), %ebp
	movl	$TIMEOUT_NEVER, %edi
	testl	$PORT_BYTES - 1, %ebp	/* a port, or it leads nowhere */
	jz	\otherwise
	movl	(%ebp), %edx
	movl	4(%ebp), %esi
.endm

/*
 * The receiver by the port at ESI gets a link to answer by, which leads to the
 * running thread. Its index, the source, stays in that one's tcb. Clobbers EAX,
 * ECX and ESI.
 */
.macro	link_answer
	movl	TCB_UID(%edi), %eax
	movl	TCB_UID + 4(%edi), %ecx
	movl	%eax, PORT_ANSWERED(%esi)
	movl	%ecx, PORT_ANSWERED + 4(%esi)
	movl	PORT_REPLY_INDEX(%esi), %ecx
	movl	TCB_LINKS(%ebp), %eax
	addl	$PORT_ANSWERED, %esi
	movl	%ecx, TCB_INDEX(%edi)
	movl	%esi, (%eax, %ecx, 4)
.endm
