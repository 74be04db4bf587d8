/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.4.1: a message is one direct string, which may be longer, or one memory object;
 * two bytes of a dope count dwords.
 */

/* ECX the dwords of the direct string, from the dope in EDX. */
.macro	count_dwords otherwise
	testl	$0xFF000000, %edx	/* a memory object */
	jnz	\otherwise
	movl	%edx, %ecx
	shrl	$8, %ecx
	cmpl	$STRING_AT_ONCE >> 2, %ecx
	ja	\otherwise
.endm

/* EAX the size dope of the buffer. */
.macro	check_room otherwise
	shrl	$8, %eax
	cmpw	%ax, %cx
	ja	\otherwise
.endm

.macro	copy_more otherwise
.endm

.macro	check_nothing_more otherwise
.endm
