/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.2.3: one copy, through a window on the receiver's space. */

#define WINDOW_ENTRY ((WINDOW >> 22) * 4) /* of a page directory */

/*
 * Table 4. EAX, the buffer's address in its space, becomes its address in the
 * window: the 8 MB that begin with its region are mapped there by two
 * assignments. The user bit is cleared, so that only the kernel sees them.
 * The TLB knows nothing of the window: the last thread in it has left it since.
 */
.macro	open_window otherwise
	cmpl	$USER_END, %eax
	jae	\otherwise
	movl	TCB_SPACE(%ebp), %ebx
	movl	TCB_SPACE(%edi), %esi
	cmpl	%ebx, %esi
	je	1f
	movl	%eax, %ecx
	shrl	$22, %ecx
	movl	PHYSICAL_MAP(%ebx, %ecx, 4), %edi
	movl	PHYSICAL_MAP + 4(%ebx, %ecx, 4), %ebx
	andl	$~PTE_USER, %edi
	andl	$~PTE_USER, %ebx
	andl	$REGION_SIZE - 1, %eax
	movl	%edi, PHYSICAL_MAP + WINDOW_ENTRY(%esi)
	movl	%ebx, PHYSICAL_MAP + WINDOW_ENTRY + 4(%esi)
	addl	$WINDOW, %eax
1:
.endm

/*
 * In two spaces or one. EDI: the running thread's tcb. Clobbers ECX, ESI. The switch
 * to the partner's space flushes the TLB. Where none follows for sure, the window is
 * left open until one does (switch_to_started).
 */
.macro	close_window
#if !CONFIG_DIRECT_SWITCH
	keep_window
#else
	movl	TCB_SPACE(%edi), %ecx
	xorl	%esi, %esi
	movl	%esi, PHYSICAL_MAP + WINDOW_ENTRY(%ecx)
	movl	%esi, PHYSICAL_MAP + WINDOW_ENTRY + 4(%ecx)
#endif
.endm

.macro	keep_window
	orb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
	movl	$0, tables + TABLES_MESSAGE_LIMIT
.endm

/*
 * From the message at ECX to the partner's buffer: one copy. EDX the dope then.
 */
.macro	transfer_directly otherwise
	cld
	user	\otherwise, movl	MESSAGE_DOPE(%ecx), %edx
	partners_buffer
	open_window	\otherwise
	movl	FRAME_ECX(%esp), %esi
	movl	%eax, %edi
	movl	%eax, %ebx
	copy_direct	\otherwise
	copy_more	\otherwise
.endm

.macro	transfer_message otherwise
	transfer_directly	\otherwise
.endm

/* In the partner's space. */
.macro	finish_transfer
	return_in_switch_page
.endm

/* The window is left open: another call would find it so. */
.macro	note_window
	own_tcb_in_frame
	keep_window
.endm

.macro	take_over_code
.endm

/* Without a switch; sent is behind it. The window stays open (close_window). */
.macro	send_long
	cover_frame
	movl	%ebx, FRAME_EBX(%esp)
	movl	%eax, FRAME_EAX(%esp)
	movl	%ecx, FRAME_ECX(%esp)
	transfer_directly	send_failed
	movl	FRAME_ECX(%esp), %ecx
	own_tcb_in_frame
	movl	%edx, %eax
	load_words		send_failed
	xorl	%esi, %esi
	andl	$~IPC_RESULT, %eax
	movl	%esi, tables + TABLES_MESSAGE_LIMIT
	movb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
#if CONFIG_PAGE_REMAPPING
	/* The sender goes on: it must not see pages that it had. */
	testl	$0xFF000000, %eax
	jz	1f
	movl	%cr3, %ecx
	movl	%ecx, %cr3
1:
#endif
.endm

.macro	send_failed_code
send_failed:
	note_window
	movl	FRAME_EAX(%esp), %eax
	movl	FRAME_EBX(%esp), %ebx
	movl	FRAME_ECX(%esp), %ecx
	uncover_frame
	jmp	lost_send
.endm
