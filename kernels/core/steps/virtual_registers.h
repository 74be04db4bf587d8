/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extension VIRTUAL_REGISTERS: a message from block to block. Those that go by the shortest
 * way are calls, and replies; others go by the C path, and all without a direct switch, which
 * would make these steps as long as the path itself.
 */

#define BLOCKS_BY_HAND                                                         \
	(CONFIG_VIRTUAL_REGISTERS && CONFIG_REGISTER_PARAMETERS &&             \
	    CONFIG_REGISTER_MESSAGES && CONFIG_COMPLEX_MESSAGES &&             \
	    CONFIG_DIRECT_SWITCH)

/*
 * The message at ECX is the own block, and the partner waits with its own; what is in it
 * fits there. EDX the dope then, ESI the partner's block. EDI the own tcb.
 */
.macro	check_blocks otherwise
	step	check_blocks, 21
	cmpl	TCB_BLOCK(%edi), %ecx
	jne	\otherwise
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
	cmpl	$MESSAGE_LIMIT, tables + TABLES_MESSAGE_LIMIT
	jne	.Lleave_\@
.Lleft_\@:
	.subsection 3
.Lleave_\@:
	call	leave
	jmp	.Lleft_\@
	.previous
#endif
	movl	%eax, %edx
	partners_buffer
	xchgl	%eax, %edx
	cmpl	TCB_BLOCK(%ebp), %edx
	jne	\otherwise
	movl	TCB_BLOCK_HERE(%ebp), %esi
	movl	MESSAGE_DOPE(%ecx), %edx
	cmpl	$MOST_OF_A_BLOCK, %edx
	ja	\otherwise
	cmpb	%dh, MESSAGE_SIZE + 1(%esi)
	jb	\otherwise
.endm

/*
 * Behind the point of no return. EAX the dope then; EBX, EDX the words; EDI the own tcb.
 * No page can be missing. Clobbers ECX and ESI.
 */
.macro	copy_block
	step	copy_block, 23
	leal	MESSAGE_DIRECT(%esi), %edi
	leal	MESSAGE_DIRECT(%ecx), %esi
	movl	MESSAGE_WORDS(%ecx), %ebx
	movl	%edx, %eax
	movl	MESSAGE_WORDS + 4(%ecx), %edx
	movzbl	%ah, %ecx
	andl	$~IPC_RESULT, %eax
	cld
	rep movsl
	own_tcb
.endm

/* From the point of no return on: the message, and the switch. from: as of go_on. */
.macro	send_block from
	keep_buffer
	copy_block
	cover_frame_if_needed
	go_on			\from, uid, kept
	return_in_switch_page
.endm
