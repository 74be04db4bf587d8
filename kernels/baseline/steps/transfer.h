/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.2.3: two copies, by way of a buffer in the kernel. There is one, for one message
 * only: where the scheduler may choose another thread in between, the C path is taken.
 */

.macro	close_window
.endm

/* The first of two copies: to message_buffer (baseline/transfer.h). */
.macro	transfer_to_buffer otherwise
	cld
	user	\otherwise, movl	MESSAGE_DOPE(%ecx), %edx
	check_nothing_more	\otherwise
	movl	%ebx, message_buffer + BUFFER_PATIENCE
	movl	%edx, message_buffer + BUFFER_DOPE
	leal	FIRST(%ecx), %esi
	movl	$message_buffer + BUFFER_WORDS + FIRST - MESSAGE_WORDS, %edi
	count_dwords	\otherwise
	add_first_dwords
	user	\otherwise, rep movsl
.endm

/* And the second, in the partner's space. EDX the dope then. */
.macro	transfer_from_buffer otherwise
	movl	FRAME_EAX(%esp), %edi
	cmpl	$USER_END, %edi
	jae	\otherwise
	movl	message_buffer + BUFFER_DOPE, %edx
	movl	$message_buffer + BUFFER_WORDS - MESSAGE_WORDS, %esi
	cld
	copy_direct	\otherwise
.endm

.macro	transfer_message otherwise
#if CONFIG_DIRECT_SWITCH
	transfer_to_buffer	\otherwise
#else
	jmp	\otherwise
#endif
.endm

/* In the partner's space. */
.macro	finish_transfer
#if CONFIG_DIRECT_SWITCH
	switch_page_end
	cover_frame
	movl	%ebx, FRAME_EBX(%esp)
	movl	%ecx, FRAME_ECX(%esp)
	movl	%edx, FRAME_EDX(%esp)
	movl	%esi, FRAME_ESI(%esp)
	transfer_from_buffer	take_over
	movl	%edx, %eax
	andl	$~IPC_RESULT, %eax
	movl	FRAME_EBX(%esp), %ebx
	movl	FRAME_ECX(%esp), %ecx
	movl	FRAME_EDX(%esp), %edx
	movl	FRAME_ESI(%esp), %esi
	uncover_frame
	return_to_partner
#else
	return_in_switch_page
#endif
.endm

.macro	note_window
.endm

/* The sender has gone; the receiver cannot take the message just so. */
.macro	take_over_code
take_over:
	movl	%esp, %eax
	call	ipc_take_over
	jmp	return_to_user
.endm

.macro	send_long
	jmp	lost_send
.endm

.macro	send_failed_code
.endm
