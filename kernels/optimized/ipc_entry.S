/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand-coded path (5.5.4, 7.4): IPC to a partner that waits for it.
 *
 * It consists of steps. First come guards, each of which leaves to the C path
 * with the caller's registers as they were; the last one is followed by the
 * point of no return; then come the state words, the switch and the way back
 * to the user. A step that a switch decides is in optimized/steps/ and, as it is
 * without the technique, in baseline/steps/, under the same name (include/steps.h).
 *
 * Before the point of no return this is written, and the C path knows of it: the
 * window, which is left open when a transfer fails (RESOURCE_WINDOW); the contents
 * of the receiver's buffer, which it does not read before the message has come; the
 * index of a link, in the tcb of the caller of a port.
 *
 * Registers from guard to guard:
 *
 *	EAX  receive buffer		ECX  message to send
 *	EBX  send timeout		EDX, ESI  destination's uid
 *	EDI  receive timeout; behind check_entry scratch, behind own_tcb the running
 *	     thread's tcb
 *	EBP  scratch; behind compute_destination the destination's tcb
 *
 * Kernel stack, downwards: SS ESP EFLAGS CS EIP, pushed by the processor: the
 * top of a struct trap_frame. Of its other places, below ESP, a thread that
 * waits has filled only that of EAX: it is BARE (ipc.h).
 *
 * A page fault at a user address leaves to the C path as well, which knows
 * how to ask a pager (5.2.5). One at a tcb is served and the instruction
 * repeated.
 *
 * Each step tells its cycles. With 71 for int, 36 for iret, 6 for the user's loop
 * and 45 for five TLB misses a short call takes 205, a reply 206. The misses:
 * partner's tcb, message; in the new space its tcb again, this path with the tables,
 * and code of the user. make profile CONFIG=optimized shows each instruction.
 */
#include <steps.h>

/*
 * In memory: the C path (subsection 0), the entries (1), rare branches of either (2, 3).
 */
	.section .text.ipc, "ax"
	.globl	ipc_path_start, ipc_path_end
ipc_path_start:
	.subsection 4
ipc_path_end:
	.subsection 1

	.globl	entry_send, entry_receive
	.globl	entry_call, entry_reply_and_receive_next

#if CONFIG_RPC_SYSCALLS

/* ---- call -------------------------------------------------------------------- */

/*
 * in:  table 6, and what the processor has pushed
 * out: in another thread, table 6; or in the C path
 */
	rare_not_open		call
	rare_leave		call, near_slow_call, block_call
	within_reach		call
entry_call:
	check_entry		call
call_path:			/* a name for profiles */
	check_port		entry_port_call
	compute_destination	near_slow_call
	check_message		call
	own_tcb
	compare_uid		near_slow_call
	check_legal		near_lost_call
	check_open		call
	check_short		long_call, near_lost_call
	load_words		near_lost_call
	/* Point of no return. */
	keep_buffer
	cover_frame_if_needed
	go_on			%ebp
	return_in_switch_page

long_call:
	movl	%ebp, %edx
	movl	$lost_call, %esi
	jmp	transfer

#endif

#if HAS_REPLY_AND_RECEIVE_NEXT

/* ---- reply & receive next ------------------------------------------------------ */

/* in, out: as entry_call */
	rare_not_simple		reply_and_receive_next
	rare_leave		reply_and_receive_next, near_slow_reply_and_receive_next, block_reply
	within_reach		reply_and_receive_next
entry_reply_and_receive_next:
	check_entry		reply_and_receive_next
reply_path:			/* a name for profiles */
	check_port		by_link
.Lby_uid:
	compute_destination	near_slow_reply_and_receive_next
	check_message		reply_and_receive_next
	own_tcb
	compare_uid		near_slow_reply_and_receive_next
	check_legal		near_lost_reply_and_receive_next
	check_reply		reply_and_receive_next
	check_no_notification	near_lost_reply_and_receive_next
	check_short		long_reply, near_lost_reply_and_receive_next
	load_words		near_lost_reply_and_receive_next
	/* Point of no return. */
	keep_buffer
	cover_frame_if_needed
	go_on			%edi
	return_in_switch_page

