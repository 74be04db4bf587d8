/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.6: all of a message goes through memory: none is short. */

/* What goes through memory: from where in the message, and dwords more than its
 * dope counts. */
#define FIRST MESSAGE_WORDS

.macro	add_first_dwords
	addl	$2, %ecx
.endm

.macro	check_short otherwise, fault
	step	check_short, 3
	jmp	\otherwise
.endm
