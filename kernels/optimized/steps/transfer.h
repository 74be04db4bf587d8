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
 * In two spaces or one. EDI: the running thread's tcb. Clobbers ECX. The switch
 * to the partner's space flushes the TLB; where none follows, this does.
 */
.macro	close_window
	movl	TCB_SPACE(%edi), %ecx
	movl	$0, PHYSICAL_MAP + WINDOW_ENTRY(%ecx)
	movl	$0, PHYSICAL_MAP + WINDOW_ENTRY + 4(%ecx)
#if !CONFIG_DIRECT_SWITCH || !CONFIG_RPC_SYSCALLS
	movl	%ecx, %cr3
#endif
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
	orb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
.endm

.macro	take_over_code
.endm

.macro	check_window_closed otherwise
	testb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
	jnz	\otherwise
.endm

/* Without a switch: then on to sent, or out. */
.macro	send_long
	cover_frame
	movl	%eax, FRAME_EAX(%esp)
	movl	%ebx, FRAME_EBX(%esp)
	movl	%ecx, FRAME_ECX(%esp)
	transfer_directly	send_failed
	movl	FRAME_ECX(%esp), %ecx
	movl	%edx, %eax
	load_words		send_failed
	andl	$~IPC_RESULT, %eax
	own_tcb_in_frame
	close_window
	jmp	sent

send_failed:
	own_tcb_in_frame
	orb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
	movl	FRAME_EAX(%esp), %eax
	movl	FRAME_EBX(%esp), %ebx
	movl	FRAME_ECX(%esp), %ecx
	uncover_frame
.endm