long_reply:
	movl	%edi, %edx
	movl	$lost_reply_and_receive_next, %esi
	jmp	transfer

#endif

#if CONFIG_RPC_SYSCALLS

/* ---- either, with more than 8 bytes -------------------------------------------- */

/*
 * in:  behind all guards but check_short; EDX for which tcb to wait, ESI
 *	where the C path is entered if it is not so simple
 *
 * The frame keeps what the guards found: EAX, EBX, ECX the caller's; EDX, ESI
 * as above. No other thread runs meanwhile, for 16 KB at most 0.5 ms.
 */
	.balign	16
transfer:
	cover_frame
	movl	%eax, FRAME_EAX(%esp)
	movl	%ebx, FRAME_EBX(%esp)
	movl	%ecx, FRAME_ECX(%esp)
	movl	%edx, FRAME_EDX(%esp)
	movl	%esi, FRAME_ESI(%esp)
	transfer_message	transfer_failed
	movl	FRAME_ECX(%esp), %ecx
	movl	%edx, %eax
	load_words		transfer_failed
	/* Point of no return. */
	andl	$~IPC_RESULT, %eax
	own_tcb_in_frame
	close_window
	keep_buffer_in_frame
	movl	FRAME_EDX(%esp), %ecx
	go_on			%ecx, uid, kept
	finish_transfer

/* Only the sender has noticed yet. */
transfer_failed:
	note_window
	movl	FRAME_EAX(%esp), %eax
	movl	FRAME_EBX(%esp), %ebx
	movl	FRAME_ECX(%esp), %ecx
	movl	FRAME_ESI(%esp), %esi
	uncover_frame
	jmp	*%esi

	take_over_code

#if BLOCKS_BY_HAND

/* ---- from block to block ---------------------------------------------------------- */

/* in: behind compute_destination. out: as entry_call */
	align_entry
block_call:
	own_tcb
	compare_uid		slow_call
	check_legal		lost_call
	cmpl	%ebp, TCB_STATE(%ebp)
	je	1f
	cmpl	%edi, TCB_STATE(%ebp)
	jne	lost_call
1:	check_blocks		lost_call
	/* Point of no return. */
	send_block		%ebp

#if HAS_REPLY_AND_RECEIVE_NEXT
	align_entry
block_reply:
	own_tcb
	compare_uid		slow_reply_and_receive_next
	check_legal		lost_reply_and_receive_next
	check_no_sender		lost_reply_and_receive_next
	check_no_notification	lost_reply_and_receive_next
	cmpl	%edi, TCB_STATE(%ebp)
	je	1f
	cmpl	%ebp, TCB_STATE(%ebp)
	jne	lost_reply_and_receive_next
1:	check_blocks		lost_reply_and_receive_next
	/* Point of no return. */
	send_block		%edi
#endif

#endif /* BLOCKS_BY_HAND */

#if CONFIG_PORTS

#if HAS_REPLY_AND_RECEIVE_NEXT

/* ---- reply by a link ------------------------------------------------------------ */

/* in: EDX the index of the link; behind check_timeout */
	align_entry
by_link:
	find_answered		slow_reply_and_receive_next
	jmp	.Lby_uid

#endif

/* ---- call of a port (7.1) --------------------------------------------------------- */

/* in: as by_link. out: as entry_call. What is not short goes by the C path */
	rare_not_open		port_call
	rare_leave		port_call, near_lost_port_call
near_lost_port_call:
	own_tcb
	movl	TCB_INDEX(%edi), %edx
	movl	$PORT_STATION, %esi
	movl	$TIMEOUT_NEVER, %edi
	jmp	slow_call
	align_entry
