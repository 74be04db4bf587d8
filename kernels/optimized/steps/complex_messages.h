/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.4.1, 5.5.4: a message may have strings besides the direct one; the bytes of a
 * dope are counters.
 */

/* ECX the dwords of the direct string, from the dope in EDX: a byte register. */
.macro	count_dwords otherwise
	movzbl	%dh, %ecx
.endm

/* EAX the size dope of the buffer. */
.macro	check_room otherwise
	cmpb	%ah, %dh
	ja	\otherwise
.endm

/* Behind the direct string. */
.macro	copy_more otherwise
	testl	$0xFFFF0000, %edx
	jnz	1f
2:
	.subsection 3
1:	movl	%edx, %ecx
	shrl	$16, %ecx
	cmpl	$1, %ecx
#if CONFIG_PAGE_REMAPPING
	jne	3f
#else
	jne	\otherwise
#endif
	copy_string	\otherwise
	jmp	2b
#if CONFIG_PAGE_REMAPPING
3:	cmpl	$0x100, %ecx
	jne	\otherwise
	move_pages	\otherwise
	jmp	2b
#endif
	.previous
.endm

/* Where there is room for the direct string only. */
.macro	check_nothing_more otherwise
	testl	$0xFFFF0000, %edx
	jnz	\otherwise
.endm
