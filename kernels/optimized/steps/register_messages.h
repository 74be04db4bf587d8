/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.6: 8 bytes travel in registers. */

/* What goes through memory: from where in the message, and dwords more than its
 * dope counts. */
#define FIRST MESSAGE_DIRECT

.macro	add_first_dwords
.endm

.macro	check_short otherwise, fault
	step	check_short, 3
	user	\fault, movl	MESSAGE_DOPE(%ecx), %edx
	testl	$~IPC_RESULT, %edx
	jnz	\otherwise
.endm