entry_port_call:
	find_port		near_lost_port_call
	compute_destination	near_lost_port_call
	check_message		port_call
	compare_uid		near_lost_port_call
	movl	%edi, %esi
	own_tcb
	check_not_self		near_lost_port_call
	check_open		port_call
	check_short		near_lost_port_call, near_lost_port_call
	load_words		near_lost_port_call
	/* Point of no return. */
	keep_buffer
	link_answer
	cover_frame_if_needed
	go_on			%ebp, port
	return_in_switch_page

#endif /* CONFIG_PORTS */

#endif /* CONFIG_RPC_SYSCALLS */

#if !CONFIG_RPC_SYSCALLS
	.set	entry_call, c_call	/* not in the IDT */
#endif
#if !HAS_REPLY_AND_RECEIVE_NEXT
	.set	entry_reply_and_receive_next, c_reply_and_receive_next
#endif

/* ---- send ----------------------------------------------------------------------- */

/*
 * in:  table 6, and what the processor has pushed
 * out: EAX IPC_OK; or in the C path. The receiver is ready, the sender goes on
 */
	rare_not_closed		send
	rare_leave		send, near_slow_send
	within_reach		send
entry_send:
	check_segments		near_slow_send
send_path:			/* a name for profiles */
	fetch_parameters	near_slow_send
	compute_destination	near_slow_send
	check_message		send
	own_tcb
	compare_uid		near_slow_send
	check_legal		near_lost_send
	check_closed		send
	check_priority		near_lost_send
	check_short		long_send, near_lost_send
	load_words		near_lost_send
	/* Point of no return. */
	short_result
#if STARTS_BY_HAND
	finish_send
	return_to_partner
#else
	cover_frame
	jmp	sent
#endif

long_send:
	send_long
sent:
	finish_send
	xorl	%eax, %eax
	uncover_frame
	return_to_partner

	send_failed_code

/* ---- receive -------------------------------------------------------------------- */

/*
 * in:  table 6, and what the processor has pushed
 * out: in the next thread; or in the C path
 */
receive_closed:
	check_from_bits
	testl	%esi, %esi		/* as of a tcb that was never used */
	jz	near_slow_receive
	compute_destination	near_slow_receive
	own_tcb
	compare_uid		near_slow_receive
	cmpl	%edi, %ebp
	je	near_slow_receive
	cmpl	$THREAD_SENDING, TCB_STATE(%ebp)
	jne	receive_bare
	jmp	near_slow_receive
	receive_bits
sender_waits:
	xorl	%esi, %esi		/* as it was */
	jmp	near_slow_receive
	within_reach		receive
entry_receive:
	check_entry		receive
receive_path:			/* a name for profiles */
	own_tcb
	check_from_any		receive_closed
	check_no_sender		sender_waits
	check_no_notification	bits_for_any
	receive_from_any
receive_bare:
	/* Point of no return. */
	keep_buffer
	wait_for		%ebp
	cover_own_frame
	switch_to_next

/* ---- the C path ------------------------------------------------------------ */

	.subsection 0

	leave_code

/*
 * slow_...: registers are the caller's, ESP is as it was behind check_segments.
 * lost_...: EDX, ESI and EDI are no longer the caller's, but known.
 */
.macro	c_path call, number
	.globl	after_ipc_\call
lost_\call:
	movl	TCB_UID(%ebp), %edx
	movl	TCB_UID + 4(%ebp), %esi
	movl	$TIMEOUT_NEVER, %edi
slow_\call:
	restore_segments
c_\call:
	pushl	$0
	pushl	$\number
	enter	ipc_\call
after_ipc_\call:
	jmp	return_to_user
.endm

	c_path	receive, IPC_RECEIVE
	c_path	send, IPC_SEND
	c_path	call, IPC_CALL
	c_path	reply_and_receive_next, IPC_REPLY_AND_RECEIVE_NEXT

/* A BARE thread, settled, goes on here. ESP: its trap frame. */
	.globl	bare_goes_on
bare_goes_on:
	movl	%esp, %eax
	call	ipc_bare_goes_on
	jmp	return_to_user

	thread_lookup_code

	.section .note.GNU-stack, "", @progbits
