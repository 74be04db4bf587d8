/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.5.5: each call is checked first: not to itself, not to another station. */

.macro	check_legal otherwise
	step	check_legal, 0
	check_not_self	\otherwise
	testl	$0xF0000000, %esi	/* another station */
	jnz	\otherwise
.endm

.macro	check_not_self otherwise
	cmpl	%edi, %ebp
	je	\otherwise
.endm
