/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.2.3: messages that are not short, however they are copied. */

/*
 * The direct string, from the message at ESI to the buffer at EDI. EDX the
 * message's dope. EAX is the buffer's size dope then.
 */
.macro	copy_direct otherwise
	user	\otherwise, movl	MESSAGE_SIZE(%edi), %eax
	count_dwords	\otherwise
	check_room	\otherwise
	addl	$FIRST, %esi
	addl	$FIRST, %edi
	add_first_dwords
	user	\otherwise, rep movsl
.endm

/*
 * One indirect string. EAX the buffer's size dope, EBX its address here. Of
 * whole dwords, not too long to be copied without an interrupt, and within the
 * window.
 */
.macro	copy_string otherwise
	testl	$0xFF0000, %eax
	jz	\otherwise
	movzbl	%ah, %ecx
	leal	MESSAGE_DIRECT(%ebx, %ecx, 4), %ebx
	movl	FRAME_ECX(%esp), %esi
	user	\otherwise, movzbl	MESSAGE_SIZE + 1(%esi), %ecx
	leal	MESSAGE_DIRECT(%esi, %ecx, 4), %esi
	user	\otherwise, movl	STRING_LENGTH(%esi), %ecx
	user	\otherwise, movl	STRING_ADDRESS(%esi), %esi
	cmpl	$STRING_AT_ONCE, %ecx
	ja	\otherwise
	testb	$3, %cl
	jnz	\otherwise
	cmpl	$USER_END, %esi
	jae	\otherwise
	user	\otherwise, cmpl	STRING_BUFFER_SIZE(%ebx), %ecx
	ja	\otherwise
	user	\otherwise, movl	STRING_BUFFER(%ebx), %edi
	cmpl	$USER_END, %edi
	jae	\otherwise
	user	\otherwise, movl	%ecx, STRING_LENGTH(%ebx)
	user	\otherwise, movl	%edi, STRING_ADDRESS(%ebx)
	cmpl	$WINDOW, %ebx
	jb	1f
	partners_buffer
	andl	$-REGION_SIZE, %eax
	subl	%eax, %edi
	cmpl	$2 * REGION_SIZE - STRING_AT_ONCE, %edi
	ja	\otherwise
	addl	$WINDOW, %edi
1:	shrl	$2, %ecx
	user	\otherwise, rep movsl
.endm

/*
 * 7.2: one memory object that moves. EAX and EBX as in copy_string, EDX is kept.
 * With indirect strings in front, the descriptors could be behind the firewall
 * page. The C step is the last that can fail; it writes nothing before.
 */
.macro	move_pages otherwise
	testl	$0xFF0000, %eax
	jnz	\otherwise
	testl	$0xFF000000, %eax
	jz	\otherwise
	movl	%edx, FRAME_EDI(%esp)
	movzbl	%ah, %ecx
	leal	MESSAGE_DIRECT(%ebx, %ecx, 4), %ebx
	movl	FRAME_ECX(%esp), %esi
	user	\otherwise, movl	MESSAGE_SIZE(%esi), %eax
	testl	$0xFF0000, %eax
	jnz	\otherwise
	movzbl	%ah, %ecx
	leal	MESSAGE_DIRECT(%esi, %ecx, 4), %esi
	user	\otherwise, movl	STRING_LENGTH(%esi), %ecx
	user	\otherwise, movl	STRING_ADDRESS(%esi), %esi
	user	\otherwise, movl	STRING_BUFFER_SIZE(%ebx), %eax
	user	\otherwise, movl	STRING_BUFFER(%ebx), %edi
	movl	%esi, %edx
	andl	$-PAGE_SIZE, %edx
	user	\otherwise, movl	%ecx, STRING_LENGTH(%ebx)
	user	\otherwise, movl	%edx, STRING_ADDRESS(%ebx)
	pushl	%edi			/* a struct memory_object */
	pushl	%eax
	pushl	%esi
	pushl	%ecx
	movl	%ebp, %eax
	movl	%esp, %edx
	leal	16(%esp), %ecx
	call	ipc_move_pages
	addl	$16, %esp
	movl	FRAME_EDI(%esp), %edx
	testb	%al, %al
	jz	\otherwise
.endm
